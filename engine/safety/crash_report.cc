// SPDX-License-Identifier: Apache-2.0

#include "engine/safety/crash_report.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "engine/event/event.h"
#include "engine/safety/crash_capture.h"
#include "engine/safety/crash_context.h"
#include "engine/safety/signal_text.h"
#include "probes/capture/record.h"

namespace wirehound {

namespace {

struct NamedSignal {
  int number;
  std::string_view name;
};
constexpr std::array<NamedSignal, 5> kSignals = {{{SIGSEGV, "SIGSEGV"},
                                                  {SIGBUS, "SIGBUS"},
                                                  {SIGFPE, "SIGFPE"},
                                                  {SIGILL, "SIGILL"},
                                                  {SIGABRT, "SIGABRT"}}};

constexpr std::size_t kStackBytes = 64 * 1024;
constexpr std::size_t kPathBytes = 4096;

// What a handler needs, prepared before: a handler may neither allocate nor read the environment.
struct Prepared {
  std::array<struct sigaction, kSignals.size()> before{};
  long engine_thread = 0;
  bool can_replay = false;
  bool has_file = false;
  std::array<char, kPathBytes> plugins_option{};  // " --plugins 'DIR'"
  std::array<char, kPathBytes> read_option{};  // " --read 'FILE'": the file read, or capture_path
  std::array<char, kPathBytes> capture_path{};
};

// One per process, as signal handlers are.
Prepared g_prepared;
alignas(std::max_align_t) std::array<char, kStackBytes> g_stack;

std::size_t IndexOf(int signal) {
  const auto* const found =
      std::find_if(kSignals.begin(), kSignals.end(),
                   [signal](const NamedSignal& each) { return each.number == signal; });
  return static_cast<std::size_t>(found - kSignals.begin()) % kSignals.size();
}

std::string_view UpToNul(const char* text) { return {text, std::strlen(text)}; }

// A fault has an address; a signal that a process sent has none.
bool HasAddress(const siginfo_t& info) { return info.si_code > 0 && info.si_signo != SIGABRT; }

void TellWhere(SignalText& text, const CrashContext& context) {
  const char* const function = context.function;
  const DetectorDefinition* const detector = context.detector;
  const char* const file = detector != nullptr ? context.file : context.loading;
  if (detector == nullptr && file == nullptr) {
    text.Add(" in the engine");
    return;
  }
  text.Add(" in ").Write(UpToNul(function == nullptr ? "a function" : function));
  if (detector != nullptr) {
    text.Add(" of detector '").Write(detector->id).Add("'");
  } else {
    text.Add(" of plugin");
  }
  if (file != nullptr) {
    text.Add(" (").Write(UpToNul(file)).Add(")");
  }
}

void TellWhat(SignalText& text, const CrashContext& context) {
  const Event* const event = context.event;
  const Record* const record = context.record;
  if (event != nullptr) {
    const wirehound_string name = event->view.name;
    text.Add(", shown ").Write({name.data, name.size});
    text.Add(", record ").Add(event->view.sequence);
    text.Add(" (time ").AddSeconds(event->view.timestamp_ns).Add(")");
  } else if (record != nullptr) {
    text.Add(", at the record of time ").AddSeconds(record->timestamp_ns);
  }
}

void TellReplay(SignalText& text, const CrashContext& context) {
  const Prepared& prepared = g_prepared;
  const Record* const record = context.record;
  if (!prepared.can_replay || (!prepared.has_file && record == nullptr)) {
    return;
  }
  if (!prepared.has_file) {
    const int error = WriteCrashCapture(prepared.capture_path.data(), *record);
    if (error != 0) {
      text.Add("wirehound: replay: no capture of the packet: write ");
      text.Write(UpToNul(prepared.capture_path.data())).Add(": error ");
      text.Add(static_cast<std::uint64_t>(error)).Add("\n");
      return;
    }
  }
  text.Add("wirehound: replay: wirehound").Write(UpToNul(prepared.plugins_option.data()));
  if (const DetectorDefinition* const detector = context.detector; detector != nullptr) {
    text.Add(" --detectors ").Write(detector->id);
  }
  text.Write(UpToNul(prepared.read_option.data())).Add("\n");
}

// Writes the rest of the report, behind the name of the signal or of exit.
void TellTheRest(SignalText& text) {
  text.Flush();
  if (syscall(SYS_gettid) != g_prepared.engine_thread) {
    text.Add(" in a thread that is not the engine's, so a detector's; meanwhile the engine was");
  }
  TellWhere(text, g_crash_context);
  TellWhat(text, g_crash_context);
  text.Add("\n").Flush();
  TellReplay(text, g_crash_context);
}

void TellSignal(int signal, const siginfo_t& info) {
  SignalText text(STDERR_FILENO);
  text.Add("wirehound: fatal: ").Add(kSignals[IndexOf(signal)].name);
  if (HasAddress(info)) {
    text.Add(" (address ").AddHex(reinterpret_cast<std::uintptr_t>(info.si_addr)).Add(")");
  }
  TellTheRest(text);
}

// A detector must not call exit: what the engine has not written yet is lost.
void OnExit() {
  if (g_crash_context.detector != nullptr || g_crash_context.loading != nullptr) {
    SignalText text(STDERR_FILENO);
    text.Add("wirehound: fatal: exit was called");
    TellTheRest(text);
  }
}

// All of kSignals are blocked meanwhile, so a second fault ends the process at once. First it puts
// the former action back: the handler returns, the fault repeats, and the default action or a
// sanitizer's handler deals with it.
void OnCrash(int signal, siginfo_t* info, void* /*context*/) {
  sigaction(signal, &g_prepared.before[IndexOf(signal)], nullptr);
  TellSignal(signal, *info);
  if (info->si_code <= 0) {  // a process sent it: it would not repeat
    raise(signal);
  }
}

// Does nothing when a sanitizer has given this thread a signal stack already.
void UseOwnStack() {
  stack_t stack{};
  if (sigaltstack(nullptr, &stack) == 0 && (stack.ss_flags & SS_DISABLE) == 0) {
    return;
  }
  stack = {};
  stack.ss_sp = g_stack.data();
  stack.ss_size = g_stack.size();
  sigaltstack(&stack, nullptr);
}

// Text for a shell: as it is where that is safe, else in single quotes.
std::string Quoted(const std::string& text) {
  const std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%=";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char letter : text) {
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return quoted + "'";
}

// False when it does not fit: half a path would be worse than none.
bool Keep(const std::string& text, std::array<char, kPathBytes>& kept) {
  if (text.size() >= kept.size()) {
    return false;
  }
  kept.fill('\0');
  std::copy(text.begin(), text.end(), kept.begin());
  return true;
}

std::string CapturePath() {
  const char* const folder = std::getenv("TMPDIR");
  return std::string(folder == nullptr || *folder == '\0' ? "/tmp" : folder) + "/wirehound-crash-" +
         std::to_string(getpid()) + ".pcap";
}

}  // namespace

void InstallCrashReport() {
  g_prepared.engine_thread = syscall(SYS_gettid);
  std::atexit(&OnExit);
  UseOwnStack();
  struct sigaction action {};
  action.sa_sigaction = &OnCrash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (const NamedSignal& signal : kSignals) {
    sigaddset(&action.sa_mask, signal.number);
  }
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i].number, &action, &g_prepared.before[i]);
  }
}

void SetCrashReplay(const CrashReplay& replay) {
  const std::string capture = CapturePath();
  g_prepared.has_file = !replay.read_file.empty() && replay.read_file != "-";
  const std::string& file = g_prepared.has_file ? replay.read_file : capture;
  const std::string plugins =
      replay.plugins_folder.empty() ? "" : " --plugins " + Quoted(replay.plugins_folder);
  g_prepared.can_replay = Keep(capture, g_prepared.capture_path) &&
                          Keep(" --read " + Quoted(file), g_prepared.read_option) &&
                          Keep(plugins, g_prepared.plugins_option);
}

}  // namespace wirehound
