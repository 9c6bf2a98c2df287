#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# scripts/kernels runs this in a booted kernel: the engine's report on the features of the kernel,
# the live tests, and the engine as its users run it. Live capture must work in that kernel, so a
# test that reports that it cannot run has failed.

folder=$(dirname "$0")
export WIREHOUND_BIN=/wirehound/bin/wirehound PYTHONDONTWRITEBYTECODE=1
result=0

# must NAME COMMAND ...
must() {
  name=$1
  shift
  printf '\nguest: %s\n' "$name"
  "$@"
  status=$?
  if [ "$status" -ne 0 ]; then
    printf 'guest: FAILED: %s ended with %d\n' "$name" "$status"
    result=1
  fi
}

must doctor wirehound doctor
must live_test live_test --no-colors --duration=true
must dns_detection_live_test python3 "$folder/../e2e/dns_detection_live_test.py"
exit "$result"
