# SPDX-License-Identifier: Apache-2.0

"""The commands of the documents that fix the names and shapes of events, run unchanged on the
packets behind their examples: they must show the events of the examples, and no others.
"""

import json
import os
import pathlib
import sys

import engine

TREE = engine.HERE.parent.parent
CAPTURES = pathlib.Path(os.environ.get("WIREHOUND_CAPTURES", TREE.parent / "shared" / "captures"))
SEED = CAPTURES / "seed"

# The arguments of each command, and the examples that it shows.
COMMANDS = {
    "net_packet_tcp.data.dst_port=80":
        lambda event, args: event == "net_packet_tcp" and args["dst_port"] == 80,
    "net_packet_dns.data.src=8.8.8.8":
        lambda event, args: event == "net_packet_dns" and args["src"] == "8.8.8.8",
    "net_packet_http_response":
        lambda event, args: event == "net_packet_http_response",
}  # fmt: skip


def agrees(shown, expected):
    """Whether an event agrees with an example; its objects may have more members."""
    if isinstance(expected, dict):
        return isinstance(shown, dict) and all(
            key in shown and agrees(shown[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(shown, list)
            and len(shown) == len(expected)
            and all(agrees(*pair) for pair in zip(shown, expected, strict=True))
        )
    return type(shown) is type(expected) and shown == expected


class SeedCommands(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        lines = (SEED / "seed_examples.expected.jsonl").read_text(encoding="utf-8").splitlines()
        cls.examples = [json.loads(line) for line in lines]

    def show(self, *events):
        result = engine.run(
            engine.BIN, "--output", "json", *events, "--read", SEED / "seed_examples.pcap"
        )
        self.assert_status(result, 0)
        return engine.events_in(result.stdout)

    def test_each_command_shows_its_examples_and_no_other_event(self):
        for selection, is_shown in COMMANDS.items():
            with self.subTest(command=selection):
                expected = [
                    each for each in self.examples if is_shown(each["eventName"], each["args"])
                ]
                self.assertNotEqual(expected, [])
                events = self.show("--events", selection)
                self.assertEqual(len(events), len(expected))
                for event, example in zip(events, expected, strict=True):
                    self.assert_event_shape(event)
                    self.assertEqual(event["eventId"], example["eventId"])
                    self.assertEqual(event["eventName"], example["eventName"])
                    args = engine.args_of(event)
                    for name, value in example["args"].items():
                        self.assertTrue(agrees(args[name], value), f"{name}: {args[name]}")

    def test_all_commands_at_once_show_the_events_of_each(self):
        selections = [part for selection in COMMANDS for part in ("--events", selection)]
        together = sorted(json.dumps(event) for event in self.show(*selections))
        alone = [event for each in COMMANDS for event in self.show("--events", each)]
        self.assertEqual(together, sorted(json.dumps(event) for event in alone))

    def test_the_opposite_of_a_filter_shows_all_other_events(self):
        all_tcp = self.show("--events", "net_packet_tcp")
        to_80 = self.show("--events", "net_packet_tcp.data.dst_port=80")
        others = self.show("--events", "net_packet_tcp.data.dst_port!=80")
        self.assertNotEqual(others, [])
        self.assertEqual(
            sorted(json.dumps(event) for event in to_80 + others),
            sorted(json.dumps(event) for event in all_tcp),
        )

    def test_the_four_lookups_are_one_detection(self):
        result = engine.run(
            engine.BIN, "--detectors", "DNS", "--output", "json",
            "--read", SEED / "uol_lookups.pcap",
        )  # fmt: skip
        self.assert_status(result, 0)
        self.assert_one_dns_detection(result)


def setUpModule():
    if not SEED.is_dir():
        print(f"SKIPPED: no captures at {SEED}; set WIREHOUND_CAPTURES to their directory")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main()
