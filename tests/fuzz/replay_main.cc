// SPDX-License-Identifier: Apache-2.0

// Runs a fuzz target over files and over every cut of them, without a fuzzer: so every build tests
// the seed files and the inputs that failed once. usage: x_fuzz_replay FILE|FOLDER...

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

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

}  // namespace

int main(int argc, char** argv) {
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_regular_file(argv[i])) {
      Replay(argv[i]);
      ++files;
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) {
        Replay(entry.path());
        ++files;
      }
    }
  }
  std::printf("replayed %d files\n", files);
  return files > 0 ? 0 : 1;
}
