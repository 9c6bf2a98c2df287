// SPDX-License-Identifier: Apache-2.0

// FragmentChunks: the memory in which fragments wait, cut into chunks of equal size. One block,
// allocated at construction and never again; its size is the hard cap on what waiting fragments
// can cost. Chunks given back are taken again first, so that pages never needed are never
// touched. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace wirehound {

/// Bytes of one chunk: a little more than a fragment on Ethernet, so that small datagrams do not
/// cost what large ones do.
inline constexpr std::size_t kFragmentChunkBytes = 2048;

class FragmentChunks {
 public:
  /// Room for `size_bytes`, rounded down to whole chunks.
  explicit FragmentChunks(std::size_t size_bytes);

  std::size_t available() const { return free_.size(); }

  /// The number of a chunk nobody has. There must be one available.
  std::uint32_t Take() {
    const std::uint32_t chunk = free_.back();
    free_.pop_back();
    return chunk;
  }
  /// Gives a taken chunk back.
  void Give(std::uint32_t chunk) { free_.push_back(chunk); }

  /// The kFragmentChunkBytes bytes of a taken chunk; not initialised.
  std::byte* data(std::uint32_t chunk) { return block_.get() + chunk * kFragmentChunkBytes; }
  const std::byte* data(std::uint32_t chunk) const {
    return block_.get() + chunk * kFragmentChunkBytes;
  }

 private:
  // new[] rather than make_unique, which would touch every page.
  std::unique_ptr<std::byte[]> block_;
  std::vector<std::uint32_t> free_;  // the last one is next
};

}  // namespace wirehound
