// SPDX-License-Identifier: Apache-2.0

#include "probes/live/process_notices.h"

#include <algorithm>

#include <wirehound/views.h>

namespace wirehound {
namespace {

ProcessNotice::Kind KindOf(const wirehound_wire_lifecycle& record) {
  switch (record.kind) {
    case WIREHOUND_WIRE_FORKED:
      return ProcessNotice::Kind::kForked;
    case WIREHOUND_WIRE_EXEC:
      return ProcessNotice::Kind::kExec;
    default:
      return ProcessNotice::Kind::kExited;
  }
}

}  // namespace

std::vector<wirehound_string> SplitArguments(std::string_view text) {
  std::vector<wirehound_string> arguments;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    arguments.push_back(FromView(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return arguments;
}

// The members are reused for every notice, which keeps the memory of their texts.
ProcessNotice ProcessNotices::Make(const WireLifecycle& record) {
  FillProcess(process_, record.header.process, clock_, resolvers_);
  arguments_ = SplitArguments(record.arguments);
  return {.kind = KindOf(record.header),
          .timestamp_ns = clock_.ToEpoch(record.header.timestamp_ns),
          .process = &process_.process,
          .arguments = arguments_};
}

}  // namespace wirehound
