// SPDX-License-Identifier: Apache-2.0

// SignalText: puts a few words together and writes them, by nothing but what a signal handler may
// do: no allocation, no lock, no stdio, no locale. What does not fit is cut. Bytes that cannot be
// read are the kernel's to refuse: text handed to Write is never touched here. Any thread.

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

  /// Appends text of our own: literals, and what was prepared before the signal.
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

  /// Nanoseconds as seconds with nine digits behind the point.
  SignalText& AddSeconds(std::uint64_t time_ns) {
    constexpr std::uint64_t kPerSecond = 1'000'000'000;
    return Add(time_ns / kPerSecond).Add(".").AddDigits(time_ns % kPerSecond, 10, 9);
  }

  /// Text of somebody else's, straight from where it lies: if that is no memory, nothing happens.
  SignalText& Write(std::string_view text) {
    Flush();
    WriteOut(text.data(), text.size());
    return *this;
  }

  /// Writes what has gathered, so that it is out should the next step be the last.
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
