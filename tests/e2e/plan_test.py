# SPDX-License-Identifier: Apache-2.0

"""`wirehound plan`: it prints what the engine would capture for a selection, without privileges and
without capturing. The example in the document equals the program's output.
"""

import json
import os
import subprocess

import engine

DOCUMENT = engine.HERE.parent.parent / "docs" / "plan.md"
HAS_PROBES = os.environ.get("WIREHOUND_PROBES", "1") not in ("0", "OFF")


def without_hooks(text):
    """The text of a plan without its hooks, which a build without live capture lacks."""
    lines = text.splitlines()
    begin, end = lines.index("HOOKS"), lines.index("PACKETS")
    return [line.rstrip() for line in lines[:begin] + lines[end:]]


class PlanTest(engine.TestCase):
    def plan(self, *options):
        result = engine.run(engine.BIN, "plan", *options)
        self.assert_status(result, 0)
        return result.stdout

    def plan_json(self, *options):
        return json.loads(self.plan("--json", *options))

    def rules(self, *options):
        return [rule["text"] for rule in self.plan_json(*options)["rules"]]

    def test_the_plan_of_a_detector_has_the_packets_its_events_need(self):
        plan = self.plan_json("--detectors", "DNS")
        needed = {event["name"]: event["neededBy"] for event in plan["events"]}
        self.assertEqual(needed, {"DNS": ["shown"], "net_packet_dns": ["detector DNS"]})
        self.assertEqual(plan["detectors"], ["DNS"])
        self.assertEqual(
            [rule["text"] for rule in plan["rules"]],
            [
                "udp or tcp packets with port 53 at either end: whole packets",
                "udp packets with port 5353, udp or tcp packets with port 5355: whole packets",
            ],
        )
        self.assertEqual(bool(plan["hooks"]), HAS_PROBES)

    def test_a_selection_that_needs_no_packets_attaches_no_hook(self):
        plan = self.plan_json("--events", "detector_suspended")
        self.assertEqual((plan["rules"], plan["hooks"]), ([], []))
        self.assertIn("  nothing is attached\n", self.plan("--events", "detector_suspended"))

    def test_filters_become_conditions_where_the_packet_can_answer_them(self):
        self.assertEqual(
            self.rules("--events", "net_packet_tcp.data.dst_port=80,443"),
            ["tcp packets to port 80 or 443: headers"],
        )
        plan = self.plan_json("--events", "net_packet_tcp.data.proto_tcp.SYN=1")
        self.assertEqual([rule["text"] for rule in plan["rules"]], ["tcp packets: headers"])
        self.assertEqual(
            plan["engineFilters"],
            [
                {
                    "filter": "net_packet_tcp.data.proto_tcp.SYN=1",
                    "by": "shown",
                    "reason": "the kernel does not look at this field",
                }
            ],
        )

    def test_it_needs_no_privileges(self):
        if os.geteuid() != 0:
            self.skipTest("runs without privileges anyway")
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        readable = subprocess.run(
            [*command, engine.BIN, "--version"], capture_output=True, check=False
        )
        if readable.returncode != 0:
            self.skipTest("another user cannot run the program from here")
        result = engine.run(*command, engine.BIN, "plan", "--events", "net_packet_tcp")
        self.assert_status(result, 0)

    def test_mistakes_are_usage_errors(self):
        for options, word in (
            (("--events", "net_packet_tpc"), "net_packet_tcp"),
            (("--scope", "procesName=x"), "processName"),
            (("--read", "x.pcap"), "--read"),
        ):
            result = engine.run(engine.BIN, "plan", *options)
            self.assert_status(result, 2)
            self.assertIn(word, result.stderr)

    def test_the_document_shows_the_programs_output(self):
        text = DOCUMENT.read_text(encoding="utf-8")
        begin = text.index("$ wirehound plan ")
        command, _, shown = text[begin : text.index("```", begin)].partition("\n")
        options = [word.strip("'") for word in command.split()[3:]]
        self.assertEqual(without_hooks(self.plan(*options)), without_hooks(shown))


if __name__ == "__main__":
    engine.main()
