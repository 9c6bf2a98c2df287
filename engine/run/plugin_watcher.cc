// SPDX-License-Identifier: Apache-2.0

#include "engine/run/plugin_watcher.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <boost/system/error_code.hpp>

namespace wirehound {

namespace {

using boost::system::error_code;

// Files written, moved in, moved out or deleted. IN_ATTRIB: a file that could not be read may have
// become readable.
constexpr std::uint32_t kFiles =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;
constexpr std::uint32_t kFolder = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

PluginWatcher::PluginWatcher(boost::asio::io_context& io, int inotify_fd,
                             std::filesystem::path folder, std::function<void()> on_change)
    : folder_(std::move(folder)),
      on_change_(std::move(on_change)),
      notices_(io, inotify_fd),
      quiet_(io) {}

Result<std::unique_ptr<PluginWatcher>> PluginWatcher::Start(boost::asio::io_context& io,
                                                            const std::filesystem::path& folder,
                                                            std::function<void()> on_change) {
  const int inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (inotify_fd < 0) {
    return Error(std::string("inotify: ") + std::strerror(errno));
  }
  std::unique_ptr<PluginWatcher> watcher(
      new PluginWatcher(io, inotify_fd, folder, std::move(on_change)));
  if (!watcher->Watch()) {
    return Error("inotify on " + folder.string() + ": " + std::strerror(errno));
  }
  watcher->WaitForNotice();
  return watcher;
}

bool PluginWatcher::Watch() {
  watching_ = inotify_add_watch(notices_.native_handle(), folder_.c_str(), kFiles | kFolder) >= 0;
  return watching_;
}

void PluginWatcher::WaitForNotice() {
  notices_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                      [this](const error_code& error) {
                        if (error) {
                          return;
                        }
                        if (ReadNotices()) {
                          WaitUntilQuiet(kQuiet);
                        }
                        WaitForNotice();
                      });
}

// Reads all waiting notices. Returns whether one is about a possible plugin, is about the folder,
// or says that notices were lost. A removed or moved folder ends the watch; OnQuiet starts a new
// one.
bool PluginWatcher::ReadNotices() {
  alignas(inotify_event) char buffer[16 * 1024];
  bool relevant = false;
  ssize_t size = 0;
  while ((size = read(notices_.native_handle(), buffer, sizeof(buffer))) > 0) {
    for (const char* at = buffer; at < buffer + size;) {
      const auto* notice = reinterpret_cast<const inotify_event*>(at);
      const std::string_view name = notice->len == 0 ? "" : notice->name;
      const bool gone = (notice->mask & (IN_IGNORED | IN_MOVE_SELF)) != 0;
      watching_ = watching_ && !gone;
      relevant = relevant || gone || (notice->mask & IN_Q_OVERFLOW) != 0 || name.empty() ||
                 std::filesystem::path(name).extension() == ".so";
      at += sizeof(inotify_event) + notice->len;
    }
  }
  return relevant;
}

void PluginWatcher::WaitUntilQuiet(std::chrono::milliseconds delay) {
  quiet_.expires_after(delay);  // cancels a wait that is under way
  quiet_.async_wait([this](const error_code& error) {
    if (!error) {
      OnQuiet();
    }
  });
}

void PluginWatcher::OnQuiet() {
  if (!watching_ && !Watch()) {
    WaitUntilQuiet(kRetry);  // without a folder the loaded detectors keep running
    return;
  }
  on_change_();
}

}  // namespace wirehound
