# SPDX-License-Identifier: Apache-2.0

"""Two network namespaces with a wire between them, and servers at the near end.

Both are separate from the host's namespace. The wire has the addresses of the end-to-end checks:
NEAR4 and NEAR6 for the servers, FAR4 and FAR6 for the clients; the near end also has GOOGLE_DNS.
The namespaces have no names: they belong to two processes and disappear with them. All processes
get a SIGKILL when the test ends. Needs root.

    with net_lab.NetLab(scratch) as lab:
        lab.start_dns(); lab.start_web()
        engine.run(engine.BIN, …, "--", *lab.at_far_end("ping", "-c", 3, net_lab.NEAR4))
"""

import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import time

NEAR4, FAR4 = "172.16.17.1", "172.16.17.2"
NEAR6, FAR6 = "fd6e:a63d:71f:2f4::1", "fd6e:a63d:71f:2f4::2"
GOOGLE_DNS = "8.8.8.8"
NC_PORT, WEB_PORT = 8090, 80
TOOLS = ("unshare", "nsenter", "ip", "ping", "nc", "knotd", "nslookup", "nginx", "curl")

PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 60

ZONE = """
$ORIGIN google.com.
$TTL 300
@    IN SOA ns1 dns-admin 2026010101 900 900 1800 60
@    IN NS  ns1
@    IN NS  ns2
@    IN MX  10 smtp
@    IN A   {near4}
www  IN A   {near4}
ns1  IN A   {google_dns}
ns2  IN A   {near4}
smtp IN A   {near4}
"""
DNS_CONFIGURATION = """
server:
    rundir: "{scratch}"
    listen: [ {google_dns}@53, {near4}@53 ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{scratch}"
log:
  - target: stderr
    any: info
template:
  - id: default
    storage: "{scratch}"
    journal-content: none
    zonefile-load: whole
zone:
  - domain: google.com
    file: google.com.zone
"""
# Redirects every request.
WEB_CONFIGURATION = """
    user root root;
    daemon off;
    worker_processes 1;
    pid {scratch}/nginx.pid;
    error_log {scratch}/nginx.log;
    events {{ }}
    http {{
        access_log off;
        client_body_temp_path {scratch}/body;
        proxy_temp_path {scratch}/proxy;
        fastcgi_temp_path {scratch}/fastcgi;
        uwsgi_temp_path {scratch}/uwsgi;
        scgi_temp_path {scratch}/scgi;
        server {{
            listen {near4}:{port};
            location / {{ return 301 http://www.google.com$request_uri; }}
        }}
    }}
"""


def missing_tools():
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} after {PATIENCE_SECONDS} seconds")
        time.sleep(0.02)


class NetLab:
    def __init__(self, scratch):
        self.scratch = pathlib.Path(scratch)
        self.processes = []
        self.near = self.far = None

    def __enter__(self):
        try:
            self.near = self.make_namespace()
            self.far = self.make_namespace()
            self.lay_wire()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def start(self, *command, **options):
        log = (self.scratch / "lab.log").open("ab")
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=die_with_parent, **options,
        )  # fmt: skip
        log.close()
        self.processes.append(process)
        return process

    def make_namespace(self):
        """An idle process in a new network namespace."""
        process = self.start("unshare", "--net", "sleep", "infinity")
        own = os.readlink("/proc/self/ns/net")
        link = pathlib.Path(f"/proc/{process.pid}/ns/net")
        wait_until(lambda: os.readlink(link) != own, "no namespace")
        return process.pid

    def within(self, pid, *command):
        """The command line that runs a command in the namespace of a process."""
        return ("nsenter", f"--net=/proc/{pid}/ns/net", *(str(part) for part in command))

    def at_far_end(self, *command):
        return self.within(self.far, *command)

    def start_at_near_end(self, *command):
        return self.start(*self.within(self.near, *command))

    def at_far_end_with_dns(self, *command):
        """As at_far_end, but names are looked up at GOOGLE_DNS, by a private resolv.conf."""
        configuration = self.scratch / "resolv.conf"
        configuration.write_text(f"nameserver {GOOGLE_DNS}\n", encoding="ascii")
        script = f'mount --bind {configuration} /etc/resolv.conf && exec "$@"'
        return self.at_far_end("unshare", "--mount", "sh", "-c", script, "sh", *command)

    def configure(self, pid, *arguments):
        subprocess.run(self.within(pid, "ip", *arguments), check=True)

    def lay_wire(self):
        self.configure(
            self.near, "link", "add", "wire-near", "type", "veth",
            "peer", "name", "wire-far", "netns", self.far,
        )  # fmt: skip
        ends = (self.near, "wire-near", NEAR4, NEAR6), (self.far, "wire-far", FAR4, FAR6)
        for pid, device, ipv4, ipv6 in ends:
            self.configure(pid, "address", "add", f"{ipv4}/24", "dev", device)
            # Without duplicate address detection, which would wait for another owner.
            self.configure(pid, "-6", "address", "add", f"{ipv6}/64", "dev", device, "nodad")
            self.configure(pid, "link", "set", "lo", "up")
            self.configure(pid, "link", "set", device, "up")
        self.configure(self.near, "address", "add", f"{GOOGLE_DNS}/32", "dev", "lo")
        self.configure(self.far, "route", "add", "default", "via", NEAR4)

    def write(self, name, text, **values):
        path = self.scratch / name
        path.write_text(
            text.format(scratch=self.scratch, near4=NEAR4, google_dns=GOOGLE_DNS, **values),
            encoding="ascii",
        )
        return path

    def start_dns(self):
        """A server at GOOGLE_DNS and at NEAR4 that answers for google.com."""
        self.write("google.com.zone", ZONE)
        server = self.start_at_near_end("knotd", "-c", self.write("knot.conf", DNS_CONFIGURATION))
        question = ("nslookup", "-timeout=1", "-retry=0", "-type=soa", "google.com")
        for address in (GOOGLE_DNS, NEAR4):
            asked = self.at_far_end(*question, address)
            wait_until(lambda asked=asked: succeeds(asked), "the DNS server does not answer")
        return server

    def start_web(self):
        """A web server at NEAR4 that redirects every request to www.google.com."""
        configuration = self.write("nginx.conf", WEB_CONFIGURATION, port=WEB_PORT)
        server = self.start_at_near_end(
            "nginx", "-e", self.scratch / "nginx.log", "-c", configuration
        )
        self.wait_for_listener("tcp", WEB_PORT, "0A")
        return server

    def start_nc(self):
        """Servers on NC_PORT, TCP and UDP."""
        self.start_at_near_end("nc", "-k", "-l", NEAR4, NC_PORT)
        self.start_at_near_end("nc", "-u", "-k", "-l", NEAR4, NC_PORT)
        self.wait_for_listener("tcp", NC_PORT, "0A")
        self.wait_for_listener("udp", NC_PORT, "07")

    def wait_for_listener(self, table, port, state):
        def listens():
            lines = pathlib.Path(f"/proc/{self.near}/net/{table}").read_text(encoding="ascii")
            fields = [line.split() for line in lines.splitlines()[1:]]
            return any(
                each[3] == state and int(each[1].rpartition(":")[2], 16) == port
                for each in fields
            )

        wait_until(listens, f"nobody listens on {table} port {port}")


def succeeds(command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
