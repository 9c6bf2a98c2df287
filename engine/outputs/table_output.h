// SPDX-License-Identifier: Apache-2.0

// TableOutput: one line per event in columns, the format for people. Dispatch thread.

#pragma once

#include <memory>
#include <string>

#include "engine/outputs/byte_sink.h"
#include "engine/outputs/json_buffer.h"
#include "engine/outputs/message_json.h"
#include "engine/outputs/output.h"

namespace wirehound {

class TableOutput : public Output {
 public:
  /// Writes the header line at once, so that a user sees that events will follow.
  explicit TableOutput(std::unique_ptr<ByteSink> sink);

  Status OnEvent(const Event& event) override;
  Status Flush() override { return sink_->Flush(); }

 private:
  void AppendValue(std::string& out, const EventField& definition, const wirehound_field& field);

  std::unique_ptr<ByteSink> sink_;
  MessageJsonSet messages_;
  JsonBuffer value_{4096};
};

}  // namespace wirehound
