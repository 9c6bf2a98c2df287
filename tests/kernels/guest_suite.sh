#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# scripts/kernels runs this in a booted kernel: the engine's report on the features of the kernel,
# the live tests, and the engine as its users run it. Live capture must work in that kernel, so a
# test that reports that it cannot run has failed. Of the main job's tests these are the ones that
# the kernel has a part in; an emulated processor is slow, and the others run outside as well.

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
must dns_detection_live_test python3 "$folder/../e2e/dns_detection_live_test.py" \
  DnsDetection.test_four_lookups_are_one_detection_with_the_process_that_asked \
  DnsDetection.test_lookups_of_processes_outside_the_command_are_not_seen \
  DnsDetection.test_the_command_gets_a_cgroup_of_its_own_that_is_removed_afterwards
exit "$result"
