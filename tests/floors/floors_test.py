# SPDX-License-Identifier: Apache-2.0

"""Every include goes down: the table of folders in docs/architecture.md names them from the ground
up, and a source includes only headers of its own folder and of folders above its row in the table.
Prints the graph. Runs without an engine.
"""

import json
import os
import pathlib
import re
import subprocess
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = TOP / "docs" / "architecture.md"
# Not on a floor: they use the SDK, or everything.
SDK_ONLY = ("detectors", "examples")
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
SUFFIXES = (".h", ".cc", ".c")


def floors_of_the_table():
    section = TABLE.read_text(encoding="utf-8").split("\n## Folders and who may use whom\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def sources(*tops):
    """The C and C++ files below these folders, without what a build left there."""
    for top in tops:
        for path in sorted((TOP / top).rglob("*")):
            relative = path.relative_to(TOP)
            if path.suffix in SUFFIXES and "build" not in relative.parts:
                yield relative


def floor_of(path, floors):
    """The floor that a path is on: of the folders that hold it, the innermost in the table."""
    parts = pathlib.PurePosixPath(path).parts
    for length in range(len(parts) - 1, 0, -1):
        if "/".join(parts[:length]) in floors:
            return "/".join(parts[:length])
    return None


def included_floor(name, floors):
    return "sdk" if name.startswith("wirehound/") else floor_of(name, floors)


def graph(floors):
    """{(folder, used folder): ["file includes header", …]} for every include between floors."""
    arrows = {}
    for path in sources(*{floor.split("/")[0] for floor in floors}):
        source = floor_of(path.as_posix(), floors)
        for name in INCLUDE.findall((TOP / path).read_text(encoding="utf-8")):
            target = included_floor(name, floors)
            if target is not None and target != source:
                arrows.setdefault((source, target), []).append(f"{path} includes {name}")
    return arrows


def arrows_up(arrows, floors):
    rank = {floor: number for number, floor in enumerate(floors)}
    return [
        line
        for (source, target), lines in arrows.items()
        for line in lines
        if source is None or rank[target] > rank[source]
    ]


class Floors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.floors = floors_of_the_table()
        cls.arrows = graph(cls.floors)

    def test_no_include_goes_up(self):
        for floor in self.floors:
            used = [target for source, target in self.arrows if source == floor]
            print(f"{floor}: {' '.join(sorted(used, key=self.floors.index))}")
        self.assertEqual(arrows_up(self.arrows, self.floors), [])

    def test_every_folder_is_in_the_table_and_every_row_is_a_folder(self):
        tops = {floor.split("/")[0] for floor in self.floors}
        homeless = {str(p.parent) for p in sources(*tops) if floor_of(p.as_posix(), self.floors) is None}
        self.assertEqual(homeless, set())
        self.assertEqual([floor for floor in self.floors if not (TOP / floor).is_dir()], [])

    def test_detectors_and_examples_include_the_sdk_alone(self):
        wrong = [
            f"{path} includes {name}"
            for path in sources(*SDK_ONLY)
            for name in INCLUDE.findall((TOP / path).read_text(encoding="utf-8"))
            if included_floor(name, self.floors) not in (None, "sdk")
        ]
        self.assertEqual(wrong, [])

    def test_the_check_can_fail(self):
        floors = ["sdk", "base", "engine/event"]
        down = {("engine/event", "base"): ["a"], ("base", "sdk"): ["b"]}
        self.assertEqual(arrows_up(down, floors), [])
        self.assertEqual(arrows_up({**down, ("base", "engine/event"): ["c"]}, floors), ["c"])


class AWrongInclude(unittest.TestCase):
    def test_does_not_build(self):
        """The include path of a folder, as the build uses it, does not reach a folder above."""
        commands = pathlib.Path(os.environ.get("WIREHOUND_BUILD_DIR", TOP / "build" / "release")) / "compile_commands.json"
        command = next(
            entry["command"]
            for entry in json.loads(commands.read_text(encoding="utf-8"))
            if "/wirehound_base.dir/" in entry["command"]
        )
        words = command.split()
        flags = [word for word in words if word.startswith(("-I", "-std", "-isystem"))]
        for header, builds in (("base/random_seed.h", True), ("engine/event/event.h", False)):
            result = subprocess.run(
                [words[0], *flags, "-fsyntax-only", "-x", "c++", "-"],
                input=f'#include "{header}"\n',
                capture_output=True,
                text=True,
            )
            self.assertEqual(result.returncode == 0, builds, result.stderr)


if __name__ == "__main__":
    unittest.main()
