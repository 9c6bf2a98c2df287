// SPDX-License-Identifier: Apache-2.0

// HttpBufferPool: memory for what a connection keeps between segments: incomplete heads, and
// requests that wait for their response. All connections share it, and it is capped as a whole.
// HttpBuffer: a growing run of bytes from it. Not for messages: those are made in an Arena.
//
// Block sizes are powers of two. A returned block is kept for the next buffer of its size, so a
// busy engine stops allocating. At the cap, free blocks of other sizes go back to the system first.
// One thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirehound {

inline constexpr std::size_t kMinHttpBufferBytes = 512;
/// The longest head: no buffer is larger.
inline constexpr std::size_t kMaxHttpBufferBytes = std::size_t{64} * 1024;

class HttpBufferPool {
 public:
  /// Never holds more than `cap_bytes`. Buffers must not outlive it.
  explicit HttpBufferPool(std::size_t cap_bytes) : cap_bytes_(cap_bytes) {}
  ~HttpBufferPool();

  HttpBufferPool(const HttpBufferPool&) = delete;
  HttpBufferPool& operator=(const HttpBufferPool&) = delete;

  /// Bytes in buffers now, in whole blocks.
  std::size_t used_bytes() const { return used_bytes_; }
  /// Bytes taken from the system: used blocks and free ones. At most the cap.
  std::size_t held_bytes() const { return held_bytes_; }
  /// How often the cap did not allow a block. Then a head is reported as far as it had come, or a
  /// request is not remembered.
  std::uint64_t refused() const { return refused_; }

 private:
  friend class HttpBuffer;

  static constexpr std::size_t kClasses = 8;
  static_assert(kMinHttpBufferBytes << (kClasses - 1) == kMaxHttpBufferBytes);

  // Blocks of kMinHttpBufferBytes << size_class bytes; a free one starts with the next one's
  // address.
  char* Take(std::size_t size_class);
  void Return(char* block, std::size_t size_class);
  char* TakeFree(std::size_t size_class);
  bool MakeRoom(std::size_t bytes);

  std::size_t cap_bytes_;
  std::size_t used_bytes_ = 0;
  std::size_t held_bytes_ = 0;
  std::uint64_t refused_ = 0;
  std::array<char*, kClasses> free_{};
};

class HttpBuffer {
 public:
  explicit HttpBuffer(HttpBufferPool& pool) : pool_(&pool) {}
  ~HttpBuffer() { Release(); }

  HttpBuffer(const HttpBuffer&) = delete;
  HttpBuffer& operator=(const HttpBuffer&) = delete;

  std::string_view view() const { return {data_, size_}; }
  std::size_t size() const { return size_; }

  /// Adds to the end. False, with nothing changed: longer than kMaxHttpBufferBytes, or the pool is
  /// at its cap. Amortised: a buffer that is full moves to one of twice the size.
  bool Append(std::string_view bytes);
  /// Takes the first `count` bytes away; there must be as many. Moves the rest.
  void DropFront(std::size_t count);
  /// Empties it and gives its memory back.
  void Release();

 private:
  bool Grow(std::size_t needed);

  HttpBufferPool* pool_;
  char* data_ = nullptr;  // null: no memory at all
  std::uint32_t size_ = 0;
  std::uint32_t size_class_ = 0;
};

}  // namespace wirehound
