// SPDX-License-Identifier: Apache-2.0

#include "engine/plugins/plugin_image.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/plugins/plugin_file.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U  // since Linux 6.3
#endif

namespace wirehound {

namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

// Kernels before 6.3 refuse MFD_EXEC and do not need it.
UniqueFd MakeMemory() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  UniqueFd memory(memfd_create("wirehound-plugin", kFlags | MFD_EXEC));
  return memory ? std::move(memory) : UniqueFd(memfd_create("wirehound-plugin", kFlags));
}

Status CopyInto(int memory, int file, std::uint64_t bytes) {
  while (bytes != 0) {
    const ssize_t copied = sendfile(memory, file, nullptr, bytes);
    if (copied < 0 && errno == EINTR) {
      continue;
    }
    if (copied <= 0) {
      return Error(copied < 0 ? std::string("cannot be read: ") + std::strerror(errno)
                              : "it became shorter while it was read");
    }
    bytes -= static_cast<std::uint64_t>(copied);
  }
  return {};
}

bool SameTime(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// Opens `path` if it is a file to be trusted. O_NONBLOCK: opening a FIFO must not wait.
Result<UniqueFd> OpenTrusted(const std::filesystem::path& path, struct stat& info) {
  if (lstat(path.c_str(), &info) != 0) {
    return Error(std::strerror(errno));
  }
  WIREHOUND_TRY(CheckPluginFileInfo(info));
  UniqueFd file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file || fstat(file.get(), &info) != 0) {
    return Error(std::string("cannot be opened: ") + std::strerror(errno));
  }
  WIREHOUND_TRY(CheckPluginFileInfo(info));  // the path may name another file by now
  return file;
}

}  // namespace

PluginImage::PluginImage(UniqueFd memory)
    : memory_(std::move(memory)), path_("/proc/self/fd/" + std::to_string(memory_.get())) {}

Result<PluginImage> PluginImage::Make(const std::filesystem::path& path) {
  struct stat info {};
  const UniqueFd file = WIREHOUND_TRY(OpenTrusted(path, info));
  const auto bytes = static_cast<std::uint64_t>(info.st_size);
  if (bytes > kMaxBytes) {
    return Error("a file of " + std::to_string(bytes) + " bytes; expected at most " +
                 std::to_string(kMaxBytes));
  }
  UniqueFd memory = MakeMemory();
  if (!memory) {
    return PluginImage(std::filesystem::absolute(path));
  }
  WIREHOUND_TRY(CopyInto(memory.get(), file.get(), bytes));
  struct stat now {};
  if (fstat(file.get(), &now) != 0 || now.st_size != info.st_size ||
      !SameTime(now.st_mtim, info.st_mtim)) {
    return Error("it was changed while it was read");
  }
  if (fcntl(memory.get(), F_ADD_SEALS, kSeals) != 0) {
    return Error(std::string("its copy cannot be sealed: ") + std::strerror(errno));
  }
  return PluginImage(std::move(memory));
}

bool PluginImage::NamesOrigin() const {
  std::ifstream stream(path_, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  return content.find("$ORIGIN") != std::string::npos;
}

}  // namespace wirehound
