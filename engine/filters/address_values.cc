// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/address_values.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>

#include "engine/filters/filter_clause.h"

namespace wirehound {

namespace {

std::optional<wirehound_address> ReadAddress(std::string_view text) {
  const std::string copy(text);  // inet_pton wants an end
  wirehound_address address{};
  if (copy.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  if (inet_pton(AF_INET, copy.c_str(), address.bytes) == 1) {
    address.family = WIREHOUND_FAMILY_IPV4;
    return address;
  }
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes) == 1) {
    address.family = WIREHOUND_FAMILY_IPV6;
    return address;
  }
  return std::nullopt;
}

unsigned BitsOf(const wirehound_address& address) {
  return address.family == WIREHOUND_FAMILY_IPV4 ? 32 : 128;
}

// The address with all bits behind the first `bits` set to zero or to one.
AddressKey WithTail(wirehound_address address, unsigned bits, bool ones) {
  for (unsigned bit = bits; bit < BitsOf(address); ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> bit % 8);
    std::uint8_t& byte = address.bytes[bit / 8];
    byte = static_cast<std::uint8_t>(ones ? byte | mask : byte & ~mask);
  }
  return KeyOf(address);
}

constexpr std::string_view kExpected =
    "expected an address, two with '-' between them, or a block such as 10.0.0.0/8";

Status AddBlock(std::string_view value, std::size_t slash, RangeSet<AddressKey>& keys) {
  const std::optional<wirehound_address> address = ReadAddress(value.substr(0, slash));
  if (!address) {
    return BadWord(value, kExpected);
  }
  const std::string_view length = value.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc() || end != length.data() + length.size() || bits > BitsOf(*address)) {
    return BadWord(value, "expected a number from 0 to " + std::to_string(BitsOf(*address)) +
                              " behind the '/'");
  }
  keys.Add(WithTail(*address, bits, false), WithTail(*address, bits, true));
  return {};
}

Status AddRange(std::string_view value, std::size_t dash, RangeSet<AddressKey>& keys) {
  const std::optional<wirehound_address> first = ReadAddress(value.substr(0, dash));
  const std::optional<wirehound_address> last = ReadAddress(value.substr(dash + 1));
  if (!first || !last) {
    return BadWord(value, kExpected);
  }
  if (first->family != last->family) {
    return BadWord(value, "expected two addresses of one family");
  }
  if (KeyOf(*first) > KeyOf(*last)) {
    return BadWord(value, "expected the lower end of the range first");
  }
  keys.Add(KeyOf(*first), KeyOf(*last));
  return {};
}

}  // namespace

Status AddAddresses(std::string_view value, RangeSet<AddressKey>& keys) {
  if (const std::size_t slash = value.find('/'); slash != std::string_view::npos) {
    return AddBlock(value, slash, keys);
  }
  if (const std::size_t dash = value.find('-'); dash != std::string_view::npos) {
    return AddRange(value, dash, keys);
  }
  const std::optional<wirehound_address> address = ReadAddress(value);
  if (!address) {
    return BadWord(value, kExpected);
  }
  keys.Add(KeyOf(*address), KeyOf(*address));
  return {};
}

}  // namespace wirehound
