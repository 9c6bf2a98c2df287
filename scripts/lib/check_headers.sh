#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0

# Checks that every header compiles when it is the first one included: a header that relies on what
# others include before it breaks when they are sorted. Most headers are the first include of the
# source of the same name, and scripts/lint compiles that alone: only the others are compiled here. The
# list of sources is that of build/clang, generated headers are those of build/release.

set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=sources.sh
. "$TOP/scripts/lib/sources.sh"

# not_built_first: the headers of standard input that no source of their name has as first include.
not_built_first() {
  local header source
  while IFS= read -r header; do
    source=${header%.h}.cc
    if [ ! -e "$source" ] || ! grep -qsF "/$source\"" build/clang/compile_commands.json ||
      ! grep -m 1 '^#include' "$source" | grep -qE "\"(.*/)?${header##*/}\""; then
      printf '%s\n' "$header"
    fi
  done
}

cd "$TOP"
header_files | not_built_first | xargs -P "$(nproc)" -I '{}' \
  g++ -std=c++20 -fsyntax-only -fvisibility=hidden -Wall -Wextra -Werror \
  -I. -Isdk/include -Ibuild/release/probes/live/bpf -DBOOST_DLL_USE_STD_FS \
  -x c++ -include '{}' /dev/null
