# SPDX-License-Identifier: Apache-2.0

"""The ten end-to-end detectors run live against their triggers: the whole chain from the wire to a
detection. Each must fire for its own trigger, with the process that caused it, and not for the
others.

Needs root. Clients and servers are in two network namespaces of the test's own (net_lab.py); the
engine captures the cgroup it makes for the client.
"""

import collections
import os
import pathlib
import sys
import tempfile

import engine
import net_lab

BUILT = pathlib.Path(os.environ.get("WIREHOUND_BUILD_DIR", engine.BIN.parent.parent))
DETECTORS = BUILT / "tests" / "e2e" / "detectors"
ALL_TEN = {
    "IPv4", "IPv6", "ICMP", "ICMPv6", "TCP", "UDP", "DNS", "HTTP", "HTTPRequest", "HTTPResponse",
}  # fmt: skip
# The event that each detector requires.
INPUTS = {
    "IPv4": "net_packet_ipv4", "IPv6": "net_packet_ipv6", "ICMP": "net_packet_icmp",
    "ICMPv6": "net_packet_icmpv6", "TCP": "net_packet_tcp", "UDP": "net_packet_udp",
    "DNS": "net_packet_dns", "HTTP": "net_packet_http", "HTTPRequest": "net_packet_http_request",
    "HTTPResponse": "net_packet_http_response",
}  # fmt: skip
ROUNDS = 3
NSLOOKUP_THREADS = {"nslookup", "isc-net-0000", "isc-worker0000"}

# https://www.iana.org/assignments/http-methods, without PRI, which no request has.
METHODS = """
    ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE
    MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST
    PROPFIND PROPPATCH PUT QUERY REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE
    UPDATEREDIRECTREF VERSION-CONTROL
""".split()


def three_times(command):
    """A shell command that runs `command` three times with the round's number in $round. The shell
    does not replace itself with the last one."""
    rounds = " ".join(str(number) for number in range(1, ROUNDS + 1))
    return "sh", "-c", f"for round in {rounds}; do {command} || exit 9; done; exit 0"


class NetDetectors(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.lab = cls.enterClassContext(net_lab.NetLab(scratch))
        cls.lab.start_dns()
        cls.lab.start_web()
        cls.lab.start_nc()

    def capture(self, *command, selection):
        found = self.lab.scratch / "found.jsonl"  # standard output is the command's
        result = engine.run(
            engine.BIN, "--plugins", DETECTORS, *selection, "--output", f"json:{found}", "--strict",
            "--", *command,
        )  # fmt: skip
        self.assert_status(result, 0)
        return engine.events_in(found.read_text(encoding="utf-8"))

    def detect(self, *command):
        return self.capture(*command, selection=("--detectors", ",".join(sorted(ALL_TEN))))

    def assert_fired(self, events, expected, names, program):
        """Each detector of `expected` fired that often (None: at least once), and no other."""
        fired = collections.Counter(event["eventName"] for event in events)
        self.assertEqual(set(fired), set(expected))
        for detector, count in expected.items():
            if count is not None:
                self.assertEqual(fired[detector], count, detector)
        for event in events:
            self.assertIn(event["processName"], names, event)
            executable = pathlib.Path(event["executable"]["path"]).name
            self.assertTrue(executable.startswith(program), event["executable"])
            self.assertGreater(event["processId"], 0)
            self.assert_explained(event)

    def assert_explained(self, event):
        name = event["eventName"]
        self.assertEqual(event["threat"]["name"], f"{name} check")
        self.assertIn(INPUTS[name], str(event["detectedFrom"]))

    def test_all_ten_detectors_are_listed(self):
        listed = engine.run(engine.BIN, "list", "detectors", "--plugins", DETECTORS)
        self.assert_status(listed, 0)
        for name in ALL_TEN:
            self.assertIn(name, listed.stdout.split())

    def test_ping(self):
        events = self.detect(*self.lab.at_far_end("ping", "-W", 5, "-c", ROUNDS, net_lab.NEAR4))
        self.assert_fired(events, {"IPv4": ROUNDS, "ICMP": ROUNDS}, {"ping"}, "ping")

    def test_ping_over_ipv6(self):
        events = self.detect(*self.lab.at_far_end("ping", "-W", 5, "-c", ROUNDS, net_lab.NEAR6))
        self.assert_fired(events, {"IPv6": ROUNDS, "ICMPv6": ROUNDS}, {"ping"}, "ping")

    def test_nc_over_tcp(self):
        command = f"echo tcp0$round | nc -w 1 {net_lab.NEAR4} {net_lab.NC_PORT}"
        events = self.detect(*self.lab.at_far_end(*three_times(command)))
        self.assert_fired(events, {"TCP": None}, {"nc"}, "nc")
        self.assertEqual(len({event["processId"] for event in events}), ROUNDS)

    def test_nc_over_udp(self):
        command = f"echo udpmsg0$round | nc -w 1 -u {net_lab.NEAR4} {net_lab.NC_PORT}"
        events = self.detect(*self.lab.at_far_end(*three_times(command)))
        self.assert_fired(events, {"UDP": ROUNDS}, {"nc"}, "nc")

    def test_nslookup(self):
        command = " && ".join(
            f"nslookup -type={kind} google.com {net_lab.GOOGLE_DNS} >/dev/null"
            for kind in ("mx", "ns", "soa")
        )
        events = self.detect(*self.lab.at_far_end(*three_times(f"{{ {command}; }}")))
        self.assert_fired(events, {"DNS": ROUNDS}, NSLOOKUP_THREADS, "nslookup")

    def test_curl(self):
        curl = self.lab.at_far_end_with_dns("curl", "-sS", "-o", "/dev/null", "google.com")
        events = self.detect(*curl)
        expected = {"HTTP": 2, "HTTPRequest": 1, "HTTPResponse": 1}
        self.assert_fired(events, expected, {"curl"}, "curl")

    def test_no_detector_fires_for_the_same_traffic_of_another_program(self):
        script = (
            "import socket, urllib.request as web\n"
            "udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            f"udp.sendto(b'udpmsg01', ('{net_lab.NEAR4}', {net_lab.NC_PORT}))\n"
            f"tcp = socket.create_connection(('{net_lab.NEAR4}', {net_lab.NC_PORT}), 60)\n"
            "tcp.sendall(b'tcp01'); tcp.close()\n"
            "class Stay(web.HTTPRedirectHandler):\n"
            "    def redirect_request(self, *_): return None\n"
            f"request = web.Request('http://{net_lab.NEAR4}/', headers={{'Host': 'google.com'}})\n"
            "try: web.build_opener(Stay).open(request, timeout=60)\n"
            "except web.HTTPError: pass\n"
        )
        self.assertEqual(self.detect(*self.lab.at_far_end(sys.executable, "-c", script)), [])

    def test_no_detector_fires_for_other_traffic_of_the_same_programs(self):
        command = (
            f"ping -c 1 {net_lab.GOOGLE_DNS} >/dev/null; "
            f"nslookup -type=a www.google.com {net_lab.GOOGLE_DNS} >/dev/null; "
            f"nc -z -u -w 1 {net_lab.NEAR4} 8091; exit 0"
        )
        self.assertEqual(self.detect(*self.lab.at_far_end("sh", "-c", command)), [])

    def test_every_registered_method_is_a_request(self):
        url = f"http://{net_lab.NEAR4}"
        curl = "curl -sS -o /dev/null --max-time 60"
        lines = [f"{curl} -X {each} {url}/{each}" for each in METHODS if each != "HEAD"]
        lines.append(f"{curl} --head {url}/HEAD")
        events = self.capture(
            *self.lab.at_far_end("sh", "-c", "; ".join([*lines, "exit 0"])),
            selection=("--events", "net_packet_http_request"),
        )
        asked = [engine.args_of(event)["http_request"] for event in events]
        self.assertEqual(sorted(each["method"] for each in asked), sorted(METHODS))
        for each in asked:
            self.assertEqual(each["uri_path"], f"/{each['method']}")
        self.assertEqual({event["processName"] for event in events}, {"curl"})


def setUpModule():
    missing = net_lab.missing_tools()
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed (scripts/setup installs it)")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main(live=True)
