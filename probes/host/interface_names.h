// SPDX-License-Identifier: Apache-2.0

// InterfaceNames: names of the network interfaces of our own network namespace, by index. Indices
// get reused and interfaces renamed, so a name is asked for again after a while. Dispatch thread.

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

  static constexpr std::uint64_t kKeepNs = 10'000'000'000;

  /// Asks the kernel.
  InterfaceNames();
  explicit InterfaceNames(Lookup lookup);

  /// The name at a time of the records, "any" when there is none. Valid until the next call.
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
