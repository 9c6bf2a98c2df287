// SPDX-License-Identifier: Apache-2.0

// Address formatting. Writers take where to write and return where they stopped.

#include "decoders/address_text.h"

#include <cstdint>

namespace wirehound {
namespace {

constexpr int kGroups = 8;

struct Run {
  int start = -1;
  int length = 0;
};

char* WriteByte(std::uint8_t value, char* out) {
  if (value >= 100) {
    *out++ = static_cast<char>('0' + value / 100);
  }
  if (value >= 10) {
    *out++ = static_cast<char>('0' + value / 10 % 10);
  }
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

char* WriteDotted(const std::uint8_t* bytes, char* out) {
  out = WriteByte(bytes[0], out);
  for (int i = 1; i < 4; ++i) {
    *out++ = '.';
    out = WriteByte(bytes[i], out);
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

std::string_view FormatAddress(const wirehound_address& address,
                               char (&buffer)[kAddressTextBytes]) {
  char* end = buffer;
  if (address.family == WIREHOUND_FAMILY_IPV4) {
    end = WriteDotted(address.bytes, buffer);
  } else if (address.family == WIREHOUND_FAMILY_IPV6) {
    end = WriteIpv6(address.bytes, buffer);
  }
  return {buffer, static_cast<std::size_t>(end - buffer)};
}

}  // namespace wirehound
