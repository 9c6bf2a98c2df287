# SPDX-License-Identifier: Apache-2.0

"""Large generated captures: the engine's events must add up exactly to what the generator put in.

Every figure of the generator is either counted again from events or named, with the reason, in
generated_truth.NOT_OBSERVABLE. A figure that is neither fails the test, so a new figure of the
generator is not overlooked.

The generator is the program named by WIREHOUND_GENERATOR, else ../shared/tools/gen_pcap.py beside
the source tree. WIREHOUND_TRUTH_PACKETS sets the packets per profile (40,000).
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import engine
import generated_truth

TREE = engine.HERE.parent.parent
GENERATOR = pathlib.Path(
    os.environ.get("WIREHOUND_GENERATOR", TREE.parent / "shared" / "tools" / "gen_pcap.py")
)
PACKETS = int(os.environ.get("WIREHOUND_TRUTH_PACKETS", "40000"))
SEED = 20
# A million packets take a generator and an observer in Python a few minutes.
LIMIT_SECONDS = 300 + PACKETS // 200


def generate(profile, folder):
    """Makes a capture; returns its path and its figures."""
    capture = folder / f"{profile}.pcap"
    subprocess.run(
        [
            sys.executable, GENERATOR, "--profile", profile, "--packets", str(PACKETS),
            "--seed", str(SEED), "-o", capture,
        ],
        check=True, stdout=subprocess.DEVNULL, timeout=LIMIT_SECONDS,
    )  # fmt: skip
    truth = json.loads(pathlib.Path(f"{capture}.truth.json").read_text(encoding="utf-8"))
    return capture, truth["truth"]


def observe(capture, errors):
    """Runs the engine; returns its exit status and the observer of its events."""
    observer = generated_truth.Observer()
    command = [
        engine.BIN, "--read", capture, "--events", ",".join(generated_truth.EVENTS),
        "--output", "json", "--strict",
    ]  # fmt: skip
    # Read line by line: the events of a million packets do not fit into memory.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:
        for line in process.stdout:
            event = json.loads(line)
            observer.take(event["eventName"], engine.args_of(event))
        return process.wait(LIMIT_SECONDS), observer


class Truth:
    """The cases; a subclass names the profile."""

    profile = None

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        capture, cls.truth = generate(cls.profile, folder)
        log = folder / "log"
        with log.open("w", encoding="utf-8") as errors:
            cls.status, cls.observer = observe(capture, errors)
        cls.log = log.read_text(encoding="utf-8")
        cls.figures = cls.observer.figures(cls.truth.get("pkt_arp", 0))

    def test_the_engine_succeeds_and_its_account_closes(self):
        self.assertEqual(self.status, 0, f"{self.profile}: {self.log}")

    def test_every_figure_of_the_generator_is_known_to_this_test(self):
        known = self.figures.keys() | generated_truth.NOT_OBSERVABLE.keys()
        self.assertEqual(sorted(self.truth.keys() - known), [], self.profile)

    def test_every_observable_figure_agrees_exactly(self):
        keys = self.figures.keys() | self.truth.keys() - generated_truth.NOT_OBSERVABLE.keys()
        pairs = {key: (self.truth.get(key, 0), self.figures.get(key)) for key in sorted(keys)}
        wrong = [
            f"{self.profile}: {key}: generated {generated}, seen {seen}"
            for key, (generated, seen) in pairs.items()
            if generated != seen
        ]
        if wrong:
            self.fail("\n".join(wrong))

    def test_every_packet_of_the_file_is_a_record(self):
        records = re.search(r"records: (\d+) in", self.log)
        self.assertIsNotNone(records, self.log)
        self.assertEqual(int(records[1]), self.truth["packets"], self.log)

    def test_each_answered_connection_has_one_begin_and_one_end_of_the_right_kind(self):
        flows = self.observer.flows
        answered = self.truth["tcp_conns"] - flows.attempts_without_a_flow()
        resets = self.truth.get("tcp_rst_close", 0)
        self.assertEqual(flows.begun.total(), answered, self.profile)
        self.assertEqual(flows.ends, {"fin": answered - resets, "reset": resets}, self.profile)
        self.assertEqual(flows.open, {}, self.profile)

    def test_the_counters_of_a_connection_agree_with_its_segments(self):
        wrong = self.observer.flows.wrong
        self.assertEqual(wrong, [], f"{self.profile}: {len(wrong)} flows; {wrong[:5]}")

    def test_every_message_is_also_a_request_or_a_response_event(self):
        dns, http = self.observer.dns.counts, self.observer.http.counts
        pairs = {
            "dns_request events": "dns_queries", "dns_response events": "dns_responses",
            "http_request events": "http_req", "http_response events": "http_resp",
        }  # fmt: skip
        for events, key in pairs.items():
            with self.subTest(events=events):
                self.assertEqual((dns + http)[events], self.truth.get(key, 0), self.profile)

    def test_sound_traffic_has_no_anomaly(self):
        self.assertEqual(self.observer.anomalies, {}, self.profile)


class Mix(Truth, engine.TestCase):
    profile = "mix"


class Dns(Truth, engine.TestCase):
    profile = "dns"


class Http(Truth, engine.TestCase):
    profile = "http"


def setUpModule():
    if not GENERATOR.is_file():
        print(f"SKIPPED: no generator at {GENERATOR}; set WIREHOUND_GENERATOR to its path")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main()
