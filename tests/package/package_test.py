# SPDX-License-Identifier: Apache-2.0

"""What a user gets after `cmake --install`: the engine finds its detectors, every example builds
against the installed SDK and nothing else, and its detector, dropped into the plugins folder, is
listed and fires.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import captures  # noqa: E402 # found through the line above
import engine  # noqa: E402

BUILD = pathlib.Path(os.environ.get("WIREHOUND_BUILD", engine.BIN.parent.parent)).resolve()
CMAKE = os.environ.get("WIREHOUND_CMAKE", "cmake")

# What the capture holds besides the four uol.com.br responses: a question for this name.
LONG_NAME = ".".join(["x" * 60, "y" * 60, "example", "com"])

# Each project in examples/: the detector it makes, and what that finds in the capture.
EXAMPLES = {
    "long_dns_names": {
        "detector": "LONG_DNS_NAME",
        "event": "long_dns_name",
        "args": {"query": LONG_NAME, "length": len(LONG_NAME)},
    },
}


class Package(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.prefix = cls.scratch / "prefix"
        cls.succeed(CMAKE, "--install", BUILD, "--prefix", cls.prefix)
        cls.binary = cls.prefix / "bin" / "wirehound"
        (cls.plugins,) = cls.prefix.glob("lib*/**/wirehound/plugins")
        cls.capture = cls.scratch / "lookups.pcap"
        packets = [*captures.uol_packets(), captures.query_packet(LONG_NAME)]
        cls.capture.write_bytes(captures.pcap(packets))

    @staticmethod
    def succeed(*command):
        result = engine.run(*command)
        if result.returncode != 0:
            raise AssertionError(engine.said(result))
        return result

    def detectors(self):
        listing = self.succeed(self.binary, "list", "detectors", "--json")
        return {detector["id"] for detector in json.loads(listing.stdout)["detectors"]}

    def detect(self, detector):
        result = self.succeed(
            self.binary, "--detectors", detector, "--output", "json", "--read", self.capture
        )
        return engine.events_in(result.stdout)

    def build_example(self, example):
        """Builds a copy, so that nothing of the source tree can be found by accident."""
        source, build = self.scratch / example, self.scratch / f"{example}-build"
        shutil.copytree(ROOT / "examples" / example, source)
        self.succeed(
            CMAKE, "-G", "Ninja", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}"
        )
        self.succeed(CMAKE, "--build", build)
        plugins = list(build.rglob("*.so"))
        self.assertEqual(len(plugins), 1, plugins)
        return plugins[0]

    def test_the_installed_engine_finds_its_detectors(self):
        self.assertIn("DNS", self.detectors())
        events = self.detect("DNS")
        self.assertEqual([event["eventName"] for event in events], ["DNS"])

    def test_every_example_is_known_here(self):
        projects = {path.parent.name for path in (ROOT / "examples").glob("*/CMakeLists.txt")}
        self.assertEqual(projects, set(EXAMPLES))

    def test_the_examples_build_against_the_installed_sdk_and_fire(self):
        for example, expected in EXAMPLES.items():
            with self.subTest(example=example):
                before = self.detectors()
                shutil.copy(self.build_example(example), self.plugins)
                self.assertEqual(self.detectors() - before, {expected["detector"]})

                (event,) = self.detect(expected["detector"])
                self.assertEqual(event["eventName"], expected["event"])
                self.assertEqual(engine.args_of(event), expected["args"])


if __name__ == "__main__":
    engine.main()
