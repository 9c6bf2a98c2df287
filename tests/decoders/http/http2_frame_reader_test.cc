// SPDX-License-Identifier: Apache-2.0

// Http2FrameReader: the parts of frames it finds, the frames it refuses, the cost of a gap.

#include "decoders/http/http2_frame_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/decoders/http/http2_test_support.h"

namespace wirehound::test {
namespace http2_frame_reader_test {

using Type = Http2FrameType;

// The parts as text: F type, f bytes of a fragment (! ends it), S id=value, X lost.
std::string Parts(Http2FrameReader& reader, std::span<const std::byte> input) {
  std::string out;
  for (;;) {
    switch (reader.Read(input)) {
      case Http2Part::kNone:
        CHECK(input.empty());
        return out;
      case Http2Part::kFrame:
        out += "F" + std::to_string(static_cast<int>(reader.frame().type));
        out += reader.frame().odd ? "? " : " ";
        break;
      case Http2Part::kFragment:
        out += "f" + std::to_string(reader.fragment().size());
        out += reader.fragment_ends() ? "! " : " ";
        break;
      case Http2Part::kSetting:
        out += "S" + std::to_string(reader.setting().id) + "=" +
               std::to_string(reader.setting().value) + " ";
        break;
      case Http2Part::kLost:
        out += "X ";
        break;
    }
  }
}

Http2FrameReader ServerReader() { return Http2FrameReader(kHttp2Preface.size()); }

std::string ServerParts(const ByteWriter& bytes) {
  Http2FrameReader reader = ServerReader();
  return Parts(reader, bytes.span());
}

std::string PartsBehindSettings(const ByteWriter& bytes) {
  const std::string parts = ServerParts(Settings().Append(bytes));
  CHECK(parts.substr(0, 3) == "F4 ");
  return parts.substr(3);
}

TEST_CASE("http2 frames: the client's stream begins with the preface") {
  Http2FrameReader reader(0);
  CHECK(Parts(reader, Preface().Append(Settings()).span()) == "F4 ");
  SUBCASE("a stream that begins otherwise is lost at once") {
    Http2FrameReader other(0);
    CHECK(Parts(other, ByteWriter().Text("PRI * HTTP/2.1").span()) == "X ");
    CHECK(Parts(other, Settings().span()).empty());
  }
}

TEST_CASE("http2 frames: each side begins with settings") {
  CHECK(ServerParts(Settings({{1, 7}, {5, 16384}, {0xffff, 0xffffffff}})) ==
        "F4 S1=7 S5=16384 S65535=4294967295 ");
  CHECK(ServerParts(Data(1, 0, 3)) == "X ");
  CHECK(ServerParts(ByteWriter().Text("HTTP/1.1 400 Bad Request\r\n")) == "X ");
}

TEST_CASE("http2 frames: a header block is reported without padding and priority") {
  const ByteWriter five = ByteWriter().Fill(5);
  CHECK(PartsBehindSettings(Headers(1, kEndHeaders, five)) == "F1 f5! ");
  CHECK(PartsBehindSettings(Headers(1, kEndHeaders, {})) == "F1 f0! ");
  CHECK(PartsBehindSettings(Headers(1, kEndHeaders | kPadded, ByteWriter({2}).Fill(6))) ==
        "F1 f4! ");
  CHECK(PartsBehindSettings(Headers(1, kEndHeaders | kPadded | kPriorityFlag,
                                    ByteWriter({2}).Fill(8))) == "F1 f1! ");
  CHECK(PartsBehindSettings(Headers(1, 0, five).Append(Continuation(1, kEndHeaders, five))) ==
        "F1 f5! F9 f5! ");
}

TEST_CASE("http2 frames: a promise names its stream") {
  Http2FrameReader reader = ServerReader();
  const ByteWriter payload = ByteWriter({1}).Be32(0x80000004).Fill(3);
  const ByteWriter promise = Frame(Type::kPushPromise, kEndHeaders | kPadded, 9, payload);
  CHECK(Parts(reader, Settings().Append(promise).span()) == "F4 F5 f2! ");
  CHECK(reader.frame().stream_id == 9);
  CHECK(reader.frame().promised_stream_id == 4);
  CHECK(reader.frame().offset == 9);
}

TEST_CASE("http2 frames: errors after which no receiver continues end the reading") {
  const ByteWriter open = Headers(1, 0, ByteWriter().Fill(1));
  struct Row {
    const char* what;
    ByteWriter bytes;
    const char* parts;
  };
  const Row rows[] = {
      {"longer than agreed", FrameHeader(16385, Type::kPing, 0, 0), "X "},
      {"headers on no stream", Headers(0, kEndHeaders, {}), "X "},
      {"a promise on no stream", Frame(Type::kPushPromise, 4, 0, ByteWriter().Be32(2)), "X "},
      {"a promise of three bytes", Frame(Type::kPushPromise, 4, 1, ByteWriter().Fill(3)), "X "},
      {"no room for the priority", Headers(1, kPriorityFlag, ByteWriter().Fill(4)), "X "},
      {"no room for the pad length", Headers(1, kPadded, {}), "X "},
      {"more padding than payload", Headers(1, kPadded, ByteWriter({3}).Fill(2)), "X "},
      {"a continuation of nothing", Continuation(1, 4, {}), "X "},
      {"a frame inside a block", ByteWriter(open).Append(Settings()), "F1 f1! X "},
      {"data inside a block", ByteWriter(open).Append(Data(1, 0, 1)), "F1 f1! X "},
      {"another block inside", ByteWriter(open).Append(Continuation(3, 4, {})), "F1 f1! X "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(PartsBehindSettings(ByteWriter(row.bytes).Append(Settings())) == row.parts);
  }
}

TEST_CASE("http2 frames: odd frames are reported and skipped") {
  const auto of_size = [](Type type, int flags, std::uint32_t stream, std::size_t size) {
    return Frame(type, flags, stream, ByteWriter().Fill(size));
  };
  const ByteWriter odd[] = {
      of_size(Type::kData, 0, 0, 1),         of_size(Type::kData, kPadded, 1, 0),
      of_size(Type::kPriority, 0, 0, 5),     of_size(Type::kPriority, 0, 1, 4),
      of_size(Type::kRstStream, 0, 0, 4),    of_size(Type::kRstStream, 0, 1, 5),
      of_size(Type::kSettings, 0, 1, 0),     of_size(Type::kSettings, kAck, 0, 6),
      of_size(Type::kPing, 0, 0, 7),         of_size(Type::kPing, 0, 1, 8),
      of_size(Type::kGoaway, 0, 0, 7),       of_size(Type::kGoaway, 0, 1, 8),
      of_size(Type::kWindowUpdate, 0, 0, 3),
  };
  for (const ByteWriter& frame : odd) {
    const std::string parts = PartsBehindSettings(ByteWriter(frame).Append(Data(1, 0, 3)));
    CAPTURE(parts);
    CHECK(parts.substr(2) == "? F0 ");
  }
  CHECK(PartsBehindSettings(Frame(Type::kSettings, 0, 0, ByteWriter().Be16(3).Be32(1).Fill(5))
                                .Append(Data(1, 0, 3))) == "F4? S3=1 F0 ");
}

TEST_CASE("http2 frames: frames of unknown types and of all sizes are skipped exactly") {
  ByteWriter bytes = Data(1, 0, 16384).Append(Data(1, kPadded, 1)).Append(Data(1, 0, 0));
  bytes.Append(Frame(static_cast<Type>(77), 0xff, 0, ByteWriter().Fill(100)));
  CHECK(PartsBehindSettings(bytes.Append(Headers(1, 4, {}))) == "F0 F0 F0 F77 F1 f0! ");
}

TEST_CASE("http2 frames: the cost of a gap depends on its place") {
  Http2FrameReader reader = ServerReader();
  Parts(reader, Settings().span());
  const auto read = [&reader](const ByteWriter& bytes) { return Parts(reader, bytes.span()); };
  SUBCASE("in a body nothing, up to its end") {
    read(FrameHeader(100, Type::kData, 0, 1));
    CHECK(reader.SkipGap(60) == Http2GapResult::kSkipped);
    CHECK(reader.SkipGap(40) == Http2GapResult::kSkipped);
    CHECK(read(Data(1, 0, 2)) == "F0 ");
    CHECK(reader.frame().offset == 118);
  }
  SUBCASE("beyond the end of a body, everything") {
    read(FrameHeader(100, Type::kData, 0, 1));
    CHECK(reader.SkipGap(101) == Http2GapResult::kSyncLost);
    CHECK(read(Data(1, 0, 2)).empty());
  }
  SUBCASE("between and inside frame headers, everything") {
    read(ByteWriter({0, 0}));
    CHECK(reader.SkipGap(1) == Http2GapResult::kSyncLost);
  }
  SUBCASE("in a header block, the block") {
    read(FrameHeader(100, Type::kHeaders, 4, 1).Fill(50));
    CHECK(reader.SkipGap(50) == Http2GapResult::kBlockLost);
  }
  SUBCASE("in the padding of one, nothing") {
    read(FrameHeader(100, Type::kHeaders, 4 | kPadded, 1).U8(50).Fill(60));
    CHECK(reader.SkipGap(39) == Http2GapResult::kSkipped);
    CHECK(read(Data(1, 0, 2)) == "F0 ");
  }
  SUBCASE("in padding length or priority before a header block, the block") {
    read(FrameHeader(100, Type::kHeaders, 4 | kPriorityFlag, 1).Fill(2));
    CHECK(reader.SkipGap(3) == Http2GapResult::kBlockLost);
  }
  SUBCASE("in settings, those settings, also the one that was begun") {
    read(FrameHeader(18, Type::kSettings, 0, 0).Fill(8));
    CHECK(reader.SkipGap(5) == Http2GapResult::kSkipped);
    CHECK(read(ByteWriter().Fill(5).Append(Settings({{1, 2}}))) == "F4 S1=2 ");
  }
  SUBCASE("in settings and beyond, everything") {
    read(FrameHeader(18, Type::kSettings, 0, 0).Fill(8));
    CHECK(reader.SkipGap(11) == Http2GapResult::kSyncLost);
  }
}

}  // namespace http2_frame_reader_test
}  // namespace wirehound::test
