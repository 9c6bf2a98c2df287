// SPDX-License-Identifier: Apache-2.0

// The symbols that a shared object of this machine defines for others.

#pragma once

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {

/// The names in the dynamic symbol table that are defined and not local. Does not check the file.
inline std::vector<std::string> ExportedSymbols(const std::filesystem::path& file) {
  const std::string content = ReadFile(file);
  const auto read = [&content]<typename T>(T& value, std::size_t offset) {
    std::memcpy(&value, content.data() + offset, sizeof(T));
  };
  Elf64_Ehdr header;
  read(header, 0);
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    read(sections[i], header.e_shoff + i * sizeof(Elf64_Shdr));
  }
  std::vector<std::string> names;
  for (const Elf64_Shdr& section : sections) {
    for (std::size_t at = 0; section.sh_type == SHT_DYNSYM && at < section.sh_size;
         at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      read(symbol, section.sh_offset + at);
      if (symbol.st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
        names.emplace_back(content.data() + sections[section.sh_link].sh_offset + symbol.st_name);
      }
    }
  }
  return names;
}

}  // namespace wirehound::test
