# SPDX-License-Identifier: Apache-2.0

"""Compiles each of our sources outside tests/ alone, without code: one that includes too little fails.
Clang's static analyzer looks at those that read bytes and memory of others: a mistake it finds fails.

    compile_alone.py COMPILE_COMMANDS_JSON [FILE ...]

Files are named from the top of the tree; without any, all are compiled.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parent.parent.parent

# The analyzer takes several times as long as the compiler, so it looks at what reads bytes and memory
# of others. The rest, tests too, runs under sanitizers.
ANALYZED = ("base", "decoders", "probes", "engine/dispatch", "engine/plugins", "engine/sources",
            "engine/stores")  # fmt: skip
CHECKERS = "core,cplusplus,deadcode,nullability,optin.cplusplus.VirtualCall,optin.portability,security,unix"
# It wants memcpy_s, which glibc does not have.
LEFT_OUT = "security.insecureAPI.DeprecatedOrUnsafeBufferHandling"


def analyzer(source):
    """The options that make a compiler analyze this source, or only read it."""
    name = source.relative_to(TREE).as_posix()
    if not any(name.startswith(folder + "/") for folder in ANALYZED):
        return ["-fsyntax-only"]
    options = [f"-analyzer-checker={CHECKERS}", f"-analyzer-disable-checker={LEFT_OUT}", "-analyzer-werror"]
    # A quarter of the default: how many states of one function it looks at. Half of the time.
    options += ["-analyzer-config", "max-nodes=50000"]
    return ["--analyze", "--analyzer-no-default-checks", "--analyzer-output", "text",
            *(word for option in options for word in ("-Xclang", option))]  # fmt: skip


def is_ours(source):
    folder = source.relative_to(TREE).parts[0] if source.is_relative_to(TREE) else "build"
    return folder not in ("build", "tests")


def compile_alone(entry):
    """Returns what the compiler says against it, or nothing."""
    words = shlex.split(entry["command"])
    place = words.index("-o")
    del words[place : place + 2]
    result = subprocess.run(
        [*words, *analyzer(pathlib.Path(entry["file"]))],
        cwd=entry["directory"], capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return result.stderr if result.returncode else ""


def main(database, *files):
    entries = [
        entry for entry in json.loads(pathlib.Path(database).read_text(encoding="utf-8"))
        if is_ours(pathlib.Path(entry["file"]))
    ]  # fmt: skip
    if not entries:
        sys.exit(f"{database} names no source of ours")
    if files:
        wanted = {str(TREE / file) for file in files}
        entries = [entry for entry in entries if entry["file"] in wanted]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = list(filter(None, pool.map(compile_alone, entries)))
    sys.stderr.writelines(complaints)
    print(f"{len(entries)} sources, {len(complaints)} do not compile alone", file=sys.stderr)
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
