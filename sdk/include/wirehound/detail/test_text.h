// SPDX-License-Identifier: Apache-2.0

// Test values, and texts to compare them by: a part of testing.h. Standard library only.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include <wirehound/abi/values.h>
#include <wirehound/namespace.h>
#include <wirehound/views.h>

WIREHOUND_NAMESPACE_BEGIN

/// 192.0.2.1 as TestIpv4(192, 0, 2, 1).
inline wirehound_address TestIpv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {{a, b, c, d}, WIREHOUND_FAMILY_IPV4, {}};
}

inline wirehound_address TestIpv6(const std::array<std::uint8_t, 16>& bytes) {
  wirehound_address address{};
  std::memcpy(address.bytes, bytes.data(), bytes.size());
  address.family = WIREHOUND_FAMILY_IPV6;
  return address;
}

/// The text that tests compare a value by: numbers in decimal, true and false, bytes in
/// hexadecimal, lists with commas, IPv6 addresses as eight groups.
inline std::string TestText(std::uint32_t type, const wirehound_value& value) {
  const auto hex = [](const std::uint8_t* bytes, std::size_t size, std::size_t group) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
      char digits[3];
      std::snprintf(digits, sizeof(digits), "%02x", static_cast<unsigned>(bytes[i]));
      text += group != 0 && i != 0 && i % group == 0 ? ":" : "";
      text += digits;
    }
    return text;
  };
  switch (type) {
    case WIREHOUND_TYPE_BOOL:
      return value.unsigned_integer != 0 ? "true" : "false";
    case WIREHOUND_TYPE_INT32:
    case WIREHOUND_TYPE_INT64:
      return std::to_string(value.signed_integer);
    case WIREHOUND_TYPE_UINT16:
    case WIREHOUND_TYPE_UINT32:
    case WIREHOUND_TYPE_UINT64:
      return std::to_string(value.unsigned_integer);
    case WIREHOUND_TYPE_DOUBLE: {
      char text[32];
      std::snprintf(text, sizeof(text), "%g", value.real);
      return text;
    }
    case WIREHOUND_TYPE_STRING:
      return std::string(ToView(value.text));
    case WIREHOUND_TYPE_BYTES:
      return hex(value.bytes.data, value.bytes.size, 0);
    case WIREHOUND_TYPE_ADDRESS: {
      const auto& address = *static_cast<const wirehound_address*>(value.message);
      if (address.family == WIREHOUND_FAMILY_IPV6) {
        return hex(address.bytes, sizeof(address.bytes), 2);
      }
      std::string text;
      for (int i = 0; address.family == WIREHOUND_FAMILY_IPV4 && i < 4; ++i) {
        text += (i == 0 ? "" : ".") + std::to_string(address.bytes[i]);
      }
      return text;
    }
    case WIREHOUND_TYPE_STRING_LIST: {
      std::string text;
      for (const std::string_view element : TextList(value.list)) {
        text += text.empty() ? "" : ",";
        text += element;
      }
      return text;
    }
    default:
      return "(a message)";
  }
}

WIREHOUND_NAMESPACE_END
