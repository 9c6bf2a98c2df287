// SPDX-License-Identifier: Apache-2.0

#include "engine/event_loop.h"

#include <unistd.h>

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

namespace wirehound {

namespace {

using boost::asio::posix::descriptor_base;
using boost::system::error_code;

}  // namespace

EventLoop::EventLoop(Source& source, RecordSink& sink, const Dispatcher& dispatcher,
                     const std::vector<std::unique_ptr<Output>>& outputs,
                     std::function<void()> stop_source)
    : source_(source),
      sink_(sink),
      dispatcher_(dispatcher),
      outputs_(outputs),
      stop_source_(std::move(stop_source)),
      io_(1),
      signals_(io_, SIGINT, SIGTERM),
      records_(io_),
      command_exit_(io_) {
  if (source.poll_fd() >= 0) {
    records_.assign(dup(source.poll_fd()));  // the descriptor object closes what it is given
  }
}

void EventLoop::Follow(CommandProcess& command) {
  command_ = &command;
  command_exit_.assign(dup(command.exit_fd()));
  WaitForCommand();
}

Status EventLoop::Run() {
  WaitForSignal();
  boost::asio::post(io_, [this] { ReadRecords(); });
  io_.run();
  return std::move(status_);
}

void EventLoop::WaitForSignal() {
  signals_.async_wait([this](const error_code& error, int signal) {
    if (!error) {
      OnSignal(signal);
      WaitForSignal();
    }
  });
}

// The first signal goes to the command, if there is one, whose end then ends us; a terminal has
// sent it SIGINT already. A second signal, or one without a command, ends the stream.
void EventLoop::OnSignal(int signal) {
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

void EventLoop::WaitForRecords() {
  records_.async_wait(descriptor_base::wait_read, [this](const error_code& error) {
    if (!error) {
      ReadRecords();
    }
  });
}

void EventLoop::ReadRecords() {
  Result<SourceState> state = source_.Read(sink_, kBatch);
  if (!state) {
    return Finish(std::move(state).error());
  }
  if (!dispatcher_.output_status() && status_) {
    status_ = dispatcher_.output_status();
    StopSource();
  }
  switch (*state) {
    case SourceState::kMore:
      boost::asio::post(io_, [this] { ReadRecords(); });
      break;
    case SourceState::kIdle:
      FlushOutputs();
      WaitForRecords();
      break;
    case SourceState::kEnd:
      Finish({});
      break;
  }
}

void EventLoop::FlushOutputs() {
  for (const auto& output : outputs_) {
    Status status = output->Flush();
    if (!status && status_) {
      status_ = std::move(status);
      StopSource();
    }
  }
}

// What the source still holds is read at once, without waiting for its descriptor.
void EventLoop::StopSource() {
  stop_source_();
  if (records_.is_open()) {
    records_.cancel();
  }
  boost::asio::post(io_, [this] { ReadRecords(); });
}

void EventLoop::Finish(Status status) {
  if (!status && status_) {
    status_ = std::move(status);
  }
  sink_.OnEndOfStream();
  if (!dispatcher_.output_status() && status_) {
    status_ = dispatcher_.output_status();
  }
  for (const auto& output : outputs_) {
    Status flushed = output->Flush();
    if (!flushed && status_) {
      status_ = std::move(flushed);
    }
  }
  io_.stop();
}

}  // namespace wirehound
