# SPDX-License-Identifier: Apache-2.0

"""The engine compared with tshark, message by message, on every available real capture.

DNS and HTTP messages of each flow are compared in order, in the words of messages.py. The captures
whose differences count are named in tests/data/tshark_captures.txt. Each difference about one of
these is listed in tests/data/tshark_differences.tsv, with a reason that docs/tshark-differences.md
explains. The test fails for a difference that is not listed, and for a listed one that no longer
exists. Differences about other captures are only printed.
"""

import collections
import concurrent.futures
import hashlib
import os
import pathlib
import shutil
import sys

import engine
import messages
import tshark

TREE = engine.HERE.parent.parent
CAPTURES = pathlib.Path(
    os.environ.get("WIREHOUND_CAPTURES", TREE.parent / "shared" / "captures")
)
KNOWN_DIFFERENCES = TREE / "tests" / "data" / "tshark_differences.tsv"
HELD_TO_ACCOUNT = TREE / "tests" / "data" / "tshark_captures.txt"
EXPLANATIONS = TREE / "docs" / "tshark-differences.md"
CAPTURE_SUFFIXES = (".pcap", ".pcapng", ".cap")
EVENTS = "net_packet_dns,net_packet_http"
IN_PARALLEL = 2
LONGEST_LINE = 200

# A message of one flow that only one of the two found, `count` times.
Difference = collections.namedtuple("Difference", "capture kind found_by count flow message")


def engine_messages(capture):
    """The messages the engine finds: {"dns" or "http": {flow: [line, ...]}}."""
    result = engine.run(engine.BIN, "--read", capture, "--events", EVENTS, "--output", "json")
    found = {"dns": {}, "http": {}}
    for event in engine.events_in(result.stdout):
        args = engine.args_of(event)
        kind = event["eventName"].rpartition("_")[2]
        line_of = {"dns": messages.dns_line, "http": messages.http_line}[kind]
        flow = messages.event_flow(args)
        found[kind].setdefault(flow, []).append(line_of(args[f"proto_{kind}"]))
    return found


def differences(capture):
    """The differences between the engine and tshark in a capture that both ways of reading show."""
    ours = engine_messages(capture)
    first = all_differences(capture, ours, tshark.READINGS[0])
    if not first:
        return []
    second = all_differences(capture, ours, tshark.READINGS[1])
    flows = first.keys() & second.keys()
    return sorted(
        each for flow in flows for each in min(first[flow], second[flow], key=messages_that_differ)
    )


def all_differences(capture, ours, reading):
    """{(kind, flow): differences} of the flows that differ, for one way of reading."""
    name = str(capture.relative_to(CAPTURES))
    theirs = tshark.messages_in(capture, reading)
    found = {}
    for kind in ("dns", "http"):
        for flow in ours[kind].keys() | theirs[kind].keys():
            lines = ours[kind].get(flow, []), theirs[kind].get(flow, [])
            if lines[0] != lines[1]:
                each = [Difference(name, kind, *row) for row in flow_differences(flow, *lines)]
                found[kind, flow] = each
    return found


def messages_that_differ(found):
    return sum(each.count for each in found)


def flow_differences(flow, ours, theirs):
    """(who, count, flow, message) for the messages that only one found. If both found the same, a
    difference in their order."""
    counted, counted_there = collections.Counter(ours), collections.Counter(theirs)
    for who, only in (("engine", counted - counted_there), ("tshark", counted_there - counted)):
        for line, count in only.items():
            yield who, count, flow, shortened(line)
    if ours != theirs and counted == counted_there:
        yield "both", len(ours), flow, "in another order"


def shortened(line):
    """The line; for a long one its beginning, and a digest that distinguishes it from others."""
    if len(line) <= LONGEST_LINE:
        return line
    digest = hashlib.sha256(line.encode()).hexdigest()
    return f"{line[:LONGEST_LINE]}... sha256 {digest[:16]}"


def known_differences():
    """{difference: reason} of the table; its first line names the columns."""
    lines = KNOWN_DIFFERENCES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {
        Difference(capture, kind, who, int(count), flow, line): reason
        for capture, kind, who, count, flow, line, reason in rows[1:]
    }


def held_to_account():
    """The names of the captures whose differences are all known."""
    lines = HELD_TO_ACCOUNT.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def captures_here():
    return sorted(
        path for path in CAPTURES.rglob("*") if path.suffix in CAPTURE_SUFFIXES and path.is_file()
    )


def compare(captures):
    with concurrent.futures.ThreadPoolExecutor(IN_PARALLEL) as pool:
        return [each for found in pool.map(differences, captures) for each in found]


def shown(some):
    """Rows as in the table, the first of them."""
    return "\n".join("\t".join(str(part) for part in each) for each in some[:50])


class Tshark(engine.TestCase):
    @classmethod
    def setUpClass(cls):
        captures = captures_here()
        listed = held_to_account()
        here = {str(path.relative_to(CAPTURES)) for path in captures}
        print(f"{len(here & listed)} of {len(listed)} listed captures are here, and "
              f"{len(here - listed)} others", file=sys.stderr)  # fmt: skip
        everything = compare(captures)
        cls.found = [each for each in everything if each.capture in listed]
        cls.others = [each for each in everything if each.capture not in listed]
        cls.known = known_differences()
        cls.listed, cls.here = listed, here

    def test_every_difference_is_a_known_one(self):
        if self.others:
            print(f"{len(self.others)} differences about captures that are not listed:\n"
                  f"{shown(self.others)}", file=sys.stderr)  # fmt: skip
        unknown = [each for each in self.found if each not in self.known]
        if unknown:
            self.fail(f"{len(unknown)} differences that nobody explained:\n{shown(unknown)}")

    def test_known_differences_are_about_listed_captures(self):
        self.assertEqual({each.capture for each in self.known} - self.listed, set())

    def test_every_known_difference_still_exists(self):
        expected = {each for each in self.known if each.capture in self.here}
        gone = sorted(expected - set(self.found))
        if gone:
            self.fail(f"{len(gone)} listed differences are gone:\n{shown(gone)}")

    def test_every_reason_is_explained(self):
        explained = EXPLANATIONS.read_text(encoding="utf-8")
        for reason in sorted(set(self.known.values())):
            with self.subTest(reason=reason):
                self.assertIn(f"## {reason}\n", explained)


def setUpModule():
    reason = None
    if shutil.which("tshark") is None:
        reason = "tshark is not installed (scripts/setup installs it)"
    elif not CAPTURES.is_dir():
        reason = f"no captures at {CAPTURES}; set WIREHOUND_CAPTURES to their directory"
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(engine.EXIT_SKIPPED)


if __name__ == "__main__":
    engine.main()
