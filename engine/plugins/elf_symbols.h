// SPDX-License-Identifier: Apache-2.0

// The symbols that a shared object exports, read from its file with libelf, without loading it.
// They come from its dynamic symbol table: the dynamic loader uses that table, and stripping keeps
// it. (boost::dll::library_info reads the other symbol table, and takes names from the last string
// table of the file, whichever that is.) The file may be hostile: libelf compares each offset with
// the size of the file before it follows it. Control thread.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <wirehound/result.h>

namespace wirehound {

/// A symbol that other objects can use.
struct ExportedSymbol {
  std::string name;
  bool is_data = false;    ///< an object, not a function
  std::uint64_t size = 0;  ///< bytes
};

/// The symbols of a shared object for this machine that are defined and not local. Fails when the
/// file is no such object or is cut short.
Result<std::vector<ExportedSymbol>> ReadExportedSymbols(const std::filesystem::path& file);

}  // namespace wirehound
