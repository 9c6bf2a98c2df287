// SPDX-License-Identifier: Apache-2.0

#include "engine/plugins/plugin_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "engine/plugins/elf_symbols.h"

namespace wirehound {

namespace {

constexpr std::string_view kModuleName = WIREHOUND_DETECTOR_MODULE_NAME;
constexpr std::string_view kModulePrefix = WIREHOUND_DETECTOR_MODULE_PREFIX;
// The part of a module that is read before the module has said its size.
constexpr std::uint64_t kSmallestModule =
    WIREHOUND_STRUCT_SIZE(wirehound_detector_module, struct_size);

bool IsTrusted(uid_t owner) {
  struct stat program {};
  return owner == 0 || owner == geteuid() ||
         (stat("/proc/self/exe", &program) == 0 && owner == program.st_uid);
}

Status CheckOwnerAndMode(const struct stat& info) {
  if (!IsTrusted(info.st_uid)) {
    return Error("owned by user " + std::to_string(info.st_uid) +
                 "; expected root, the running user or the owner of the engine's program file");
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Error("writable by others; expected no write permission for group and others");
  }
  return {};
}

}  // namespace

Status CheckPluginFolder(const std::filesystem::path& folder) {
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0) {
    return Error("plugins folder " + folder.string() + ": " + std::strerror(errno));
  }
  if (!S_ISDIR(info.st_mode)) {
    return Error("plugins folder " + folder.string() + ": not a directory");
  }
  Status status = CheckOwnerAndMode(info);
  if (!status) {
    return std::move(status).error().WithContext("plugins folder " + folder.string());
  }
  return {};
}

Status CheckPluginFileInfo(const struct stat& info) {
  if (!S_ISREG(info.st_mode)) {
    return Error("not a regular file");
  }
  return CheckOwnerAndMode(info);
}

Status CheckPluginContent(const std::filesystem::path& file) {
  const std::vector<ExportedSymbol> symbols = WIREHOUND_TRY(ReadExportedSymbols(file));
  std::string other;
  for (const auto& [name, is_data, size] : symbols) {
    if (name == kModuleName) {
      return is_data && size >= kSmallestModule
                 ? Status()
                 : Status(Error("not a detector: its " + name + " is no detector module"));
    }
    if (name.compare(0, kModulePrefix.size(), kModulePrefix) == 0) {
      other = name.substr(kModulePrefix.size());
    }
  }
  if (!other.empty()) {
    return Error("built for detector ABI " + other + "; this engine has ABI " +
                 std::to_string(WIREHOUND_ABI_MAJOR));
  }
  return Error("not a detector: it does not export " + std::string(kModuleName));
}

}  // namespace wirehound
