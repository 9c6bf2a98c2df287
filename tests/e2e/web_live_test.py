# SPDX-License-Identifier: Apache-2.0

"""Live HTTP, TCP connections and DNS: real servers and clients, each event with its process.

Needs root. web_workload.py makes the traffic and writes down each request with its client and
server; this compares the engine's events with that. On the loopback the engine sees each message
twice: leaving one process and arriving at the other.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import engine
import web_workload as workload

EVENTS = (
    "net_packet_http,net_packet_http_request,net_packet_http_response,net_packet_dns,"
    "net_tcp_connect,net_flow_tcp_begin,net_flow_tcp_end"
)
TOOLS = ("nginx", "nghttpd", "curl", "dig")
PROGRAMS = {"nginx": "nginx", "nghttpd": "nghttpd", "python": "python"}
TCP = 6


def requests_for(path, events):
    """Messages that ask for `path`, by net_packet_http."""
    return [each for each in events if http_of(each)["uri_path"] == path and is_request(each)]


def responses_to(path, events):
    """Messages that answer a request for `path`, by net_packet_http."""
    return [
        each
        for each in events
        if not is_request(each) and http_of(each).get("request_path") == path
    ]


def http_of(event):
    return engine.args_of(event)["proto_http"]


def is_request(event):
    return http_of(event)["direction"] == "request"


def direction_of(event):
    return engine.args_of(event)["metadata"]["direction"]


def program_of(event):
    return pathlib.Path(event["executable"]["path"]).name


class WebLive(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        found = scratch / "found.jsonl"
        cls.result = engine.run(
            engine.IN_DNS_LAB, engine.BIN, "--events", EVENTS, "--output", f"json:{found}",
            "--strict", "--", sys.executable, engine.HERE / "web_workload.py", scratch,
        )  # fmt: skip
        if cls.result.returncode != 0:
            raise AssertionError(engine.printed_by(cls.result))
        cls.facts = json.loads((scratch / "facts.json").read_text(encoding="utf-8"))
        cls.events = engine.events_in(found.read_text(encoding="utf-8"))

    def named(self, name):
        return [event for event in self.events if event["eventName"] == name]

    def assert_parties(self, events, what, sender, receiver, server):
        """`events` has one that leaves the process `sender` and one that reaches `receiver`.

        A server's first request may arrive before the server has accepted the connection. Then the
        event names the creator of the socket, which is the same program.
        """
        seen = sorted((direction_of(event), event["processId"]) for event in events)
        self.assertEqual([direction for direction, _ in seen], ["egress", "ingress"], what)
        by_direction = {direction_of(event): event for event in events}
        self.assertEqual(by_direction["egress"]["processId"], sender, what)
        arrived = by_direction["ingress"]
        if server is None:
            self.assertEqual(arrived["processId"], receiver, what)
        else:
            self.assertTrue(program_of(arrived).startswith(PROGRAMS[server]), f"{what}: {arrived}")

    def test_every_event_has_its_keys_in_order(self):
        self.assertNotEqual(self.events, [])
        for event in self.events:
            self.assert_event_shape(event)

    def test_a_request_leaves_its_client_and_arrives_at_its_server(self):
        http = self.named("net_packet_http")
        for asked in self.facts["exchanges"]:
            with self.subTest(path=asked["path"]):
                events = requests_for(asked["path"], http)
                parties = asked["client"], asked["server"], asked["program"]
                self.assert_parties(events, asked, *parties)
                methods = {http_of(event)["method"] for event in events}
                self.assertEqual(methods, {asked["method"]})

    def test_a_response_leaves_its_server_and_knows_its_request(self):
        http = self.named("net_packet_http")
        for asked in self.facts["exchanges"]:
            with self.subTest(path=asked["path"]):
                events = responses_to(asked["path"], http)
                self.assert_parties(events, asked, asked["server"], asked["client"], None)
                for event in events:
                    response = http_of(event)
                    self.assertEqual(response["status_code"], asked["status"], asked)
                    self.assertEqual(response["request_method"], asked["method"], asked)

    def test_only_the_messages_of_the_workload_are_reported(self):
        paths = {asked["path"] for asked in self.facts["exchanges"]}
        messages = [http_of(event) for event in self.named("net_packet_http")]
        reported = {message["uri_path"] or message.get("request_path") for message in messages}
        self.assertEqual(reported, paths)

    def test_each_message_is_also_a_request_or_a_response_event_of_the_same_process(self):
        kinds = {"request": "http_request", "response": "http_response"}
        for kind, argument in kinds.items():
            with self.subTest(kind=kind):
                reported = [
                    (engine.args_of(event)[argument]["headers"], event["processId"])
                    for event in self.named(f"net_packet_{argument}")
                ]
                expected = [
                    (http_of(event)["headers"], event["processId"])
                    for event in self.named("net_packet_http")
                    if is_request(event) == (kind == "request")
                ]
                self.assertEqual(reported, expected)

    def test_a_persistent_connection_carries_both_requests(self):
        http = self.named("net_packet_http")
        ports = {
            engine.args_of(event)["src_port"]
            for path in ("/nginx/first", "/nginx/second")
            for event in requests_for(path, http)
        }
        self.assertEqual(len(ports), 1, ports)

    def test_a_chunked_response_has_no_length(self):
        for event in responses_to("/nginx/chunked", self.named("net_packet_http")):
            response = http_of(event)
            self.assertEqual(response["headers"]["Transfer-Encoding"], ["chunked"])
            self.assertEqual(response["content_length"], -1)

    def test_a_response_to_head_has_the_length_of_the_body_it_omits(self):
        for event in responses_to("/nginx/head", self.named("net_packet_http")):
            self.assertEqual(http_of(event)["content_length"], len(workload.BODY))

    def test_a_request_sent_byte_by_byte_is_whole(self):
        for event in requests_for("/nginx/drip", self.named("net_packet_http")):
            self.assertEqual(http_of(event)["host"], workload.DRIP_HOST)
            self.assertEqual(http_of(event)["headers"], {"Connection": ["close"]})

    def test_http_2_is_reported_with_its_version(self):
        http = self.named("net_packet_http")
        for event in requests_for("/http2/ipv4", http) + responses_to("/http2/ipv4", http):
            self.assertEqual(http_of(event)["protocol"], "HTTP/2.0")

    def test_each_connection_has_an_attempt_of_its_client(self):
        attempts = [
            (event["processId"], args["dst"], args["dst_port"])
            for event in self.named("net_tcp_connect")
            for args in [engine.args_of(event)]
        ]
        for wanted in [*self.facts["connections"], self.facts["refused"]]:
            with self.subTest(connection=wanted):
                attempt = (wanted["client"], wanted["dst"], wanted["dst_port"])
                self.assertEqual(attempts.count(attempt), 1, attempts)

    def test_each_answered_connection_begins_once_for_each_side_and_ends(self):
        for name in ("net_flow_tcp_begin", "net_flow_tcp_end"):
            for wanted in self.facts["connections"]:
                with self.subTest(event=name, connection=wanted):
                    outgoing = self.flows(name, "outgoing", wanted)
                    self.assertEqual([each["processId"] for each in outgoing], [wanted["client"]])
                    port = engine.args_of(outgoing[0])["src_port"]
                    incoming = self.flows(name, "incoming", wanted, port)
                    self.assertEqual(len(incoming), 1, incoming)
                    program = PROGRAMS[wanted["program"]]
                    self.assertTrue(program_of(incoming[0]).startswith(program), incoming)

    def flows(self, name, direction, wanted, src_port=None):
        """Flow events of a connection: the client's own, or the server's by the client's port."""
        found = []
        for event in self.named(name):
            args = engine.args_of(event)
            same_end = (args["dst"], args["dst_port"]) == (wanted["dst"], wanted["dst_port"])
            ours = event["processId"] == wanted["client"] or args["src_port"] == src_port
            if args["conn_direction"] == direction and same_end and ours:
                found.append(event)
        return found

    def test_a_refused_connection_has_no_begin_event(self):
        for name in ("net_flow_tcp_begin", "net_flow_tcp_end"):
            ports = {engine.args_of(event)["dst_port"] for event in self.named(name)}
            self.assertNotIn(workload.CLOSED_PORT, ports, name)

    def test_the_end_of_a_connection_has_its_reason_and_byte_counts(self):
        for event in self.named("net_flow_tcp_end"):
            args = engine.args_of(event)
            self.assertIn(args["reason"], ("fin", "reset"), args)
            for counter in ("packets_sent", "packets_received", "bytes_sent", "bytes_received"):
                self.assertGreater(args[counter], 0, args)
            self.assertGreater(args["duration_ns"], 0, args)

    def test_dns_over_udp_and_tcp_belongs_to_the_process_that_asked(self):
        dns = self.named("net_packet_dns")
        for asked in self.facts["questions"]:
            with self.subTest(question=asked):
                ours = [event for event in dns if event["processId"] == asked["client"]]
                seen = [self.dns_facts(event) for event in ours]
                expected = [
                    (way, response, asked["protocol"], asked["type"])
                    for way, response in (("egress", 0), ("ingress", 1))
                ]
                self.assertEqual(seen, expected)
                self.assertEqual({program_of(event) for event in ours}, {asked["program"]})

    def dns_facts(self, event):
        args = engine.args_of(event)
        metadata, dns = args["metadata"], args["proto_dns"]
        return metadata["direction"], dns["QR"], metadata["protocol"], dns["questions"][0]["type"]


def setUpModule():
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed (scripts/setup installs it)")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main(live=True)
