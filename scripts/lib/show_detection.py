# SPDX-License-Identifier: Apache-2.0

"""Checks that a file of JSON lines holds exactly one DNS detection and prints it for a person.

Usage: show_detection.py FILE. Exits 1 with the reason when it does not.
"""

import datetime
import json
import os
import sys

EXPECTED_ARGS = {"domain": "uol.com.br", "record_types": "MX,NS,SOA,TXT"}
EXPECTED_PROGRAM = "nslookup"


def problem_with(events):
    """What is wrong with the events found, or None."""
    if len(events) != 1:
        return f"expected exactly one detection, got {len(events)}"
    event = events[0]
    if event["eventName"] != "DNS":
        return f"expected the event DNS, got {event['eventName']}"
    args = {arg["name"]: arg["value"] for arg in event["args"]}
    for name, value in EXPECTED_ARGS.items():
        if args.get(name) != value:
            return f"expected {name} to be {value}, got {args.get(name)}"
    program = os.path.basename(event["executable"]["path"])
    if program != EXPECTED_PROGRAM:
        return f"expected the process to be {EXPECTED_PROGRAM}, got '{program}'"
    return None


def describe(event):
    """The event as lines a newcomer can read."""
    when = datetime.datetime.fromtimestamp(event["timestamp"] / 1e9)
    yield f"DNS  {when:%Y-%m-%d %H:%M:%S.%f}"
    for arg in event["args"]:
        yield f"  {arg['name']:<14} {arg['value']}"
    path = event["executable"]["path"]
    yield f"  {'process':<14} {os.path.basename(path)}  (pid {event['hostProcessId']}, {path})"
    yield f"  {'thread':<14} {event['processName']}  (tid {event['hostThreadId']})"
    yield f"  {'parent':<14} pid {event['hostParentProcessId']}"
    yield f"  {'user':<14} uid {event['userId']}"


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        texts = lines.read().splitlines()
    events = [json.loads(text) for text in texts]
    problem = problem_with(events)
    for text in texts:
        print(text)
    if problem:
        sys.exit(problem)
    print()
    for line in describe(events[0]):
        print(line)


if __name__ == "__main__":
    main()
