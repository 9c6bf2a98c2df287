// SPDX-License-Identifier: Apache-2.0

#include "probes/host/proc_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <sstream>

#include "base/unique_fd.h"

namespace wirehound {
namespace {

constexpr std::uint64_t kNanoseconds = 1'000'000'000;
constexpr std::size_t kMaxFileBytes = 16 * 1024;
// Inode numbers that the initial namespaces always have.
constexpr std::string_view kInitialPid = "pid:[4026531836]";
constexpr std::string_view kInitialTime = "time:[4026531834]";

std::string ReadLink(const std::string& path) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = readlink(path.c_str(), target.data(), target.size());
  return size <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

// The rest of the first line that starts with `name`; "" without such a line.
std::string_view LineOf(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(name)) {
      return line.substr(name.size());
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

std::vector<std::uint32_t> NumbersOf(std::string_view words) {
  std::istringstream stream{std::string(words)};
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = 0; stream >> number;) {
    numbers.push_back(number);
  }
  return numbers;
}

constexpr int kStartTimeField = 22;  // counted from 1, as in proc(5)
constexpr int kFirstAfterName = 3;

// The start time, which is field 22 of the whole line. `after_name` begins with field 3.
std::optional<std::uint64_t> StartTicks(std::string_view after_name) {
  std::istringstream fields{std::string(after_name)};
  std::string field;
  for (int i = kFirstAfterName; i <= kStartTimeField; ++i) {
    if (!(fields >> field)) {
      return std::nullopt;
    }
  }
  std::uint64_t ticks = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), ticks);
  if (error != std::errc() || end != field.data() + field.size()) {
    return std::nullopt;
  }
  return ticks;
}

}  // namespace

std::uint64_t ProcTickNs() {
  static const std::uint64_t kTickNs =
      kNanoseconds / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return kTickNs;
}

std::optional<ProcStat> ProcStatFromText(std::string_view text) {
  const std::size_t name_start = text.find('(');
  const std::size_t name_end = text.rfind(')');  // the name itself may have brackets and blanks
  if (name_end == std::string_view::npos || name_start > name_end) {
    return std::nullopt;
  }
  const std::string_view after_name = text.substr(name_end + 1);
  const std::optional<std::uint64_t> start_ticks = StartTicks(after_name);
  ProcStat stat;
  std::istringstream fields{std::string(after_name)};
  if (!start_ticks || !(fields >> stat.state >> stat.parent_pid)) {
    return std::nullopt;
  }
  stat.comm = text.substr(name_start + 1, name_end - name_start - 1);
  stat.start_ticks = *start_ticks;
  return stat;
}

std::optional<ProcStatus> ProcStatusFromText(std::string_view text) {
  const std::vector<std::uint32_t> uids = NumbersOf(LineOf(text, "Uid:"));
  const std::vector<std::uint32_t> gids = NumbersOf(LineOf(text, "Gid:"));
  const std::vector<std::uint32_t> pids = NumbersOf(LineOf(text, "NSpid:"));
  if (uids.empty() || gids.empty()) {
    return std::nullopt;
  }
  return ProcStatus{.uid = uids.front(),
                    .gid = gids.front(),
                    .pid = pids.empty() ? 0 : static_cast<std::int32_t>(pids.back()),
                    .namespaces = pids.size()};
}

// Reads until the limit or the end: the size that stat() gives for a file of /proc is 0. A file
// that vanishes in between, or any other error, gives the text so far.
std::string ReadStartOfFile(const std::string& path, std::size_t max_bytes) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> chunk;
  while (file && text.size() < max_bytes) {
    const std::size_t wanted = std::min(chunk.size(), max_bytes - text.size());
    const ssize_t got = read(file.get(), chunk.data(), wanted);
    if (got <= 0) {
      break;
    }
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::string ProcFolder::Path(std::int32_t pid, std::string_view name) const {
  std::string path = root_;
  path += '/';
  path += std::to_string(pid);
  path += '/';
  path += name;
  return path;
}

// The BPF programs send pids of the initial pid namespace, and times without the offset of a time
// namespace. In any other namespace our /proc would show another process under the same number.
bool ProcFolder::SeesHost() const {
  if (root_.empty()) {
    return false;
  }
  // A kernel without time namespaces does not have this link.
  const std::string time = ReadLink(root_ + "/self/ns/time");
  return ReadLink(root_ + "/self/ns/pid") == kInitialPid && (time.empty() || time == kInitialTime);
}

std::optional<ProcStat> ProcFolder::Stat(std::int32_t pid) const {
  return ProcStatFromText(ReadStartOfFile(Path(pid, "stat"), kMaxFileBytes));
}

std::optional<ProcStatus> ProcFolder::Status(std::int32_t pid) const {
  return ProcStatusFromText(ReadStartOfFile(Path(pid, "status"), kMaxFileBytes));
}

std::string ProcFolder::Executable(std::int32_t pid) const { return ReadLink(Path(pid, "exe")); }

std::string ProcFolder::ExecutableOf(std::int32_t pid, std::uint64_t start_ns) const {
  std::string path = Executable(pid);
  // After the link: if another process had the pid when we read it, its start time differs.
  const std::optional<ProcStat> stat = Stat(pid);
  return stat && stat->start_ticks == start_ns / ProcTickNs() ? path : std::string();
}

std::vector<std::string> ProcFolder::Arguments(std::int32_t pid) const {
  const std::string text = ReadStartOfFile(Path(pid, "cmdline"), kMaxArgumentBytes);
  std::vector<std::string> arguments;
  for (std::size_t start = 0; start < text.size() && arguments.size() < kMaxArguments;) {
    const std::size_t end = std::min(text.find('\0', start), text.size());
    arguments.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return arguments;
}

std::string ProcFolder::Cgroup(std::int32_t pid) const {
  return ReadStartOfFile(Path(pid, "cgroup"), kMaxFileBytes);
}

}  // namespace wirehound
