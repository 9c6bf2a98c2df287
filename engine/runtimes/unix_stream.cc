// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/unix_stream.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/system_error.h"

namespace wirehound {
namespace {

bool IsTransient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Result<UnixStream> UnixStream::Connect(const std::string& path, const Patience& patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Error(ErrorCode::kInvalidInput, "socket '" + path + "': the path is too long");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) {
    return SystemError("make a socket", errno);
  }
  // The socket does not block: a server whose queue of callers is full refuses at once.
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return SystemError("connect", errno);
  }
  UnixStream stream(std::move(socket), patience);
  WIREHOUND_TRY(stream.CheckPeer());
  return stream;
}

// Checks the user of the server, as another process may have taken over the path since
// CheckRuntimeSocket.
Status UnixStream::CheckPeer() const {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return SystemError("ask who listens", errno);
  }
  if (peer.uid == 0 || peer.uid == geteuid()) {
    return {};
  }
  return Error(ErrorCode::kNotPermitted, "the server is of uid " + std::to_string(peer.uid) +
                                             "; expected root or the running user");
}

Status UnixStream::Wait(short events) const {
  pollfd waits[] = {{.fd = socket_.get(), .events = events, .revents = 0},
                    {.fd = patience_.stop_fd, .events = POLLIN, .revents = 0}};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        patience_.deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error("no answer in time");
    }
    const int ready = poll(waits, std::size(waits), static_cast<int>(left.count()) + 1);
    if (ready < 0 && errno != EINTR) {
      return SystemError("wait", errno);
    }
    if (ready > 0 && waits[1].revents != 0) {
      return Error("the engine ends");
    }
    if (ready > 0) {
      return {};
    }
  }
}

Status UnixStream::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (!IsTransient(errno)) {
      return SystemError("send", errno);
    }
    WIREHOUND_TRY(Wait(POLLOUT));
  }
  return {};
}

Result<std::size_t> UnixStream::Read(std::span<char> room) {
  for (;;) {
    WIREHOUND_TRY(Wait(POLLIN));
    const ssize_t got = recv(socket_.get(), room.data(), room.size(), 0);
    if (got >= 0) {
      read_ += static_cast<std::size_t>(got);
      if (read_ > kMaxBytes) {
        return Error("answered more than " + std::to_string(kMaxBytes) + " bytes");
      }
      return static_cast<std::size_t>(got);
    }
    if (!IsTransient(errno)) {
      return SystemError("receive", errno);
    }
  }
}

}  // namespace wirehound
