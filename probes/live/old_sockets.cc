// SPDX-License-Identifier: Apache-2.0

#include "probes/live/old_sockets.h"

#include <bpf/bpf.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include <wirehound/abi/detector_abi.h>

#include "base/system_error.h"
#include "base/unique_fd.h"
#include "probes/bpf/settings.h"
#include "probes/host/cgroup.h"
#include "probes/host/proc_folder.h"
#include "probes/live/partial_process.h"

namespace wirehound {
namespace {

namespace fs = std::filesystem;

struct Member {
  std::int32_t pid = 0;
  std::uint64_t cgroup_id = 0;
};

void AddMembers(const fs::path& group, std::vector<Member>& members) {
  const Result<std::uint64_t> id = CgroupId(group.string());
  std::ifstream file(group / "cgroup.procs");
  for (std::int32_t pid = 0; members.size() < kMaxOldSocketProcesses && file >> pid;) {
    members.push_back({.pid = pid, .cgroup_id = id ? *id : 0});
  }
}

// The processes of a group and of the groups below it, by pid. When several processes hold a
// socket, the first to claim it stays its owner (BPF_NOEXIST). In this order that is usually the
// parent, as in old_sockets.bpf.c.
std::vector<Member> MembersOf(const std::string& cgroup) {
  std::vector<Member> members;
  AddMembers(cgroup, members);
  std::error_code failed;
  fs::recursive_directory_iterator group(cgroup, fs::directory_options::skip_permission_denied,
                                         failed);
  for (; !failed && group != fs::recursive_directory_iterator(); group.increment(failed)) {
    std::error_code ignored;
    if (group->is_directory(ignored) && !group->is_symlink(ignored)) {
      AddMembers(group->path(), members);
    }
  }
  std::sort(members.begin(), members.end(),
            [](const Member& left, const Member& right) { return left.pid < right.pid; });
  return members;
}

// Makes an owner id that differs from the one the programs compute for the same task: they may be
// submitting a record with theirs at this moment. The lowest bits stay clear, since the programs
// keep marks there (OWNER_MARKS). Never 0, which means no owner.
std::uint64_t OwnerId(const wirehound_wire_process& process, std::uint64_t seed) {
  std::uint64_t hash = seed ^ process.start_time_ns;
  hash = (hash ^ static_cast<std::uint32_t>(process.host_pid)) * 0x9e3779b97f4a7c15ull;
  hash ^= hash >> 32;
  return (hash & ~std::uint64_t{0xf}) | 0x10;
}

std::optional<wirehound_wire_process> FactsOf(const Member& member, const ProcFolder& proc,
                                              std::uint64_t seed) {
  const std::optional<ProcStat> stat = proc.Stat(member.pid);
  const std::optional<ProcStatus> status = proc.Status(member.pid);
  if (!stat || !status) {
    return std::nullopt;
  }
  wirehound_wire_process process = {};
  process.header = {.version = WIREHOUND_WIRE_VERSION,
                    .type = WIREHOUND_WIRE_PROCESS,
                    .header_size = sizeof(process),
                    .total_size = sizeof(process)};
  process.cgroup_id = member.cgroup_id;
  process.host_pid = process.host_tid = member.pid;
  process.uid = status->uid;
  process.gid = status->gid;
  // Looks like a record of partial.bpf.c, so that the reader treats it like one.
  process.path_offset = WIREHOUND_WIRE_PATH_SIZE;
  process.flags = WIREHOUND_WIRE_PATH_UNKNOWN | WIREHOUND_WIRE_PARTIAL;
  std::copy_n(stat->comm.data(), std::min(stat->comm.size(), sizeof(process.comm) - 1),
              process.comm);
  CompleteFromProc(process, proc);  // before the id, which is a hash of the start time too
  process.owner_id = OwnerId(process, seed);
  return process;
}

bool IsInternet(int socket) {
  int domain = 0;
  socklen_t size = sizeof(domain);
  return getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
         (domain == AF_INET || domain == AF_INET6);
}

// Makes the process the socket's owner. False for a socket that has an owner already: the hooks saw
// a process use it, or a process that we looked at earlier holds it too.
bool SetOwner(int socket, int storage_fd, std::uint64_t owner_id) {
  if (!IsInternet(socket)) {
    return false;
  }
  wirehound_socket_owner found = {
      .owner = owner_id, .netns_cookie = 0, .how = WIREHOUND_OWNER_SCAN, .address = 0};
  socklen_t size = sizeof(found.netns_cookie);
  if (getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, &found.netns_cookie, &size) != 0) {
    found.netns_cookie = 0;
  }
  return bpf_map_update_elem(storage_fd, &socket, &found, BPF_NOEXIST) == 0;
}

// Makes the process the owner of the sockets it holds. Returns how many it now owns.
int SetOwnerOfSockets(const wirehound_wire_process& process, const ProcFolder& proc,
                      int storage_fd) {
  const UniqueFd pid_fd(static_cast<int>(syscall(SYS_pidfd_open, process.host_pid, 0)));
  if (!pid_fd) {
    return 0;
  }
  int owned = 0;
  std::error_code failed;
  const fs::path folder = fs::path(proc.root()) / std::to_string(process.host_pid) / "fd";
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    std::error_code gone;
    const std::string target = fs::read_symlink(entry->path(), gone).string();
    const std::string name = entry->path().filename().string();
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (gone || number < 0 || target.rfind("socket:", 0) != 0) {
      continue;
    }
    // pidfd_getfd, because storage is reached by a descriptor of our own. The copy is closed at the
    // end of this round: a socket must not stay open because we looked at it.
    const UniqueFd copy(static_cast<int>(syscall(SYS_pidfd_getfd, pid_fd.get(), number, 0)));
    owned += copy && SetOwner(copy.get(), storage_fd, process.owner_id) ? 1 : 0;
  }
  return owned;
}

}  // namespace

Status CanCopyDescriptors() {
  // A kernel that has the call and lets us use it complains about the descriptor.
  if (syscall(SYS_pidfd_getfd, -1, -1, 0) != 0 && errno != EBADF) {
    return SystemError("pidfd_getfd", errno);
  }
  return {};
}

std::vector<wirehound_wire_process> OwnOldSockets(const std::string& cgroup, int storage_fd,
                                                  std::uint64_t seed) {
  const ProcFolder proc;
  std::vector<wirehound_wire_process> owners;
  if (!proc.SeesHost()) {
    return owners;
  }
  for (const Member& member : MembersOf(cgroup)) {
    const std::optional<wirehound_wire_process> process = FactsOf(member, proc, seed);
    if (process && SetOwnerOfSockets(*process, proc, storage_fd) > 0) {
      owners.push_back(*process);
    }
  }
  return owners;
}

}  // namespace wirehound
