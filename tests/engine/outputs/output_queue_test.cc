// SPDX-License-Identifier: Apache-2.0

// OutputQueue: what it does with lines when the reader is slow or gone or the disk is full, and
// that its counters count each event once. A pipe without a reading thread is the slow reader.

#include "engine/outputs/output_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "base/unique_fd.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace output_queue_test {

constexpr int kPipeBytes = 4096;
constexpr std::size_t kLineBytes = 1000;

// A pipe of the smallest size; its writing end is opened again by name.
class Pipe {
 public:
  Pipe() {
    int ends[2] = {-1, -1};
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    reading_ = UniqueFd(ends[0]);
    writing_ = UniqueFd(ends[1]);
    REQUIRE(fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes) == kPipeBytes);
  }

  std::unique_ptr<ByteSink> Sink() {
    auto sink = ByteSink::OpenFile("/proc/self/fd/" + std::to_string(writing_.get()));
    REQUIRE(sink.has_value());
    writing_ = UniqueFd();
    return *std::move(sink);
  }

  void Fill() {
    const std::string bytes(kPipeBytes - 1, '.');
    REQUIRE(write(writing_.get(), (bytes + "\n").data(), kPipeBytes) == kPipeBytes);
  }

  /// Reads until every writer has closed the pipe.
  std::string ReadAll() {
    std::string text;
    char bytes[kPipeBytes];
    for (ssize_t size = 0; (size = read(reading_.get(), bytes, sizeof(bytes))) > 0;) {
      text.append(bytes, static_cast<std::size_t>(size));
    }
    return text;
  }

  void WaitUntilFull() const {
    for (int waiting = 0; waiting < kPipeBytes; std::this_thread::yield()) {
      REQUIRE(ioctl(reading_.get(), FIONREAD, &waiting) == 0);
    }
  }

  void CloseReader() { reading_ = UniqueFd(); }

 private:
  UniqueFd reading_;
  UniqueFd writing_;
};

std::string Line(int number, std::size_t bytes) {
  std::string line = std::to_string(number) + " ";
  line.resize(std::max(line.size(), bytes - 1), 'x');
  return line + "\n";
}

// Gives a queue this many events. Lines of events that the queue drops are not made.
void Show(OutputQueue& queue, int count, std::size_t bytes = kLineBytes) {
  for (int i = 0; i < count; ++i) {
    if (JsonBuffer* lines = queue.BeginEvent()) {
      lines->Append(Line(i, bytes));
      queue.EndEvent();
    }
  }
}

std::uint64_t CountLines(const std::string& text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Returns what the reader gets while the queue closes.
std::string CloseAndRead(std::optional<OutputQueue>& queue, Pipe& pipe, OutputCounters& counters) {
  std::string text;
  std::thread reader([&] { text = pipe.ReadAll(); });
  queue->Close();
  counters = queue->counters();
  queue.reset();
  reader.join();
  return text;
}

TEST_CASE("output queue: a few lines wait for the end, and are then written in order") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out").string();
  OutputQueue queue(*ByteSink::OpenFile(path), {});
  queue.AddHeader("header\n");
  Show(queue, 2, 4);
  CHECK(ReadFile(path).empty());
  queue.Close();
  CHECK(ReadFile(path) == "header\n" + Line(0, 4) + Line(1, 4));
  CHECK(queue.status().has_value());
  const OutputCounters counters = queue.counters();
  CHECK(counters.name == path);
  CHECK(counters.events == 2);
  CHECK(counters.written == 2);
}

TEST_CASE("output queue: much output arrives whole, whether reader or writer is slower") {
  Pipe pipe;
  std::optional<OutputQueue> queue;
  queue.emplace(pipe.Sink(), QueueSettings{.bytes = OutputQueue::kMinQueueBytes});
  constexpr int kEvents = 500;
  std::string text;
  std::thread reader([&] { text = pipe.ReadAll(); });
  Show(*queue, kEvents);
  queue->Close();
  const OutputCounters counters = queue->counters();
  queue.reset();
  reader.join();
  std::string expected;
  for (int i = 0; i < kEvents; ++i) {
    expected += Line(i, kLineBytes);
  }
  const bool same = text == expected;
  CHECK(same);
  CHECK(counters.written == kEvents);
  CHECK(counters.dropped + counters.failed == 0);
}

TEST_CASE("output queue: with policy drop it never waits, and written plus dropped is all") {
  Pipe pipe;
  std::optional<OutputQueue> queue;
  queue.emplace(pipe.Sink(),
                QueueSettings{.policy = QueuePolicy::kDrop, .bytes = OutputQueue::kMinQueueBytes});
  constexpr int kEvents = 200;
  Show(*queue, kEvents);  // no reader: this would not return if it waited
  OutputCounters counters;
  const std::string text = CloseAndRead(queue, pipe, counters);
  CHECK(counters.events == kEvents);
  CHECK(counters.dropped > 0);
  CHECK(counters.written > 0);
  CHECK(counters.written + counters.dropped == kEvents);
  CHECK(CountLines(text) == counters.written);
  CHECK(text.find(Line(0, kLineBytes)) == 0);
  CHECK(counters.waits == 0);
}

TEST_CASE("output queue: many small flushes without a reader fill the queue only by their size") {
  Pipe pipe;
  pipe.Fill();
  std::optional<OutputQueue> queue;
  queue.emplace(pipe.Sink(),
                QueueSettings{.policy = QueuePolicy::kDrop, .bytes = OutputQueue::kMinQueueBytes});
  constexpr int kEvents = 100;
  for (int i = 0; i < kEvents; ++i) {
    Show(*queue, 1, 10);
    queue->Flush();
  }
  OutputCounters counters;
  const std::string text = CloseAndRead(queue, pipe, counters);
  CHECK(counters.dropped == 0);
  CHECK(counters.written == kEvents);
  CHECK(CountLines(text) == kEvents + 1);  // plus the line that filled the pipe
}

TEST_CASE("output queue: at the end a queue with policy drop does not wait for a stuck reader") {
  Pipe pipe;
  OutputQueue queue(pipe.Sink(), {.policy = QueuePolicy::kDrop,
                                  .bytes = OutputQueue::kMinQueueBytes,
                                  .drain_time = std::chrono::milliseconds(0)});
  Show(queue, 10);
  queue.Flush();
  pipe.WaitUntilFull();
  queue.Close();
  const OutputCounters counters = queue.counters();
  CHECK(counters.written == kPipeBytes / kLineBytes);
  CHECK(counters.dropped == 10 - counters.written);
  pipe.CloseReader();  // ends the blocked write of the queue's thread
}

TEST_CASE("output queue: a full device is a final error that names the file") {
  OutputQueue queue(*ByteSink::OpenFile("/dev/full"), {});
  pollfd failure = {.fd = queue.failure_fd(), .events = POLLIN, .revents = 0};
  CHECK(poll(&failure, 1, 0) == 0);
  Show(queue, 3);
  queue.Flush();
  CHECK(poll(&failure, 1, -1) == 1);  // signalled without another event
  REQUIRE_FALSE(queue.status().has_value());
  CHECK(queue.status().error().message() == "write to /dev/full: No space left on device");
  Show(queue, 4);
  queue.Close();
  CHECK_FALSE(queue.status().has_value());
  const OutputCounters counters = queue.counters();
  CHECK(counters.events == 7);
  CHECK(counters.failed == 7);
  CHECK(counters.written + counters.dropped == 0);
}

TEST_CASE("output queue: when the reader closes during a write, whole lines count as written") {
  Pipe pipe;
  OutputQueue queue(pipe.Sink(), {});
  queue.AddHeader("header\n");
  Show(queue, 10);
  queue.Flush();
  pipe.WaitUntilFull();
  pipe.CloseReader();
  queue.Close();
  const OutputCounters counters = queue.counters();
  CHECK(counters.written == (kPipeBytes - 7) / kLineBytes);
  CHECK(counters.failed == 10 - counters.written);
  CHECK(queue.status().error().message().find("Broken pipe") != std::string::npos);
}

TEST_CASE("output queue: a slow queue does not delay another queue") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "out").string();
  Pipe pipe;
  OutputQueue slow(pipe.Sink(), {.policy = QueuePolicy::kDrop,
                                 .bytes = OutputQueue::kMinQueueBytes,
                                 .drain_time = std::chrono::milliseconds(0)});
  OutputQueue other(*ByteSink::OpenFile(path), {});
  for (int i = 0; i < 100; ++i) {
    Show(slow, 1);
    Show(other, 1);
  }
  other.Close();
  CHECK(other.counters().written == 100);
  CHECK(CountLines(ReadFile(path)) == 100);
  slow.Close();
  pipe.CloseReader();
  CHECK(slow.counters().dropped > 0);
}

}  // namespace output_queue_test
}  // namespace wirehound::test
