# SPDX-License-Identifier: Apache-2.0

"""Measures whole programs on whole captures, for scripts/bench.

Every program runs as often as asked, by turns with the others, on one core; what counts is the
median of its CPU seconds (user and system, as the kernel accounts for the whole process) and its
largest memory. Each run that counts follows one of the same program that does not: otherwise, in a
virtual machine, much of what is measured is the host finding memory for the guest. Programs that
are not installed, and selections that Wirehound refuses, are listed with the reason. Prints tables
in Markdown.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROFILES = ("mix", "dns", "http")
# A program that runs longer than this is run once: one run is exact enough for its ratio.
LONG_SECONDS = 20.0
# Seconds between two readings of a running program's memory.
WATCH_SECONDS = 0.005

EVENTS = "net_packet_dns,net_packet_http"
TSHARK_FIELDS = (
    "frame.time_epoch ip.src ip.dst ipv6.src ipv6.dst dns.id dns.qry.name dns.qry.type "
    "dns.flags.rcode dns.resp.name dns.a dns.aaaa dns.cname http.request.method http.host "
    "http.request.uri http.user_agent http.response.code http.content_type http.content_length"
).split()
SURICATA_CONFIG = Path(__file__).with_name("suricata_bench.yaml")

# The parts of the goal that are ratios to Suricata: label of a program, capture, largest ratio.
GOALS = [
    ("wirehound, JSON", "mix", 0.1),
    ("wirehound, JSON", "http", 0.1),
    ("wirehound, JSON", "dns", 0.2),
    ("wirehound, detectors", "mix", 0.1),
    ("wirehound, detectors", "dns", 0.1),
    ("wirehound, detectors", "http", 0.1),
]
GOAL_MEMORY_MIB = 64


class Program:
    """A command line with CAPTURE and OUT (an empty folder) where it shall have them."""

    def __init__(self, label, work, *command):
        self.label = label
        self.work = work
        self.command = command

    def arguments(self, capture, out):
        return [a.replace("CAPTURE", str(capture)).replace("OUT", str(out)) for a in self.command]

    def is_installed(self):
        return shutil.which(self.command[0]) is not None


class Result:
    def __init__(self):
        self.cpu_seconds = []
        self.system_seconds = []  # the part of these in the kernel
        self.memory_kib = []
        self.output_bytes = 0
        self.problem = ""
        self.is_long = False

    def cpu(self):
        return statistics.median(self.cpu_seconds)

    def memory_mib(self):
        return max(self.memory_kib) / 1024


def programs(wirehound):
    read = (wirehound, "--read", "CAPTURE")
    tshark_fields = [part for field in TSHARK_FIELDS for part in ("-e", field)]
    return [
        Program("wirehound, detectors", "all detectors, no output",
                *read, "--detectors", "all", "--output", "none"),
        Program("wirehound, JSON", "dns and http events as JSON to a file",
                *read, "--events", EVENTS, "--output", "json:OUT/events.json"),
        Program("wirehound, no output", "dns and http events, not written",
                *read, "--events", EVENTS, "--output", "none"),
        Program("wirehound, DNS JSON", "dns events as JSON to a file",
                *read, "--events", "net_packet_dns", "--output", "json:OUT/events.json"),
        Program("suricata", "no rules, dns + http + flow as JSON to a file, one thread",
                "suricata", "-c", str(SURICATA_CONFIG), "-S", "/dev/null", "-r", "CAPTURE",
                "-l", "OUT", "-k", "none", "--runmode", "single"),
        Program("argus", "flows to a file", "argus", "-r", "CAPTURE", "-w", "OUT/flows"),
        Program("ndpiReader", "flow table, guesses the protocol of each",
                "ndpiReader", "-i", "CAPTURE", "-q"),
        Program("dnscap", "dns messages as text", "dnscap", "-r", "CAPTURE", "-g"),
        Program("tcpdump", "headers as text", "tcpdump", "-n", "-r", "CAPTURE"),
        Program("tshark", "chosen dns and http fields as text",
                "tshark", "-n", "-r", "CAPTURE", "-T", "fields", *tshark_fields),
    ]


def last_line(path):
    lines = Path(path).read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no message"


def peak_kib(pid):
    """What the process has used at most so far; 0 when it has ended."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def wait_and_watch(pid):
    """Waits for the end of a process: its status, what it used, and its peak of memory in KiB. The
    kernel's own figure for memory would count what this interpreter used before it became that
    process, which is more than some of them use."""
    peak = 0
    while True:
        peak = max(peak, peak_kib(pid))
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, usage, peak
        time.sleep(WATCH_SECONDS)


def run_once(arguments, core, result, folder):
    """Runs a command to its end and notes what it cost."""
    messages = folder / "messages"
    begin = time.monotonic()
    with open(messages, "wb") as errors:
        child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=errors,
                                 preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        status, usage, peak = wait_and_watch(child.pid)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        result.problem = f"exit status {child.returncode}: {last_line(messages)}"
        return
    result.cpu_seconds.append(usage.ru_utime + usage.ru_stime)
    result.system_seconds.append(usage.ru_stime)
    result.memory_kib.append(peak)
    out = folder / "out"
    result.output_bytes = sum(f.stat().st_size for f in out.iterdir() if f.is_file())
    result.is_long = time.monotonic() - begin > LONG_SECONDS


def run_twice(program, capture, args, result):
    """Once to warm up, then, when that was not long, once more, which counts."""
    for counted in (Result(), result):
        with tempfile.TemporaryDirectory(dir=args.captures) as folder:
            out = Path(folder) / "out"
            out.mkdir()
            run_once(program.arguments(capture, out), args.core, counted, Path(folder))
        if counted.is_long or counted.problem:
            vars(result).update(vars(counted))
            return


def measure(chosen, capture, args):
    """All programs on one capture, by turns."""
    results = {program.label: Result() for program in chosen}
    with open(capture, "rb") as file:  # into the page cache
        while file.read(1 << 24):
            pass
    for turn in range(args.runs):
        for program in chosen:
            result = results[program.label]
            if not program.is_installed():
                result.problem = "not installed"
            if result.problem or (turn > 0 and result.is_long):
                continue
            print(f"  {capture.name}: {program.label}, run {turn + 1}", file=sys.stderr)
            run_twice(program, capture, args, result)
    return results


def make_capture(profile, args):
    path = args.captures / f"{profile}-{args.packets}.pcap"
    if path.exists():
        return path
    if not args.generator.exists():
        sys.exit(f"bench: {path} is missing and so is what makes it, {args.generator}: "
                 "set WIREHOUND_GENERATOR")
    print(f"  making {path}", file=sys.stderr)
    unfinished = path.with_suffix(".part")
    subprocess.run([sys.executable, args.generator, "--profile", profile, "--seed", "1",
                    "--packets", str(args.packets), "-o", unfinished],
                   check=True, stdout=subprocess.DEVNULL)
    unfinished.rename(path)
    return path


def print_table(capture, chosen, results, args):
    suricata = results.get("suricata")
    base = suricata.cpu() if suricata and suricata.cpu_seconds else None
    megabytes = capture.stat().st_size / 1e6
    profile = capture.stem.split("-")[0]
    print(f"\n### {profile}: {megabytes:.0f} MB, {args.packets} packets asked for\n")
    print("| program | work | of Suricata's CPU | CPU s | of it system | lowest to highest | "
          "peak MiB | output MB |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for program in chosen:
        result = results[program.label]
        if result.problem:
            print(f"| {program.label} | {program.work} | **refused or failed**: {result.problem} "
                  "| - | - | - | - | - |")
            continue
        ratio = f"{result.cpu() / base:.1%}" if base else "-"
        print(f"| {program.label} | {program.work} | {ratio} | {result.cpu():.2f} | "
              f"{statistics.median(result.system_seconds):.2f} | "
              f"{min(result.cpu_seconds):.2f} to {max(result.cpu_seconds):.2f} | "
              f"{result.memory_mib():.0f} | {result.output_bytes / 1e6:.0f} |")


def print_goals(results):
    print("\n### Goals\n")
    for label, profile, limit in GOALS:
        ours = results[profile][label]
        theirs = results[profile]["suricata"]
        if ours.problem or theirs.problem:
            print(f"- {label}, {profile}: not measured ({ours.problem or theirs.problem})")
            continue
        ratio = ours.cpu() / theirs.cpu()
        verdict = "reached" if ratio <= limit else "MISSED"
        print(f"- {label}, {profile}: {ratio:.1%} of Suricata's CPU, "
              f"at most {limit:.0%}: {verdict}")
    memory = [result.memory_mib() for by_label in results.values()
              for label, result in by_label.items()
              if label.startswith("wirehound") and not result.problem]
    if memory:
        verdict = "reached" if max(memory) < GOAL_MEMORY_MIB else "MISSED"
        print(f"- memory: {max(memory):.0f} MiB at most, below {GOAL_MEMORY_MIB}: {verdict}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wirehound", required=True, help="the program")
    parser.add_argument("--captures", required=True, type=Path, help="folder they are kept in")
    parser.add_argument("--generator", required=True, type=Path, help="makes captures")
    parser.add_argument("--packets", type=int, default=1_000_000, help="of each capture")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--only", default="",
                        help="programs whose label has this in it, and suricata")
    parser.add_argument("--profiles", default=",".join(PROFILES))
    return parser.parse_args()


def require_detectors(wirehound):
    """Without any, a run with all of them would be fast and mean nothing."""
    listed = subprocess.run([wirehound, "list", "detectors"], capture_output=True, text=True)
    if listed.returncode != 0 or len(listed.stdout.splitlines()) < 2:
        sys.exit(f"bench: {wirehound} finds no detectors: {listed.stderr.strip()}")


def main():
    args = parse_arguments()
    require_detectors(args.wirehound)
    args.captures.mkdir(parents=True, exist_ok=True)
    chosen = [p for p in programs(args.wirehound) if args.only in p.label or p.label == "suricata"]
    profiles = args.profiles.split(",")
    captures = {profile: make_capture(profile, args) for profile in profiles}
    results = {}
    for profile, capture in captures.items():
        results[profile] = measure(chosen, capture, args)
        print_table(capture, chosen, results[profile], args)
    if set(profiles) == set(PROFILES) and not args.only:
        print_goals(results)


main()
