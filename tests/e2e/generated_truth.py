# SPDX-License-Identifier: Apache-2.0

"""The contents of a generated capture, counted again from the engine's events.

The generator writes beside each capture what it put in, as figures with names. The classes here
compute figures of the same names and meanings from the events alone, never from the generator's
figures. They distinguish protocols by the generator's ports: TLS is on port 443, SSH on 22, NTP on
123, and so on.
"""

import collections
import re

EVENTS = [
    "net_packet_ipv4", "net_packet_ipv6", "net_packet_tcp", "net_packet_udp", "net_packet_icmp",
    "net_packet_icmpv6", "net_packet_dns", "net_packet_dns_request", "net_packet_dns_response",
    "net_packet_http", "net_packet_http_request", "net_packet_http_response",
    "net_flow_tcp_begin", "net_flow_tcp_end", "net_anomaly",
]  # fmt: skip

NOT_OBSERVABLE = {
    "arp": "ARP has no event",
    "pkt_arp": "ARP has no event",
    "packets": "holds ARP; the test compares it with the records of the closing summary",
    "flows_started": "the generator's own counter: a start may make no packet or several flows",
}

RESPONSE_CODES = {"no error": 0, "server failure": 2, "non-existent domain": 3, "query refused": 5}
TUNNEL_NAME = re.compile(r"[0-9a-f]{40}\.[0-9a-f]{28}\.t\.")
ETHERNET_HEADER, ARP_FRAME = 14, 60
TCP, UDP = 6, 17
COUNTERS = ("packets_sent", "packets_received", "bytes_sent", "bytes_received")
EPHEMERAL_PORT = 32768
SEQUENCE_SPACE = 1 << 32


def tuple_of(args):
    return args["src"], args["src_port"], args["dst"], args["dst_port"]


def reverse(flow):
    return flow[2:] + flow[:2]


class Packets:
    """Figures of packets and fragments, from the IP and ICMP events."""

    def __init__(self):
        self.counts = collections.Counter()
        self.ip_bytes = 0
        self.first_fragments = self.fragments = 0
        self.udp_tuples = set()

    def net_packet_ipv4(self, args):
        self.ip("pkt_ipv4", args)
        header = args["proto_ipv4"]
        more_fragments = header["flags"] & 1
        if more_fragments or header["fragOffset"]:
            self.fragments += 1
            self.first_fragments += header["fragOffset"] == 0

    def net_packet_ipv6(self, args):
        self.ip("pkt_ipv6", args)
        if args["proto_ipv6"]["nextHeader"] in ("IPv6Fragment", "44"):
            self.fragments += 1
            # Only the first fragment has the ports.
            self.first_fragments += args["metadata"]["src_port"] != 0

    def ip(self, key, args):
        self.counts[key] += 1
        self.counts["protocol", args["metadata"]["protocol"]] += 1
        self.ip_bytes += args["metadata"]["packet_len"] + ETHERNET_HEADER

    def net_packet_udp(self, args):
        self.counts["udp datagrams"] += 1
        self.udp_tuples.add(tuple_of(args))

    def net_packet_icmp(self, args):
        self.counts["icmp", args["proto_icmp"]["typeCode"]] += 1
        self.counts["pkt_icmp"] += 1

    def net_packet_icmpv6(self, args):
        self.counts["pkt_icmp6"] += 1

    def figures(self, arp_packets):
        quic = {flow for flow in self.udp_tuples if flow[3] == 443}
        quic |= {reverse(flow) for flow in self.udp_tuples if flow[1] == 443}
        return {
            "pkt_ipv4": self.counts["pkt_ipv4"],
            "pkt_ipv6": self.counts["pkt_ipv6"],
            "packet_bytes": self.ip_bytes + arp_packets * ARP_FRAME,
            "pkt_tcp": self.counts["protocol", TCP],
            "pkt_udp": self.counts["udp datagrams"] + self.fragments - self.first_fragments,
            "ip_fragments": self.fragments,
            "ip_fragmented_datagrams": self.first_fragments,
            "pkt_icmp": self.counts["pkt_icmp"],
            "icmp_msgs": self.counts["pkt_icmp"],
            "pkt_icmp6": self.counts["pkt_icmp6"],
            "icmp6_msgs": self.counts["pkt_icmp6"],
            "icmp_echo_pairs": self.counts["icmp", "EchoReply"],
            "icmp_unreach": self.counts["icmp", "DestinationUnreachable(Port)"],
            "ntp_pairs": self.flows_to_ports(123),
            "quic_flows": len(quic),
        }

    def flows_to_ports(self, *ports):
        """Flows from a client, whose own port may be any of the ephemeral ones."""
        return sum(flow[3] in ports and flow[1] >= EPHEMERAL_PORT for flow in self.udp_tuples)


class Segments:
    """Figures of TCP connections, from the events of their segments."""

    def __init__(self):
        self.counts = collections.Counter()
        self.sequences = {}  # by directed flow: {sequence number of a segment with data: its end}
        self.highest = {}  # by directed flow: the end of the furthest segment
        self.unique_payload = collections.Counter()  # by directed flow, retransmissions left out
        self.packets = collections.Counter()  # by directed flow, since its SYN
        self.bytes = collections.Counter()
        self.scanned = collections.defaultdict(set)

    def net_packet_tcp(self, args):
        flow, tcp = tuple_of(args), args["proto_tcp"]
        if tcp["SYN"]:
            self.begin(flow, tcp)
        if tcp["RST"] and tcp["seq"] == 0:
            self.counts["refused"] += 1
        self.packets[flow] += 1
        self.bytes[flow] += args["metadata"]["packet_len"]
        self.data(flow, tcp["seq"], payload_length(args))

    def begin(self, flow, tcp):
        if not tcp["ACK"]:
            self.counts["tcp_conns"] += 1
            self.scanned[flow[:3]].add(flow[3])
            self.forget(reverse(flow))
        self.forget(flow)

    def forget(self, flow):
        for table in (self.sequences, self.highest, self.packets, self.bytes):
            table.pop(flow, None)

    def data(self, flow, sequence, length):
        if length == 0:
            return
        seen = self.sequences.setdefault(flow, set())
        if sequence in seen:
            self.counts["tcp_retrans"] += 1
            return
        seen.add(sequence)
        self.unique_payload[flow] += length
        end = (sequence + length) % SEQUENCE_SPACE
        behind = (self.highest.get(flow, end) - end) % SEQUENCE_SPACE
        if 0 < behind < SEQUENCE_SPACE // 2:
            self.counts["tcp_ooo"] += 1
        else:
            self.highest[flow] = end

    def figures(self):
        return {
            "tcp_conns": self.counts["tcp_conns"],
            "tcp_refused": self.counts["refused"],
            "tcp_retrans": self.counts["tcp_retrans"],
            "tcp_ooo": self.counts["tcp_ooo"],
            "scan_bursts": sum(len(ports) >= 40 for ports in self.scanned.values()),
        }


def payload_length(args):
    ip_header = 40 if ":" in args["src"] else 20
    tcp_header = 4 * args["proto_tcp"]["dataOffset"]
    return args["metadata"]["packet_len"] - ip_header - tcp_header


class Flows:
    """Figures of connections, from the flow events; compares them with the segments."""

    def __init__(self, segments):
        self.segments = segments
        self.begun = collections.Counter()
        self.ends = collections.Counter()
        self.open = {}
        self.wrong = []

    def net_flow_tcp_begin(self, args):
        flow = tuple_of(args)
        if flow in self.open:
            self.wrong.append(f"{flow}: begins and has not ended")
        self.open[flow] = True
        self.begun[flow[3]] += 1

    def net_flow_tcp_end(self, args):
        flow = tuple_of(args)
        if not self.open.pop(flow, False):
            self.wrong.append(f"{flow}: ends and has not begun")
        self.ends[args["reason"]] += 1
        reported = [args[name] for name in COUNTERS]
        counted = [
            table[way]
            for table in (self.segments.packets, self.segments.bytes)
            for way in (flow, reverse(flow))
        ]
        if reported != counted:
            self.wrong.append(f"{flow}: {reported} packets and bytes, its segments are {counted}")

    def figures(self):
        return {
            "tcp_rst_close": self.ends["reset"],
            "tls_conns": self.begun[443],
            "ssh_conns": self.begun[22],
        }

    def attempts_without_a_flow(self):
        segments = self.segments.figures()
        return segments["tcp_refused"] + 40 * segments["scan_bursts"]


class Dns:
    """Figures of DNS messages."""

    def __init__(self):
        self.counts = collections.Counter()

    def net_packet_dns(self, args):
        dns, protocol = args["proto_dns"], args["metadata"]["protocol"]
        self.counts["dns_msgs"] += 1
        if dns["QR"] == 0:
            self.counts["query", protocol] += 1
        else:
            self.counts["response", protocol] += 1
            self.response(dns)

    def response(self, dns):
        question = dns["questions"][0]
        self.counts["type", question["type"]] += 1
        self.counts["rcode", RESPONSE_CODES[dns["responseCode"]]] += 1
        self.counts["dns_answers"] += len(dns["answers"])
        self.counts["tunnel"] += bool(TUNNEL_NAME.match(question["name"]))
        # The generator counts the aliases on the way to an address, not those asked for.
        if question["type"] != "CNAME":
            aliases = sum(answer["type"] == "CNAME" for answer in dns["answers"])
            self.counts["dns_rr_CNAME"] += aliases

    def net_packet_dns_request(self, args):
        self.counts["dns_request events"] += 1

    def net_packet_dns_response(self, args):
        self.counts["dns_response events"] += 1

    def figures(self):
        counts = self.counts
        queries = counts["query", TCP] + counts["query", UDP]
        responses = counts["response", TCP] + counts["response", UDP]
        figures = {
            "dns_msgs": counts["dns_msgs"],
            "dns_queries": queries,
            "dns_responses": responses,
            "dns_retrans": queries - responses,
            "dns_tcp_tx": counts["response", TCP],
            "dns_answers": counts["dns_answers"],
            "dns_rr_CNAME": counts["dns_rr_CNAME"],
            "dns_tunnelish": counts["tunnel"],
        }
        return figures | figures_by_value(counts, {"type": "dns_q", "rcode": "dns_rcode"})

    def udp_transactions(self):
        return self.counts["response", UDP]


class Http:
    """Figures of HTTP messages; needs the segments to know how long bodies are."""

    def __init__(self, segments):
        self.segments = segments
        self.counts = collections.Counter()
        self.heads = 0
        self.servers = set()  # directed flows that carry responses
        self.started = collections.defaultdict(list)  # by flow: the first two directions

    def net_packet_http(self, args):
        http = args["proto_http"]
        is_request = http["direction"] == "request"
        flow = tuple_of(args)
        start = self.started[flow if is_request else reverse(flow)]
        if len(start) < 2:
            start.append(is_request)
        self.request(http) if is_request else self.response(flow, http)

    def request(self, http):
        self.counts["http_req"] += 1
        self.counts["method", http["method"]] += 1

    def response(self, flow, http):
        self.counts["http_resp"] += 1
        self.counts["status", http["status_code"]] += 1
        self.counts["http_chunked"] += http["headers"].get("Transfer-Encoding") == ["chunked"]
        self.counts["http_gzip"] += http["headers"].get("Content-Encoding") == ["gzip"]
        self.servers.add(flow)
        self.heads += head_length(http)

    def net_packet_http_request(self, args):
        self.counts["http_request events"] += 1

    def net_packet_http_response(self, args):
        self.counts["http_response events"] += 1

    def figures(self):
        sent_by_servers = sum(self.segments.unique_payload[flow] for flow in self.servers)
        figures = {key: self.counts[key] for key in ("http_req", "http_resp")}
        figures |= {key: self.counts[key] for key in ("http_chunked", "http_gzip")}
        figures |= {
            "http_conns": len(self.started),
            "http_pipelined_conns": sum(start == [True, True] for start in self.started.values()),
            "http_body_bytes": sent_by_servers - self.heads,
        }
        return figures | figures_by_value(self.counts, {"method": "http_m", "status": "http_s"})


def head_length(http):
    """Bytes of a response's head as the generator writes it."""
    lines = [f"{http['protocol']} {http['status']}"]
    lines += [f"{name}: {value}" for name, values in http["headers"].items() for value in values]
    return sum(len(line) + 2 for line in lines) + 2


def figures_by_value(counts, prefixes):
    """The counts with keys (kind, value) as figures called PREFIX_VALUE."""
    keys = [key for key in counts if isinstance(key, tuple) and key[0] in prefixes]
    return {f"{prefixes[kind]}_{value}": counts[kind, value] for kind, value in keys}


class Observer:
    """Receives every event of a capture, in order, and then has all figures."""

    def __init__(self):
        self.packets, self.dns, self.segments = Packets(), Dns(), Segments()
        self.flows, self.http = Flows(self.segments), Http(self.segments)
        self.anomalies = collections.Counter()
        parts = (self.packets, self.segments, self.flows, self.dns, self.http)
        self.takers = {
            event: [getattr(part, event) for part in parts if hasattr(part, event)]
            for event in EVENTS
        }

    def take(self, event, args):
        if event == "net_anomaly":
            self.anomalies[args["kind"]] += 1
        for take in self.takers[event]:
            take(args)

    def figures(self, arp_packets):
        figures = self.packets.figures(arp_packets) | self.segments.figures()
        figures |= self.flows.figures() | self.dns.figures() | self.http.figures()
        # A client's ports repeat after some 28,000 flows, so this counts questions, not ports.
        traces_and_ntp = self.packets.flows_to_ports(33434, 123)
        figures["udp_flows"] = (
            self.dns.udp_transactions() + traces_and_ntp + figures["quic_flows"]
        )
        return figures
