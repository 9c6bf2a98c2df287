// SPDX-License-Identifier: Apache-2.0

// TableOutput: a line per event for people. No event may control their terminal.

#include "engine/outputs/table_output.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/engine/support/graph_text.h"
#include "tests/engine/support/temporary_folder.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace table_output_test {

// The line of a table for an event, without the header line.
std::string Table(const Event& event) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "table").string();
  {
    TableOutput output(*ByteSink::OpenFile(path));
    REQUIRE(output.OnEvent(event).has_value());
    REQUIRE(output.Close().has_value());
  }
  const std::string text = ReadFile(path);
  return text.substr(text.find('\n') + 1);
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

TEST_CASE("table: an event has its columns and arguments, but not the metadata") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  udp.process().uid = 1000;
  udp.process().host_pid = 4711;
  udp.process().host_tid = 4712;
  const std::string line = Table(udp.At(123'456'789));
  CHECK(line.substr(5) ==
        ":00.123456   1000 dig                  4711     4712 net_packet_udp           "
        "src=\"10.0.0.1\" dst=\"10.0.0.2\" src_port=40000 dst_port=53 "
        "proto_udp={\"srcPort\":40000,\"dstPort\":53,\"length\":12,\"checksum\":43981}\n");
}

TEST_CASE("table: a container is shown by its name, or else by the start of its id") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  CHECK(Table(udp.At(1)).find("container=") == std::string::npos);
  udp.process().container_id = {"0123456789abcdef", 16};
  CHECK(Table(udp.At(1)).find("net_packet_udp           container=0123456789ab src=") !=
        std::string::npos);
  wirehound_container_info container{};
  udp.process().container = &container;
  CHECK(Table(udp.At(1)).find("container=0123456789ab src=") != std::string::npos);
  container.name = {"web\x1b", 4};
  CHECK(Table(udp.At(1)).find("container=web? src=") != std::string::npos);
}

TEST_CASE("table: no process and no field can control the terminal") {
  Catalogue catalogue;
  UdpEvent udp(catalogue);
  DetectorDefinition detector = ParseDetector("d: D needs net_packet_udp");
  detector.produced_event.fields = {{"text", FieldType::kString, ""}};
  catalogue.AddDetectorEvent(detector);
  const std::string_view hostile[] = {
      "\x1b[2J\x1b]0;owned\x07",
      std::string_view("a\0b", 3),
      "line\nTIME fake",
      "\r\x08\x7f",
      "\xc2\x9b[2J",  // U+009B: a command to terminals with eight-bit controls
      "\xc2\x80\xc2\x9f",
      "\x9b[2J",  // the same as one byte, not UTF-8
      "\xff\xfe",
  };
  for (const std::string_view text : hostile) {
    CAPTURE(std::string(text));
    udp.process().comm = {text.data(), text.size()};
    const wirehound_field field = {WIREHOUND_TYPE_STRING, 0, {.text = {text.data(), text.size()}}};
    Event event = udp.At(1);
    event.definition = catalogue.Find("D");
    event.view.fields = &field;
    event.view.field_count = 1;
    std::string line = Table(event);
    REQUIRE(line.back() == '\n');
    line.pop_back();
    CHECK_FALSE(HasControlCharacter(line));
    CHECK(line.find("\xc2\x9b") == std::string::npos);
    CHECK(line.find("\xc2\x80") == std::string::npos);
    CHECK(line.find("\xc2\x9f") == std::string::npos);
    CHECK(line.find("\x9b[2J") == std::string::npos);
    CHECK(line.find('\xff') == std::string::npos);
  }
}

TEST_CASE("table: names in other scripts stay readable") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  udp.process().comm = {"caf\xc3\xa9", 5};
  CHECK(Table(udp.At(1)).find("caf\xc3\xa9") != std::string::npos);
}

TEST_CASE("table: a failing file is reported") {
  const Catalogue catalogue;
  UdpEvent udp(catalogue);
  TableOutput output(*ByteSink::OpenFile("/dev/full"));
  CHECK(output.OnEvent(udp.At(1)).has_value());
  CHECK_FALSE(output.Close().has_value());
}

}  // namespace table_output_test
}  // namespace wirehound::test
