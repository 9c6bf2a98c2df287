# SPDX-License-Identifier: Apache-2.0

"""The installation that `cmake --install` makes: the engine finds its detectors, and every example
builds against the installed SDK alone. The example's detector, put into the plugins folder, is
listed and fires.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import captures  # noqa: E402 # found through the line above
import engine  # noqa: E402
import reload_lab  # noqa: E402

BUILD = pathlib.Path(os.environ.get("WIREHOUND_BUILD", engine.BIN.parent.parent)).resolve()
CMAKE = os.environ.get("WIREHOUND_CMAKE", "cmake")
CTEST = str(pathlib.Path(CMAKE).with_name("ctest"))

# Besides the four uol.com.br responses the capture holds a question for this name and a refused
# connection.
LONG_NAME = ".".join(["x" * 60, "y" * 60, "example", "com"])
REFUSED_PORT = 8443

# Each project in examples/: its detector, and the detections in the capture.
EXAMPLES = {
    "c_detector": {
        "detector": "REFUSED_CONNECTION",
        "event": "refused_connection",
        "args": {"server_port": REFUSED_PORT, "refusals": 1},
    },
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
        packets = [
            *captures.uol_packets(),
            captures.query_packet(LONG_NAME),
            *captures.refused_connection(REFUSED_PORT),
        ]
        cls.capture.write_bytes(captures.pcap(packets))

    @staticmethod
    def succeed(*command):
        result = engine.run(*command)
        if result.returncode != 0:
            raise AssertionError(engine.printed_by(result))
        return result

    def detectors(self):
        listing = self.succeed(self.binary, "list", "detectors", "--json")
        return {detector["id"] for detector in json.loads(listing.stdout)["detectors"]}

    def detect(self, detector):
        result = self.succeed(
            self.binary, "--detectors", detector, "--output", "json", "--read", self.capture
        )
        return engine.events_in(result.stdout)

    def build(self, source, build, *options):
        """Builds a project against the installed SDK, runs its tests and returns its plugin."""
        prefix = f"-DCMAKE_PREFIX_PATH={self.prefix}"
        self.succeed(CMAKE, "-G", "Ninja", "-S", source, "-B", build, prefix, *options)
        built = self.succeed(CMAKE, "--build", build)
        self.assertNotIn("warning", built.stdout + built.stderr, engine.printed_by(built))
        if "add_detector_test" in (source / "CMakeLists.txt").read_text(encoding="utf-8"):
            tested = self.succeed(CTEST, "--test-dir", build, "--no-tests=error")
            self.assertIn("100% tests passed", tested.stdout)
        plugins = list(build.rglob("*.so"))
        self.assertEqual(len(plugins), 1, plugins)
        return plugins[0]

    def build_example(self, example):
        """Builds a copy, so that it cannot use the source tree by accident."""
        source = self.scratch / example
        shutil.copytree(ROOT / "examples" / example, source)
        return self.build(source, self.scratch / f"{example}-build")

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

    def test_a_new_detector_builds_passes_and_fires_as_it_stands(self):
        for compiler in ("g++", "clang++"):
            if shutil.which(compiler) is None:
                print(f"SKIPPED: {compiler} is not installed")
                continue
            with self.subTest(compiler=compiler):
                name = "mine_" + compiler.rstrip("+")
                self.succeed(self.binary, "new-detector", name, "--directory", self.scratch)
                plugin = self.build(
                    self.scratch / name,
                    self.scratch / f"{name}-build",
                    f"-DCMAKE_CXX_COMPILER={compiler}",
                    "-DCMAKE_CXX_FLAGS=-Werror",
                )
                shutil.copy(plugin, self.plugins)
                self.assertIn(name.upper(), self.detectors())
                (event,) = self.detect(name.upper())
                self.assertEqual(event["eventName"], name)
                self.assertEqual(
                    engine.args_of(event), {"query": LONG_NAME, "length": len(LONG_NAME)}
                )
                self.assertEqual(event["threat"]["name"], "DNS tunnel")
                self.assertEqual(event["detectedFrom"]["name"], "net_packet_dns")

    def test_a_new_detector_dropped_into_a_running_engine_fires(self):
        self.succeed(self.binary, "new-detector", "late", "--directory", self.scratch)
        plugin = self.build(self.scratch / "late", self.scratch / "late-build")
        running = reload_lab.Running(
            self.scratch, "--read", "-", "--events", "net_packet_dns", "--detectors", "all",
            binary=self.binary, stdin=subprocess.PIPE,
        )  # fmt: skip
        self.addCleanup(running.kill)
        pipe = running.process.stdin
        self.addCleanup(pipe.close)
        pipe.write(captures.pcap_header())

        def send(index):
            pipe.write(captures.pcap_record(index, captures.query_packet(LONG_NAME)))
            pipe.flush()
            seen = lambda: len(running.events("net_packet_dns")) == index + 1  # noqa: E731
            running.wait_for(f"packet {index}", seen)

        send(0)
        installed = self.plugins / "late.so"
        self.addCleanup(installed.unlink, missing_ok=True)
        reload_lab.put(plugin, installed)
        running.wait_for_line("late.so: added", "detector LATE runs")
        self.assertEqual(running.events("late"), [])
        send(1)
        pipe.close()
        self.assertEqual(running.end(), 0, running.logged())
        (event,) = running.events("late")
        self.assertEqual(engine.args_of(event), {"query": LONG_NAME, "length": len(LONG_NAME)})
        self.assertIn("reloads: plugins (1 added)", running.logged())

    def test_a_new_detector_fails_its_test_when_it_is_broken(self):
        self.succeed(self.binary, "new-detector", "broken", "--directory", self.scratch)
        source, build = self.scratch / "broken", self.scratch / "broken-build"
        code = source / "broken.cc"
        text = code.read_text(encoding="utf-8")
        code.write_text(text.replace("name.size() <", "name.size() >"), encoding="utf-8")
        prefix = f"-DCMAKE_PREFIX_PATH={self.prefix}"
        self.succeed(CMAKE, "-G", "Ninja", "-S", source, "-B", build, prefix)
        self.succeed(CMAKE, "--build", build)
        result = engine.run(CTEST, "--test-dir", build, "--output-on-failure")
        self.assertNotEqual(result.returncode, 0, engine.printed_by(result))
        self.assertIn("expected broken query=", result.stdout)


if __name__ == "__main__":
    engine.main()
