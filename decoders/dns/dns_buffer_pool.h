// SPDX-License-Identifier: Apache-2.0

// DnsBufferPool: the memory in which DNS messages that come in several TCP segments are put
// together. Buffers of two sizes, allocated when first needed, used again and never returned: the
// limits below are the most that all connections together can cost. A message moves to a large
// buffer only when it has outgrown a small one, so that claiming a length costs nothing. Outlives
// the framers that use it. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>

#include "base/pool.h"

namespace wirehound {

/// The longest message: its length has 16 bits (RFC 1035 section 4.2.2).
inline constexpr std::size_t kMaxDnsTcpMessageBytes = 65535;

/// Most messages over TCP fit a small buffer.
inline constexpr std::size_t kSmallDnsBufferBytes = std::size_t{4} << 10;

struct DnsBufferLimits {
  std::size_t small_buffers = 4096;  ///< 16 MiB
  std::size_t large_buffers = 256;   ///< 16 MiB
};

class DnsBufferPool {
 public:
  explicit DnsBufferPool(DnsBufferLimits limits = {})
      : small_(limits.small_buffers), large_(limits.large_buffers) {}

  /// A buffer of kSmallDnsBufferBytes, or of kMaxDnsTcpMessageBytes when `size` needs one; null
  /// when all of that size are in use, which is counted. Give it back with the same `size` class.
  std::byte* Take(std::size_t size) {
    if (size <= kSmallDnsBufferBytes) {
      auto* buffer = small_.Take();
      return buffer == nullptr ? nullptr : buffer->bytes;
    }
    auto* buffer = large_.Take();
    return buffer == nullptr ? nullptr : buffer->bytes;
  }
  void Return(std::byte* buffer, std::size_t size) {
    if (size <= kSmallDnsBufferBytes) {
      small_.Return(reinterpret_cast<Buffer<kSmallDnsBufferBytes>*>(buffer));
    } else {
      large_.Return(reinterpret_cast<Buffer<kMaxDnsTcpMessageBytes>*>(buffer));
    }
  }

  /// How often there was no buffer: each time a message is left out or cut.
  std::uint64_t refused() const { return small_.refused() + large_.refused(); }
  /// Buffers in use.
  std::size_t in_use() const { return small_.in_use() + large_.in_use(); }

 private:
  template <std::size_t kBytes>
  struct Buffer {
    std::byte bytes[kBytes];
  };

  Pool<Buffer<kSmallDnsBufferBytes>> small_;
  Pool<Buffer<kMaxDnsTcpMessageBytes>> large_;
};

}  // namespace wirehound
