// SPDX-License-Identifier: Apache-2.0

// TCP: fields, flags one by one, options, a wrong data offset, short captures.

#include "decoders/transport/tcp_decoder.h"

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace tcp_decoder_test {

const ByteWriter kPayload = {'G', 'E', 'T'};

struct Decoded {
  explicit Decoded(CapturedBytes in) : status(DecodeTcp(in, header, payload)) {}
  explicit Decoded(const ByteWriter& in) : Decoded(CapturedBytes(in.span())) {}
  wirehound_tcp header{};
  CapturedBytes payload;
  DecodeStatus status;
};

TEST_CASE("tcp: every field of the header is in its place") {
  const Decoded decoded(Tcp(kPayload));
  CHECK(decoded.status == DecodeStatus::kOk);
  const wirehound_tcp& header = decoded.header;
  CHECK(header.struct_size == 32);
  CHECK(header.src_port == 40001);
  CHECK(header.dst_port == 80);
  CHECK(header.seq == 0x01020304);
  CHECK(header.ack == 0x05060708);
  CHECK(header.data_offset == 5);
  CHECK(header.window == 2766);
  CHECK(header.checksum == 6218);
  CHECK(header.urgent == 7);
  CHECK(decoded.payload.bytes.size() == 3);
}

TEST_CASE("tcp: each flag is its own bit") {
  for (int bit = 0; bit < 9; ++bit) {
    ByteWriter segment = Tcp(kPayload);
    segment.PatchBe16(12, 0x5000u | 1u << bit);
    const wirehound_tcp header = Decoded(segment).header;
    const std::uint8_t flags[] = {header.fin_flag, header.syn_flag, header.rst_flag,
                                  header.psh_flag, header.ack_flag, header.urg_flag,
                                  header.ece_flag, header.cwr_flag, header.ns_flag};
    for (int other = 0; other < 9; ++other) {
      CHECK(flags[other] == (other == bit ? 1 : 0));
    }
  }
}

TEST_CASE("tcp: options are skipped") {
  const Decoded decoded(Tcp(kPayload, ByteWriter().Fill(40, 1)));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.header.data_offset == 15);
  CHECK(decoded.payload.bytes.size() == 3);
}

TEST_CASE("tcp: sound options are accepted") {
  for (const ByteWriter& options :
       {ByteWriter{2, 4, 5, 0xb4}, ByteWriter{1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8},
        ByteWriter{4, 2, 1, 0}, ByteWriter{0, 9, 0, 0}, ByteWriter{1, 1, 1, 1},
        ByteWriter{254, 4, 0, 0}}) {
    CHECK(Decoded(Tcp(kPayload, options)).status == DecodeStatus::kOk);
  }
}

TEST_CASE("tcp: an option with a wrong length is malformed, header and payload stay") {
  for (const ByteWriter& options :
       {ByteWriter{2, 0, 0, 0}, ByteWriter{2, 1, 0, 0}, ByteWriter{2, 5, 0, 0},
        ByteWriter{1, 1, 1, 8}, ByteWriter{1, 1, 8, 3}, ByteWriter{8, 255, 0, 0}}) {
    const Decoded decoded(Tcp(kPayload, options));
    CHECK(decoded.status == DecodeStatus::kMalformed);
    CHECK(decoded.header.struct_size != 0);
    CHECK(decoded.payload.bytes.size() == 3);
  }
}

TEST_CASE("tcp: a data offset inside the header, or behind the segment, is malformed") {
  for (const unsigned words : {0u, 1u, 4u, 6u, 15u}) {
    ByteWriter segment = Tcp(kPayload);
    segment.PatchBe16(12, words << 12);
    const Decoded decoded(segment);
    CHECK(decoded.status == DecodeStatus::kMalformed);
    CHECK(decoded.header.struct_size != 0);
    CHECK(decoded.payload.bytes.empty());
  }
}

TEST_CASE("tcp: a segment that ends in its header is truncated, or malformed when it was whole") {
  const ByteWriter segment = Tcp({}, ByteWriter().Fill(4, 1));
  for (std::size_t size = 0; size < segment.size(); ++size) {
    const auto part = segment.span().first(size);
    const Decoded cut(CapturedBytes(part, segment.size()));
    CHECK(cut.status == DecodeStatus::kTruncated);
    CHECK((cut.header.struct_size != 0) == (size >= kTcpHeaderBytes));
    CHECK(Decoded(CapturedBytes(part)).status == DecodeStatus::kMalformed);
  }
}

TEST_CASE("tcp: a cut payload knows how many bytes are missing") {
  const ByteWriter segment = Tcp(kPayload);
  const Decoded decoded(CapturedBytes(segment.span().first(21), segment.size()));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.payload.bytes.size() == 1);
  CHECK(decoded.payload.wire_size == 3);
}

}  // namespace tcp_decoder_test
}  // namespace wirehound::test
