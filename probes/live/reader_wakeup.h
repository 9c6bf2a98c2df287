// SPDX-License-Identifier: Apache-2.0

// ReaderWakeup: decides what wakes the reader of the ring. While the ring is idle, the kernel wakes
// the reader for the first record, and waiting costs nothing. While records flow, a wake-up for
// each would cost more than the record itself. So the reader then polls: it sets a word that
// stops the programs from waking it, and a timer wakes it. Dispatch thread.

#pragma once

#include <cstdint>

#include <wirehound/result.h>

#include "base/unique_fd.h"
#include "probes/live/control_memory.h"

namespace wirehound {

class ReaderWakeup {
 public:
  /// `ring_fd` is the map `ring`, borrowed for the lifetime of this object. `interval_ns` is the
  /// timer's.
  static Result<ReaderWakeup> Create(int ring_fd, ControlMemory control, std::uint64_t interval_ns);

  /// Readable when the reader should read.
  int fd() const { return epoll_.get(); }

  /// Clears the cause of the wake-up. Call before each read.
  void Acknowledge();

  /// Call after a read that found records: from now on the timer wakes the reader.
  void StartPolling();

  /// Call after a read that found nothing: from now on the next record wakes the reader. Read once
  /// more after this: a program may have submitted a record without a wake-up just before. The
  /// timer runs on until StopTimer.
  void StopPolling();

  /// Call when that second read found nothing either.
  void StopTimer();

  bool polling() const { return polling_; }

  /// The memory shared with the programs, for its other words.
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
