// SPDX-License-Identifier: Apache-2.0

// ReaderWakeup: when the reader of the ring is woken. While nothing comes, the kernel wakes it with
// the first record and it costs nothing. While records flow, waking it for each would cost more
// than the records, so it tells the programs that it comes by itself and a timer does the waking.
// Dispatch thread.

#pragma once

#include <cstdint>

#include <wirehound/result.h>

#include "base/unique_fd.h"
#include "probes/live/control_memory.h"

namespace wirehound {

class ReaderWakeup {
 public:
  /// `ring_fd` is the map; it must live as long as this.
  static Result<ReaderWakeup> Create(int ring_fd, ControlMemory control, std::uint64_t interval_ns);

  /// Readable when it is time to read.
  int fd() const { return epoll_.get(); }

  /// Takes note of why the reader was woken. Call before reading.
  void Acknowledge();

  /// After a read that found something: from now on the timer wakes the reader.
  void StartPolling();

  /// After a read that found nothing: the next record wakes the reader. There may be records the
  /// programs submitted just before without a wake-up, so read once more after this. The timer
  /// goes on until StopTimer.
  void StopPolling();

  /// After that read found nothing either.
  void StopTimer();

  bool polling() const { return polling_; }

  /// What else is shared with the programs.
  ControlMemory& control() { return control_; }

 private:
  ReaderWakeup(UniqueFd epoll, UniqueFd timer, ControlMemory control, std::uint64_t interval_ns);

  void SetPolling(bool polling);
  void SetTimer(bool on);

  UniqueFd epoll_;
  UniqueFd timer_;
  ControlMemory control_;
  std::uint64_t interval_ns_;
  bool polling_ = false;
  bool timer_on_ = false;
};

}  // namespace wirehound
