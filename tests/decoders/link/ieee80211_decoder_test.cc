// SPDX-License-Identifier: Apache-2.0

// Wireless frames: those that carry a packet, the optional header fields, radiotap in front.

#include "decoders/link/ieee80211_decoder.h"

#include <string_view>

#include <doctest/doctest.h>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {
namespace ieee80211_decoder_test {

constexpr std::size_t kMacBytes = 24;
const ByteWriter kBody = {0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd, 0x60};

// A frame with `frame_control` as two bytes, `optional` behind the sequence control field.
ByteWriter Frame(int type, int flags, const ByteWriter& optional = {}) {
  return ByteWriter({type, flags}).Fill(kMacBytes - 2).Append(optional).Append(kBody);
}

DecodeStatus Decode(const ByteWriter& frame, LinkPayload& out) {
  return DecodeIeee80211(frame.span(), out);
}

TEST_CASE("802.11: data frames carry a packet behind their optional fields") {
  struct Row {
    std::string_view what;
    ByteWriter frame;
  };
  for (const Row& row : {Row{"to the access point", Frame(0x08, 0x01)},
                         Row{"from it, sent again", Frame(0x08, 0x0a)},
                         Row{"four addresses", Frame(0x08, 0x03, ByteWriter().Fill(6))},
                         Row{"quality of service", Frame(0x88, 0x02, {0, 0})},
                         Row{"with HT control", Frame(0x88, 0x82, {0, 0, 1, 2, 3, 4})},
                         Row{"all of it", Frame(0x88, 0x83, ByteWriter().Fill(12))}}) {
    CAPTURE(row.what);
    LinkPayload out;
    CHECK(Decode(row.frame, out) == DecodeStatus::kOk);
    CHECK(out.protocol == NetworkProtocol::kIpv6);
    CHECK(out.bytes.bytes.size() == 1);
  }
}

TEST_CASE("802.11: frames without a readable packet are unknown") {
  LinkPayload out;
  CHECK(Decode(Frame(0x80, 0x00), out) == DecodeStatus::kUnknown);             // beacon
  CHECK(Decode(Frame(0xd4, 0x00), out) == DecodeStatus::kUnknown);             // acknowledgement
  CHECK(Decode(Frame(0x48, 0x01), out) == DecodeStatus::kUnknown);             // null data
  CHECK(Decode(Frame(0x08, 0x41), out) == DecodeStatus::kUnknown);             // encrypted
  CHECK(Decode(Frame(0x08, 0x05), out) == DecodeStatus::kUnknown);             // more fragments
  CHECK(Decode(Frame(0x09, 0x01), out) == DecodeStatus::kUnknown);             // another version
  CHECK(Decode(Frame(0x88, 0x01, {0x80, 0}), out) == DecodeStatus::kUnknown);  // aggregate
  ByteWriter fragment = Frame(0x08, 0x01);
  fragment.PatchBe16(22, 0x0100);
  CHECK(Decode(fragment, out) == DecodeStatus::kUnknown);
}

TEST_CASE("802.11: a control frame may be short") {
  const ByteWriter acknowledgement = ByteWriter({0xd4, 0}).Fill(8);
  LinkPayload out;
  CHECK(Decode(acknowledgement, out) == DecodeStatus::kUnknown);
}

TEST_CASE(
    "802.11: a frame that ends in its header is truncated, or malformed when no byte is missing") {
  const ByteWriter frame = Frame(0x88, 0x83, ByteWriter().Fill(12));
  for (std::size_t size = 0; size < frame.size() - 1; ++size) {
    const auto part = frame.span().first(size);
    LinkPayload out;
    CHECK(DecodeIeee80211({part, frame.size()}, out) == DecodeStatus::kTruncated);
    CHECK(DecodeIeee80211(part, out) == DecodeStatus::kMalformed);
  }
}

TEST_CASE("radiotap: flags behind the timestamp and behind chained bitmaps announce padding") {
  const ByteWriter qos = Frame(0x88, 0x01, {0, 0});
  const ByteWriter padded = Frame(0x88, 0x01, {0, 0, 0xee, 0xee});
  struct Row {
    std::string_view what;
    ByteWriter header;
    const ByteWriter& frame;
  };
  for (const Row& row :
       {Row{"no flags", {0, 0, 8, 0, 0, 0, 0, 0}, qos},
        Row{"flags", {0, 0, 9, 0, 2, 0, 0, 0, 0x10}, qos},
        Row{"padded", {0, 0, 9, 0, 2, 0, 0, 0, 0x20}, padded},
        Row{"timestamp first", ByteWriter({0, 0, 17, 0, 3, 0, 0, 0}).Fill(8).U8(0x20), padded},
        Row{"two bitmaps, timestamp aligned",
            ByteWriter({0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0}).Fill(12).U8(0x20), padded}}) {
    CAPTURE(row.what);
    const ByteWriter in = ByteWriter(row.header).Append(row.frame);
    LinkPayload out;
    CHECK(DecodeRadiotap(in.span(), out) == DecodeStatus::kOk);
    CHECK(out.bytes.bytes.size() == 1);
  }
}

TEST_CASE("radiotap: an impossible header is malformed") {
  LinkPayload out;
  const ByteWriter no_room_for_flags = ByteWriter({0, 0, 8, 0, 2, 0, 0, 0}).Append(Frame(8, 1));
  CHECK(DecodeRadiotap(no_room_for_flags.span(), out) == DecodeStatus::kMalformed);
  const ByteWriter too_short = ByteWriter({0, 0, 2, 0, 0, 0, 0, 0}).Append(Frame(8, 1));
  CHECK(DecodeRadiotap(too_short.span(), out) == DecodeStatus::kMalformed);
  const ByteWriter endless = ByteWriter({0, 0, 200, 0}).Fill(60, 0xff);
  CHECK(DecodeRadiotap(endless.span(), out) == DecodeStatus::kMalformed);
  CHECK(DecodeRadiotap({endless.span(), 300}, out) == DecodeStatus::kTruncated);
  const ByteWriter version_1 = ByteWriter({1, 0, 8, 0, 0, 0, 0, 0}).Append(Frame(8, 1));
  CHECK(DecodeRadiotap(version_1.span(), out) == DecodeStatus::kUnknown);
}

}  // namespace ieee80211_decoder_test
}  // namespace wirehound::test
