// SPDX-License-Identifier: Apache-2.0

#include "engine/plugins/elf_symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>

#include <memory>
#include <utility>

#include "base/unique_fd.h"

namespace wirehound {

namespace {

#if defined(__x86_64__)
constexpr GElf_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr GElf_Half kMachine = EM_AARCH64;
#else
#error "detectors are supported on x86-64 and arm64"
#endif

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, ElfEnd>;

Status CheckHeader(const GElf_Ehdr& header) {
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

bool IsExported(const GElf_Sym& symbol) {
  return symbol.st_shndx != SHN_UNDEF && GELF_ST_BIND(symbol.st_info) != STB_LOCAL;
}

// Adds what one dynamic symbol table exports. A symbol whose name lies outside its string table is
// left out.
Status Collect(Elf* elf, Elf_Scn* section, std::size_t names,
               std::vector<ExportedSymbol>& symbols) {
  Elf_Data* table = elf_getdata(section, nullptr);
  if (table == nullptr) {
    return Truncated("symbol table");
  }
  GElf_Sym symbol;
  for (int i = 0; gelf_getsym(table, i, &symbol) != nullptr; ++i) {
    const char* name = IsExported(symbol) ? elf_strptr(elf, names, symbol.st_name) : nullptr;
    if (name != nullptr) {
      symbols.push_back({name, GELF_ST_TYPE(symbol.st_info) == STT_OBJECT, symbol.st_size});
    }
  }
  return {};
}

}  // namespace

Result<std::vector<ExportedSymbol>> ReadExportedSymbols(const std::filesystem::path& file) {
  elf_version(EV_CURRENT);  // libelf answers nothing before
  const UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  // Not mapped: a file that becomes shorter meanwhile is an error then, and no SIGBUS.
  const ElfHandle elf(elf_begin(fd.get(), ELF_C_READ, nullptr));
  GElf_Ehdr header;
  if (gelf_getehdr(elf.get(), &header) == nullptr) {
    return Error("not an ELF file");
  }
  WIREHOUND_TRY(CheckHeader(header));
  // libelf shows no sections when not all of their headers are in the file.
  std::size_t sections = 0;
  if (elf_getshdrnum(elf.get(), &sections) != 0 || sections < header.e_shnum) {
    return Truncated("section table");
  }
  std::vector<ExportedSymbol> symbols;
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf.get(), section)) != nullptr) {
    GElf_Shdr about;
    if (gelf_getshdr(section, &about) != nullptr && about.sh_type == SHT_DYNSYM) {
      WIREHOUND_TRY(Collect(elf.get(), section, about.sh_link, symbols));
    }
  }
  return symbols;
}

}  // namespace wirehound
