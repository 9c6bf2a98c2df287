// SPDX-License-Identifier: Apache-2.0

// Fuzz target for the fragment table. Beyond not crashing: every fragment is accounted for, limits
// hold, a key whose fragments all came from one datagram gives nothing but that datagram's bytes,
// and nothing is left after shutdown.
// Input: operations of 6 bytes. A byte of flags and key, the offset (2 bytes, in units of 8), the
// size (2 bytes), and a byte for how much was captured and how much time has passed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "decoders/core/byte_reader.h"
#include "decoders/ip/ip_payload.h"
#include "decoders/stream/fragment_table.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

constexpr std::size_t kOperationBytes = 6;
constexpr std::size_t kKeys = 8;  // half of them IPv6
constexpr std::uint8_t kMore = 0x08;
constexpr std::uint8_t kForeign = 0x10;  // other bytes than the key's datagram has
constexpr std::uint8_t kExpire = 0x20;
constexpr FragmentLimits kLimits = {.max_datagrams = 4, .timeout_ns = 1000};

std::byte ContentAt(std::size_t key, std::size_t position) {
  return static_cast<std::byte>(position * (2 * key + 3) + position / 256);
}

class Run {
 public:
  explicit Run(std::span<const std::byte> input) : table_(kLimits, input.size()) {}

  void Operation(ByteReader reader) {
    const std::uint8_t flags = reader.ReadU8();
    const std::size_t key = flags % kKeys;
    const std::uint16_t offset = reader.ReadBe16();
    const std::size_t size = reader.ReadBe16() % 0x4000;
    const std::uint8_t rest = reader.ReadU8();
    now_ns_ += rest;
    if ((flags & kExpire) != 0) {
      CheckReports(table_.Expire(now_ns_));
    }
    foreign_[key] = foreign_[key] || (flags & kForeign) != 0;
    Fill(key, std::size_t{offset} * 8, size, (flags & kForeign) != 0);
    Add(key, offset, (flags & kMore) != 0, size - std::min<std::size_t>(size, rest % 16));
  }

  void End() {
    CheckReports(table_.Shutdown());
    WIREHOUND_FUZZ_CHECK(table_.datagrams() == 0);
    WIREHOUND_FUZZ_CHECK(table_.held_fragments() == 0);
    CheckCounters();
  }

 private:
  void Fill(std::size_t key, std::size_t position, std::size_t size, bool foreign) {
    bytes_.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      bytes_[i] = ContentAt(key + (foreign ? kKeys : 0), position + i);
    }
  }

  void Add(std::size_t key, std::uint16_t offset, bool more, std::size_t captured) {
    IpFragment fragment;
    fragment.key.id = static_cast<std::uint32_t>(key);
    fragment.key.src.family = key < kKeys / 2 ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6;
    fragment.offset_bytes = std::uint32_t{offset} * 8;
    fragment.more = more;
    fragment.bytes = {std::span(bytes_).first(captured), bytes_.size()};
    fragment.timestamp_ns = now_ns_;
    const FragmentResult result = table_.Add(fragment);
    CheckReports(result.reports);
    CheckCounters();
    WIREHOUND_FUZZ_CHECK((result.fate == FragmentFate::kCompleted) == (result.datagram != nullptr));
    if (result.datagram != nullptr) {
      CheckDatagram(key, *result.datagram);
    }
  }

  void CheckDatagram(std::size_t key, const ReassembledDatagram& datagram) const {
    const CapturedBytes bytes = datagram.bytes;
    WIREHOUND_FUZZ_CHECK(bytes.wire_size > 0 && bytes.wire_size <= kMaxDatagramBytes);
    WIREHOUND_FUZZ_CHECK(bytes.bytes.size() <= bytes.wire_size);
    WIREHOUND_FUZZ_CHECK(datagram.fragments >= 1);
    for (std::size_t i = 0; i < bytes.bytes.size(); ++i) {
      const bool own = bytes.bytes[i] == ContentAt(key, i);
      const bool foreign = foreign_[key] && bytes.bytes[i] == ContentAt(key + kKeys, i);
      WIREHOUND_FUZZ_CHECK(own || foreign);
    }
  }

  void CheckReports(std::span<const FragmentReport> reports) const {
    WIREHOUND_FUZZ_CHECK(reports.size() <= kLimits.max_datagrams + 4);
    for (const FragmentReport& report : reports) {
      WIREHOUND_FUZZ_CHECK(report.key.id < kKeys);
    }
  }

  void CheckCounters() const {
    const FragmentCounters& c = table_.counters();
    WIREHOUND_FUZZ_CHECK(c.fragments == c.used + c.duplicate + c.malformed + c.too_large +
                                            c.overlapping + c.too_many + c.expired + c.evicted +
                                            c.shut_down + table_.held_fragments());
    WIREHOUND_FUZZ_CHECK(table_.datagrams() <= kLimits.max_datagrams);
  }

  FragmentTable table_;
  std::uint64_t now_ns_ = 0;
  bool foreign_[kKeys] = {};
  std::vector<std::byte> bytes_;
};

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  wirehound::Run run(input);
  for (std::size_t at = 0; at + wirehound::kOperationBytes <= size;
       at += wirehound::kOperationBytes) {
    run.Operation(wirehound::ByteReader(input.subspan(at, wirehound::kOperationBytes)));
  }
  run.End();
  return 0;
}
