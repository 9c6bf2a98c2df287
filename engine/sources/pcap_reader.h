// SPDX-License-Identifier: Apache-2.0

// PcapReader: classic pcap files (draft-ietf-opsawg-pcap) of the common form: version 2.4, either
// byte order, micro- or nanoseconds. Reads in place, at a third of libpcap's cost. Other forms are
// for libpcap (libpcap_reader.h). Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/sources/capture_reader.h"
#include "engine/sources/input_window.h"

namespace wirehound {

inline constexpr std::size_t kPcapFileHeaderBytes = 24;

/// The most captured bytes of one packet, as libpcap allows. More means that the file is broken.
inline constexpr std::uint32_t kMaxPcapPacketBytes = 262144;

/// The contents of a file header.
struct PcapFormat {
  FileNumbers numbers;
  std::uint32_t nanoseconds_per_unit = 1;
  std::uint32_t snap_length = 0;  ///< bytes of a packet behind it are not delivered
  std::uint32_t link_type = 0;    ///< LINKTYPE_ number as in the file
};

class PcapReader : public CaptureReader {
 public:
  /// Reads `header` (kPcapFileHeaderBytes); nothing when it is not of the common form.
  static std::optional<PcapFormat> Recognise(std::span<const std::byte> header);

  /// `input` must stand at the file header that `format` was read from.
  PcapReader(InputWindow input, const PcapFormat& format);

  ReadStep Next(Record& record) override;
  bool WouldWait() const override { return input_.WouldWait(); }

 private:
  InputWindow input_;
  PcapFormat format_;
};

}  // namespace wirehound
