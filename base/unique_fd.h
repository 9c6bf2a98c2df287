// SPDX-License-Identifier: Apache-2.0

// UniqueFd: a file descriptor that is closed with its owner. Move only; any thread.

#pragma once

#include <unistd.h>

#include <utility>

namespace wirehound {

class UniqueFd {
 public:
  UniqueFd() = default;
  /// Takes over `fd`; -1 is none.
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace wirehound
