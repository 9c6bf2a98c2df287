// SPDX-License-Identifier: Apache-2.0

// Strings are copied eight bytes at a time as long as none of the bytes needs an escape, which is
// nearly always. The test is plain 64-bit arithmetic, so it works on every machine.

#include "engine/outputs/json_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <iterator>

#include "engine/text/utf8_text.h"

namespace wirehound {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

constexpr std::uint64_t EachByte(std::uint64_t byte) { return byte * 0x0101010101010101; }

// The top bit of each byte that a JSON string cannot have as it is: control characters, DEL,
// quotes, backslashes and what is not ASCII. Bytes behind the first such one may be marked wrongly,
// as borrows and carries of the marked ones run into them.
std::uint64_t MarkSpecial(std::uint64_t bytes) {
  const std::uint64_t control = bytes - EachByte(0x20);
  const std::uint64_t quote = (bytes ^ EachByte('"')) - EachByte(1);
  const std::uint64_t backslash = (bytes ^ EachByte('\\')) - EachByte(1);
  const std::uint64_t del = bytes + EachByte(1);
  return (bytes | control | quote | backslash | del) & EachByte(0x80);
}

// Eight bytes as a number whose lowest byte is the first, and back.
std::uint64_t LittleEndian(std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::big) {
    return __builtin_bswap64(value);
  }
  return value;
}

std::uint64_t Load(const char* from) {
  std::uint64_t bytes;
  std::memcpy(&bytes, from, sizeof(bytes));
  return LittleEndian(bytes);
}

void Store(char* to, std::uint64_t value) {
  value = LittleEndian(value);
  std::memcpy(to, &value, sizeof(value));
}

// The first `size` bytes, one to seven, with blanks behind them. Two halves may overlap.
std::uint64_t LoadShort(const char* from, std::size_t size) {
  char bytes[8] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
  if (size >= 4) {
    std::memcpy(bytes + size - 4, from + size - 4, 4);
    std::memcpy(bytes, from, 4);
  } else {
    if (size >= 2) {
      std::memcpy(bytes, from, 2);
    }
    bytes[size - 1] = from[size - 1];
  }
  return Load(bytes);
}

char* WriteUnicodeEscape(char* out, unsigned char byte) {
  out = WriteLiteral(out, "\\u00");
  *out++ = kHexDigits[byte >> 4];
  *out++ = kHexDigits[byte & 0xf];
  return out;
}

char* WriteEscape(char* out, unsigned char byte) {
  switch (byte) {
    case '"':
      return WriteLiteral(out, "\\\"");
    case '\\':
      return WriteLiteral(out, "\\\\");
    case '\n':
      return WriteLiteral(out, "\\n");
    case '\r':
      return WriteLiteral(out, "\\r");
    case '\t':
      return WriteLiteral(out, "\\t");
    default:
      return WriteUnicodeEscape(out, byte);
  }
}

// Writes the special character at the start of `text`, which it takes away.
char* WriteSpecial(char* out, std::string_view& text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  const std::size_t utf8 = byte < 0x80 ? 0 : Utf8Length(text);
  if (byte < 0x80) {
    out = WriteEscape(out, byte);
  } else if (utf8 == 0) {
    out = WriteLiteral(out, "\\ufffd");
  } else if (IsControl(text)) {
    out = WriteUnicodeEscape(out, static_cast<unsigned char>(text[1]));
  } else {
    out = WriteLiteral(out, text.substr(0, utf8));
  }
  text.remove_prefix(utf8 == 0 ? 1 : utf8);
  return out;
}

// Two digits at once: "00" to "99".
constexpr std::array<char, 200> MakeDigitPairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> kDigitPairs = MakeDigitPairs();

template <typename T>
char* WriteNumber(char* out, T value) {
  return std::to_chars(out, out + kJsonNumberBytes, value).ptr;
}

}  // namespace

char* WriteLongUnsigned(char* out, std::uint64_t value) {
  char digits[20];
  char* first = std::end(digits);
  while (value >= 100) {
    first -= 2;
    std::memcpy(first, &kDigitPairs[2 * (value % 100)], 2);
    value /= 100;
  }
  out = WriteUnsigned(out, value);
  const auto rest = static_cast<std::size_t>(std::end(digits) - first);
  std::memcpy(out, first, rest);
  return out + rest;
}

char* WriteSigned(char* out, std::int64_t value) {
  if (value >= 0) {
    return WriteUnsigned(out, static_cast<std::uint64_t>(value));
  }
  *out++ = '-';
  return WriteUnsigned(out, std::uint64_t{0} - static_cast<std::uint64_t>(value));
}

char* WriteDouble(char* out, double value) {
  return std::isfinite(value) ? WriteNumber(out, value) : WriteLiteral(out, "null");
}

char* WriteString(char* out, std::string_view text) {
  *out++ = '"';
  while (!text.empty()) {
    const std::uint64_t bytes =
        text.size() >= 8 ? Load(text.data()) : LoadShort(text.data(), text.size());
    Store(out, bytes);
    const std::uint64_t special = MarkSpecial(bytes);
    const auto plain = special != 0 ? static_cast<std::size_t>(std::countr_zero(special)) / 8
                                    : std::min<std::size_t>(text.size(), 8);
    out += plain;
    text.remove_prefix(plain);
    if (special != 0) {
      out = WriteSpecial(out, text);
    }
  }
  *out++ = '"';
  return out;
}

char* WriteHex(JsonBuffer& buffer, char* out, const wirehound_bytes& bytes) {
  out = buffer.Room(out, 2 * bytes.size + 2);
  *out++ = '"';
  for (std::uint64_t i = 0; i < bytes.size; ++i) {
    *out++ = kHexDigits[bytes.data[i] >> 4];
    *out++ = kHexDigits[bytes.data[i] & 0xf];
  }
  *out++ = '"';
  return out;
}

}  // namespace wirehound
