// SPDX-License-Identifier: Apache-2.0

// Http2Streams: the open streams of one HTTP/2 connection and what each requested, so that a
// response can name its request. Not the state machine of RFC 9113 section 5.1: an observer has
// no use for one. One thread; borrows the memory its texts are in.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bounded_memory.h"

namespace wirehound {

/// Streams remembered per connection; servers allow about as many at once. Policy: requests of more
/// streams are reported, but their responses do not name them.
inline constexpr std::size_t kMaxHttp2Streams = 128;

struct Http2Stream {
  std::string_view method;
  std::string_view host;
  std::string_view path;
  bool responded = false;  ///< with anything but a 1xx status
};

class Http2Streams {
 public:
  explicit Http2Streams(BoundedMemory& memory) : memory_(&memory) {}
  ~Http2Streams() { Clear(); }
  Http2Streams(const Http2Streams&) = delete;
  Http2Streams& operator=(const Http2Streams&) = delete;

  /// Remembers a request, each text cut at kMaxHttpRememberedBytes. Replaces what was known of
  /// that stream. False: there is no room or no memory.
  bool Open(std::uint32_t id, std::string_view method, std::string_view host,
            std::string_view path);

  /// What is known of a stream until the next call, or nullptr.
  Http2Stream* Find(std::uint32_t id);

  /// Forgets a stream. One that is not known is no mistake.
  void Close(std::uint32_t id);

  /// Forgets all of them.
  void Clear();

  std::size_t count() const { return count_; }

 private:
  std::size_t IndexOf(std::uint32_t id) const;  // count_ when there is none
  void CloseAt(std::size_t index);

  BoundedMemory* memory_;
  std::size_t count_ = 0;
  // The first count_ of each. Ids alone, so that finding one reads little memory.
  std::array<std::uint32_t, kMaxHttp2Streams> ids_;
  std::array<Http2Stream, kMaxHttp2Streams> streams_;
  std::array<char*, kMaxHttp2Streams> texts_;
};

}  // namespace wirehound
