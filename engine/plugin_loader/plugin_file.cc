// SPDX-License-Identifier: Apache-2.0

#include "engine/plugin_loader/plugin_file.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/dll/library_info.hpp>

#include <wirehound/abi/detector_abi.h>

namespace wirehound {

namespace {

constexpr std::string_view kModuleName = WIREHOUND_DETECTOR_MODULE_NAME;
constexpr std::string_view kModulePrefix = WIREHOUND_DETECTOR_MODULE_PREFIX;

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "detectors are supported on x86-64 and arm64"
#endif

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

// Reads the header alone, with every offset the symbol reader will follow checked against the
// size of the file: a file cut short must fail here.
Status CheckElfHeader(const std::filesystem::path& file, std::uint64_t file_bytes) {
  Elf64_Ehdr header{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(reinterpret_cast<char*>(&header), sizeof(header));
  if (!stream || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return Error("not an ELF file");
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != kMachine) {
    return Error("built for another architecture (ELF machine " + std::to_string(header.e_machine) +
                 "; expected " + std::to_string(kMachine) + ")");
  }
  if (header.e_type != ET_DYN) {
    return Error("not a shared object");
  }
  const std::uint64_t sections_bytes = std::uint64_t{header.e_shentsize} * header.e_shnum;
  if (header.e_shoff > file_bytes || sections_bytes > file_bytes - header.e_shoff) {
    return Error("truncated: its section table ends beyond the end of the file");
  }
  return {};
}

Result<std::vector<std::string>> Symbols(const std::filesystem::path& file) {
  try {
    return boost::dll::library_info(file.string()).symbols();
  } catch (const std::exception& exception) {
    return Error(std::string("cannot read its symbols: ") + exception.what());
  }
}

Status CheckModuleSymbol(const std::filesystem::path& file) {
  Result<std::vector<std::string>> symbols = Symbols(file);
  if (!symbols) {
    return std::move(symbols).error();
  }
  std::string other;
  for (const std::string& symbol : *symbols) {
    if (symbol == kModuleName) {
      return {};
    }
    if (symbol.compare(0, kModulePrefix.size(), kModulePrefix) == 0) {
      other = symbol.substr(kModulePrefix.size());
    }
  }
  if (!other.empty()) {
    return Error("built for detector ABI " + other + "; this engine has ABI " +
                 std::to_string(WIREHOUND_ABI_MAJOR));
  }
  return Error("not a detector: it does not export " + std::string(kModuleName));
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

Status CheckPluginFile(const std::filesystem::path& file) {
  struct stat info {};
  if (lstat(file.c_str(), &info) != 0) {
    return Error(std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return Error("not a regular file");
  }
  Status status = CheckOwnerAndMode(info);
  if (status) {
    status = CheckElfHeader(file, static_cast<std::uint64_t>(info.st_size));
  }
  return status ? CheckModuleSymbol(file) : status;
}

}  // namespace wirehound
