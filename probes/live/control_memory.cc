// SPDX-License-Identifier: Apache-2.0

#include "probes/live/control_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

#include "base/system_error.h"

namespace wirehound {
namespace {

std::size_t ControlBytes() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (sizeof(wirehound_control) + page - 1) / page * page;
}

// Sequentially consistent: RingReader::HasData, which the reader calls after SetReaderPolls, must
// not look at the ring before this store is visible. That function says what would go wrong.
void Store(__u32& word, std::uint32_t value) {
  std::atomic_ref<__u32>(word).store(value, std::memory_order_seq_cst);
}

}  // namespace

void ControlMemory::Unmap::operator()(wirehound_control* control) const {
  munmap(control, ControlBytes());
}

Result<ControlMemory> ControlMemory::Map(int control_fd) {
  void* memory = mmap(nullptr, ControlBytes(), PROT_READ | PROT_WRITE, MAP_SHARED, control_fd, 0);
  if (memory == MAP_FAILED) {
    return SystemError("map the memory shared with the programs", errno);
  }
  return ControlMemory(static_cast<wirehound_control*>(memory));
}

void ControlMemory::SetReaderPolls(std::uint32_t polls) { Store(control_->reader_polls, polls); }

std::uint64_t ControlMemory::Lost() const {
  return std::atomic_ref<__u64>(control_->lost).load(std::memory_order_acquire);
}

void ControlMemory::SetSendsLifecycle(std::uint32_t sends) {
  Store(control_->sends_lifecycle, sends);
}

}  // namespace wirehound
