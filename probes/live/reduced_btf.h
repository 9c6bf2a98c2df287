// SPDX-License-Identifier: Apache-2.0

// ReducedBtf: the part of the running kernel's type information (BTF) that the BPF programs ask
// for.
//
// To relocate a program, libbpf parses all of the kernel's BTF, and compares every type in it with
// each type name that the program uses. It does so again for every object it loads. The few types
// that our programs name make up some kilobytes of the kernel's megabytes, so one search for all
// objects makes loading them ten times as fast in user space. Control thread.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace wirehound {

class ReducedBtf {
 public:
  /// No types: `path` is null.
  ReducedBtf() = default;

  /// Takes from the running kernel's BTF what the programs of these object files name.
  explicit ReducedBtf(std::span<const std::span<const std::byte>> elfs);

  /// A file for libbpf's `btf_custom_path`, valid as long as this object. Null where the kernel has
  /// no BTF or the file cannot be made: libbpf then reads the kernel's by itself.
  const char* path() const { return path_.empty() ? nullptr : path_.c_str(); }

 private:
  UniqueFd file_;
  std::string path_;
};

}  // namespace wirehound
