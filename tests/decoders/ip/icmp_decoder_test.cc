// SPDX-License-Identifier: Apache-2.0

// ICMP and ICMPv6: fields, payload, short messages.

#include "decoders/ip/icmp_decoder.h"

#include <doctest/doctest.h>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {
namespace icmp_decoder_test {

const ByteWriter kMessage = {8, 1, 0x12, 0x34, 0xab, 0xcd, 0x00, 0x07, 'd', 'a', 't', 'a'};

TEST_CASE("icmp: every field of the header is in its place") {
  wirehound_icmp header;
  CapturedBytes payload;
  CHECK(DecodeIcmp(kMessage.span(), header, payload) == DecodeStatus::kOk);
  CHECK(header.struct_size == 12);
  CHECK(header.type == 8);
  CHECK(header.code == 1);
  CHECK(header.checksum == 0x1234);
  CHECK(header.id == 0xabcd);
  CHECK(header.seq == 7);
  CHECK(payload.bytes.data() == kMessage.span().data() + kIcmpHeaderBytes);
  CHECK(payload.bytes.size() == 4);
}

TEST_CASE("icmpv6: every field of the header is in its place") {
  wirehound_icmpv6 header;
  CapturedBytes payload;
  CHECK(DecodeIcmpv6(kMessage.span(), header, payload) == DecodeStatus::kOk);
  CHECK(header.struct_size == 8);
  CHECK(header.type == 8);
  CHECK(header.code == 1);
  CHECK(header.checksum == 0x1234);
  CHECK(payload.bytes.data() == kMessage.span().data() + kIcmpv6HeaderBytes);
  CHECK(payload.bytes.size() == 8);
}

TEST_CASE("icmp: a short message is truncated or malformed, and the fields it has stay") {
  for (std::size_t size = 0; size < kIcmpHeaderBytes; ++size) {
    const auto part = kMessage.span().first(size);
    wirehound_icmp header;
    CapturedBytes payload;
    CHECK(DecodeIcmp({part, 12}, header, payload) == DecodeStatus::kTruncated);
    CHECK(DecodeIcmp(part, header, payload) == DecodeStatus::kMalformed);
    CHECK((header.struct_size != 0) == (size >= 4));
    CHECK(header.id == 0);
    CHECK(payload.bytes.empty());
  }
}

TEST_CASE("icmpv6: a short message is truncated or malformed") {
  for (std::size_t size = 0; size < kIcmpv6HeaderBytes; ++size) {
    const auto part = kMessage.span().first(size);
    wirehound_icmpv6 header;
    CapturedBytes payload;
    CHECK(DecodeIcmpv6({part, 12}, header, payload) == DecodeStatus::kTruncated);
    CHECK(DecodeIcmpv6(part, header, payload) == DecodeStatus::kMalformed);
    CHECK(header.struct_size == 0);
  }
}

}  // namespace icmp_decoder_test
}  // namespace wirehound::test
