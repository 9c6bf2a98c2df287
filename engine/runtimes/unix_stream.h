// SPDX-License-Identifier: Apache-2.0

// UnixStream: a connection to a local server that may be slow, dead or hostile. Every wait ends at
// a deadline or when the engine ends, and the bytes of the response are bounded. Nothing is sent to
// a server of another user than root or the running one. Side thread.

#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <wirehound/result.h>

#include "base/unique_fd.h"

namespace wirehound {

/// How long to wait for a server.
struct Patience {
  std::chrono::steady_clock::time_point deadline;
  int stop_fd = -1;  ///< becomes readable when the wait must end at once; -1: there is none
};

class UnixStream {
 public:
  /// The most bytes that Read takes from one connection.
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

  /// kNotPermitted when the server runs neither as root nor as the running user.
  static Result<UnixStream> Connect(const std::string& path, const Patience& patience);

  Status Write(std::string_view bytes);

  /// Waits for the next bytes and returns how many there are, 0 at the end. An error beyond
  /// kMaxBytes.
  Result<std::size_t> Read(std::span<char> room);

 private:
  UnixStream(UniqueFd socket, const Patience& patience)
      : socket_(std::move(socket)), patience_(patience) {}

  Status CheckPeer() const;
  Status Wait(short events) const;

  UniqueFd socket_;
  Patience patience_;
  std::size_t read_ = 0;
};

}  // namespace wirehound
