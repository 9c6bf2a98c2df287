// SPDX-License-Identifier: Apache-2.0

// Http2Connection with limits, gaps and hostile peers: it gives up only what it must, and its
// memory stays bounded.

#include <doctest/doctest.h>

#include "tests/decoders/http/http2_test_support.h"

namespace wirehound::test {
namespace http2_hostile_test {

constexpr HttpSide kClient = HttpSide::kClient;
constexpr HttpSide kServer = HttpSide::kServer;

bool AnyLineHas(const Lines& lines, std::string_view text) {
  return std::any_of(lines.begin(), lines.end(), [text](const std::string& line) {
    return line.find(text) != std::string::npos;
  });
}

std::size_t CountLines(const Lines& lines, std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(),
      [text](const std::string& line) { return line.find(text) != std::string::npos; }));
}

// A header block in frames of the default size limit.
ByteWriter SplitBlock(std::uint32_t stream, const ByteWriter& block) {
  ByteWriter out;
  std::span<const std::byte> rest = block.span();
  for (bool first = true; first || !rest.empty(); first = false) {
    const auto piece = rest.first(std::min<std::size_t>(rest.size(), 16384));
    rest = rest.subspan(piece.size());
    const int end = rest.empty() ? kEndHeaders : 0;
    const auto type = first ? Http2FrameType::kHeaders : Http2FrameType::kContinuation;
    out.Append(Frame(type, end, stream, ByteWriter().Append(piece)));
  }
  return out;
}

TEST_CASE("http2: broken compression ends its direction and not the other") {
  Http2Peer peer;
  peer.Begin();
  CHECK(peer.Client(Headers(1, kWhole, ByteWriter({0x80}))) == HttpVerdict::kMore);
  CHECK(peer.Take() == Lines{"C http2_header_compression at 33"});
  peer.Client(Headers(3, kWhole, Block(GetFields())));
  CHECK(peer.Take().empty());
  peer.Server(Headers(1, kEndHeaders, Block({{":status", "200"}})));
  CHECK(peer.Take() == Lines{"S1 HTTP/2.0 200=200 OK for    length -1"});
  CHECK(peer.Server(Headers(1, kWhole, ByteWriter({0xff}))) == HttpVerdict::kDone);
  CHECK(peer.Take() == Lines{"S http2_header_compression at 31"});
  CHECK(peer.pool.memory().used_bytes() == 0);
  CHECK(peer.pool.counters().directions_lost == 2);
}

TEST_CASE("http2: the beginning of a head that breaks off is reported") {
  const std::string line = "C1 HTTP/2.0 GET a.example /? length -1 truncated";
  const ByteWriter block = Block(GetFields());
  Http2Peer peer;
  peer.Begin();
  SUBCASE("broken compression") {
    peer.Client(Headers(1, kEndHeaders, ByteWriter(block).U8(0x80)));
    CHECK(peer.Take() == Lines{"C http2_header_compression at 33", line});
  }
  SUBCASE("a gap in the block") {
    peer.Client(FrameHeader(1000, Http2FrameType::kHeaders, kEndHeaders, 1).Append(block));
    peer.Gap(kClient, 10);
    CHECK(peer.Take() ==
          Lines{"C http2_header_compression at " + std::to_string(33 + 9 + block.size()), line});
  }
  SUBCASE("another frame in between") {
    peer.Client(Headers(1, 0, block).Append(Settings()));
    CHECK(peer.Take() ==
          Lines{"C http2_malformed_frame at " + std::to_string(33 + 9 + block.size()), line});
  }
  SUBCASE("the end of the connection") {
    peer.Client(Headers(1, 0, block));
    peer.connection.OnEnd(kClient);
    CHECK(peer.Take() == Lines{line});
  }
  SUBCASE("but not one that has no method yet") {
    peer.Client(Headers(1, 0, Block({{":path", "/"}})));
    peer.connection.OnEnd(kClient);
    CHECK(peer.Take().empty());
  }
  CHECK(peer.pool.heads_in_use() == 0);
}

TEST_CASE("http2: a gap in a body counts as bytes of the body, elsewhere it ends the direction") {
  Http2Peer peer;
  peer.Begin();
  peer.Server(Headers(1, kEndHeaders, Block({{":status", "200"}})));
  peer.Server(FrameHeader(500, Http2FrameType::kData, 0, 1).Fill(100));
  peer.Take();
  SUBCASE("in the body") {
    CHECK(peer.Gap(kServer, 400) == HttpVerdict::kMore);
    peer.Server(Headers(3, kEndHeaders, Block({{":status", "404"}})));
    CHECK(peer.Take() == Lines{"S3 HTTP/2.0 404=404 Not Found for    length -1"});
  }
  SUBCASE("beyond it") {
    CHECK(peer.Gap(kServer, 401) == HttpVerdict::kMore);
    CHECK(peer.Take() == Lines{"S http2_malformed_frame at 140"});
    CHECK(peer.Gap(kClient, 1) == HttpVerdict::kDone);
    CHECK(peer.Take() == Lines{"C http2_malformed_frame at 33"});
    CHECK(peer.Gap(kClient, 1) == HttpVerdict::kDone);
    CHECK(peer.Take().empty());
  }
}

TEST_CASE("http2: settings that were lost in a gap allow any frame") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(FrameHeader(6, Http2FrameType::kSettings, 0, 0));
  peer.Gap(kClient, 6);
  peer.Server(Data(1, 0, 100000).Append(Headers(1, 4, Block({{":status", "200"}}))));
  CHECK(peer.Take() == Lines{"S1 HTTP/2.0 200=200 OK for    length -1"});
}

TEST_CASE("http2: bytes that are not HTTP/2 end their direction") {
  Http2Peer peer;
  CHECK(peer.Client(ByteWriter().Text("GET / HTTP/1.1\r\n\r\n")) == HttpVerdict::kMore);
  CHECK(peer.Server(ByteWriter().Text("HTTP/1.1 400 Bad Request\r\n")) == HttpVerdict::kDone);
  CHECK(peer.Take() == Lines{"C http2_malformed_frame at 0", "S http2_malformed_frame at 0"});
}

TEST_CASE("http2: a push promise of a client ends the direction") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(
      Frame(Http2FrameType::kPushPromise, 4, 1, ByteWriter().Be32(2).Append(Block(GetFields()))));
  CHECK(peer.Take() == Lines{"C http2_malformed_frame at 33"});
}

TEST_CASE("http2: odd frames are reported once for each direction") {
  Http2Peer peer;
  peer.Begin();
  const ByteWriter ping = Frame(Http2FrameType::kPing, 0, 0, ByteWriter().Fill(3));
  for (int i = 0; i < 5; ++i) {
    peer.Client(ping);
  }
  peer.Client(Headers(1, kWhole, Block(GetFields())));
  CHECK(peer.Take() ==
        Lines{"C http2_malformed_frame at 33", "C1 HTTP/2.0 GET a.example /? length 0"});
}

TEST_CASE("http2: fields beyond the limit truncate the message, and harm no other message") {
  Http2Peer peer;
  peer.Begin();
  HpackEncoder encoder;
  Fields fields = GetFields();
  for (int i = 0; i < 300; ++i) {
    fields.emplace_back("n" + std::to_string(i), "v");
  }
  peer.Client(SplitBlock(1, encoder.Encode(fields)));
  CHECK(peer.log.last_header_count == kMaxHttpHeaders);
  CHECK(peer.log.lines.size() == 2);
  CHECK(peer.log.lines[0] == "C http2_limit at 33");
  CHECK(AnyLineHas(peer.Take(), "length -1 truncated | N0: v"));
  // The decoder kept filling the table, so the next message can refer to it.
  peer.Client(Headers(3, kWhole,
                      encoder.Encode({fields[0], fields[1], fields[2], fields[3], {"n299", "v"}})));
  CHECK(peer.Take() == Lines{"C3 HTTP/2.0 GET a.example /? length 0 | N299: v"});
}

TEST_CASE("http2: a head beyond the limit of bytes is cut") {
  Http2Peer peer;
  peer.Begin();
  Fields fields = GetFields();
  for (int i = 0; i < 5; ++i) {
    fields.emplace_back("big", std::string(20000, 'x'));
  }
  fields.emplace_back("small", "y");
  peer.Client(SplitBlock(1, Block(fields)));
  CHECK(CountLines(peer.log.lines, "http2_limit") == 1);
  CHECK(peer.log.last_header_count == 4);  // three fields that fit, and the small one
  CHECK(peer.pool.counters().messages_cut == 1);
}

TEST_CASE("http2: a small block that expands without end is bounded") {
  // One entry of 4000 bytes, then a reference to it per byte: 64 MiB from 16 KiB.
  ByteWriter block = Block(GetFields());
  block.U8(0x40).U8(1).Text("b");
  PutLength(block, 4000);
  block.Text(std::string(4000, 'z'));
  block.Fill(16000, 0x80 | 62);
  Http2Peer peer;
  peer.Begin();
  peer.Client(SplitBlock(1, block));
  CHECK(peer.log.last_header_count == 16);
  CHECK(CountLines(peer.log.lines, "http2_limit") == 1);
  CHECK(CountLines(peer.log.lines, "truncated") == 1);
}

TEST_CASE("http2: a connection takes no more of the shared memory than documented") {
  // Tables full of the smallest entries, then a name and a value of 64 KiB that are only begun.
  ByteWriter block({0x3f, 0xe1, 0xff, 0x03});
  for (int i = 0; i < 3000; ++i) {
    block.U8(0x40).U8(0).U8(0);
  }
  block.U8(0x40).U8(0xff).U8(0x81).U8(0xff).U8(0x03).Fill(65536, 0x18);
  block.U8(0xff).U8(0x81).U8(0xff).U8(0x03);
  Http2Peer peer;
  peer.Begin();
  const ByteWriter all = SplitBlock(1, block);
  // Without its last byte the block stays open.
  for (const HttpSide side : {kClient, kServer}) {
    peer.Send(side, all.span().first(all.size() - 1), 1448);
  }
  CHECK(peer.pool.counters().directions_lost == 0);
  CHECK(peer.pool.memory().used_bytes() > 900000);
  CHECK(peer.pool.memory().used_bytes() < std::size_t{5} << 19);
}

TEST_CASE("http2: a flood of continuations is reported once, and decoding goes on") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(1, 0, Block(GetFields())));
  for (int i = 0; i < 5000; ++i) {
    peer.Client(Continuation(1, 0, Block({{"x", "y"}})));
  }
  CHECK(peer.Take() == Lines{"C http2_limit at 33"});
  CHECK(peer.pool.memory().used_bytes() < 10000);
  peer.Client(Continuation(1, kEndHeaders, {}));
  CHECK(peer.log.last_header_count == kMaxHttp2Continuations);
  CHECK(CountLines(peer.Take(), "truncated") == 1);
  peer.Client(Headers(3, kWhole, Block(GetFields())));
  CHECK(peer.Take() == Lines{"C3 HTTP/2.0 GET a.example /? length 0"});
}

TEST_CASE("http2: a flood of empty frames makes no message and takes no memory") {
  Http2Peer peer;
  peer.Begin();
  ByteWriter flood;
  for (int i = 0; i < 1000; ++i) {
    flood.Append(Settings()).Append(Data(1, 0, 0));
    flood.Append(Frame(Http2FrameType::kPing, 0, 0, ByteWriter().Fill(8)));
    flood.Append(Frame(Http2FrameType::kRstStream, 0, 5, ByteWriter().Fill(4)));
  }
  peer.Client(flood);
  CHECK(peer.Take().empty());
  CHECK(peer.pool.memory().used_bytes() == 0);
}

TEST_CASE("http2: the number of remembered streams is limited") {
  Http2Peer peer;
  peer.Begin();
  for (std::uint32_t i = 0; i <= kMaxHttp2Streams + 1; ++i) {
    peer.Client(Headers(2 * i + 1, kWhole, Block(GetFields("/" + std::to_string(i)))));
  }
  CHECK(CountLines(peer.Take(), "http2_limit") == 1);
  CHECK(peer.pool.counters().requests_not_kept == 2);
  peer.Server(Headers(2 * kMaxHttp2Streams + 1, kWhole, Block({{":status", "200"}})));
  peer.Server(Headers(2 * kMaxHttp2Streams - 1, kWhole, Block({{":status", "200"}})));
  CHECK(peer.Take() == Lines{"S257 HTTP/2.0 200=200 OK for    length 0",
                             "S255 HTTP/2.0 200=200 OK for GET a.example /127 length 0"});
  peer.Client(Headers(1001, kWhole, Block(GetFields("/again"))));
  peer.Server(Headers(1001, kWhole, Block({{":status", "200"}})));
  CHECK(peer.Take().back() == "S1001 HTTP/2.0 200=200 OK for GET a.example /again length 0");
}

TEST_CASE("http2: the remembered size of a request is limited") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(1, kWhole, Block(GetFields("/" + std::string(5000, 'p')))));
  peer.Take();
  peer.Server(Headers(1, kWhole, Block({{":status", "200"}})));
  CHECK(peer.Take() == Lines{"S1 HTTP/2.0 200=200 OK for GET a.example /" +
                             std::string(kMaxHttpRememberedBytes - 1, 'p') + " length 0"});
}

TEST_CASE("http2: a connection beyond the limit is refused and counted once, until there is room") {
  Http2Log log;
  Arena arena(kHttp2ArenaBytes);
  Http2Pool pool({.connections = 1});
  const ByteWriter bytes = Preface();
  {
    const Http2Connection first(log, arena, pool);
    Http2Connection second(log, arena, pool);
    CHECK(second.OnData(kClient, 0, bytes.span()) == HttpVerdict::kDone);
    CHECK(second.OnGap(kServer, 0, 5) == HttpVerdict::kDone);
    second.OnEnd(kServer);
    CHECK(log.lines == Lines{"C http2_limit at 0"});
    CHECK(pool.counters().connections_refused == 1);
  }
  Http2Connection third(log, arena, pool);
  CHECK(third.OnData(kClient, 0, bytes.span()) == HttpVerdict::kMore);
}

TEST_CASE("http2: at the memory limit only the part that needs more is given up") {
  SUBCASE("without a decoder the direction ends") {
    Http2Peer peer({.memory_bytes = 100});
    peer.Begin();
    peer.Client(Headers(1, kWhole, Block(GetFields())));
    CHECK(peer.Take() == Lines{"C http2_limit at 33"});
    CHECK(peer.pool.memory().refused() > 0);
    CHECK(peer.pool.memory().used_bytes() == 0);
  }
  SUBCASE("a table that grows") {
    HpackEncoder encoder(kMaxHpackTableBytes);
    encoder.ChangeTableSize(kMaxHpackTableBytes);
    Http2Peer peer({.memory_bytes = 30000});
    peer.Begin();
    for (std::uint32_t i = 0; i < 10; ++i) {
      peer.Client(Headers(2 * i + 1, kWhole,
                          encoder.Encode({{":method", "GET"},
                                          {"x", std::string(5000, static_cast<char>('a' + i))}})));
    }
    CHECK(CountLines(peer.log.lines, "http2_limit") == 1);
    CHECK(peer.pool.memory().used_bytes() < 5000);  // requests, no table
  }
}

TEST_CASE("http2: without memory for a head its message is left out, the next is reported") {
  Http2Log log;
  Arena arena(kHttp2ArenaBytes);
  Http2Pool pool({.heads = 1});
  Http2Connection one(log, arena, pool);
  Http2Connection other(log, arena, pool);
  const ByteWriter start = Preface().Append(Settings()).Append(Headers(1, 0, {}));
  const ByteWriter rest = Continuation(1, kWhole, Block(GetFields()));
  const ByteWriter next = Headers(3, kWhole, Block(GetFields()));
  one.OnData(kClient, 0, start.span());
  other.OnData(kClient, 0, start.span());
  other.OnData(kClient, start.size(), rest.span());
  CHECK(log.lines == Lines{"C http2_limit at 33"});
  one.OnData(kClient, start.size(), rest.span());
  other.OnData(kClient, start.size() + rest.size(), next.span());
  CHECK(log.lines.size() == 3);
  CHECK(pool.counters().messages_left_out == 1);
}

TEST_CASE("http2: a connection returns all its memory wherever it ends") {
  HpackEncoder encoder;
  Arena arena(kHttp2ArenaBytes);
  Http2Pool pool;
  ByteWriter bytes = Preface().Append(Settings());
  bytes.Append(Headers(1, kWhole, encoder.Encode(GetFields("/one"))));
  bytes.Append(Headers(3, 0, encoder.Encode(GetFields("/two"))));
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    {
      Http2Log log;
      Http2Connection connection(log, arena, pool);
      connection.OnData(kClient, 0, bytes.span().first(size));
    }
    CHECK(pool.connections() == 0);
    CHECK(pool.heads_in_use() == 0);
    CHECK(pool.memory().used_bytes() == 0);
  }
}

}  // namespace http2_hostile_test
}  // namespace wirehound::test
