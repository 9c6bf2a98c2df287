// SPDX-License-Identifier: Apache-2.0

// SystemStore: describes this machine, or the one a recording was made on. Read once when it is
// made. Dispatch thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

namespace wirehound {

/// The value of a variable in the text of an os-release file, quotes and escapes taken off; "" when
/// it is not there. Pure.
std::string OsReleaseValue(std::string_view text, std::string_view variable);

struct SystemFacts {
  std::uint32_t cpu_count = 0;
  std::uint64_t boot_time_ns = 0;
  std::uint64_t start_time_ns = 0;
  std::string architecture;
  std::string kernel_release;
  std::string host_name;
  std::string os_name;
  std::string os_version;

  static SystemFacts OfThisSystem();
  /// The same everywhere: a machine that started an hour before 1,700,000,000 s.
  static SystemFacts OfATest();
};

class SystemStore {
 public:
  /// Unhealthy: the packets are another system's.
  SystemStore() = default;
  explicit SystemStore(SystemFacts facts);
  /// Takes the facts of the system that a recording was made on. Healthy from then on.
  void Take(SystemFacts facts);
  /// The facts behind Get, null when unhealthy.
  const SystemFacts* facts() const { return healthy_ ? &facts_ : nullptr; }

  SystemStore(const SystemStore&) = delete;
  SystemStore& operator=(const SystemStore&) = delete;

  /// WIREHOUND_OK or UNHEALTHY. Valid as long as this object.
  std::int32_t Get(const wirehound_system_info** system) const;

 private:
  bool healthy_ = false;
  SystemFacts facts_;
  wirehound_system_info info_{};
};

}  // namespace wirehound
