// SPDX-License-Identifier: Apache-2.0

// BlockWriter: pcapng blocks appended to a text, in this machine's byte order, which the section
// header states. A block is complete after End. Dispatch thread.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/recording/recording_format.h"

namespace wirehound {

class BlockWriter {
 public:
  BlockWriter(std::string& out, std::uint32_t type) : out_(out), start_(out.size()) {
    U32(type).U32(0);
  }

  BlockWriter& U16(std::uint16_t value) { return Number(value); }
  BlockWriter& U32(std::uint32_t value) { return Number(value); }
  BlockWriter& U64(std::uint64_t value) { return Number(value); }
  /// A time, as blocks have it: its upper half first.
  BlockWriter& Time(std::uint64_t value) {
    return U32(static_cast<std::uint32_t>(value >> 32)).U32(static_cast<std::uint32_t>(value));
  }
  /// Bytes, padded to a multiple of four.
  BlockWriter& Padded(std::string_view bytes) {
    out_.append(bytes);
    out_.append((kAlignment - bytes.size() % kAlignment) % kAlignment, '\0');
    return *this;
  }
  BlockWriter& Option(std::uint16_t code, std::string_view value) {
    return U16(code).U16(static_cast<std::uint16_t>(value.size())).Padded(value);
  }
  BlockWriter& OptionU32(std::uint16_t code, std::uint32_t value) {
    return U16(code).U16(sizeof(value)).U32(value);
  }
  BlockWriter& OptionU64(std::uint16_t code, std::uint64_t value) {
    return U16(code).U16(sizeof(value)).U64(value);
  }
  /// A comment; in several, the later ones marked as continued, when it is too long for one.
  BlockWriter& Comment(std::string_view text) {
    std::size_t take = Cut(text, kMaxCommentBytes);
    Option(pcapng::kComment, text.substr(0, take));
    for (text.remove_prefix(take); !text.empty(); text.remove_prefix(take)) {
      take = Cut(text, kMaxCommentBytes - kRecordingContinued.size());
      const std::size_t size = kRecordingContinued.size() + take;
      U16(pcapng::kComment).U16(static_cast<std::uint16_t>(size));
      out_.append(kRecordingContinued);
      out_.append(text.substr(0, take));
      out_.append((kAlignment - size % kAlignment) % kAlignment, '\0');
    }
    return *this;
  }

  /// Ends the options when there are any, and the block.
  void End() {
    if (out_.size() > options_from_ && options_from_ != 0) {
      U32(pcapng::kEndOfOptions);
    }
    const auto length = static_cast<std::uint32_t>(out_.size() - start_ + sizeof(std::uint32_t));
    std::memcpy(out_.data() + start_ + sizeof(std::uint32_t), &length, sizeof(length));
    U32(length);
  }
  /// Starts the options of the block.
  BlockWriter& Options() {
    options_from_ = out_.size();
    return *this;
  }

 private:
  static constexpr std::size_t kAlignment = 4;

  // As much of a text as fits without cutting a UTF-8 sequence in two.
  static std::size_t Cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) {
      return text.size();
    }
    std::size_t size = most;
    while (size > most - 4 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
      --size;
    }
    return size;
  }

  template <typename Value>
  BlockWriter& Number(Value value) {
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    out_.append(bytes, sizeof(value));
    return *this;
  }

  std::string& out_;
  std::size_t start_;
  std::size_t options_from_ = 0;
};

}  // namespace wirehound
