// SPDX-License-Identifier: Apache-2.0

// Where two copies of the same bytes differ.

#include "decoders/stream/stream_piece.h"

#include <cstring>

namespace wirehound {

StreamRange Hull(StreamRange first, StreamRange second) {
  if (first.empty() || second.empty()) {
    return first.empty() ? second : first;
  }
  return {std::min(first.begin, second.begin), std::max(first.end, second.end)};
}

StreamRange DifferingRange(std::uint64_t offset, std::span<const std::byte> first,
                           std::span<const std::byte> second) {
  if (first.empty() || std::memcmp(first.data(), second.data(), first.size()) == 0) {
    return {};
  }
  std::size_t begin = 0;
  while (first[begin] == second[begin]) {
    ++begin;
  }
  std::size_t end = first.size();
  while (first[end - 1] == second[end - 1]) {
    --end;
  }
  return {offset + begin, offset + end};
}

}  // namespace wirehound
