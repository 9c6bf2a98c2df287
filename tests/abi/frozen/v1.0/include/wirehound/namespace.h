// SPDX-License-Identifier: Apache-2.0

// The namespace of the SDK. Its name is wirehound; inside is one with the ABI major, hidden from
// the dynamic linker, so that two plugins in one process never share a type or a function of ours,
// whatever flags they were built with (docs/abi.md).

#pragma once

#define WIREHOUND_NAMESPACE_BEGIN \
  namespace wirehound {           \
  inline namespace abi_v1 __attribute__((visibility("hidden"))) {

#define WIREHOUND_NAMESPACE_END   \
  } /* inline namespace abi_v1 */ \
  } /* namespace wirehound */
