# SPDX-License-Identifier: Apache-2.0

"""The commands of the documents that fix the names and shapes of events, run unchanged on live
traffic: two DNS servers, one of them at Google's address, a web server and other TCP.

Needs root. All traffic is between two new network namespaces (net_lab.py).
"""

import pathlib
import sys
import tempfile

import engine
import net_lab

# The traffic of the watched command: three questions to Google's server and two to another, two web
# pages, and TCP to another port than 80.
LOOKUPS = [
    f"nslookup -type={kind} google.com {server} >/dev/null || exit 9"
    for server, kinds in {
        net_lab.GOOGLE_DNS: ("mx", "ns", "soa"),
        net_lab.NEAR4: ("mx", "ns"),
    }.items()
    for kind in kinds
]
PAGES = [f"curl -sS -o /dev/null http://{net_lab.NEAR4}/{page} || exit 9" for page in ("a", "b")]
OTHER_TCP = [f"echo hello | nc -w 1 {net_lab.NEAR4} {net_lab.NC_PORT}"]
TRAFFIC = "; ".join([*LOOKUPS, *PAGES, *OTHER_TCP, "exit 0"])


class SeedCommandsLive(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.lab = cls.enterClassContext(net_lab.NetLab(scratch))
        cls.lab.start_dns()
        cls.lab.start_web()
        cls.lab.start_nc()

    def watch(self, selection):
        """The arguments of the events that `wirehound --output json --events SELECTION` shows."""
        found = self.lab.scratch / "found.jsonl"
        result = engine.run(
            engine.BIN, "--output", f"json:{found}", "--events", selection, "--strict",
            "--", *self.lab.at_far_end("sh", "-c", TRAFFIC),
        )  # fmt: skip
        self.assert_status(result, 0)
        events = engine.events_in(found.read_text(encoding="utf-8"))
        self.assertNotEqual(events, [], engine.printed_by(result))
        for event in events:
            self.assert_event_shape(event)
            self.assertEqual(event["eventName"], selection.partition(".")[0])
        return events

    def programs(self, events):
        return {pathlib.Path(event["executable"]["path"]).name for event in events}

    def test_all_tcp_packets_sent_to_port_80(self):
        events = self.watch("net_packet_tcp.data.dst_port=80")
        ends = {(args["dst"], args["dst_port"]) for args in map(engine.args_of, events)}
        self.assertEqual(ends, {(net_lab.NEAR4, 80)})
        self.assertEqual(self.programs(events), {"curl"})
        # For each page a connection is opened, used and closed.
        ports = {engine.args_of(event)["src_port"] for event in events}
        self.assertEqual(len(ports), len(PAGES))

    def test_all_dns_packets_received_only_from_googles_server(self):
        events = self.watch("net_packet_dns.data.src=8.8.8.8")
        asked = [engine.args_of(event)["proto_dns"]["questions"][0]["type"] for event in events]
        self.assertEqual(asked, ["MX", "NS", "SOA"])
        self.assertEqual(self.programs(events), {"nslookup"})
        for event in events:
            args = engine.args_of(event)
            self.assertEqual((args["src"], args["dst"]), ("8.8.8.8", net_lab.FAR4))
            self.assertEqual(args["proto_dns"]["QR"], 1)

    def test_http_responses(self):
        events = self.watch("net_packet_http_response")
        self.assertEqual(len(events), len(PAGES))
        self.assertEqual(self.programs(events), {"curl"})
        for event in events:
            response = engine.args_of(event)["http_response"]
            self.assertEqual(response["status_code"], 301)
            self.assertIn("http://www.google.com/", response["headers"]["Location"][0])


def setUpModule():
    missing = net_lab.missing_tools()
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed (scripts/setup installs it)")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main(live=True)
