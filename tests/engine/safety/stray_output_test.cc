// SPDX-License-Identifier: Apache-2.0

// StrayOutput: keeps other text out of standard output. The test runner prints to standard output
// too, so the checks run after it has been put back.

#include "engine/safety/stray_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>

#include <doctest/doctest.h>

#include "engine/log/logging.h"
#include "engine/outputs/byte_sink.h"
#include "tests/engine/support/captured_stderr.h"

namespace wirehound::test {
namespace stray_output_test {

// While it lives, standard output is a file, and warnings are logged.
class FileAsStandardOutput {
 public:
  FileAsStandardOutput() : path_(folder_.Write("stdout", "")) {
    std::fflush(stdout);
    saved_ = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    const int file = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    dup2(file, STDOUT_FILENO);
    close(file);
    valid_ = SetLogLevel("warn").has_value();
  }
  ~FileAsStandardOutput() {
    valid_ = SetLogLevel("off").has_value();
    std::fflush(stdout);
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
  }
  FileAsStandardOutput(const FileAsStandardOutput&) = delete;
  FileAsStandardOutput& operator=(const FileAsStandardOutput&) = delete;

  std::string Text() const { return ReadFile(path_); }

 private:
  TemporaryFolder folder_;
  std::string path_;
  int saved_ = -1;
  bool valid_ = false;
};

// The results of a run with a StrayOutput.
struct Outcome {
  std::string output;
  std::string log;

  std::size_t warnings() const {
    return static_cast<std::size_t>(std::count(log.begin(), log.end(), '\n'));
  }
};

template <typename Body>
Outcome RunWith(Body&& body) {
  Outcome outcome;
  const CapturedStderr log;
  const FileAsStandardOutput output;
  {
    Result<std::unique_ptr<StrayOutput>> stray = StrayOutput::Start();
    if (stray) {
      body(**stray);
    }
  }
  outcome.output = output.Text();
  outcome.log = log.Text();
  return outcome;
}

bool WriteTo(int fd, const std::string& text) {
  return write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

TEST_CASE("stray output: printed text stays out of standard output, with a warning") {
  bool wrote = false;
  const Outcome outcome = RunWith([&](StrayOutput& stray) {
    wrote = WriteTo(STDOUT_FILENO, "by write\n");
    std::printf("by printf\n");
    std::printf("half a line");
    stray.Read();
  });
  CHECK(wrote);
  CHECK(outcome.output.empty());
  CHECK(outcome.warnings() == 1);
  CHECK(outcome.log.find("wrote to standard output: 'by write' (30 bytes so far)") !=
        std::string::npos);
}

TEST_CASE("stray output: outputs reach the real standard output") {
  bool wrote = false;
  const Outcome outcome = RunWith([&](StrayOutput&) {
    const auto sink = ByteSink::StandardOutput();
    wrote = sink->WriteSome("event\n") == 6;
    const auto named = ByteSink::OpenFile("/dev/stdout");
    wrote = wrote && named && (*named)->WriteSome("another\n") == 8;
  });
  CHECK(wrote);
  CHECK(outcome.output == "event\nanother\n");
  CHECK(outcome.warnings() == 0);
}

TEST_CASE("stray output: a full pipe loses bytes and blocks no writer") {
  constexpr int kLines = 100'000;
  int refused = 0;
  const Outcome outcome = RunWith([&](StrayOutput& stray) {
    for (int i = 0; i < kLines; ++i) {
      refused += WriteTo(STDOUT_FILENO, "0123456789\n") ? 0 : 1;
    }
    stray.Read();
  });
  CHECK(refused > 0);
  CHECK(outcome.output.empty());
}

TEST_CASE("stray output: warnings become rarer the more there is") {
  const Outcome outcome = RunWith([](StrayOutput& stray) {
    for (int i = 0; i < 1000; ++i) {
      if (WriteTo(STDOUT_FILENO, "0123456789\n")) {
        stray.Read();
      }
    }
  });
  CHECK(outcome.warnings() == 3);  // at 11 bytes, 176 and 2,816
}

TEST_CASE("stray output: the warning names the detector where it is known") {
  const Outcome outcome = RunWith([](StrayOutput&) {
    if (WriteTo(STDOUT_FILENO, "\x1b[31mred\n")) {
      AttributeStrayOutput("detector 'beacon'");
    }
  });
  CHECK(outcome.log.find("detector 'beacon' wrote to standard output: '?[31mred'") !=
        std::string::npos);
}

TEST_CASE("stray output: afterwards standard output is as it was") {
  const CapturedStderr log;
  const FileAsStandardOutput output;
  { auto stray = StrayOutput::Start(); }
  const bool wrote = WriteTo(STDOUT_FILENO, "back\n");
  AttributeStrayOutput("nobody");
  CHECK(wrote);
  CHECK(StandardOutputFd() == STDOUT_FILENO);
  CHECK(output.Text() == "back\n");
}

}  // namespace stray_output_test
}  // namespace wirehound::test
