// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

namespace wirehound {

/// A number that nobody outside this process can know, for the keys of hashes. Where the kernel has
/// no random numbers to give, it is what address randomisation made of this function's address.
/// Any thread.
std::uint64_t RandomSeed();

}  // namespace wirehound
