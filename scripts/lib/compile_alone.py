# SPDX-License-Identifier: Apache-2.0

"""Compiles each of our sources outside tests/ alone, without code: one that includes too little fails.

    compile_alone.py COMPILE_COMMANDS_JSON
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parent.parent.parent


def is_ours(source):
    folder = source.relative_to(TREE).parts[0] if source.is_relative_to(TREE) else "build"
    return folder not in ("build", "tests")


def compile_alone(entry):
    """Returns what the compiler says against it, or nothing."""
    words = shlex.split(entry["command"])
    place = words.index("-o")
    del words[place : place + 2]
    result = subprocess.run(
        [*words, "-fsyntax-only"],
        cwd=entry["directory"], capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return result.stderr if result.returncode else ""


def main(database):
    entries = [
        entry for entry in json.loads(pathlib.Path(database).read_text(encoding="utf-8"))
        if is_ours(pathlib.Path(entry["file"]))
    ]  # fmt: skip
    if not entries:
        sys.exit(f"{database} names no source of ours")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = list(filter(None, pool.map(compile_alone, entries)))
    sys.stderr.writelines(complaints)
    print(f"{len(entries)} sources, {len(complaints)} do not compile alone", file=sys.stderr)
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
