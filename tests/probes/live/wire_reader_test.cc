// SPDX-License-Identifier: Apache-2.0

// The reader accepts sound records and refuses bad ones. Both compilers check the sizes and offsets
// themselves, where they are declared: probes/bpf/wire.h.

#include "probes/live/wire_reader.h"

#include <doctest/doctest.h>
#include <wirehound/abi/detector_abi.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "process_facts.h"

namespace wirehound {
namespace wire_reader_test {

constexpr std::string_view kPayload = "0123456789";

std::vector<std::byte> Bytes(const void* data, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(data);
  return {first, first + size};
}

wirehound_wire_packet PacketHeader() {
  wirehound_wire_packet packet = {};
  packet.header = {.version = WIREHOUND_WIRE_VERSION,
                   .type = WIREHOUND_WIRE_PACKET,
                   .header_size = sizeof(packet),
                   .total_size = sizeof(packet) + kPayload.size()};
  packet.timestamp_ns = 1;
  packet.owner_id = 2;
  packet.packet_length = 1500;
  packet.captured_length = kPayload.size();
  packet.syscall = -1;
  packet.direction = WIREHOUND_DIRECTION_EGRESS;
  packet.owner_source = WIREHOUND_OWNER_SOCKET;
  return packet;
}

// A place of the ring: the record and the spare bytes behind it.
std::vector<std::byte> Place(const wirehound_wire_packet& packet, std::size_t spare = 54) {
  std::vector<std::byte> place = Bytes(&packet, sizeof(packet));
  const std::vector<std::byte> payload = Bytes(kPayload.data(), kPayload.size());
  place.insert(place.end(), payload.begin(), payload.end());
  place.insert(place.end(), spare, std::byte{0xee});
  return place;
}

constexpr std::string_view kArguments{"curl\0-s\0", 8};

wirehound_wire_lifecycle Lifecycle(__u8 kind) {
  const bool ended = kind == WIREHOUND_WIRE_EXITED;
  wirehound_wire_lifecycle lifecycle = {};
  lifecycle.process = ProcessFacts(0);
  lifecycle.header = {.version = WIREHOUND_WIRE_VERSION,
                      .type = WIREHOUND_WIRE_LIFECYCLE,
                      .header_size = sizeof(lifecycle),
                      .total_size = sizeof(lifecycle) + kArguments.size()};
  lifecycle.kind = kind;
  lifecycle.arguments_size = kArguments.size();
  if (ended) {
    lifecycle.header.header_size = WIREHOUND_WIRE_EXITED_SIZE;
    lifecycle.header.total_size = WIREHOUND_WIRE_EXITED_SIZE;
    lifecycle.arguments_size = 0;
    lifecycle.process.path_offset = 0;
    lifecycle.process.path_size = 0;
  }
  return lifecycle;
}

std::vector<std::byte> PlaceOf(const wirehound_wire_lifecycle& lifecycle) {
  std::vector<std::byte> place = Bytes(&lifecycle, sizeof(lifecycle));
  const std::vector<std::byte> arguments = Bytes(kArguments.data(), kArguments.size());
  place.insert(place.end(), arguments.begin(), arguments.end());
  place.insert(place.end(), 20, std::byte{0xee});
  return place;
}

// The result views the place.
std::optional<WireLifecycle> ReadLifecycle(const std::vector<std::byte>& place) {
  if (WireTypeOf(place) != WireType::kLifecycle) {
    return std::nullopt;
  }
  return ReadWireLifecycle(place);
}

TEST_CASE("wire reader: a packet ends where its header says, not where its place ends") {
  const std::vector<std::byte> place = Place(PacketHeader());
  REQUIRE(WireTypeOf(place) == WireType::kPacket);
  const std::optional<WirePacket> packet = ReadWirePacket(place);
  REQUIRE(packet.has_value());
  CHECK(packet->header.owner_id == 2);
  CHECK(packet->header.packet_length == 1500);
  REQUIRE(packet->bytes.size() == kPayload.size());
  CHECK(std::memcmp(packet->bytes.data(), kPayload.data(), kPayload.size()) == 0);
}

TEST_CASE("wire reader: a header that does not fit its place is malformed") {
  struct Row {
    const char* name;
    std::function<void(wirehound_wire_packet&)> change;
  };
  const Row rows[] = {
      {"another version", [](auto& p) { p.header.version = WIREHOUND_WIRE_VERSION + 1; }},
      {"no version", [](auto& p) { p.header.version = 0; }},
      {"an unknown type", [](auto& p) { p.header.type = 99; }},
      {"another fixed part", [](auto& p) { p.header.header_size += 8; }},
      {"longer than the place", [](auto& p) { p.header.total_size = 1000; }},
      {"shorter than the fixed part", [](auto& p) { p.header.total_size = 8; }},
      {"the longest there is", [](auto& p) { p.header.total_size = UINT32_MAX; }},
      {"the size of another type", [](auto& p) { p.header.type = WIREHOUND_WIRE_PROCESS; }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    wirehound_wire_packet packet = PacketHeader();
    row.change(packet);
    CHECK(WireTypeOf(Place(packet)) == WireType::kMalformed);
  }
}

TEST_CASE("wire reader: a place too small for any header is malformed") {
  const std::vector<std::byte> place = Place(PacketHeader());
  for (std::size_t size = 0; size < sizeof(wirehound_wire_packet) + kPayload.size(); ++size) {
    CAPTURE(size);
    CHECK(WireTypeOf(std::span(place).first(size)) == WireType::kMalformed);
  }
}

TEST_CASE("wire reader: packet members that contradict each other are refused") {
  struct Row {
    const char* name;
    std::function<void(wirehound_wire_packet&)> change;
  };
  const Row rows[] = {
      {"fewer bytes than announced", [](auto& p) { p.captured_length += 1; }},
      {"more bytes than announced", [](auto& p) { p.captured_length -= 1; }},
      {"more captured than there was", [](auto& p) { p.packet_length = 9; }},
      {"no such direction", [](auto& p) { p.direction = 3; }},
      {"no such owner source", [](auto& p) { p.owner_source = WIREHOUND_OWNER_KERNEL + 1; }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    wirehound_wire_packet packet = PacketHeader();
    row.change(packet);
    const std::vector<std::byte> place = Place(packet);
    REQUIRE(WireTypeOf(place) == WireType::kPacket);
    CHECK_FALSE(ReadWirePacket(place).has_value());
  }
}

TEST_CASE("wire reader: a LIFECYCLE record ends where its header says") {
  const std::vector<std::byte> beginning = PlaceOf(Lifecycle(WIREHOUND_WIRE_EXEC));
  const std::optional<WireLifecycle> began = ReadLifecycle(beginning);
  REQUIRE(began.has_value());
  CHECK(began->header.process.host_pid == 100);
  CHECK(began->arguments == kArguments);
  CHECK(WirePath(began->header.process) == "/usr/bin/curl");
  const std::vector<std::byte> end = PlaceOf(Lifecycle(WIREHOUND_WIRE_EXITED));
  const std::optional<WireLifecycle> ended = ReadLifecycle(end);
  REQUIRE(ended.has_value());
  CHECK(ended->header.process.host_pid == 100);
  CHECK(WireComm(ended->header.process) == "curl");
  CHECK(WirePath(ended->header.process).empty());
  CHECK(ended->arguments.empty());
}

TEST_CASE("wire reader: a LIFECYCLE record with contradictions is refused") {
  struct Row {
    const char* name;
    std::function<void(wirehound_wire_lifecycle&)> change;
  };
  const Row rows[] = {
      {"no kind", [](auto& l) { l.kind = 0; }},
      {"an unknown kind", [](auto& l) { l.kind = 4; }},
      {"an end with a path", [](auto& l) { l.kind = WIREHOUND_WIRE_EXITED; }},
      {"a beginning without one",
       [](auto& l) { l.header.header_size = WIREHOUND_WIRE_EXITED_SIZE; }},
      {"another fixed part", [](auto& l) { l.header.header_size += 8; }},
      {"no pid", [](auto& l) { l.process.host_pid = 0; }},
      {"more arguments than announced", [](auto& l) { l.arguments_size -= 1; }},
      {"fewer arguments than announced", [](auto& l) { l.arguments_size += 1; }},
      {"longer than the place", [](auto& l) { l.header.total_size += 100; }},
      {"a path outside its array", [](auto& l) { l.process.path_size += 1; }},
      {"a path far outside", [](auto& l) { l.process.path_offset = UINT16_MAX; }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    wirehound_wire_lifecycle lifecycle = Lifecycle(WIREHOUND_WIRE_EXEC);
    row.change(lifecycle);
    CHECK_FALSE(ReadLifecycle(PlaceOf(lifecycle)).has_value());
  }
}

TEST_CASE("wire reader: a text ends at its NUL or at the end of its array") {
  wirehound_wire_process facts = ProcessFacts(8, "name", "/bin/true");
  std::memset(facts.host_name, 'h', sizeof(facts.host_name));
  const std::vector<std::byte> place = Bytes(&facts, sizeof(facts));
  REQUIRE(WireTypeOf(place) == WireType::kProcess);
  const std::optional<wirehound_wire_process> process = ReadWireProcess(place);
  REQUIRE(process.has_value());
  CHECK(WireComm(*process) == "name");
  CHECK(WireHostName(*process) == std::string(WIREHOUND_WIRE_HOST_NAME_SIZE, 'h'));
  CHECK(WirePath(*process) == "/bin/true");
}

TEST_CASE("wire reader: a process without an id, or with a path outside its array, is refused") {
  struct Row {
    const char* name;
    std::function<void(wirehound_wire_process&)> change;
  };
  const Row rows[] = {
      {"no id", [](auto& p) { p.owner_id = 0; }},
      {"path starts outside", [](auto& p) { p.path_offset = WIREHOUND_WIRE_PATH_SIZE + 1; }},
      {"path ends outside", [](auto& p) { p.path_size += 1; }},
      {"path far too long", [](auto& p) { p.path_size = UINT16_MAX; }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    wirehound_wire_process facts = ProcessFacts(8);
    row.change(facts);
    CHECK_FALSE(ReadWireProcess(Bytes(&facts, sizeof(facts))).has_value());
  }
}

}  // namespace wire_reader_test
}  // namespace wirehound
