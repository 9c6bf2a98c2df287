# SPDX-License-Identifier: Apache-2.0

"""Traffic for record_live_test.py, all on the loopback of a network namespace: DNS questions of one
process and of many short ones, answered by a forked server, and HTTP to another forked one."""

import http.client
import http.server
import os
import socket
import struct
import sys

LOOPBACK = "127.0.0.1"
DNS_PORT, WEB_PORT = 53, 8099
OWN_QUESTIONS, SHORT_PROCESSES, WEB_REQUESTS = 10, 20, 5
PATIENCE_SECONDS = 60
NAME = b"\x03www\x06google\x03com\x00"


def question(number):
    header = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
    return header + NAME + struct.pack(">HH", 1, 1)


def answer(asked):
    header = asked[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 5, 4) + bytes([127, 0, 0, 1])
    return header + asked[12:] + record


def in_child(work):
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return child


def serve_dns(server):
    for _ in range(OWN_QUESTIONS + SHORT_PROCESSES):
        asked, client = server.recvfrom(512)
        server.sendto(answer(asked), client)


def ask(number):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE_SECONDS)
        client.sendto(question(number), (LOOPBACK, DNS_PORT))
        client.recv(512)


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802: the library's name
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"abc")

    def log_message(self, *_):
        pass


def serve_web(server):
    for _ in range(WEB_REQUESTS):
        server.handle_request()


def fetch(number):
    connection = http.client.HTTPConnection(LOOPBACK, WEB_PORT, timeout=PATIENCE_SECONDS)
    connection.request("GET", f"/page/{number}")
    connection.getresponse().read()
    connection.close()


def main():
    dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    dns.bind((LOOPBACK, DNS_PORT))
    dns.settimeout(PATIENCE_SECONDS)
    web = http.server.HTTPServer((LOOPBACK, WEB_PORT), Pages)
    web.timeout = PATIENCE_SECONDS
    children = [in_child(lambda: serve_dns(dns)), in_child(lambda: serve_web(web))]
    for number in range(OWN_QUESTIONS):
        ask(number)
    for number in range(SHORT_PROCESSES):
        os.waitpid(in_child(lambda number=number: ask(1000 + number)), 0)
    for number in range(WEB_REQUESTS):
        fetch(number)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    sys.exit(any(statuses))


if __name__ == "__main__":
    main()
