#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0

# Freezes the SDK's headers under the ABI version they state: a golden hash, and a copy that plugins
# of tests/abi are built with from then on. Run once for each release that raises the version.
#
#   scripts/lib/freeze_abi.sh             fails when that version was frozen with other headers
#   scripts/lib/freeze_abi.sh --replace   before that version is released: freezes it anew

set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

replace=no
case ${1:-} in
  '') ;;
  --replace) replace=yes ;;
  *) die "unknown argument '$1'; expected nothing or --replace" ;;
esac

include=$TOP/sdk/include
headers=$TOP/tests/abi/abi_headers.py
version=$(python3 "$headers" version "$include")
golden=$TOP/tests/abi/golden/abi_${version/./_}.txt
frozen=$TOP/tests/abi/frozen/v$version/include

if [ -e "$golden" ] && [ "$replace" = no ]; then
  [ "$(cat "$golden")" = "$(python3 "$headers" hash "$include")" ] ||
    die "ABI $version is frozen with other headers: raise WIREHOUND_ABI_MINOR (docs/abi.md)"
  note "ABI $version is frozen already"
  exit 0
fi

mkdir -p "$(dirname "$golden")"
python3 "$headers" hash "$include" >"$golden"
rm -rf "$frozen"
mkdir -p "$frozen"
cp -R "$include/wirehound" "$frozen/"
note "froze ABI $version: ${golden#"$TOP"/}, ${frozen#"$TOP"/}"
