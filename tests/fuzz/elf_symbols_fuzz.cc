// SPDX-License-Identifier: Apache-2.0

// Fuzz target for the symbols of a plugin's file. Beyond not crashing: each name fits into the
// file. Input: the file.

#include "engine/plugins/elf_symbols.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/unique_fd.h"
#include "tests/fuzz/fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const wirehound::UniqueFd file(memfd_create("elf_symbols_fuzz", MFD_CLOEXEC));
  WIREHOUND_FUZZ_CHECK(write(file.get(), data, size) == static_cast<ssize_t>(size));
  const auto symbols =
      wirehound::ReadExportedSymbols("/proc/self/fd/" + std::to_string(file.get()));
  if (symbols) {
    for (const wirehound::ExportedSymbol& symbol : *symbols) {
      WIREHOUND_FUZZ_CHECK(symbol.name.size() < size);
    }
  }
  return 0;
}
