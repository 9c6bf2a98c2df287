# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# Lists of the project's files, by the checks that apply to them. Sourced; needs common.sh.

readonly SOURCE_FOLDERS="sdk base probes decoders engine detectors examples tests"

# c_family_files: every C and C++ source and header, one per line, from the top of the tree. The
# BPF programs are not among them: they are written in the style of the kernel. Nor are the frozen
# copies of the ABI tests, which stay as they are.
c_family_files() {
  # shellcheck disable=SC2086 # a list of folders
  (cd "$TOP" && find $SOURCE_FOLDERS \( -name build -o -path tests/abi/frozen \) -prune -o \
    -type f \( -name '*.cc' -o -name '*.h' -o -name '*.c' \) \
    ! -name '*.bpf.[ch]' ! -path probes/bpf/kernel_types.h -print | LC_ALL=C sort)
}

# header_files: the headers among them.
header_files() {
  c_family_files | grep '\.h$'
}

# shell_files: the scripts with the name of a shell in their first line, and the files they source.
shell_files() {
  (cd "$TOP" && grep -rlE '^#!.*\b(ba)?sh$|^# shellcheck shell=' scripts tests .ci | LC_ALL=C sort)
}
