// SPDX-License-Identifier: Apache-2.0

// DnsNameReader: reads the names of one DNS message (RFC 1035 section 4.1.4) into an arena and
// remembers the latest ones, because most names of an answer are a pointer to one before.
// For the DNS decoder only. Lives as long as the decoding of one message.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/core/byte_reader.h"

namespace wirehound {

/// How the reading of a part of a message ended.
enum class DnsPart : std::uint8_t {
  kOk,
  kShort,      ///< ran out of the bytes it was given
  kMalformed,  ///< contradicts itself, whatever bytes may follow
  kNoRoom,     ///< does not fit the arena
};

/// Bytes of a name on the wire, with its length bytes and the root (RFC 1035 section 2.3.4).
inline constexpr std::size_t kMaxDnsNameBytes = 255;

/// Characters of a name as text. 255 bytes hold at most 250 bytes of labels in at least four of
/// them; each may need four characters (\DDD), and there is a dot between two.
inline constexpr std::size_t kMaxDnsNameText = 4 * 250 + 3;

/// Pointers followed for one name. A name has at most 127 labels, so an honest one needs no more.
inline constexpr int kMaxDnsNameJumps = 127;

class DnsNameReader {
 public:
  /// Reads names of `message`, which starts with the DNS header, into `arena`.
  DnsNameReader(std::span<const std::byte> message, Arena& arena)
      : message_(message), arena_(arena) {}

  /// Reads the name at `reader`, a reader over the same message, and steps behind it. Pointers
  /// must go backwards, each before the labels that led to it, so no name can loop.
  /// kShort: the name itself runs over the reader's end. `out` is set with kOk only; the root is
  /// the empty string.
  DnsPart Read(ByteReader& reader, wirehound_string& out);

 private:
  // A name under construction at the arena's free end, or a finished one.
  struct Name {
    char* text = nullptr;           // null until the first label
    std::uint32_t text_size = 0;    // bytes
    std::uint32_t label_bytes = 0;  // on the wire, the root not counted
  };

  // A name that was read before, by the offset of its first label.
  struct Known {
    std::uint16_t offset;  // 0 in an empty slot: the header is there
    std::uint16_t label_bytes;
    std::uint32_t text_size;
    const char* text;
  };

  // A power of two. Real messages rarely hold more than a few distinct names.
  static constexpr std::size_t kKnownSlots = 16;

  DnsPart ReadLabels(ByteReader& reader, Name& name, std::size_t& target);
  DnsPart AppendLabel(std::span<const std::byte> label, Name& name);
  DnsPart FinishWith(const Known& tail, Name& name, std::size_t first, wirehound_string& out);
  DnsPart Finish(const Name& name, std::size_t first, wirehound_string& out);
  Known& SlotOf(std::size_t offset);

  std::span<const std::byte> message_;
  Arena& arena_;
  std::array<Known, kKnownSlots> known_{};
};

}  // namespace wirehound
