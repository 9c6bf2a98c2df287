// SPDX-License-Identifier: Apache-2.0

// HpackDecoder: header compression of HTTP/2 (RFC 7541) for one direction of a connection, over
// the inflater of libnghttp2. A header block may come in pieces of any size; nothing is gathered.
// What a field means is not its business. One thread; borrows the memory it counts against.
//
// The dynamic table follows the size updates inside the header blocks and nothing else. An encoder
// must announce each change there before it uses it (RFC 7541 section 4.2), while SETTINGS of the
// other direction take effect at a moment that an observer cannot know.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/bounded_memory.h"

namespace wirehound {

/// The largest dynamic table that is followed, as RFC 7541 section 4.1 counts its size; browsers
/// and proxies use no more. Policy: a size update beyond it is an error in the block.
inline constexpr std::size_t kMaxHpackTableBytes = std::size_t{64} * 1024;

/// A decoded field. Valid until the next call of the decoder.
struct HpackField {
  std::string_view name;
  std::string_view value;
};

enum class HpackResult : std::uint8_t {
  kField,     ///< a field was decoded; more may follow from the same piece
  kMore,      ///< the piece is used up, the block is not
  kBlockEnd,  ///< the block has ended well; the next call begins a new one
  kCorrupt,   ///< no valid block, or a name or value above 64 KiB: nothing can be decoded any more
  kNoMemory,  ///< the memory is at its cap: likewise
};

class HpackDecoder {
 public:
  /// Allocates nothing before the first call of Decode.
  explicit HpackDecoder(BoundedMemory& memory) : memory_(&memory) {}

  /// Takes bytes off the front of `piece` up to the end of the next field. Call it again with the
  /// rest until it returns something other than kField. `block_ends` says that the block ends with
  /// this piece, which may then be empty.
  HpackResult Decode(std::span<const std::byte>& piece, bool block_ends, HpackField& field);

  /// Gives all memory back. Nothing can be decoded afterwards.
  void Close();

 private:
  struct Inflater;
  struct InflaterDeleter {
    void operator()(Inflater* inflater) const;
  };

  bool Open();

  BoundedMemory* memory_;
  bool closed_ = false;
  std::unique_ptr<Inflater, InflaterDeleter> inflater_;
};

}  // namespace wirehound
