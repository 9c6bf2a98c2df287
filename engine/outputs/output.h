// SPDX-License-Identifier: Apache-2.0

// Output: where selected events end up. Dispatch thread.

#pragma once

#include <wirehound/result.h>

#include "engine/dispatch/event.h"

namespace wirehound {

class Output {
 public:
  virtual ~Output() = default;

  /// Takes one event; everything needed of it is copied or written before this returns. May
  /// buffer. After an error nothing more is accepted.
  virtual Status OnEvent(const Event& event) = 0;

  /// Hands everything buffered to the system. Called when the stream pauses and at the end.
  virtual Status Flush() = 0;
};

}  // namespace wirehound
