// SPDX-License-Identifier: Apache-2.0

// BootClock: converts the kernel's time since boot into Unix time. The offset between the two is
// measured once, so setting the wall clock makes no time of this run jump. A value; any thread.

#pragma once

#include <cstdint>

namespace wirehound {

class BootClock {
 public:
  /// `epoch_of_boot_ns` is the Unix time at which the boot clock stood at 0.
  explicit constexpr BootClock(std::uint64_t epoch_of_boot_ns) : offset_ns_(epoch_of_boot_ns) {}

  /// Measures the offset now.
  static BootClock Measure();

  /// The one clock of this process, measured by the first call. All parts of the engine use it, so
  /// that one can convert back a time which another has converted.
  static BootClock OfThisRun();

  /// The current time in Unix nanoseconds by this clock's offset: setting the system's clock does
  /// not change it.
  std::uint64_t NowNs() const;

  /// Nanoseconds since boot as Unix nanoseconds. 0 means unknown and stays 0.
  constexpr std::uint64_t ToEpoch(std::uint64_t boot_ns) const {
    return boot_ns == 0 ? 0 : boot_ns + offset_ns_;
  }

  /// Unix nanoseconds as nanoseconds since boot; 0 for 0 and for times before the boot.
  constexpr std::uint64_t ToBoot(std::uint64_t epoch_ns) const {
    return epoch_ns <= offset_ns_ ? 0 : epoch_ns - offset_ns_;
  }

 private:
  std::uint64_t offset_ns_;
};

}  // namespace wirehound
