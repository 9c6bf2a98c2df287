// SPDX-License-Identifier: Apache-2.0

// RingReader: reads a BPF ring buffer that is mapped into memory. Unlike libbpf's reader it can
// stop after any record, and it returns space to the kernel in batches. A *place* is the space of
// one record in the ring. Dispatch thread.

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
  /// Maps the ring of `map_fd`, whose size is `ring_bytes`. `map_fd` may be closed afterwards.
  static Result<RingReader> Map(int map_fd, std::uint32_t ring_bytes);

  RingReader(RingReader&&) = default;
  RingReader& operator=(RingReader&&) = default;

  /// The bytes of the next place. Nothing when the ring is empty, or when a program is still
  /// writing the next place: records come in the order of their reservation. Valid until Release.
  std::optional<std::span<const std::byte>> Next();

  /// Returns the space of all places that Next has returned to the kernel.
  void Release();

  /// Whether there are places that are not released, those still being written included.
  bool HasData() const;

 private:
  struct Unmap {
    std::size_t size = 0;
    void operator()(std::byte* memory) const;
  };
  using Mapping = std::unique_ptr<std::byte, Unmap>;

  RingReader(Mapping consumer, Mapping producer, std::size_t page_bytes, std::uint32_t ring_bytes);

  Mapping consumer_;  // a page with our position, writable
  // A page with the kernel's position, then the data twice in a row: a place that wraps around the
  // end of the ring is contiguous here.
  Mapping producer_;
  const std::byte* data_;
  std::uint64_t mask_;
  std::uint64_t position_;
};

}  // namespace wirehound
