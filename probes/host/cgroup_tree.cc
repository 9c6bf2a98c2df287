// SPDX-License-Identifier: Apache-2.0

#include "probes/host/cgroup_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/unique_fd.h"

namespace wirehound {
namespace {

constexpr int kKernfsHandle = 0xfe;  // FILEID_KERNFS: the handle is the 64-bit id
constexpr int kMaxDepth = 32;

// A struct file_handle, which ends in an array of no size, with room for the bytes of an id.
struct KernfsHandle {
  unsigned int size = sizeof(std::uint64_t);
  int type = kKernfsHandle;
  std::array<unsigned char, sizeof(std::uint64_t)> id{};
};
static_assert(offsetof(KernfsHandle, id) == offsetof(file_handle, f_handle));

// Opens a group by its id alone. A file handle of kernfs is the inode number, so we can make one
// instead of asking for it by name_to_handle_at, which would need the path.
UniqueFd OpenById(const std::string& mount, std::uint64_t cgroup_id) {
  const UniqueFd root(open(mount.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return UniqueFd();
  }
  KernfsHandle handle;
  std::memcpy(handle.id.data(), &cgroup_id, sizeof(cgroup_id));
  return UniqueFd(open_by_handle_at(root.get(), reinterpret_cast<file_handle*>(&handle),
                                    O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::uint64_t InodeOf(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? std::uint64_t{status.st_ino} : 0;
}

}  // namespace

// The path is read from the descriptor's link in /proc/self/fd, since the kernel has no call from
// an id to a path. It may be outside the mount, for example when only a part of the hierarchy is
// mounted.
std::optional<std::string> CgroupTree::PathOf(std::uint64_t cgroup_id) const {
  const UniqueFd group = OpenById(mount_, cgroup_id);
  if (!group) {
    return std::nullopt;
  }
  std::array<char, PATH_MAX> target;
  const std::string link = "/proc/self/fd/" + std::to_string(group.get());
  const ssize_t size = readlink(link.c_str(), target.data(), target.size());
  if (size <= 0) {
    return std::nullopt;
  }
  const std::string path(target.data(), static_cast<std::size_t>(size));
  if (path == mount_) {
    return "/";
  }
  if (path.rfind(mount_ + "/", 0) != 0) {
    return std::nullopt;
  }
  return path.substr(mount_.size());
}

std::uint64_t CgroupTree::IdOf(const std::string& path) const {
  return mount_.empty() ? 0 : InodeOf(mount_ + path);
}

void CgroupTree::Scan(
    std::size_t max_groups,
    const std::function<void(std::uint64_t cgroup_id, const std::string& path)>& show) const {
  namespace fs = std::filesystem;
  if (mount_.empty()) {
    return;
  }
  std::error_code error;
  fs::recursive_directory_iterator at(mount_, fs::directory_options::skip_permission_denied, error);
  std::size_t shown = 0;
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code gone;  // a group may be removed during the scan
    if (!at->is_directory(gone) || gone || at->is_symlink(gone)) {
      continue;
    }
    if (at.depth() >= kMaxDepth) {
      at.disable_recursion_pending();
    }
    const std::string path = at->path().string();
    show(InodeOf(path), path.substr(mount_.size()));
    if (++shown >= max_groups) {
      return;
    }
  }
}

}  // namespace wirehound
