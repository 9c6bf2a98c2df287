// SPDX-License-Identifier: Apache-2.0

// PcapReader: classic pcap files (draft-ietf-opsawg-pcap) as nearly everybody writes them: version
// 2.4, either byte order, micro- or nanoseconds. Reads in place, which costs a third of what
// libpcap does; all its odder relatives are left to libpcap (libpcap_reader.h). Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/sources/capture_reader.h"
#include "engine/sources/input_window.h"

namespace wirehound {

inline constexpr std::size_t kPcapFileHeaderBytes = 24;

/// Captured bytes of one packet, beyond which a file is taken to be broken. What libpcap allows.
inline constexpr std::uint32_t kMaxPcapPacketBytes = 262144;

/// What the header of a file says.
struct PcapFormat {
  FileNumbers numbers;
  std::uint32_t nanoseconds_per_unit = 1;
  std::uint32_t snap_length = 0;  ///< nothing behind so many bytes of a packet is delivered
  std::uint32_t link_type = 0;    ///< LINKTYPE_ number as in the file
};

class PcapReader : public CaptureReader {
 public:
  /// What `header` (kPcapFileHeaderBytes) says, or nothing when it is not of the common format.
  static std::optional<PcapFormat> Recognise(std::span<const std::byte> header);

  /// `input` stands at the file header that `format` was read from.
  PcapReader(InputWindow input, const PcapFormat& format);

  ReadStep Next(Record& record) override;
  bool WouldWait() const override { return input_.WouldWait(); }

 private:
  InputWindow input_;
  PcapFormat format_;
};

}  // namespace wirehound
