// SPDX-License-Identifier: Apache-2.0

// LineOutput: an output that makes one line of each event and has a queue of its own in front of
// the system. Dispatch thread.

#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "engine/event/output.h"
#include "engine/outputs/output_queue.h"

namespace wirehound {

class LineOutput : public Output {
 public:
  Status OnEvent(const Event& event) final {
    if (JsonBuffer* lines = queue_.BeginEvent()) {
      AppendLine(*lines, event);
      queue_.EndEvent();
    }
    return queue_.status();
  }
  Status Flush() final {
    queue_.Flush();
    return queue_.status();
  }
  Status Close() final {
    queue_.Close();
    return queue_.status();
  }
  int failure_fd() const final { return queue_.failure_fd(); }
  OutputCounters counters() const final { return queue_.counters(); }

 protected:
  LineOutput(std::unique_ptr<ByteSink> sink, const QueueSettings& settings)
      : queue_(std::move(sink), settings) {}

  void AddHeader(std::string_view line) { queue_.AddHeader(line); }

 private:
  /// Appends the event as one line, with its end.
  virtual void AppendLine(JsonBuffer& lines, const Event& event) = 0;

  OutputQueue queue_;
};

}  // namespace wirehound
