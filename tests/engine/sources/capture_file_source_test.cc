// SPDX-License-Identifier: Apache-2.0

// CaptureFileSource: pcap and pcapng files of every kind, and the errors of bad ones.

#include "engine/sources/capture_file_source.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "engine/sources/input_window.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/capture_writer.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace capture_file_source_test {

constexpr std::uint32_t kEthernet = 1;
constexpr std::uint32_t kRaw = 101;
constexpr std::uint32_t kIpv4Only = 228;

const ByteWriter kPacket = Ipv4(17, Udp({'d', 'a', 't', 'a'}));

// Keeps copies of records.
struct KeepingSink : RecordSink {
  struct Kept {
    Record record;  // its views dangle; `bytes` has the copy
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
  std::string error;  // from opening or reading, with the path replaced by FILE; "" for none
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
  CHECK(((*source)->poll_fd() >= 0) == (path == "-"));  // only a pipe can make the engine wait
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
    CHECK((state != SourceState::kIdle || path == "-"));
  }
  const std::vector<SourceCounter> counters = (*source)->Counters();
  REQUIRE(counters.size() == 1);
  CHECK(counters[0].kind == SourceCounter::Kind::kDelivered);
  outcome.delivered = counters[0].count;
  CHECK(outcome.delivered == sink.records.size());
  outcome.records = std::move(sink.records);
  return outcome;
}

// While it lives, standard input is a pipe with `content`, written three bytes at a time.
class PipedInput {
 public:
  explicit PipedInput(const std::string& content) : before_(dup(STDIN_FILENO)) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    REQUIRE(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    close(ends[0]);
    writer_ = std::thread([content, out = ends[1]] {
      for (std::size_t i = 0; i < content.size(); i += 3) {
        const std::string part = content.substr(i, 3);
        if (write(out, part.data(), part.size()) < 0) {
          break;
        }
      }
      close(out);
    });
  }
  ~PipedInput() {
    writer_.join();
    dup2(before_, STDIN_FILENO);
    close(before_);
  }
  PipedInput(const PipedInput&) = delete;
  PipedInput& operator=(const PipedInput&) = delete;

 private:
  int before_;
  std::thread writer_;
};

Outcome ReadContent(const std::string& content, std::size_t batch = 1000) {
  const TemporaryFolder folder;
  return ReadPath(folder.Write("capture", content), batch);
}

TEST_CASE("capture file: records have the link type numbers of the registry") {
  struct Case {
    std::uint32_t in_file;
    std::uint32_t delivered;
  };
  for (const Case& c :
       {Case{kEthernet, kLinkTypeEthernet}, Case{kRaw, kLinkTypeRaw}, Case{kIpv4Only, kLinkTypeRaw},
        Case{229, kLinkTypeRaw}, Case{12, kLinkTypeRaw}, Case{14, kLinkTypeRaw}, Case{0, 0},
        Case{9, 9}, Case{108, 108}, Case{113, 113}, Case{276, 276}, Case{0x24000001, 1}}) {
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

TEST_CASE("capture file: seconds are unsigned, up to the year 2106") {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const Outcome outcome = ReadContent(PcapWriter(kRaw, PcapWriter::kMicroseconds, order)
                                            .Add(0xffffffff, 999'999, kPacket)
                                            .text());
    REQUIRE(outcome.records.size() == 1);
    CHECK(outcome.records[0].record.timestamp_ns == 4'294'967'295'999'999'000);
  }
}

TEST_CASE("capture file: libpcap reads variants of pcap, with the same results") {
  constexpr std::uint32_t kModified = 0xa1b2cd34;  // 8 more bytes in front of each packet
  const std::string modified = PcapWriter(kRaw, kModified)
                                   .Header(3, 4, static_cast<std::uint32_t>(kPacket.size()), 1500)
                                   .Raw(ByteWriter().Fill(8).span())
                                   .Raw(kPacket.span())
                                   .text();
  const std::string old = PcapWriter(kRaw, PcapWriter::kMicroseconds, ByteOrder::kLittle, 65535, 3)
                              .Add(3, 4, kPacket, 1500)
                              .text();
  for (const std::string& content : {modified, old}) {
    const Outcome outcome = ReadContent(content);
    CHECK(outcome.error.empty());
    REQUIRE(outcome.records.size() == 1);
    CHECK(outcome.records[0].record.timestamp_ns == 3'000'004'000);
    CHECK(outcome.records[0].record.wire_length == 1500);
    CHECK(outcome.records[0].record.link_type == kLinkTypeRaw);
    CHECK(outcome.records[0].bytes.size() == kPacket.size());
  }
}

TEST_CASE("capture file: bytes beyond the snapshot length are not delivered") {
  struct Case {
    std::uint32_t snap_length;
    std::size_t delivered;
  };
  for (const Case& c : {Case{8, 8}, Case{static_cast<std::uint32_t>(kPacket.size()), 32},
                        Case{0, 32}, Case{0xffffffff, 32}}) {
    CAPTURE(c.snap_length);
    const Outcome outcome =
        ReadContent(PcapWriter(kRaw, PcapWriter::kMicroseconds, ByteOrder::kLittle, c.snap_length)
                        .Add(1, 2, kPacket)
                        .Add(2, 2, kPacket)
                        .text());
    CHECK(outcome.error.empty());
    REQUIRE(outcome.records.size() == 2);
    CHECK(outcome.records[1].bytes.size() == c.delivered);
    CHECK(outcome.records[1].record.wire_length == kPacket.size());
  }
}

TEST_CASE("capture file: a packet larger than the buffer is delivered whole") {
  const ByteWriter large = ByteWriter().Fill(60000, 0x45);
  PcapWriter pcap(kRaw);
  PcapngWriter pcapng(kRaw);
  for (std::uint32_t i = 0; i < 60; ++i) {
    pcap.Add(i, 0, large);
    pcapng.Add(std::uint64_t{i} * 1'000'000, large);
  }
  for (const std::string& content : {pcap.text(), pcapng.text()}) {
    REQUIRE(content.size() > 3 * kInputWindowBytes);
    const Outcome outcome = ReadContent(content);
    CHECK(outcome.error.empty());
    REQUIRE(outcome.records.size() == 60);
    for (std::uint32_t i = 0; i < 60; ++i) {
      CHECK(outcome.records[i].record.timestamp_ns == i * 1'000'000'000ULL);
      CHECK(std::equal(outcome.records[i].bytes.begin(), outcome.records[i].bytes.end(),
                       large.span().begin(), large.span().end()));
    }
  }
}

TEST_CASE("capture file: standard input may be a pipe that delivers a few bytes at a time") {
  const std::string contents[] = {
      PcapWriter(kRaw).Add(1, 0, kPacket).Add(2, 0, kPacket).text(),
      PcapngWriter(kRaw).Add(1, kPacket).Add(2, kPacket).text(),
      PcapWriter(kRaw, PcapWriter::kMicroseconds, ByteOrder::kLittle, 65535, 3)
          .Add(1, 0, kPacket)
          .Add(2, 0, kPacket)
          .text()};
  for (const std::string& content : contents) {
    const PipedInput piped(content);
    const Outcome outcome = ReadPath("-");
    CHECK(outcome.error.empty());
    CHECK(outcome.records.size() == 2);
  }
  const PipedInput piped("");
  CHECK(ReadPath("-").error == "read capture standard input: it is empty; expected pcap or pcapng");
}

TEST_CASE("capture file: pcapng is read in both byte orders and resolutions") {
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

TEST_CASE("capture file: a record has the packet's bytes, and no process or direction") {
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

TEST_CASE("capture file: the length on the wire is never below the captured length") {
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

TEST_CASE("capture file: the whole packets of a truncated file are delivered") {
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

TEST_CASE("capture file: the whole packets of a truncated pcapng file are delivered, too") {
  const std::string whole = PcapngWriter(kRaw).Add(1, kPacket).Add(2, kPacket).text();
  const Outcome outcome = ReadContent(whole.substr(0, whole.size() - 6));
  CHECK(outcome.records.size() == 1);
  CHECK(outcome.error.find("read capture FILE after 1 packets: ") == 0);
}

TEST_CASE("capture file: after an error no more packets are delivered") {
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

TEST_CASE("capture file: a huge length is an error, not an allocation") {
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

TEST_CASE("capture file: the error of a bad file names the file and the reason") {
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
    CHECK(
        ReadContent(PcapWriter(189).Add(1, 2, kPacket).text())
            .error.find(
                "read capture FILE: link layer USB_LINUX is not decoded; expected Ethernet, Linux "
                "cooked capture, raw IP, ") == 0);
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

}  // namespace capture_file_source_test
}  // namespace wirehound::test
