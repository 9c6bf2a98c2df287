// SPDX-License-Identifier: Apache-2.0

// UDP: fields, wrong lengths, short captures.

#include "decoders/transport/udp_decoder.h"

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace udp_decoder_test {

const ByteWriter kPayload = {1, 2, 3, 4};

struct Decoded {
  explicit Decoded(CapturedBytes in) : status(DecodeUdp(in, header, payload)) {}
  explicit Decoded(const ByteWriter& in) : Decoded(CapturedBytes(in.span())) {}
  wirehound_udp header{};
  CapturedBytes payload;
  DecodeStatus status;
};

TEST_CASE("udp: every field of the header is in its place") {
  const Decoded decoded(Udp(kPayload));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.header.struct_size == 12);
  CHECK(decoded.header.src_port == 40000);
  CHECK(decoded.header.dst_port == 53);
  CHECK(decoded.header.length == 12);
  CHECK(decoded.header.checksum == 0xabcd);
  CHECK(decoded.payload.bytes.size() == 4);
  CHECK(decoded.payload.whole());
}

TEST_CASE("udp: a datagram without data is sound") {
  const Decoded decoded(Udp({}));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.payload.bytes.empty());
}

TEST_CASE("udp: bytes behind the length are not payload") {
  const Decoded decoded(Udp(kPayload).Fill(9, 0xff));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.payload.bytes.size() == 4);
}

TEST_CASE("udp: a length below the header is malformed and has no payload") {
  for (const unsigned length : {0u, 1u, 7u}) {
    const Decoded decoded(Udp(kPayload).PatchBe16(kUdpLengthOffset, length));
    CHECK(decoded.status == DecodeStatus::kMalformed);
    CHECK(decoded.header.struct_size != 0);
    CHECK(decoded.payload.bytes.empty());
  }
}

TEST_CASE("udp: a length above the length on the wire is malformed, the payload stays") {
  const Decoded decoded(Udp(kPayload).PatchBe16(kUdpLengthOffset, 13));
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.payload.bytes.size() == 4);
}

TEST_CASE("udp: a length of zero in a jumbogram means the rest of the packet") {
  const ByteWriter datagram = Udp(ByteWriter().Fill(70000)).PatchBe16(kUdpLengthOffset, 0);
  const Decoded decoded(datagram);
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.payload.bytes.size() == 70000);
}

TEST_CASE(
    "udp: a datagram cut in its header is truncated, one cut behind it knows that it is short") {
  const ByteWriter datagram = Udp(kPayload);
  for (std::size_t size = 0; size < datagram.size(); ++size) {
    const auto part = datagram.span().first(size);
    const Decoded cut(CapturedBytes(part, datagram.size()));
    const bool has_header = size >= kUdpHeaderBytes;
    CHECK(cut.status == (has_header ? DecodeStatus::kOk : DecodeStatus::kTruncated));
    CHECK((cut.header.struct_size != 0) == has_header);
    CHECK(Decoded(CapturedBytes(part)).status == DecodeStatus::kMalformed);
    if (has_header) {
      CHECK(cut.payload.bytes.size() == size - kUdpHeaderBytes);
      CHECK(cut.payload.wire_size == 4);
    }
  }
}

}  // namespace udp_decoder_test
}  // namespace wirehound::test
