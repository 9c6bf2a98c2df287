// SPDX-License-Identifier: Apache-2.0

// PluginWatcher: watches the plugins folder with inotify and calls a function after a change. It
// waits until no notice has arrived for kQuiet, so that the engine does not load a file that is
// still being copied. It does not say what changed: the Reloader lists the folder. Runs in the
// event loop; dispatch thread.

#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include <wirehound/result.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace wirehound {

class PluginWatcher {
 public:
  /// How long no notice must arrive before the change is reported.
  static constexpr std::chrono::milliseconds kQuiet{200};
  /// How often the watcher looks for a folder that was removed.
  static constexpr std::chrono::milliseconds kRetry{1000};

  /// Calls `on_change` from `io` after each change. Both must outlive the watcher.
  static Result<std::unique_ptr<PluginWatcher>> Start(boost::asio::io_context& io,
                                                      const std::filesystem::path& folder,
                                                      std::function<void()> on_change);

  PluginWatcher(const PluginWatcher&) = delete;
  PluginWatcher& operator=(const PluginWatcher&) = delete;

 private:
  PluginWatcher(boost::asio::io_context& io, int inotify_fd, std::filesystem::path folder,
                std::function<void()> on_change);

  bool Watch();
  void WaitForNotice();
  bool ReadNotices();
  void WaitUntilQuiet(std::chrono::milliseconds delay);
  void OnQuiet();

  const std::filesystem::path folder_;
  const std::function<void()> on_change_;
  boost::asio::posix::stream_descriptor notices_;
  boost::asio::steady_timer quiet_;
  bool watching_ = false;
};

}  // namespace wirehound
