// SPDX-License-Identifier: Apache-2.0

// The layout is the kernel's ABI, see kernel/bpf/ringbuf.c: positions count bytes and only grow.
// Each place begins with a header of eight bytes, whose first word holds the length and two flags,
// and is padded to a multiple of eight.

#include "probes/live/ring_reader.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <new>

#include "base/system_error.h"

namespace wirehound {
namespace {

constexpr std::uint64_t Padded(std::uint32_t length) {
  return (std::uint64_t{length} + BPF_RINGBUF_HDR_SZ + 7) & ~std::uint64_t{7};
}

// A word of shared memory that the kernel may read or write at the same time.
template <typename T>
std::atomic_ref<T> Shared(std::byte* memory) {
  return std::atomic_ref<T>(*std::launder(static_cast<T*>(static_cast<void*>(memory))));
}

}  // namespace

void RingReader::Unmap::operator()(std::byte* memory) const { munmap(memory, size); }

RingReader::RingReader(Mapping consumer, Mapping producer, std::size_t page_bytes,
                       std::uint32_t ring_bytes)
    : consumer_(std::move(consumer)),
      producer_(std::move(producer)),
      data_(producer_.get() + page_bytes),
      mask_(ring_bytes - 1),
      position_(Shared<std::uint64_t>(consumer_.get()).load(std::memory_order_relaxed)) {}

Result<RingReader> RingReader::Map(int map_fd, std::uint32_t ring_bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t producer_size = page + 2 * std::size_t{ring_bytes};
  void* consumer = mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
  if (consumer == MAP_FAILED) {
    return SystemError("map the ring buffer's reading position", errno);
  }
  Mapping consumer_mapping(static_cast<std::byte*>(consumer), Unmap{page});
  void* producer =
      mmap(nullptr, producer_size, PROT_READ, MAP_SHARED, map_fd, static_cast<off_t>(page));
  if (producer == MAP_FAILED) {
    return SystemError("map the ring buffer's data", errno);
  }
  Mapping producer_mapping(static_cast<std::byte*>(producer), Unmap{producer_size});
  return RingReader(std::move(consumer_mapping), std::move(producer_mapping), page, ring_bytes);
}

// Both loads acquire: the kernel writes a place's length word, with the busy bit, before it moves
// its position behind that place, and clears the bit only when the bytes of the record are
// complete. So neither a stale word nor half a record is ever read.
//
// A busy place stops the reading, even if later places are complete: records must come in the order
// of their reservation, on which the count of lost packets in each of them relies. A discarded
// place is skipped; the program gave it up after the reservation.
std::optional<std::span<const std::byte>> RingReader::Next() {
  while (position_ < Shared<std::uint64_t>(producer_.get()).load(std::memory_order_acquire)) {
    std::byte* place = producer_.get() + (data_ - producer_.get()) + (position_ & mask_);
    const std::uint32_t word = Shared<std::uint32_t>(place).load(std::memory_order_acquire);
    if ((word & BPF_RINGBUF_BUSY_BIT) != 0) {
      return std::nullopt;
    }
    const std::uint32_t length = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    position_ += Padded(length);
    if ((word & BPF_RINGBUF_DISCARD_BIT) == 0) {
      return std::span<const std::byte>(place + BPF_RINGBUF_HDR_SZ, length);
    }
  }
  return std::nullopt;
}

// The kernel reuses the space as soon as it sees the new position. The release order makes all our
// reads of these places happen before.
void RingReader::Release() {
  Shared<std::uint64_t>(consumer_.get()).store(position_, std::memory_order_release);
}

bool RingReader::HasData() const {
  // Sequentially consistent, like the store in ControlMemory::SetReaderPolls before it: the CPU
  // must not do this load before that store. Otherwise a record submitted in between would neither
  // be seen here nor wake the reader.
  return Shared<std::uint64_t>(producer_.get()).load(std::memory_order_seq_cst) !=
         Shared<std::uint64_t>(consumer_.get()).load(std::memory_order_relaxed);
}

}  // namespace wirehound
