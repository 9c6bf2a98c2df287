# SPDX-License-Identifier: Apache-2.0

"""The owners of packets: a forked server and its client, distinguished by pid and name.

Needs root. attribution_workload.py makes the traffic and records each process; this compares the
engine's events with that. The listening sockets are opened by a parent that never serves, so
an engine that remembers only who created a socket fails here.
"""

import collections
import json
import pathlib
import sys
import tempfile

import attribution_workload as workload
import engine

Packet = collections.namedtuple("Packet", "src_port dst_port direction has_data event")


def packet_of(event):
    args = engine.args_of(event)
    metadata = args["metadata"]
    # A process sends only the TCP segments that push data; the kernel sends the rest.
    has_data = event["eventName"] == "net_packet_udp" or args["proto_tcp"]["PSH"] == 1
    return Packet(args["src_port"], args["dst_port"], metadata["direction"], has_data, event)


class Attribution(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        found, facts = scratch / "found.jsonl", scratch / "facts.json"
        # A new network namespace, which ends with the last process in it.
        in_namespace = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
        cls.result = engine.run(
            *in_namespace, engine.BIN,
            "--events", "net_packet_tcp,net_packet_udp", "--output", f"json:{found}",
            "--", sys.executable, engine.HERE / "attribution_workload.py", facts,
        )  # fmt: skip
        if cls.result.returncode != 0:
            raise AssertionError(engine.printed_by(cls.result))
        cls.facts = json.loads(facts.read_text(encoding="utf-8"))
        cls.events = engine.events_in(found.read_text(encoding="utf-8"))
        cls.packets = [packet_of(event) for event in cls.events]

    def data_packets(self, direction):
        return [p for p in self.packets if p.has_data and p.direction == direction]

    def assert_all_owned_by(self, packets, who):
        """`packets` has the packets of all rounds, and the process `who` is the owner of each."""
        self.assertGreaterEqual(len(packets), workload.ROUNDS)
        expected = self.facts[who]
        for packet in packets:
            event = packet.event
            self.assertEqual(
                (event["processId"], event["processName"]), (expected["pid"], expected["name"])
            )
            self.assertEqual(event["parentProcessId"], self.facts["parent"]["pid"])
            if engine.in_initial_pid_namespace():
                self.assertEqual(event["hostProcessId"], expected["pid"])
                self.assertEqual(event["hostParentProcessId"], self.facts["parent"]["pid"])

    def test_every_event_has_its_keys_in_order(self):
        self.assertNotEqual(self.events, [])
        for event in self.events:
            self.assert_event_shape(event)

    def test_packets_the_client_sends_belong_to_the_client(self):
        for flow, port in self.facts["ports"].items():
            with self.subTest(flow=flow):
                sent = [p for p in self.data_packets("egress") if p.dst_port == port]
                self.assert_all_owned_by(sent, "client")

    def test_packets_the_forked_child_sends_belong_to_the_child_not_its_parent(self):
        for flow, port in self.facts["ports"].items():
            with self.subTest(flow=flow):
                sent = [p for p in self.data_packets("egress") if p.src_port == port]
                self.assert_all_owned_by(sent, "server")

    def test_no_sent_packet_belongs_to_the_process_at_the_other_end(self):
        client, server = self.facts["client"]["pid"], self.facts["server"]["pid"]
        for flow, port in self.facts["ports"].items():
            with self.subTest(flow=flow):
                sent = [p for p in self.packets if p.direction == "egress"]
                to_server = {p.event["processId"] for p in sent if p.dst_port == port}
                to_client = {p.event["processId"] for p in sent if p.src_port == port}
                self.assertNotIn(server, to_server)
                self.assertNotIn(client, to_client)

    def test_no_packet_appears_twice(self):
        # The engine sees each packet with data once when it leaves and once when it arrives.
        for flow, port in self.facts["ports"].items():
            for direction in ("egress", "ingress"):
                with self.subTest(flow=flow, direction=direction):
                    seen = self.data_packets(direction)
                    questions = sum(p.dst_port == port for p in seen)
                    answers = sum(p.src_port == port for p in seen)
                    self.assertEqual((questions, answers), (workload.ROUNDS, workload.ROUNDS))


if __name__ == "__main__":
    engine.main(live=True)
