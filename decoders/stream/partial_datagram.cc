// SPDX-License-Identifier: Apache-2.0

// Pieces are in a sorted array, bytes in chunks by their position in the datagram.

#include "decoders/stream/partial_datagram.h"

#include <algorithm>
#include <cstring>

namespace wirehound {
namespace {

static_assert(kMaxDatagramBytes <= 0xffff, "pieces count in 16 bits");

// Calls run(chunk index, offset in the chunk, offset in the run, size) for each chunk's part of
// `size` bytes at `begin`, until one says false. Whether none did.
template <typename Run>
bool ForEachChunk(std::size_t begin, std::size_t size, Run run) {
  for (std::size_t done = 0; done < size;) {
    const std::size_t offset = (begin + done) % kFragmentChunkBytes;
    const std::size_t part = std::min(size - done, kFragmentChunkBytes - offset);
    if (!run((begin + done) / kFragmentChunkBytes, offset, done, part)) {
      return false;
    }
    done += part;
  }
  return true;
}

}  // namespace

std::size_t PartialDatagram::FirstEndingBehind(std::size_t position) const {
  if (end() <= position) {
    return piece_count_;  // the usual case: fragments in order
  }
  const FragmentPiece* found =
      std::upper_bound(pieces_, pieces_ + piece_count_, position,
                       [](std::size_t at, const FragmentPiece& piece) { return at < piece.end; });
  return static_cast<std::size_t>(found - pieces_);
}

FragmentOverlap PartialDatagram::Compare(std::size_t begin, CapturedBytes bytes) const {
  const std::size_t end = begin + bytes.wire_size;
  FragmentOverlap overlap;
  std::size_t position = begin;
  for (std::size_t i = FirstEndingBehind(begin); i < piece_count_ && pieces_[i].begin < end; ++i) {
    const FragmentPiece& piece = pieces_[i];
    const std::size_t from = std::max<std::size_t>(begin, piece.begin);
    const std::size_t to = std::min<std::size_t>(end, piece.end);
    const std::size_t known =
        std::min({to, std::size_t{piece.captured_end}, begin + bytes.bytes.size()});
    overlap.overlapped_bytes += to - from;
    overlap.gaps += from > position ? 1 : 0;
    overlap.is_piece = overlap.is_piece || (piece.begin == begin && piece.end == end);
    overlap.differs =
        overlap.differs ||
        (known > from && !Equals(from, bytes.bytes.subspan(from - begin, known - from)));
    position = to;
  }
  overlap.gaps += position < end ? 1 : 0;
  return overlap;
}

std::size_t PartialDatagram::ChunksNeeded(std::size_t begin, CapturedBytes bytes) const {
  std::size_t needed = 0;
  ForEachChunk(begin, bytes.bytes.size(),
               [this, &needed](std::size_t index, std::size_t, std::size_t, std::size_t) {
                 needed += chunks_[index] == nullptr ? 1 : 0;
                 return true;
               });
  return needed;
}

void PartialDatagram::Store(std::size_t begin, CapturedBytes bytes, FragmentChunks& chunks) {
  const std::size_t end = begin + bytes.wire_size;
  const std::size_t captured_end = begin + bytes.bytes.size();
  std::size_t index = FirstEndingBehind(begin);
  for (std::size_t position = begin; position < end; ++index) {
    if (index < piece_count_ && pieces_[index].begin <= position) {
      position = pieces_[index].end;
      continue;
    }
    const std::size_t gap_end =
        index < piece_count_ ? std::min<std::size_t>(end, pieces_[index].begin) : end;
    const std::size_t known = std::clamp(captured_end, position, gap_end);
    InsertPiece(index, {static_cast<std::uint16_t>(position), static_cast<std::uint16_t>(gap_end),
                        static_cast<std::uint16_t>(known)});
    CopyIn(position,
           bytes.bytes.subspan(std::min(position - begin, bytes.bytes.size()), known - position),
           chunks);
    position = gap_end;
  }
}

void PartialDatagram::InsertPiece(std::size_t index, FragmentPiece piece) {
  std::copy_backward(pieces_ + index, pieces_ + piece_count_, pieces_ + piece_count_ + 1);
  pieces_[index] = piece;
  ++piece_count_;
  received_bytes_ += std::size_t{piece.end} - piece.begin;
}

void PartialDatagram::CopyIn(std::size_t begin, std::span<const std::byte> bytes,
                             FragmentChunks& chunks) {
  ForEachChunk(begin, bytes.size(),
               [&](std::size_t index, std::size_t offset, std::size_t from, std::size_t size) {
                 if (chunks_[index] == nullptr) {
                   chunks_[index] = chunks.Take();
                 }
                 std::memcpy(chunks_[index]->data + offset, bytes.data() + from, size);
                 return true;
               });
}

bool PartialDatagram::Equals(std::size_t begin, std::span<const std::byte> bytes) const {
  return ForEachChunk(
      begin, bytes.size(),
      [&](std::size_t index, std::size_t offset, std::size_t from, std::size_t size) {
        return std::memcmp(chunks_[index]->data + offset, bytes.data() + from, size) == 0;
      });
}

CapturedBytes PartialDatagram::Assemble(std::byte* out) const {
  std::size_t contiguous = 0;
  for (std::size_t i = 0; i < piece_count_ && pieces_[i].begin == contiguous; ++i) {
    contiguous = pieces_[i].captured_end;
    if (pieces_[i].captured_end != pieces_[i].end) {
      break;
    }
  }
  ForEachChunk(0, contiguous,
               [&](std::size_t index, std::size_t offset, std::size_t to, std::size_t size) {
                 std::memcpy(out + to, chunks_[index]->data + offset, size);
                 return true;
               });
  return {std::span(out, contiguous), total_bytes_};
}

void PartialDatagram::Clear(FragmentChunks& chunks) {
  const std::size_t used =
      std::min(kChunks, (end() + kFragmentChunkBytes - 1) / kFragmentChunkBytes);
  for (std::size_t i = 0; i < used; ++i) {
    if (chunks_[i] != nullptr) {
      chunks.Return(chunks_[i]);
      chunks_[i] = nullptr;
    }
  }
  piece_count_ = 0;
  received_bytes_ = 0;
  total_bytes_ = 0;
}

}  // namespace wirehound
