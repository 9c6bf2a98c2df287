// SPDX-License-Identifier: Apache-2.0

#include "engine/text/byte_size.h"

#include <charconv>
#include <limits>
#include <system_error>

namespace wirehound {

namespace {

constexpr std::string_view kUnits = "KMG";
constexpr unsigned kUnitBits = 10;

}  // namespace

Result<std::uint64_t> ParseByteSize(std::string_view text) {
  const Error wrong(ErrorCode::kInvalidInput,
                    "'" + std::string(text) + "': expected a size as 65536, 64K, 8M or 1G");
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || end - rest > 1) {
    return wrong;
  }
  if (rest == end) {
    return number;
  }
  const std::size_t unit = kUnits.find(*rest);
  if (unit == std::string_view::npos) {
    return wrong;
  }
  const unsigned shift = kUnitBits * (static_cast<unsigned>(unit) + 1);
  if (number > std::numeric_limits<std::uint64_t>::max() >> shift) {
    return wrong;
  }
  return number << shift;
}

std::string ByteSizeText(std::uint64_t bytes) {
  std::string unit;
  for (const char larger : kUnits) {
    if (bytes == 0 || bytes % (std::uint64_t{1} << kUnitBits) != 0) {
      break;
    }
    bytes >>= kUnitBits;
    unit = larger;
  }
  return std::to_string(bytes) + unit;
}

}  // namespace wirehound
