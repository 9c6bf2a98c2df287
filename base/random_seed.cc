// SPDX-License-Identifier: Apache-2.0

#include "base/random_seed.h"

#include <sys/random.h>

namespace wirehound {

std::uint64_t RandomSeed() {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed)) {
    seed = reinterpret_cast<std::uintptr_t>(&RandomSeed);
  }
  return seed;
}

}  // namespace wirehound
