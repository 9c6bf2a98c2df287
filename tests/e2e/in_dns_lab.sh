#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0

# Runs a command in a fresh DNS lab (see scripts/lib/dns_lab.sh) and ends with its exit status:
#   in_dns_lab.sh COMMAND ARG ...

set -euo pipefail
# shellcheck source=../../scripts/lib/dns_lab.sh
. "$(dirname "$0")/../../scripts/lib/dns_lab.sh"

trap dns_lab_stop EXIT
trap 'exit 143' INT TERM
dns_lab_start
dns_lab_run "$@"
