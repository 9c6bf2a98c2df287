# SPDX-License-Identifier: Apache-2.0

"""A recording of --write, read with --read, gives the same output byte for byte.

Needs root. record_workload.py makes the traffic: DNS from short processes, HTTP to a forked server.
The engine watches only that command, in a new network namespace.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import engine

IN_NAMESPACE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
SELECTION = ("--detectors", "all", "--events", "network_events,flows")
TSHARK_FIELDS = ("frame.interface_name", "frame.packet_flags_direction", "frame.comment")


class Recording(engine.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def record(self, *options, selection=SELECTION):
        """Runs the workload live; the engine's output is in the file live.json."""
        result = engine.run(
            *IN_NAMESPACE, engine.BIN, *selection, "--strict",
            "--write", self.folder / "run.pcapng", *options,
            "--output", f"json:{self.folder / 'live.json'}",
            "--", sys.executable, engine.HERE / "record_workload.py",
        )  # fmt: skip
        self.assert_status(result, 0)
        self.assertIn("recorded: ", result.stderr)
        live = (self.folder / "live.json").read_bytes()
        self.assertNotEqual(live, b"")
        return result, live

    def replay(self, path, selection=SELECTION):
        found = self.folder / "replay.json"
        result = engine.run(
            engine.BIN, *selection, "--strict", "--read", path, "--output", f"json:{found}"
        )
        self.assert_status(result, 0)
        return found.read_bytes()

    def recorded_files(self):
        return sorted(self.folder.glob("run*.pcapng"))

    def joined(self, files):
        """The files in one file: recordings that follow one another are a recording."""
        whole = self.folder / "whole.pcapng"
        with open(whole, "wb") as out:
            for file in files:
                out.write(file.read_bytes())
        return whole

    def test_a_replay_gives_the_same_bytes(self):
        _, live = self.record()
        self.assertEqual(live, self.replay(self.folder / "run.pcapng"))

    def test_a_replay_of_detections_and_whole_packets_gives_the_same_bytes(self):
        selection = (
            "--detectors", "all", "--events",
            "net_packet_ipv4,net_packet_tcp,net_packet_http,net_packet_dns_request",
        )  # fmt: skip
        _, live = self.record("--write-bytes", "all", selection=selection)
        self.assertEqual(live, self.replay(self.folder / "run.pcapng", selection))

    def test_the_files_of_a_rotation_together_are_the_whole_recording(self):
        _, live = self.record("--write-size", "8k")
        files = self.recorded_files()
        self.assertGreater(len(files), 2)
        self.assertEqual(live, self.replay(self.joined(files)))
        for file in files:  # each can be read alone
            for event in engine.events_in(self.replay(file).decode()):
                if event["eventName"] == "net_packet_dns_request":
                    self.assertNotEqual(event["processName"], "")

    def test_each_process_has_a_file_of_its_own(self):
        _, live = self.record("--write-split", "process")
        of_processes = {}
        for event in engine.events_in(live.decode()):
            if event["eventName"] == "net_packet_dns_request":
                of_processes.setdefault(event["hostProcessId"], []).append(event)
        self.assertGreater(len(of_processes), 10)
        for pid, events in of_processes.items():
            with self.subTest(pid=pid):
                (file,) = self.folder.glob(f"run_*-{pid}-*.pcapng")
                found = engine.events_in(self.replay(file).decode())
                found = [e for e in found if e["eventName"] == "net_packet_dns_request"]
                self.assertEqual(found, events)

    def test_a_recording_can_be_recorded_again(self):
        self.record()
        again = self.folder / "again.pcapng"
        result = engine.run(
            engine.BIN, *SELECTION, "--read", self.folder / "run.pcapng",
            "--write", again, "--output", "none",
        )  # fmt: skip
        self.assert_status(result, 0)
        self.assertEqual((self.folder / "run.pcapng").read_bytes(), again.read_bytes())

    def test_wireshark_reads_owners_directions_and_interfaces(self):
        if shutil.which("tshark") is None:
            self.skipTest("tshark is not installed")
        self.record()
        fields = [word for field in TSHARK_FIELDS for word in ("-e", field)]
        result = subprocess.run(
            ["tshark", "-r", self.folder / "run.pcapng", "-T", "fields", *fields],
            capture_output=True, encoding="utf-8", timeout=engine.TIMEOUT_SECONDS, check=True,
        )  # fmt: skip
        packets = [line.split("\t") for line in result.stdout.splitlines()]
        self.assertEqual({interface for interface, _, _ in packets}, {"lo"})
        self.assertEqual({direction for _, direction, _ in packets}, {"0x00000001", "0x00000002"})
        for _, _, comment in packets:
            self.assertRegex(comment, r"wirehound: packet ")
        self.assertTrue(any("uid 0 egress current" in comment for _, _, comment in packets))
        complaints = [line for line in result.stderr.splitlines() if "Running as user" not in line]
        self.assertEqual(complaints, [])

    def test_a_full_disk_ends_the_recording_and_not_the_capture(self):
        disk = self.folder / "disk"
        disk.mkdir()
        found = self.folder / "live.json"
        # Mounted in a namespace that ends with the run, so the file is copied out before.
        script = (
            'mount -t tmpfs -o size=16k none "$1" && ip link set lo up && shift && "$@"; s=$?; '
            f'cp "{disk}/run.pcapng" "{self.folder}/part.pcapng"; exit $s'
        )
        result = engine.run(
            "unshare", "--net", "--mount", "sh", "-c", script, "sh", disk, engine.BIN,
            *SELECTION, "--strict", "--write", disk / "run.pcapng", "--output", f"json:{found}",
            "--", sys.executable, engine.HERE / "record_workload.py",
        )  # fmt: skip
        self.assert_status(result, 0)
        self.assertIn("No space left on device", result.stderr)
        self.assertRegex(result.stderr, r"recorded: \d+ records, .*, \d+ not written")
        live = found.read_bytes()
        self.assertIn(b"net_packet_http_response", live)
        part = engine.events_in(self.replay(self.folder / "part.pcapng").decode())
        part = [e for e in part if e["eventName"] == "net_packet_dns"]
        whole = [e for e in engine.events_in(live.decode()) if e["eventName"] == "net_packet_dns"]
        self.assertEqual(part, whole[: len(part)])


class Refusals(engine.TestCase):
    def test_writing_to_the_file_that_is_read_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder) / "a.pcap"
            capture.write_bytes(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
            before = capture.read_bytes()
            result = engine.run(engine.BIN, "--read", capture, "--write", capture)
            self.assert_status(result, 2)
            self.assertIn("is the file that --read reads", result.stderr)
            self.assertEqual(capture.read_bytes(), before)

    def test_a_missing_folder_is_an_error_at_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder) / "a.pcap"
            capture.write_bytes(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
            result = engine.run(
                engine.BIN, "--read", capture, "--write", pathlib.Path(folder) / "no" / "b.pcapng"
            )
            self.assert_status(result, 1)
            self.assertIn("No such file or directory", result.stderr)


if __name__ == "__main__":
    engine.main(live=True)
