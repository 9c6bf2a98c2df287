// SPDX-License-Identifier: Apache-2.0

// EventLoop: the one thread that does everything while the engine runs: it reads the source when
// there is something to read, heeds signals, and notices the end of the command. Ends when the
// source has no more, and only then, so that whatever was captured is dispatched.

#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>

#include <wirehound/result.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>

#include "engine/command_process.h"
#include "engine/dispatch/dispatcher.h"
#include "engine/outputs/output.h"
#include "probes/source.h"

namespace wirehound {

class EventLoop {
 public:
  /// `stop_source` makes the source end after what it holds already. All must outlive the loop.
  EventLoop(Source& source, RecordSink& sink, const Dispatcher& dispatcher,
            const std::vector<std::unique_ptr<Output>>& outputs, std::function<void()> stop_source);

  /// Ends the stream when this command has ended; signals to us are passed on to it.
  void Follow(CommandProcess& command);

  /// Runs until the source has ended. The error is that of the source or of an output.
  Status Run();

  /// The exit status of the followed command, once it has ended.
  std::optional<int> command_status() const { return command_status_; }

 private:
  /// Records read before signals are looked at again.
  static constexpr std::size_t kBatch = 4096;

  void WaitForSignal();
  void OnSignal(int signal);
  void WaitForCommand();
  void WaitForRecords();
  void ReadRecords();
  void FlushOutputs();
  void StopSource();
  void Finish(Status status);

  Source& source_;
  RecordSink& sink_;
  const Dispatcher& dispatcher_;
  const std::vector<std::unique_ptr<Output>>& outputs_;
  std::function<void()> stop_source_;
  boost::asio::io_context io_;
  boost::asio::signal_set signals_;
  boost::asio::posix::stream_descriptor records_;
  boost::asio::posix::stream_descriptor command_exit_;
  CommandProcess* command_ = nullptr;
  std::optional<int> command_status_;
  Status status_;
  bool stopping_ = false;
};

}  // namespace wirehound
