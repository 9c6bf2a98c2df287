# SPDX-License-Identifier: Apache-2.0

# Warnings and sanitizers for our own code, as a target to link privately, never globally.

add_library(wirehound_build_flags INTERFACE)
target_compile_options(wirehound_build_flags INTERFACE
  -Wall -Wextra -Werror -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  # Aggregates are filled by designated initialisers; the standard zeroes members without one.
  -Wno-missing-field-initializers
  # g++ 12 warns of overlaps and reads in its own strings and vectors that do not happen
  # (gcc.gnu.org bugs 105329 and 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>)

if(WIREHOUND_SANITIZE STREQUAL "address")
  # Code under a fuzz target counts its branches, so that the fuzzer sees which ones an input reaches.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                      -fno-omit-frame-pointer
                      $<$<BOOL:${WIREHOUND_BUILD_FUZZERS}>:-fsanitize=fuzzer-no-link>)
  add_link_options(-fsanitize=address,undefined)
elseif(WIREHOUND_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer
    # g++ warns that it ignores fences. They are Boost.Asio's, between threads that we do not have.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  add_link_options(-fsanitize=thread)
elseif(NOT WIREHOUND_SANITIZE STREQUAL "")
  message(FATAL_ERROR "WIREHOUND_SANITIZE is '${WIREHOUND_SANITIZE}'; expected address, thread or nothing")
endif()

# For code that runs for seconds in all: optimising it takes longer than that. No fuzzer is after its
# branches.
set(WIREHOUND_NOT_OPTIMISED -O0)
if(WIREHOUND_SANITIZE STREQUAL "address" AND WIREHOUND_BUILD_FUZZERS)
  list(APPEND WIREHOUND_NOT_OPTIMISED -fno-sanitize=fuzzer-no-link)
endif()
