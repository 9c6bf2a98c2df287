// SPDX-License-Identifier: Apache-2.0

// InterfaceNames: names of the network interfaces of our own network namespace, by index. The
// kernel reuses indices and users rename interfaces, so a name is looked up again after kKeepNs.
// Dispatch thread.

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace wirehound {

class InterfaceNames {
 public:
  /// Returns the name of an interface, "" when there is none.
  using Lookup = std::function<std::string(std::uint32_t index)>;

  /// How long a name is kept, in the time of the records.
  static constexpr std::uint64_t kKeepNs = 10'000'000'000;

  /// Looks names up in the kernel.
  InterfaceNames();
  explicit InterfaceNames(Lookup lookup);

  /// The interface's name at `now_ns`, the time of a record; "any" when it has none. Valid until
  /// the next call.
  std::string_view Find(std::uint32_t index, std::uint64_t now_ns);

 private:
  struct Entry {
    std::string name;
    std::uint64_t asked_ns = 0;
  };

  Lookup lookup_;
  std::unordered_map<std::uint32_t, Entry> entries_;
};

}  // namespace wirehound
