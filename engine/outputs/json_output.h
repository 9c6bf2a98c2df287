// SPDX-License-Identifier: Apache-2.0

// JsonOutput: one JSON object per line, the format for programs. Dispatch thread.

#pragma once

#include <memory>
#include <utility>

#include "engine/outputs/byte_sink.h"
#include "engine/outputs/event_json.h"
#include "engine/outputs/output.h"

namespace wirehound {

class JsonOutput : public Output {
 public:
  explicit JsonOutput(std::unique_ptr<ByteSink> sink) : sink_(std::move(sink)) {}

  Status OnEvent(const Event& event) override {
    AppendEvent(sink_->buffer(), event);
    sink_->buffer() += '\n';
    return sink_->CommitLine();
  }
  Status Flush() override { return sink_->Flush(); }

 private:
  std::unique_ptr<ByteSink> sink_;
};

}  // namespace wirehound
