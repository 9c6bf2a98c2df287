# SPDX-License-Identifier: Apache-2.0

"""Every packet of a storm of processes has an owner, and the right one.

storm_workload.py makes thousands of sockets and writes down which process used each. This test
compares every packet of the engine's events with that. An owner is right when:
- it is the process that used the socket at this end, by pid and name; when the engine saw the
  sending task, the thread id agrees too
- it is the listener, for a packet without data of a handshake or after the end: no process has
  accepted the connection yet, or no process holds it any more
- it is the other holder, for a packet without data of a connection that two processes hold: the
  last one to close it sends the end
"""

import collections
import json
import os
import pathlib
import sys
import tempfile

import engine
import storm_workload as workload

LIMIT_SECONDS = 600


def ends_of(event):
    """The near end of a packet: protocol, local port, remote port."""
    args = engine.args_of(event)
    kind = "udp" if event["eventName"] == "net_packet_udp" else "tcp"
    ports = (args["src_port"], args["dst_port"])
    if args["metadata"]["direction"] == "ingress":
        ports = ports[::-1]
    return (kind, *ports)


def has_no_data(event):
    return (
        event["eventName"] == "net_packet_tcp" and engine.args_of(event)["proto_tcp"]["PSH"] == 0
    )


def is_quiet(event):
    """Whether the packet carries no data and does not end the connection: no process caused it."""
    return has_no_data(event) and engine.args_of(event)["proto_tcp"]["FIN"] == 0


class Storm(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        found, facts = scratch / "found.jsonl", scratch / "facts.jsonl"
        in_namespace = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
        cls.result = engine.run(
            *in_namespace, engine.BIN, "--ring-size", "64M", "--strict",
            "--events", "net_packet_tcp,net_packet_udp", "--output", f"json:{found}",
            "--", sys.executable, engine.HERE / "storm_workload.py", facts,
            timeout=LIMIT_SECONDS,
        )  # fmt: skip
        if cls.result.returncode != 0:
            raise AssertionError(engine.printed_by(cls.result))
        cls.events = engine.events_in(found.read_text(encoding="utf-8"))
        cls.facts = collections.defaultdict(list)
        for line in facts.read_text(encoding="utf-8").splitlines():
            fact = json.loads(line)
            cls.facts[fact["kind"], fact["local"], fact["remote"]].append(fact)

    def facts_about(self, end):
        kind, local, remote = end
        return self.facts.get((kind, local, remote)) or self.facts.get((kind, local, 0)) or []

    def test_nothing_was_lost(self):
        self.assertRegex(self.result.stderr, r"records: \d+ in, 0 lost")

    def test_there_was_a_storm(self):
        self.assertGreater(len(self.facts), 2500)
        self.assertGreater(len({f["pid"] for facts in self.facts.values() for f in facts}), 1000)
        self.assertGreater(len(self.events), 10_000)

    def test_every_packet_has_an_owner(self):
        nobodys = [(ends_of(event), event["owner"]) for event in self.events
                   if event["processId"] == 0]  # fmt: skip
        self.assertEqual(nobodys[:5], [], f"{len(nobodys)} of {len(self.events)} packets")

    def test_every_packet_belongs_to_a_process_that_used_its_socket(self):
        wrong = []
        for event in self.events:
            facts = self.facts_about(ends_of(event))
            right = {(fact["pid"], fact["name"]) for fact in facts}
            if (event["processId"], event["processName"]) in right:
                continue
            listeners = {fact.get("listener") for fact in facts}
            if is_quiet(event) and event["processId"] in listeners:
                continue
            holders = {fact.get("holder") for fact in facts}
            if has_no_data(event) and event["processId"] in holders:
                continue
            wrong.append((ends_of(event), event["owner"], event["processId"],
                          event["processName"], sorted(right)))  # fmt: skip
        self.assertEqual(wrong[:10], [], f"{len(wrong)} of {len(self.events)} packets")

    def test_a_sending_thread_is_distinguished_from_its_siblings(self):
        compared = 0
        for event in self.events:
            args = engine.args_of(event)
            facts = self.facts_about(ends_of(event))
            threads = {fact.get("thread") for fact in facts if fact["pid"] == event["processId"]}
            threads.discard(None)
            if args["metadata"]["direction"] == "egress" and event["owner"] == "current" and threads:
                self.assertIn(event["threadId"], threads)
                compared += 1
        if any(event["owner"] == "current" for event in self.events):
            self.assertGreater(compared, workload.THREADS * workload.SOCKETS_PER_THREAD // 2)

    def test_every_event_names_the_known_program(self):
        program = os.path.realpath(sys.executable)
        for event in self.events:
            self.assertEqual(os.path.realpath(event["executable"]["path"]), program)

    def test_owners_come_from_the_task_the_socket_or_the_listener_only(self):
        counts = collections.Counter(event["owner"] for event in self.events)
        print("owners learnt from:", dict(counts), file=sys.stderr)
        self.assertEqual(set(counts) - {"current", "socket", "listener"}, set())


if __name__ == "__main__":
    engine.main(live=True)
