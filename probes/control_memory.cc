// SPDX-License-Identifier: Apache-2.0

#include "probes/control_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "probes/system_error.h"

namespace wirehound {
namespace {

std::size_t MappedBytes() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (sizeof(wirehound_control) + page - 1) / page * page;
}

// A word a program may read at any time.
void Store(__u32& word, std::uint32_t value) {
  std::atomic_ref<__u32>(word).store(value, std::memory_order_seq_cst);
}

// Bytes and the mark of headers, put together as a set of classes needs them.
std::uint32_t Combine(std::uint32_t amounts, CaptureAmount amount) {
  const auto value = static_cast<std::uint32_t>(amount);
  if (amount == CaptureAmount::kHeaders)
    return amounts | WIREHOUND_AMOUNT_HEADERS;
  const std::uint32_t headers = amounts & WIREHOUND_AMOUNT_HEADERS;
  return std::max(amounts & ~WIREHOUND_AMOUNT_HEADERS, std::min(value, kMaxCaptureBytes)) | headers;
}

}  // namespace

std::array<std::uint32_t, WIREHOUND_CLASS_SETS> AmountsOf(const CapturePlan& plan) {
  const std::pair<std::uint32_t, CaptureAmount> classes[] = {
      {WIREHOUND_CLASS_IPV4, plan.ipv4}, {WIREHOUND_CLASS_IPV6, plan.ipv6},
      {WIREHOUND_CLASS_TCP, plan.tcp},   {WIREHOUND_CLASS_UDP, plan.udp},
      {WIREHOUND_CLASS_ICMP, plan.icmp}, {WIREHOUND_CLASS_ICMPV6, plan.icmpv6},
      {WIREHOUND_CLASS_DNS, plan.dns},   {WIREHOUND_CLASS_LINK_LOCAL_DNS, plan.link_local_dns},
  };
  std::array<std::uint32_t, WIREHOUND_CLASS_SETS> amounts{};
  for (std::uint32_t set = 0; set < amounts.size(); ++set) {
    for (const auto& [bit, amount] : classes) {
      if ((set & bit) != 0)
        amounts[set] = Combine(amounts[set], amount);
    }
  }
  return amounts;
}

void ControlMemory::Unmap::operator()(wirehound_control* control) const {
  munmap(control, MappedBytes());
}

Result<ControlMemory> ControlMemory::Map(int control_fd) {
  void* memory = mmap(nullptr, MappedBytes(), PROT_READ | PROT_WRITE, MAP_SHARED, control_fd, 0);
  if (memory == MAP_FAILED)
    return SystemError("map the memory shared with the programs", errno);
  return ControlMemory(static_cast<wirehound_control*>(memory));
}

void ControlMemory::SetReaderPolls(std::uint32_t polls) { Store(control_->reader_polls, polls); }

void ControlMemory::SetPlan(const CapturePlan& plan) {
  const auto amounts = AmountsOf(plan);
  for (std::size_t set = 0; set < amounts.size(); ++set)
    Store(control_->amounts[set], amounts[set]);
}

}  // namespace wirehound
