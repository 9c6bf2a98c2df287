# SPDX-License-Identifier: Apache-2.0

"""Detectors that crash, print, leak, throw, fail and are slow, each beside a sound one.

The sound detector must see every packet as if it were alone, and the log must explain in a line or
two what the other did. A crash ends the process: then its last words must be enough to find and
replay it.
"""

import os
import pathlib
import re
import shutil
import signal
import tempfile
import unittest

import captures
import engine

BUILT = pathlib.Path(os.environ.get("WIREHOUND_BUILD_DIR", engine.BIN.parent.parent))
PLUGINS = BUILT / "tests" / "e2e" / "plugins"
SANITIZED = os.environ.get("WIREHOUND_SANITIZE", "") != ""
CLIENT, SERVER = ("192.0.2.10", 40000), ("192.0.2.20", 9)
SUSPENDED_AFTER = 100  # errors in a row
OVERRUNS_ALLOWED = 3  # in a row, of a budget that the sleeper exceeds with each packet
FATAL_PACKET = 3  # of the crasher


def datagrams(count):
    return captures.pcap(
        [captures.udp_packet(b"%d" % number, CLIENT, SERVER) for number in range(count)]
    )


def events_named(name, result):
    return [each for each in engine.events_in(result.stdout) if each["eventName"] == name]


def errors_of(result):
    """The standard error of a run, without standard output, which has too many events to show."""
    events = len(result.stdout.splitlines())
    return f"\nexit status {result.returncode}, {events} lines of output\n{result.stderr}"


class Misbehaving(engine.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.scratch.chmod(0o755)
        self.plugins = self.scratch / "plugins"
        self.plugins.mkdir(mode=0o755)
        self.capture = self.scratch / "datagrams.pcap"

    def run_with(self, bad, misbehave="", packets=50, read=None, selection=None):
        """Runs the sound detector and the bad one on that many UDP packets."""
        for name in ("good", bad):
            shutil.copy(PLUGINS / f"{name}.so", self.plugins)
            (self.plugins / f"{name}.so").chmod(0o755)
        self.capture.write_bytes(datagrams(packets))
        return engine.run(
            engine.BIN, "--plugins", self.plugins, *(selection or ("--detectors", f"{bad},good")),
            "--output", "json", "--read", read or self.capture,
            env={**os.environ, "WIREHOUND_MISBEHAVE": misbehave, "TMPDIR": str(self.scratch)},
        )  # fmt: skip

    def assert_good_saw_all(self, result, packets=50):
        """The sound detector saw each packet once, in order; standard output is events alone."""
        numbers = [engine.args_of(each)["number"] for each in events_named("good_event", result)]
        self.assertEqual(numbers, list(range(1, packets + 1)), errors_of(result))

    def lines_with(self, result, *texts):
        return [
            line for line in result.stderr.splitlines() if all(text in line for text in texts)
        ]

    def assert_one_line(self, result, *texts):
        self.assertEqual(len(self.lines_with(result, *texts)), 1, f"{texts}{errors_of(result)}")


class Crashes(Misbehaving):
    SIGNALS = {
        "segv": signal.SIGSEGV,
        "bus": signal.SIGBUS,
        "fpe": signal.SIGFPE,
        "ill": signal.SIGILL,
        "abort": signal.SIGABRT,
        "terminate": signal.SIGABRT,
        "overflow": signal.SIGSEGV,
    }

    def crash(self, misbehave, **options):
        result = self.run_with("crasher", misbehave, **options)
        self.assertNotEqual(result.returncode, 0, errors_of(result))
        return result

    def assert_ended_by(self, result, number):
        """The signal ended the run, or a sanitizer's report, which follows our last words."""
        if "Sanitizer" not in result.stderr:
            self.assertEqual(result.returncode, -number, errors_of(result))

    def test_the_last_words_name_the_signal_the_detector_and_the_event(self):
        time = f"{captures.FIRST_PACKET_SECONDS + FATAL_PACKET - 1}.000000000"
        for how, number in self.SIGNALS.items():
            with self.subTest(how=how):
                result = self.crash(f"OnEvent {how}")
                self.assert_ended_by(result, number)
                self.assert_one_line(
                    result, f"wirehound: fatal: {number.name}",
                    f" in OnEvent of detector 'crasher' ({self.plugins}/crasher.so), shown "
                    f"net_packet_udp, record {FATAL_PACKET} (time {time})",
                )  # fmt: skip

    def test_a_fault_is_reported_with_its_address(self):
        result = self.crash("OnEvent segv")
        self.assert_one_line(result, "wirehound: fatal: SIGSEGV (address 0x10) in OnEvent of")

    def test_the_function_that_crashed_is_named(self):
        of_detector = f"of detector 'crasher' ({self.plugins}/crasher.so)"
        of_plugin = f"of plugin ({self.plugins}/crasher.so)"
        for function, place in {
            "loading": f"in the loading {of_plugin}",
            "GetDefinition": f"in GetDefinition {of_plugin}",
            "Init": f"in Init {of_detector}",
            "Close": f"in Close {of_detector}",
        }.items():
            with self.subTest(function=function):
                result = self.crash(f"{function} segv")
                self.assert_ended_by(result, signal.SIGSEGV)
                self.assert_one_line(result, "wirehound: fatal: SIGSEGV (address 0x10) " + place)

    def test_a_detector_that_calls_exit_is_named(self):
        result = self.run_with("crasher", "OnEvent exit")
        self.assert_one_line(
            result, "wirehound: fatal: exit was called in OnEvent of detector 'crasher'"
        )

    def test_a_crash_in_a_thread_of_a_plugin_is_not_attributed_to_the_engine(self):
        result = self.crash("OnEvent thread")
        self.assert_one_line(result, "fatal: SIGSEGV", "in a thread that is not the engine's")

    def test_the_command_to_replay_crashes_in_the_same_place(self):
        first = self.crash("OnEvent segv")
        replay = self.replay_command(first)
        self.assertIn(str(self.capture), replay)
        again = engine.run(
            engine.BIN, *replay.split()[1:],
            env={**os.environ, "WIREHOUND_MISBEHAVE": "OnEvent segv"},
        )  # fmt: skip
        self.assertEqual(
            self.lines_with(again, "wirehound: fatal"), self.lines_with(first, "wirehound: fatal")
        )

    def test_a_crash_on_input_from_a_pipe_leaves_a_capture_of_the_fatal_packet(self):
        pipe = self.scratch / "pipe"
        self.capture.write_bytes(datagrams(5))
        for plugin in ("good", "crasher"):
            shutil.copy(PLUGINS / f"{plugin}.so", self.plugins)
        pipe.write_bytes(self.capture.read_bytes())
        result = engine.run(
            "sh", "-c", 'exec "$0" --plugins "$1" --output none --read - <"$2"',
            engine.BIN, self.plugins, pipe,
            env={**os.environ, "WIREHOUND_MISBEHAVE": "OnEvent segv", "TMPDIR": str(self.scratch)},
        )  # fmt: skip
        kept = pathlib.Path(self.replay_command(result).rpartition("--read ")[2])
        self.assertEqual(kept.parent, self.scratch)
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        replayed = self.run_with("good", read=kept, selection=("--detectors", "good"))
        self.assertEqual(replayed.returncode, 0, errors_of(replayed))
        self.assert_good_saw_all(replayed, packets=1)
        fatal_ns = (captures.FIRST_PACKET_SECONDS + FATAL_PACKET - 1) * 1_000_000_000
        self.assertEqual(events_named("good_event", replayed)[0]["timestamp"], fatal_ns)

    def replay_command(self, result):
        lines = self.lines_with(result, "wirehound: replay: ")
        self.assertEqual(len(lines), 1, errors_of(result))
        return lines[0].removeprefix("wirehound: replay: ")


class Prints(Misbehaving):
    WARNING = "wrote to standard output: '"
    ALLOWED_WARNINGS = 4  # each at sixteen times the bytes of the one before

    def test_output_of_a_detector_never_appears_between_events(self):
        for function in ("loading", "Init", "OnEvent", "Close"):
            for how in ("lines", "flood"):
                with self.subTest(function=function, how=how):
                    result = self.run_with("printer", f"{function} {how}")
                    self.assertEqual(result.returncode, 0, errors_of(result))
                    self.assert_good_saw_all(result)
                    self.assertNotIn("printed by", result.stdout)
                    warnings = self.lines_with(result, self.WARNING)
                    self.assertIn(len(warnings), range(1, self.ALLOWED_WARNINGS + 1), result.stderr)
                    self.assertIn("printed by", warnings[0])

    def test_a_detector_that_prints_in_init_or_close_is_named(self):
        for function in ("Init", "Close"):
            with self.subTest(function=function):
                result = self.run_with("printer", f"{function} lines")
                self.assert_one_line(result, "detector 'printer' " + self.WARNING, "printf in")

    def test_an_output_to_dev_stdout_is_the_real_one(self):
        shutil.copy(PLUGINS / "good.so", self.plugins)
        self.capture.write_bytes(datagrams(50))
        result = engine.run(
            engine.BIN, "--plugins", self.plugins, "--detectors", "good",
            "--output", "json:/dev/stdout", "--read", self.capture,
        )  # fmt: skip
        self.assertEqual(result.returncode, 0, errors_of(result))
        self.assert_good_saw_all(result)
        self.assertEqual(self.lines_with(result, self.WARNING), [])


@unittest.skipIf(SANITIZED, "a sanitizer's heap cannot be weighed, and complains of leaks itself")
class Leaks(Misbehaving):
    PACKETS = 20_000  # at 16 KiB each

    def test_a_detector_that_keeps_memory_is_named_with_an_estimate(self):
        result = self.run_with("leaker", packets=self.PACKETS)
        self.assertEqual(result.returncode, 0, errors_of(result))
        self.assert_good_saw_all(result, self.PACKETS)
        lines = self.lines_with(result, "[leaker] keeps about ", "MiB more than it gave")
        self.assertIn(len(lines), (1, 2, 3), errors_of(result))
        first = int(re.search(r"about (\d+) MiB", lines[0])[1])
        self.assertIn(first, range(64, 320))
        self.assertEqual(self.lines_with(result, "[good] keeps"), [])


class Throws(Misbehaving):
    def test_a_detector_that_cannot_be_started_is_left_out_with_its_reason(self):
        for function in ("constructor", "GetDefinition", "Init"):
            with self.subTest(function=function):
                result = self.run_with(
                    "thrower", f"{function} exception", selection=("--events", "good_event")
                    if function != "Init" else ("--detectors", "all"),
                )  # fmt: skip
                self.assertEqual(result.returncode, 0, errors_of(result))
                self.assert_good_saw_all(result)
                self.assert_one_line(result, "thrower", f"thrown in {function}")

    def test_a_detector_that_throws_at_each_event_is_suspended(self):
        for what, error in {"exception": "thrown in OnEvent", "number": "unknown type"}.items():
            with self.subTest(what=what):
                packets = 2 * SUSPENDED_AFTER
                result = self.run_with("thrower", f"OnEvent {what}", packets)
                self.assertEqual(result.returncode, 0, errors_of(result))
                self.assert_good_saw_all(result, packets)
                self.assertNotEqual(self.lines_with(result, "thrower", error), [])
                self.assert_one_line(result, "thrower", f"suspended after {SUSPENDED_AFTER} errors")

    def test_a_suspension_is_an_event(self):
        result = self.run_with(
            "thrower", "OnEvent exception", 2 * SUSPENDED_AFTER,
            selection=("--events", "detector_suspended,good_event,thrower_event"),
        )  # fmt: skip
        self.assertEqual(result.returncode, 0, errors_of(result))
        self.assert_good_saw_all(result, 2 * SUSPENDED_AFTER)
        (event,) = events_named("detector_suspended", result)
        args = engine.args_of(event)
        self.assertEqual(args["detector"], "thrower")
        self.assertEqual(args["count"], SUSPENDED_AFTER)
        self.assertIn("thrown in OnEvent", args["last_error"])

    def test_a_detector_that_fails_now_and_then_goes_on(self):
        packets = 10 * SUSPENDED_AFTER
        result = self.run_with("thrower", "OnEvent sometimes", packets)
        self.assertEqual(result.returncode, 0, errors_of(result))
        self.assert_good_saw_all(result, packets)
        self.assertNotEqual(self.lines_with(result, "this one is not to my liking"), [])
        self.assertEqual(self.lines_with(result, "suspended"), [])

    def test_a_detector_that_throws_in_close_is_named(self):
        result = self.run_with("thrower", "Close exception")
        self.assertEqual(result.returncode, 0, errors_of(result))
        self.assert_good_saw_all(result)
        self.assert_one_line(result, "thrower", "Close failed", "thrown in Close")


class Dawdles(Misbehaving):
    def test_a_detector_that_is_too_slow_is_reported_and_then_suspended(self):
        result = self.run_with(
            "sleeper", packets=20,
            selection=(
                "--events",
                "detector_over_budget,detector_suspended,good_event,sleeper_event",
            ),
        )  # fmt: skip
        self.assertEqual(result.returncode, 0, errors_of(result))
        self.assert_good_saw_all(result, 20)
        over = self.about_the_sleeper("detector_over_budget", result)
        self.assertNotEqual(over, [], errors_of(result))
        for args in over:
            self.assertEqual(args["event"], "net_packet_udp")
            self.assertGreater(args["duration_ns"], args["budget_ns"])
        (suspended,) = self.about_the_sleeper("detector_suspended", result)
        self.assertEqual(suspended["count"], OVERRUNS_ALLOWED)

    def about_the_sleeper(self, name, result):
        """The arguments of the events about the sleeper. On a busy machine the sound one may exceed
        its budget once, so its events are left out."""
        found = [engine.args_of(each) for each in events_named(name, result)]
        return [args for args in found if args["detector"] == "sleeper"]


if __name__ == "__main__":
    engine.main()
