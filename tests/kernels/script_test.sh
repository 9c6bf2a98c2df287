#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0

# Tests scripts/kernels: the output and exit status that it passes on from the guest, and its message
# and status when it cannot boot one.
#
#   tests/kernels/script_test.sh BUILD

set -euo pipefail
# shellcheck source=../../scripts/lib/common.sh
. "$(dirname "$0")/../../scripts/lib/common.sh"
readonly BUILD=$1
failed=0

# expect WHAT STATUS TEXT OPTION ...: runs scripts/kernels and checks its exit status and a line of its
# output.
expect() {
  local what=$1 wanted=$2 text=$3 status=0 said
  shift 3
  said=$("$TOP/scripts/kernels" --build "$BUILD" "$@" 2>&1) || status=$?
  if [ "$status" -eq 77 ] && [ "$wanted" -ne 77 ]; then
    note "$said"
    exit 77
  fi
  if [ "$status" -eq "$wanted" ] && grep -qF -- "$text" <<<"$said"; then
    note "ok: $what"
  else
    note "FAILED: $what: expected status $wanted and '$text', got status $status and:"
    note "$said"
    failed=1
  fi
}

expect "the command's status and output come back, whatever it prints" 3 "it's 0" \
  6.12 -- sh -c "echo \"it's 0\"; echo 0; exit 3"
expect "a kernel that stops is no success" 1 "the guest ended before its command did" \
  6.12 -- poweroff -f
expect "what is not done in time is no success" 124 "not done after 1 s" \
  6.12 --timeout 1 -- sleep 60
expect "an unknown kernel is named with those there are" 1 "unknown kernel '2.4'; expected one of: 5.10 6.1 6.12" \
  2.4
WIREHOUND_KERNELS=$(mktemp -d)
export WIREHOUND_KERNELS
# A configuration of apt in which no mirror can be reached.
APT_CONFIG=$WIREHOUND_KERNELS/apt.conf
printf 'Acquire::%s::Proxy "http://127.0.0.1:9";\n' http https >"$APT_CONFIG"
export APT_CONFIG
expect "without packages it says so and is skipped" 77 "skipped: Linux 6.1 cannot be fetched" 6.1
rm -rf "$WIREHOUND_KERNELS"
exit "$failed"
