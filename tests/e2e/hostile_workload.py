# SPDX-License-Identifier: Apache-2.0

"""Hostile traffic, one kind at a time, on the loopback: hostile_workload.py KIND [COUNT].

At its end it prints, as JSON, the memory the engine has used at most (it is the parent of this
process) and what was sent.
"""

import json
import os
import pathlib
import re
import socket
import struct
import sys
import threading

ADDRESS = "127.0.0.1"
PATIENCE_SECONDS = 60
RESET_ON_CLOSE = struct.pack("=ii", 1, 0)


def receiver(kind=socket.SOCK_DGRAM):
    opened = socket.socket(socket.AF_INET, kind)
    opened.settimeout(PATIENCE_SECONDS)
    opened.bind((ADDRESS, 0))
    if kind == socket.SOCK_STREAM:
        opened.listen(1024)
    return opened


def in_thread(work, *arguments):
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    return thread


def flood(count):
    """Sends datagrams as fast as one process can, faster than the receiver reads them."""
    with receiver() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(server.getsockname())
        for _ in range(count):
            sender.send(b"x" * 100)
    return count


def connections(count):
    """Opens connections and closes them without data."""
    with receiver(socket.SOCK_STREAM) as server:

        def accept():
            for _ in range(count):
                server.accept()[0].close()

        thread = in_thread(accept)
        for _ in range(count):
            # Reset, so that no port has to wait before it is used again.
            opened = socket.create_connection(server.getsockname(), PATIENCE_SECONDS)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            opened.close()
        thread.join()
    return count


def sizes(count):
    """Datagrams of unusual sizes, the empty and the largest among them, and a stream of packets
    as large as the stack makes them."""
    lengths = [0, 1, 2, 27, 1471, 1472, 1473, 65506, 65507]
    with receiver() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(count):
            for length in lengths:
                sender.sendto(b"\xff" * length, server.getsockname())
                server.recv(65536)
    with receiver(socket.SOCK_STREAM) as server:
        total = count << 18

        def read():
            taken, left = server.accept()[0], total
            while left > 0:
                left -= len(taken.recv(1 << 20))
            taken.close()

        thread = in_thread(read)
        with socket.create_connection(server.getsockname()) as sender:
            for _ in range(count):
                sender.sendall(b"y" * (1 << 18))
            thread.join()
    return count * len(lengths)


def torn(count):
    """Messages that end in their middle: HTTP heads, bodies and chunks, DNS over TCP."""
    pieces = [
        b"GET /cut HTTP/1.1\r\nHost: a.exa",
        b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nxyz",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x40",
        b"\xff\xff\x12\x34\x01\x00\x00\x01",
        b"\x00",
    ]
    with receiver(socket.SOCK_STREAM) as server:
        for i in range(count):
            sender = socket.create_connection(server.getsockname(), PATIENCE_SECONDS)
            taken, _ = server.accept()
            sender.sendall(pieces[i % len(pieces)])
            taken.recv(100)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            sender.close()
            taken.close()
    return count


KINDS = {work.__name__: work for work in (flood, connections, sizes, torn)}


def main():
    count = int(sys.argv[2])
    sent = KINDS[sys.argv[1]](count)
    status = pathlib.Path(f"/proc/{os.getppid()}/status").read_text(encoding="ascii")
    most = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
    print(json.dumps({"sent": sent, "engine_kib": most}), flush=True)


if __name__ == "__main__":
    main()
