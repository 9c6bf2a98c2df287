// SPDX-License-Identifier: Apache-2.0

// A file of test cases for detectors, read and checked for form. One step a line:
//
//   # comment
//   test TITLE                         starts a case: everything is new
//   config [DETECTOR] OPTION=VALUE…    before everything else of a case
//   [@+1s|@SECONDS] EVENT FIELD=VALUE… shows the detectors an event
//   read FILE                          shows them a capture, relative to the case file
//   advance 10s                        lets time pass
//   expect EVENT FIELD=VALUE…          the next detection is this
//   expect nothing                     there is none
//   expect error TEXT                  a detector failed, and said so
//
// What names mean is found out when a case runs (case_runner.h). One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

#include "engine/testing/words.h"

namespace wirehound {

enum class StepKind : unsigned char {
  kConfig,
  kEvent,
  kRead,
  kAdvance,
  kExpectEvent,
  kExpectNothing,
  kExpectError,
};

struct CaseStep {
  StepKind kind;
  std::size_t line = 0;          ///< in the file, from 1
  std::string name = {};         ///< event, file, detector or text of an error
  std::vector<Word> words = {};  ///< fields or options
  std::uint64_t time_ns = 0;     ///< how long to advance; of an event: see below
  bool is_absolute = false;      ///< time_ns is a time since 1970 and not since the last event
};

struct TestCase {
  std::string title;
  std::size_t line = 0;
  std::vector<CaseStep> steps;
};

struct CaseFile {
  std::filesystem::path path;
  std::vector<TestCase> cases;
};

/// How long after the last event the next one comes when nothing is said.
inline constexpr std::uint64_t kDefaultStepNs = 1'000'000;

/// The error names file, line, word and what was expected.
Result<CaseFile> ReadCaseFile(const std::filesystem::path& path);
Result<CaseFile> ParseCases(const std::filesystem::path& path, std::string_view text);

}  // namespace wirehound
