// SPDX-License-Identifier: Apache-2.0

// BootClock: turns the kernel's time since boot into Unix time. The offset is measured once, so
// times of one run never jump against each other when the wall clock is set. A value; any thread.

#pragma once

#include <cstdint>

namespace wirehound {

class BootClock {
 public:
  /// `epoch_of_boot_ns` is the Unix time at which the boot clock stood at 0.
  explicit constexpr BootClock(std::uint64_t epoch_of_boot_ns) : offset_ns_(epoch_of_boot_ns) {}

  /// Measures the offset now.
  static BootClock Measure();

  /// Measured when first asked for, the same for whoever asks later: a time that one part of the
  /// engine turned into Unix time can be turned back by another.
  static BootClock OfThisRun();

  /// The time it is, as ToEpoch tells times: it goes on evenly when somebody sets the system's
  /// clock.
  std::uint64_t NowNs() const;

  /// Unix nanoseconds; 0, which means unknown, stays 0.
  constexpr std::uint64_t ToEpoch(std::uint64_t boot_ns) const {
    return boot_ns == 0 ? 0 : boot_ns + offset_ns_;
  }

  /// The way back; 0 for 0 and for times before the boot.
  constexpr std::uint64_t ToBoot(std::uint64_t epoch_ns) const {
    return epoch_ns <= offset_ns_ ? 0 : epoch_ns - offset_ns_;
  }

 private:
  std::uint64_t offset_ns_;
};

}  // namespace wirehound
