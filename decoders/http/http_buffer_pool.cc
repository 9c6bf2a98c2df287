// SPDX-License-Identifier: Apache-2.0

// Free blocks are chained through their first bytes, so that the pool needs no memory of its own.

#include "decoders/http/http_buffer_pool.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace wirehound {
namespace {

constexpr std::size_t ClassBytes(std::size_t size_class) {
  return kMinHttpBufferBytes << size_class;
}

char* Next(const char* block) {
  char* next = nullptr;
  std::memcpy(&next, block, sizeof(next));
  return next;
}

}  // namespace

HttpBufferPool::~HttpBufferPool() { MakeRoom(cap_bytes_); }

char* HttpBufferPool::Take(std::size_t size_class) {
  const std::size_t bytes = ClassBytes(size_class);
  char* block = TakeFree(size_class);
  if (block == nullptr && MakeRoom(bytes)) {
    block = static_cast<char*>(::operator new(bytes, std::nothrow));
    held_bytes_ += block == nullptr ? 0 : bytes;
  }
  if (block == nullptr) {
    ++refused_;
    return nullptr;
  }
  used_bytes_ += bytes;
  return block;
}

void HttpBufferPool::Return(char* block, std::size_t size_class) {
  used_bytes_ -= ClassBytes(size_class);
  std::memcpy(block, &free_[size_class], sizeof(char*));
  free_[size_class] = block;
}

char* HttpBufferPool::TakeFree(std::size_t size_class) {
  char* block = free_[size_class];
  if (block != nullptr) {
    free_[size_class] = Next(block);
  }
  return block;
}

// Gives free blocks back to the system, the largest first, until `bytes` more are within the cap.
bool HttpBufferPool::MakeRoom(std::size_t bytes) {
  if (bytes > cap_bytes_) {
    return false;
  }
  for (std::size_t size_class = kClasses; size_class-- > 0;) {
    while (held_bytes_ > cap_bytes_ - bytes && free_[size_class] != nullptr) {
      ::operator delete(TakeFree(size_class));
      held_bytes_ -= ClassBytes(size_class);
    }
  }
  return held_bytes_ <= cap_bytes_ - bytes;
}

bool HttpBuffer::Append(std::string_view bytes) {
  if (bytes.empty()) {
    return true;
  }
  if (bytes.size() > kMaxHttpBufferBytes - size_ || !Grow(size_ + bytes.size())) {
    return false;
  }
  std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += static_cast<std::uint32_t>(bytes.size());
  return true;
}

bool HttpBuffer::Grow(std::size_t needed) {
  if (data_ != nullptr && needed <= ClassBytes(size_class_)) {
    return true;
  }
  const std::size_t bytes = std::bit_ceil(std::max(needed, kMinHttpBufferBytes));
  const auto size_class =
      static_cast<std::uint32_t>(std::countr_zero(bytes) - std::countr_zero(kMinHttpBufferBytes));
  char* larger = pool_->Take(size_class);
  if (larger == nullptr) {
    return false;
  }
  const std::uint32_t size = size_;
  if (data_ != nullptr) {
    std::memcpy(larger, data_, size);
    Release();
  }
  data_ = larger;
  size_ = size;
  size_class_ = size_class;
  return true;
}

void HttpBuffer::DropFront(std::size_t count) {
  size_ -= static_cast<std::uint32_t>(count);
  if (size_ > 0) {
    std::memmove(data_, data_ + count, size_);
  }
}

void HttpBuffer::Release() {
  if (data_ != nullptr) {
    pool_->Return(data_, size_class_);
  }
  data_ = nullptr;
  size_ = 0;
  size_class_ = 0;
}

}  // namespace wirehound
