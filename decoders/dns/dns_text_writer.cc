// SPDX-License-Identifier: Apache-2.0

#include "decoders/dns/dns_text_writer.h"

#include <charconv>
#include <chrono>
#include <cstring>
#include <iterator>

#include "decoders/core/protocol_text.h"

namespace wirehound {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase32Digits = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr bool IsPrintable(unsigned char byte) { return byte >= 0x20 && byte <= 0x7e; }

// Writes `value` with leading zeros to `out` and returns its end.
char* PutPadded(char* out, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + digits;
}

}  // namespace

DnsTextWriter::DnsTextWriter(Arena& arena) : arena_(arena) {
  const std::size_t room = arena.capacity() - arena.used();
  begin_ = arena.Reserve(room);
  next_ = begin_;
  end_ = begin_ + room;
}

char* DnsTextWriter::Take(std::size_t size) {
  if (!ok_ || size > static_cast<std::size_t>(end_ - next_)) {
    ok_ = false;
    return nullptr;
  }
  char* start = next_;
  next_ += size;
  return start;
}

DnsTextWriter& DnsTextWriter::Append(std::string_view text) {
  char* out = Take(text.size());
  if (out != nullptr && !text.empty()) {
    std::memcpy(out, text.data(), text.size());
  }
  return *this;
}

DnsTextWriter& DnsTextWriter::Number(std::uint64_t value) {
  char digits[20];
  const char* end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  return Append({digits, static_cast<std::size_t>(end - digits)});
}

DnsTextWriter& DnsTextWriter::Hex(const wirehound_bytes& bytes) {
  char* out = Take(2 * bytes.size);
  if (out == nullptr) {
    return *this;
  }
  for (std::size_t i = 0; i < bytes.size; ++i) {
    *out++ = kHexDigits[bytes.data[i] >> 4];
    *out++ = kHexDigits[bytes.data[i] & 0xf];
  }
  return *this;
}

// Digits of less than a byte each, most significant bits first; the last one is filled with zeros.
DnsTextWriter& DnsTextWriter::DigitGroups(const wirehound_bytes& bytes, std::size_t bits_per_digit,
                                          std::string_view digits) {
  char* out = Take((bytes.size * 8 + bits_per_digit - 1) / bits_per_digit);
  if (out == nullptr) {
    return *this;
  }
  const unsigned mask = (1u << bits_per_digit) - 1;
  unsigned pending = 0;  // its low pending_bits are not written yet
  std::size_t pending_bits = 0;
  for (std::size_t i = 0; i < bytes.size; ++i) {
    pending = (pending & mask) << 8 | bytes.data[i];
    pending_bits += 8;
    while (pending_bits >= bits_per_digit) {
      pending_bits -= bits_per_digit;
      *out++ = digits[pending >> pending_bits & mask];
    }
  }
  if (pending_bits > 0) {
    *out = digits[pending << (bits_per_digit - pending_bits) & mask];
  }
  return *this;
}

DnsTextWriter& DnsTextWriter::Base64(const wirehound_bytes& bytes) {
  DigitGroups(bytes, 6, kBase64Digits);
  constexpr std::string_view kPadding[] = {"", "==", "="};
  return Append(kPadding[bytes.size % 3]);
}

DnsTextWriter& DnsTextWriter::Base32Hex(const wirehound_bytes& bytes) {
  return DigitGroups(bytes, 5, kBase32Digits);
}

DnsTextWriter& DnsTextWriter::Escaped(std::string_view text) {
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte == '"' || byte == '\\') {
      Append('\\').Append(character);
    } else if (IsPrintable(byte)) {
      Append(character);
    } else {
      char escape[4] = {'\\'};
      PutPadded(escape + 1, byte, 3);
      Append({escape, sizeof(escape)});
    }
  }
  return *this;
}

DnsTextWriter& DnsTextWriter::Quoted(const wirehound_string& text) {
  return Append('"').Escaped({text.data, text.size}).Append('"');
}

DnsTextWriter& DnsTextWriter::Name(const wirehound_string& name) {
  return name.size == 0 ? Append('.') : Text(name);
}

DnsTextWriter& DnsTextWriter::Types(const wirehound_list& types) {
  const auto* type = static_cast<const char*>(types.data);
  for (std::uint32_t i = 0; i < types.count; ++i, type += types.stride) {
    std::uint16_t number = 0;
    std::memcpy(&number, type, sizeof(number));
    TextBuffer scratch;
    Append(i == 0 ? "" : " ").Append(DnsTypeText(number, scratch));
  }
  return *this;
}

DnsTextWriter& DnsTextWriter::Time(std::uint32_t seconds) {
  const std::chrono::sys_seconds moment{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{moment - day};
  char digits[14];
  char* out = PutPadded(digits, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out = PutPadded(out, static_cast<unsigned>(date.month()), 2);
  out = PutPadded(out, static_cast<unsigned>(date.day()), 2);
  out = PutPadded(out, static_cast<unsigned>(time.hours().count()), 2);
  out = PutPadded(out, static_cast<unsigned>(time.minutes().count()), 2);
  PutPadded(out, static_cast<unsigned>(time.seconds().count()), 2);
  return Append({digits, sizeof(digits)});
}

bool DnsTextWriter::Finish(wirehound_string& out) {
  if (!ok_) {
    out = {};
    arena_.Reserve(static_cast<std::size_t>(end_ - begin_) + 1);  // tells that it did not fit
    return false;
  }
  const auto size = static_cast<std::size_t>(next_ - begin_);
  arena_.Commit(size);
  out = {begin_, size};
  return true;
}

}  // namespace wirehound
