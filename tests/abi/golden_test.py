# SPDX-License-Identifier: Apache-2.0

"""The ABI headers equal the copy that was frozen under their version: a change needs a new version.
Runs without an engine.
"""

import pathlib
import re
import unittest

import abi_headers

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parent.parent / "sdk" / "include"
GOLDEN, FROZEN = HERE / "golden", HERE / "frozen"

HOW = """

The headers in sdk/include/wirehound/abi/ say {version}, and that is not what is frozen under this
version. When they change:
  1. append members only, and add their pins to tests/sdk/abi_layout_test.cc;
  2. raise WIREHOUND_ABI_MINOR in detector_abi.h (WIREHOUND_ABI_MAJOR for what is no appending);
  3. run scripts/lib/freeze_abi.sh, which adds tests/abi/golden/ and tests/abi/frozen/ of it.
docs/abi.md has the rules."""


def golden_file(version):
    return GOLDEN / f"abi_{version.replace('.', '_')}.txt"


class Golden(unittest.TestCase):
    def test_the_headers_are_those_frozen_under_their_version(self):
        version = abi_headers.version(INCLUDE)
        how = HOW.format(version=version)
        self.assertTrue(golden_file(version).is_file(), how)
        golden = golden_file(version).read_text(encoding="utf-8")
        self.assertEqual(abi_headers.golden_line(INCLUDE), golden, how)

    def test_every_frozen_copy_is_as_it_was(self):
        copies = sorted(FROZEN.glob("v*.*"))
        self.assertEqual(
            [copy.name for copy in copies],
            sorted("v" + path.read_text(encoding="utf-8").split()[0] for path in GOLDEN.iterdir()),
        )
        for copy in copies:
            with self.subTest(copy=copy.name):
                golden = golden_file(copy.name[1:]).read_text(encoding="utf-8")
                self.assertEqual(abi_headers.golden_line(copy / "include"), golden)


class Normalised(unittest.TestCase):
    """The hash covers what a compiler reads, without comments and blanks."""

    def test_comments_and_blanks_do_not_count(self):
        plain = abi_headers.normalised("#define A 1\nint32_t b;\n")
        self.assertEqual(abi_headers.normalised("/* x\n y */\n#define  A 1 // z\n\n int32_t b;"), plain)

    def test_everything_else_counts(self):
        text = "typedef struct a {\n  uint32_t b;\n  uint32_t c;\n} a;\n"
        for pattern, other in (("uint32_t b", "int32_t b"), ("b;", "d;"), ("c;\n", "c;\n int d;\n")):
            self.assertNotEqual(
                abi_headers.normalised(re.sub(pattern, other, text)), abi_headers.normalised(text)
            )


if __name__ == "__main__":
    unittest.main(verbosity=2)
