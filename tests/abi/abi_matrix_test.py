# SPDX-License-Identifier: Apache-2.0

"""Plugins built as third parties may build them, against each frozen copy of the headers: with
other compilers, other standard libraries and their modes, plain C. One engine loads all of them.
They read the same capture and detect the same, and their exceptions do not reach the engine.

For a compiler or library that is not installed the test prints a line.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import captures  # noqa: E402 # found through the line above
import engine  # noqa: E402

FROZEN = HERE / "frozen"
EXPORTS = ROOT / "sdk" / "cmake" / "detector_exports.map"

# A way to build a plugin: its name, the compiler and its flags.
Way = collections.namedtuple("Way", "name compiler flags")
WAYS = [
    Way("gcc_c11", "gcc", ["-std=c11"]),
    Way("gxx", "g++", ["-std=c++20"]),
    Way("clang", "clang++", ["-std=c++20"]),
    Way("old_strings", "g++", ["-std=c++17", "-D_GLIBCXX_USE_CXX11_ABI=0"]),
    Way("debug_mode", "g++", ["-std=c++17", "-D_GLIBCXX_DEBUG"]),
    Way("static", "g++", ["-std=c++17", "-static-libstdc++", "-static-libgcc"]),
    Way("libcxx", "clang++", ["-std=c++17", "-stdlib=libc++"]),
]
SHARED = ["-O1", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]

# The detections of every detector in the capture: one for each of its four answers.
DETECTIONS = [
    {"name": captures.DOMAIN, "seen": seen, "types": str(record_type)}
    for seen, record_type in enumerate(
        (captures.TYPE_MX, captures.TYPE_NS, captures.TYPE_SOA, captures.TYPE_TXT), start=1
    )
]


def why_not(way, scratch):
    """Why this machine cannot build that way, or None. Tries it without headers of ours."""
    is_c = way.compiler == "gcc"
    source = scratch / ("probe.c" if is_c else "probe.cc")
    source.write_text(
        "int probe(void) { return 0; }\n" if is_c else
        "#include <string>\n#include <stdexcept>\n"
        "std::string probe(int n) { if (n) throw std::runtime_error(\"\"); return \"\"; }\n"
    )  # fmt: skip
    command = [way.compiler, *way.flags, "-fPIC", "-shared", source, "-o", scratch / "probe.so"]
    try:
        built = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError:
        return f"{way.compiler} is not installed"
    if built.returncode != 0:
        return f"{' '.join(map(str, command[:3]))} does not work here: {built.stderr.strip()[:200]}"
    return None


def build(way, version, plugins):
    """Builds the detector against one frozen copy and returns its id."""
    detector = f"{way.name}_{version.replace('.', '_')}"
    source = HERE / ("matrix_detector.c" if way.compiler == "gcc" else "matrix_detector.cc")
    command = [
        way.compiler, *way.flags, *SHARED, f'-DDETECTOR_ID="{detector}"',
        "-I", FROZEN / version / "include", source, "-o", plugins / f"{detector}.so",
        f"-Wl,--version-script={EXPORTS}",
    ]  # fmt: skip
    built = engine.run(*command)
    if built.returncode != 0:
        raise AssertionError(engine.printed_by(built))
    (plugins / f"{detector}.so").chmod(0o755)
    return detector


class Matrix(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.plugins = cls.scratch / "plugins"
        cls.plugins.mkdir(mode=0o755)
        cls.capture = cls.scratch / "lookups.pcap"
        packets = captures.uol_packets()
        throwing = captures.query_packet("throw.example")
        cls.capture.write_bytes(captures.pcap([*packets[:2], throwing, *packets[2:]]))
        cls.detectors = []
        versions = sorted(path.name for path in FROZEN.iterdir())
        for way in WAYS:
            reason = why_not(way, cls.scratch)
            if reason:
                print(f"SKIPPED: {way.name}: {reason}", file=sys.stderr)
                continue
            cls.detectors += [build(way, version, cls.plugins) for version in versions]

    def test_all_detect_the_same_in_one_engine(self):
        self.assertIn("gxx_v1_0", self.detectors)
        result = engine.run(
            engine.BIN, "--plugins", self.plugins, "--strict-plugins", "--detectors", "all",
            "--output", "json", "--read", self.capture,
        )  # fmt: skip
        self.assert_status(result, 0)
        found = {detector: [] for detector in self.detectors}
        for event in engine.events_in(result.stdout):
            found[event["eventName"].removesuffix("_event")].append(engine.args_of(event))
        for detector in self.detectors:
            with self.subTest(detector=detector):
                self.assertEqual(found[detector], DETECTIONS)
                self.assertIn(f"thrown by {detector}", result.stderr)

    def test_each_passes_check_plugin(self):
        for detector in self.detectors:
            with self.subTest(detector=detector):
                result = engine.run(
                    engine.BIN, "check-plugin", "--json", self.plugins / f"{detector}.so"
                )
                self.assert_status(result, 0)
                report = json.loads(result.stdout)
                self.assertTrue(report["loads"])
                self.assertEqual([one["id"] for one in report["detectors"]], [detector])


if __name__ == "__main__":
    engine.main()
