// SPDX-License-Identifier: Apache-2.0

// Address formatting. Writers take where to write and return where they stopped.

#include "decoders/core/address_text.h"

#include <cstdint>

#include "decoders/core/short_numbers.h"

namespace wirehound {
namespace {

constexpr int kGroups = 8;

struct Run {
  int start = -1;
  int length = 0;
};

char* WriteDotted(const std::uint8_t* bytes, char* out) {
  out = WriteShortNumber(out, bytes[0]);
  for (int i = 1; i < 4; ++i) {
    *out++ = '.';
    out = WriteShortNumber(out, bytes[i]);
  }
  return out;
}

char* WriteGroup(unsigned group, char* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  int shift = 12;
  while (shift > 0 && (group >> shift) == 0) {
    shift -= 4;
  }
  for (; shift >= 0; shift -= 4) {
    *out++ = kDigits[(group >> shift) & 0xf];
  }
  return out;
}

// The first of the longest runs of zero groups; a single group is not worth shortening
// (RFC 5952 section 4.2.2).
Run LongestZeroRun(const unsigned (&groups)[kGroups]) {
  Run best;
  for (int start = 0; start < kGroups; ++start) {
    int end = start;
    while (end < kGroups && groups[end] == 0) {
      ++end;
    }
    if (end - start > best.length) {
      best = {start, end - start};
    }
    start = end;
  }
  return best.length >= 2 ? best : Run{};
}

// ::a.b.c.d (RFC 4291 section 2.5.5.1) and ::ffff:a.b.c.d (2.5.5.2).
bool EndsDotted(const unsigned (&groups)[kGroups], const Run& zeros) {
  return zeros.start == 0 && (zeros.length == 6 || (zeros.length == 5 && groups[5] == 0xffff));
}

char* WriteIpv6(const std::uint8_t (&bytes)[16], char* out) {
  unsigned groups[kGroups];
  for (int i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  }
  const Run zeros = LongestZeroRun(groups);
  const bool dotted = EndsDotted(groups, zeros);
  const int last = dotted ? kGroups - 2 : kGroups;
  for (int i = 0; i < last;) {
    if (i == zeros.start) {
      *out++ = ':';
      *out++ = ':';
      i += zeros.length;
      continue;
    }
    if (i != 0 && i != zeros.start + zeros.length) {
      *out++ = ':';
    }
    out = WriteGroup(groups[i], out);
    ++i;
  }
  if (!dotted) {
    return out;
  }
  if (zeros.length == 5) {
    *out++ = ':';
  }
  return WriteDotted(bytes + 12, out);
}

}  // namespace

char* WriteAddress(const wirehound_address& address, char* out) {
  switch (address.family) {
    case WIREHOUND_FAMILY_IPV4:
      return WriteDotted(address.bytes, out);
    case WIREHOUND_FAMILY_IPV6:
      return WriteIpv6(address.bytes, out);
    default:
      return out;
  }
}

}  // namespace wirehound
