# SPDX-License-Identifier: Apache-2.0

"""Hostile traffic and a hostile environment: the engine stays up, within its memory, and its
account closes (--strict). Counts are small; WIREHOUND_HOSTILE=100 multiplies them.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import engine
import net_lab

TIMES = int(os.environ.get("WIREHOUND_HOSTILE", "1"))
MOST_KIB = 64 * 1024
SANITIZED = bool(os.environ.get("WIREHOUND_SANITIZE"))  # memory figures mean nothing there
EVERYTHING = "network_events,flows,net_anomaly,capture_gap"
IN_NAMESPACE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
WORKLOAD = (sys.executable, engine.HERE / "hostile_workload.py")
# Runs a command with a small file system mounted at the folder in the first argument.
WITH_FULL_DISK = (
    "unshare", "--net", "--mount", "sh", "-c",
    'ip link set lo up && mount -t tmpfs -o size=64k full "$0" && exec "$@"',
)  # fmt: skip


class Hostile(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def endure(self, kind, count, *options, before=IN_NAMESPACE, env=None):
        """Runs the engine on a workload; returns the workload's figures and the engine's result."""
        result = engine.run(
            *before, engine.BIN, "--strict", *options, "--", *WORKLOAD, kind, count * TIMES,
            timeout=engine.TIMEOUT_SECONDS * 3 * TIMES, env=env,
        )  # fmt: skip
        self.assert_status(result, 0)
        figures = json.loads(result.stdout.splitlines()[-1])
        if not SANITIZED:
            self.assertLessEqual(figures["engine_kib"], MOST_KIB, engine.printed_by(result))
        return figures, result

    def test_a_flood_from_one_process(self):
        self.endure("flood", 100_000, "--events", EVERYTHING, "--output", "none")

    def test_a_flood_into_the_smallest_ring(self):
        self.endure(
            "flood", 100_000, "--events", EVERYTHING, "--output", "none", "--ring-size", "64K"
        )

    def test_many_short_connections(self):
        _, result = self.endure(
            "connections", 10_000, "--events", "net_flow_tcp_begin,net_flow_tcp_end,net_packet_http",
            "--output", "none",
        )  # fmt: skip
        self.assertRegex(result.stderr, r"records: \d+ in, 0 lost")

    def test_tiny_and_giant_packets(self):
        _, result = self.endure(
            "sizes", 200, "--events", EVERYTHING, "--output", "none"
        )
        self.assertRegex(result.stderr, r"records: \d+ in")

    def test_sockets_closed_in_the_middle_of_a_message(self):
        self.endure("torn", 2_000, "--events", EVERYTHING, "--output", "none")  # fmt: skip

    def test_a_clock_that_is_set_back_and_forth(self):
        library = self.scratch / "stepping_clock.so"
        compiler = os.environ.get("WIREHOUND_CC", "cc")
        source = engine.HERE / "stepping_clock.c"
        built = engine.run(compiler, "-shared", "-fPIC", "-o", library, source)
        self.assert_status(built, 0)
        found = self.scratch / "found.jsonl"
        if SANITIZED:
            self.skipTest("a sanitizer's library has to come first")
        before = ("unshare", "--net", "sh", "-c",
                  f'ip link set lo up && LD_PRELOAD={library} exec "$0" "$@"')  # fmt: skip
        self.endure("torn", 200, "--events", "net_packet_tcp", "--detectors", "all",
                    "--output", f"json:{found}", before=before)  # fmt: skip
        times = [event["timestamp"] for event in engine.events_in(found.read_text())]
        self.assertGreater(len(times), 400)
        minute_ns = 60 * 10**9
        self.assertLess(max(times) - min(times), minute_ns * 3)
        late = [b for a, b in zip(times, times[1:], strict=False) if b < a - minute_ns]
        self.assertEqual(late, [])

    def test_a_full_disk_under_a_recording(self):
        folder = self.scratch / "full"
        folder.mkdir()
        _, result = self.endure(
            "flood", 20_000, "--events", "net_packet_udp", "--output", "none",
            "--write", folder / "capture.pcapng", before=(*WITH_FULL_DISK, folder),
        )  # fmt: skip
        self.assertRegex(result.stderr, r"(?i)no space left on device")

    def test_a_control_group_removed_while_it_is_watched(self):
        group = pathlib.Path(tempfile.mkdtemp(prefix="hostile-", dir=engine.cgroup_mounts()[0]))
        process = subprocess.Popen(
            [str(engine.BIN), "--strict", "--events", "net_packet_udp", "--cgroup", str(group),
             "--output", "json", "--log-level", "debug"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            line = ""
            while "goes on as" not in line:
                line = process.stderr.readline()
                self.assertNotEqual(line, "", "the engine has ended")
            script = f'ip link set lo up; echo 0 > {group}/cgroup.procs; exec "$0" "$@"'
            sent = engine.run("unshare", "--net", "sh", "-c", script, *WORKLOAD, "sizes", 1)
            self.assert_status(sent, 0)
            net_lab.wait_until(lambda: not (group / "cgroup.procs").read_text(), "group in use")
            group.rmdir()
            self.assertIsNone(process.poll())
        finally:
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=engine.TIMEOUT_SECONDS)
        self.assertEqual(process.returncode, 0, errors)
        self.assertEqual(len(output.splitlines()), 18, errors)


if __name__ == "__main__":
    engine.main(live=True)
