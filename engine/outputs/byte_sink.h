// SPDX-License-Identifier: Apache-2.0

// ByteSink: a file descriptor that lines are written to. OutputQueue decides when, and on which
// thread. One thread at a time.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <wirehound/result.h>

namespace wirehound {

class ByteSink {
 public:
  /// Standard output; the descriptor stays open.
  static std::unique_ptr<ByteSink> StandardOutput();
  /// A file, made or emptied. Fails with the path and the reason.
  static Result<std::unique_ptr<ByteSink>> OpenFile(const std::string& path);

  ~ByteSink();
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  /// For messages: the path, or "standard output".
  const std::string& name() const { return name_; }

  /// Writes as much as the system takes at once, waiting until it takes some. The result is how
  /// many bytes that were, or a negative errno.
  std::ptrdiff_t WriteSome(std::string_view bytes);

 private:
  ByteSink(int fd, bool owned, std::string name);

  int fd_;
  bool owned_;
  std::string name_;
};

}  // namespace wirehound
