// SPDX-License-Identifier: Apache-2.0

// Reads single values from text: numbers, names of numbers as users see them, addresses, bytes as
// hexadecimal digits. The errors say what was expected. Pure; any thread.

#pragma once

#include <cstdint>
#include <string_view>

#include <wirehound/abi/values.h>
#include <wirehound/result.h>

#include "decoders/core/protocol_text.h"
#include "engine/testing/event_memory.h"

namespace wirehound {

/// A decimal number from 0 to `max`.
Result<std::uint64_t> UnsignedFromText(std::string_view text, std::uint64_t max);
/// A decimal number from `min` to `max`.
Result<std::int64_t> SignedFromText(std::string_view text, std::int64_t min, std::int64_t max);
Result<double> DoubleFromText(std::string_view text);
/// Reads true, false, 1 or 0.
Result<bool> BoolFromText(std::string_view text);

/// The number up to `max` for which `function` gives `text`; the lowest if there are several.
/// Accepts a decimal number as well.
Result<std::uint64_t> NumberFromText(NumberText function, std::string_view text, std::uint64_t max);

/// An IPv4 or IPv6 address. The empty text gives an address without a family.
Result<wirehound_address> AddressFromText(std::string_view text);

/// Pairs of hexadecimal digits, in either case.
Result<wirehound_bytes> BytesFromText(std::string_view text, EventMemory& memory);

/// Time with a unit: 10s, 1.5s, 200ms, 5us, 7ns, 2m, 1h. In nanoseconds.
Result<std::uint64_t> DurationFromText(std::string_view text);

}  // namespace wirehound
