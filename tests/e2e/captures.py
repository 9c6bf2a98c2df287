# SPDX-License-Identifier: Apache-2.0

"""Capture files for tests, made byte by byte, so that a test can damage any part of them."""

import socket
import struct

PCAP_MAGIC = 0xA1B2C3D4
LINK_ETHERNET = 1
SNAP_LENGTH = 262144
FIRST_PACKET_SECONDS = 1_700_000_000

SERVER, CLIENT = ("192.0.2.53", 53), ("192.0.2.10", 40000)
DOMAIN = "uol.com.br"
CLASS_IN, TTL = 1, 300
TCP_SYN, TCP_RST, TCP_ACK = 0x02, 0x04, 0x10
TYPE_A, TYPE_NS, TYPE_SOA, TYPE_MX, TYPE_TXT = 1, 2, 6, 15, 16


def dns_name(text):
    labels = [bytes([len(label)]) + label.encode() for label in text.split(".")]
    return b"".join(labels) + b"\0"


def dns_response(record_type, data):
    """A response to a question for DOMAIN with one answer."""
    flags = 0x8580  # response, authoritative, recursion desired and available, no error
    header = struct.pack("!6H", 0x1234, flags, 1, 1, 0, 0)
    question = dns_name(DOMAIN) + struct.pack("!2H", record_type, CLASS_IN)
    name_of_question = b"\xc0\x0c"
    answer = struct.pack("!2HIH", record_type, CLASS_IN, TTL, len(data)) + data
    return header + question + name_of_question + answer


def dns_query(name, record_type):
    header = struct.pack("!6H", 0x1234, 0x0100, 1, 0, 0, 0)
    return header + dns_name(name) + struct.pack("!2H", record_type, CLASS_IN)


def uol_responses():
    """The four responses that make the DNS detector fire."""
    text = b"v=spf1 include:spf.uol.com.br ~all"
    timers = struct.pack("!5I", 2026010101, 7200, 3600, 432000, 900)
    eliot = dns_name("eliot.uol.com.br")
    return [
        dns_response(TYPE_MX, struct.pack("!H", 10) + dns_name("mx.uol.com.br")),
        dns_response(TYPE_NS, eliot),
        dns_response(TYPE_SOA, eliot + dns_name("root.uol.com.br") + timers),
        dns_response(TYPE_TXT, bytes([len(text)]) + text),
    ]


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ipv4_packet(protocol, payload, source, destination):
    """An Ethernet frame with `payload` over IPv4, between two addresses."""
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    fields = (0x45, 0, 20 + len(payload), 1, 0, 64, protocol)
    without_sum = struct.pack("!2B3H2BH", *fields, 0) + addresses
    ip = struct.pack("!2B3H2BH", *fields, checksum(without_sum)) + addresses
    ethernet = bytes.fromhex("020000000002 020000000001 0800")
    return ethernet + ip + payload


def udp_packet(payload, source, destination):
    """A frame with `payload` over UDP, between two (address, port)."""
    udp = struct.pack("!4H", source[1], destination[1], 8 + len(payload), 0) + payload
    return ipv4_packet(socket.IPPROTO_UDP, udp, source[0], destination[0])


def tcp_packet(flags, source, destination, sequence=0, acknowledged=0):
    """A frame with a TCP header and no data, between two (address, port)."""
    numbers = (source[1], destination[1], sequence, acknowledged, 5 << 4, flags, 65535, 0, 0)
    tcp = struct.pack("!2H2I2B3H", *numbers)
    return ipv4_packet(socket.IPPROTO_TCP, tcp, source[0], destination[0])


def refused_connection(port):
    """A SYN from CLIENT to this port of SERVER, and the RST that answers it."""
    server = (SERVER[0], port)
    return [
        tcp_packet(TCP_SYN, CLIENT, server, sequence=1000),
        tcp_packet(TCP_RST | TCP_ACK, server, CLIENT, acknowledged=1001),
    ]


def uol_packets():
    return [udp_packet(response, SERVER, CLIENT) for response in uol_responses()]


def query_packet(name, record_type=TYPE_A):
    return udp_packet(dns_query(name, record_type), CLIENT, SERVER)


def pcap_header():
    return struct.pack("<I2H4I", PCAP_MAGIC, 2, 4, 0, 0, SNAP_LENGTH, LINK_ETHERNET)


def pcap_record(index, packet, captured_length=None):
    length = len(packet) if captured_length is None else captured_length
    seconds = FIRST_PACKET_SECONDS + index
    return struct.pack("<4I", seconds, 0, length, length) + packet


def pcap(packets):
    records = [pcap_record(index, packet) for index, packet in enumerate(packets)]
    return pcap_header() + b"".join(records)


def pcapng_block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def pcapng(packets):
    section = pcapng_block(0x0A0D0D0A, struct.pack("<I2Hq", 0x1A2B3C4D, 1, 0, -1))
    interface = pcapng_block(1, struct.pack("<2HI", LINK_ETHERNET, 0, SNAP_LENGTH))
    blocks = []
    for index, packet in enumerate(packets):
        microseconds = (FIRST_PACKET_SECONDS + index) * 1_000_000
        time = struct.pack("<2I", microseconds >> 32, microseconds & 0xFFFFFFFF)
        lengths = struct.pack("<2I", len(packet), len(packet))
        blocks.append(pcapng_block(6, struct.pack("<I", 0) + time + lengths + packet))
    return section + interface + b"".join(blocks)
