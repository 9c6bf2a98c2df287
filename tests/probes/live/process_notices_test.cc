// SPDX-License-Identifier: Apache-2.0

#include "probes/live/process_notices.h"

#include <doctest/doctest.h>

#include <wirehound/views.h>

#include "probes/host/entity_id.h"
#include "process_facts.h"

namespace wirehound {
namespace process_notices_test {

constexpr std::uint64_t kEpochOfBoot = 1'000'000'000'000;

std::string Joined(const std::vector<wirehound_string>& texts) {
  std::string joined;
  for (const wirehound_string& text : texts) {
    (joined += '<').append(ToView(text)) += '>';
  }
  return joined;
}

WireLifecycle Lifecycle(std::uint8_t kind, std::string_view arguments = {}) {
  WireLifecycle record{};
  record.header.timestamp_ns = 5000;
  record.header.kind = kind;
  record.header.process = ProcessFacts(0);
  record.arguments = arguments;
  return record;
}

ProcessNotices Notices() {
  return {BootClock(kEpochOfBoot),
          {.path = [](const wirehound_wire_process&) { return std::string("/asked"); },
           .container = [](const wirehound_wire_process&) { return std::string("c0ffee"); }}};
}

TEST_CASE("process notices: NUL ends each argument, empty arguments included") {
  struct Row {
    std::string_view text;
    const char* arguments;
  };
  using namespace std::string_view_literals;
  const Row rows[] = {
      {""sv, ""},
      {"curl\0-s\0"sv, "<curl><-s>"},
      {"curl\0-s"sv, "<curl><-s>"},
      {"curl\0\0x\0"sv, "<curl><><x>"},
      {"\0"sv, "<>"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.arguments);
    CHECK(Joined(SplitArguments(row.text)) == row.arguments);
  }
}

TEST_CASE("process notices: a notice has the same facts of a process as its packets") {
  ProcessNotices notices = Notices();
  using namespace std::string_view_literals;
  const ProcessNotice notice = notices.Make(Lifecycle(WIREHOUND_WIRE_EXEC, "curl\0-s\0"sv));
  CHECK(notice.kind == ProcessNotice::Kind::kExec);
  CHECK(notice.timestamp_ns == kEpochOfBoot + 5000);
  REQUIRE(notice.process != nullptr);
  CHECK(notice.process->host_pid == 100);
  CHECK(notice.process->process_entity_id == EntityId(100, 1000));
  CHECK(notice.process->parent_entity_id == EntityId(50, 500));
  CHECK(ToView(notice.process->executable) == "/usr/bin/curl");
  CHECK(ToView(notice.process->container_id) == "c0ffee");
  REQUIRE(notice.arguments.size() == 2);
  CHECK(ToView(notice.arguments[1]) == "-s");
}

TEST_CASE(
    "process notices: no fact of one notice stays for the next, and an end looks up no path") {
  ProcessNotices notices = Notices();
  notices.Make(Lifecycle(WIREHOUND_WIRE_EXEC, "curl"));
  WireLifecycle ended = Lifecycle(WIREHOUND_WIRE_EXITED);
  ended.header.process.path_offset = 0;
  ended.header.process.path_size = 0;
  const ProcessNotice notice = notices.Make(ended);
  CHECK(notice.kind == ProcessNotice::Kind::kExited);
  CHECK(notice.arguments.empty());
  CHECK(notice.process->executable.size == 0);
  WireLifecycle pathless = Lifecycle(WIREHOUND_WIRE_FORKED);
  pathless.header.process.flags = WIREHOUND_WIRE_PATH_UNKNOWN;
  CHECK(ToView(notices.Make(pathless).process->executable) == "/asked");
}

}  // namespace process_notices_test
}  // namespace wirehound
