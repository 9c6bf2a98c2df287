// SPDX-License-Identifier: Apache-2.0

// DnsTextWriter: puts the text form of DNS data together at the free end of an arena. Every write
// is checked against the arena's end; what does not fit fails the writer for good, as reads do in
// ByteReader, and nothing is kept. One at a time per arena, and nothing else may be allocated
// between its construction and Finish.
//
// Invariant: begin_ <= next_ <= end_, all in the arena.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wirehound/abi/values.h>

#include "decoders/core/arena.h"

namespace wirehound {

class DnsTextWriter {
 public:
  explicit DnsTextWriter(Arena& arena);

  DnsTextWriter(const DnsTextWriter&) = delete;
  DnsTextWriter& operator=(const DnsTextWriter&) = delete;

  /// Text as it is.
  DnsTextWriter& Append(std::string_view text);
  DnsTextWriter& Append(char character) { return Append(std::string_view(&character, 1)); }
  DnsTextWriter& Text(const wirehound_string& text) { return Append({text.data, text.size}); }

  /// Decimal digits.
  DnsTextWriter& Number(std::uint64_t value);

  /// Lower-case hexadecimal digits.
  DnsTextWriter& Hex(const wirehound_bytes& bytes);

  /// Base 64 with padding (RFC 4648 section 4): keys and signatures.
  DnsTextWriter& Base64(const wirehound_bytes& bytes);

  /// Base 32 with the extended hex alphabet in lower case, without padding (RFC 4648 section 7,
  /// RFC 5155 section 3.3): hashed owner names.
  DnsTextWriter& Base32Hex(const wirehound_bytes& bytes);

  /// A character string in master file form (RFC 1035 section 5.1): `"` and `\` with a backslash,
  /// bytes outside printable ASCII as \DDD. Without quotes around it.
  DnsTextWriter& Escaped(std::string_view text);

  /// The same between quotes.
  DnsTextWriter& Quoted(const wirehound_string& text);

  /// A domain name among other data: the root is ".".
  DnsTextWriter& Name(const wirehound_string& name);

  /// Mnemonics of record types with blanks between: what NSEC lists.
  DnsTextWriter& Types(const wirehound_list& types);

  /// The moment `seconds` after the Unix epoch, UTC: YYYYMMDDHHmmSS (RFC 4034 section 3.2).
  DnsTextWriter& Time(std::uint32_t seconds);

  bool empty() const { return next_ == begin_; }

  /// Keeps what was written, which then lives as long as the arena. False when it did not fit:
  /// then `out` is empty and the arena counts as exhausted.
  bool Finish(wirehound_string& out);

 private:
  // Room for `size` more characters, or null after failing.
  char* Take(std::size_t size);
  DnsTextWriter& DigitGroups(const wirehound_bytes& bytes, std::size_t bits_per_digit,
                             std::string_view digits);

  Arena& arena_;
  char* begin_;
  char* next_;
  char* end_;
  bool ok_ = true;
};

}  // namespace wirehound
