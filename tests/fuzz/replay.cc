// SPDX-License-Identifier: Apache-2.0

// Keeps the seed files and inputs of earlier crashes tested: a fuzz target started as
//   x_fuzz --replay FILE|FOLDER...
// runs over these files and over every cut of them, and ends; libFuzzer does not begin. (Its own
// -runs=0 takes whole files only.)

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// libFuzzer calls it before everything else.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace {

// One call per length, each on a copy of exactly that size so that a sanitizer sees the end.
void Replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::vector<std::uint8_t> part(bytes.begin(),
                                         bytes.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(part.data(), part.size());
  }
}

// Returns the number of files.
int ReplayAll(const std::filesystem::path& path) {
  if (std::filesystem::is_regular_file(path)) {
    Replay(path);
    return 1;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) {
      Replay(entry.path());
      ++files;
    }
  }
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc < 2 || std::string_view((*argv)[1]) != "--replay") {
    return 0;
  }
  int files = 0;
  for (int i = 2; i < *argc; ++i) {
    files += ReplayAll((*argv)[i]);
  }
  std::printf("replayed %d files\n", files);
  std::exit(files > 0 ? 0 : 1);
}
