// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/facts_line.h"

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/recording/facts_json.h"
#include "engine/recording/recording_format.h"

namespace wirehound {
namespace {

constexpr std::size_t kMaxReasonBytes = 64;

template <typename Number>
void AppendNumber(std::string& out, std::string_view key, Number number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number);
  out += key;
  out.append(digits, end.ptr);
}

Error Wrong(std::string_view key, std::string_view value) {
  return Error(ErrorCode::kInvalidInput, "has '" + EscapeText(value) + "' for " + EscapeText(key) +
                                             ", which is out of its range");
}

template <typename Number>
bool ReadNumber(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [ptr, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && ptr == end;
}

bool ReadSource(std::string_view text, std::uint32_t& source) {
  for (std::uint32_t i = 0; i <= WIREHOUND_OWNER_KERNEL; ++i) {
    if (text == OwnerSourceText(i)) {
      source = i;
      return true;
    }
  }
  return false;
}

// Calls take(key, value), which says whether the value is right, for each word.
template <typename Take>
Status ForEachWord(std::string_view line, Take take) {
  while (!line.empty()) {
    const std::string_view word = TakeWord(line);
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      return Error(ErrorCode::kInvalidInput,
                   "has the word '" + EscapeText(word) + "'; expected KEY=VALUE");
    }
    if (!take(word.substr(0, equals), word.substr(equals + 1))) {
      return Wrong(word.substr(0, equals), word.substr(equals + 1));
    }
  }
  return {};
}

// The number under the key `wanted`; 0 when the line does not have it.
template <typename Number>
Result<Number> ReadOneNumber(std::string_view line, std::string_view wanted) {
  Number number = 0;
  Status status = ForEachWord(line, [&](std::string_view key, std::string_view value) {
    return key != wanted || ReadNumber(value, number);
  });
  return status ? Result<Number>(number) : std::move(status).error();
}

// A reason is a word without blanks; the file may have any other text in its place.
std::optional<std::string> ReadReason(std::string_view text) {
  Result<std::string> reason = UnescapeText(text);
  if (!reason || reason->size() > kMaxReasonBytes) {
    return std::nullopt;
  }
  return *std::move(reason);
}

std::string EscapeWord(std::string_view text) {
  std::string escaped = EscapeText(text.substr(0, kMaxReasonBytes));
  for (std::size_t at = 0; (at = escaped.find(' ', at)) != std::string::npos;) {
    escaped.replace(at, 1, "%20");
  }
  return escaped;
}

}  // namespace

std::string_view TakeWord(std::string_view& text) {
  const std::size_t blank = text.find(' ');
  const std::string_view word = text.substr(0, blank);
  text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  return word;
}

void AppendPacketLine(std::string& out, const Record& record) {
  const std::size_t start = out.size();
  out += recording_word::kPacket;
  const std::size_t empty = out.size();
  if (record.owner_id != 0) {
    AppendNumber(out, " owner=", record.owner_id);
  }
  if (record.owner_source != WIREHOUND_OWNER_NONE) {
    (out += " source=") += OwnerSourceText(record.owner_source);
  }
  if (record.cpu != 0) {
    AppendNumber(out, " cpu=", record.cpu);
  }
  if (record.syscall >= 0) {
    AppendNumber(out, " syscall=", record.syscall);
  }
  if (out.size() == empty) {
    out.resize(start);
  }
}

Status ReadPacketLine(std::string_view line, Record& record) {
  return ForEachWord(line, [&record](std::string_view key, std::string_view value) {
    if (key == "owner") {
      return ReadNumber(value, record.owner_id);
    }
    if (key == "source") {
      return ReadSource(value, record.owner_source);
    }
    if (key == "cpu") {
      return ReadNumber(value, record.cpu);
    }
    return key != "syscall" || (ReadNumber(value, record.syscall) && record.syscall >= 0);
  });
}

std::string GapLine(const CaptureGap& gap) {
  std::string line(recording_word::kGap);
  AppendNumber(line, " time=", gap.timestamp_ns);
  AppendNumber(line, " records=", gap.records);
  return line + " reason=" + EscapeWord(gap.reason);
}

Result<RecordedGap> ReadGapLine(std::string_view line) {
  RecordedGap gap;
  Status status = ForEachWord(line, [&gap](std::string_view key, std::string_view value) {
    if (key == "time") {
      return ReadNumber(value, gap.timestamp_ns);
    }
    if (key == "records") {
      return ReadNumber(value, gap.records);
    }
    if (key != "reason") {
      return true;
    }
    std::optional<std::string> reason = ReadReason(value);
    gap.reason = reason ? *std::move(reason) : std::string();
    return !gap.reason.empty() || value.empty();
  });
  return status ? Result<RecordedGap>(std::move(gap)) : std::move(status).error();
}

std::string TimeLine(std::uint64_t now_ns) {
  std::string line(recording_word::kTime);
  AppendNumber(line, " time=", now_ns);
  return line;
}

Result<std::uint64_t> ReadTimeLine(std::string_view line) {
  return ReadOneNumber<std::uint64_t>(line, "time");
}

std::string InterfaceLine(const RecordedInterface& interface) {
  std::string line(recording_word::kInterface);
  AppendNumber(line, " index=", interface.index);
  AppendNumber(line, " netns=", interface.network_namespace);
  return line;
}

Result<RecordedInterface> ReadInterfaceLine(std::string_view line) {
  RecordedInterface interface;
  Status status = ForEachWord(line, [&interface](std::string_view key, std::string_view value) {
    if (key == "index") {
      return ReadNumber(value, interface.index);
    }
    return key != "netns" || ReadNumber(value, interface.network_namespace);
  });
  return status ? Result<RecordedInterface>(interface) : std::move(status).error();
}

std::string RecordingLine() {
  std::string line(recording_word::kRecording);
  AppendNumber(line, " version=", kRecordingVersion);
  return line;
}

Result<std::uint32_t> ReadRecordingLine(std::string_view line) {
  return ReadOneNumber<std::uint32_t>(line, "version");
}

}  // namespace wirehound
