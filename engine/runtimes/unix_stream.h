// SPDX-License-Identifier: Apache-2.0

// UnixStream: a connection to a local server that may be slow, dead or hostile: every wait ends at
// a deadline or when the engine ends, and what the server says is bounded. Only servers of root or
// of the running user are spoken to. Side thread.

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

/// How long to wait for somebody.
struct Patience {
  std::chrono::steady_clock::time_point deadline;
  int stop_fd = -1;  ///< readable: not a moment longer; -1: there is none
};

class UnixStream {
 public:
  /// What a server may say in one connection.
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

  /// kNotPermitted when the server is neither root's nor the running user's.
  static Result<UnixStream> Connect(const std::string& path, const Patience& patience);

  Status Write(std::string_view bytes);

  /// Waits for the next bytes; how many, 0 at the end. An error beyond kMaxBytes.
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
