// SPDX-License-Identifier: Apache-2.0

// TableOutput: one line per event in columns, the format for people. Dispatch thread.

#pragma once

#include <memory>
#include <string>

#include "engine/outputs/json_buffer.h"
#include "engine/outputs/line_output.h"
#include "engine/outputs/message_json.h"

namespace wirehound {

class TableOutput : public LineOutput {
 public:
  /// The header line comes first, also where no event follows.
  explicit TableOutput(std::unique_ptr<ByteSink> sink, const QueueSettings& settings = {});

 private:
  void AppendLine(JsonBuffer& lines, const Event& event) override;
  void AppendValue(const EventField& definition, const wirehound_field& field);

  MessageJsonSet messages_;
  std::string line_;
  JsonBuffer value_{4096};
};

}  // namespace wirehound
