// SPDX-License-Identifier: Apache-2.0

// JsonOutput: one JSON object per line, the format for programs. Dispatch thread.

#pragma once

#include <memory>
#include <utility>

#include "engine/outputs/event_json.h"
#include "engine/outputs/line_output.h"

namespace wirehound {

class JsonOutput : public LineOutput {
 public:
  explicit JsonOutput(std::unique_ptr<ByteSink> sink, const QueueSettings& settings = {})
      : LineOutput(std::move(sink), settings) {}

 private:
  void AppendLine(JsonBuffer& lines, const Event& event) override {
    events_.Append(lines, event);
    lines.Append("\n");
  }

  EventJson events_;
};

}  // namespace wirehound
