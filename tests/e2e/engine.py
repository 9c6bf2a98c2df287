# SPDX-License-Identifier: Apache-2.0

"""How the end-to-end tests run the engine and read what it prints.

The engine comes from the environment: WIREHOUND_BIN is its path, with its plugins where the build
puts them. Tests are unittest classes; a test file ends with engine.main().
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

BIN = pathlib.Path(os.environ.get("WIREHOUND_BIN", "build/release/bin/wirehound")).resolve()
PLUGINS = BIN.parent.parent / "plugins"
HERE = pathlib.Path(__file__).resolve().parent
IN_DNS_LAB = HERE / "in_dns_lab.sh"

# These limits end a process that hangs. A machine that is only slow does not reach them.
TIMEOUT_SECONDS = 300
GRACE_SECONDS = 30
EXIT_SKIPPED = 77
LEDGER_IS_OPEN = "the account does not close"
INITIAL_PID_NAMESPACE = "pid:[4026531836]"

# The top-level keys of an event in JSON, in their order, and the optional keys that may follow.
EVENT_KEYS = [
    "timestamp", "threadStartTime", "processorId", "processId", "cgroupId", "threadId",
    "parentProcessId", "hostProcessId", "hostThreadId", "hostParentProcessId", "userId",
    "mountNamespace", "pidNamespace", "processName", "executable", "hostName", "containerId",
    "container", "kubernetes", "eventId", "eventName", "matchedPolicies", "argsNum",
    "returnValue", "syscall", "stackAddresses", "contextFlags", "threadEntityId",
    "processEntityId", "parentEntityId", "args",
]  # fmt: skip
ADDITIONAL_KEYS = {"owner", "threat", "detectedFrom", "completeness"}


def run(*command, timeout=TIMEOUT_SECONDS, **options):
    """Runs a command to its end; returns its standard output and standard error as text.

    If the command is an engine, the account of its run must close in every test.

    The command runs in a new process group, so that a timeout ends everything it started. The group
    gets a SIGTERM first, so that the engine can remove what it set up.
    """
    arguments = [str(part) for part in command]
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        **options,
    )
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        output, errors = end_group(process)
        errors += f"\nnot finished after {timeout} seconds"
    result = subprocess.CompletedProcess(arguments, process.returncode, output, errors)
    check_ledger(errors, printed_by(result))
    return result


def check_ledger(log, message):
    """Fails when the engine's log says that its account of records does not close."""
    if LEDGER_IS_OPEN in log:
        raise AssertionError(message)


def end_group(process):
    """Ends a process group, by SIGTERM and then SIGKILL; returns the output so far."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        return process.communicate(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()


def events_in(text):
    """The events of JSON-lines output, with their keys in the order printed."""
    return [json.loads(line) for line in text.splitlines()]


def args_of(event):
    return {arg["name"]: arg["value"] for arg in event["args"]}


def in_initial_pid_namespace():
    return os.readlink("/proc/self/ns/pid") == INITIAL_PID_NAMESPACE


def cgroup_mounts():
    """Where cgroup v2 is mounted."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        fields = [line.split() for line in mounts]
    return [pathlib.Path(path) for _, path, kind, *_ in fields if kind == "cgroup2"]


def why_not_live():
    """Why live capture cannot be tested here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    if not cgroup_mounts():
        return "no cgroup v2 is mounted"
    for tool in ("unshare", "nsenter", "ip", "knotd", "nslookup", "bpftool"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed (scripts/setup installs it)"
    if run("unshare", "--net", "true").returncode != 0:
        return "network namespaces cannot be made here"
    probe = run("bpftool", "prog", "show")
    if probe.returncode != 0:
        return f"the kernel refuses bpf(): {probe.stderr.strip()}"
    return None


class TestCase(unittest.TestCase):
    """Assertions about the engine; a failure shows what it printed."""

    longMessage = True
    maxDiff = None

    def assert_status(self, result, status):
        self.assertEqual(result.returncode, status, printed_by(result))

    def assert_event_shape(self, event):
        keys = list(event)
        self.assertEqual(keys[: len(EVENT_KEYS)], EVENT_KEYS)
        self.assertLessEqual(set(keys[len(EVENT_KEYS) :]), ADDITIONAL_KEYS)
        self.assertEqual(event["argsNum"], len(event["args"]))
        for arg in event["args"]:
            self.assertEqual(list(arg), ["name", "type", "value"])

    def assert_one_dns_detection(self, result):
        """Standard output is one line, the detection of the four uol.com.br lookups."""
        events = events_in(result.stdout)
        self.assertEqual([event["eventName"] for event in events], ["DNS"], printed_by(result))
        self.assert_event_shape(events[0])
        self.assertEqual(
            args_of(events[0]), {"domain": "uol.com.br", "record_types": "MX,NS,SOA,TXT"}
        )
        return events[0]


def printed_by(result):
    """The output of a finished command, for the message of a failed assertion."""
    return (
        f"\ncommand: {' '.join(result.args)}\nexit status: {result.returncode}"
        f"\nstandard output:\n{result.stdout}\nstandard error:\n{result.stderr}"
    )


def main(live=False):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if not BIN.is_file():
        sys.exit(f"no engine at {BIN}; set WIREHOUND_BIN to its path")
    reason = why_not_live() if live else None
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(EXIT_SKIPPED)
    unittest.main(verbosity=2)
