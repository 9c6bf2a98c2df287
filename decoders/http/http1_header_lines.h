// SPDX-License-Identifier: Apache-2.0

// The lines of an HTTP/1.x head: finding its end in bytes that come piece by piece, and going
// through its lines once it is there. Knows nothing of fields. Pure; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirehound {

/// Where the search for the end of a head stands. What was looked at is not looked at again.
enum class Http1HeadScan : std::uint8_t {
  kInLine,
  kLineStart,    ///< behind an LF
  kLineStartCr,  ///< behind an LF and a CR
};

/// Goes on searching in `bytes`, which follow what was given before. The size of what belongs to
/// the head, with its empty line; or npos and the new state. A head starts with kInLine. Lines end
/// with LF, whether CR is before it or not.
std::size_t FindHttp1HeadEnd(std::string_view bytes, Http1HeadScan& state);

/// A line without its end.
struct Http1Line {
  std::string_view text;
  std::size_t offset = 0;  ///< of its first byte in the head
  bool ended = false;      ///< false at the end of a head that was cut inside the line
  bool bare_lf = false;    ///< ended by LF alone
  bool bare_cr = false;    ///< a CR is inside
};

class Http1LineReader {
 public:
  explicit Http1LineReader(std::string_view head) : head_(head) {}

  /// The next line. Behind the last one: an empty line that has not ended.
  Http1Line Next();
  /// Whether the next line starts with a blank: it continues the one before (RFC 9112 section 5.2).
  bool ContinuesNext() const {
    return position_ < head_.size() && (head_[position_] == ' ' || head_[position_] == '\t');
  }
  /// Bytes behind the last line.
  std::size_t remaining() const { return head_.size() - position_; }

 private:
  std::string_view head_;
  std::size_t position_ = 0;
};

/// Takes blanks and tabs off both ends.
std::string_view TrimHttpValue(std::string_view text);

}  // namespace wirehound
