// SPDX-License-Identifier: Apache-2.0

#include "engine/plugins/elf_symbols.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

namespace wirehound {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "detectors are supported on x86-64 and arm64"
#endif

// Reads ranges of a file, none of them beyond its end.
class RangeReader {
 public:
  explicit RangeReader(const std::filesystem::path& file) : stream_(file, std::ios::binary) {
    std::error_code error;
    size_ = std::filesystem::file_size(file, error);
    if (error) {
      size_ = 0;
    }
  }

  bool Read(std::uint64_t offset, void* to, std::uint64_t bytes) {
    if (offset > size_ || bytes > size_ - offset) {
      return false;
    }
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(static_cast<char*>(to), static_cast<std::streamsize>(bytes));
    return static_cast<bool>(stream_);
  }

  // `bytes` of T; what is left over behind the last whole one is not read.
  template <typename T>
  bool ReadArray(std::uint64_t offset, std::uint64_t bytes, std::vector<T>& to) {
    if (offset > size_ || bytes > size_ - offset) {
      return false;  // before anything of that size is allocated
    }
    to.resize(bytes / sizeof(T));
    return Read(offset, to.data(), to.size() * sizeof(T));
  }

 private:
  std::ifstream stream_;
  std::uint64_t size_;
};

Status CheckHeader(const Elf64_Ehdr& header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
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
  if (header.e_shnum != 0 && header.e_shentsize != sizeof(Elf64_Shdr)) {
    return Error("its section headers are of " + std::to_string(header.e_shentsize) +
                 " bytes; expected " + std::to_string(sizeof(Elf64_Shdr)));
  }
  return {};
}

Error Truncated(const char* what) {
  return Error(std::string("truncated: its ") + what + " ends beyond the end of the file");
}

bool IsExported(const Elf64_Sym& symbol) {
  return symbol.st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL;
}

// Adds what one dynamic symbol table exports; names come from `names`, which ends with a NUL.
void Collect(const std::vector<Elf64_Sym>& table, const std::vector<char>& names,
             std::vector<ExportedSymbol>& symbols) {
  for (const Elf64_Sym& symbol : table) {
    if (IsExported(symbol) && symbol.st_name < names.size()) {
      symbols.push_back({names.data() + symbol.st_name, ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT,
                         symbol.st_size});
    }
  }
}

}  // namespace

Result<std::vector<ExportedSymbol>> ReadExportedSymbols(const std::filesystem::path& file) {
  RangeReader reader(file);
  Elf64_Ehdr header{};
  if (!reader.Read(0, &header, sizeof(header))) {
    return Error("not an ELF file");
  }
  Status status = CheckHeader(header);
  if (!status) {
    return std::move(status).error();
  }
  std::vector<Elf64_Shdr> sections;
  if (!reader.ReadArray(header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr), sections)) {
    return Truncated("section table");
  }
  std::vector<ExportedSymbol> symbols;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections.size()) {
      continue;
    }
    const Elf64_Shdr& strings = sections[section.sh_link];
    std::vector<Elf64_Sym> table;
    std::vector<char> names;
    if (!reader.ReadArray(section.sh_offset, section.sh_size, table) ||
        !reader.ReadArray(strings.sh_offset, strings.sh_size, names)) {
      return Truncated("symbol table");
    }
    names.push_back('\0');
    Collect(table, names, symbols);
  }
  return symbols;
}

}  // namespace wirehound
