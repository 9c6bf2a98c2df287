// SPDX-License-Identifier: Apache-2.0

#include "probes/live/reader_wakeup.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <ctime>
#include <utility>

#include "base/system_error.h"

namespace wirehound {
namespace {

// Edge-triggered: a ring that is not empty is readable, and with level triggering it would keep
// waking a reader that wants to wait for its timer.
bool Watch(int epoll_fd, int fd) {
  epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.fd = fd}};
  return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

ReaderWakeup::ReaderWakeup(UniqueFd epoll, UniqueFd timer, ControlMemory control,
                           std::uint64_t interval_ns)
    : epoll_(std::move(epoll)),
      timer_(std::move(timer)),
      control_(std::move(control)),
      interval_ns_(interval_ns) {}

Result<ReaderWakeup> ReaderWakeup::Create(int ring_fd, ControlMemory control,
                                          std::uint64_t interval_ns) {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  UniqueFd timer(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!epoll || !timer || !Watch(epoll.get(), ring_fd) || !Watch(epoll.get(), timer.get())) {
    return SystemError("prepare waiting for the ring buffer", errno);
  }
  return ReaderWakeup(std::move(epoll), std::move(timer), std::move(control), interval_ns);
}

void ReaderWakeup::Acknowledge() {
  // The epoll descriptor stays readable until its edges are fetched, and the timer until its
  // expirations are read. Otherwise the caller, who waits for the descriptor, would spin.
  epoll_event events[2];
  epoll_wait(epoll_.get(), events, 2, 0);
  std::uint64_t expirations = 0;
  [[maybe_unused]] const ssize_t size = read(timer_.get(), &expirations, sizeof(expirations));
}

void ReaderWakeup::StartPolling() {
  SetPolling(true);
  SetTimer(true);
}

// The timer stays on: a program that saw the old value of the word may submit one more record
// without waking us. RingSource::Read stops the timer at the next read that finds the ring empty.
void ReaderWakeup::StopPolling() {
  SetPolling(false);
  SetTimer(true);
}

void ReaderWakeup::StopTimer() { SetTimer(false); }

void ReaderWakeup::SetPolling(bool polling) {
  if (polling_ == polling) {
    return;
  }
  polling_ = polling;
  control_.SetReaderPolls(polling ? 1 : 0);
}

void ReaderWakeup::SetTimer(bool on) {
  if (timer_on_ == on) {
    return;
  }
  timer_on_ = on;
  itimerspec times = {};
  if (on) {
    times.it_value.tv_nsec = static_cast<long>(interval_ns_);
    times.it_interval = times.it_value;
  }
  timerfd_settime(timer_.get(), 0, &times, nullptr);
}

}  // namespace wirehound
