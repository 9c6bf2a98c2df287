// SPDX-License-Identifier: Apache-2.0

// Record: one captured packet with what the capture knows about it. What every source produces
// and the pipeline consumes. A Record owns nothing: bytes, texts and process live until the sink
// returns. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <wirehound/abi/detector_abi.h>

namespace wirehound {

/// Link types (LINKTYPE_ values of tcpdump.org's registry) that sources here know.
inline constexpr std::uint32_t kLinkTypeEthernet = 1;  ///< an Ethernet II header
inline constexpr std::uint32_t kLinkTypeRaw = 101;     ///< an IPv4 or IPv6 header, by its version

struct Record {
  std::uint64_t timestamp_ns = 0;          ///< Unix epoch
  std::span<const std::byte> bytes;        ///< as captured, from the link layer on
  std::uint32_t wire_length = 0;           ///< what was on the wire, >= bytes.size()
  std::uint32_t link_type = kLinkTypeRaw;  ///< what `bytes` starts with
  std::uint8_t direction = WIREHOUND_DIRECTION_UNKNOWN;
  std::uint32_t interface_index = 0;        ///< 0 when unknown
  std::string_view interface_name = "any";  ///< "any" when unknown
  std::uint32_t cpu = 0;
  std::int32_t syscall = -1;  ///< system call number of the send, -1 unknown
  std::uint32_t owner_source = WIREHOUND_OWNER_NONE;
  const wirehound_process* process = nullptr;  ///< never null in a delivered record
};

/// The process of a record whose owner is not known: all zero, all empty.
const wirehound_process& UnknownProcess();

/// Where records go.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  /// Takes one record. The record and all it points to die when this returns.
  virtual void OnRecord(const Record& record) = 0;
  /// There are no more records. Called once by whoever drives the source, not by the source.
  virtual void OnEndOfStream() {}
};

}  // namespace wirehound
