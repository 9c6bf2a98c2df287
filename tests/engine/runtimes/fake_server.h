// SPDX-License-Identifier: Apache-2.0

// FakeServer: a server on a unix socket in a temporary folder, for tests of clients. It calls a
// handler for each connection on its thread. The destructor ends the thread.

#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/unique_fd.h"
#include "engine/runtimes/unix_stream.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {

/// A connection, passed to the handler.
struct Caller {
  int fd;
  int stop_fd;  ///< becomes readable when the server ends

  /// Waits until the caller has sent bytes or closed; false when the server ends.
  bool Wait() const {
    pollfd waits[] = {{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}};
    return poll(waits, 2, -1) > 0 && waits[1].revents == 0;
  }
  /// The next bytes, "" after the last.
  std::string Read() const {
    char room[4096];
    const ssize_t got = Wait() ? recv(fd, room, sizeof(room), 0) : 0;
    return {room, static_cast<std::size_t>(got > 0 ? got : 0)};
  }
  /// The bytes up to an empty line.
  std::string ReadHead() const {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      const std::string more = Read();
      if (more.empty()) {
        break;
      }
      head += more;
    }
    return head;
  }
  void Write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
};

class FakeServer {
 public:
  using Handler = std::function<void(const Caller& caller)>;

  explicit FakeServer(Handler handler) : handler_(std::move(handler)), stop_(eventfd(0, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof(address.sun_path) - 1);
    listener_ = UniqueFd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(listener_.get(), 16) != 0) {
      throw std::runtime_error("listen at " + path());
    }
    thread_ = std::thread([this] { Serve(); });
  }
  ~FakeServer() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(stop_.get(), &one, sizeof(one));
    thread_.join();
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::string path() const { return (folder_.path() / "runtime.sock").string(); }
  int callers() const { return callers_; }

 private:
  void Serve() {
    for (;;) {
      pollfd waits[] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
      if (poll(waits, 2, -1) < 0 || waits[1].revents != 0) {
        return;
      }
      const UniqueFd caller(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      ++callers_;
      handler_({caller.get(), stop_.get()});
    }
  }

  TemporaryFolder folder_;
  Handler handler_;
  UniqueFd listener_;
  UniqueFd stop_;
  std::atomic<int> callers_ = 0;
  std::thread thread_;
};

/// A handler that sends the same bytes for every request.
inline FakeServer::Handler Always(std::string answer) {
  return [answer = std::move(answer)](const Caller& caller) {
    caller.ReadHead();
    caller.Write(answer);
  };
}

/// A handler that reads requests and sends nothing until the caller has closed.
inline void Silent(const Caller& caller) {
  while (!caller.Read().empty()) {
  }
}

/// An HTTP response.
inline std::string HttpAnswer(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Text\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline Patience Patiently() {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30), .stop_fd = -1};
}

/// A short deadline, so that a test of a silent server ends soon.
inline Patience Briefly() {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(30),
          .stop_fd = -1};
}

}  // namespace wirehound::test
