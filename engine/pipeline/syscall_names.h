// SPDX-License-Identifier: Apache-2.0

// SyscallNames: the names of this machine's system calls by number, looked up once at start.
// Immutable; any thread.

#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <wirehound/abi/values.h>

namespace wirehound {

class SyscallNames {
 public:
  SyscallNames();

  /// The name, or "" for a number without one.
  wirehound_string Find(std::int32_t number) const {
    if (number < 0 || static_cast<std::size_t>(number) >= names_.size()) {
      return {nullptr, 0};
    }
    const std::string& name = names_[static_cast<std::size_t>(number)];
    return {name.data(), name.size()};
  }

 private:
  static constexpr std::size_t kCount = 512;  // Linux has given out fewer than 500
  std::array<std::string, kCount> names_;
};

}  // namespace wirehound
