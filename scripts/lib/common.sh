# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# Helpers for every script here: messages, root, the top of the tree. Sourced, never run.

# The root of the source tree.
# shellcheck disable=SC2034 # used by those who source this
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly TOP

# Debian keeps ip, knotd and bpftool where the PATH of ordinary users does not look.
PATH=$PATH:/usr/sbin:/sbin

note() { printf '%s\n' "$*" >&2; }

die() {
  note "${0##*/}: $*"
  exit 1
}

# heading TEXT: prints the title of the next step, easy to find in a long log.
heading() { printf '\n== %s\n' "$*" >&2; }

can_be_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

# as_root COMMAND ARG...: directly when root, through sudo otherwise.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    die "'$*' needs root: run this as root, or install sudo"
  fi
}
