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

// Written to, put in place, taken away; IN_ATTRIB tells that permissions were mended.
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
                        if (TakeNotices()) {
                          WaitUntilQuiet(kQuiet);
                        }
                        WaitForNotice();
                      });
}

// Which file it was does not matter; only whether it may be a plugin, or the folder itself.
bool PluginWatcher::TakeNotices() {
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
  quiet_.expires_after(delay);  // a wait that was under way ends as cancelled
  quiet_.async_wait([this](const error_code& error) {
    if (!error) {
      OnQuiet();
    }
  });
}

void PluginWatcher::OnQuiet() {
  if (!watching_ && !Watch()) {
    WaitUntilQuiet(kRetry);  // no folder, no change: what runs goes on
    return;
  }
  on_change_();
}

}  // namespace wirehound
