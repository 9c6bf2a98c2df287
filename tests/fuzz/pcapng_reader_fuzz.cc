// SPDX-License-Identifier: Apache-2.0

// Fuzz target for the capture readers over memory. Beyond not crashing: packets are inside the
// file and in its order, no more of them than fit, and a file cut short gives the packets that
// the whole one begins with.
// Input: a pcapng file, or a pcap file, as it is.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/sources/pcap_reader.h"
#include "engine/sources/pcapng_reader.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

constexpr std::size_t kSmallestPacketBytes = 16;  // of pcap and pcapng, with what is around it

// What is compared of a packet.
struct Seen {
  std::uint64_t timestamp_ns;
  std::size_t offset;
  std::size_t size;
  std::uint32_t link_type;

  bool operator==(const Seen&) const = default;
};

// The reader for what the file starts with; none for what is neither format.
std::unique_ptr<CaptureReader> MakeReader(std::span<const std::byte> file) {
  if (PcapngReader::Recognises(file)) {
    return std::make_unique<PcapngReader>(InputWindow(file));
  }
  const std::optional<PcapFormat> format = PcapReader::Recognise(file);
  return format ? std::make_unique<PcapReader>(InputWindow(file), *format) : nullptr;
}

Seen Check(const Record& record, std::span<const std::byte> file, std::size_t behind) {
  const auto offset = static_cast<std::size_t>(record.bytes.data() - file.data());
  WIREHOUND_FUZZ_CHECK(offset >= behind && offset <= file.size());
  WIREHOUND_FUZZ_CHECK(record.bytes.size() <= file.size() - offset);
  WIREHOUND_FUZZ_CHECK(record.wire_length >= record.bytes.size());
  WIREHOUND_FUZZ_CHECK(!record.interface_name.empty());
  WIREHOUND_FUZZ_CHECK(record.interface_name.size() <= kMaxPcapngNameBytes);
  WIREHOUND_FUZZ_CHECK(record.direction <= WIREHOUND_DIRECTION_EGRESS);
  return {record.timestamp_ns, offset, record.bytes.size(), record.link_type};
}

std::vector<Seen> ReadAll(std::span<const std::byte> file) {
  std::vector<Seen> seen;
  const std::unique_ptr<CaptureReader> reader = MakeReader(file);
  if (reader == nullptr) {
    return seen;
  }
  Record record;
  std::size_t behind = 0;
  ReadStep step = reader->Next(record);
  for (; step == ReadStep::kPacket; step = reader->Next(record)) {
    seen.push_back(Check(record, file, behind));
    behind = seen.back().offset + seen.back().size;
  }
  WIREHOUND_FUZZ_CHECK((step == ReadStep::kFailed) == !reader->error().empty());
  WIREHOUND_FUZZ_CHECK(seen.size() <= file.size() / kSmallestPacketBytes);
  return seen;
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  const std::vector<wirehound::Seen> whole = wirehound::ReadAll(file);
  const std::vector<wirehound::Seen> part = wirehound::ReadAll(file.first(size - size / 3));
  WIREHOUND_FUZZ_CHECK(part.size() <= whole.size());
  for (std::size_t i = 0; i < part.size(); ++i) {
    WIREHOUND_FUZZ_CHECK(part[i] == whole[i]);
  }
  return 0;
}
