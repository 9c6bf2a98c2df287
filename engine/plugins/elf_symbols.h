// SPDX-License-Identifier: Apache-2.0

// What a shared object shows to others, read from its file without loading it: its dynamic symbol
// table, which is what the dynamic loader goes by and what stays when a file is stripped.
// (boost::dll::library_info reads the other table, and takes its names from the last string table
// of the file, whichever that is.) The file may be anything: every offset is checked against its
// size before it is followed. Control thread.

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

/// The defined, not local symbols of a shared object for this machine. Fails when the file is none,
/// or is cut short.
Result<std::vector<ExportedSymbol>> ReadExportedSymbols(const std::filesystem::path& file);

}  // namespace wirehound
