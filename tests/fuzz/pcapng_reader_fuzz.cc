// SPDX-License-Identifier: Apache-2.0

// Fuzz target for the capture readers over memory. Beyond not crashing: packets are inside the
// file and in its order, no more of them than fit, and a file cut short gives the packets that
// the whole one begins with. Recordings, whose comments tell of processes and more, are such files:
// each owner is described or unknown, and the facts besides packets are readable.
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

// The compared parts of a packet.
struct Seen {
  std::uint64_t timestamp_ns;
  std::size_t offset;
  std::size_t size;
  std::uint32_t link_type;

  bool operator==(const Seen&) const = default;
};

std::uint64_t g_looked_at = 0;

void LookAt(const wirehound_string& text) {
  for (std::uint64_t i = 0; i < text.size; ++i) {
    g_looked_at += static_cast<unsigned char>(text.data[i]);
  }
}

void LookAt(const wirehound_process& process) {
  for (const wirehound_string* text :
       {&process.comm, &process.executable, &process.host_name, &process.container_id}) {
    LookAt(*text);
  }
}

// Reads every byte that it receives, for the sanitizers.
class LookingSink : public RecordSink {
 public:
  void OnRecord(const Record& record) override {
    WIREHOUND_FUZZ_CHECK((record.owner_id == 0) == (record.process == &UnknownProcess()));
    WIREHOUND_FUZZ_CHECK(record.owner_source <= WIREHOUND_OWNER_KERNEL);
    WIREHOUND_FUZZ_CHECK(record.syscall >= -1);
    LookAt(*record.process);
  }
  void OnProcess(const ProcessNotice& notice) override {
    LookAt(*notice.process);
    for (const wirehound_string& argument : notice.arguments) {
      LookAt(argument);
    }
  }
  void OnContainer(const wirehound_container_info& container) override {
    for (const wirehound_string* text :
         {&container.id, &container.runtime, &container.name, &container.image, &container.pod_name,
          &container.pod_namespace, &container.pod_uid}) {
      LookAt(*text);
    }
  }
  void OnGap(const CaptureGap& gap) override { LookAt({gap.reason.data(), gap.reason.size()}); }
};

// The reader for the format that the file starts with; null for neither format.
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
  LookingSink sink;
  for (; step == ReadStep::kPacket || step == ReadStep::kAside; step = reader->Next(record)) {
    if (step == ReadStep::kAside) {
      reader->DeliverAside(sink);
      continue;
    }
    if (reader->facts() != nullptr) {
      sink.OnRecord(record);
    }
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
