// SPDX-License-Identifier: Apache-2.0

#include "probes/host/running_processes.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "probes/host/proc_folder.h"

namespace wirehound {
namespace {

constexpr std::size_t kMaxListBytes = 1 << 20;

using Pids = std::vector<std::int32_t>;

// The pid that `text` consists of; 0, which is no pid of a process, for any other text.
std::int32_t PidFromText(std::string_view text) {
  std::int32_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc() && end == text.data() + text.size() ? pid : 0;
}

void AddIfPid(Pids& pids, std::string_view text, std::size_t max) {
  const std::int32_t pid = PidFromText(text);
  if (pid > 0 && pids.size() < max) {
    pids.push_back(pid);
  }
}

void AddOfGroup(Pids& pids, const std::filesystem::path& group, std::size_t max) {
  const std::string text = ReadStartOfFile((group / "cgroup.procs").string(), kMaxListBytes);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    AddIfPid(pids, rest.substr(0, end), max);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace

// Processes end and groups are removed while we read. So errors are ignored: the list then lacks
// what could not be read.
std::vector<std::int32_t> RunningProcesses(const std::string& group, std::size_t max,
                                           const std::string& proc) {
  Pids pids;
  std::error_code error;
  if (group.empty()) {
    std::filesystem::directory_iterator entry(proc, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      AddIfPid(pids, entry->path().filename().string(), max);
    }
    return pids;
  }
  AddOfGroup(pids, group, max);
  std::filesystem::recursive_directory_iterator entry(
      group, std::filesystem::directory_options::skip_permission_denied, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      AddOfGroup(pids, entry->path(), max);
    }
  }
  return pids;
}

}  // namespace wirehound
