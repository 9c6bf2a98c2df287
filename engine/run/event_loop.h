// SPDX-License-Identifier: Apache-2.0

// EventLoop: the one thread that does everything while the engine runs: it reads the source when
// there is something to read, heeds signals, and notices the end of the command. Ends when the
// source has no more, and only then, so that whatever was captured is dispatched. Whatever else
// happens here happens between two reads, so never inside a turn.

#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <wirehound/result.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/run/command_process.h"
#include "engine/run/engine.h"

namespace wirehound {

class EventLoop {
 public:
  /// Drives a started engine that has a source, and outlives the loop.
  explicit EventLoop(Engine& engine);

  /// Where others may wait for things of their own; handlers run between two reads.
  boost::asio::io_context& io() { return io_; }

  /// Calls `on_hangup` for each SIGHUP, which without this does nothing.
  void OnHangup(std::function<void()> on_hangup) { on_hangup_ = std::move(on_hangup); }

  /// Calls `on_idle` whenever nothing waits to be read.
  void OnIdle(std::function<void()> on_idle) { on_idle_ = std::move(on_idle); }

  /// For live capture: while nothing comes, stream time follows the clock, `behind_ns` behind it,
  /// so that timers of detectors go off. No record may come later than that.
  void FollowClock(std::uint64_t behind_ns) { clock_behind_ns_ = behind_ns; }

  /// Ends the stream when this command has ended; signals to us are passed on to it.
  void Follow(CommandProcess& command);

  /// Calls `on_readable` whenever this descriptor, which stays the caller's, has something to read.
  void Watch(int fd, std::function<void()> on_readable);

  /// Runs until the source has ended. The error is that of the source or of an output.
  Status Run();

  /// The exit status of the followed command, once it has ended.
  std::optional<int> command_status() const { return command_status_; }

 private:
  /// Records read before signals are looked at again.
  static constexpr std::size_t kBatch = 4096;

  void WatchOutputs();
  void WaitForSignal();
  void OnSignal(int signal);
  void WaitForCommand();
  void WaitForRecords();
  void WaitForWatched(std::size_t index);
  void ReadRecords();
  void AdvanceIdleTime();
  void FlushOutputs();
  void StopSource();
  void Finish(Status status);

  Engine& engine_;
  boost::asio::io_context io_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer idle_timer_;
  boost::asio::posix::stream_descriptor records_;
  boost::asio::posix::stream_descriptor command_exit_;
  struct Watched {
    boost::asio::posix::stream_descriptor descriptor;
    std::function<void()> on_readable;
  };
  std::vector<Watched> watched_;
  CommandProcess* command_ = nullptr;
  std::optional<int> command_status_;
  Status status_;
  std::function<void()> on_hangup_;
  std::function<void()> on_idle_;
  std::optional<std::uint64_t> clock_behind_ns_;
  bool waiting_ = false;  // for the descriptor of the source
  bool stopping_ = false;
  bool finished_ = false;
};

}  // namespace wirehound
