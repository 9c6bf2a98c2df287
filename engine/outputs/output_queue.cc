// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/output_queue.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace wirehound {

namespace {

using Clock = std::chrono::steady_clock;

std::size_t ChunkBytes(const QueueSettings& settings) {
  const std::size_t bytes = std::max(settings.bytes, OutputQueue::kMinQueueBytes);
  return std::min(bytes / 2, OutputQueue::kChunkBytes);
}

std::size_t ChunkCount(const QueueSettings& settings) {
  return std::max<std::size_t>(2, settings.bytes / ChunkBytes(settings));
}

// A thread that may be left behind in the middle of a write must know what got out before: a pipe
// takes a piece of this size whole or not at all.
std::size_t PieceBytes(const QueueSettings& settings) {
  return settings.policy == QueuePolicy::kDrop ? PIPE_BUF : std::numeric_limits<std::size_t>::max();
}

// Signals go to the thread that waits for them; faults stay with the thread that causes them.
void BlockSignals(sigset_t& before) {
  sigset_t all;
  sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) {
    sigdelset(&all, fault);
  }
  pthread_sigmask(SIG_SETMASK, &all, &before);
}

}  // namespace

// Owned by both threads: one that is stuck in a write may be left behind.
class OutputQueue::Writer {
 public:
  Writer(std::unique_ptr<ByteSink> sink, const QueueSettings& settings)
      : sink_(std::move(sink)),
        chunk_bytes_(ChunkBytes(settings)),
        piece_bytes_(PieceBytes(settings)),
        may_make_(ChunkCount(settings)),
        failure_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  /// A chunk with room, or null when there is none.
  std::unique_ptr<Chunk> TryTake() {
    const std::lock_guard lock(mutex_);
    return Take();
  }

  /// The same, but waits for it; null only after a failure.
  std::unique_ptr<Chunk> WaitAndTake() {
    std::unique_lock lock(mutex_);
    std::unique_ptr<Chunk> chunk;
    freed_.wait(lock, [&] { return error_ != 0 || (chunk = Take()) != nullptr; });
    return chunk;
  }

  void Put(std::unique_ptr<Chunk> chunk) {
    const std::lock_guard lock(mutex_);
    if (error_ != 0) {
      failed_ += chunk->events;
      return;
    }
    queue_.push_back(std::move(chunk));
    work_.notify_one();
  }

  /// Body of the thread: writes until it must stop and nothing waits, or until a write fails.
  void Run() {
    std::unique_lock lock(mutex_);
    while (error_ == 0) {
      work_.wait(lock, [this] { return !queue_.empty() || stopping_; });
      if (queue_.empty()) {
        break;
      }
      writing_ = std::move(queue_.front());
      queue_.pop_front();
      written_bytes_ = 0;
      lock.unlock();
      const int error = Write(writing_->lines.text());
      lock.lock();
      if (abandoned_) {
        return;
      }
      Settle(error);
    }
    done_ = true;
    freed_.notify_all();
  }

  void Stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    work_.notify_one();
  }

  /// Waits so long for the thread's end. If it does not come, what has not been written by then
  /// never counts as such; the result is how many events that are.
  std::optional<std::uint64_t> WaitOrAbandon(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    if (freed_.wait_for(lock, time, [this] { return done_; })) {
      return std::nullopt;
    }
    abandoned_ = true;
    std::uint64_t left = 0;
    if (writing_ != nullptr) {
      const std::uint64_t written = EventsWritten();
      left = writing_->events - written;
      written_ += written;
    }
    for (const std::unique_ptr<Chunk>& chunk : queue_) {
      left += chunk->events;
    }
    queue_.clear();
    return left;
  }

  /// The thread could not be started.
  void FailToStart(int error) {
    const std::lock_guard lock(mutex_);
    Fail(error);
  }

  Status status() const {
    const std::lock_guard lock(mutex_);
    return error_ == 0 ? Status()
                       : Error("write to " + sink_->name() + ": " + std::strerror(error_));
  }

  void AddTo(OutputCounters& counters) const {
    const std::lock_guard lock(mutex_);
    counters.name = sink_->name();
    counters.written += written_;
    counters.failed += failed_;
  }

  bool has_failed() const { return has_failed_.load(std::memory_order_relaxed); }
  int failure_fd() const { return failure_fd_.get(); }

 private:
  // The last one that waits may have been handed over half full: then it is taken back.
  std::unique_ptr<Chunk> Take() {
    std::unique_ptr<Chunk> chunk;
    if (error_ != 0) {
      return chunk;
    }
    if (!free_.empty()) {
      chunk = std::move(free_.back());
      free_.pop_back();
    } else if (may_make_ != 0) {
      --may_make_;
      chunk = std::make_unique<Chunk>(chunk_bytes_ + chunk_bytes_ / 4);
    } else if (!queue_.empty() && queue_.back()->lines.text().size() < chunk_bytes_) {
      chunk = std::move(queue_.back());
      queue_.pop_back();
    }
    return chunk;
  }

  // Returns 0 or errno.
  int Write(std::string_view text) {
    while (!text.empty() && !abandoned_) {
      const std::ptrdiff_t written = sink_->WriteSome(text.substr(0, piece_bytes_));
      if (written < 0) {
        return static_cast<int>(-written);
      }
      text.remove_prefix(static_cast<std::size_t>(written));
      written_bytes_ += static_cast<std::size_t>(written);
    }
    return 0;
  }

  // Events of the chunk being written whose lines are out. Each is one line.
  std::uint64_t EventsWritten() const {
    const std::string_view out = writing_->lines.text().substr(0, written_bytes_);
    const auto lines = static_cast<std::uint64_t>(std::count(out.begin(), out.end(), '\n'));
    return lines - std::min(lines, writing_->headers);
  }

  // Accounts for the chunk that was being written.
  void Settle(int error) {
    if (error == 0) {
      written_ += writing_->events;
      writing_->lines.Clear();
      writing_->events = 0;
      writing_->headers = 0;
      free_.push_back(std::move(writing_));
      freed_.notify_all();
      return;
    }
    const std::uint64_t written = EventsWritten();
    written_ += written;
    failed_ += writing_->events - written;
    Fail(error);
  }

  void Fail(int error) {
    error_ = error;
    has_failed_ = true;
    for (const std::unique_ptr<Chunk>& chunk : queue_) {
      failed_ += chunk->events;
    }
    queue_.clear();
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = write(failure_fd_.get(), &one, sizeof(one));
    freed_.notify_all();
  }

  const std::unique_ptr<ByteSink> sink_;
  const std::size_t chunk_bytes_;
  const std::size_t piece_bytes_;  // of one write
  mutable std::mutex mutex_;
  std::condition_variable work_;   // signals a chunk to write, or the stop
  std::condition_variable freed_;  // signals a free chunk, or the end
  std::deque<std::unique_ptr<Chunk>> queue_;
  std::vector<std::unique_ptr<Chunk>> free_;
  std::unique_ptr<Chunk> writing_;
  std::size_t may_make_;  // chunks that may still be allocated
  std::uint64_t written_ = 0;
  std::uint64_t failed_ = 0;
  int error_ = 0;
  bool stopping_ = false;
  bool done_ = false;
  std::atomic<bool> has_failed_ = false;
  std::atomic<bool> abandoned_ = false;
  std::atomic<std::size_t> written_bytes_ = 0;  // of the chunk being written
  const UniqueFd failure_fd_;
};

OutputQueue::OutputQueue(std::unique_ptr<ByteSink> sink, const QueueSettings& settings)
    : settings_(settings),
      chunk_bytes_(ChunkBytes(settings)),
      writer_(std::make_shared<Writer>(std::move(sink), settings)) {}

OutputQueue::~OutputQueue() { Close(); }

void OutputQueue::AddHeader(std::string_view line) {
  if (hand_ != nullptr || Acquire()) {
    hand_->lines.Append(line);
    ++hand_->headers;
  }
}

// Also counts an event for which there is no chunk.
bool OutputQueue::Acquire() {
  hand_ = writer_->TryTake();
  if (hand_ == nullptr && settings_.policy == QueuePolicy::kBlock && !writer_->has_failed()) {
    const Clock::time_point before = Clock::now();
    hand_ = writer_->WaitAndTake();
    ++waits_;
    waited_ns_ += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - before).count());
  }
  if (hand_ != nullptr) {
    return true;
  }
  ++(writer_->has_failed() ? failed_ : dropped_);
  return false;
}

void OutputQueue::HandOver() {
  if (!thread_.joinable() && !writer_->has_failed()) {
    sigset_t before;
    BlockSignals(before);
    try {
      thread_ = std::thread([writer = writer_] { writer->Run(); });
    } catch (const std::system_error& error) {
      writer_->FailToStart(error.code().value());
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  writer_->Put(std::move(hand_));
}

void OutputQueue::Flush() {
  if (hand_ != nullptr && !hand_->lines.text().empty()) {
    HandOver();
  }
}

void OutputQueue::Close() {
  if (std::exchange(closed_, true)) {
    return;
  }
  Flush();
  if (!thread_.joinable()) {
    return;
  }
  writer_->Stop();
  if (settings_.policy == QueuePolicy::kDrop) {
    if (const std::optional<std::uint64_t> left = writer_->WaitOrAbandon(settings_.drain_time)) {
      dropped_ += *left;
      thread_.detach();
      return;
    }
  }
  thread_.join();
}

Status OutputQueue::status() const { return writer_->has_failed() ? writer_->status() : Status(); }

int OutputQueue::failure_fd() const { return writer_->failure_fd(); }

OutputCounters OutputQueue::counters() const {
  OutputCounters counters;
  counters.events = events_;
  counters.dropped = dropped_;
  counters.failed = failed_;
  counters.waits = waits_;
  counters.waited_ns = waited_ns_;
  writer_->AddTo(counters);
  return counters;
}

}  // namespace wirehound
