// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/syscall_names.h"

#include <seccomp.h>

#include <cstdlib>

namespace wirehound {

SyscallNames::SyscallNames() {
  const std::uint32_t architecture = seccomp_arch_native();
  for (std::size_t number = 0; number < names_.size(); ++number) {
    char* name = seccomp_syscall_resolve_num_arch(architecture, static_cast<int>(number));
    if (name != nullptr) {
      names_[number] = name;
      std::free(name);
    }
  }
}

}  // namespace wirehound
