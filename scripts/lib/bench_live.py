# SPDX-License-Identifier: Apache-2.0

"""Runs loads beside the engine and prints what each selection cost (see scripts/bench-live).

Every round runs each load once for each selection, "without" being the traffic alone, so that
what changes on the machine meanwhile touches all of them alike. Figures are medians of the rounds.
All servers and clients are in one control group, which is all the engine watches.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ENGINE = os.environ["WIREHOUND_BIN"]
TOOLS = ("iperf3", "wrk", "dnsperf", "nginx", "knotd", "ip", "unshare", "nsenter")

SELECTIONS = {
    "without": None,
    "dns": ["--detectors", "DNS"],
    "http": ["--events", "net_packet_http"],
    "packets": ["--events", "net_packet_ipv4,net_packet_ipv6,net_packet_tcp,net_packet_udp,"
                "net_packet_icmp,net_packet_icmpv6"],
}  # fmt: skip

FAR, NEAR = "172.16.18.1", "172.16.18.2"
DNS_PACED = 100_000  # messages a second, questions and answers
ZONE = "$ORIGIN bench.example.\n$TTL 300\n@ SOA ns1 admin 1 900 900 1800 60\n@ NS ns1\nns1 A 127.0.0.1\n"
KNOT = """
server:
    rundir: "{0}"
    listen: [ 127.0.0.1@53 ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{0}"
template:
  - id: default
    storage: "{0}"
    journal-content: none
    zonefile-load: whole
zone:
  - domain: bench.example
    file: zone
"""
NGINX = """
user root root; daemon off; worker_processes 1; pid {0}/nginx.pid; error_log {0}/nginx.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; client_body_temp_path {0}/a; proxy_temp_path {0}/b;
  fastcgi_temp_path {0}/c; uwsgi_temp_path {0}/d; scgi_temp_path {0}/e;
  server {{ listen 127.0.0.1:80; location / {{ return 200 "{1}"; }} }}
}}
"""


class Lab:
    """Two network namespaces with a wire, and a control group, all gone with it."""

    def __init__(self):
        mounts = pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8")
        root = next(line.split()[1] for line in mounts.splitlines() if " cgroup2 " in line)
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="wirehound-bench-"))
        self.group = pathlib.Path(tempfile.mkdtemp(prefix="wirehound-bench-", dir=root))
        self.processes = []

    def __enter__(self):
        self.near = self.start("unshare", "--net", "sleep", "infinity").pid
        self.far = self.start("unshare", "--net", "sleep", "infinity").pid
        time.sleep(0.3)
        for command in (
            f"nsenter -t {self.near} -n ip link set lo up",
            f"nsenter -t {self.far} -n ip link set lo up",
            f"nsenter -t {self.near} -n ip link add wire0 type veth peer name wire1 netns {self.far}",
            f"nsenter -t {self.near} -n ip addr add {NEAR}/30 dev wire0",
            f"nsenter -t {self.near} -n ip link set wire0 up",
            f"nsenter -t {self.far} -n ip addr add {FAR}/30 dev wire1",
            f"nsenter -t {self.far} -n ip link set wire1 up",
        ):
            subprocess.run(command.split(), check=True)
        self.write("zone", ZONE + "".join(f"h{n} A 192.0.2.{n}\n" for n in range(1, 200)))
        self.write("knot.conf", KNOT.format(self.scratch))
        self.write("nginx.conf", NGINX.format(self.scratch, "x" * 200))
        self.write("queries", "".join(f"h{n}.bench.example A\n" for n in range(1, 200)))
        self.start(*self.inside("knotd", "-c", self.scratch / "knot.conf"))
        self.start(*self.inside("nginx", "-c", self.scratch / "nginx.conf"))
        self.start(*self.inside("iperf3", "--server", "--port", "5201"))
        self.start(*self.inside("iperf3", "--server", "--port", "5201", namespace=self.far))
        time.sleep(1.5)
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        for _ in range(100):
            # A server's workers outlive it.
            for pid in (self.group / "cgroup.procs").read_text(encoding="ascii").split():
                os.kill(int(pid), signal.SIGKILL)
            try:
                self.group.rmdir()
                break
            except OSError:
                time.sleep(0.05)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def write(self, name, text):
        (self.scratch / name).write_text(text, encoding="utf-8")

    def start(self, *command):
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def inside(self, *command, namespace=None):
        """A command line that runs in the control group and a namespace."""
        script = f'echo 0 > {self.group}/cgroup.procs && exec "$@"'
        return ("nsenter", "-t", str(namespace or self.near), "-n", "sh", "-c", script, "sh",
                *(str(part) for part in command))  # fmt: skip

    def run(self, *command):
        result = subprocess.run(
            self.inside(*command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False,
        )  # fmt: skip
        if result.returncode != 0:
            sys.exit(f"{command[0]} failed: {result.stdout}")
        return result.stdout


# Each load returns figures by name; the report gives the loss of the first one in percent.


def iperf(lab, seconds, *options):
    report = json.loads(lab.run("iperf3", "--json", "--time", seconds, *options))
    return report["end"]


def bulk(lab, seconds):
    end = iperf(lab, seconds, "--client", "127.0.0.1")
    return {"Gbit/s": end["sum_received"]["bits_per_second"] / 1e9}


def veth(lab, seconds):
    end = iperf(lab, seconds, "--client", FAR)
    return {"Gbit/s": end["sum_received"]["bits_per_second"] / 1e9}


def flood(lab, seconds):
    end = iperf(lab, seconds, "--client", "127.0.0.1", "--udp", "--bitrate", 0, "--length", 200)
    return {"datagrams/s": end["sum"]["packets"] / end["sum"]["seconds"]}


def microseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]


def web(lab, seconds):
    text = lab.run("wrk", "--latency", "-t", 1, "-c", 16, "-d", seconds, "http://127.0.0.1/")
    return {
        "requests/s": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        "p50 us": microseconds(re.search(r"(?m)^ +50%\s+(\S+)", text)[1]),
        "p99 us": microseconds(re.search(r"(?m)^ +99%\s+(\S+)", text)[1]),
    }


def dnsperf(lab, seconds, *options):
    return lab.run("dnsperf", "-s", "127.0.0.1", "-d", lab.scratch / "queries", "-l", seconds,
                   *options)  # fmt: skip


def dns(lab, seconds):
    text = dnsperf(lab, seconds, "-c", 8, "-q", 100)
    return {"queries/s": float(re.search(r"Queries per second:\s+([\d.]+)", text)[1])}


def dns_latency(lab, seconds):
    text = dnsperf(lab, seconds, "-Q", 5000, "-v")
    latencies = sorted(float(line.split()[-1]) * 1e6 for line in text.splitlines()
                       if line.startswith("> "))  # fmt: skip
    return {
        "p50 us": statistics.median(latencies),
        "p99 us": latencies[len(latencies) * 99 // 100],
    }


def dns_paced(lab, seconds):
    text = dnsperf(lab, seconds, "-c", 8, "-Q", DNS_PACED // 2)
    return {"messages/s": 2 * float(re.search(r"Queries per second:\s+([\d.]+)", text)[1])}


LOADS = {
    "bulk": bulk,
    "veth": veth,
    "web": web,
    "dns": dns,
    "dns-latency": dns_latency,
    "dns-paced": dns_paced,
    "flood": flood,
}


class Watcher:
    """The engine, watching the control group."""

    def __init__(self, lab, options, output):
        self.log = lab.scratch / "engine.log"
        command = [ENGINE, "--cgroup", str(lab.group), "--output", output, *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)
        time.sleep(1.5)  # attaching takes a moment
        self.begin = self.cpu()

    def cpu(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """CPU seconds since the start, the most memory in MiB, and what the account says."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        used = self.cpu() - self.begin
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=120)
        said = self.log.read_text(encoding="utf-8", errors="replace")
        account = re.search(r"records: (\d+) in, (\d+) lost", said)
        if self.process.returncode != 0 or account is None:
            sys.exit(f"the engine ended with {self.process.returncode}:\n{said}")
        return {
            "engine CPU s": used,
            "MiB": int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024,
            "records": int(account[1]),
            "lost": int(account[2]),
        }


def measure(lab, load, options, arguments):
    if options is None:
        return LOADS[load](lab, arguments.seconds)
    watcher = Watcher(lab, options, arguments.output)
    figures = LOADS[load](lab, arguments.seconds)
    return {**figures, **watcher.stop()}


def medians(rounds):
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def print_table(results):
    for load, by_selection in results.items():
        base = next(iter(by_selection["without"].items()))
        print(f"\n{load}")
        for selection, figures in by_selection.items():
            change = (figures[base[0]] / base[1] - 1) * 100
            text = ", ".join(f"{name} {value:,.4g}" if value < 1e4 else f"{name} {value:,.0f}"
                             for name, value in figures.items())  # fmt: skip
            print(f"  {selection:<10} {change:+6.1f} %  {text}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--loads", default=",".join(LOADS))
    parser.add_argument("--selections", default=",".join(SELECTIONS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--output", default="json:/dev/null")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        sys.exit(f"needs root, and these programs: {', '.join(missing) or 'all there'}")
    selections = {name: SELECTIONS[name] for name in arguments.selections.split(",")}
    rounds = {}
    with Lab() as lab:
        for number in range(arguments.rounds):
            for load in arguments.loads.split(","):
                for selection, options in selections.items():
                    figures = measure(lab, load, options, arguments)
                    rounds.setdefault(load, {}).setdefault(selection, []).append(figures)
                    print(f"round {number + 1} {load} {selection}: {figures}", file=sys.stderr)
    results = {
        load: {selection: medians(figures) for selection, figures in by_selection.items()}
        for load, by_selection in rounds.items()
    }
    print_table(results)
    if arguments.json:
        arguments.json.write_text(json.dumps(rounds, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
