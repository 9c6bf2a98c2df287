# SPDX-License-Identifier: Apache-2.0

"""A storm of processes and sockets whose users are known: forked, pre-forked and threaded servers,
descriptors passed to other processes, processes that send one packet and end. On the loopback.

Usage: storm_workload.py FACTS. Writes one JSON line for each end of a conversation: the protocol,
the local port, the port at the other end (0: any), the process that used the socket with its name,
the process that listened if there is one, another process that holds the connection and may be the
last to close it, and the sending thread where that matters. storm_live_test.py compares the
engine's events with these lines.

Every process uses a socket before it receives on it. So the socket's user does not depend on which
process happens to be waiting.
"""

import array
import ctypes
import json
import os
import socket
import struct
import sys
import threading

SHORT_LIVED, EXECUTED, PASSED = 700, 150, 300
THREADS, SOCKETS_PER_THREAD = 12, 50
WORKERS, CLIENTS, CONNECTIONS_PER_CLIENT = 4, 6, 100
FORKED_CONNECTIONS = 150
PATIENCE_SECONDS = 60
ADDRESS = "127.0.0.1"
PR_SET_PDEATHSIG, SIGKILL = 1, 9
AT_ONCE = 32  # children running at a time


class Facts:
    """Appends lines from any process; each stays whole, as one write to a file in append mode."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, kind, local, remote=0, **more):
        fact = {"kind": kind, "local": local, "remote": remote, "pid": os.getpid(),
                "name": own_name(), **more}  # fmt: skip
        os.write(self.fd, json.dumps(fact).encode() + b"\n")


def own_name():
    with open("/proc/self/comm", encoding="ascii") as comm:
        return comm.read().strip()


def call_me(name):
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write(name)


def fork(name, work, *arguments):
    """Runs `work` in a child called `name` that dies with its parent; returns its pid."""
    pid = os.fork()
    if pid != 0:
        return pid
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
        call_me(name)
        work(*arguments)
        status = 0
    finally:
        os._exit(status)


def reap(pids):
    for pid in pids:
        _, status = os.waitpid(pid, 0)
        if status != 0:
            sys.exit(f"a child ended with status {status}")


def in_turns(count, start):
    """start(i) makes a child; at most AT_ONCE of them run at a time."""
    running = []
    for i in range(count):
        if len(running) == AT_ONCE:
            reap(running[:1])
            running = running[1:]
        running.append(start(i))
    reap(running)


def datagram_socket():
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.settimeout(PATIENCE_SECONDS)
    opened.bind((ADDRESS, 0))
    return opened


def port_of(opened):
    return opened.getsockname()[1]


# --- the other end of all datagrams ---------------------------------------------------------------


def echo(facts, expected, ready):
    """Answers `expected` datagrams on a new socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        opened.settimeout(PATIENCE_SECONDS)
        opened.bind((ADDRESS, 0))
        port = port_of(opened)
        facts.note("udp", port)
        os.write(ready, struct.pack("=H", port))
        for _ in range(expected):
            payload, sender = opened.recvfrom(64)
            if payload != b"no answer":
                opened.sendto(payload, sender)


def start_echo(facts, expected):
    ends = os.pipe()
    pid = fork("storm-echo", echo, facts, expected, ends[1])
    os.close(ends[1])
    port = struct.unpack("=H", os.read(ends[0], 2))[0]
    os.close(ends[0])
    return pid, (ADDRESS, port)


# --- datagrams ------------------------------------------------------------------------------------


def send_one_and_end(facts, server):
    with datagram_socket() as opened:
        facts.note("udp", port_of(opened))
        opened.sendto(b"no answer", server)


def execute(_facts, script, server):
    os.execv(sys.executable, [sys.executable, "-S", "-E", "-c", script, str(server[1])])


# Another program, so that name and program change after the fork. It writes its facts to the
# descriptor.
EXECUTED_SCRIPT = """
import json, os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
with open("/proc/self/comm") as comm: name = comm.read().strip()
fact = {"kind": "udp", "local": s.getsockname()[1], "remote": 0, "pid": os.getpid(), "name": name}
os.write(FD, json.dumps(fact).encode() + b"\\n")
s.sendto(b"no answer", ("127.0.0.1", int(sys.argv[1])))
"""


def short_lived(facts):
    pid, server = start_echo(facts, SHORT_LIVED)
    in_turns(SHORT_LIVED, lambda i: fork(f"storm-short-{i % 10}", send_one_and_end, facts, server))
    reap([pid])


def executed(facts):
    pid, server = start_echo(facts, EXECUTED)
    os.set_inheritable(facts.fd, True)
    script = EXECUTED_SCRIPT.replace("FD", str(facts.fd))
    in_turns(EXECUTED, lambda _: fork("storm-exec", execute, facts, script, server))
    reap([pid])


def threaded(facts):
    """Every thread sends on sockets that the first thread made."""
    pid, server = start_echo(facts, THREADS * SOCKETS_PER_THREAD)

    def ask(sockets):
        for opened in sockets:
            facts.note("udp", port_of(opened), thread=threading.get_native_id())
            opened.sendto(b"question", server)
            opened.recvfrom(64)

    def run():
        sockets = [datagram_socket() for _ in range(THREADS * SOCKETS_PER_THREAD)]
        threads = [
            threading.Thread(target=ask, args=(sockets[i::THREADS],)) for i in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    reap([fork("storm-threads", run), pid])


def passed(facts):
    """One process makes sockets and hands them to another, which uses them."""
    pid, server = start_echo(facts, PASSED)
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def give():
        for _ in range(PASSED):
            with datagram_socket() as opened:
                rights = array.array("i", [opened.fileno()])
                left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    def use():
        for _ in range(PASSED):
            _, ancillary, _, _ = right.recvmsg(1, socket.CMSG_SPACE(4))
            with socket.socket(fileno=struct.unpack("=i", ancillary[0][2])[0]) as opened:
                opened.settimeout(PATIENCE_SECONDS)
                facts.note("udp", port_of(opened))
                opened.sendto(b"question", server)
                opened.recvfrom(64)

    reap([fork("storm-giver", give), fork("storm-user", use), pid])


# --- connections ----------------------------------------------------------------------------------


def converse(facts, connection, listener, **more):
    """The server's part: it speaks first."""
    with connection:
        connection.settimeout(PATIENCE_SECONDS)
        remote = connection.getpeername()[1]
        facts.note("tcp", port_of(connection), remote, listener=listener, **more)
        connection.sendall(b"welcome")
        connection.recv(64)
        connection.sendall(b"goodbye")
        connection.recv(64)  # the client closes first


def connect(facts, port, count):
    for _ in range(count):
        with socket.create_connection((ADDRESS, port), PATIENCE_SECONDS) as opened:
            facts.note("tcp", port_of(opened), port)
            opened.recv(64)
            opened.sendall(b"request")
            opened.recv(64)


def listen():
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.bind((ADDRESS, 0))
    opened.listen(512)
    return opened


def preforked(facts):
    """Workers that accept from one listening socket, made by their parent."""
    opened = listen()
    total = CLIENTS * CONNECTIONS_PER_CLIENT
    tickets = os.pipe()
    os.write(tickets[1], b"t" * total)
    os.close(tickets[1])

    def work():
        while os.read(tickets[0], 1):
            connection, _ = opened.accept()
            converse(facts, connection, parent)

    parent = os.getpid()
    workers = [fork(f"storm-worker-{i}", work) for i in range(WORKERS)]
    clients = [
        fork(f"storm-client-{i}", connect, facts, port_of(opened), CONNECTIONS_PER_CLIENT)
        for i in range(CLIENTS)
    ]
    reap(clients + workers)
    opened.close()


def fork_per_connection(facts):
    """A process for each connection, which its parent has accepted."""
    opened = listen()
    client = fork("storm-asker", connect, facts, port_of(opened), FORKED_CONNECTIONS)
    parent = os.getpid()

    def converse_beside_parent(connection):
        converse(facts, connection, parent, holder=parent)

    def serve(_):
        connection, _ = opened.accept()
        pid = fork("storm-child", converse_beside_parent, connection)
        connection.close()  # perhaps after the child has ended
        return pid

    in_turns(FORKED_CONNECTIONS, serve)
    reap([client])
    opened.close()


def main():
    call_me("storm-parent")
    facts = Facts(sys.argv[1])
    for part in (short_lived, executed, threaded, passed, preforked, fork_per_connection):
        part(facts)


if __name__ == "__main__":
    main()
