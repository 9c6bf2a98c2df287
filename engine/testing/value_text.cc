// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/value_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

// Leaves room to add a time to another one without overflow of a signed number.
constexpr std::uint64_t kLongestNs = INT64_MAX / 2;

Error Expected(std::string_view what, std::string_view got) {
  return {ErrorCode::kInvalidInput, fmt::format("expected {}, got '{}'", what, got)};
}

template <typename T>
bool ParseWhole(std::string_view text, T& value) {
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && parsed == end && !text.empty();
}

}  // namespace

Result<std::uint64_t> UnsignedFromText(std::string_view text, std::uint64_t max) {
  std::uint64_t value = 0;
  if (!ParseWhole(text, value) || value > max) {
    return Expected(fmt::format("a number from 0 to {}", max), text);
  }
  return value;
}

Result<std::int64_t> SignedFromText(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  if (!ParseWhole(text, value) || value < min || value > max) {
    return Expected(fmt::format("a number from {} to {}", min, max), text);
  }
  return value;
}

Result<double> DoubleFromText(std::string_view text) {
  double value = 0;
  if (!ParseWhole(text, value)) {
    return Expected("a number", text);
  }
  return value;
}

Result<bool> BoolFromText(std::string_view text) {
  if (text != "true" && text != "false" && text != "1" && text != "0") {
    return Expected("true or false", text);
  }
  return text == "true" || text == "1";
}

Result<std::uint64_t> NumberFromText(NumberText function, std::string_view text,
                                     std::uint64_t max) {
  std::vector<std::string> known;
  for (std::uint64_t number = 0; number <= max; ++number) {
    TextBuffer scratch;
    const std::string_view candidate = function(number, scratch);
    if (candidate == text) {
      return number;
    }
    // A text inside `scratch` was formatted from the number, so it is no name worth suggesting.
    if (candidate.data() < scratch.data || candidate.data() >= scratch.data + sizeof(scratch)) {
      known.emplace_back(candidate);
    }
  }
  std::uint64_t number = 0;
  if (ParseWhole(text, number) && number <= max) {
    return number;
  }
  const std::string hint = DidYouMean(text, known);
  return Error(ErrorCode::kInvalidInput,
               fmt::format("expected a name or a number from 0 to {}, got '{}'{}{}", max, text,
                           hint.empty() ? "" : "; ", hint));
}

Result<wirehound_address> AddressFromText(std::string_view text) {
  wirehound_address address{};
  const std::string copy(text);
  if (inet_pton(AF_INET, copy.c_str(), address.bytes) == 1) {
    address.family = WIREHOUND_FAMILY_IPV4;
  } else if (inet_pton(AF_INET6, copy.c_str(), address.bytes) == 1) {
    address.family = WIREHOUND_FAMILY_IPV6;
  } else if (!text.empty()) {
    return Expected("an IPv4 or IPv6 address", text);
  }
  return address;
}

Result<wirehound_bytes> BytesFromText(std::string_view text, EventMemory& memory) {
  auto* bytes = static_cast<std::uint8_t*>(memory.Allocate(text.size() / 2));
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const char* end = text.data() + i + 2;
    const auto [parsed, error] = std::from_chars(text.data() + i, end, bytes[i / 2], 16);
    if (error != std::errc() || parsed != end) {
      return Expected("pairs of hexadecimal digits", text);
    }
  }
  if (text.size() % 2 != 0) {
    return Expected("pairs of hexadecimal digits", text);
  }
  return wirehound_bytes{bytes, text.size() / 2};
}

Result<std::uint64_t> DurationFromText(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t ns;
  };
  constexpr Unit kUnits[] = {{"ns", 1},
                             {"us", 1'000},
                             {"ms", 1'000'000},
                             {"s", 1'000'000'000},
                             {"m", 60'000'000'000},
                             {"h", 3'600'000'000'000}};
  const std::size_t unit_begin = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, unit_begin);
  const std::size_t dot = std::min(number.find('.'), number.size());
  for (const Unit& unit : kUnits) {
    // Whole part and fraction are read separately: a double cannot hold the nanoseconds since 1970.
    std::uint64_t whole = 0;
    double fraction = 0;
    if (unit.name == text.substr(unit_begin) && ParseWhole(number.substr(0, dot), whole) &&
        (dot == number.size() || ParseWhole("0" + std::string(number.substr(dot)), fraction)) &&
        whole <= kLongestNs / unit.ns) {
      return whole * unit.ns +
             static_cast<std::uint64_t>(std::llround(fraction * static_cast<double>(unit.ns)));
    }
  }
  return Expected("a time with a unit (ns, us, ms, s, m, h), such as 1.5s", text);
}

}  // namespace wirehound
