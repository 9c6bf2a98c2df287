// SPDX-License-Identifier: Apache-2.0

// Whether this build runs under a sanitizer. gcc says so with macros, clang with features.

#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define WIREHOUND_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WIREHOUND_ADDRESS_SANITIZER 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define WIREHOUND_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WIREHOUND_THREAD_SANITIZER 1
#endif
#endif
