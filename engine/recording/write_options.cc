// SPDX-License-Identifier: Apache-2.0

#include "engine/recording/write_options.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace wirehound {
namespace {

// The least size of a file: more than its header blocks.
constexpr std::uint64_t kLeastFileBytes = 4096;
constexpr std::uint64_t kMostFiles = 100'000;
constexpr std::uint64_t kLeastPacketBytes = 2;

Error Wrong(std::string_view option, std::string_view value, std::string_view expected) {
  return Error(ErrorCode::kInvalidInput, std::string(option) + " '" + std::string(value) +
                                             "': expected " + std::string(expected));
}

bool ReadNumber(std::string_view text, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [ptr, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && ptr == end;
}

Status ReadLimits(const WriteArguments& words, WriteOptions& options) {
  if (!words.size.empty()) {
    const Result<std::uint64_t> size = ReadSize(words.size);
    if (!size || *size < kLeastFileBytes) {
      return Wrong("--write-size", words.size, "a size of at least 4k, as in 100M");
    }
    options.file_bytes = *size;
  }
  if (!words.files.empty() && (!ReadNumber(words.files, options.files) || options.files == 0 ||
                               options.files > kMostFiles)) {
    return Wrong("--write-files", words.files, "a number from 1 to " + std::to_string(kMostFiles));
  }
  return {};
}

Status ReadSplit(const std::string& word, RecordingSplit& split) {
  if (word == "process") {
    split = RecordingSplit::kProcess;
  } else if (word == "container") {
    split = RecordingSplit::kContainer;
  } else if (!word.empty()) {
    return Wrong("--write-split", word, "'process' or 'container'");
  }
  return {};
}

Status ReadAmount(const std::string& word, CaptureAmount& amount) {
  std::uint64_t bytes = 0;
  if (word == "all") {
    amount = CaptureAmount::kWhole;
  } else if (ReadNumber(word, bytes) && bytes >= kLeastPacketBytes && bytes <= kMaxCaptureBytes) {
    amount = AtMost(static_cast<std::uint32_t>(bytes));
  } else if (!word.empty()) {
    return Wrong("--write-bytes", word,
                 "'all' or a number from 2 to " + std::to_string(kMaxCaptureBytes));
  }
  return {};
}

}  // namespace

Result<std::uint64_t> ReadSize(std::string_view text) {
  constexpr std::string_view kUnits = "kMG";
  int shift = 0;
  const std::string_view all = text;
  if (const auto unit = text.empty() ? std::string_view::npos : kUnits.find(text.back());
      unit != std::string_view::npos) {
    shift = 10 * static_cast<int>(unit + 1);
    text.remove_suffix(1);
  }
  std::uint64_t number = 0;
  if (!ReadNumber(text, number) || number > std::numeric_limits<std::uint64_t>::max() >> shift) {
    return Error(ErrorCode::kInvalidInput,
                 "size '" + std::string(all) + "': expected a number, and k, M or G if need be");
  }
  return number << shift;
}

Result<WriteOptions> ReadWriteOptions(const WriteArguments& words) {
  WriteOptions options;
  options.path = words.path;
  const std::pair<std::string_view, const std::string&> companions[] = {
      {"--write-size", words.size},
      {"--write-files", words.files},
      {"--write-split", words.split},
      {"--write-bytes", words.bytes}};
  for (const auto& [option, word] : companions) {
    if (words.path.empty() && !word.empty()) {
      return Error(ErrorCode::kInvalidInput, std::string(option) + " needs --write FILE");
    }
  }
  WIREHOUND_TRY(ReadLimits(words, options));
  WIREHOUND_TRY(ReadSplit(words.split, options.split));
  WIREHOUND_TRY(ReadAmount(words.bytes, options.amount));
  if (options.files != 0 && options.file_bytes == 0 && options.split == RecordingSplit::kNothing) {
    return Error(ErrorCode::kInvalidInput,
                 "--write-files needs --write-size or --write-split: one file has no number");
  }
  return options;
}

void CaptureAtLeast(CapturePlan& plan, CaptureAmount amount) {
  for (CaptureRule& rule : plan.rules) {
    if (rule.amount != CaptureAmount::kNothing) {
      rule.amount = std::max(rule.amount, amount);
    }
  }
}

}  // namespace wirehound
