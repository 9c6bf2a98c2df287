# SPDX-License-Identifier: Apache-2.0

"""Web and DNS traffic whose owners are known: real servers and real clients on the loopback.

Usage: web_workload.py SCRATCH. Runs in a network namespace with a DNS server (in_dns_lab.sh).
Starts nginx, Python's http.server and nghttpd, asks them with curl and with a client that sends
byte by byte, asks the DNS server with dig and nslookup, stops the servers, and writes to
SCRATCH/facts.json each request with its client and server process. web_live_test.py compares the
engine's events with that. All its processes end with it.
"""

import ctypes
import json
import pathlib
import socket
import subprocess
import sys
import time

PR_SET_PDEATHSIG, SIGKILL = 1, 9
PATIENCE_SECONDS = 60
NGINX_PORT, PYTHON_PORT, HTTP2_PORT, CLOSED_PORT = 18080, 18081, 18082, 18083
IPV4, IPV6 = "127.0.0.1", "::1"
BODY = "a body of some length, to be sent in chunks when it is compressed\n" * 20
DRIP_HOST = "drip.example"

NGINX_CONFIGURATION = """
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
        types {{ text/plain txt; }}
        default_type text/plain;
        server {{
            listen 127.0.0.1:{port};
            listen [::1]:{port};
            root {scratch}/files;
            location /nginx/chunked {{ gzip on; gzip_types text/plain; gzip_min_length 1; }}
            location /nginx/post {{ return 201 "made\\n"; }}
        }}
    }}
"""
FILES = (
    "nginx/ipv4", "nginx/ipv6", "nginx/head", "nginx/chunked", "nginx/first", "nginx/second",
    "nginx/drip", "python/ipv4", "http2/ipv4",
)  # fmt: skip


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)


def start(*command, **options):
    return subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent, **options,
    )  # fmt: skip


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} after {PATIENCE_SECONDS} seconds")
        time.sleep(0.02)


def listening_ports():
    """The TCP ports with a listener, without a connection to any of them."""
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports


def children_of(pid):
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


class Servers:
    """The servers. `pids` has the processes that answer for each, by its name."""

    def __init__(self, scratch):
        for name in FILES:
            (scratch / "files" / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / "files" / name).write_text(BODY, encoding="ascii")
        configuration = scratch / "nginx.conf"
        configuration.write_text(
            NGINX_CONFIGURATION.format(scratch=scratch, port=NGINX_PORT), encoding="ascii"
        )
        files = scratch / "files"
        self.nginx = start("nginx", "-e", scratch / "nginx.log", "-c", configuration)
        self.python = start(
            sys.executable, "-m", "http.server", PYTHON_PORT, "--bind", IPV4, "--directory", files,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.nghttpd = start("nghttpd", "--no-tls", "-a", IPV4, "-d", files, HTTP2_PORT)
        wanted = {NGINX_PORT, PYTHON_PORT, HTTP2_PORT}
        wait_until(lambda: wanted <= listening_ports(), "the servers do not listen")
        wait_until(lambda: children_of(self.nginx.pid), "nginx has no worker")
        self.pids = {
            "nginx": children_of(self.nginx.pid)[0],
            "python": self.python.pid,
            "nghttpd": self.nghttpd.pid,
        }

    def stop(self):
        for server in (self.nginx, self.python, self.nghttpd):
            server.terminate()
            server.wait(PATIENCE_SECONDS)


class Client:
    """Sends requests, and writes down each of them."""

    def __init__(self, servers):
        self.servers = servers
        self.facts = {"exchanges": [], "connections": [], "refused": {}, "questions": []}

    def wrote(self, pid, server, address, port, asked):
        """Writes down one connection with its exchanges, each (method, path, status)."""
        parties = {"client": pid, "server": self.servers.pids[server], "program": server}
        self.facts["connections"].append({**parties, "dst": address, "dst_port": port})
        for method, path, status in asked:
            exchange = {"method": method, "path": path, "status": status}
            self.facts["exchanges"].append({**parties, **exchange})

    def curl(self, server, address, port, *asked, options=()):
        """Requests all paths of `asked` in one run of curl."""
        host = f"[{address}]" if ":" in address else address
        urls = [f"http://{host}:{port}{path}" for _, path, _ in asked]
        outputs = [part for _ in urls for part in ("-o", "/dev/null")]
        process = start("curl", "-sS", "--max-time", PATIENCE_SECONDS, *options, *outputs, *urls)
        if process.wait(PATIENCE_SECONDS) != 0:
            raise RuntimeError(f"curl failed: {urls}")
        self.wrote(process.pid, server, address, port, asked)

    def curl_nobody(self):
        process = start(
            "curl", "-s", f"http://{IPV4}:{CLOSED_PORT}/refused", "--max-time", PATIENCE_SECONDS
        )
        process.wait(PATIENCE_SECONDS)
        self.facts["refused"] = {"client": process.pid, "dst": IPV4, "dst_port": CLOSED_PORT}

    def drip(self):
        process = start(sys.executable, __file__, "--drip")
        if process.wait(PATIENCE_SECONDS) != 0:
            raise RuntimeError("the client that sends byte by byte failed")
        self.wrote(process.pid, "nginx", IPV4, NGINX_PORT, [("GET", "/nginx/drip", 200)])

    def look_up(self, program, protocol, kind, *command):
        process = start(program, *command)
        if process.wait(PATIENCE_SECONDS) != 0:
            raise RuntimeError(f"{program} failed")
        question = {"client": process.pid, "program": program, "protocol": protocol, "type": kind}
        self.facts["questions"].append(question)

    def ask_everything(self):
        get = [(family, ("GET", f"/nginx/{family}", 200)) for family in ("ipv4", "ipv6")]
        for address, (_, asked) in zip((IPV4, IPV6), get, strict=True):
            self.curl("nginx", address, NGINX_PORT, asked)
        nginx = ("nginx", IPV4, NGINX_PORT)
        self.curl(*nginx, ("POST", "/nginx/post", 201), options=("--data", "some=thing"))
        self.curl(*nginx, ("HEAD", "/nginx/head", 200), options=("--head",))
        self.curl(*nginx, ("GET", "/nginx/chunked", 200), options=("--compressed",))
        self.curl(*nginx, ("GET", "/nginx/first", 200), ("GET", "/nginx/second", 200))
        self.curl(*nginx, ("GET", "/nginx/absent", 404))
        self.drip()
        self.curl("python", IPV4, PYTHON_PORT, ("GET", "/python/ipv4", 200))
        http2 = ("nghttpd", IPV4, HTTP2_PORT)
        self.curl(*http2, ("GET", "/http2/ipv4", 200), options=("--http2-prior-knowledge",))
        self.curl_nobody()
        dig = (f"@{IPV4}", "+tries=1", "uol.com.br")
        self.look_up("dig", 17, "MX", *dig, "MX")
        self.look_up("dig", 6, "NS", *dig, "NS", "+tcp")
        self.look_up("nslookup", 6, "SOA", "-vc", "-type=soa", "uol.com.br", IPV4)


def drip():
    """Sends a request byte by byte, each in its own packet, and reads the answer."""
    request = f"GET /nginx/drip HTTP/1.1\r\nHost: {DRIP_HOST}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((IPV4, NGINX_PORT), PATIENCE_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request.encode():
            connection.send(bytes([byte]))
            time.sleep(0.001)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    sys.exit(0 if answer.startswith(b"HTTP/1.1 200") else 1)


def open_connections(ports):
    """The lines of /proc/net/tcp and tcp6 about connections of these ports that have not ended."""
    ended = {"06", "07", "0A"}  # TIME_WAIT, CLOSE, LISTEN: include/net/tcp_states.h
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            words = line.split()
            if words[3] not in ended and {int(end.split(":")[1], 16) for end in words[1:3]} & ports:
                yield line


def wait_until_closed(*ports):
    """Waits for both FINs: on a busy machine a server's may come long after its answer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(open_connections(set(ports))):
        if time.monotonic() > deadline:
            raise RuntimeError("connections are still open: " + "; ".join(open_connections(set(ports))))
        time.sleep(0.01)


def main(scratch):
    servers = Servers(scratch)
    client = Client(servers)
    client.ask_everything()
    wait_until_closed(NGINX_PORT, PYTHON_PORT, HTTP2_PORT)
    servers.stop()
    (scratch / "facts.json").write_text(json.dumps(client.facts), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "--drip":
        drip()
    main(pathlib.Path(sys.argv[1]))
