// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "engine/utf8_text.h"

namespace wirehound {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// What a byte means inside a JSON string.
enum class ByteClass : std::uint8_t { kPlain, kEscape, kNotAscii };

constexpr std::array<ByteClass, 256> MakeByteClasses() {
  std::array<ByteClass, 256> classes{};
  for (std::size_t byte = 0; byte < classes.size(); ++byte) {
    classes[byte] = byte >= 0x80 ? ByteClass::kNotAscii
                    : byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f
                        ? ByteClass::kEscape
                        : ByteClass::kPlain;
  }
  return classes;
}
constexpr std::array<ByteClass, 256> kByteClasses = MakeByteClasses();

void AppendEscape(std::string& out, unsigned char byte) {
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 0xf];
  }
}

template <typename T>
void AppendNumber(std::string& out, T value) {
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, result.ptr);
}

}  // namespace

void AppendUnsigned(std::string& out, std::uint64_t value) { AppendNumber(out, value); }

void AppendSigned(std::string& out, std::int64_t value) { AppendNumber(out, value); }

void AppendDouble(std::string& out, double value) {
  if (std::isfinite(value)) {
    AppendNumber(out, value);
  } else {
    out += "null";
  }
}

void AppendString(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain_from = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (kByteClasses[byte] == ByteClass::kPlain) {
      ++i;
      continue;
    }
    const std::size_t utf8 = byte < 0x80 ? 0 : Utf8Length(text.substr(i));
    const bool is_control = utf8 != 0 && IsControl(text.substr(i));
    if (utf8 != 0 && !is_control) {
      i += utf8;
      continue;
    }
    out.append(text, plain_from, i - plain_from);
    if (byte < 0x80) {
      AppendEscape(out, byte);
    } else if (is_control) {
      AppendEscape(out, static_cast<unsigned char>(text[++i]));
    } else {
      out += "\\ufffd";
    }
    plain_from = ++i;
  }
  out.append(text, plain_from, text.size() - plain_from);
  out += '"';
}

void AppendHex(std::string& out, const std::uint8_t* data, std::uint64_t size) {
  out += '"';
  for (std::uint64_t i = 0; i < size; ++i) {
    out += kHexDigits[data[i] >> 4];
    out += kHexDigits[data[i] & 0xf];
  }
  out += '"';
}

}  // namespace wirehound
