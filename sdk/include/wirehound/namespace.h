// SPDX-License-Identifier: Apache-2.0

// The namespace of the SDK: wirehound, with an inline namespace of the ABI major inside. The inner
// one is hidden from the dynamic linker, so two plugins in one process never share a type or a
// function of the SDK, whatever their compiler flags (docs/abi.md).

#pragma once

#define WIREHOUND_NAMESPACE_BEGIN \
  namespace wirehound {           \
  inline namespace abi_v1 __attribute__((visibility("hidden"))) {

#define WIREHOUND_NAMESPACE_END   \
  } /* inline namespace abi_v1 */ \
  } /* namespace wirehound */
