// SPDX-License-Identifier: Apache-2.0

#include "probes/live/plan_memory.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "base/system_error.h"
#include "probes/capture/address_prefix.h"
#include "probes/live/running_programs.h"

namespace wirehound {
namespace {

// The number of the table is the first part of every key; see wirehound_prefix_key.
constexpr std::uint32_t kTableBits = 32;

std::size_t MappedBytes() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (sizeof(wirehound_plans) + page - 1) / page * page;
}

wirehound_prefix_key KeyOfPrefix(std::uint32_t number, const AddressPrefix& prefix) {
  wirehound_prefix_key key = {};
  key.length = kTableBits + prefix.length;
  key.table = WIREHOUND_PREFIX_TABLE(number, IsIpv6(prefix) ? 1u : 0u);
  std::copy_n(prefix.address.bytes, sizeof(key.address), key.address);
  return key;
}

}  // namespace

void PlanMemory::Unmap::operator()(wirehound_plans* plans) const { munmap(plans, MappedBytes()); }

Result<PlanMemory> PlanMemory::Map(int plans_fd, int prefixes_fd) {
  void* memory = mmap(nullptr, MappedBytes(), PROT_READ | PROT_WRITE, MAP_SHARED, plans_fd, 0);
  if (memory == MAP_FAILED) {
    return SystemError("map the capture plan shared with the programs", errno);
  }
  return PlanMemory(static_cast<wirehound_plans*>(memory), prefixes_fd);
}

void PlanMemory::Set(const CapturePlan& plan) {
  // The inactive copy was the active one before the last call. A program that began then may still
  // read it, so no byte of it may change before that program has ended.
  if (was_set_) {
    WaitForRunningPrograms();
  }
  was_set_ = true;
  const std::uint32_t number = plans_->active == 0 ? 1 : 0;
  DropPrefixes(number);
  PlanTables tables = MakePlanTables(plan);
  // Without prefixes the rules drop their conditions on addresses: more packets pass, none is
  // missed.
  if (!WritePrefixes(number, tables.prefixes)) {
    DropPrefixes(number);
    tables = MakePlanTables(plan, PlanAddresses::kIgnored);
  }
  plans_->plans[number] = *tables.plan;
  // Last: from here on programs read this copy, so all of it must be in place.
  std::atomic_ref<__u32>(plans_->active).store(number, std::memory_order_seq_cst);
}

// False when the kernel has no room for all of them.
bool PlanMemory::WritePrefixes(std::uint32_t number, const std::vector<PlanPrefix>& prefixes) {
  return std::all_of(prefixes.begin(), prefixes.end(), [&](const PlanPrefix& entry) {
    const wirehound_prefix_key key = KeyOfPrefix(number, entry.prefix);
    // Noted even if the update fails: deleting a key that is not in the map does no harm.
    written_[number].push_back(key);
    return bpf_map_update_elem(prefixes_fd_, &key, &entry.ends, BPF_ANY) == 0;
  });
}

void PlanMemory::DropPrefixes(std::uint32_t number) {
  for (const wirehound_prefix_key& key : written_[number]) {
    bpf_map_delete_elem(prefixes_fd_, &key);
  }
  written_[number].clear();
}

}  // namespace wirehound
