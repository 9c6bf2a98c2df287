// SPDX-License-Identifier: Apache-2.0

// StrayOutput: keeps standard output for events. While it lives, file descriptor 1 is a pipe. Text
// that a detector prints goes into the pipe, the log warns of it now and then, and it never mixes
// with events. Outputs write to StandardOutputFd(). The pipe does not block: what does not fit is
// lost. One at a time; control thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <spdlog/fwd.h>
#include <wirehound/result.h>

#include "base/unique_fd.h"

namespace wirehound {

/// The file descriptor of the real standard output, for the outputs and for the command after --.
int StandardOutputFd();

class StrayOutput {
 public:
  /// The first warning comes at once, the next one at this many times as many bytes.
  static constexpr std::uint64_t kWarnAgainFactor = 16;
  /// The most bytes of the text that a warning shows.
  static constexpr std::size_t kShownBytes = 80;

  /// Puts the pipe in place. Also makes C's stdout flush each line, as it does on a terminal.
  static Result<std::unique_ptr<StrayOutput>> Start();
  /// Puts standard output back.
  ~StrayOutput();
  StrayOutput(const StrayOutput&) = delete;
  StrayOutput& operator=(const StrayOutput&) = delete;

  /// Readable while the pipe holds text.
  int poll_fd() const { return read_end_.get(); }

  /// Empties the pipe and, when a warning is due, logs "`who` wrote to standard output". Never
  /// waits.
  void Read(std::string_view who = "something other than the engine, probably a detector,");

 private:
  StrayOutput(UniqueFd real, UniqueFd read_end);

  void Warn(std::string_view who, std::string_view text);

  UniqueFd real_;
  UniqueFd read_end_;
  std::shared_ptr<spdlog::logger> logger_;
  std::uint64_t bytes_ = 0;         // read from the pipe so far
  std::uint64_t next_warning_ = 1;  // at this many bytes
};

/// Call it with the detector's name after a rare call into a detector: text that waits in the pipe
/// is that detector's. Does nothing when no StrayOutput lives.
void AttributeStrayOutput(std::string_view who);

}  // namespace wirehound
