// SPDX-License-Identifier: Apache-2.0

// OutputQueue: decouples the dispatch thread, which makes lines of events, from a reader that may
// be slow. Lines gather in chunks. A thread of the queue writes the chunks: full ones, and the last
// one when the stream pauses. The number of chunks is fixed: when all are full the policy either
// waits or drops events and counts them. No lock is taken for a line.
//
// Only the dispatch thread hands over lines. A queue that drops never makes it wait, except for
// QueueSettings::drain_time at the end.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>

#include <wirehound/result.h>

#include "engine/event/output.h"
#include "engine/outputs/byte_sink.h"
#include "engine/outputs/json_buffer.h"

namespace wirehound {

enum class QueuePolicy : std::uint8_t {
  kBlock,  ///< wait until there is room: nothing is left out here
  kDrop,   ///< leave out events until there is room
};

struct QueueSettings {
  QueuePolicy policy = QueuePolicy::kBlock;
  std::size_t bytes = 1024 * 1024;  ///< of lines that wait, about; at least kMinQueueBytes
  /// How long the end waits for a reader that does not read, where the policy is not to wait.
  std::chrono::milliseconds drain_time{2000};
};

class OutputQueue {
 public:
  static constexpr std::size_t kMinQueueBytes = 16 * 1024;
  /// Lines are handed over when there are so many bytes of them; less when the queue is small.
  static constexpr std::size_t kChunkBytes = 256 * 1024;

  OutputQueue(std::unique_ptr<ByteSink> sink, const QueueSettings& settings);
  /// Closes.
  ~OutputQueue();
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  /// A line that is no event.
  void AddHeader(std::string_view line);

  /// Where the line of an event is appended to, its line end included; then call EndEvent. Null
  /// when the event is left out: it has been counted.
  JsonBuffer* BeginEvent() {
    ++events_;
    return hand_ != nullptr || Acquire() ? &hand_->lines : nullptr;
  }
  void EndEvent() {
    ++hand_->events;
    if (hand_->lines.text().size() >= chunk_bytes_) {
      HandOver();
    }
  }

  /// Hands over the gathered lines.
  void Flush();
  /// Flushes and sees it written; with kDrop for the drain time at most. Nothing is taken
  /// afterwards.
  void Close();

  /// The first failure to write, after which nothing more is written.
  Status status() const;
  int failure_fd() const;
  OutputCounters counters() const;

 private:
  struct Chunk {
    explicit Chunk(std::size_t bytes) : lines(bytes) {}
    JsonBuffer lines;
    std::uint64_t events = 0;
    std::uint64_t headers = 0;  ///< lines that are no events; they come first
  };
  class Writer;  // what both threads see

  bool Acquire();
  void HandOver();

  const QueueSettings settings_;
  const std::size_t chunk_bytes_;
  std::unique_ptr<Chunk> hand_;  // the one lines are being added to
  std::shared_ptr<Writer> writer_;
  std::thread thread_;  // started with the first chunk, when the process is what it will be
  bool closed_ = false;
  std::uint64_t events_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t waits_ = 0;
  std::uint64_t waited_ns_ = 0;
};

}  // namespace wirehound
