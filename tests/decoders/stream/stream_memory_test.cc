// SPDX-License-Identifier: Apache-2.0

// The parts of a flow: the list of waiting segments, the tails kept for comparison, the hashes.

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decoders/stream/delivered_tail.h"
#include "decoders/stream/segment_list.h"
#include "tests/decoders/stream/flow_test_support.h"

namespace wirehound {
namespace stream_memory_test {

constexpr std::uint32_t kPlenty = 100;

StreamPiece Piece(std::uint64_t offset, std::string_view text, std::size_t not_captured = 0) {
  return {offset, CapturedBytes(BytesOf(text), text.size() + not_captured)};
}

SegmentListChange Add(SegmentList& list, SegmentPool& pool, StreamPiece piece) {
  const SegmentListChange change = list.Add(pool, kPlenty, piece);
  CHECK(piece.empty());
  return change;
}

// Takes all segments out of the list, as text: "3:abc 9:??".
std::string Drain(SegmentList& list, SegmentPool& pool) {
  std::string text;
  while (SegmentBlock* block = list.PopFirst()) {
    const std::string bytes(reinterpret_cast<const char*>(block->data), block->size);
    text += (text.empty() ? "" : " ") + std::to_string(block->offset) + ":" +
            (block->missing ? std::string(block->size, '?') : bytes);
    pool.Return(block);
  }
  CHECK(list.empty());
  CHECK(list.blocks() == 0);
  return text;
}

TEST_CASE("segment list: new bytes are kept at their place") {
  SegmentPool pool(kPlenty);
  SegmentList list;
  SUBCASE("behind, in front and between") {
    Add(list, pool, Piece(10, "kl"));
    Add(list, pool, Piece(20, "uv"));
    Add(list, pool, Piece(0, "ab"));
    Add(list, pool, Piece(15, "pq"));
    CHECK(list.begin() == 0);
    CHECK(list.end() == 22);
    CHECK(Drain(list, pool) == "0:ab 10:kl 15:pq 20:uv");
  }
  SUBCASE("in a new block behind adjacent bytes while blocks are plentiful") {
    Add(list, pool, Piece(10, "kl"));
    Add(list, pool, Piece(12, "mn"));
    CHECK(list.blocks() == 2);
    CHECK(Drain(list, pool) == "10:kl 12:mn");
  }
  SUBCASE("in the block of adjacent bytes when blocks are scarce") {
    StreamPiece first = Piece(10, "kl");
    StreamPiece second = Piece(12, "mn");
    list.Add(pool, 2, first);
    list.Add(pool, 2, second);
    CHECK(list.blocks() == 1);
    CHECK(Drain(list, pool) == "10:klmn");
  }
  SUBCASE("around and between known bytes") {
    Add(list, pool, Piece(2, "CD"));
    Add(list, pool, Piece(6, "GH"));
    const SegmentListChange change = Add(list, pool, Piece(1, "bcdefghij"));
    CHECK(change.known == 4);
    CHECK(change.stored == 5);
    CHECK(Drain(list, pool) == "1:b 2:CDef 6:GHij");
  }
  SUBCASE("with the place of bytes that were not captured") {
    const SegmentListChange change = Add(list, pool, Piece(5, "fg", 4));
    CHECK(change.missing == 4);
    Add(list, pool, Piece(11, "", 2));
    Add(list, pool, Piece(8, "i", 1));
    CHECK(Drain(list, pool) == "5:fg 7:??????");
  }
  SUBCASE("over several blocks when the segment is long") {
    const std::string text(2 * kSegmentBlockDataBytes + 1, 'x');
    Add(list, pool, Piece(7, text));
    CHECK(list.blocks() == 3);
    CHECK(list.end() == 7 + text.size());
    Drain(list, pool);
  }
  CHECK(pool.in_use() == 0);
}

TEST_CASE("segment list: bytes that do not fit stay in the piece") {
  SegmentPool pool(3);
  SegmentList list;
  StreamPiece piece = Piece(10, "a");
  list.Add(pool, 2, piece);
  piece = Piece(20, "b");
  list.Add(pool, 2, piece);
  SUBCASE("because of the caller's limit") {
    piece = Piece(30, "c");
    list.Add(pool, 2, piece);
  }
  SUBCASE("because of the pool") {
    piece = Piece(25, "d");
    list.Add(pool, kPlenty, piece);
    piece = Piece(30, "c");
    list.Add(pool, kPlenty, piece);
  }
  CHECK(piece.offset == 30);
  CHECK(piece.size() == 1);
  list.Clear(pool);
  CHECK(pool.in_use() == 0);
}

TEST_CASE("segment list: the list can be cut off at an offset") {
  SegmentPool pool(kPlenty);
  SegmentList list;
  Add(list, pool, Piece(2, "cdef"));
  Add(list, pool, Piece(10, "kl", 3));
  CHECK(list.CutBehind(pool, 15) == 0);
  CHECK(list.CutBehind(pool, 12) == 0);
  CHECK(list.CutBehind(pool, 4) == 4);
  CHECK(list.end() == 4);
  CHECK(Drain(list, pool) == "2:cd");
}

TEST_CASE("segment list: the first byte in which a copy differs is found") {
  SegmentPool pool(kPlenty);
  SegmentList list;
  Add(list, pool, Piece(2, "cd"));
  Add(list, pool, Piece(6, "gh", 2));
  const auto differs = [&](std::uint64_t offset, std::string_view text) {
    const StreamRange range = list.Compare(Piece(offset, text));
    return std::to_string(range.begin) + "+" + std::to_string(range.size());
  };
  CHECK(differs(0, "abcdefghij") == "0+0");
  CHECK(differs(0, "abcDefgh") == "3+1");
  CHECK(differs(3, "Defg?") == "3+5");
  CHECK(differs(8, "??") == "0+0");
  CHECK(differs(4, "??") == "0+0");
  CHECK(differs(20, "?") == "0+0");
  list.Clear(pool);
}

TEST_CASE("tail: after a restart the first bytes that follow are kept") {
  TailPool pool(sizeof(DeliveredTail));
  DeliveredTail* tail = nullptr;
  pool.Lend(&tail);
  tail->Restart(100);
  tail->Append(100, BytesOf("abc"));
  tail->Append(103, BytesOf("def"));
  tail->Append(110, BytesOf("not joined"));
  CHECK(tail->Compare(100, BytesOf("abcdef????")).empty());
  CHECK(tail->Compare(90, BytesOf("??????????abX")).begin == 102);
  CHECK(tail->Compare(105, BytesOf("X")).size() == 1);
  CHECK(tail->Compare(106, BytesOf("X")).empty());
  CHECK(tail->Compare(10, BytesOf("X")).empty());
  CHECK_FALSE(tail->full());
  const std::string text(kTailBytes + 5, 'x');
  tail->Restart(500);
  tail->Append(500, BytesOf(text));
  CHECK(tail->full());
  CHECK(tail->Compare(100, BytesOf("?")).empty());
}

TEST_CASE("tail pool: a full pool takes back the tail that was lent first") {
  TailPool pool(2 * sizeof(DeliveredTail));
  DeliveredTail* holders[4] = {};
  pool.Lend(&holders[0]);
  pool.Lend(&holders[1]);
  pool.Lend(&holders[2]);
  CHECK(holders[0] == nullptr);
  CHECK(holders[1] != nullptr);
  pool.Return(&holders[1]);
  CHECK(holders[1] == nullptr);
  pool.Lend(&holders[3]);
  CHECK(holders[2] != nullptr);
  CHECK(holders[3] != nullptr);
  CHECK(holders[2] != holders[3]);
  pool.Return(&holders[0]);

  TailPool none(0);
  none.Lend(&holders[0]);
  CHECK(holders[0] == nullptr);
}

TEST_CASE(
    "flow hasher: both directions of a connection have one hash, other connections have others") {
  const FlowHasher hasher(1);
  wirehound_packet_metadata packet{};
  packet.src_ip.bytes[15] = 1;
  packet.dst_ip.bytes[15] = 2;
  packet.src_port = 1000;
  packet.dst_port = 80;
  wirehound_packet_metadata reply = packet;
  std::swap(reply.src_ip, reply.dst_ip);
  std::swap(reply.src_port, reply.dst_port);
  CHECK(hasher(packet) == hasher(reply));
  CHECK(hasher(packet) != FlowHasher(2)(packet));
  CHECK(hasher(packet, 7) == hasher(reply, 7));
  CHECK(hasher(packet, 7) != hasher(packet));

  wirehound_packet_metadata crossed = packet;
  std::swap(crossed.src_port, crossed.dst_port);
  CHECK(hasher(packet) != hasher(crossed));

  packet.direction = WIREHOUND_DIRECTION_EGRESS;
  reply.direction = WIREHOUND_DIRECTION_INGRESS;
  CHECK(hasher(packet) == hasher(reply));
  reply.direction = WIREHOUND_DIRECTION_EGRESS;
  CHECK(hasher(packet) != hasher(reply));
}

}  // namespace stream_memory_test
}  // namespace wirehound
