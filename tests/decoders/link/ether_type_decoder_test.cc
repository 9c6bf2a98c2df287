// SPDX-License-Identifier: Apache-2.0

// Tags, labels, PPPoE, PPP and LLC: the headers they lead to, their order, and how many are
// followed.

#include "decoders/link/ether_type_decoder.h"

#include <string_view>

#include <doctest/doctest.h>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {
namespace ether_type_decoder_test {

struct Row {
  std::string_view what;
  unsigned ether_type;
  ByteWriter headers;
  std::size_t trailing_bytes;  // of 0x45, behind the headers
  DecodeStatus status;
  std::size_t packet_bytes = 0;
};

// A VLAN tag or label, then what follows it.
ByteWriter Tag(unsigned ether_type) { return ByteWriter().Be16(0x2001).Be16(ether_type); }
ByteWriter Label(bool is_last) { return ByteWriter().Be32(is_last ? 0x12345140 : 0x12345040); }

ByteWriter Repeat(const ByteWriter& what, int count) {
  ByteWriter all;
  for (int i = 0; i < count; ++i) {
    all.Append(what);
  }
  return all;
}

const ByteWriter kSnapIpv4 = {0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00};

void Check(const Row& row) {
  CAPTURE(row.what);
  const ByteWriter in = ByteWriter(row.headers).Fill(row.trailing_bytes, 0x45);
  LinkPayload out;
  const auto ether_type = static_cast<std::uint16_t>(row.ether_type);
  CHECK(DecodeEtherType(ether_type, in.span(), out) == row.status);
  if (row.status == DecodeStatus::kOk) {
    CHECK(out.protocol == NetworkProtocol::kIpv4);
    CHECK(out.bytes.bytes.data() == in.span().data() + row.headers.size());
    CHECK(out.bytes.bytes.size() == row.packet_bytes);
  }
}

TEST_CASE("ether type: VLAN tags of every kind are skipped, stacked ones too") {
  for (const unsigned tag : {0x8100u, 0x88a8u, 0x9100u, 0x9200u}) {
    Check({"one", tag, Tag(0x0800), 4, DecodeStatus::kOk, 4});
    Check({"two", tag, Tag(0x8100).Append(Tag(0x0800)), 4, DecodeStatus::kOk, 4});
  }
  Check({"virtual port", 0x8926, {0, 1, 0, 2, 0x08, 0x00}, 4, DecodeStatus::kOk, 4});
  Check({"other inside", 0x8100, Tag(0x0806), 28, DecodeStatus::kUnknown});
}

TEST_CASE("ether type: tags are followed up to the limit, and not beyond") {
  const ByteWriter most = Repeat(Tag(0x8100), kMaxLinkTags - 1).Append(Tag(0x0800));
  Check({"limit", 0x8100, most, 4, DecodeStatus::kOk, 4});
  Check({"over", 0x8100, Tag(0x8100).Append(most), 4, DecodeStatus::kUnknown});
  const ByteWriter labels = Repeat(Label(false), kMaxLinkTags);
  Check({"labels", 0x8847, ByteWriter(labels).Append(Label(true)), 4, DecodeStatus::kUnknown});
}

TEST_CASE("ether type: behind MPLS labels IP is recognised by its version") {
  Check({"one", 0x8847, Label(true), 4, DecodeStatus::kOk, 4});
  Check({"three", 0x8848, Repeat(Label(false), 2).Append(Label(true)), 4, DecodeStatus::kOk, 4});
  Check({"pseudowire", 0x8847, Label(true).Fill(20), 0, DecodeStatus::kUnknown});
  Check({"never the last", 0x8847, Repeat(Label(false), 2), 0, DecodeStatus::kMalformed});
  Check({"nothing behind", 0x8847, Label(true), 0, DecodeStatus::kMalformed});
}

TEST_CASE("ether type: a PPPoE session bounds its payload, other codes are unknown") {
  Check({"padded", 0x8864, {0x11, 0, 0, 1, 0, 6, 0, 0x21}, 30, DecodeStatus::kOk, 4});
  Check({"discovery code", 0x8864, {0x11, 9, 0, 1, 0, 6, 0, 0x21}, 4, DecodeStatus::kUnknown});
  Check({"version", 0x8864, {0x21, 0, 0, 1, 0, 6, 0, 0x21}, 4, DecodeStatus::kUnknown});
  Check({"no room for PPP", 0x8864, {0x11, 0, 0, 1, 0, 1, 0, 0x21}, 4, DecodeStatus::kMalformed});
  Check({"in a VLAN", 0x8100, Tag(0x8864).Append({0x11, 0, 0, 1, 0, 6, 0, 0x21}), 4,
         DecodeStatus::kOk, 4});
}

TEST_CASE("ether type: a small number is the length of an LLC frame") {
  Check({"snap", 12, kSnapIpv4, 30, DecodeStatus::kOk, 4});
  Check({"bridge tunnel", 12, {0xaa, 0xaa, 3, 0, 0, 0xf8, 0x08, 0x00}, 4, DecodeStatus::kOk, 4});
  Check({"ip sap", 7, {6, 6, 3}, 4, DecodeStatus::kOk, 4});
  Check({"other organisation", 12, {0xaa, 0xaa, 3, 0, 0, 0xc, 0x20, 0}, 4, DecodeStatus::kUnknown});
  Check({"spanning tree", 38, {0x42, 0x42, 3}, 35, DecodeStatus::kUnknown});
  Check({"novell", 30, {0xff, 0xff, 0}, 35, DecodeStatus::kUnknown});
  Check({"length in snap", 12, {0xaa, 0xaa, 3, 0, 0, 0, 0, 9}, 30, DecodeStatus::kUnknown});
  Check({"length cuts snap", 7, kSnapIpv4, 30, DecodeStatus::kMalformed});
  Check({"no length", 0, {}, 46, DecodeStatus::kMalformed});
  Check({"neither length nor type", 1501, kSnapIpv4, 30, DecodeStatus::kUnknown});
}

TEST_CASE("ether type: PPP protocol numbers may be compressed to one byte") {
  for (const ByteWriter& header : {ByteWriter{0x00, 0x21}, ByteWriter{0x21},
                                   ByteWriter{0xff, 3, 0, 0x21}, ByteWriter{0xff, 3, 0x21}}) {
    const ByteWriter in = ByteWriter(header).Fill(4, 0x45);
    LinkPayload out;
    CHECK(DecodePpp(in.span(), out) == DecodeStatus::kOk);
    CHECK(out.bytes.bytes.size() == 4);
  }
}

}  // namespace ether_type_decoder_test
}  // namespace wirehound::test
