// SPDX-License-Identifier: Apache-2.0

// Http2Connection: conversations that follow the rules, fed whole and split at every place.

#include "decoders/http/http2_connection.h"

#include <doctest/doctest.h>

#include "tests/decoders/http/http2_test_support.h"

namespace wirehound::test {
namespace http2_connection_test {

constexpr HttpSide kClient = HttpSide::kClient;
constexpr HttpSide kServer = HttpSide::kServer;

struct Turn {
  HttpSide sender;
  ByteWriter bytes;
};

// All features of the frame layer in one conversation, with a real encoder.
std::vector<Turn> Conversation() {
  HpackEncoder client;
  HpackEncoder server;
  Fields post = GetFields("/form%20a?x=%31&y");
  post[0].second = "POST";
  post.emplace_back("user-agent", "probe/1.0");
  post.emplace_back("content-length", "300");
  const ByteWriter get_block = client.Encode(GetFields());
  const ByteWriter post_block = client.Encode(post);
  const auto post_bytes = post_block.span();
  const ByteWriter pushed = server.Encode(GetFields("/style.css"));

  ByteWriter request = Preface();
  request.Append(Settings({{1, 8192}, {5, 20000}}));
  request.Append(Headers(1, kWhole, get_block));
  // Padding of 7, priority, the block in three frames of which one is empty.
  request.Append(Headers(3, kPadded | kPriorityFlag,
                         ByteWriter({7, 0, 0, 0, 0, 15}).Append(post_bytes.first(9)).Fill(7)));
  request.Append(Continuation(3, 0, {}));
  request.Append(Continuation(3, kEndHeaders, ByteWriter().Append(post_bytes.subspan(9))));
  request.Append(Frame(static_cast<Http2FrameType>(0xbe), 0xff, 7, ByteWriter().Fill(33, 1)));
  request.Append(Data(3, 0, 200)).Append(Data(3, kPadded, 101));
  request.Append(Headers(3, kWhole, client.Encode({{"checksum", "77"}})));

  ByteWriter response = Settings();
  response.Append(Frame(Http2FrameType::kSettings, kAck, 0));
  response.Append(Frame(Http2FrameType::kPing, 0, 0, ByteWriter().Fill(8)));
  response.Append(Headers(3, kEndHeaders, server.Encode({{":status", "103"}, {"link", "</s>"}})));
  response.Append(Frame(Http2FrameType::kPushPromise, kEndHeaders | kPadded, 1,
                        ByteWriter({3}).Be32(2).Append(pushed).Fill(3)));
  response.Append(
      Headers(1, kEndHeaders, server.Encode({{":status", "200"}, {"content-length", "19000"}})));
  response.Append(Data(1, 0, 19000));
  response.Append(Headers(1, kWhole, server.Encode({{"grpc-status", "0"}})));
  response.Append(Headers(2, kEndHeaders, server.Encode({{":status", "200"}})));
  response.Append(Data(2, kEndStream, 5));
  response.Append(Headers(3, kWhole, server.Encode({{":status", "404"}, {"server", "s"}})));
  response.Append(Frame(Http2FrameType::kGoaway, 0, 0, ByteWriter().Be32(3).Be32(0).Text("bye")));
  return {{kClient, request}, {kServer, response}};
}

Lines Play(const std::vector<Turn>& turns, std::size_t step) {
  Http2Peer peer;
  for (const Turn& turn : turns) {
    CHECK(peer.Send(turn.sender, turn.bytes.span(), step) == HttpVerdict::kMore);
  }
  CHECK(peer.pool.heads_in_use() == 0);
  return peer.Take();
}

TEST_CASE("http2: the messages of a conversation come in order, responses with their requests") {
  CHECK(
      Play(Conversation(), 1 << 20) ==
      Lines{
          "C1 HTTP/2.0 GET a.example /? length 0",
          std::string(
              "C3 HTTP/2.0 POST a.example /form a?x=%31&y length 300 | User-Agent: probe/1.0 | ") +
              "Content-Length: 300",
          "S3 HTTP/2.0 103=103 Early Hints for POST a.example /form a length -1 | Link: </s>",
          "S2 HTTP/2.0 GET a.example /style.css? length 0",
          "S1 HTTP/2.0 200=200 OK for GET a.example / length 19000 | Content-Length: 19000",
          "S2 HTTP/2.0 200=200 OK for GET a.example /style.css length -1",
          "S3 HTTP/2.0 404=404 Not Found for POST a.example /form a length 0 | Server: s",
      });
}

TEST_CASE("http2: segment boundaries make no difference") {
  const auto turns = Conversation();
  const Lines whole = Play(turns, 1 << 20);
  SUBCASE("into pieces of one size") {
    for (const std::size_t step : {1, 2, 3, 5, 8, 13, 100, 1460}) {
      CAPTURE(step);
      CHECK(Play(turns, step) == whole);
    }
  }
  SUBCASE("once, at every place of the client's bytes") {
    for (std::size_t at = 1; at < turns[0].bytes.size(); ++at) {
      CAPTURE(at);
      Http2Peer peer;
      peer.Client(ByteWriter().Append(turns[0].bytes.span().first(at)));
      peer.Client(ByteWriter().Append(turns[0].bytes.span().subspan(at)));
      peer.Server(turns[1].bytes);
      REQUIRE(peer.Take() == whole);
    }
  }
}

TEST_CASE("http2: after an upgrade stream 1 answers the HTTP/1.1 request") {
  Http2Peer peer;
  peer.connection.StartUpgraded("GET", "up.example", "/old");
  // The settings of the client were in its request, so a large frame may come before its preface.
  peer.Server(Settings().Append(Headers(1, kEndHeaders, Block({{":status", "200"}}))));
  peer.Server(Data(1, kEndStream, 70000));
  peer.Client(Preface().Append(Settings()).Append(Headers(3, kWhole, Block(GetFields("/new")))));
  peer.Server(Headers(3, kWhole, Block({{":status", "204"}})));
  CHECK(peer.Take() == Lines{"S1 HTTP/2.0 200=200 OK for GET up.example /old length -1",
                             "C3 HTTP/2.0 GET a.example /new? length 0",
                             "S3 HTTP/2.0 204=204 No Content for GET a.example /new length 0"});
}

TEST_CASE("http2: a connection can begin inside the preface") {
  for (const std::size_t seen : {1, 3, 23, 24}) {
    CAPTURE(seen);
    Http2Peer peer;
    peer.connection.StartInsidePreface(seen);
    const ByteWriter preface = Preface();
    peer.Client(ByteWriter()
                    .Append(preface.span().subspan(seen))
                    .Append(Settings())
                    .Append(Headers(1, kWhole, Block(GetFields()))));
    CHECK(peer.Take() == Lines{"C1 HTTP/2.0 GET a.example /? length 0"});
  }
}

TEST_CASE("http2: a response to HEAD that ends the stream has no known length") {
  Http2Peer peer;
  peer.Begin();
  Fields head = GetFields();
  head[0].second = "HEAD";
  peer.Client(Headers(1, kWhole, Block(head)));
  peer.Server(Headers(1, kWhole, Block({{":status", "200"}})));
  CHECK(peer.Take() == Lines{"C1 HTTP/2.0 HEAD a.example /? length 0",
                             "S1 HTTP/2.0 200=200 OK for HEAD a.example / length -1"});
}

TEST_CASE("http2: a request with a body of unknown length is marked so") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(1, kEndHeaders, Block(GetFields())));
  CHECK(peer.Take() == Lines{"C1 HTTP/2.0 GET a.example /? length -1"});
}

TEST_CASE("http2: a stream is forgotten when it ends, in each way it can end") {
  const Lines unknown = {"S1 HTTP/2.0 200=200 OK for    length -1"};
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(1, kWhole, Block(GetFields())));
  peer.Take();
  SUBCASE("reset by the client") {
    peer.Client(Frame(Http2FrameType::kRstStream, 0, 1, ByteWriter().Be32(8)));
  }
  SUBCASE("reset by the server") {
    peer.Server(Frame(Http2FrameType::kRstStream, 0, 1, ByteWriter().Be32(8)));
  }
  SUBCASE("ended by the head of the response") {
    peer.Server(Headers(1, kWhole, Block({{":status", "200"}})));
  }
  SUBCASE("ended by data") { peer.Server(Data(1, kEndStream, 0)); }
  SUBCASE("ended by trailers") {
    peer.Server(Headers(1, kEndHeaders, Block({{":status", "200"}})));
    peer.Server(Headers(1, kWhole, Block({{"t", "1"}})));
  }
  peer.Take();
  peer.Server(Headers(1, kEndHeaders, Block({{":status", "200"}})));
  CHECK(peer.Take() == unknown);
}

TEST_CASE("http2: the end of one direction does not end the other") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(1, kWhole, Block(GetFields())));
  peer.connection.OnEnd(kClient);
  peer.Server(Headers(1, kWhole, Block({{":status", "200"}})));
  peer.connection.OnEnd(kServer);
  CHECK(peer.Take() == Lines{"C1 HTTP/2.0 GET a.example /? length 0",
                             "S1 HTTP/2.0 200=200 OK for GET a.example / length 0"});
  CHECK(peer.Server(Settings()) == HttpVerdict::kDone);
  CHECK(peer.pool.memory().used_bytes() == 0);
}

TEST_CASE("http2: a raised limit of the frame size applies") {
  Http2Peer peer;
  peer.Client(Preface().Append(Settings({{5, 30000}})));
  peer.Server(Settings().Append(Data(1, 0, 30000)).Append(Settings()));
  CHECK(peer.Take().empty());
  SUBCASE("a frame above it ends the reading") {
    peer.Server(FrameHeader(30001, Http2FrameType::kData, 0, 1));
    CHECK(peer.Take() == Lines{"S http2_malformed_frame at 30027"});
  }
  SUBCASE("after the limit is lowered, frames under way may still exceed it") {
    peer.Client(Settings({{5, 16384}}));
    peer.Server(Data(1, 0, 30000));
    CHECK(peer.Take().empty());
  }
}

TEST_CASE("http2: the size of the compression table follows the encoder") {
  HpackEncoder server(kMaxHpackTableBytes);
  Http2Peer peer;
  peer.Client(Preface().Append(Settings({{1, 65536}})));
  peer.Server(Settings());
  const std::string value(10000, 'v');
  const auto answer = [&](std::string text) {
    peer.Server(Headers(1, kEndHeaders, server.Encode({{":status", "200"}, {"x", text}})));
    return peer.log.lines.size() == 1 && peer.Take()[0].ends_with(" | X: " + text);
  };
  server.ChangeTableSize(65536);
  CHECK(answer(value));
  CHECK(answer(value));  // from the table
  // The client lowers the size. The server does not know that yet, then it does.
  peer.Client(Settings({{1, 0}}));
  CHECK(answer(value));
  server.ChangeTableSize(0);
  CHECK(answer("w"));
  CHECK(answer("w"));
}

}  // namespace http2_connection_test
}  // namespace wirehound::test
