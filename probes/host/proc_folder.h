// SPDX-License-Identifier: Apache-2.0

// ProcFolder: reads the facts of a process from /proc that the BPF programs do not send. The kernel
// may have given the pid to another process meanwhile. So read the wanted facts first and Stat()
// last, and trust them only when Stat() has the expected start time. Reads are bounded; any thread.

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

/// The used fields of /proc/PID/stat.
struct ProcStat {
  std::string comm;
  char state = '?';
  std::int32_t parent_pid = 0;
  std::uint64_t start_ticks = 0;  ///< since boot

  /// Whether it has ended: a zombie that waits for its parent, or dead.
  bool ended() const { return state == 'Z' || state == 'X'; }
};

/// The used fields of /proc/PID/status.
struct ProcStatus {
  std::uint32_t uid = 0;       ///< the real one
  std::uint32_t gid = 0;       ///< the real one
  std::int32_t pid = 0;        ///< in the process's own pid namespace
  std::size_t namespaces = 0;  ///< depth of that namespace, 1 the initial one; 0 unknown
};

/// Parse the text of these files; nothing for other text. Pure.
std::optional<ProcStat> ProcStatFromText(std::string_view text);
std::optional<ProcStatus> ProcStatusFromText(std::string_view text);

class ProcFolder {
 public:
  static constexpr std::size_t kMaxArguments = 128;
  static constexpr std::size_t kMaxArgumentBytes = 32 * 1024;

  /// `root` is where /proc is mounted; "" for no /proc, which has no processes.
  explicit ProcFolder(std::string root = "/proc") : root_(std::move(root)) {}

  /// Whether this /proc shows the pids and start times that the BPF programs send: we are in the
  /// initial pid and time namespaces. If not, no other function here may be used.
  bool SeesHost() const;

  std::optional<ProcStat> Stat(std::int32_t pid) const;
  std::optional<ProcStatus> Status(std::int32_t pid) const;
  /// The path of the program file; "" when it cannot be read.
  std::string Executable(std::int32_t pid) const;
  /// The same, or "" when the process of this pid did not start `start_ns` after boot.
  std::string ExecutableOf(std::int32_t pid, std::uint64_t start_ns) const;
  /// The program's arguments, its name first: at most kMaxArguments of them, within the first
  /// kMaxArgumentBytes.
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
