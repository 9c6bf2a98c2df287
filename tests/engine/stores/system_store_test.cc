// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/system_store.h"

#include <doctest/doctest.h>
#include <sys/utsname.h>

#include <string>

#include "engine/text/version.h"

namespace wirehound::test {
namespace system_store_test {

std::string Text(wirehound_string text) { return {text.data, text.size}; }

TEST_CASE("system store: values of os-release are read with every kind of quotes") {
  struct Row {
    const char* text;
    const char* value;
  };
  const Row rows[] = {
      {"NAME=Debian\n", "Debian"},
      {"NAME=\"Debian GNU/Linux\"\n", "Debian GNU/Linux"},
      {"NAME='A b'\n", "A b"},
      {"NAME=\"a \\\"b\\\" \\$c \\\\\"\n", "a \"b\" $c \\"},
      {"NAME='a \\b'\n", "a \\b"},
      {"# NAME=no\nPRETTY_NAME=no\nNAME=yes\n", "yes"},
      {"NAMES=no\nNAME=yes", "yes"},
      {"NAME=first\nNAME=second\n", "first"},
      {"NAME=x  \r\n", "x"},
      {"NAME=\n", ""},
      {"NAME=\"\"\n", ""},
      {"NAME=\"open\n", "open"},
      {"NAME=\"\\", "\\"},
      {"NAME", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(OsReleaseValue(row.text, "NAME") == row.value);
  }
}

TEST_CASE("system store: it describes this machine") {
  const SystemStore store(SystemFacts::OfThisSystem());
  const wirehound_system_info* info = nullptr;
  REQUIRE(store.Get(&info) == WIREHOUND_OK);
  utsname names = {};
  REQUIRE(uname(&names) == 0);
  CHECK(info->struct_size == WIREHOUND_STRUCT_SIZE(wirehound_system_info, engine_version));
  CHECK(Text(info->architecture) == names.machine);
  CHECK(Text(info->kernel_release) == names.release);
  CHECK(Text(info->host_name) == names.nodename);
  CHECK(info->cpu_count >= 1);
  CHECK(info->boot_time_ns < info->start_time_ns);
  CHECK(Text(info->engine_version) == kEngineVersion);
}

TEST_CASE("system store: it is unhealthy for packets of another system") {
  const SystemStore store;
  const wirehound_system_info* info = nullptr;
  CHECK(store.Get(&info) == WIREHOUND_ERROR_UNHEALTHY);
}

TEST_CASE("system store: the facts of a recording make it healthy, with the recorded answer") {
  SystemStore replayed;
  CHECK(replayed.facts() == nullptr);
  const SystemStore live(SystemFacts::OfATest());
  REQUIRE(live.facts() != nullptr);
  replayed.Take(*live.facts());
  const wirehound_system_info* told = nullptr;
  const wirehound_system_info* known = nullptr;
  REQUIRE(replayed.Get(&told) == WIREHOUND_OK);
  REQUIRE(live.Get(&known) == WIREHOUND_OK);
  CHECK(told->boot_time_ns == known->boot_time_ns);
  CHECK(Text(told->kernel_release) == Text(known->kernel_release));
}

}  // namespace system_store_test
}  // namespace wirehound::test
