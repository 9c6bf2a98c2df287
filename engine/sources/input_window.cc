// SPDX-License-Identifier: Apache-2.0

// InputWindow: refilling the buffer.

#include "engine/sources/input_window.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace wirehound {

// new[], as make_unique would zero every page.
InputWindow::InputWindow(UniqueFd fd)
    : fd_(std::move(fd)),
      buffer_(new std::byte[kInputWindowBytes]),
      capacity_(kInputWindowBytes),
      data_(buffer_.get()) {}

std::span<const std::byte> InputWindow::Fill(std::size_t size) {
  if (fd_) {
    MakeRoom(size);
    while (end_ - begin_ < size && ReadMore()) {
    }
  }
  return {data_ + begin_, std::min(size, end_ - begin_)};
}

bool InputWindow::WouldWait() const {
  pollfd input = {.fd = fd_.get(), .events = POLLIN, .revents = 0};
  return begin_ == end_ && fd_ && poll(&input, 1, 0) == 0;
}

// Moves the unread bytes to the front, so that `size` bytes fit and the next read is as large as
// possible.
void InputWindow::MakeRoom(std::size_t size) {
  const std::size_t left = end_ - begin_;
  if (size > capacity_) {
    std::unique_ptr<std::byte[]> larger(new std::byte[size]);
    std::memcpy(larger.get(), buffer_.get() + begin_, left);
    buffer_ = std::move(larger);
    capacity_ = size;
    data_ = buffer_.get();
  } else {
    std::memmove(buffer_.get(), buffer_.get() + begin_, left);
  }
  begin_ = 0;
  end_ = left;
}

// Does one read. False at the end of the input and after a failure.
bool InputWindow::ReadMore() {
  if (error_ != 0) {
    return false;
  }
  const ssize_t got = ::read(fd_.get(), buffer_.get() + end_, capacity_ - end_);
  if (got < 0) {
    error_ = errno == EINTR ? 0 : errno;
    return error_ == 0;
  }
  end_ += static_cast<std::size_t>(got);
  return got > 0;
}

}  // namespace wirehound
