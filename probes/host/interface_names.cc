// SPDX-License-Identifier: Apache-2.0

#include "probes/host/interface_names.h"

#include <net/if.h>

#include <array>
#include <utility>

namespace wirehound {
namespace {

// More entries than this come from interfaces that were created and removed, not from real ones.
constexpr std::size_t kMaxEntries = 4096;

std::string NameFromKernel(std::uint32_t index) {
  std::array<char, IF_NAMESIZE> name = {};
  return if_indextoname(index, name.data()) != nullptr ? std::string(name.data()) : std::string();
}

}  // namespace

InterfaceNames::InterfaceNames() : InterfaceNames(NameFromKernel) {}

InterfaceNames::InterfaceNames(Lookup lookup) : lookup_(std::move(lookup)) {}

std::string_view InterfaceNames::Find(std::uint32_t index, std::uint64_t now_ns) {
  auto found = entries_.find(index);
  if (found == entries_.end() || now_ns - found->second.asked_ns > kKeepNs) {
    if (entries_.size() >= kMaxEntries) {
      entries_.clear();
    }
    found = entries_.insert_or_assign(index, Entry{lookup_(index), now_ns}).first;
  }
  return found->second.name.empty() ? std::string_view("any") : found->second.name;
}

}  // namespace wirehound
