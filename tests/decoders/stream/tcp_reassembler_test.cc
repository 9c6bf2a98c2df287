// SPDX-License-Identifier: Apache-2.0

#include "decoders/stream/tcp_reassembler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/decoders/stream/flow_test_support.h"

namespace wirehound {
namespace tcp_reassembler_test {

// One direction alone: the initiator's side of flow 1, which starts at sequence number `start`.
class Stream {
 public:
  explicit Stream(std::uint32_t start = 0, const FlowLimits& limits = {})
      : shared_(limits), start_(start) {
    flow_.id = 1;
    reassembler.Start(start);
  }
  ~Stream() {
    if (!finished_) {
      Finish();
    }
  }

  void Send(std::uint32_t offset, std::string_view text, std::size_t not_captured = 0) {
    const CapturedBytes payload(BytesOf(text), text.size() + not_captured);
    counters.payload_bytes += payload.wire_size;
    reassembler.OnSegment(Context(), start_ + offset, payload, false);
    CheckLedger();
  }
  void Fin(std::uint32_t offset) { reassembler.OnSegment(Context(), start_ + offset, {}, true); }
  void Ack(std::uint32_t offset) { reassembler.OnAck(start_ + offset); }
  void Packets(int count) {
    for (int i = 0; i < count; ++i) {
      CheckHoles(HoleCheck::kPacket);
    }
  }
  void CheckHoles(HoleCheck reason, bool closing = false) {
    if (reassembler.may_have_hole()) {
      reassembler.CheckHoles(Context(), reason, closing);
    }
  }
  void Finish() {
    finished_ = true;
    reassembler.Finish(Context());
    CheckLedger();
    CHECK(counters.buffered_bytes == 0);
    CHECK(counters.buffer_memory_bytes == 0);
  }
  StreamContext Context() {
    return {shared_, counters, observer, flow_, FlowSide::kInitiator, now_ns};
  }

  RecordingObserver observer;
  StreamCounters counters;
  TcpReassembler reassembler;
  std::uint64_t now_ns = kSecondNs;

 private:
  void CheckLedger() { CHECK(Balances(counters)); }

  StreamShared shared_;
  FlowInfo flow_;
  std::uint32_t start_;
  bool finished_ = false;
};

std::string Text(std::size_t size, char first = 'a') {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>(first + static_cast<char>(i % 26));
  }
  return text;
}

TEST_CASE("reassembler: data in order is reported as it comes") {
  Stream stream;
  stream.Send(0, "one");
  stream.Send(3, "two");
  stream.Fin(6);
  CHECK(stream.observer.Take() == "data 1 i 0 one; data 1 i 3 two; end 1 i");
  CHECK(stream.counters.delivered_bytes == 6);
  CHECK(stream.counters.peak_buffer_memory_bytes == 0);
}

TEST_CASE("reassembler: data behind a hole waits for the missing bytes") {
  Stream stream;
  stream.Send(3, "two");
  stream.Send(9, "four");
  stream.Send(6, "thr");
  CHECK(stream.observer.Take().empty());
  CHECK(stream.counters.buffered_bytes == 10);
  stream.Send(0, "one");
  CHECK(stream.observer.Take() ==
        "data 1 i 0 one; data 1 i 3 two; data 1 i 6 thr; data 1 i 9 four");
  CHECK(stream.counters.out_of_order_segments == 3);
  CHECK(stream.counters.buffer_memory_bytes == 0);
}

TEST_CASE("reassembler: a stream goes on when its sequence numbers wrap") {
  Stream stream(0xfffffffe);
  stream.Send(4, "more");
  stream.Send(0, "wrap");
  stream.Fin(8);
  CHECK(stream.observer.Take() == "data 1 i 0 wrap; data 1 i 4 more; end 1 i");
}

TEST_CASE("reassembler: a stream may be longer than 4 GiB, the range of sequence numbers") {
  Stream stream(7);
  constexpr std::uint32_t kStep = std::uint32_t{1} << 29;
  for (std::uint32_t i = 0; i < 20; ++i) {
    stream.Send(i * kStep, "x", kStep - 1);
  }
  CHECK(stream.observer.lines[57] == "data 1 i 10200547328 x");
  CHECK(stream.reassembler.next_offset() == std::uint64_t{20} * kStep);
}

TEST_CASE("reassembler: retransmitted data is reported once") {
  Stream stream;
  stream.Send(0, "abcdef");
  SUBCASE("the same segment") { stream.Send(0, "abcdef"); }
  SUBCASE("a part of it") { stream.Send(2, "cd"); }
  SUBCASE("together with new data") {
    stream.Send(3, "defghi");
    CHECK(stream.observer.bytes["1 i"] == "abcdefghi");
    CHECK(stream.counters.retransmitted_bytes == 3);
  }
  SUBCASE("a keep-alive with a made-up byte") { stream.Send(5, "?"); }
  CHECK(stream.observer.bytes["1 i"].substr(0, 6) == "abcdef");
  CHECK(stream.counters.conflicts == 0);
  CHECK(stream.counters.delivered_bytes + stream.counters.retransmitted_bytes ==
        stream.counters.payload_bytes);
}

TEST_CASE("reassembler: where copies differ the first one counts, and the conflict is reported") {
  Stream stream;
  SUBCASE("both wait") {
    stream.Send(3, "DEF");
    stream.Send(2, "cdef");
    CHECK(stream.observer.Take() == "tcp_overlap_conflict 1 i 3+3");
    stream.Send(0, "ab");
    CHECK(stream.observer.bytes["1 i"] == "abcDEF");
  }
  SUBCASE("the later one fills the hole and continues behind it") {
    stream.Send(3, "DxF");
    stream.Send(8, "IJ");
    stream.Send(0, "abcDEFghIKL");
    CHECK(stream.observer.Take() ==
          "tcp_overlap_conflict 1 i 4+6; data 1 i 0 abc; data 1 i 3 DxF; data 1 i 6 gh; "
          "data 1 i 8 IJ; data 1 i 10 L");
  }
  SUBCASE("the first one was reported already") {
    stream.Send(0, "GET /safe");
    stream.Send(0, "GET /evil and more");
    CHECK(stream.observer.Take() ==
          "data 1 i 0 GET /safe; tcp_overlap_conflict 1 i 5+4; data 1 i 9  and more");
  }
  SUBCASE("a conflict is reported once per segment") {
    stream.Send(0, "abcdef");
    stream.Send(0, "aBcdEf");
    stream.Send(0, "abcdeF");
    CHECK(stream.observer.Take() ==
          "data 1 i 0 abcdef; tcp_overlap_conflict 1 i 1+4; tcp_overlap_conflict 1 i 5+1");
  }
}

TEST_CASE("reassembler: of reported data the start of each turn of a side is compared") {
  FlowLimits limits;
  std::string text = Text(3 * kTailBytes);
  SUBCASE("of the first one") {
    Stream stream(0, limits);
    stream.Send(0, std::string_view(text).substr(0, 100));
    stream.Send(100, std::string_view(text).substr(100));
    text[5] = '?';
    text[kTailBytes - 1] = '?';
    text[kTailBytes] = '?';
    stream.Send(0, text);
    CHECK(stream.observer.lines.back() == "tcp_overlap_conflict 1 i 5+1019");
  }
  SUBCASE("of the latest one") {
    Stream stream(0, limits);
    stream.Send(0, text);
    stream.reassembler.StartTurn();
    stream.Send(static_cast<std::uint32_t>(text.size()), "next");
    stream.Send(0, text + "Next");
    CHECK(stream.observer.lines.back() == "tcp_overlap_conflict 1 i 3072+1");
  }
  SUBCASE("up to a gap") {
    Stream stream(0, limits);
    stream.Send(0, "abc", 3);
    stream.Send(6, "ghi");
    stream.Send(0, "abCdefghI");
    CHECK(stream.observer.lines.back() == "tcp_overlap_conflict 1 i 2+1");
  }
  SUBCASE("nothing without memory for it") {
    limits.max_tail_bytes = 0;
    Stream stream(0, limits);
    stream.Send(0, "abc");
    stream.Send(0, "xyz");
    CHECK(stream.counters.conflicts == 0);
    CHECK(stream.observer.bytes["1 i"] == "abc");
  }
}

TEST_CASE("reassembler: an acknowledged hole is given up after a while") {
  Stream stream;
  stream.Send(0, "abc");
  stream.Send(6, "ghi");
  stream.Ack(3);
  stream.Packets(100);
  CHECK(stream.observer.Take() == "data 1 i 0 abc");
  stream.Ack(9);
  stream.Packets(1);
  SUBCASE("16 packets later") {
    stream.now_ns += kAckedHoleMinNs;
    stream.Packets(15);
    CHECK(stream.observer.Take().empty());
    stream.Packets(1);
  }
  SUBCASE("many packets and two milliseconds later") {
    stream.Packets(100);
    CHECK(stream.observer.Take().empty());
    stream.now_ns += kAckedHoleMinNs;
    stream.Packets(1);
  }
  SUBCASE("a second later") {
    stream.now_ns += kAckedHoleNs - 1;
    stream.CheckHoles(HoleCheck::kTime);
    CHECK(stream.observer.Take().empty());
    stream.now_ns += 1;
    stream.CheckHoles(HoleCheck::kTime);
  }
  CHECK(stream.observer.Take() == "tcp_gap 1 i 3+3; gap 1 i 3+3; data 1 i 6 ghi");
  CHECK(stream.counters.gap_bytes == 3);
  stream.Send(3, "def");
  CHECK(stream.observer.Take().empty());
}

TEST_CASE("reassembler: a hole that is only partly acknowledged is not given up") {
  Stream stream;
  stream.Send(6, "ghi");
  stream.Ack(5);
  stream.now_ns += 2 * kSecondNs;
  stream.Packets(100);
  CHECK(stream.observer.Take().empty());
}

TEST_CASE("reassembler: an acknowledged hole is reported once there is data behind it") {
  Stream stream;
  stream.Ack(100);
  stream.Packets(1);
  stream.now_ns += kAckedHoleMinNs;
  stream.Packets(kAckedHolePackets);
  CHECK(stream.observer.Take().empty());
  stream.Send(50, "text");
  CHECK(stream.observer.Take().empty());
  stream.Packets(1);
  CHECK(stream.observer.Take() == "tcp_gap 1 i 0+50; gap 1 i 0+50; data 1 i 50 text");
}

TEST_CASE("reassembler: acknowledgements captured before their data make no gap") {
  Stream stream;
  stream.observer.write_data = false;
  for (std::uint32_t i = 0; i < 100; ++i) {
    stream.Ack(i * 3 + 3);
    stream.Packets(1);
    stream.Send(i * 3, "abc");
    stream.Packets(1);
  }
  CHECK(stream.observer.Take().empty());
}

TEST_CASE("reassembler: a hole without progress is given up after a while") {
  Stream stream;
  stream.Send(3, "def");
  std::uint64_t patience = kIdleHoleNs;
  bool closing = false;
  SUBCASE("when no acknowledgements are seen") {}
  SUBCASE("later, when the receiver misses the bytes as well") {
    stream.Ack(0);
    patience = kUnackedHoleNs;
  }
  SUBCASE("sooner, when both sides have sent FIN") {
    stream.Ack(0);
    patience = kClosingHoleNs;
    closing = true;
  }
  stream.now_ns += patience - 1;
  stream.CheckHoles(HoleCheck::kTime, closing);
  CHECK(stream.observer.Take().empty());
  stream.now_ns += 1;
  stream.CheckHoles(HoleCheck::kTime, closing);
  CHECK(stream.observer.Take() == "tcp_gap 1 i 0+3; gap 1 i 0+3; data 1 i 3 def");
}

TEST_CASE("reassembler: at the end the waiting data is reported behind its gaps") {
  Stream stream;
  stream.Send(3, "def");
  stream.Send(10, "klm");
  SUBCASE("without FIN") {
    stream.Finish();
    CHECK(stream.observer.Take() ==
          "tcp_gap 1 i 0+3; gap 1 i 0+3; data 1 i 3 def; tcp_gap 1 i 6+4; gap 1 i 6+4; "
          "data 1 i 10 klm");
  }
  SUBCASE("with FIN behind another hole") {
    stream.Fin(20);
    stream.observer.Take();
    stream.Finish();
    CHECK(stream.observer.Take() ==
          "tcp_gap 1 i 0+3; gap 1 i 0+3; data 1 i 3 def; tcp_gap 1 i 6+4; gap 1 i 6+4; "
          "data 1 i 10 klm; tcp_gap 1 i 13+7; gap 1 i 13+7; end 1 i");
  }
  SUBCASE("with an acknowledgement beyond the captured data") {
    stream.Ack(23);
    stream.Finish();
    CHECK(stream.observer.lines.back() == "gap 1 i 13+10");
  }
  SUBCASE("one byte more acknowledged is a FIN that was not captured") {
    stream.Ack(14);
    stream.Finish();
    CHECK(stream.observer.lines.back() == "data 1 i 10 klm");
  }
}

TEST_CASE("reassembler: FIN counts once all data before it has come") {
  Stream stream;
  stream.Send(0, "abc");
  stream.Fin(6);
  CHECK(stream.observer.Take() == "data 1 i 0 abc");
  CHECK_FALSE(stream.reassembler.ended());
  stream.Send(3, "def");
  CHECK(stream.observer.Take() == "data 1 i 3 def; end 1 i");
  CHECK(stream.reassembler.ended());
}

TEST_CASE("reassembler: data behind FIN is an anomaly and left out") {
  Stream stream;
  SUBCASE("sent after it") {
    stream.Send(0, "abc");
    stream.Fin(3);
    stream.observer.Take();
    stream.Send(1, "bcde");
    CHECK(stream.observer.Take() == "tcp_data_after_fin 1 i 3+2");
  }
  SUBCASE("waiting when FIN comes") {
    stream.Send(1, "bcde");
    stream.Send(8, "ijk");
    stream.Fin(3);
    CHECK(stream.observer.Take() == "tcp_data_after_fin 1 i 3+8");
    stream.Send(0, "a");
    CHECK(stream.observer.Take() == "data 1 i 0 a; data 1 i 1 bc; end 1 i");
  }
  SUBCASE("a single byte in its place is a keep-alive") {
    stream.Send(0, "abc");
    stream.Fin(3);
    stream.observer.Take();
    stream.Send(3, "?");
    CHECK(stream.observer.Take().empty());
  }
  CHECK(stream.counters.of(IgnoredReason::kAfterFin).bytes > 0);
  CHECK(stream.observer.bytes["1 i"] == "abc");
}

TEST_CASE(
    "reassembler: a second FIN elsewhere, or one in front of reported data, changes nothing") {
  Stream stream;
  stream.Send(0, "abcdef");
  stream.Fin(3);
  CHECK(stream.observer.Take() == "data 1 i 0 abcdef");
  stream.Fin(9);
  stream.Fin(6);
  stream.Send(6, "ghi");
  CHECK(stream.observer.Take() == "data 1 i 6 ghi; end 1 i");
}

TEST_CASE("reassembler: the missing end of a packet that the capture cut is a gap") {
  Stream stream;
  SUBCASE("in order") {
    stream.Send(0, "abc", 4);
    CHECK(stream.observer.Take() == "data 1 i 0 abc; tcp_gap 1 i 3+4; gap 1 i 3+4");
  }
  SUBCASE("out of order") {
    stream.Send(2, "c", 4);
    stream.Send(0, "ab");
    CHECK(stream.observer.Take() == "data 1 i 0 ab; data 1 i 2 c; tcp_gap 1 i 3+4; gap 1 i 3+4");
  }
  SUBCASE("only where no other packet has the bytes") {
    stream.Send(5, "fg");
    stream.Send(0, "abc", 4);
    CHECK(stream.observer.Take() == "data 1 i 0 abc; tcp_gap 1 i 3+2; gap 1 i 3+2; data 1 i 5 fg");
  }
  SUBCASE("all of it") {
    stream.Send(0, "", 7);
    CHECK(stream.observer.Take() == "tcp_gap 1 i 0+7; gap 1 i 0+7");
  }
  stream.Send(7, "hij");
  CHECK(stream.observer.Take() == "data 1 i 7 hij");
}

TEST_CASE("reassembler: a segment far outside the window is ignored") {
  Stream stream(1000);
  stream.Send(0, "abc");
  stream.Send(0x40000000 + 4, "far");
  stream.Send(0xc0000000, "far");
  stream.Send(0xffffff00, "before");
  CHECK(stream.counters.of(IgnoredReason::kOutsideWindow).bytes == 6);
  CHECK(stream.counters.of(IgnoredReason::kBeforeStart).bytes == 6);
  stream.Finish();
  CHECK(stream.observer.Take() == "data 1 i 0 abc");
}

TEST_CASE("reassembler: when too many bytes wait, the first hole is given up") {
  FlowLimits limits;
  limits.max_stream_bytes = 4 * kSegmentBlockBytes;
  Stream stream(0, limits);
  stream.observer.write_data = false;
  const std::string text = Text(kSegmentBlockDataBytes);
  for (std::uint32_t i = 0; i < 4; ++i) {
    stream.Send(1 + i * 10000, text);
  }
  CHECK(stream.observer.Take().empty());
  CHECK(stream.counters.buffer_memory_bytes == limits.max_stream_bytes);
  stream.Send(50000, text);
  CHECK(stream.observer.Take() == "tcp_stream_limit 1 i 0+1; tcp_gap 1 i 0+1; gap 1 i 0+1");
  CHECK(stream.counters.stream_limit_hits == 1);
  CHECK(stream.counters.peak_buffer_memory_bytes == limits.max_stream_bytes);
}

TEST_CASE("reassembler: without memory, data behind a hole is reported at once behind a gap") {
  FlowLimits limits;
  limits.max_total_bytes = 0;
  Stream stream(0, limits);
  stream.Send(3, "def");
  CHECK(stream.observer.Take() ==
        "tcp_stream_limit 1 i 0+3; tcp_gap 1 i 0+3; gap 1 i 0+3; data 1 i 3 def");
  CHECK(stream.counters.total_limit_hits == 1);
}

TEST_CASE("reassembler: a flood of tiny segments takes no more memory than the limit") {
  FlowLimits limits;
  limits.max_stream_bytes = 16 * kSegmentBlockBytes;
  Stream stream(0, limits);
  SUBCASE("with holes between them") {
    for (std::uint32_t i = 0; i < 1000; ++i) {
      stream.Send(1 + i * 2, "x");
    }
    CHECK(stream.counters.peak_buffer_memory_bytes == limits.max_stream_bytes);
    CHECK(stream.counters.stream_limit_hits == 1000 - 16);
  }
  SUBCASE("side by side they share blocks once half of them are used") {
    for (std::uint32_t i = 0; i < 1000; ++i) {
      stream.Send(1 + i, "x");
    }
    CHECK(stream.counters.peak_buffer_memory_bytes == limits.max_stream_bytes / 2);
    CHECK(stream.counters.stream_limit_hits == 0);
  }
}

TEST_CASE("reassembler: the bytes of an unwanted direction are only counted") {
  Stream stream;
  stream.observer.interested_until = 3;
  stream.Send(6, "ghi");
  stream.Send(0, "abc");
  CHECK(stream.observer.Take() == "data 1 i 0 abc");
  CHECK(stream.counters.buffer_memory_bytes == 0);
  CHECK(stream.counters.of(IgnoredReason::kUnwanted).bytes == 3);
  stream.Send(6, "ghi");
  CHECK(stream.counters.retransmitted_bytes == 3);
  stream.Send(20, "uvw");
  stream.Send(9, "jkl");
  CHECK(stream.counters.retransmitted_bytes == 6);
  stream.Fin(30);
  CHECK(stream.observer.Take() == "end 1 i");
}

TEST_CASE(
    "reassembler: the observer's interest may end at a gap, or inside a segment with a hole") {
  Stream stream;
  SUBCASE("at a gap") {
    stream.observer.interested_until = 2;
    stream.Send(2, "cd");
    stream.Send(9, "jk");
    stream.now_ns += kIdleHoleNs;
    stream.CheckHoles(HoleCheck::kTime);
    CHECK(stream.observer.Take() == "tcp_gap 1 i 0+2; gap 1 i 0+2");
  }
  SUBCASE("with FIN behind a hole, which then does not matter") {
    stream.observer.interested_until = 2;
    stream.Send(4, "ef");
    stream.Fin(9);
    stream.Send(0, "ab");
    CHECK(stream.observer.Take() == "data 1 i 0 ab; end 1 i");
  }
  SUBCASE("before the part that was not captured") {
    stream.observer.interested_until = 2;
    stream.Fin(9);
    stream.Send(0, "abcd", 5);
    CHECK(stream.observer.Take() == "data 1 i 0 abcd; end 1 i");
  }
  SUBCASE("in waiting data, while a segment that continues it is handled") {
    stream.observer.interested_until = 4;
    stream.Send(2, "cd");
    stream.Send(0, "abcdefgh");
    CHECK(stream.observer.Take() == "data 1 i 0 ab; data 1 i 2 cd");
    CHECK(stream.counters.of(IgnoredReason::kUnwanted).bytes == 4);
  }
}

TEST_CASE("reassembler: held data is reported on release, or at the end") {
  Stream stream;
  stream.reassembler.Hold();
  stream.Send(0, "fast");
  stream.Fin(4);
  CHECK(stream.observer.Take().empty());
  SUBCASE("released") { stream.reassembler.Release(stream.Context()); }
  SUBCASE("finished") { stream.Finish(); }
  CHECK(stream.observer.Take() == "data 1 i 0 fast; end 1 i");
}

TEST_CASE("reassembler: held data without room is dropped and counted") {
  FlowLimits limits;
  limits.max_total_bytes = 0;
  Stream stream(0, limits);
  stream.reassembler.Hold();
  stream.Send(0, "fast");
  CHECK(stream.counters.of(IgnoredReason::kNoRoom).bytes == 4);
}

// A part of the reference text.
struct Cut {
  std::size_t begin;
  std::size_t size;
};

// The text in pieces of random sizes, some of them doubled or overlapping, in a random order that
// moves no piece further than a window.
std::vector<Cut> RandomCuts(std::mt19937& random, std::size_t total) {
  std::vector<Cut> cuts;
  for (std::size_t begin = 0; begin < total;) {
    const std::size_t size = std::min<std::size_t>(1 + random() % 3000, total - begin);
    cuts.push_back({begin, size});
    if (random() % 4 == 0) {
      const std::size_t back = std::min<std::size_t>(random() % 2000, begin);
      cuts.push_back(
          {begin - back, std::min<std::size_t>(1 + random() % 4000, total - begin + back)});
    }
    begin += size;
  }
  constexpr std::size_t kWindow = 20;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    std::swap(cuts[i], cuts[std::min(i + random() % kWindow, cuts.size() - 1)]);
  }
  return cuts;
}

TEST_CASE("reassembler: split, doubled and shuffled segments give the original stream") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::string text(1 + random() % 100000, ' ');
    std::generate(text.begin(), text.end(), [&] { return static_cast<char>(random()); });
    Stream stream(static_cast<std::uint32_t>(0xffffffff - random() % 50000));
    stream.observer.write_data = false;
    for (const Cut& cut : RandomCuts(random, text.size())) {
      stream.Send(static_cast<std::uint32_t>(cut.begin),
                  std::string_view(text).substr(cut.begin, cut.size));
    }
    stream.Fin(static_cast<std::uint32_t>(text.size()));
    CHECK(stream.observer.bytes["1 i"] == text);
    CHECK(stream.observer.Take() == "end 1 i");
    CHECK(stream.counters.delivered_bytes == text.size());
    CHECK(stream.counters.peak_buffer_memory_bytes <= FlowLimits().max_stream_bytes);
  }
}

}  // namespace tcp_reassembler_test
}  // namespace wirehound
