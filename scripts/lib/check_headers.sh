#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0

# Checks that every header compiles when it is the first one included: a header that leans on what
# others include before it breaks when they are sorted. Generated headers come from build/release.

set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=sources.sh
. "$TOP/scripts/lib/sources.sh"

cd "$TOP"
header_files | xargs -P "$(nproc)" -I '{}' \
  g++ -std=c++20 -fsyntax-only -fvisibility=hidden -Wall -Wextra -Werror \
  -I. -Isdk/include -Ibuild/release/probes -DBOOST_DLL_USE_STD_FS \
  -x c++ -include '{}' /dev/null
