// SPDX-License-Identifier: Apache-2.0

// PcapngReader: pcapng files (draft-ietf-opsawg-pcapng). libpcap refuses files whose interfaces
// differ, and does not report interface names and directions. This reader takes sections in either
// byte order, any number of interfaces, enhanced, simple and obsolete packet blocks, and comments
// of Wirehound's recordings. It skips name resolution, secrets and unknown blocks. Reads in place.
// A block that contradicts itself ends the file: where the next block begins would be a guess.
// Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/capture_reader.h"
#include "engine/sources/input_window.h"

namespace wirehound {

/// The largest block, as libpcap allows. A larger one is an error.
inline constexpr std::uint32_t kMaxPcapngBlockBytes = std::uint32_t{16} << 20;
/// The most interfaces of one section. More are an error.
inline constexpr std::size_t kMaxPcapngInterfaces = 65536;
/// Longer interface names are cut to this.
inline constexpr std::size_t kMaxPcapngNameBytes = 256;

class PcapngReader : public CaptureReader {
 public:
  /// Whether a file that starts with `bytes` (4 or more) is pcapng.
  static bool Recognises(std::span<const std::byte> bytes);

  explicit PcapngReader(InputWindow input) : input_(std::move(input)) {}

  /// Reads the first section header, so that facts() has its contents. The first Next reports an
  /// error in it.
  void Start();

  /// Times before the epoch become 0, times that do not fit 64 bits of nanoseconds (the year 2554)
  /// the largest that does. Packets of simple blocks have no time: 0.
  ReadStep Next(Record& record) override;
  bool WouldWait() const override { return !first_step_ && input_.WouldWait(); }
  void DeliverAside(RecordSink& sink) override { facts_.Deliver(sink); }
  RecordedFacts* facts() override { return &facts_; }

 private:
  // How an interface counts time: units of 1 / `units_per_second` s, after a division by `coarse`
  // that keeps the arithmetic within 64 bits.
  struct Clock {
    std::uint64_t coarse = 1;
    std::uint64_t units_per_second = 1'000'000;
    std::int64_t offset_seconds = 0;
  };

  struct Interface {
    std::uint32_t link_type = 0;
    std::uint32_t snap_length = 0;  // 0: no limit
    Clock clock;
    std::string name;
    RecordedInterface recorded;
  };

  struct Block {
    std::uint32_t type = 0;
    std::uint64_t offset = 0;  // from the start of the file
    std::span<const std::byte> body;
  };

  // The fields that all kinds of packet blocks have.
  struct PacketFields {
    std::uint32_t interface = 0;
    std::uint64_t time = 0;
    std::uint32_t captured = 0;
    std::uint32_t on_wire = 0;
  };

  ReadStep ReadBlock(Block& block);
  bool ReadByteOrder();
  bool StartSection(const Block& block);
  bool AddInterface(const Block& block);
  bool ReadInterfaceOption(std::uint16_t code, std::span<const std::byte> value,
                           Interface& interface) const;
  ReadStep ReadEnhancedPacket(const Block& block, Record& record);
  ReadStep ReadObsoletePacket(const Block& block, Record& record);
  ReadStep ReadSimplePacket(const Block& block, Record& record);
  ReadStep ReadPacket(const Block& block, ByteReader reader, const PacketFields& fields,
                      Record& record);
  std::uint8_t DirectionOf(ByteReader options) const;
  std::optional<ReadStep> ReadStatistics(const Block& block);
  bool ReadComments(const Block& block, RecordedFacts::Place place, ByteReader options);
  std::optional<ReadStep> NextBlock(Record& record);
  template <typename Visit>
  bool ForEachOption(ByteReader options, Visit visit) const;
  ReadStep FailBlock(const Block& block, std::string_view what);

  static bool SetResolution(std::uint8_t exponent, Clock& clock);
  static std::uint64_t Nanoseconds(const Clock& clock, std::uint64_t time);

  InputWindow input_;
  FileNumbers numbers_;
  bool in_section_ = false;
  RecordedFacts facts_;
  std::optional<ReadStep> first_step_;  // result of Start when there was no sound section header
  std::vector<Interface> interfaces_;   // of the current section, by id
};

}  // namespace wirehound
