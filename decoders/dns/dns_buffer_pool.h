// SPDX-License-Identifier: Apache-2.0

// DnsBufferPool: the memory in which DNS messages in several TCP segments are put together. It has
// buffers of two sizes, used again and never freed: the limits below are the most that all
// connections together can cost. A message moves to a large buffer only when its bytes no longer
// fit a small one, so a large length without bytes costs nothing. The pool outlives the framers
// that use it. Dispatch thread.

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

  /// A buffer of kSmallDnsBufferBytes, or of kMaxDnsTcpMessageBytes when `size` needs one; null,
  /// counted, when all of that kind are in use.
  std::byte* Take(std::size_t size) {
    if (size <= kSmallDnsBufferBytes) {
      auto* buffer = small_.Take();
      return buffer == nullptr ? nullptr : buffer->bytes;
    }
    auto* buffer = large_.Take();
    return buffer == nullptr ? nullptr : buffer->bytes;
  }
  /// `size`: any that Take would answer with the same kind of buffer.
  void Return(std::byte* buffer, std::size_t size) {
    if (size <= kSmallDnsBufferBytes) {
      small_.Return(reinterpret_cast<Buffer<kSmallDnsBufferBytes>*>(buffer));
    } else {
      large_.Return(reinterpret_cast<Buffer<kMaxDnsTcpMessageBytes>*>(buffer));
    }
  }

  /// How often there was no buffer; each time a message was cut or left out.
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
