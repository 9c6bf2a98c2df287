# SPDX-License-Identifier: Apache-2.0

"""Detectors and configuration that change while the engine runs: it reads a capture from a pipe
that the test writes packet by packet. An instance makes a numbered detection of every event it
sees. So the numbers show whether an instance missed an event, and which one was created anew.
"""

import os
import shutil
import signal
import subprocess
import time

import captures
import engine
import reload_lab

STEADY = "steady"  # runs from start to end, whatever changes the test makes to others


class Reload(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.built = reload_lab.Built(cls.enterClassContext(reload_lab.tempfile.TemporaryDirectory()))

    def setUp(self):
        self.scratch = reload_lab.temporary_folder(self)
        self.plugins = self.scratch / "plugins"
        self.plugins.mkdir(mode=0o755)
        self.put("steady", self.built.get(STEADY))
        self.sent = 0

    def put(self, name, source):
        reload_lab.put(source, self.plugins / f"{name}.so")

    def start(self, *arguments):
        self.engine = reload_lab.Running(
            self.scratch, "--plugins", self.plugins, "--read", "-", *arguments,
            stdin=subprocess.PIPE,
        )  # fmt: skip
        self.addCleanup(self.engine.kill)
        self.pipe = self.engine.process.stdin
        self.addCleanup(self.pipe.close)
        self.pipe.write(captures.pcap_header())
        self.send(1)

    def send(self, count):
        """Sends packets and waits until the steady detector has seen them all."""
        packet = captures.uol_packets()[0]
        for _ in range(count):
            self.pipe.write(captures.pcap_record(self.sent, packet))
            self.sent += 1
        self.pipe.flush()
        self.engine.wait_for("events", lambda: len(self.engine.details(STEADY)) == self.sent)

    def finish(self):
        """Ends the capture. The steady detector must have missed no event in any test, and be
        the same instance."""
        self.pipe.close()
        self.assertEqual(self.engine.end(), 0, self.engine.logged())
        expected = [(1, number + 1) for number in range(self.sent)]
        self.assertEqual(self.engine.details(STEADY), expected)

    def test_a_detector_that_is_added_runs_from_the_next_packet_on(self):
        self.start()
        self.put("late", self.built.get("late"))
        self.engine.wait_for_line("late.so: added", "detector late runs")
        self.send(3)
        self.finish()
        self.assertEqual(self.engine.details("late"), [(1, 1), (1, 2), (1, 3)])

    def test_a_detector_that_is_replaced_goes_on_as_the_new_version(self):
        self.put("x", self.built.get("x", version=1))
        self.start()
        self.send(1)
        self.put("x", self.built.get("x", version=2))
        self.engine.wait_for_line("x.so: replaced", "detector x runs")
        self.send(2)
        self.finish()
        self.assertEqual(self.engine.details("x"), [(1, 1), (1, 2), (2, 1), (2, 2)])

    def test_a_file_that_is_overwritten_in_place_is_replaced_too(self):
        self.put("x", self.built.get("x", version=1))
        self.start()
        shutil.copyfile(self.built.get("x", version=2), self.plugins / "x.so")
        self.engine.wait_for_line("x.so: replaced", "detector x runs")
        self.send(2)
        self.finish()
        self.assertEqual(self.engine.details("x"), [(1, 1), (2, 1), (2, 2)])

    def test_a_new_file_that_fails_leaves_the_old_one_running(self):
        self.put("x", self.built.get("x"))
        self.start()
        whole = self.built.get("x", version=2).read_bytes()
        (self.scratch / "broken").write_bytes(whole[: len(whole) // 2])
        (self.scratch / "text").write_text("no plugin")
        cases = {
            "truncated": self.scratch / "broken",
            "not an ELF file": self.scratch / "text",
            "is loaded from": self.built.get(STEADY, version=3),
            "this one does not start": self.built.get("x", version=4, FAILS=1),
        }
        for reason, source in cases.items():
            with self.subTest(reason=reason):
                self.put("x", source)
                self.engine.wait_for_line("x.so", reason, "what ran before goes on")
                self.send(1)
        self.finish()
        self.assertEqual(self.engine.details("x"), [(1, n + 1) for n in range(self.sent)])
        self.assertEqual(self.engine.logged().count("x.so"), len(cases), self.engine.logged())

    def test_a_detector_that_is_removed_is_closed_and_can_be_added_again(self):
        self.put("x", self.built.get("x"))
        self.start("--detectors", f"x,{STEADY}")
        (self.plugins / "x.so").unlink()
        self.engine.wait_for_line("x.so: removed")
        self.engine.wait_for_line("no detector matches 'x'", "goes on without")
        self.send(2)
        self.put("x", self.built.get("x", version=2))
        self.engine.wait_for_line("x.so: added", "detector x runs")
        self.send(1)
        self.finish()
        self.assertEqual(self.engine.details("x"), [(1, 1), (2, 1)])

    def test_a_detector_runs_only_while_the_producer_of_its_event_is_there(self):
        self.start()
        self.put("second", self.built.get("second", event="first"))
        self.engine.wait_for_line("'second' left out", "'first' does not exist")
        self.put("first", self.built.get("first"))
        self.engine.wait_for_line("first.so: added", "detector first runs")
        self.send(2)
        (self.plugins / "first.so").unlink()
        self.engine.wait_for_line("first.so: removed")
        self.send(1)
        self.finish()
        self.assertEqual(self.engine.details("first"), [(1, 1), (1, 2)])
        self.assertEqual(self.engine.details("second"), [(1, 1), (1, 2)])

    def test_a_consumer_keeps_its_state_when_its_producer_is_replaced(self):
        self.put("first", self.built.get("first"))
        self.put("second", self.built.get("second", event="first"))
        self.start()
        self.put("first", self.built.get("first", version=2))
        self.engine.wait_for_line("first.so: replaced")
        self.send(1)
        self.finish()
        self.assertEqual(self.engine.details("first"), [(1, 1), (2, 1)])
        self.assertEqual(self.engine.details("second"), [(1, 1), (1, 2)])
        ids = {event["eventId"] for event in self.engine.events("first")}
        self.assertEqual(len(ids), 1)

    def test_a_new_detector_that_was_not_selected_is_loaded_and_does_not_run(self):
        self.start("--detectors", STEADY)
        self.put("late", self.built.get("late"))
        self.engine.wait_for_line("late.so: added", "no detector of it runs")
        self.send(1)
        self.finish()
        self.assertEqual(self.engine.details("late"), [])

    def test_the_engine_waits_for_the_second_part_of_a_packet(self):
        self.start()
        record = captures.pcap_record(self.sent, captures.uol_packets()[0])
        self.pipe.write(record[:20])
        self.pipe.flush()
        time.sleep(0.2)  # long enough for the engine to find half a packet
        self.pipe.write(record[20:])
        self.sent += 1
        self.send(1)
        self.finish()

    def configure(self, text):
        self.config.write_text(text)
        self.engine.process.send_signal(signal.SIGHUP)

    def test_sighup_reads_the_configuration_again_and_a_bad_one_changes_nothing(self):
        self.put("x", self.built.get("x"))
        self.config = self.scratch / "wirehound.yaml"
        self.config.write_text("detectors:\n  x:\n    every: 2\n")
        self.start("--config", self.config)
        self.send(3)
        self.assertEqual(self.engine.details("x"), [(1, 2), (1, 4)])
        bad = {
            "detectors:\n  x:\n    every: none\n": ":3:12: detector x: option 'every': 'none'",
            "detectors:\n  x:\n    evry: 1\n": ":3:5: detector x has no option 'evry'; did you mean 'every'?",
            "detectors: {x: {every: 0}}\n": "option 'every': '0'",
            "detectors: [\n": "end of sequence",
        }
        for text, reason in bad.items():
            self.configure(text)
            self.engine.wait_for_line(reason, "the configuration before goes on")
        self.send(2)
        self.assertEqual(self.engine.details("x"), [(1, 2), (1, 4), (1, 6)])
        self.configure("detectors:\n  x:\n    every: 1\n")
        self.engine.wait_for_line("wirehound.yaml: read again")
        self.send(1)
        self.finish()
        self.assertEqual(self.engine.details("x"), [(1, 2), (1, 4), (1, 6), (1, 1)])

    def test_a_wrong_configuration_at_start_is_a_usage_error(self):
        config = self.scratch / "wirehound.yaml"
        cases = {
            "detectors:\n  steady:\n    every: -3\n": ["wirehound.yaml:3:12", "'-3'", "at least 1"],
            "detector:\n  steady: {}\n": ["wirehound.yaml:1:1", "did you mean 'detectors'?"],
            "limits: {time_budget: 10 parsecs}": ["'10 parsecs'", "100ms"],
            "a: &a [*a]": ["anchor"],
        }
        for text, words in cases.items():
            with self.subTest(text=text):
                config.write_text(text)
                result = engine.run(
                    engine.BIN, "--plugins", self.plugins, "--config", config, "--read", os.devnull
                )
                self.assert_status(result, 2)
                for word in words:
                    self.assertIn(word, result.stderr)


if __name__ == "__main__":
    engine.main()
