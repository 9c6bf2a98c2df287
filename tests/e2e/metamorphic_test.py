# SPDX-License-Identifier: Apache-2.0

"""Captures rewritten by transforms.py have other packets, but must give the same DNS and HTTP
messages as before, with all their fields.

The comparison leaves out what may differ: times, the order, and metadata.packet_len, which is the
length of the packet that completed a message. The test reads real captures if there are any
(docs/testing.md), and small generated ones if there is a generator (truth_test.py). Without either
it is skipped.
"""

import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import engine
import pcap_file
import transforms

TREE = engine.HERE.parent.parent
BESIDE = TREE.parent / "shared"
CAPTURES = pathlib.Path(os.environ.get("WIREHOUND_CAPTURES", BESIDE / "captures"))
GENERATOR = pathlib.Path(
    os.environ.get("WIREHOUND_GENERATOR", BESIDE / "tools" / "gen_pcap.py")
)

SEED = 20
GENERATED_PACKETS = 5000
EVENTS = (
    "net_packet_dns,net_packet_dns_request,net_packet_dns_response,"
    "net_packet_http,net_packet_http_request,net_packet_http_response"
)

# Complete captures without lost segments, each with a feature that the others lack.
CHOSEN = """
    dns/arkime__dns-wiresharkrepo.pcap  dns/compactor__dns.pcap  dns/compactor__dnscap.pcap
    dns/deepflow__dns.pcap  dns/deepflow__not-handled-qtype.pcap  dns/dnscap__vlan11.pcap
    dns/ipfixprobe__dnssd.pcap  dns/sv__dns-bug-1158__input.pcap
    dns/sv__llmnr-llmnr-authority-additional__input.pcap  dns/tcpdump__edns-opts.pcap
    dns/zeek__ech.pcap  dns/zeek__mdns.pcap
    http/arkime__http-100-continue.pcap  http/arkime__http-post-upload.pcap
    http/arkime__v6-http.pcap  http/arkime__websocket.pcap  http/dpkt__nb6-http.pcap
    http/mercury__http_rawip.pcap  http/ppp__one_ipv6_http_stream.pcap
    http/sv__bug-4810__pppoe-session-http.pcap  http/sv__http-multiple100__input.pcap
    http/sv__http-options-method__input.pcap  http/sv__http2-keywords2__input.pcap
    http/zeek__basic-auth-with-colon.pcap  http/zeek__concurrent-range-requests-complete.pcap
    http/zeek__docker-http-upgrade.pcap  http/zeek__get-gzip.pcap  http/zeek__http-body-match.pcap
    http/zeek__http-qinq-0.pcap  http/zeek__methods.pcap
""".split()


def generate(folder):
    """Small generated captures of each profile, by name."""
    for profile in ("mix", "dns", "http"):
        path = folder / f"generated_{profile}.pcap"
        subprocess.run(
            [
                sys.executable, GENERATOR, "--profile", profile, "--seed", str(SEED),
                "--packets", str(GENERATED_PACKETS), "-o", path,
            ],
            check=True, stdout=subprocess.DEVNULL, timeout=engine.TIMEOUT_SECONDS,
        )  # fmt: skip
        yield path.name, path


def messages_in(capture):
    """The count of each message of a capture, without the fields that depend on its packets."""
    result = engine.run(
        engine.BIN, "--read", capture, "--events", EVENTS, "--output", "json", "--strict"
    )
    if result.returncode != 0:
        raise AssertionError(engine.printed_by(result))
    found = collections.Counter()
    for event in engine.events_in(result.stdout):
        args = engine.args_of(event)
        del args["metadata"]["packet_len"]
        found[event["eventName"] + " " + json.dumps(args, sort_keys=True)] += 1
    return found


class Metamorphic(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.captures = {name: CAPTURES / name for name in CHOSEN if (CAPTURES / name).is_file()}
        if GENERATOR.is_file():
            cls.captures |= generate(cls.scratch)
        cls.frames = {name: pcap_file.read(path) for name, path in cls.captures.items()}
        cls.messages = {name: messages_in(path) for name, path in cls.captures.items()}

    def assert_same_messages(self, name, rewritten, how):
        before, after = self.messages[name], messages_in(rewritten)
        if before != after:
            lost, new = before - after, after - before
            self.fail(
                f"{name} {how}: of {before.total()} messages {lost.total()} are gone, such as\n"
                f"{next(iter(lost), 'none')}\nand {new.total()} are new, such as\n"
                f"{next(iter(new), 'none')}"
            )

    def assert_unchanged_by(self, *names):
        """Rewriting any capture by these transforms, in turn, leaves its messages as they are."""
        for name, (link_type, frames) in self.frames.items():
            with self.subTest(capture=name):
                chance = random.Random(f"{SEED} {name}")
                for transform in names:
                    link_type, frames = transforms.ALL[transform](link_type, frames, chance)
                rewritten = self.scratch / "rewritten.pcap"
                pcap_file.write(rewritten, link_type, frames)
                self.assert_same_messages(name, rewritten, " and ".join(names))

    def test_the_captures_have_messages(self):
        for name, messages in self.messages.items():
            self.assertGreater(messages.total(), 0, name)

    def test_smaller_segments(self):
        self.assert_unchanged_by("resegmented")

    def test_packets_out_of_order(self):
        self.assert_unchanged_by("reordered")

    def test_packets_twice(self):
        self.assert_unchanged_by("duplicated")

    def test_fragments(self):
        self.assert_unchanged_by("fragmented")

    def test_a_vlan(self):
        self.assert_unchanged_by("in a VLAN")

    def test_two_vlans(self):
        self.assert_unchanged_by("in two VLANs")

    def test_a_tunnel(self):
        self.assert_unchanged_by("in VXLAN")

    def test_small_segments_twice_out_of_order_in_fragments_in_a_tunnel(self):
        self.assert_unchanged_by(
            "resegmented", "duplicated", "reordered", "fragmented", "in VXLAN"
        )


def setUpModule():
    if not CAPTURES.is_dir() and not GENERATOR.is_file():
        print(f"SKIPPED: neither captures at {CAPTURES} nor a generator at {GENERATOR}")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main()
