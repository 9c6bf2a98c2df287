// SPDX-License-Identifier: Apache-2.0

// CaptureFileSource: pcap and pcapng files of every kind, and what is said of bad ones.

#include "engine/sources/capture_file_source.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/capture_writer.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace {

constexpr std::uint32_t kEthernet = 1;
constexpr std::uint32_t kRaw = 101;
constexpr std::uint32_t kIpv4Only = 228;

const ByteWriter kPacket = Ipv4(17, Udp({'d', 'a', 't', 'a'}));

// Keeps copies of what it is handed.
struct KeepingSink : RecordSink {
  struct Kept {
    Record record;  // its views are dead; see bytes
    std::vector<std::byte> bytes;
  };
  void OnRecord(const Record& record) override {
    records.push_back({record, {record.bytes.begin(), record.bytes.end()}});
  }
  std::vector<Kept> records;
};

// A capture file that was read to its end.
struct Outcome {
  std::vector<KeepingSink::Kept> records;
  std::string error;  // of opening or reading, with the path as FILE; "" for none
  std::uint64_t delivered = 0;
};

std::string WithoutPath(std::string message, const std::string& path) {
  const std::size_t at = message.find(path);
  return at == std::string::npos ? message : message.replace(at, path.size(), "FILE");
}

Outcome ReadPath(const std::string& path, std::size_t batch = 1000) {
  Result<std::unique_ptr<CaptureFileSource>> source = CaptureFileSource::Open(path);
  if (!source) {
    return {{}, WithoutPath(source.error().message(), path), 0};
  }
  CHECK((*source)->poll_fd() == -1);
  KeepingSink sink;
  Outcome outcome;
  for (SourceState state = SourceState::kMore; state != SourceState::kEnd;) {
    const std::size_t before = sink.records.size();
    const Result<SourceState> read = (*source)->Read(sink, batch);
    CHECK(sink.records.size() - before <= batch);
    if (!read) {
      outcome.error = WithoutPath(read.error().message(), path);
      break;
    }
    state = *read;
    CHECK(state != SourceState::kIdle);
  }
  const std::vector<SourceCounter> counters = (*source)->Counters();
  REQUIRE(counters.size() == 1);
  CHECK(counters[0].kind == SourceCounter::Kind::kDelivered);
  outcome.delivered = counters[0].count;
  CHECK(outcome.delivered == sink.records.size());
  outcome.records = std::move(sink.records);
  return outcome;
}

Outcome ReadContent(const std::string& content, std::size_t batch = 1000) {
  const TemporaryFolder folder;
  return ReadPath(folder.Write("capture", content), batch);
}

TEST_CASE("capture file: link layers are told to the decoders by the registry's numbers") {
  struct Case {
    std::uint32_t in_file;
    std::uint32_t delivered;
  };
  for (const Case& c : {Case{kEthernet, kLinkTypeEthernet}, Case{kRaw, kLinkTypeRaw},
                        Case{kIpv4Only, kLinkTypeRaw}, Case{229, kLinkTypeRaw}}) {
    CAPTURE(c.in_file);
    const Outcome outcome = ReadContent(PcapWriter(c.in_file).Add(1, 2, kPacket).text());
    CHECK(outcome.error.empty());
    REQUIRE(outcome.records.size() == 1);
    CHECK(outcome.records[0].record.link_type == c.delivered);
  }
}

TEST_CASE("capture file: times are nanoseconds in both resolutions and both byte orders") {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const Outcome micro = ReadContent(
        PcapWriter(kRaw, PcapWriter::kMicroseconds, order).Add(7, 123456, kPacket).text());
    REQUIRE(micro.records.size() == 1);
    CHECK(micro.records[0].record.timestamp_ns == 7'123'456'000);

    const Outcome nano = ReadContent(
        PcapWriter(kRaw, PcapWriter::kNanoseconds, order).Add(7, 123456789, kPacket).text());
    REQUIRE(nano.records.size() == 1);
    CHECK(nano.records[0].record.timestamp_ns == 7'123'456'789);
  }
}

TEST_CASE("capture file: pcapng in both byte orders and resolutions") {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const Outcome micro =
        ReadContent(PcapngWriter(kEthernet, 6, order).Add(7'123'456, kPacket).text());
    REQUIRE(micro.records.size() == 1);
    CHECK(micro.error.empty());
    CHECK(micro.records[0].record.timestamp_ns == 7'123'456'000);
    CHECK(micro.records[0].record.link_type == kLinkTypeEthernet);

    const Outcome nano =
        ReadContent(PcapngWriter(kRaw, 9, order).Add(7'123'456'789, kPacket).text());
    REQUIRE(nano.records.size() == 1);
    CHECK(nano.records[0].record.timestamp_ns == 7'123'456'789);
  }
}

TEST_CASE("capture file: a record has the packet's bytes, and nothing is claimed to be known") {
  const Outcome outcome = ReadContent(PcapWriter(kRaw).Add(1, 2, kPacket, 1500).text());
  REQUIRE(outcome.records.size() == 1);
  const Record& record = outcome.records[0].record;
  CHECK(std::equal(outcome.records[0].bytes.begin(), outcome.records[0].bytes.end(),
                   kPacket.span().begin(), kPacket.span().end()));
  CHECK(record.wire_length == 1500);
  CHECK(record.direction == WIREHOUND_DIRECTION_UNKNOWN);
  CHECK(record.interface_index == 0);
  CHECK(record.interface_name == "any");
  CHECK(record.syscall == -1);
  CHECK(record.owner_source == WIREHOUND_OWNER_NONE);
  CHECK(record.process == &UnknownProcess());
}

TEST_CASE("capture file: the length on the wire is never below what was captured") {
  const Outcome outcome = ReadContent(PcapWriter(kRaw).Add(1, 2, kPacket, 5).text());
  REQUIRE(outcome.records.size() == 1);
  CHECK(outcome.records[0].record.wire_length == kPacket.size());
}

TEST_CASE("capture file: a packet without bytes is a record") {
  const Outcome outcome = ReadContent(PcapWriter(kRaw).Add(1, 2, ByteWriter(), 60).text());
  REQUIRE(outcome.records.size() == 1);
  CHECK(outcome.records[0].bytes.empty());
}

TEST_CASE("capture file: packets come in order, a batch at a time") {
  PcapWriter file(kRaw);
  for (std::uint32_t i = 0; i < 25; ++i) {
    file.Add(i, 0, kPacket);
  }
  for (const std::size_t batch : {1, 7, 25, 26}) {
    const Outcome outcome = ReadContent(file.text(), batch);
    REQUIRE(outcome.records.size() == 25);
    for (std::uint32_t i = 0; i < 25; ++i) {
      CHECK(outcome.records[i].record.timestamp_ns == i * 1'000'000'000ULL);
    }
  }
}

TEST_CASE("capture file: a file without packets ends at once, without an error") {
  const Outcome outcome = ReadContent(PcapWriter(kRaw).text());
  CHECK(outcome.error.empty());
  CHECK(outcome.records.empty());
}

TEST_CASE("capture file: of a file that is cut off, what was readable is delivered") {
  const std::string whole =
      PcapWriter(kRaw).Add(1, 0, kPacket).Add(2, 0, kPacket).Add(3, 0, kPacket).text();
  const std::size_t one = (whole.size() - 24) / 3;
  struct Case {
    const char* where;
    std::size_t cut;
    std::size_t packets;
  };
  for (const Case& c :
       {Case{"inside the third packet", 1, 2}, Case{"inside the third packet's header", one - 5, 2},
        Case{"inside the second packet", one + 4, 1}}) {
    CAPTURE(c.where);
    const Outcome outcome = ReadContent(whole.substr(0, whole.size() - c.cut));
    CHECK(outcome.records.size() == c.packets);
    CHECK(outcome.error.find("read capture FILE after " + std::to_string(c.packets) +
                             " packets: ") == 0);
    CHECK(outcome.error.find("truncated") != std::string::npos);
  }
  const Outcome at_the_edge = ReadContent(whole.substr(0, whole.size() - one));
  CHECK(at_the_edge.records.size() == 2);
  CHECK(at_the_edge.error.empty());
}

TEST_CASE("capture file: a cut-off pcapng delivers what was readable, too") {
  const std::string whole = PcapngWriter(kRaw).Add(1, kPacket).Add(2, kPacket).text();
  const Outcome outcome = ReadContent(whole.substr(0, whole.size() - 6));
  CHECK(outcome.records.size() == 1);
  CHECK(outcome.error.find("read capture FILE after 1 packets: ") == 0);
}

TEST_CASE("capture file: after an error nothing more comes") {
  const TemporaryFolder folder;
  const std::string whole = PcapWriter(kRaw).Add(1, 0, kPacket).text();
  auto source = CaptureFileSource::Open(folder.Write("x.pcap", whole.substr(0, whole.size() - 1)));
  REQUIRE(source.has_value());
  KeepingSink sink;
  CHECK_FALSE((*source)->Read(sink, 10).has_value());
  const Result<SourceState> again = (*source)->Read(sink, 10);
  REQUIRE(again.has_value());
  CHECK(*again == SourceState::kEnd);
  CHECK(sink.records.empty());
}

TEST_CASE("capture file: a length beyond reason is an error, not an allocation") {
  for (const std::uint32_t length : {0x7fffffffU, 0xffffffffU, 300'000'000U}) {
    CAPTURE(length);
    const Outcome outcome = ReadContent(PcapWriter(kRaw)
                                            .Add(1, 0, kPacket)
                                            .Header(2, 0, length, length)
                                            .Raw(kPacket.span())
                                            .text());
    CHECK(outcome.records.size() == 1);
    CHECK(outcome.error.find("read capture FILE after 1 packets: ") == 0);
  }
}

TEST_CASE("capture file: what cannot be opened is named, with the reason") {
  SUBCASE("missing") {
    CHECK(ReadPath("/nonexistent/x.pcap").error == "read capture FILE: No such file or directory");
  }
  SUBCASE("empty") {
    CHECK(ReadContent("").error == "read capture FILE: it is empty; expected pcap or pcapng");
  }
  SUBCASE("a directory") {
    const TemporaryFolder folder;
    CHECK(ReadPath(folder.path().string()).error == "read capture FILE: Is a directory");
  }
  SUBCASE("not a capture") {
    const std::string error = ReadContent("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n").error;
    CHECK(error.find("read capture FILE: ") == 0);
    CHECK(error.find("expected pcap or pcapng") != std::string::npos);
  }
  SUBCASE("shorter than any header") {
    CHECK(ReadContent("\xd4\xc3").error.find("read capture FILE: ") == 0);
    CHECK(ReadContent(PcapWriter(kRaw).text().substr(0, 20)).error.find("read capture FILE: ") ==
          0);
  }
  SUBCASE("an unsupported link layer") {
    CHECK(ReadContent(PcapWriter(105).Add(1, 2, kPacket).text()).error ==
          "read capture FILE: link layer IEEE802_11 is not decoded; expected Ethernet or raw IP");
  }
  SUBCASE("a link layer without a name") {
    CHECK(ReadContent(PcapWriter(60000).text()).error.find("link layer number 60000") !=
          std::string::npos);
  }
}

TEST_CASE("capture file: stopping ends the stream where it is") {
  const TemporaryFolder folder;
  auto source = CaptureFileSource::Open(
      folder.Write("x.pcap", PcapWriter(kRaw).Add(1, 0, kPacket).Add(2, 0, kPacket).text()));
  REQUIRE(source.has_value());
  KeepingSink sink;
  CHECK(*(*source)->Read(sink, 1) == SourceState::kMore);
  (*source)->Stop();
  CHECK(*(*source)->Read(sink, 10) == SourceState::kEnd);
  CHECK(sink.records.size() == 1);
}

}  // namespace
}  // namespace wirehound::test
