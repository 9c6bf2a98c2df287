# SPDX-License-Identifier: Apache-2.0

"""A hash of the ABI headers, of their text without comments and blanks. Comments may change at any
time; a change that a compiler sees needs a new version.

    abi_headers.py version FOLDER     prints MAJOR.MINOR of the headers below FOLDER
    abi_headers.py hash FOLDER        prints MAJOR.MINOR and the hash

FOLDER holds wirehound/abi/.
"""

import hashlib
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def headers(include):
    return sorted((include / "wirehound" / "abi").glob("*.h"))


def normalised(text):
    """The non-empty lines without comments, with single blanks between words."""
    lines = (" ".join(line.split()) for line in COMMENT.sub(" ", text).splitlines())
    return "\n".join(line for line in lines if line)


def version(include):
    text = (include / "wirehound" / "abi" / "detector_abi.h").read_text(encoding="utf-8")
    numbers = [
        re.search(rf"^#define WIREHOUND_ABI_{part} (\d+)u$", text, re.MULTILINE).group(1)
        for part in ("MAJOR", "MINOR")
    ]
    return ".".join(numbers)


def digest(include):
    everything = hashlib.sha256()
    for header in headers(include):
        everything.update(f"{header.name}\n{normalised(header.read_text(encoding='utf-8'))}\n".encode())
    return everything.hexdigest()


def golden_line(include):
    """The content of the golden file of these headers."""
    return f"{version(include)} {digest(include)}\n"


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("version", "hash"):
        sys.exit("usage: abi_headers.py version|hash FOLDER")
    include = pathlib.Path(sys.argv[2])
    print(version(include) if sys.argv[1] == "version" else golden_line(include), end="")


if __name__ == "__main__":
    main()
