// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/address_prefixes.h"

#include <cstddef>
#include <cstdint>

namespace wirehound {

namespace {

constexpr unsigned kIpv4Bits = 32;
constexpr unsigned kIpv6Bits = 128;
constexpr WideNumber kMaxIpv4 = 0xffffffff;
constexpr WideNumber kMaxIpv6 = ~WideNumber{0};

WideNumber NumberOf(const AddressKey& key) {
  constexpr unsigned kHalf = 64;
  return key.family == WIREHOUND_FAMILY_IPV4 ? key.high >> kIpv4Bits
                                             : WideNumber{key.high} << kHalf | key.low;
}

// A range of keys never spans both families.
AddressSet FromKeys(const RangeSet<AddressKey>& keys) {
  AddressSet set;
  for (const RangeSet<AddressKey>::Range& range : keys.ranges()) {
    NumberRanges& ranges = range.first.family == WIREHOUND_FAMILY_IPV4 ? set.ipv4 : set.ipv6;
    ranges.push_back({NumberOf(range.first), NumberOf(range.last)});
  }
  return {Unite(std::move(set.ipv4), {}), Unite(std::move(set.ipv6), {})};
}

AddressPrefix MakePrefix(WideNumber number, unsigned bits, unsigned length) {
  AddressPrefix prefix;
  prefix.length = static_cast<std::uint8_t>(length);
  prefix.address.family = bits == kIpv4Bits ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6;
  for (unsigned i = 0; i < bits / 8; ++i) {
    prefix.address.bytes[i] = static_cast<std::uint8_t>(number >> (bits - 8 * (i + 1)));
  }
  return prefix;
}

// The largest blocks that fit, from the lower end on.
void AddPrefixes(const NumberRange& range, unsigned bits, std::vector<AddressPrefix>& prefixes) {
  WideNumber first = range.first;
  while (true) {
    unsigned length = bits;
    WideNumber last = first;
    while (length > 0) {
      const WideNumber block = WideNumber{1} << (bits - length);
      if ((first & block) != 0 || last + block > range.last || last + block < last) {
        break;
      }
      last += block;
      --length;
    }
    prefixes.push_back(MakePrefix(first, bits, length));
    if (last == range.last) {
      return;
    }
    first = last + 1;
  }
}

}  // namespace

AddressSet AllAddresses() { return {{{0, kMaxIpv4}}, {{0, kMaxIpv6}}}; }

AddressSet AcceptedAddresses(const FieldTest& test) {
  const AddressSet all = AllAddresses();
  const AddressSet excluded = FromKeys(test.excluded().addresses());
  return Intersect(test.included().empty() ? all : FromKeys(test.included().addresses()),
                   {Complement(excluded.ipv4, kMaxIpv4), Complement(excluded.ipv6, kMaxIpv6)});
}

AddressSet Intersect(const AddressSet& a, const AddressSet& b) {
  return {Intersect(a.ipv4, b.ipv4), Intersect(a.ipv6, b.ipv6)};
}

std::vector<AddressPrefix> PrefixesOf(const AddressSet& addresses) {
  std::vector<AddressPrefix> prefixes;
  const AddressSet all = AllAddresses();
  if (addresses.ipv4 == all.ipv4 && addresses.ipv6 == all.ipv6) {
    return prefixes;
  }
  for (const NumberRange& range : addresses.ipv4) {
    AddPrefixes(range, kIpv4Bits, prefixes);
  }
  for (const NumberRange& range : addresses.ipv6) {
    AddPrefixes(range, kIpv6Bits, prefixes);
  }
  return prefixes;
}

}  // namespace wirehound
