// SPDX-License-Identifier: Apache-2.0

// SignalText: composes a short text and writes it, with only what a signal handler may use: no
// allocation, no lock, no stdio, no locale. Text beyond the buffer is cut. Write passes its text to
// the kernel unread, so a bad pointer is an error of the system call and no second fault. Any
// thread.

#pragma once

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirehound {

class SignalText {
 public:
  explicit SignalText(int fd) : fd_(fd) {}
  ~SignalText() { Flush(); }
  SignalText(const SignalText&) = delete;
  SignalText& operator=(const SignalText&) = delete;

  /// Appends text that is known to be readable: literals, and text prepared before the signal.
  SignalText& Add(std::string_view text) {
    for (const char letter : text) {
      if (size_ < buffer_.size()) {
        buffer_[size_++] = letter;
      }
    }
    return *this;
  }

  SignalText& Add(std::uint64_t number) { return AddDigits(number, 10, 1); }
  SignalText& AddHex(std::uint64_t number) { return Add("0x").AddDigits(number, 16, 1); }

  /// Appends nanoseconds as seconds with nine decimals.
  SignalText& AddSeconds(std::uint64_t time_ns) {
    constexpr std::uint64_t kPerSecond = 1'000'000'000;
    return Add(time_ns / kPerSecond).Add(".").AddDigits(time_ns % kPerSecond, 10, 9);
  }

  /// Writes text of a plugin straight from its memory. Writes nothing when that is not mapped.
  SignalText& Write(std::string_view text) {
    Flush();
    WriteOut(text.data(), text.size());
    return *this;
  }

  /// Writes the buffer, so that it is out even if the next step crashes.
  void Flush() {
    WriteOut(buffer_.data(), size_);
    size_ = 0;
  }

 private:
  SignalText& AddDigits(std::uint64_t number, unsigned base, std::size_t at_least) {
    std::array<char, 20> digits{};
    std::size_t first = digits.size();
    while (number != 0 || digits.size() - first < at_least) {
      digits[--first] = "0123456789abcdef"[number % base];
      number /= base;
    }
    return Add({digits.data() + first, digits.size() - first});
  }

  void WriteOut(const char* data, std::size_t size) const {
    while (size > 0) {
      const ssize_t written = ::write(fd_, data, size);
      if (written <= 0) {
        return;
      }
      data += written;
      size -= static_cast<std::size_t>(written);
    }
  }

  int fd_;
  std::array<char, 512> buffer_{};
  std::size_t size_ = 0;
};

}  // namespace wirehound
