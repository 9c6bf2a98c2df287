// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

namespace wirehound {

/// A number that cannot be known outside this process, for the keys of hashes. If the kernel gives
/// no random numbers, it is the address of this function, which address randomisation chose. Any
/// thread.
std::uint64_t RandomSeed();

}  // namespace wirehound
