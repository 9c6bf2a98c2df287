// SPDX-License-Identifier: Apache-2.0

// StrayOutput: keeps standard output for events. While it lives, file descriptor 1 is a pipe: what
// a detector prints ends there, is named in the log now and then, and never stands between two
// events. The real standard output is reached through StandardOutputFd(). What does not fit into
// the pipe is lost to whoever wrote it, without waiting. One at a time; control thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <spdlog/logger.h>
#include <wirehound/result.h>

#include "base/unique_fd.h"

namespace wirehound {

/// The file descriptor of the real standard output, for outputs of ours and for commands we start.
int StandardOutputFd();

class StrayOutput {
 public:
  /// The first warning comes at once, the next when there is this many times as much.
  static constexpr std::uint64_t kWarnAgainFactor = 16;
  /// Bytes shown of what was written.
  static constexpr std::size_t kShownBytes = 80;

  /// Puts the pipe in place. Also makes C's stdout flush at each line, as to a terminal.
  static Result<std::unique_ptr<StrayOutput>> Start();
  /// Puts standard output back.
  ~StrayOutput();
  StrayOutput(const StrayOutput&) = delete;
  StrayOutput& operator=(const StrayOutput&) = delete;

  /// Readable when somebody has written.
  int poll_fd() const { return read_end_.get(); }

  /// Takes what is there and warns of it, as "`who` wrote to standard output". Does not wait.
  void Read(std::string_view who = "something other than the engine, probably a detector,");

  std::uint64_t bytes() const { return bytes_; }

 private:
  StrayOutput(UniqueFd real, UniqueFd read_end);

  void Warn(std::string_view who, std::string_view text);

  UniqueFd real_;
  UniqueFd read_end_;
  std::shared_ptr<spdlog::logger> logger_;  // shared: spdlog keeps loggers so
  std::uint64_t bytes_ = 0;
  std::uint64_t next_warning_ = 1;  // at this many bytes
};

/// To be called after a function of a detector that is rarely called, with its name: what was
/// written meanwhile is that detector's. Does nothing when no StrayOutput lives.
void AttributeStrayOutput(std::string_view who);

}  // namespace wirehound
