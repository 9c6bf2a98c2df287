// SPDX-License-Identifier: Apache-2.0

// The facts of a recording that are a line of words, KEY=VALUE each: those that nearly every packet
// has, and what is too small for JSON. What has its usual value is left out. Reading passes over
// keys it does not know; a wrong value is an error. Dispatch thread, hot path when recording.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wirehound/result.h>

#include "probes/capture/record.h"

namespace wirehound {

/// "packet owner=17 source=current cpu=1 syscall=44", behind the mark; nothing when there is
/// nothing to write.
void AppendPacketLine(std::string& out, const Record& record);
/// Sets the members that the line names; others stay. `line` is the text behind the first word.
Status ReadPacketLine(std::string_view line, Record& record);

/// "gap time=5 records=3 reason=ring_full"
std::string GapLine(const CaptureGap& gap);
struct RecordedGap {
  std::uint64_t timestamp_ns = 0;
  std::uint64_t records = 0;
  std::string reason;
};
Result<RecordedGap> ReadGapLine(std::string_view line);

std::string TimeLine(std::uint64_t now_ns);
Result<std::uint64_t> ReadTimeLine(std::string_view line);

/// The facts of an interface besides its name.
struct RecordedInterface {
  std::uint32_t index = 0;
  std::uint64_t network_namespace = 0;
};
std::string InterfaceLine(const RecordedInterface& interface);
Result<RecordedInterface> ReadInterfaceLine(std::string_view line);

std::string RecordingLine();
/// The version of the recording.
Result<std::uint32_t> ReadRecordingLine(std::string_view line);

/// Removes the first word and the blank behind it from a text, and returns the word.
std::string_view TakeWord(std::string_view& text);

}  // namespace wirehound
