// SPDX-License-Identifier: Apache-2.0

// Output: where selected events end up. Dispatch thread.

#pragma once

#include <cstdint>
#include <string>

#include <wirehound/result.h>

#include "engine/event/event.h"

namespace wirehound {

/// The account of an output: events = written + dropped + failed, once it is closed.
struct OutputCounters {
  std::string name;           ///< for people; "" for an output that keeps no account
  std::uint64_t events = 0;   ///< passed to it
  std::uint64_t written = 0;  ///< handed to the system whole
  std::uint64_t dropped = 0;  ///< its queue was full, and its policy is to go on
  std::uint64_t failed = 0;   ///< the system did not take them
  std::uint64_t waits = 0;    ///< its queue was full, and its policy is to wait
  std::uint64_t waited_ns = 0;
};

class Output {
 public:
  virtual ~Output() = default;

  /// Takes one event; everything needed of it is copied before this returns. After an error
  /// nothing more is accepted.
  virtual Status OnEvent(const Event& event) = 0;

  /// Starts to write the events taken so far. Called when the stream pauses. The
  /// error is about events taken before.
  virtual Status Flush() = 0;

  /// Brings everything taken to the system, or gives up as the output's policy says. Called once,
  /// at the end.
  virtual Status Close() { return Flush(); }

  /// A descriptor that becomes readable when something has failed meanwhile, or -1.
  virtual int failure_fd() const { return -1; }

  virtual OutputCounters counters() const { return {}; }
};

}  // namespace wirehound
