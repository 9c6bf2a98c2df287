// SPDX-License-Identifier: Apache-2.0

// ProcFolder: what /proc tells of a process, for what the kernel programs did not. Every answer may
// be of another process that got the pid meanwhile: read what is wanted first and Stat() last, and
// trust the rest only when its start time is the one expected. Bounded reads; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wirehound {

/// One tick of the times in /proc/PID/stat, in nanoseconds.
std::uint64_t ProcTickNs();

/// Of /proc/PID/stat.
struct ProcStat {
  std::string comm;
  char state = '?';
  std::int32_t parent_pid = 0;
  std::uint64_t start_ticks = 0;  ///< since boot

  /// Waiting for its parent to take notice, no more.
  bool ended() const { return state == 'Z' || state == 'X'; }
};

/// Of /proc/PID/status.
struct ProcStatus {
  std::uint32_t uid = 0;  ///< real ones
  std::uint32_t gid = 0;
  std::int32_t pid = 0;        ///< in the process's own pid namespace
  std::size_t namespaces = 0;  ///< how deep that one is, from 1; 0 unknown
};

/// Nothing for text that is not of such a file. Pure.
std::optional<ProcStat> ProcStatFromText(std::string_view text);
std::optional<ProcStatus> ProcStatusFromText(std::string_view text);

class ProcFolder {
 public:
  static constexpr std::size_t kMaxArguments = 128;
  static constexpr std::size_t kMaxArgumentBytes = 32 * 1024;

  /// "": there is none, and it does not see the host.
  explicit ProcFolder(std::string root = "/proc") : root_(std::move(root)) {}

  /// Whether pids and start times mean here what they mean to the kernel: the reader is in the
  /// initial pid and time namespaces. Where it is not, nothing else here may be used.
  bool SeesHost() const;

  std::optional<ProcStat> Stat(std::int32_t pid) const;
  std::optional<ProcStatus> Status(std::int32_t pid) const;
  /// The path of the program file; "" when it cannot be told.
  std::string Executable(std::int32_t pid) const;
  /// The same, if the process with this pid is the one that started `start_ns` after boot.
  std::string ExecutableOf(std::int32_t pid, std::uint64_t start_ns) const;
  /// At most kMaxArguments within kMaxArgumentBytes.
  std::vector<std::string> Arguments(std::int32_t pid) const;
  /// The text of /proc/PID/cgroup.
  std::string Cgroup(std::int32_t pid) const;

  const std::string& root() const { return root_; }

 private:
  std::string Path(std::int32_t pid, std::string_view name) const;

  std::string root_;
};

/// The beginning of a file, at most `max_bytes`; "" when it cannot be read.
std::string ReadStartOfFile(const std::string& path, std::size_t max_bytes);

}  // namespace wirehound
