// SPDX-License-Identifier: Apache-2.0

#include "engine/run/event_loop.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include "probes/host/boot_clock.h"

namespace wirehound {

namespace {

using boost::asio::posix::descriptor_base;
using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

// The longest wait for a detector's timer. The clock of steady_timer stands while the machine
// sleeps, but stream time does not; so the loop looks at stream time at least once a second.
constexpr std::uint64_t kLongestWaitNs = 1'000'000'000;
// Added to each wait, so that the detector's timer is surely due when idle_timer_ fires.
constexpr std::chrono::milliseconds kClockStep{1};

}  // namespace

EventLoop::EventLoop(Engine& engine)
    : engine_(engine),
      io_(1),
      signals_(io_, SIGINT, SIGTERM, SIGHUP),
      idle_timer_(io_),
      records_(io_),
      command_exit_(io_) {
  const int poll_fd = engine.source()->poll_fd();
  if (poll_fd >= 0) {
    records_.assign(dup(poll_fd));  // a copy, because stream_descriptor closes its descriptor
  }
}

void EventLoop::Follow(CommandProcess& command) {
  command_ = &command;
  command_exit_.assign(dup(command.exit_fd()));
  WaitForCommand();
}

void EventLoop::Watch(int fd, std::function<void()> on_readable) {
  watched_.push_back({stream_descriptor(io_, dup(fd)), std::move(on_readable)});
  WaitForWatched(watched_.size() - 1);
}

Status EventLoop::Run() {
  WaitForSignal();
  WatchOutputs();
  boost::asio::post(io_, [this] { ReadRecords(); });
  io_.run();
  return std::move(status_);
}

// An output writes, and fails, in another thread. Waiting for its failure descriptor reports the
// failure even when no event arrives for a long time.
void EventLoop::WatchOutputs() {
  for (const auto& output : engine_.outputs()) {
    const int fd = output->failure_fd();
    if (fd >= 0) {
      Watch(fd, [this, fd] {
        std::uint64_t failures = 0;
        [[maybe_unused]] const ssize_t size = read(fd, &failures, sizeof(failures));
        FlushOutputs();
      });
    }
  }
}

void EventLoop::WaitForSignal() {
  signals_.async_wait([this](const error_code& error, int signal) {
    if (!error) {
      OnSignal(signal);
      WaitForSignal();
    }
  });
}

// The first signal is passed on to the command, if there is one, and the end of the command ends
// the stream. SIGINT is not passed on: the terminal has sent it to the command already. A second
// signal, or any signal without a command, ends the stream at once.
void EventLoop::OnSignal(int signal) {
  if (signal == SIGHUP) {
    if (on_hangup_) {
      on_hangup_();
    }
    return;
  }
  if (command_ != nullptr && !command_status_) {
    if (signal != SIGINT) {
      command_->Signal(signal);
    }
    if (!std::exchange(stopping_, true)) {
      return;
    }
  }
  StopSource();
}

void EventLoop::WaitForCommand() {
  command_exit_.async_wait(descriptor_base::wait_read, [this](const error_code& error) {
    if (!error) {
      command_status_ = command_->ExitStatus();
      StopSource();
    }
  });
}

void EventLoop::WaitForWatched(std::size_t index) {
  watched_[index].descriptor.async_wait(descriptor_base::wait_read,
                                        [this, index](const error_code& error) {
                                          if (!error) {
                                            watched_[index].on_readable();
                                            WaitForWatched(index);
                                          }
                                        });
}

void EventLoop::WaitForRecords() {
  if (std::exchange(waiting_, true)) {
    return;
  }
  records_.async_wait(descriptor_base::wait_read, [this](const error_code& error) {
    waiting_ = false;
    if (!error) {
      ReadRecords();
    }
  });
}

void EventLoop::ReadRecords() {
  if (finished_) {
    return;
  }
  Result<SourceState> state = engine_.Read(kBatch);
  if (!state) {
    return Finish(std::move(state).error());
  }
  if (!engine_.dispatcher().output_status() && status_) {
    status_ = engine_.dispatcher().output_status();
    StopSource();
  }
  switch (*state) {
    case SourceState::kMore:
      boost::asio::post(io_, [this] { ReadRecords(); });
      break;
    case SourceState::kIdle:
      AdvanceIdleTime();
      FlushOutputs();
      if (on_idle_) {
        on_idle_();
      }
      WaitForRecords();
      break;
    case SourceState::kEnd:
      Finish({});
      break;
  }
}

// No record waits, so every record still to come was captured after `now_ns`: stream time may
// advance to it without making a later record go back.
void EventLoop::AdvanceIdleTime() {
  if (!clock_behind_ns_ || !engine_.dispatcher().next_timer_ns()) {
    return;
  }
  const std::uint64_t now_ns = BootClock::OfThisRun().NowNs() - *clock_behind_ns_;
  engine_.OnTime(now_ns);
  const std::optional<std::uint64_t> next_ns = engine_.dispatcher().next_timer_ns();
  if (!next_ns) {
    return;
  }
  const std::uint64_t wait_ns = std::min(*next_ns > now_ns ? *next_ns - now_ns : 0, kLongestWaitNs);
  idle_timer_.expires_after(std::chrono::nanoseconds(wait_ns) + kClockStep);
  idle_timer_.async_wait([this](const error_code& error) {
    if (!error) {
      ReadRecords();
    }
  });
}

void EventLoop::FlushOutputs() {
  for (const auto& output : engine_.outputs()) {
    Status status = output->Flush();
    if (!status && status_) {
      status_ = std::move(status);
      StopSource();
    }
  }
}

// Posts a read, because the source may still hold records while its descriptor never becomes
// readable again.
void EventLoop::StopSource() {
  engine_.source()->Stop();
  if (records_.is_open()) {
    records_.cancel();
  }
  boost::asio::post(io_, [this] { ReadRecords(); });
}

void EventLoop::Finish(Status status) {
  if (!status && status_) {
    status_ = std::move(status);
  }
  finished_ = true;
  engine_.OnEndOfStream();
  if (!engine_.dispatcher().output_status() && status_) {
    status_ = engine_.dispatcher().output_status();
  }
  for (const auto& output : engine_.outputs()) {
    Status closed = output->Close();
    if (!closed && status_) {
      status_ = std::move(closed);
    }
  }
  io_.stop();
}

}  // namespace wirehound
