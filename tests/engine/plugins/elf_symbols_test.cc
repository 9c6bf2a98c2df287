// SPDX-License-Identifier: Apache-2.0

// ReadExportedSymbols: shared objects, and files with wrong headers and tables.

#include "engine/plugins/elf_symbols.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/exported_symbols.h"
#include "tests/engine/support/plugin_folder.h"

TEST_SUITE_BEGIN("abi");

namespace wirehound::test {
namespace elf_symbols_test {

std::string ErrorOf(const std::string& content) {
  const TemporaryFolder folder;
  const auto symbols = ReadExportedSymbols(folder.Write("x.so", content));
  return symbols ? "" : symbols.error().message();
}

TEST_CASE("elf symbols: the symbols come from the dynamic symbol table") {
  for (const char* plugin : {"good", "stripped", "plain", "silent", "function", "other_major"}) {
    CAPTURE(std::string(plugin));
    const auto symbols = ReadExportedSymbols(PluginFolder::Built(plugin));
    REQUIRE(symbols.has_value());
    std::vector<std::string> names;
    for (const ExportedSymbol& symbol : *symbols) {
      names.push_back(symbol.name);
    }
    CHECK(names == ExportedSymbols(PluginFolder::Built(plugin)));
  }
}

TEST_CASE("elf symbols: data has a size and differs from functions") {
  const auto module = ReadExportedSymbols(PluginFolder::Built("good"));
  REQUIRE(module.has_value());
  REQUIRE(module->size() == 1);
  CHECK(module->front().is_data);
  // Not equal, because the address sanitizer pads data.
  CHECK(module->front().size >= sizeof(wirehound_detector_module));
  const auto symbols = ReadExportedSymbols(PluginFolder::Built("function"));
  REQUIRE(symbols.has_value());
  const auto function = std::find_if(
      symbols->begin(), symbols->end(),
      [](const ExportedSymbol& symbol) { return symbol.name == WIREHOUND_DETECTOR_MODULE_NAME; });
  REQUIRE(function != symbols->end());
  CHECK_FALSE(function->is_data);
}

TEST_CASE("elf symbols: a file that is not an ELF file is refused") {
  CHECK(ErrorOf("") == "not an ELF file");
  CHECK(ErrorOf(std::string(1000, 'x')) == "not an ELF file");
  CHECK_FALSE(ReadExportedSymbols("/nonexistent/x.so").has_value());
  CHECK_FALSE(ReadExportedSymbols("/proc/self").has_value());
}

TEST_CASE("elf symbols: tables beyond the end of the file are not followed") {
  const std::string whole = ReadFile(PluginFolder::Built("good"));
  Elf64_Ehdr header;
  std::memcpy(&header, whole.data(), sizeof(header));
  std::string content = whole;
  SUBCASE("the section table") {
    header.e_shoff = whole.size() - 10;
    std::memcpy(content.data(), &header, sizeof(header));
    CHECK(ErrorOf(content) == "truncated: its section table ends beyond the end of the file");
    header.e_shoff = UINT64_MAX;
    std::memcpy(content.data(), &header, sizeof(header));
    CHECK(ErrorOf(content) == "truncated: its section table ends beyond the end of the file");
  }
  SUBCASE("a symbol table") {
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
      const std::size_t at = header.e_shoff + i * sizeof(Elf64_Shdr);
      Elf64_Shdr section;
      std::memcpy(&section, whole.data() + at, sizeof(section));
      if (section.sh_type == SHT_DYNSYM) {
        section.sh_size = UINT64_MAX - section.sh_offset;
        std::memcpy(content.data() + at, &section, sizeof(section));
      }
    }
    CHECK(ErrorOf(content) == "truncated: its symbol table ends beyond the end of the file");
  }
  SUBCASE("section headers of another size") {
    header.e_shentsize = 8;
    std::memcpy(content.data(), &header, sizeof(header));
    CHECK(ErrorOf(content) == "its section headers are of 8 bytes; expected 64");
  }
}

TEST_CASE("elf symbols: a file with damaged tables is read without harm") {
  const std::string whole = ReadFile(PluginFolder::Built("good"));
  Elf64_Ehdr header;
  std::memcpy(&header, whole.data(), sizeof(header));
  std::mt19937 random(20260101);  // fixed: the same damage at every run
  const TemporaryFolder folder;
  for (int round = 0; round < 500; ++round) {
    std::string content = whole;
    for (int i = 0; i < 4; ++i) {
      const std::size_t table_bytes = header.e_shnum * sizeof(Elf64_Shdr);
      const std::size_t at = header.e_shoff + random() % table_bytes;
      content[at] = static_cast<char>(random());
    }
    // The call returns with symbols or an error. Sanitizers report reads outside the file.
    const auto symbols = ReadExportedSymbols(folder.Write("x.so", content));
    CHECK((!symbols || symbols->size() < whole.size()));
  }
}

}  // namespace elf_symbols_test
}  // namespace wirehound::test

TEST_SUITE_END();
