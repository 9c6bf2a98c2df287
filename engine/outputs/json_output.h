// SPDX-License-Identifier: Apache-2.0

// JsonOutput: one JSON object per line, the format for programs. Dispatch thread.

#pragma once

#include <memory>
#include <utility>

#include "engine/outputs/byte_sink.h"
#include "engine/outputs/event_json.h"
#include "engine/outputs/json_buffer.h"
#include "engine/outputs/output.h"

namespace wirehound {

class JsonOutput : public Output {
 public:
  explicit JsonOutput(std::unique_ptr<ByteSink> sink) : sink_(std::move(sink)) {}

  Status OnEvent(const Event& event) override {
    events_.Append(lines_, event);
    lines_.Append("\n");
    return lines_.text().size() < ByteSink::kFlushBytes ? Status() : WriteLines();
  }
  Status Flush() override { return WriteLines(); }

 private:
  Status WriteLines() {
    Status written = sink_->Write(lines_.text());
    lines_.Clear();
    return written;
  }

  std::unique_ptr<ByteSink> sink_;
  EventJson events_;
  JsonBuffer lines_{2 * ByteSink::kFlushBytes};
};

}  // namespace wirehound
