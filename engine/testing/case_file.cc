// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/case_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/testing/value_text.h"

namespace wirehound {

namespace {

constexpr std::string_view kBlanks = " \t\r";

Error Expected(std::string_view what) {
  return {ErrorCode::kInvalidInput, fmt::format("expected {}", what)};
}

std::string_view Trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::size_t last = text.find_last_not_of(kBlanks);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// Removes the first word from `line` and returns it.
std::string_view TakeFirst(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line = Trim(line.substr(word.size()));
  return word;
}

Status AddWords(std::string_view line, CaseStep& step) {
  step.words = WIREHOUND_TRY(SplitWords(line));
  return {};
}

// "@+1.5s" or "@1700000000.25".
Status TakeTime(std::string_view word, CaseStep& step) {
  step.is_absolute = word.substr(0, 2) != "@+";
  const std::string text =
      std::string(word.substr(step.is_absolute ? 1 : 2)) + (step.is_absolute ? "s" : "");
  Result<std::uint64_t> time = DurationFromText(text);
  if (!time) {
    return Error(ErrorCode::kInvalidInput,
                 fmt::format("{}: expected @+TIME, such as @+1.5s, or @SECONDS since 1970", word));
  }
  step.time_ns = *time;
  return {};
}

// The name of an event, then its fields.
Status ParseEvent(std::string_view line, CaseStep& step) {
  step.name = TakeFirst(line);
  if (step.name.empty() || step.name.find('=') != std::string::npos) {
    return Expected(fmt::format("the name of an event, got '{}'", step.name));
  }
  return AddWords(line, step);
}

Status ParseExpect(std::string_view line, CaseStep& step) {
  if (line == "nothing") {
    step.kind = StepKind::kExpectNothing;
    return {};
  }
  std::string_view rest = line;
  if (TakeFirst(rest) == "error") {
    step.kind = StepKind::kExpectError;
    step.name = rest;
    return rest.empty() ? Status(Expected("what the error says behind 'expect error'")) : Status();
  }
  step.kind = StepKind::kExpectEvent;
  return ParseEvent(line, step);
}

Status ParseConfig(std::string_view line, CaseStep& step) {
  step.kind = StepKind::kConfig;
  Status words = AddWords(line, step);
  if (words && !step.words.empty() && !step.words.front().has_value) {
    step.name = step.words.front().name;
    step.words.erase(step.words.begin());
  }
  const bool is_complete =
      !step.words.empty() && std::all_of(step.words.begin(), step.words.end(),
                                         [](const Word& word) { return word.has_value; });
  return !words || is_complete ? std::move(words) : Expected("OPTION=VALUE behind 'config'");
}

Status ParseRead(std::string_view line, CaseStep& step) {
  step.kind = StepKind::kRead;
  step.name = line;
  return line.empty() ? Status(Expected("a capture file behind 'read'")) : Status();
}

Status ParseAdvance(std::string_view line, CaseStep& step) {
  step.kind = StepKind::kAdvance;
  Result<std::uint64_t> time = DurationFromText(line);
  step.time_ns = time ? *time : 0;
  return time ? Status() : std::move(time).error().WithContext("advance");
}

Status ParseShownEvent(std::string_view line, CaseStep& step) {
  step.kind = StepKind::kEvent;
  step.time_ns = kDefaultStepNs;
  if (line.front() == '@') {
    if (Status time = TakeTime(TakeFirst(line), step); !time) {
      return time;
    }
  }
  return ParseEvent(line, step);
}

Status ParseStep(std::string_view line, CaseStep& step) {
  std::string_view rest = line;
  const std::string_view verb = TakeFirst(rest);
  if (verb == "config") {
    return ParseConfig(rest, step);
  }
  if (verb == "read") {
    return ParseRead(rest, step);
  }
  if (verb == "advance") {
    return ParseAdvance(rest, step);
  }
  return verb == "expect" ? ParseExpect(rest, step) : ParseShownEvent(line, step);
}

Status AddLine(std::string_view line, std::size_t number, CaseFile& file) {
  std::string_view title = line;
  if (TakeFirst(title) == "test") {
    file.cases.push_back({std::string(title), number, {}});
    return title.empty() ? Status(Expected("a title behind 'test'")) : Status();
  }
  if (file.cases.empty()) {
    return Expected("'test TITLE' before anything else");
  }
  CaseStep step{.kind = StepKind::kEvent, .line = number};
  Status parsed = ParseStep(line, step);
  std::vector<CaseStep>& steps = file.cases.back().steps;
  if (parsed && step.kind == StepKind::kConfig && !steps.empty() &&
      steps.back().kind != StepKind::kConfig) {
    return Expected("'config' before every other line of a test: detectors start only once");
  }
  steps.push_back(std::move(step));
  return parsed;
}

}  // namespace

Result<CaseFile> ParseCases(const std::filesystem::path& path, std::string_view text) {
  CaseFile file{path, {}};
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (Status added = AddLine(line, number, file); !added) {
      return std::move(added).error().WithContext(fmt::format("{}:{}", path.string(), number));
    }
  }
  if (file.cases.empty()) {
    return Error(ErrorCode::kInvalidInput,
                 fmt::format("{}: expected at least one line 'test TITLE'", path.string()));
  }
  return file;
}

Result<CaseFile> ReadCaseFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.good() && !stream.eof()) {
    return Error(ErrorCode::kInvalidInput,
                 fmt::format("{}: cannot be read; expected a file of test cases", path.string()));
  }
  return ParseCases(path, text);
}

}  // namespace wirehound
