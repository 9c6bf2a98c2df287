# SPDX-License-Identifier: Apache-2.0

"""Detectors that throw, fail, are slow, print and leak under live traffic, beside a sound one. The
sound one loses no event, and the figures at the end show what the others did.

Needs root. The traffic is between two network namespaces of the test's own (net_lab.py).
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile

import engine
import net_lab

BUILT = pathlib.Path(os.environ.get("WIREHOUND_BUILD_DIR", engine.BIN.parent.parent))
PLUGINS = BUILT / "tests" / "e2e" / "plugins"
PACKETS = 3000
DISCARD_PORT = 9
SUSPENDED_AFTER = 100
# Sends numbered datagrams, a few at a time. Each of them is one event.
SENDER = f"""
import socket, time
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("{net_lab.FAR4}", 0))
for number in range({PACKETS}):
    udp.sendto(b"%d" % number, ("{net_lab.NEAR4}", {DISCARD_PORT}))
    if number % 100 == 0:
        time.sleep(0.01)
"""
LEDGER_LINE = re.compile(
    r"detector (?P<name>\w+): (?P<events>\d+) events in, (?P<out>\d+) out, (?P<errors>\d+) errors"
)


class BadPluginsLive(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.lab = self.enterContext(net_lab.NetLab(self.scratch))
        self.plugins = self.scratch / "plugins"
        self.plugins.mkdir(mode=0o755)

    def run_beside_good(self, bad, misbehave):
        """Runs both over the same packets; returns the run and the ledger's line of each."""
        for name in ("good", bad):
            shutil.copy(PLUGINS / f"{name}.so", self.plugins)
            (self.plugins / f"{name}.so").chmod(0o755)
        found = self.scratch / "found.jsonl"
        result = engine.run(
            engine.BIN, "--plugins", self.plugins, "--detectors", f"{bad},good",
            "--output", f"json:{found}", "--strict",
            "--", *self.lab.at_far_end(sys.executable, "-c", SENDER),
            env={**os.environ, "WIREHOUND_MISBEHAVE": misbehave},
        )  # fmt: skip
        self.assert_status(result, 0)
        numbers = [
            engine.args_of(event)["number"]
            for event in engine.events_in(found.read_text(encoding="utf-8"))
        ]
        self.assertEqual(numbers, list(range(1, PACKETS + 1)), result.stderr)
        figures = {each["name"]: each for each in LEDGER_LINE.finditer(result.stderr)}
        self.assertEqual(int(figures["good"]["events"]), PACKETS, result.stderr)
        self.assertEqual(int(figures["good"]["errors"]), 0, result.stderr)
        return result, figures[bad]

    def line_of(self, result, name):
        return next(each for each in result.stderr.splitlines() if f"detector {name}:" in each)

    def assert_group_goes(self, engine_pid):
        """The command's control group is removed although the engine crashed."""
        name = f"wirehound-{engine_pid}"
        net_lab.wait_until(
            lambda: not any(group for root in engine.cgroup_mounts() for group in root.rglob(name)),
            f"{name} is still there",
        )

    def test_a_detector_that_throws_at_each_event_is_suspended(self):
        result, figures = self.run_beside_good("thrower", "OnEvent exception")
        self.assertEqual(int(figures["events"]), SUSPENDED_AFTER, result.stderr)
        self.assertEqual(int(figures["errors"]), SUSPENDED_AFTER, result.stderr)
        line = self.line_of(result, "thrower")
        self.assertIn("suspended", line)
        self.assertIn(str(PACKETS - SUSPENDED_AFTER), line)

    def test_a_detector_that_fails_now_and_then_is_counted_and_goes_on(self):
        result, figures = self.run_beside_good("thrower", "OnEvent sometimes")
        self.assertEqual(int(figures["events"]), PACKETS, result.stderr)
        self.assertEqual(int(figures["errors"]), PACKETS // 7, result.stderr)
        self.assertNotIn("suspended", self.line_of(result, "thrower"))

    def test_a_detector_that_overruns_its_budget_is_suspended(self):
        result, figures = self.run_beside_good("sleeper", "")
        self.assertLess(int(figures["events"]), 20, result.stderr)
        self.assertIn("suspended", self.line_of(result, "sleeper"))

    def test_a_detector_that_prints_is_named_in_the_log(self):
        result, _ = self.run_beside_good("printer", "OnEvent lines")
        self.assertIn("wrote to standard output", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_a_detector_that_keeps_memory_still_gets_every_event(self):
        _, figures = self.run_beside_good("leaker", "")
        self.assertEqual(int(figures["events"]), PACKETS)

    def test_a_crash_leaves_a_capture_of_the_fatal_packet(self):
        shutil.copy(PLUGINS / "crasher.so", self.plugins)
        result = engine.run(
            engine.BIN, "--plugins", self.plugins, "--output", "none",
            "--", *self.lab.at_far_end(sys.executable, "-c", SENDER),
            env={
                **os.environ, "WIREHOUND_MISBEHAVE": "OnEvent segv", "TMPDIR": str(self.scratch),
            },
        )  # fmt: skip
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("in OnEvent of detector 'crasher'", result.stderr)
        replay = re.search(r"^wirehound: replay: wirehound (.*)$", result.stderr, re.MULTILINE)
        self.assertIsNotNone(replay, result.stderr)
        kept = replay[1].rpartition("--read ")[2]
        self.assert_group_goes(re.search(r"crash-(\d+)\.pcap", kept)[1])
        replayed = engine.run(engine.BIN, "--output", "json", "--events", "net_packet_udp",
                              "--read", kept)  # fmt: skip
        self.assert_status(replayed, 0)
        (event,) = engine.events_in(replayed.stdout)
        args = engine.args_of(event)
        self.assertEqual((args["src"], args["dst_port"]), (net_lab.FAR4, DISCARD_PORT))


def setUpModule():
    missing = net_lab.missing_tools()
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed (scripts/setup installs it)")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main(live=True)
