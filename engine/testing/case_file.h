// SPDX-License-Identifier: Apache-2.0

// Reads a file of test cases for detectors and checks its syntax. One step a line:
//
//   # comment
//   test TITLE                         starts a case, with new detectors and empty stores
//   config [DETECTOR] OPTION=VALUE…    sets options; only before all other steps of a case
//   [@+1s|@SECONDS] EVENT FIELD=VALUE… shows an event to the detectors
//   read FILE                          shows a capture; its path is relative to the case file
//   advance 10s                        moves stream time on
//   expect EVENT FIELD=VALUE…          this must be the next detection
//   expect nothing                     there must be no further detection or error
//   expect error TEXT                  a detector must have failed with this text in its error
//
// Names of events, fields and options are checked when a case runs (case_runner.h). One thread.

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
  std::string name = {};         ///< of event, file or detector; or text of an error
  std::vector<Word> words = {};  ///< fields or options
  std::uint64_t time_ns = 0;     ///< how far to advance; of an event, when it comes
  bool is_absolute = false;      ///< time_ns counts from 1970, not from the last event
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

/// How long after the last event the next one comes if its line gives no time.
inline constexpr std::uint64_t kDefaultStepNs = 1'000'000;

/// Errors name the file, the line, the word and what was expected.
Result<CaseFile> ReadCaseFile(const std::filesystem::path& path);
Result<CaseFile> ParseCases(const std::filesystem::path& path, std::string_view text);

}  // namespace wirehound
