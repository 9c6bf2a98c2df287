// SPDX-License-Identifier: Apache-2.0

#include "probes/live/partial_process.h"

#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace wirehound {
namespace {

// The inode number of a namespace, which identifies it; 0 when it cannot be read.
std::uint32_t Namespace(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 ? static_cast<std::uint32_t>(info.st_ino) : 0;
}

std::uint64_t StartNs(const std::optional<ProcStat>& stat) {
  return stat ? stat->start_ticks * ProcTickNs() : 0;
}

// The name of this machine. For a process in another UTS namespace it stays empty: /proc does
// not show its name.
void SetHostName(wirehound_wire_process& process, const std::string& folder,
                 const std::string& root) {
  utsname system = {};
  if (Namespace(folder + "/ns/uts") != Namespace(root + "/self/ns/uts") || uname(&system) != 0) {
    return;
  }
  const std::string_view name = system.nodename;
  std::copy_n(name.data(), std::min(name.size(), sizeof(process.host_name)), process.host_name);
}

}  // namespace

void CompleteFromProc(wirehound_wire_process& process, const ProcFolder& proc) {
  const std::optional<ProcStat> stat = proc.Stat(process.host_pid);
  const std::optional<ProcStatus> status = proc.Status(process.host_pid);
  // A partial record has no start time to compare. A different user shows that another process has
  // the pid by now. A new process of the same user cannot be recognised here.
  if (!stat || !status || status->uid != process.uid) {
    return;
  }
  const std::string folder = proc.root() + "/" + std::to_string(process.host_pid);
  const std::optional<ProcStat> thread = ProcStatFromText(
      ReadStartOfFile(folder + "/task/" + std::to_string(process.host_tid) + "/stat", 1024));
  process.start_time_ns = StartNs(stat);
  process.thread_start_time_ns = StartNs(thread);
  process.host_parent_pid = stat->parent_pid;
  process.parent_start_time_ns = StartNs(proc.Stat(stat->parent_pid));
  process.pid = status->pid;
  process.mount_namespace = Namespace(folder + "/ns/mnt");
  process.pid_namespace = Namespace(folder + "/ns/pid");
  // /proc has no id of a thread, or of the parent, in an inner namespace. In the initial one they
  // are the host's; of a process's first thread it is that of the process.
  if (status->namespaces == 1) {
    process.tid = process.host_tid;
    process.parent_pid = process.host_parent_pid;
  } else if (process.host_tid == process.host_pid) {
    process.tid = process.pid;
  }
  SetHostName(process, folder, proc.root());
}

}  // namespace wirehound
