// SPDX-License-Identifier: Apache-2.0

// EventLoop: runs the dispatch thread. It reads the source when records wait, handles signals, and
// waits for the command to end. It ends only when the source reports its end, so that every
// captured record is dispatched. All other handlers run between two reads, never inside a turn.

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
  /// `engine` has been started, has a source, and must outlive the loop.
  explicit EventLoop(Engine& engine);

  /// For other waits, such as those of PluginWatcher. Handlers run between two reads.
  boost::asio::io_context& io() { return io_; }

  /// Calls `on_hangup` for each SIGHUP. Without this SIGHUP is ignored.
  void OnHangup(std::function<void()> on_hangup) { on_hangup_ = std::move(on_hangup); }

  /// Calls `on_idle` whenever the source has no record to read.
  void OnIdle(std::function<void()> on_idle) { on_idle_ = std::move(on_idle); }

  /// For live capture: while no record arrives, stream time follows the clock at a distance of
  /// `behind_ns`, so that timers of detectors fire. No record may arrive later than `behind_ns`
  /// after it was captured.
  void FollowClock(std::uint64_t behind_ns) { clock_behind_ns_ = behind_ns; }

  /// Ends the stream when this command has ended, and passes signals on to it.
  void Follow(CommandProcess& command);

  /// Calls `on_readable` whenever `fd` is readable. The loop waits on a copy; the caller keeps
  /// `fd`.
  void Watch(int fd, std::function<void()> on_readable);

  /// Runs until the source has ended. Returns the first error of the source or of an output.
  Status Run();

  /// The exit status of the followed command, once it has ended.
  std::optional<int> command_status() const { return command_status_; }

 private:
  /// The most records read before signals and other handlers get a chance to run.
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
  bool waiting_ = false;  // a wait for the source's descriptor is under way
  bool stopping_ = false;
  bool finished_ = false;
};

}  // namespace wirehound
