// SPDX-License-Identifier: Apache-2.0

// FragmentChunks: what is not on the hot path.

#include "decoders/stream/fragment_chunks.h"

namespace wirehound {

FragmentChunks::FragmentChunks(std::size_t size_bytes) {
  const auto chunks = static_cast<std::uint32_t>(size_bytes / kFragmentChunkBytes);
  block_.reset(new std::byte[chunks * kFragmentChunkBytes]);
  free_.reserve(chunks);
  for (std::uint32_t i = chunks; i > 0; --i) {
    free_.push_back(i - 1);
  }
}

}  // namespace wirehound
