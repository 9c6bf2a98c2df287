// SPDX-License-Identifier: Apache-2.0

// The crash report, written by a child process that dies of a signal. Crashes of real detectors in
// a real engine are in tests/e2e/misbehaving_plugins_test.py.

#include "engine/safety/crash_report.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "engine/event/event.h"
#include "engine/safety/crash_context.h"
#include "probes/capture/record.h"
#include "tests/engine/support/captured_stderr.h"

namespace wirehound::test {
namespace crash_report_test {

struct Death {
  int signal = 0;  ///< 0 when the child did not die of a signal
  std::string words;
};

// An earlier test may have left dangling pointers in the context.
void ForgetContext() {
  g_crash_context.detector = nullptr;
  g_crash_context.file = nullptr;
  g_crash_context.loading = nullptr;
  g_crash_context.function = nullptr;
  g_crash_context.event = nullptr;
  g_crash_context.record = nullptr;
}

// Runs `body` in a child that reports its crashes and has no other handler for them.
Death DieOf(const std::function<void()>& body) {
  const CapturedStderr captured;
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
      std::signal(signal, SIG_DFL);
    }
    ForgetContext();
    InstallCrashReport();
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFSIGNALED(status) ? WTERMSIG(status) : 0, captured.Text()};
}

const DetectorDefinition& SomeDetector() {
  static const DetectorDefinition kDefinition = [] {
    DetectorDefinition definition;
    definition.id = "beacon";
    return definition;
  }();
  return kDefinition;
}

TEST_CASE("crash report: each signal is named and still ends the process") {
  struct Case {
    int signal;
    const char* name;
  };
  for (const Case& each : {Case{SIGSEGV, "SIGSEGV"}, Case{SIGBUS, "SIGBUS"}, Case{SIGFPE, "SIGFPE"},
                           Case{SIGILL, "SIGILL"}, Case{SIGABRT, "SIGABRT"}}) {
    CAPTURE(each.name);
    const Death death = DieOf([&] { raise(each.signal); });
    CHECK(death.signal == each.signal);
    CHECK(death.words == "wirehound: fatal: " + std::string(each.name) + " in the engine\n");
  }
}

TEST_CASE("crash report: abort still ends the process with SIGABRT") {
  const Death death = DieOf([] { std::abort(); });
  CHECK(death.signal == SIGABRT);
  CHECK(death.words == "wirehound: fatal: SIGABRT in the engine\n");
}

TEST_CASE("crash report: it names the detector, its file, its function and the event") {
  const Death death = DieOf([] {
    Event event;
    event.view.name = {"net_packet_dns", 14};
    event.view.sequence = 812;
    event.view.timestamp_ns = 1'700'000'000'000'000'001;
    g_crash_context.detector = &SomeDetector();
    g_crash_context.file = "plugins/beacon.so";
    g_crash_context.function = "OnEvent";
    g_crash_context.event = &event;
    raise(SIGSEGV);
  });
  CHECK(death.words ==
        "wirehound: fatal: SIGSEGV in OnEvent of detector 'beacon' (plugins/beacon.so), shown "
        "net_packet_dns, record 812 (time 1700000000.000000001)\n");
}

TEST_CASE("crash report: it names the file of a plugin that is being loaded") {
  const Death death = DieOf([] {
    g_crash_context.loading = "plugins/new.so";
    g_crash_context.function = "GetDefinition";
    raise(SIGSEGV);
  });
  CHECK(death.words == "wirehound: fatal: SIGSEGV in GetDefinition of plugin (plugins/new.so)\n");
}

TEST_CASE("crash report: it says to replay the file that was read, quoted for a shell") {
  const Death death = DieOf([] {
    SetCrashReplay({.read_file = "it's here.pcap", .plugins_folder = "my plugins"});
    g_crash_context.detector = &SomeDetector();
    raise(SIGSEGV);
  });
  // A sanitizer may write its own report after this line.
  CHECK(death.words.find("wirehound: replay: wirehound --plugins 'my plugins' "
                         "--detectors beacon --read 'it'\\''s here.pcap'\n") != std::string::npos);
}

TEST_CASE("crash report: without a file it writes the record to one") {
  const TemporaryFolder folder;
  const Death death = DieOf([&] {
    setenv("TMPDIR", folder.path().c_str(), 1);
    SetCrashReplay({});
    const std::array<std::byte, 3> bytes{};
    Record record;
    record.bytes = bytes;
    record.wire_length = 3;
    g_crash_context.record = &record;
    raise(SIGSEGV);
  });
  REQUIRE(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  const std::string kept = std::filesystem::directory_iterator(folder.path())->path().string();
  CHECK(std::filesystem::file_size(kept) == 24 + 16 + 3);
  CHECK(death.words.ends_with("wirehound: replay: wirehound --read " + kept + "\n"));
}

TEST_CASE("crash report: a crash while it writes ends the process, after what it wrote") {
  const Death death = DieOf([] {
    g_crash_context.detector = std::bit_cast<const DetectorDefinition*>(std::uintptr_t{0x10});
    g_crash_context.function = "OnEvent";
    raise(SIGABRT);
  });
  CHECK(death.signal != 0);
  CHECK(death.words.starts_with("wirehound: fatal: SIGABRT in OnEvent"));
}

}  // namespace crash_report_test
}  // namespace wirehound::test
