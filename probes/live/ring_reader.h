// SPDX-License-Identifier: Apache-2.0

// RingReader: the reading end of a BPF ring buffer, mapped into memory. Unlike libbpf's it can
// stop anywhere, and gives places back in batches. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <wirehound/result.h>

namespace wirehound {

class RingReader {
 public:
  /// Maps the ring behind `map_fd`, which is of `ring_bytes` and may be closed afterwards.
  static Result<RingReader> Map(int map_fd, std::uint32_t ring_bytes);

  RingReader(RingReader&&) = default;
  RingReader& operator=(RingReader&&) = default;

  /// The next place, or nothing when there is none or it is still being written. Valid until
  /// Release.
  std::optional<std::span<const std::byte>> Next();

  /// Gives all places returned so far back to the kernel.
  void Release();

  /// Whether there is anything not yet released, places still being written included.
  bool HasData() const;

 private:
  struct Unmap {
    std::size_t size = 0;
    void operator()(std::byte* memory) const;
  };
  using Mapping = std::unique_ptr<std::byte, Unmap>;

  RingReader(Mapping consumer, Mapping producer, std::size_t page_bytes, std::uint32_t ring_bytes);

  Mapping consumer_;  // our position, writable
  Mapping producer_;  // the kernel's position, then the data twice in a row
  const std::byte* data_;
  std::uint64_t mask_;
  std::uint64_t position_;
};

}  // namespace wirehound
