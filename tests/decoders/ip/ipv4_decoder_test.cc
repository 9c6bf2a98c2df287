// SPDX-License-Identifier: Apache-2.0

// IPv4: fields, options, wrong lengths, padding, fragments, short captures.

#include "decoders/ip/ipv4_decoder.h"

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace ipv4_decoder_test {

const ByteWriter kPayload = {1, 2, 3, 4, 5, 6, 7, 8};

struct Decoded {
  explicit Decoded(CapturedBytes in) : status(DecodeIpv4(in, header, payload)) {}
  explicit Decoded(const ByteWriter& in) : Decoded(CapturedBytes(in.span())) {}
  wirehound_ipv4 header{};
  IpPayload payload;
  DecodeStatus status;
};

TEST_CASE("ipv4: every field of the header is in its place") {
  const Decoded decoded(Ipv4(17, kPayload));
  CHECK(decoded.status == DecodeStatus::kOk);
  const wirehound_ipv4& header = decoded.header;
  CHECK(header.struct_size == 68);
  CHECK(header.version == 4);
  CHECK(header.ihl == 5);
  CHECK(header.tos == 0x28);
  CHECK(header.length == 28);
  CHECK(header.id == 0xbeef);
  CHECK(header.flags == 2);
  CHECK(header.frag_offset == 0);
  CHECK(header.ttl == 64);
  CHECK(header.protocol == 17);
  CHECK(header.checksum == 0x1234);
  CHECK(header.src_ip.family == WIREHOUND_FAMILY_IPV4);
  CHECK(header.src_ip.bytes[0] == 10);
  CHECK(header.src_ip.bytes[3] == 1);
  CHECK(header.src_ip.bytes[4] == 0);
  CHECK(header.dst_ip.bytes[3] == 2);
  CHECK(decoded.payload.located);
  CHECK(decoded.payload.protocol == 17);
  CHECK(decoded.payload.packet_bytes == 28);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
  CHECK(decoded.payload.bytes.whole());
}

TEST_CASE("ipv4: the flag bits are numbered as the ABI says") {
  for (const auto& [bits, flags] : {std::pair{0x2000u, 1}, {0x4000u, 2}, {0x8000u, 4}}) {
    const Decoded decoded(Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, bits));
    CHECK(decoded.header.flags == flags);
  }
}

TEST_CASE("ipv4: options are skipped") {
  const ByteWriter packet = Ipv4(17, kPayload, ByteWriter().Fill(40, 1));
  const Decoded decoded(packet);
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.header.ihl == 15);
  CHECK(decoded.payload.bytes.bytes.data() == packet.span().data() + 60);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
}

TEST_CASE("ipv4: padding behind the total length is not payload") {
  const Decoded decoded(Ipv4(17, kPayload).Fill(18, 0xff));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
  CHECK(decoded.payload.bytes.whole());
}

TEST_CASE("ipv4: a total length of zero means the rest of the packet") {
  const Decoded decoded(Ipv4(6, kPayload).PatchBe16(kIpv4LengthOffset, 0));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.payload.packet_bytes == 28);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
}

TEST_CASE("ipv4: a total length of zero in a cut packet means the length on the wire") {
  const ByteWriter packet = Ipv4(6, kPayload).PatchBe16(kIpv4LengthOffset, 0);
  const Decoded decoded(CapturedBytes(packet.span(), 60000));
  CHECK(decoded.payload.packet_bytes == 60000);
  CHECK_FALSE(decoded.payload.bytes.whole());
}

TEST_CASE("ipv4: a total length below the header is malformed and has no payload") {
  for (const unsigned length : {1u, 19u}) {
    const Decoded decoded(Ipv4(17, kPayload).PatchBe16(kIpv4LengthOffset, length));
    CHECK(decoded.status == DecodeStatus::kMalformed);
    CHECK(decoded.header.struct_size != 0);
    CHECK_FALSE(decoded.payload.located);
  }
}

TEST_CASE("ipv4: a total length above the length on the wire is malformed, the payload stays") {
  const Decoded decoded(Ipv4(17, kPayload).PatchBe16(kIpv4LengthOffset, 29));
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.payload.located);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
}

TEST_CASE("ipv4: a packet that the capture cut is not malformed, and knows how much is missing") {
  const ByteWriter packet = Ipv4(17, kPayload);
  const Decoded decoded(CapturedBytes(packet.span().first(24), packet.size()));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.payload.bytes.bytes.size() == 4);
  CHECK(decoded.payload.bytes.wire_size == 8);
}

TEST_CASE("ipv4: a header length below five words is malformed") {
  for (int words = 0; words < 5; ++words) {
    ByteWriter packet = Ipv4(17, kPayload);
    packet.PatchBe16(0, static_cast<unsigned>((0x40 | words) << 8));
    const Decoded decoded(packet);
    CHECK(decoded.status == DecodeStatus::kMalformed);
    CHECK_FALSE(decoded.payload.located);
  }
}

TEST_CASE("ipv4: another version is malformed and gives no header") {
  const Decoded decoded(Ipv4(17, kPayload).PatchBe16(0, 0x6500));
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.header.struct_size == 0);
}

TEST_CASE("ipv4: a header that ends early is truncated, or malformed when no byte is missing") {
  const ByteWriter packet = Ipv4(17, {}, ByteWriter().Fill(4, 1));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const auto part = packet.span().first(size);
    const Decoded cut(CapturedBytes(part, packet.size()));
    CHECK(cut.status == DecodeStatus::kTruncated);
    CHECK((cut.header.struct_size != 0) == (size >= kIpv4HeaderBytes));
    CHECK_FALSE(cut.payload.located);
    CHECK(Decoded(CapturedBytes(part)).status == DecodeStatus::kMalformed);
  }
}

TEST_CASE("ipv4: first and later fragments are recognised, a first one's payload as unfinished") {
  const Decoded first(Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, 0x2000));
  CHECK(first.status == DecodeStatus::kOk);
  CHECK(first.payload.fragment == Fragment::kFirst);
  CHECK_FALSE(first.payload.bytes.whole());
  CHECK(first.payload.bytes.bytes.size() == 8);
  const Decoded middle(Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, 0x2001));
  CHECK(middle.payload.fragment == Fragment::kLater);
  CHECK(middle.header.frag_offset == 1);
  const Decoded last(Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, 0x1fff));
  CHECK(last.payload.fragment == Fragment::kLater);
  CHECK(last.header.frag_offset == 0x1fff);
}

TEST_CASE("ipv4: a fragment describes its part of the datagram") {
  const FragmentInfo whole = Decoded(Ipv4(17, kPayload)).payload.fragment_info;
  CHECK_FALSE(whole.is_fragment);
  const ByteWriter packet = Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, 0x2000).Fill(6);
  const FragmentInfo first = Decoded(packet).payload.fragment_info;
  CHECK(first.is_fragment);
  CHECK(first.more);
  CHECK(first.offset_bytes == 0);
  CHECK(first.id == 0xbeef);
  CHECK(first.protocol == 17);
  CHECK(first.bytes.bytes.data() == packet.span().data() + 20);
  CHECK(first.bytes.bytes.size() == 8);
  CHECK(first.bytes.whole());
  const FragmentInfo last =
      Decoded(Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, 0x1fff)).payload.fragment_info;
  CHECK(last.is_fragment);
  CHECK_FALSE(last.more);
  CHECK(last.offset_bytes == 65528);
}

TEST_CASE("ipv4: a fragment shorter than its length, or cut by the capture, is not whole") {
  const ByteWriter lying =
      Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, 5).PatchBe16(kIpv4LengthOffset, 30);
  const Decoded decoded(lying);
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.payload.fragment_info.bytes.wire_size == 10);
  const ByteWriter packet = Ipv4(17, kPayload).PatchBe16(kIpv4FragmentOffset, 5);
  const Decoded cut(CapturedBytes(packet.span().first(24), packet.size()));
  CHECK(cut.payload.fragment_info.bytes.bytes.size() == 4);
  CHECK(cut.payload.fragment_info.bytes.wire_size == 8);
}

TEST_CASE("ipv4: an authentication header is skipped") {
  const ByteWriter header = ByteWriter({17, 4}).Fill(22);
  const Decoded decoded(Ipv4(51, ByteWriter(header).Append(kPayload)));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.header.protocol == 51);
  CHECK(decoded.payload.protocol == 17);
  CHECK(decoded.payload.bytes.bytes.size() == 8);
  const Decoded short_header(Ipv4(51, {17, 40, 0, 0}));
  CHECK(short_header.status == DecodeStatus::kMalformed);
  CHECK_FALSE(short_header.payload.located);
  const Decoded later(Ipv4(51, header).PatchBe16(kIpv4FragmentOffset, 5));
  CHECK(later.status == DecodeStatus::kOk);
  CHECK(later.payload.protocol == 51);
}

}  // namespace ipv4_decoder_test
}  // namespace wirehound::test
