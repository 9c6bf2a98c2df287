// SPDX-License-Identifier: Apache-2.0

// AddressSet: the addresses that a filter names, by family, and the prefixes under which the kernel
// looks them up. Pure; control thread.

#pragma once

#include <vector>

#include "engine/filters/compiled_filter.h"
#include "engine/plan/number_ranges.h"
#include "probes/capture/capture_plan.h"

namespace wirehound {

struct AddressSet {
  NumberRanges ipv4;
  NumberRanges ipv6;

  bool empty() const { return ipv4.empty() && ipv6.empty(); }
};

/// Every address of both families.
AddressSet AllAddresses();

/// The addresses that a test of an address field lets pass.
AddressSet AcceptedAddresses(const FieldTest& test);

AddressSet Intersect(const AddressSet& a, const AddressSet& b);

/// The fewest prefixes that hold exactly these addresses. Nothing when all addresses are meant.
std::vector<AddressPrefix> PrefixesOf(const AddressSet& addresses);

}  // namespace wirehound
