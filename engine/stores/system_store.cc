// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/system_store.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <wirehound/views.h>

#include "engine/text/version.h"
#include "probes/host/boot_clock.h"
#include "probes/host/proc_folder.h"

namespace wirehound {
namespace {

constexpr std::size_t kMaxFileBytes = 64 * 1024;

std::string OsRelease() {
  const std::string text = ReadStartOfFile("/etc/os-release", kMaxFileBytes);
  return !text.empty() ? text : ReadStartOfFile("/usr/lib/os-release", kMaxFileBytes);
}

// A shell word: bare, in single quotes, or in double quotes where a backslash protects.
std::string Unquoted(std::string_view word) {
  const char quote = !word.empty() && (word[0] == '"' || word[0] == '\'') ? word[0] : '\0';
  std::string value;
  for (std::size_t i = quote == '\0' ? 0 : 1; i < word.size() && word[i] != quote; ++i) {
    const bool escapes = word[i] == '\\' && quote != '\'' && i + 1 < word.size();
    value += word[escapes ? ++i : i];
  }
  return value;
}

}  // namespace

std::string OsReleaseValue(std::string_view text, std::string_view variable) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(variable) || line.substr(variable.size(), 1) != "=") {
      continue;
    }
    line.remove_prefix(variable.size() + 1);
    const std::size_t last = line.find_last_not_of(" \t\r");
    return Unquoted(line.substr(0, last == std::string_view::npos ? 0 : last + 1));
  }
  return {};
}

SystemFacts SystemFacts::OfThisSystem() {
  SystemFacts facts;
  utsname names = {};
  if (uname(&names) == 0) {
    facts.architecture = names.machine;
    facts.kernel_release = names.release;
    facts.host_name = names.nodename;
  }
  const std::string release = OsRelease();
  facts.os_name = OsReleaseValue(release, "NAME");
  facts.os_version = OsReleaseValue(release, "VERSION_ID");
  facts.cpu_count = static_cast<std::uint32_t>(std::max(sysconf(_SC_NPROCESSORS_ONLN), 0L));
  facts.boot_time_ns = BootClock::OfThisRun().ToEpoch(1) - 1;
  facts.start_time_ns =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
  return facts;
}

SystemFacts SystemFacts::OfATest() {
  return {.cpu_count = 1,
          .boot_time_ns = 1'699'996'400'000'000'000,
          .start_time_ns = 1'700'000'000'000'000'000,
          .architecture = "x86_64",
          .kernel_release = "6.1.0-test",
          .host_name = "test-host",
          .os_name = "Test",
          .os_version = "1"};
}

SystemStore::SystemStore(SystemFacts facts) { Take(std::move(facts)); }

void SystemStore::Take(SystemFacts facts) {
  healthy_ = true;
  facts_ = std::move(facts);
  info_ = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_system_info, engine_version),
      .cpu_count = facts_.cpu_count,
      .boot_time_ns = facts_.boot_time_ns,
      .start_time_ns = facts_.start_time_ns,
      .architecture = FromView(facts_.architecture),
      .kernel_release = FromView(facts_.kernel_release),
      .host_name = FromView(facts_.host_name),
      .os_name = FromView(facts_.os_name),
      .os_version = FromView(facts_.os_version),
      .engine_version = FromView(kEngineVersion),
  };
}

std::int32_t SystemStore::Get(const wirehound_system_info** system) const {
  if (!healthy_) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  *system = &info_;
  return WIREHOUND_OK;
}

}  // namespace wirehound
