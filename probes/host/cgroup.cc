// SPDX-License-Identifier: Apache-2.0

#include "probes/host/cgroup.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "base/system_error.h"

namespace wirehound {
namespace {

struct Mount {
  std::string root;
  std::string point;
};

// Mount tables write blank, tab, newline and backslash as octal escapes, a blank as "\040".
std::string Unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '\\' && text.size() - i > 3;
    for (std::size_t j = 1; escape && j <= 3; ++j) {
      escape = text[i + j] >= '0' && text[i + j] <= '7';
    }
    if (!escape) {
      result += text[i];
      continue;
    }
    result +=
        static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return result;
}

// A line is "id parent device root point options [tag...] - type source options", see proc(5).
std::optional<Mount> ParseMount(const std::string& line) {
  std::istringstream words(line);
  std::string skipped, root, point, word;
  if (!(words >> skipped >> skipped >> skipped >> root >> point)) {
    return std::nullopt;
  }
  while (words >> word && word != "-") {
  }
  if (!(words >> word) || word != "cgroup2") {
    return std::nullopt;
  }
  return Mount{Unescape(root), Unescape(point)};
}

std::optional<Mount> FindMount(std::string_view mountinfo) {
  std::istringstream lines{std::string(mountinfo)};
  std::optional<Mount> found;
  for (std::string line; std::getline(lines, line);) {
    std::optional<Mount> mount = ParseMount(line);
    if (mount && (!found || (found->root != "/" && mount->root == "/"))) {
      found = std::move(mount);
    }
  }
  return found;
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::optional<std::string> CgroupMountFromText(std::string_view mountinfo) {
  std::optional<Mount> mount = FindMount(mountinfo);
  if (!mount) {
    return std::nullopt;
  }
  return std::move(mount->point);
}

Result<std::string> FindCgroupMount() {
  std::optional<std::string> point = CgroupMountFromText(ReadFile("/proc/self/mountinfo"));
  if (!point) {
    return Error(ErrorCode::kUnsupported,
                 "find the version 2 control group hierarchy: /proc/self/mountinfo lists none; "
                 "mount it with: mount -t cgroup2 none DIRECTORY");
  }
  return *std::move(point);
}

Result<std::string> OwnCgroup() {
  const std::string mount = WIREHOUND_TRY(FindCgroupMount());
  std::istringstream lines(ReadFile("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    // "0::" marks version 2; lines of version 1 hierarchies begin with another number.
    if (line.rfind("0::/", 0) == 0) {
      return line == "0::/" ? mount : mount + line.substr(3);
    }
  }
  return Error(ErrorCode::kNotFound,
               "find the own control group: no line 0:: in /proc/self/cgroup");
}

Result<std::uint64_t> CgroupId(const std::string& directory) {
  struct statfs filesystem = {};
  struct stat status = {};
  if (statfs(directory.c_str(), &filesystem) != 0 || stat(directory.c_str(), &status) != 0) {
    return SystemError("control group " + directory, errno);
  }
  if (filesystem.f_type != CGROUP2_SUPER_MAGIC || !S_ISDIR(status.st_mode)) {
    return Error(ErrorCode::kInvalidInput,
                 "control group " + directory + ": not a directory of the version 2 hierarchy");
  }
  return std::uint64_t{status.st_ino};
}

Status AddToCgroup(pid_t pid, const std::string& directory) {
  std::ofstream file(directory + "/cgroup.procs");
  file << pid << std::flush;  // the kernel moves the process, or refuses, at this write
  if (!file) {
    return SystemError("move process " + std::to_string(pid) + " into " + directory, errno);
  }
  return {};
}

Result<ChildCgroup> ChildCgroup::Create(const std::string& parent, std::string_view name) {
  std::string path = parent + "/" + std::string(name);
  if (mkdir(path.c_str(), 0755) != 0) {
    return SystemError("make control group " + path, errno);
  }
  return ChildCgroup(std::move(path));
}

ChildCgroup::ChildCgroup(ChildCgroup&& other) noexcept
    : path_(std::exchange(other.path_, std::string())) {}

// Swaps, so that `other` removes our former group when it is destroyed.
ChildCgroup& ChildCgroup::operator=(ChildCgroup&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

ChildCgroup::~ChildCgroup() {
  if (!path_.empty()) {
    rmdir(path_.c_str());
  }
}

Status ChildCgroup::Remove() {
  if (!path_.empty() && rmdir(path_.c_str()) != 0) {
    return SystemError("remove control group " + path_, errno);
  }
  path_.clear();
  return {};
}

}  // namespace wirehound
