// SPDX-License-Identifier: Apache-2.0

// PartialDatagram: the fragments of one datagram that have come so far, as pieces that do not
// overlap, sorted by where they begin. RFC 815 keeps the holes between them instead. It knows no
// keys, time or policy: the fragment table decides, this class stores. One thread.
//
// Invariant: pieces are sorted and disjoint, and received_bytes() is the sum of their sizes.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/pool.h"
#include "decoders/core/captured_bytes.h"
#include "decoders/ip/ip_payload.h"

namespace wirehound {

/// The unit of memory in which fragments wait. A little larger than a fragment on Ethernet, so that
/// a small datagram costs less than a large one.
inline constexpr std::size_t kFragmentChunkBytes = 2048;
struct FragmentChunk {
  std::byte data[kFragmentChunkBytes];
};
using FragmentChunks = Pool<FragmentChunk>;

/// Pieces kept of one datagram. A datagram of 64 KiB has 45 on Ethernet, and 121 on links of 576
/// bytes, the smallest that IPv4 hosts must take whole.
inline constexpr std::size_t kMaxFragmentPieces = 256;

/// A run of bytes of the datagram. Not initialised, so that arrays of it cost nothing unused.
struct FragmentPiece {
  std::uint16_t begin;
  std::uint16_t end;           ///< behind the last byte on the wire
  std::uint16_t captured_end;  ///< behind the last byte captured, <= end
};

/// How new bytes overlap those that came before.
struct FragmentOverlap {
  std::size_t overlapped_bytes = 0;
  std::size_t gaps = 0;   ///< runs of new bytes: pieces that Store would add
  bool differs = false;   ///< bytes that were captured both times differ
  bool is_piece = false;  ///< begins and ends where an earlier piece does
};

class PartialDatagram {
 public:
  /// Where a datagram keeps its pieces: room for kMaxFragmentPieces, borrowed for good.
  explicit PartialDatagram(FragmentPiece* pieces) : pieces_(pieces) { chunks_.fill(nullptr); }

  /// Compares the bytes at `begin` with what is there. `begin` + wire_size <= kMaxDatagramBytes.
  FragmentOverlap Compare(std::size_t begin, CapturedBytes bytes) const;

  /// How many chunks Store would take for these bytes at most.
  std::size_t ChunksNeeded(std::size_t begin, CapturedBytes bytes) const;

  /// Keeps those of the bytes that are new; the first copy of a byte counts. ChunksNeeded chunks
  /// must be available, and pieces() + gaps of Compare not above kMaxFragmentPieces.
  void Store(std::size_t begin, CapturedBytes bytes, FragmentChunks& chunks);

  /// Copies what was captured without a hole, from the start on, to `out` (kMaxDatagramBytes).
  CapturedBytes Assemble(std::byte* out) const;

  /// Drops everything and returns the chunks.
  void Clear(FragmentChunks& chunks);

  /// The datagram's last fragment ended here.
  void set_total_bytes(std::size_t total) { total_bytes_ = total; }
  /// 0 until the last fragment has come.
  std::size_t total_bytes() const { return total_bytes_; }

  bool complete() const { return total_bytes_ != 0 && received_bytes_ == total_bytes_; }
  std::size_t received_bytes() const { return received_bytes_; }
  std::size_t pieces() const { return piece_count_; }
  std::size_t end() const { return piece_count_ == 0 ? 0 : pieces_[piece_count_ - 1].end; }

 private:
  static constexpr std::size_t kChunks = kMaxDatagramBytes / kFragmentChunkBytes + 1;

  std::size_t FirstEndingBehind(std::size_t position) const;
  void InsertPiece(std::size_t index, FragmentPiece piece);
  void CopyIn(std::size_t begin, std::span<const std::byte> bytes, FragmentChunks& chunks);
  bool Equals(std::size_t begin, std::span<const std::byte> bytes) const;

  FragmentPiece* pieces_;
  std::size_t piece_count_ = 0;
  std::size_t received_bytes_ = 0;
  std::size_t total_bytes_ = 0;
  std::array<FragmentChunk*, kChunks> chunks_;  // by position / kFragmentChunkBytes
};

}  // namespace wirehound
