// SPDX-License-Identifier: Apache-2.0

// HpackDecoder: blocks of RFC 7541 in pieces, the dynamic table, errors that end the decoding.

#include <doctest/doctest.h>

#include <string>

#include "decoders/http/hpack_decoder.h"
#include "tests/decoders/http/http2_test_support.h"

namespace wirehound::test {
namespace http2_hpack_test {

constexpr std::size_t kPlenty = std::size_t{1} << 20;

// Fields as "name=value;", then the result: . complete, ~ incomplete, X corrupt, M no memory.
std::string Decode(HpackDecoder& decoder, std::span<const std::byte> piece, bool block_ends) {
  std::string out;
  for (;;) {
    HpackField field;
    switch (decoder.Decode(piece, block_ends, field)) {
      case HpackResult::kField:
        out += std::string(field.name) + "=" + std::string(field.value) + ";";
        break;
      case HpackResult::kMore:
        CHECK(piece.empty());
        return out + "~";
      case HpackResult::kBlockEnd:
        CHECK(piece.empty());
        return out + ".";
      case HpackResult::kCorrupt:
        return out + "X";
      case HpackResult::kNoMemory:
        return out + "M";
    }
  }
}

std::string DecodeBlock(HpackDecoder& decoder, const ByteWriter& block) {
  return Decode(decoder, block.span(), true);
}

// RFC 7541 appendix C.4: requests with Huffman coding.
const ByteWriter kFirst = {0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5,
                           0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff};
const ByteWriter kSecond = {0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf};
constexpr const char* kFirstText = ":method=GET;:scheme=http;:path=/;:authority=www.example.com;.";
constexpr const char* kSecondText =
    ":method=GET;:scheme=http;:path=/;:authority=www.example.com;cache-control=no-cache;.";

TEST_CASE("hpack: the table lasts from block to block") {
  BoundedMemory memory(kPlenty);
  HpackDecoder decoder(memory);
  CHECK(memory.used_bytes() == 0);
  CHECK(DecodeBlock(decoder, kFirst) == kFirstText);
  CHECK(DecodeBlock(decoder, kSecond) == kSecondText);
  CHECK(DecodeBlock(decoder, {}) == ".");
}

TEST_CASE("hpack: a block may come in pieces of any size") {
  for (std::size_t at = 0; at <= kFirst.size(); ++at) {
    CAPTURE(at);
    BoundedMemory memory(kPlenty);
    HpackDecoder decoder(memory);
    std::string text = Decode(decoder, kFirst.span().first(at), false);
    CHECK(text.back() == '~');
    text.pop_back();
    text += Decode(decoder, kFirst.span().subspan(at), true);
    CHECK(text == kFirstText);
  }
}

TEST_CASE("hpack: a malformed block ends the decoding for good") {
  struct Row {
    const char* what;
    ByteWriter block;
  };
  const Row rows[] = {
      {"index 0", {0x80}},
      {"an index beyond the tables", {0xbe}},
      {"a literal with a name beyond the tables", {0x7f, 0x00, 0x01, 'a'}},
      {"an integer without end", {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
      {"a string that is cut off", {0x00, 0x05, 'a'}},
      {"Huffman padding that is none", {0x00, 0x81, 0x00, 0x00}},
      {"a size update behind a field", {0x82, 0x20}},
      {"a table beyond the limit", {0x3f, 0xe2, 0xff, 0x03}},
      {"a name of more than 64 KiB", {0x00, 0x7f, 0x82, 0xff, 0x03}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    BoundedMemory memory(kPlenty);
    HpackDecoder decoder(memory);
    CHECK(DecodeBlock(decoder, row.block).back() == 'X');
    CHECK(DecodeBlock(decoder, kFirst) == "X");
    decoder.Close();
    CHECK(memory.used_bytes() == 0);
    CHECK(DecodeBlock(decoder, kFirst) == "M");
  }
}

TEST_CASE("hpack: the table has the size that the encoder sets, up to the limit") {
  BoundedMemory memory(kPlenty);
  HpackDecoder decoder(memory);
  const auto keep = [](std::size_t size) {
    ByteWriter block({0x40, 1, 'n'});
    PutLength(block, size);
    return block.Text(std::string(size, 'v'));
  };
  CHECK(DecodeBlock(decoder, keep(5000)).size() == 5000 + 4);
  CHECK(DecodeBlock(decoder, {0xbe}) == "X");  // too large for the 4096 bytes it begins with
  HpackDecoder larger(memory);
  CHECK(DecodeBlock(larger, {0x3f, 0xe1, 0xff, 0x03}) == ".");
  CHECK(DecodeBlock(larger, keep(5000)).size() == 5000 + 4);
  CHECK(DecodeBlock(larger, {0xbe}).size() == 5000 + 4);
  CHECK(DecodeBlock(larger, {0x20}) == ".");
  CHECK(DecodeBlock(larger, {0xbe}) == "X");
}

TEST_CASE("hpack: a block takes no memory beyond its limit") {
  for (std::size_t cap = 0; cap < 8000; cap += 200) {
    CAPTURE(cap);
    BoundedMemory memory(cap);
    {
      HpackDecoder decoder(memory);
      const std::string text = DecodeBlock(decoder, kFirst);
      CHECK((text == kFirstText || text.back() == 'M'));
      CHECK(memory.used_bytes() <= cap + 64);
    }
    CHECK(memory.used_bytes() == 0);
  }
}

TEST_CASE("http2 streams: the table remembers, replaces and forgets streams") {
  BoundedMemory memory(kPlenty);
  Http2Streams streams(memory);
  CHECK(streams.Find(1) == nullptr);
  CHECK(streams.Open(1, "GET", "a", "/1"));
  CHECK(streams.Open(3, "PUT", "b", "/3"));
  CHECK(streams.Open(5, "", "", ""));
  CHECK(streams.Open(3, "POST", "c", "/4"));
  CHECK(streams.count() == 3);
  streams.Close(1);
  streams.Close(99);
  CHECK(streams.Find(1) == nullptr);
  REQUIRE(streams.Find(3) != nullptr);
  CHECK(streams.Find(3)->method == "POST");
  CHECK(streams.Find(3)->host == "c");
  CHECK(streams.Find(3)->path == "/4");
  REQUIRE(streams.Find(5) != nullptr);
  CHECK(streams.Find(5)->path.empty());
  streams.Clear();
  CHECK(streams.count() == 0);
  CHECK(memory.used_bytes() == 0);
}

}  // namespace http2_hpack_test
}  // namespace wirehound::test
