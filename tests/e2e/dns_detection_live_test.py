# SPDX-License-Identifier: Apache-2.0

"""The main job on real traffic: nslookup asks a real DNS server, the DNS detector sees it.

Needs root. The server and the lookups run in a new network namespace; the engine
captures only the cgroup it makes for the command.
"""

import os
import pathlib
import socket
import tempfile
import time

import engine

# Output goes to /dev/null: standard output is for events. The last command is not a lookup, so that
# the shell does not replace itself with it.
LOOKUPS = "".join(
    f"nslookup -type={kind} uol.com.br 127.0.0.1 >/dev/null || exit 9; "
    for kind in ("mx", "ns", "soa", "txt")
)
FIRST_DETECTOR_EVENT_ID = 7500


def detect_dns(*command):
    return engine.run(
        engine.IN_DNS_LAB, engine.BIN, "--detectors", "DNS", "--output", "json", "--", *command
    )


class DnsDetection(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_four_lookups_are_one_detection_with_the_process_that_asked(self):
        shell_pid_file = self.scratch / "shell_pid"
        before_ns = time.time_ns()
        result = detect_dns("sh", "-c", f"echo $$ >{shell_pid_file}; {LOOKUPS} exit 0")
        after_ns = time.time_ns()

        self.assert_status(result, 0)
        event = self.assert_one_dns_detection(result)
        self.assertIsInstance(event["eventId"], str)
        self.assertGreaterEqual(int(event["eventId"]), FIRST_DETECTOR_EVENT_ID)
        self.assertTrue(event["executable"]["path"].endswith("/nslookup"), event)
        self.assertNotEqual(event["processName"], "")
        self.assertEqual(event["userId"], 0)
        self.assertEqual(event["hostName"], socket.gethostname())

        shell_pid = int(shell_pid_file.read_text(encoding="ascii"))
        self.assertEqual(event["parentProcessId"], shell_pid)
        self.assertGreater(event["processId"], 0)
        if engine.in_initial_pid_namespace():
            self.assertEqual(event["hostProcessId"], event["processId"])
            self.assertEqual(event["hostThreadId"], event["threadId"])
            self.assertEqual(event["hostParentProcessId"], shell_pid)
        for key, path in (("mountNamespace", "mnt"), ("pidNamespace", "pid")):
            self.assertEqual(event[key], os.stat(f"/proc/self/ns/{path}").st_ino, key)

        self.assertGreater(event["timestamp"], before_ns)
        self.assertLess(event["timestamp"], after_ns)
        # The kernel counts start times in clock ticks.
        self.assertGreater(event["threadStartTime"], before_ns - 1_000_000_000)
        self.assertLessEqual(event["threadStartTime"], event["timestamp"])

    def test_a_second_round_of_lookups_is_a_second_detection(self):
        result = detect_dns("sh", "-c", f"{LOOKUPS} {LOOKUPS} exit 0")
        self.assert_status(result, 0)
        names = [event["eventName"] for event in engine.events_in(result.stdout)]
        self.assertEqual(names, ["DNS", "DNS"], engine.printed_by(result))

    def test_three_of_the_four_lookups_are_no_detection(self):
        result = detect_dns("sh", "-c", LOOKUPS.split(";", 1)[1] + " exit 0")
        self.assert_status(result, 0)
        self.assertEqual(result.stdout, "", engine.printed_by(result))

    def test_lookups_of_processes_outside_the_command_are_not_seen(self):
        # Opening the pipe waits for the command to open it too: by then capture has started.
        pipe = self.scratch / "pipe"
        os.mkfifo(pipe)
        script = (
            f'"$0" --detectors DNS --output json -- cat {pipe} & '
            f"exec 3>{pipe}; {LOOKUPS} exec 3>&-; wait $!"
        )
        result = engine.run(engine.IN_DNS_LAB, "sh", "-c", script, engine.BIN)
        self.assert_status(result, 0)
        self.assertEqual(result.stdout, "", engine.printed_by(result))

    def test_the_engine_ends_with_the_exit_status_of_the_command(self):
        for status in (0, 7):
            with self.subTest(status=status):
                result = detect_dns("sh", "-c", f"exit {status}")
                self.assert_status(result, status)
                self.assertEqual(result.stdout, "", engine.printed_by(result))

    def test_a_command_that_does_not_exist_is_an_error_that_names_it(self):
        result = detect_dns("/nonexistent/program")
        self.assertNotEqual(result.returncode, 0, engine.printed_by(result))
        self.assertIn("/nonexistent/program", result.stderr)

    def test_the_command_gets_a_cgroup_of_its_own_that_is_removed_afterwards(self):
        result = detect_dns("cat", "/proc/self/cgroup")
        self.assert_status(result, 0)
        of_command = unified_cgroup(result.stdout)
        of_test = unified_cgroup(pathlib.Path("/proc/self/cgroup").read_text(encoding="ascii"))
        self.assertNotEqual(of_command, of_test)
        for root in engine.cgroup_mounts():
            self.assertFalse((root / of_command).exists(), f"{root / of_command} is still there")


def unified_cgroup(text):
    """The cgroup v2 path in the text of a /proc/PID/cgroup, relative to the hierarchy's root."""
    paths = [line[3:] for line in text.splitlines() if line.startswith("0::")]
    return paths[0].lstrip("/")


if __name__ == "__main__":
    engine.main(live=True)
