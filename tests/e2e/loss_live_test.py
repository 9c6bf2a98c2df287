# SPDX-License-Identifier: Apache-2.0

"""Provoked losses, which the engine must report exactly to the packet: in the account, in the gap
events, in the completeness of detections, and in the account of each output.

Needs root. The traffic is datagrams on the loopback of a new network namespace; the engine sees
each twice, leaving and arriving. The sender stops the engine (SIGSTOP) while it sends, so that the
smallest possible ring overflows.
"""

import json
import os
import pathlib
import re
import select
import shutil
import sys
import tempfile
import threading

import engine

BUILT = pathlib.Path(os.environ.get("WIREHOUND_BUILD_DIR", engine.BIN.parent.parent))
GOOD_PLUGIN = BUILT / "tests" / "e2e" / "plugins" / "good.so"
DATAGRAMS = 3000
SMALLEST_RING = "64K"
IN_NAMESPACE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
# Sends some datagrams, then many while the engine is stopped, then some again. The receiver is
# bound so that no ICMP error says that the port is closed.
SENDER = """
import os, pathlib, signal, socket, sys, time
count, stops, marker = int(sys.argv[1]), sys.argv[2] == "stop", pathlib.Path(sys.argv[3])
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.connect(receiver.getsockname())
def send(count):
    for _ in range(count):
        sender.send(b"x" * 100)
def state():
    return pathlib.Path(f"/proc/{os.getppid()}/stat").read_text().rsplit(")")[1].split()[0]
send(10)
time.sleep(0.1)
if stops:
    os.kill(os.getppid(), signal.SIGSTOP)
    while state() != "T":
        time.sleep(0.001)
try:
    send(count - 20)
finally:
    os.kill(os.getppid(), signal.SIGCONT)
time.sleep(0.1)
send(10)
marker.touch()
"""
RECORDS = re.compile(
    r"records: (?P<in>\d+) in, (?P<lost>\d+) lost(?: \((?P<reasons>[^)]*)\))?, "
    r"(?P<filtered>\d+) not needed"
)
OUTPUT = r"output {}: (\d+) events, (\d+) written(?:, (\d+) dropped)?(?:.*?(\d+) failed)?"


class LossLive(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.marker = self.scratch / "sent"

    def run_engine(self, *arguments, stops, status=0):
        result = engine.run(
            *IN_NAMESPACE, engine.BIN, *arguments, "--ring-size", SMALLEST_RING, "--strict",
            "--", sys.executable, "-c", SENDER, DATAGRAMS, "stop" if stops else "go", self.marker,
        )  # fmt: skip
        self.assert_status(result, status)
        return result

    def account_of(self, result):
        found = RECORDS.search(result.stderr)
        self.assertIsNotNone(found, engine.printed_by(result))
        return {key: int(value) for key, value in found.groupdict("0").items() if key != "reasons"} | {
            "reasons": found["reasons"]
        }

    def output_of(self, result, name):
        """(events, written, dropped, failed) of an output, by the summary."""
        found = re.search(OUTPUT.format(re.escape(str(name))), result.stderr)
        self.assertIsNotNone(found, engine.printed_by(result))
        return tuple(int(number or 0) for number in found.groups())

    def test_losses_of_a_full_ring_are_counted_and_reported_at_their_place(self):
        plugins = self.scratch / "plugins"
        plugins.mkdir(mode=0o755)
        shutil.copy(GOOD_PLUGIN, plugins)
        (plugins / GOOD_PLUGIN.name).chmod(0o755)
        found = self.scratch / "found.jsonl"
        result = self.run_engine(
            "--plugins", plugins, "--detectors", "good",
            "--events", "net_packet_udp,capture_gap,good_event", "--output", f"json:{found}", stops=True,
        )  # fmt: skip
        account = self.account_of(result)
        events = engine.events_in(found.read_text(encoding="utf-8"))
        packets = [event for event in events if event["eventName"] == "net_packet_udp"]
        gaps = [event for event in events if event["eventName"] == "capture_gap"]
        self.assertGreater(account["lost"], 0, result.stderr)
        self.assertEqual(account["reasons"], f"ring_full {account['lost']}")
        self.assertEqual(account["in"] + account["lost"], 2 * DATAGRAMS, result.stderr)
        self.assertEqual(len(packets), account["in"])
        lost = [engine.args_of(gap) for gap in gaps]
        self.assertEqual(sum(each["lost_records"] for each in lost), account["lost"])
        self.assertEqual(lost[-1]["lost_so_far"], account["lost"])
        self.assertEqual({each["reason"] for each in lost}, {"ring_full"})
        self.assertNotEqual(events[0]["eventName"], "capture_gap")
        self.assert_event_shape(gaps[0])
        self.check_completeness(events)

    def check_completeness(self, events):
        """Each detection has the number of records lost since the last one, as the gaps do."""
        missing, reported = 0, 0
        for event in events:
            if event["eventName"] == "capture_gap":
                missing += engine.args_of(event)["lost_records"]
            elif event["eventName"] == "good_event":
                expected = {"whole": False, "lostRecords": missing} if missing else {"whole": True}
                self.assertEqual(event["completeness"], expected)
                reported += missing
                missing = 0
        self.assertGreater(reported, 0)

    def test_an_engine_that_keeps_up_loses_nothing_and_reports_no_gap(self):
        found = self.scratch / "found.jsonl"
        result = engine.run(
            *IN_NAMESPACE, engine.BIN, "--events", "net_packet_udp,capture_gap",
            "--output", f"json:{found}", "--strict",
            "--", sys.executable, "-c", SENDER, DATAGRAMS, "go", self.marker,
        )  # fmt: skip
        self.assert_status(result, 0)
        self.assertEqual(self.account_of(result)["lost"], 0, result.stderr)
        events = engine.events_in(found.read_text(encoding="utf-8"))
        self.assertEqual(len(events), 2 * DATAGRAMS)

    def fifo(self):
        path = self.scratch / "slow"
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(reader, True)
        return path, reader

    def test_an_output_that_drops_events_does_not_affect_another_output(self):
        slow, reader = self.fifo()
        found = self.scratch / "found.jsonl"
        result = self.run_engine(
            "--events", "net_packet_udp", "--output", f"json:{slow},policy=drop,queue=16K",
            "--output", f"json:{found}", stops=False,
        )  # fmt: skip
        with open(reader, "rb") as rest:
            lines = rest.read().count(b"\n")
        account = self.account_of(result)
        events, written, dropped, failed = self.output_of(result, slow)
        self.assertEqual(events, account["in"])
        self.assertEqual(written + dropped, events)
        self.assertEqual(failed, 0)
        self.assertGreater(dropped, 0)
        self.assertEqual(written, lines)
        self.assertEqual(len(engine.events_in(found.read_text(encoding="utf-8"))), account["in"])

    def test_losses_while_an_output_blocks_are_reported_as_gaps(self):
        slow, reader = self.fifo()
        read = []

        def read_late():
            while not self.marker.exists():
                threading.Event().wait(0.01)
            with open(reader, "rb") as lines:
                read.extend(json.loads(line) for line in lines)

        late = threading.Thread(target=read_late)
        late.start()
        try:
            result = self.run_engine(
                "--events", "net_packet_udp,capture_gap", "--output", f"json:{slow},queue=16K",
                stops=False,
            )  # fmt: skip
        finally:
            self.marker.touch()
            late.join()
        account = self.account_of(result)
        self.assertGreater(account["lost"], 0, result.stderr)
        self.assertIn("ms waited for it", result.stderr)
        gaps = [engine.args_of(each) for each in read if each["eventName"] == "capture_gap"]
        self.assertEqual(sum(gap["lost_records"] for gap in gaps), account["lost"])
        self.assertEqual(len(read) - len(gaps), account["in"])
        self.assertEqual(account["in"] + account["lost"], 2 * DATAGRAMS)

    def test_an_output_whose_reader_closes_fails_with_the_number_of_lost_events(self):
        slow, reader = self.fifo()

        def leave_early():
            poll = select.poll()
            poll.register(reader, select.POLLIN)
            poll.poll(engine.TIMEOUT_SECONDS * 1000)
            os.close(reader)

        first = threading.Thread(target=leave_early)
        first.start()
        result = self.run_engine(
            "--events", "net_packet_udp", "--output", f"json:{slow}", stops=False, status=1
        )
        first.join()
        self.assertIn("Broken pipe", result.stderr)
        events, written, dropped, failed = self.output_of(result, slow)
        self.assertGreater(failed, 0)
        self.assertEqual(written + dropped + failed, events)


if __name__ == "__main__":
    engine.main(live=True)
