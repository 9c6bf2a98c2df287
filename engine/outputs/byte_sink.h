// SPDX-License-Identifier: Apache-2.0

// ByteSink: a file descriptor that takes whole lines and is written with as few calls as possible,
// so that lines of ours never mix with another program's. Lines are gathered in the sink's buffer,
// or by a caller that has a buffer of its own and hands them over as they are. Dispatch thread.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <wirehound/result.h>

namespace wirehound {

class ByteSink {
 public:
  /// Bytes to gather before they are written without being asked to.
  static constexpr std::size_t kFlushBytes = 256 * 1024;

  /// Standard output; the descriptor stays open.
  static std::unique_ptr<ByteSink> StandardOutput();
  /// A file, made or emptied. Fails with the path and the reason.
  static Result<std::unique_ptr<ByteSink>> OpenFile(const std::string& path);

  ~ByteSink();
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  /// Where the next line is appended to. Call CommitLine once it is whole.
  std::string& buffer() { return buffer_; }
  /// Writes when enough has gathered. An error is final: later calls return it again.
  Status CommitLine();
  /// Writes what has gathered and then these lines, which are not kept.
  Status Write(std::string_view lines);
  /// Writes all that has gathered.
  Status Flush();

 private:
  ByteSink(int fd, bool owned, std::string name);

  void WriteUnlessFailed(std::string_view bytes);

  int fd_;
  bool owned_;
  std::string name_;  ///< for messages
  std::string buffer_;
  int error_ = 0;  ///< errno of the first failed write
};

}  // namespace wirehound
