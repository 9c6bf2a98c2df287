# SPDX-License-Identifier: Apache-2.0

"""Traffic whose owners are known: a parent opens sockets, its forked child serves them, another
process asks. Over UDP and TCP, IPv4 and IPv6, on the loopback.

Usage: attribution_workload.py FACTS. Writes to FACTS, as JSON, the pid and name of each process
and the ports: what attribution_live_test.py compares the engine's events with.
"""

import ctypes
import json
import os
import socket
import sys

PARENT, SERVER, CLIENT = "wh-parent", "wh-server", "wh-client"
ROUNDS = 5
PATIENCE_SECONDS = 60
QUESTION, ANSWER = b"question", b"the answer"
PR_SET_PDEATHSIG, SIGKILL = 1, 9

FAMILIES = {"ipv4": (socket.AF_INET, "127.0.0.1"), "ipv6": (socket.AF_INET6, "::1")}
KINDS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}


def call_me(name):
    """Sets the name that the kernel has for this process (comm)."""
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write(name)


def open_sockets():
    """The server's sockets by (kind, family), bound to free ports of the loopback."""
    sockets = {}
    for kind, socket_type in KINDS.items():
        for family, (address_family, address) in FAMILIES.items():
            opened = socket.socket(address_family, socket_type)
            opened.settimeout(PATIENCE_SECONDS)
            opened.bind((address, 0))
            if kind == "tcp":
                opened.listen()
            sockets[kind, family] = opened
    return sockets


def fork(name, work):
    """Runs `work` in a child called `name` that dies with its parent; returns its pid."""
    pid = os.fork()
    if pid != 0:
        return pid
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
        call_me(name)
        work()
        status = 0
    finally:
        os._exit(status)


def serve(sockets):
    """Answers the questions of ask(), in the same order."""
    for (kind, _), opened in sockets.items():
        if kind == "udp":
            for _ in range(ROUNDS):
                _, sender = opened.recvfrom(100)
                opened.sendto(ANSWER, sender)
        else:
            connection, _ = opened.accept()
            with connection:
                for _ in range(ROUNDS):
                    connection.recv(100)
                    connection.sendall(ANSWER)


def ask(ports):
    for (kind, family), port in ports.items():
        address_family, address = FAMILIES[family]
        with socket.socket(address_family, KINDS[kind]) as opened:
            opened.settimeout(PATIENCE_SECONDS)
            opened.connect((address, port))
            for _ in range(ROUNDS):
                opened.send(QUESTION)
                if opened.recv(100) != ANSWER:
                    raise RuntimeError(f"{kind} over {family}: not the answer")


def main():
    call_me(PARENT)
    sockets = open_sockets()
    ports = {key: opened.getsockname()[1] for key, opened in sockets.items()}
    server = fork(SERVER, lambda: serve(sockets))
    for opened in sockets.values():
        opened.close()
    client = fork(CLIENT, lambda: ask(ports))
    statuses = {pid: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in (client, server)}

    facts = {
        "parent": {"pid": os.getpid(), "name": PARENT},
        "server": {"pid": server, "name": SERVER},
        "client": {"pid": client, "name": CLIENT},
        "ports": {f"{kind} {family}": port for (kind, family), port in ports.items()},
    }
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(facts, out)
    sys.exit(1 if any(statuses.values()) else 0)


if __name__ == "__main__":
    main()
