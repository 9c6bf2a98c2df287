// SPDX-License-Identifier: Apache-2.0

// IPv6: fields, the chain of extension headers, wrong lengths, fragments, short captures.

#include "decoders/ip/ipv6_decoder.h"

#include <doctest/doctest.h>

#include "decoders/ip/ip_extensions.h"
#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace ipv6_decoder_test {

const ByteWriter kPayload = {1, 2, 3, 4, 5, 6, 7, 8};

struct Decoded {
  explicit Decoded(CapturedBytes in) : status(DecodeIpv6(in, header, payload)) {}
  explicit Decoded(const ByteWriter& in) : Decoded(CapturedBytes(in.span())) {}
  wirehound_ipv6 header{};
  IpPayload payload;
  DecodeStatus status;
};

// Options, routing: `units` of eight bytes beyond the first.
ByteWriter Extension(int next_header, int units) {
  return ByteWriter().U8(next_header).U8(units).Fill(6 + 8 * static_cast<std::size_t>(units));
}

ByteWriter FragmentExtension(int next_header, unsigned offset_and_more) {
  return ByteWriter().U8(next_header).U8(0).Be16(offset_and_more).Be32(0x11223344);
}

TEST_CASE("ipv6: every field of the header is in its place") {
  const Decoded decoded(Ipv6(17, kPayload));
  CHECK(decoded.status == DecodeStatus::kOk);
  const wirehound_ipv6& header = decoded.header;
  CHECK(header.struct_size == 64);
  CHECK(header.version == 6);
  CHECK(header.traffic_class == 0xab);
  CHECK(header.flow_label == 0xcdef0);
  CHECK(header.length == 8);
  CHECK(header.next_header == 17);
  CHECK(header.hop_limit == 57);
  CHECK(header.src_ip.family == WIREHOUND_FAMILY_IPV6);
  CHECK(header.src_ip.bytes[0] == 0x20);
  CHECK(header.src_ip.bytes[15] == 1);
  CHECK(header.dst_ip.bytes[15] == 2);
  CHECK(decoded.payload.packet_bytes == 48);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
  CHECK(decoded.payload.bytes.whole());
}

TEST_CASE("ipv6: extension headers are followed to the transport header") {
  ByteWriter chain = Extension(43, 0);
  chain.Append(Extension(60, 1));
  chain.Append(Extension(51, 2));
  // An authentication header counts words of four bytes, without the first two.
  chain.Append(ByteWriter().U8(44).U8(4).Fill(22));
  chain.Append(FragmentExtension(60, 0));
  chain.Append(Extension(17, 0));
  chain.Append(kPayload);
  const Decoded decoded(Ipv6(0, chain));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.header.next_header == 0);
  CHECK(decoded.payload.protocol == 17);
  CHECK(decoded.payload.fragment == Fragment::kNone);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
}

TEST_CASE("ipv6: the first header that is no extension header ends the chain") {
  for (const unsigned protocol : {6u, 17u, 50u, 58u, 59u, 132u, 255u}) {
    const Decoded decoded(Ipv6(protocol, kPayload));
    CHECK(decoded.status == DecodeStatus::kOk);
    CHECK(decoded.payload.protocol == protocol);
    CHECK(decoded.payload.located);
  }
}

TEST_CASE("ipv6: extension headers are followed up to the limit, and not beyond") {
  for (const int extra : {0, 1}) {
    ByteWriter chain;
    for (int i = 1; i < kMaxIpv6ExtensionHeaders + extra; ++i) {
      chain.Append(Extension(60, 0));
    }
    chain.Append(Extension(17, 0)).Append(kPayload);
    const Decoded decoded(Ipv6(60, chain));
    CHECK(decoded.status == (extra == 0 ? DecodeStatus::kOk : DecodeStatus::kUnknown));
    CHECK(decoded.payload.located == (extra == 0));
  }
}

TEST_CASE("ipv6: an extension header that runs over the packet is malformed") {
  for (const int type : {0, 43, 44, 51, 60}) {
    const Decoded decoded(Ipv6(static_cast<unsigned>(type), {17, 200, 0, 0}));
    CHECK(decoded.status == DecodeStatus::kMalformed);
    CHECK(decoded.payload.protocol == type);
    CHECK_FALSE(decoded.payload.located);
  }
}

TEST_CASE("ipv6: an extension header may not reach into the padding") {
  const ByteWriter packet = Ipv6(60, {17, 1, 0, 0, 0, 0, 0, 0}).Fill(16);
  CHECK(Decoded(packet).status == DecodeStatus::kMalformed);
}

TEST_CASE("ipv6: padding behind the payload length is not payload") {
  const Decoded decoded(Ipv6(17, kPayload).Fill(6, 0xff));
  CHECK(decoded.payload.bytes.bytes.size() == 8);
  CHECK(decoded.payload.bytes.whole());
}

TEST_CASE(
    "ipv6: a payload length of zero means the rest of the packet only before TCP or options") {
  struct Row {
    unsigned next_header;
    std::size_t payload_bytes;
  };
  for (const Row& row : {Row{6, 16}, Row{17, 0}, Row{58, 0}, Row{59, 0}}) {
    const Decoded decoded(
        Ipv6(row.next_header, ByteWriter().Fill(16)).PatchBe16(kIpv6LengthOffset, 0));
    CHECK(decoded.status == DecodeStatus::kOk);
    CHECK(decoded.payload.bytes.bytes.size() == row.payload_bytes);
    CHECK(decoded.payload.packet_bytes == kIpv6HeaderBytes + row.payload_bytes);
  }
  const Decoded jumbo(Ipv6(0, ByteWriter({6, 0, 0xc2, 4, 0, 1, 0, 0}).Append(kPayload))
                          .PatchBe16(kIpv6LengthOffset, 0));
  CHECK(jumbo.status == DecodeStatus::kOk);
  CHECK(jumbo.payload.protocol == 6);
  CHECK(jumbo.payload.bytes.bytes.size() == 8);
}

TEST_CASE("ipv6: a payload length above the length on the wire is malformed, the payload stays") {
  const Decoded decoded(Ipv6(17, kPayload).PatchBe16(kIpv6LengthOffset, 9));
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
}

TEST_CASE("ipv6: a packet that the capture cut before its transport header is truncated") {
  const ByteWriter packet = Ipv6(0, Extension(44, 0).Append(FragmentExtension(17, 0)));
  for (std::size_t size = 0; size <= packet.size(); ++size) {
    const Decoded decoded(CapturedBytes(packet.span().first(size), packet.size()));
    const bool complete = size == packet.size();
    CHECK(decoded.status == (complete ? DecodeStatus::kOk : DecodeStatus::kTruncated));
    CHECK(decoded.payload.located == complete);
    CHECK((decoded.header.struct_size != 0) == (size >= kIpv6HeaderBytes));
  }
}

TEST_CASE("ipv6: another version is malformed and gives no header") {
  const Decoded decoded(Ipv6(17, kPayload).PatchBe16(0, 0x4500));
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.header.struct_size == 0);
}

TEST_CASE("ipv6: first and later fragments are recognised, and the chain ends at a later one") {
  const Decoded first(Ipv6(44, FragmentExtension(17, 1).Append(kPayload)));
  CHECK(first.payload.fragment == Fragment::kFirst);
  CHECK_FALSE(first.payload.bytes.whole());
  const Decoded later(Ipv6(44, FragmentExtension(60, 8).Append(kPayload)));
  CHECK(later.status == DecodeStatus::kOk);
  CHECK(later.payload.fragment == Fragment::kLater);
  CHECK(later.payload.protocol == 60);
  CHECK(later.payload.bytes.bytes.size() == 8);
}

TEST_CASE("ipv6: a fragment describes its part, with the extension headers that are part of it") {
  const ByteWriter packet = Ipv6(
      0,
      Extension(44, 0).Append(FragmentExtension(60, 1)).Append(Extension(17, 0)).Append(kPayload));
  const Decoded first(packet);
  CHECK(first.status == DecodeStatus::kOk);
  CHECK(first.payload.protocol == 17);
  CHECK(first.payload.bytes.bytes.size() == 8);
  const FragmentInfo info = first.payload.fragment_info;
  CHECK(info.is_fragment);
  CHECK(info.more);
  CHECK(info.offset_bytes == 0);
  CHECK(info.id == 0x11223344);
  CHECK(info.protocol == 60);
  CHECK(info.bytes.bytes.data() == packet.span().data() + 40 + 8 + 8);
  CHECK(info.bytes.bytes.size() == 16);
  CHECK(info.bytes.whole());
}

TEST_CASE("ipv6: offset and end of a later fragment, and a whole datagram in one") {
  const FragmentInfo later =
      Decoded(Ipv6(44, FragmentExtension(17, 0xfff8).Append(kPayload))).payload.fragment_info;
  CHECK(later.is_fragment);
  CHECK_FALSE(later.more);
  CHECK(later.offset_bytes == 0xfff8);
  const Decoded atomic(Ipv6(44, FragmentExtension(17, 0).Append(kPayload)));
  CHECK_FALSE(atomic.payload.fragment_info.is_fragment);
  CHECK(atomic.payload.fragment == Fragment::kNone);
}

TEST_CASE("ipv6: a fragment shorter than its length is not whole") {
  const Decoded lying(
      Ipv6(44, FragmentExtension(17, 9).Append(kPayload)).PatchBe16(kIpv6LengthOffset, 18));
  CHECK(lying.status == DecodeStatus::kMalformed);
  CHECK(lying.payload.fragment_info.bytes.wire_size == 10);
}

TEST_CASE("ipv6: a fragment of a fragment is malformed, and the outer one is still described") {
  const Decoded decoded(
      Ipv6(44, FragmentExtension(44, 1).Append(FragmentExtension(17, 0)).Append(kPayload)));
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.payload.fragment == Fragment::kFirst);
  CHECK(decoded.payload.fragment_info.is_fragment);
  CHECK(decoded.payload.fragment_info.protocol == 44);
  CHECK_FALSE(decoded.payload.located);
}

TEST_CASE("ipv6: a first fragment that ends in its extension headers is truncated, not malformed") {
  const Decoded decoded(Ipv6(44, FragmentExtension(60, 1).Append({17, 4, 0, 0})));
  CHECK(decoded.status == DecodeStatus::kTruncated);
  CHECK_FALSE(decoded.payload.located);
  CHECK(decoded.payload.fragment_info.is_fragment);
  CHECK(decoded.payload.fragment_info.bytes.bytes.size() == 4);
}

}  // namespace ipv6_decoder_test
}  // namespace wirehound::test
