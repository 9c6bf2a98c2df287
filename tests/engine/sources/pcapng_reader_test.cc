// SPDX-License-Identifier: Apache-2.0

// PcapngReader: every kind of block, several interfaces and sections, times of all resolutions, and
// errors of broken files. The tests read from memory.

#include "engine/sources/pcapng_reader.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/capture_writer.h"

namespace wirehound::test {
namespace pcapng_reader_test {

constexpr std::uint16_t kEthernet = 1;
constexpr std::uint16_t kRaw = 101;
constexpr std::uint16_t kSll = 113;
constexpr std::uint16_t kUsb = 189;  // not decoded

const ByteWriter kPacket = Ipv4(17, Udp({'o', 'd', 'd'}));  // 31 bytes: with padding

struct Kept {
  Record record;  // its views dangle; the members below have copies
  std::string interface_name;
  std::string bytes;
};

struct Outcome {
  std::vector<Kept> packets;
  std::string error;
};

Outcome Read(std::string_view file) {
  PcapngReader reader(InputWindow{std::as_bytes(std::span(file))});
  Outcome outcome;
  for (;;) {
    Record record;
    const ReadStep step = reader.Next(record);
    if (step != ReadStep::kPacket) {
      outcome.error = reader.error();
      CHECK((step == ReadStep::kFailed) == !outcome.error.empty());
      return outcome;
    }
    outcome.packets.push_back(
        {record, std::string(record.interface_name),
         std::string(reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size())});
  }
}

std::string Text(const ByteWriter& bytes) {
  return {reinterpret_cast<const char*>(bytes.span().data()), bytes.size()};
}

// The timestamp in nanoseconds of a packet whose time in the file is `time` units.
std::uint64_t TimeOf(int resolution, std::uint64_t time, std::int64_t offset_seconds = 0,
                     ByteOrder order = ByteOrder::kLittle) {
  PcapngWriter file;
  file.Section(order);
  std::string offset;
  const auto bits = static_cast<std::uint64_t>(offset_seconds);
  for (int i = 0; i < 8; ++i) {
    const int shift = 8 * (order == ByteOrder::kLittle ? i : 7 - i);
    offset.push_back(static_cast<char>(bits >> shift & 0xff));
  }
  const std::string options = file.New()
                                  .Option(9, std::string(1, static_cast<char>(resolution)))
                                  .Option(14, offset)
                                  .Option(0, "")
                                  .text();
  const Outcome outcome = Read(file.Interface(kRaw, 0, options).Add(time, kPacket).text());
  CHECK(outcome.error.empty());
  REQUIRE(outcome.packets.size() == 1);
  return outcome.packets[0].record.timestamp_ns;
}

TEST_CASE("pcapng: each packet has the link type and the name of its own interface") {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    PcapngWriter file;
    file.Section(order);
    file.Interface(kEthernet, 100, file.New().Option(2, "eth0").Option(0, "").text())
        .Interface(kSll)
        .Interface(kUsb, 200, file.New().Option(2, std::string("usb\0\0", 5)).text())
        .Interface(228);
    file.Add(2, 1, kPacket).Add(0, 2, kPacket).Add(3, 3, kPacket).Add(1, 4, kPacket);
    const Outcome outcome = Read(file.text());
    CHECK(outcome.error.empty());
    REQUIRE(outcome.packets.size() == 4);
    const std::uint32_t link_types[] = {kUsb, kEthernet, kLinkTypeRaw, kSll};
    const char* names[] = {"usb", "eth0", "any", "any"};
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(outcome.packets[i].record.link_type == link_types[i]);
      CHECK(outcome.packets[i].interface_name == names[i]);
      CHECK(outcome.packets[i].record.timestamp_ns == (i + 1) * 1000);
      CHECK(outcome.packets[i].bytes == Text(kPacket));
      CHECK(outcome.packets[i].record.wire_length == kPacket.size());
      CHECK(outcome.packets[i].record.direction == WIREHOUND_DIRECTION_UNKNOWN);
    }
  }
}

TEST_CASE("pcapng: a new section has its own byte order and no interfaces of the one before") {
  PcapngWriter file;
  file.Section(ByteOrder::kBig).Interface(kEthernet).Interface(kSll).Add(1, 1, kPacket);
  file.Section(ByteOrder::kLittle).Interface(kRaw).Add(0, 2, kPacket);
  const std::string before = file.text();
  file.Add(1, 3, kPacket);
  const Outcome outcome = Read(file.text());
  REQUIRE(outcome.packets.size() == 2);
  CHECK(outcome.packets[0].record.link_type == kSll);
  CHECK(outcome.packets[1].record.link_type == kRaw);
  CHECK(outcome.error == "block at offset " + std::to_string(before.size()) +
                             " has a packet of interface 1; expected one of the 1 described "
                             "before");
}

TEST_CASE("pcapng: the flags of a packet tell its direction") {
  struct Case {
    std::uint32_t flags;
    std::uint8_t direction;
  };
  for (const Case& c : {Case{0, WIREHOUND_DIRECTION_UNKNOWN}, Case{1, WIREHOUND_DIRECTION_INGRESS},
                        Case{2, WIREHOUND_DIRECTION_EGRESS}, Case{3, WIREHOUND_DIRECTION_UNKNOWN},
                        Case{0xfffffffd, WIREHOUND_DIRECTION_INGRESS}}) {
    for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
      CAPTURE(c.flags);
      PcapngWriter file;
      file.Section(order).Interface(kRaw);
      const std::string flags = file.New().U32(c.flags).text();
      const std::string options = file.New().Option(1, "odd").Option(2, flags).Option(0, "").text();
      const Outcome outcome =
          Read(file.Add(0, 1, kPacket, options).AddObsolete(0, 1, kPacket, options).text());
      REQUIRE(outcome.packets.size() == 2);
      CHECK(outcome.packets[0].record.direction == c.direction);
      CHECK(outcome.packets[1].record.direction == c.direction);
    }
  }
}

TEST_CASE("pcapng: a packet with invalid options is delivered") {
  PcapngWriter file;
  file.Section().Interface(kRaw);
  for (const std::string& options :
       {std::string("\1\0", 2) + std::string("\xff\xff", 2), file.New().Option(2, "ab").text(),
        std::string("\2\0\4\0\1\0\0\0", 8).substr(0, 4)}) {
    file.Add(0, 1, kPacket, options);
  }
  const Outcome outcome = Read(file.text());
  CHECK(outcome.error.empty());
  REQUIRE(outcome.packets.size() == 3);
  for (const Kept& packet : outcome.packets) {
    CHECK(packet.record.direction == WIREHOUND_DIRECTION_UNKNOWN);
    CHECK(packet.bytes == Text(kPacket));
  }
}

TEST_CASE("pcapng: obsolete packet blocks are packets") {
  PcapngWriter file;
  const Outcome outcome =
      Read(file.Section().Interface(kRaw).Interface(kSll).AddObsolete(1, 5, kPacket).text());
  REQUIRE(outcome.packets.size() == 1);
  CHECK(outcome.packets[0].record.link_type == kSll);
  CHECK(outcome.packets[0].record.timestamp_ns == 5000);
  CHECK(outcome.packets[0].bytes == Text(kPacket));
}

TEST_CASE("pcapng: the captured length of a simple packet block follows from other lengths") {
  struct Case {
    std::uint32_t snap_length;
    std::uint32_t wire_length;
    std::size_t captured;
  };
  const auto size = static_cast<std::uint32_t>(kPacket.size());
  for (const Case& c : {Case{0, size, size}, Case{65535, size, size}, Case{20, 1500, 20},
                        Case{size + 1, 1500, size + 1}, Case{0, 1500, size + 1}}) {
    CAPTURE(c.snap_length);
    CAPTURE(c.wire_length);
    const Outcome outcome = Read(PcapngWriter()
                                     .Section()
                                     .Interface(kRaw, c.snap_length)
                                     .Interface(kSll)
                                     .AddSimple(c.wire_length, kPacket)
                                     .text());
    REQUIRE(outcome.packets.size() == 1);
    CHECK(outcome.packets[0].bytes == (Text(kPacket) + std::string(1, '\0')).substr(0, c.captured));
    CHECK(outcome.packets[0].record.wire_length == c.wire_length);
    CHECK(outcome.packets[0].record.link_type == kRaw);
    CHECK(outcome.packets[0].record.timestamp_ns == 0);
  }
}

TEST_CASE("pcapng: blocks that are not packets are skipped") {
  PcapngWriter file(kRaw);
  for (const std::uint32_t type : {4U, 5U, 0xaU, 0xbadU, 0x40000badU, 0x80000001U, 0U}) {
    file.Block(type, std::string(24, '\xff')).Block(type, "");
  }
  file.Block(9, std::string(3 << 20, 'x')).Add(1, kPacket);
  const Outcome outcome = Read(file.text());
  CHECK(outcome.error.empty());
  CHECK(outcome.packets.size() == 1);
}

TEST_CASE("pcapng: times of every resolution are nanoseconds since the epoch") {
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  struct Case {
    int resolution;
    std::uint64_t time;
    std::int64_t offset;
    std::uint64_t expected;
  };
  for (const Case& c : {
           Case{0, 7, 0, 7'000'000'000},
           Case{3, 7'123, 0, 7'123'000'000},
           Case{6, 1'700'000'000'123'456, 0, 1'700'000'000'123'456'000},
           Case{9, 1'700'000'000'123'456'789, 0, 1'700'000'000'123'456'789},
           Case{12, 7'123'456'789'999, 0, 7'123'456'789},
           Case{19, 17'123'456'789'123'456'789U, 0, 1'712'345'678},
           Case{0x80, 7, 0, 7'000'000'000},
           Case{0x80 + 10, 7 * 1024 + 512, 0, 7'500'000'000},
           Case{0x80 + 32, (7ULL << 32) + (1ULL << 30), 0, 7'250'000'000},
           Case{0x80 + 34, (7ULL << 34) + (1ULL << 34) - 1, 0, 7'999'999'999},
           Case{0x80 + 60, (7ULL << 60) + (1ULL << 59), 0, 7'500'000'000},
           Case{0x80 + 63, 1ULL << 63, 0, 1'000'000'000},
           Case{6, 500'000, 1'700'000'000, 1'700'000'000'500'000'000},
           Case{6, 9'500'000, -4, 5'500'000'000},
           Case{6, 9'500'000, -10, 0},
           Case{6, kLast, 0, kLast},
           Case{0, kLast, 5, kLast},
           Case{0, 5, std::numeric_limits<std::int64_t>::max(), kLast},
           Case{0, 5, std::numeric_limits<std::int64_t>::min(), 0},
       }) {
    CAPTURE(c.resolution);
    CAPTURE(c.time);
    CAPTURE(c.offset);
    CHECK(TimeOf(c.resolution, c.time, c.offset) == c.expected);
    CHECK(TimeOf(c.resolution, c.time, c.offset, ByteOrder::kBig) == c.expected);
  }
}

TEST_CASE("pcapng: a broken block ends the file, after the packets before it") {
  const PcapngWriter good = PcapngWriter(kRaw).Add(1, kPacket);
  const std::string at = "block at offset " + std::to_string(good.text().size()) + " ";
  const std::string lengths = "; expected a multiple of 4 from 12 to 16777216";
  PcapngWriter bad = good;
  std::string error;
  SUBCASE("a length below that of a block") {
    bad.BlockWithLengths(6, "", 8, 8);
    error = at + "has a length of 8" + lengths;
  }
  SUBCASE("a length that is not a multiple of 4") {
    bad.BlockWithLengths(6, "x", 13, 13);
    error = at + "has a length of 13" + lengths;
  }
  SUBCASE("a length beyond the limit") {
    bad.BlockWithLengths(9, "", 0xfffffffc, 12);
    error = at + "has a length of 4294967292" + lengths;
  }
  SUBCASE("two lengths that differ") {
    bad.BlockWithLengths(9, "", 12, 16);
    error = at + "has a length of 12 and, at its end, of 16; expected the same";
  }
  SUBCASE("a packet longer than its block") {
    bad.Block(6, bad.New().U32(0).U32(0).U32(1).U32(5).U32(5).Text("abcd").text());
    error = at + "is too short for its packet of 5 bytes";
  }
  SUBCASE("a packet block without its fields") {
    bad.Block(6, "abcd");
    error = at + "is too short for its packet of 0 bytes";
  }
  SUBCASE("a simple packet block without its field") {
    bad.Block(3, "");
    error = at + "is too short for its packet of 0 bytes";
  }
  SUBCASE("an interface without its fields") {
    bad.Block(1, "abcd");
    error = at + "is an interface description that is too short or has a wrong option";
  }
  SUBCASE("an interface with an option that does not fit") {
    bad.Interface(kRaw, 0, bad.New().U16(2).U16(9).Text("abcd").text());
    error = at + "is an interface description that is too short or has a wrong option";
  }
  SUBCASE("an interface with an impossible decimal clock") {
    bad.Interface(kRaw, 0, bad.New().Option(9, "\x14").text());
    error = at + "is an interface description that is too short or has a wrong option";
  }
  SUBCASE("an interface with an impossible binary clock") {
    bad.Interface(kRaw, 0, bad.New().Option(9, "\xc0").text());
    error = at + "is an interface description that is too short or has a wrong option";
  }
  SUBCASE("a section of another version") {
    bad.Section(ByteOrder::kLittle, 2);
    error = at + "starts a section of version 2.0; expected version 1";
  }
  SUBCASE("a section header that is too short") {
    bad.Block(0x0a0d0d0a, std::string("\x4d\x3c\x2b\x1a", 4));
    error = at + "is too short for a section header";
  }
  SUBCASE("a section without byte order") {
    bad.Block(0x0a0d0d0a, std::string(16, 'x'));
    error = at + "is a section header without its byte-order magic";
  }
  const Outcome outcome = Read(bad.Add(1, kPacket).text());
  CHECK(outcome.packets.size() == 1);
  CHECK(outcome.error == error);
}

TEST_CASE("pcapng: a packet needs an interface, and a file a section") {
  CHECK(Read(PcapngWriter().Section().AddSimple(3, kPacket).text()).error ==
        "block at offset 28 has a packet of interface 0; expected one of the 0 described before");
  CHECK(Read(PcapngWriter().Interface(kRaw).text()).error ==
        "block at offset 0 is no section header; expected one first");
}

TEST_CASE("pcapng: the number of interfaces is limited") {
  PcapngWriter file;
  file.Section();
  for (std::size_t i = 0; i < kMaxPcapngInterfaces; ++i) {
    file.Interface(kRaw);
  }
  const std::string most = file.Add(65535, 1, kPacket).text();
  CHECK(Read(most).packets.size() == 1);
  CHECK(Read(file.Interface(kRaw).text()).error ==
        "block at offset " + std::to_string(most.size()) +
            " is one interface too many; expected at most 65536");
}

TEST_CASE("pcapng: long interface names are cut off") {
  PcapngWriter file;
  file.Section();
  file.Interface(kRaw, 0, file.New().Option(2, std::string(5000, 'n')).text());
  const Outcome outcome = Read(file.Add(1, kPacket).text());
  REQUIRE(outcome.packets.size() == 1);
  CHECK(outcome.packets[0].interface_name == std::string(kMaxPcapngNameBytes, 'n'));
}

TEST_CASE("pcapng: a file cut off anywhere gives its whole packets and an error with the offset") {
  const std::string one = PcapngWriter(kRaw).Add(1, kPacket).text();
  const std::string whole = PcapngWriter(kRaw).Add(1, kPacket).Add(2, kPacket).text();
  for (std::size_t size = one.size(); size < whole.size(); ++size) {
    CAPTURE(size);
    const Outcome outcome = Read(std::string_view(whole).substr(0, size));
    CHECK(outcome.packets.size() == 1);
    if (size == one.size()) {
      CHECK(outcome.error.empty());
    } else {
      CHECK(outcome.error.find("truncated: ") == 0);
      CHECK(outcome.error.find("at offset " + std::to_string(one.size())) != std::string::npos);
    }
  }
}

}  // namespace pcapng_reader_test
}  // namespace wirehound::test
