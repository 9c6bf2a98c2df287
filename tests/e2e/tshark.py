# SPDX-License-Identifier: Apache-2.0

"""The DNS and HTTP messages that tshark finds in a capture, in the words of messages.py.

tshark prints each frame as JSON in which a key appears once per field, so objects are read as lists
of pairs. Its options make the two decoders comparable: reassembly, HTTP on any port, no look-up of
names.
"""

import json
import subprocess
import urllib.parse

from messages import bracketed, flow_line, plain_name, plain_text

OPTIONS = [
    "-n",
    "-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE",
    "-o", "tcp.desegment_tcp_streams:TRUE", "-o", "dns.desegment_dns_messages:TRUE",
    "--enable-heuristic", "http_tcp",
    "-o", "http.desegment_headers:TRUE", "-o", "http.decompress_body:FALSE",
    "-Y", "dns or mdns or llmnr or http or http2",
    "-T", "json", "-J", "frame ip ipv6 tcp udp icmp icmpv6 dns mdns llmnr http http2",
]  # fmt: skip
# When tshark reassembles bodies, it omits a message whose body is incomplete; when it does not, it
# overlooks a message that begins inside a segment. When it sorts segments, it omits everything
# behind a lost one. When it tries the content before the port, it finds HTTP on any port, but takes
# some DNS over TCP for another protocol. So there are two ways to read, and each makes up for the
# other.
READINGS = [
    [
        "-o", "http.desegment_body:TRUE", "-o", "tcp.reassemble_out_of_order:TRUE",
        "-o", "tcp.try_heuristic_first:TRUE",
    ],
    [
        "-o", "http.desegment_body:FALSE", "-o", "tcp.reassemble_out_of_order:FALSE",
        "-o", "tcp.try_heuristic_first:FALSE",
    ],
]  # fmt: skip
LIMIT_SECONDS = 600

OPCODES = {0: "query", 1: "inverse query", 2: "status", 4: "notify", 5: "update"}
RESPONSE_CODES = [
    "no error", "format error", "server failure", "non-existent domain", "not implemented",
    "query refused", "name exists when it should not", "rr set exists when it should not",
    "rr set that should exist does not", "server not authoritative for zone",
    "name not contained in zone",
]  # fmt: skip

# The registry "Resource Record (RR) TYPEs" of IANA: the first number of each run, and its names.
TYPE_RUNS = {
    1: "A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP "
    "NSAP-PTR SIG KEY PX GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL "
    "DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID NSEC3 NSEC3PARAM TLSA SMIMEA",
    55: "HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS",
    99: "SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64",
    249: "TKEY TSIG IXFR AXFR MAILB MAILA ANY URI CAA AVC DOA AMTRELAY",
    32768: "TA DLV",
}
TYPES = {
    first + index: name
    for first, names in TYPE_RUNS.items()
    for index, name in enumerate(names.split())
}

DNS_LAYERS = {"dns", "mdns", "llmnr"}
QUESTION_SECTIONS = {"Queries", "Zone"}
ANSWER_SECTIONS = {"Answers", "Prerequisites"}


def messages_in(capture, reading):
    """The messages of a capture: {"dns" or "http": {flow: [line, ...]}}."""
    text = subprocess.run(
        ["tshark", *OPTIONS, *reading, "-r", capture],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LIMIT_SECONDS,
        encoding="utf-8", errors="replace",
    ).stdout  # fmt: skip
    found = {"dns": {}, "http": {}}
    # A capture cut in the middle ends tshark with an error, after what came before the cut.
    for frame in json.loads(text or "[]", object_pairs_hook=list):
        layers = value_of(value_of(frame, "_source"), "layers")
        for kind, flow, line in frame_messages(layers):
            found[kind].setdefault(flow, []).append(line)
    return found


def value_of(pairs, name, default=None):
    """The first value called `name`."""
    return next((value for key, value in pairs if key == name), default)


def children(pairs, name):
    """The values called `name` that contain fields."""
    return [value for key, value in pairs if key == name and isinstance(value, list)]


def frame_messages(layers):
    """Walks the layers of a frame from the outside in: (kind, flow, line) for each message."""
    addresses = ports = None
    carried_by_http = False
    for name, layer in layers:
        if name in ("icmp", "icmpv6"):
            return  # a message that an ICMP error quotes is no message of this flow
        if name in ("ip", "ipv6"):
            addresses = value_of(layer, f"{name}.src"), value_of(layer, f"{name}.dst")
        elif name in ("tcp", "udp"):
            ports = value_of(layer, f"{name}.srcport"), value_of(layer, f"{name}.dstport")
        elif addresses and ports and not (carried_by_http and name in DNS_LAYERS):
            flow = flow_line(addresses[0], ports[0], addresses[1], ports[1])
            carried_by_http |= name in ("http", "http2")
            for kind, line in layer_messages(name, layer):
                yield kind, flow, line


def layer_messages(name, layer):
    if not isinstance(layer, list):
        return
    if name in DNS_LAYERS:
        yield "dns", dns_line(layer)
    elif name == "http":
        yield from (("http", line) for line in http_lines(layer))
    elif name == "http2":
        for stream in children(layer, "http2.stream"):
            yield from (("http", line) for line in http2_lines(stream))


def dns_line(layer):
    flags = value_of(layer, "dns.flags_tree", [])
    opcode = int(value_of(flags, "dns.flags.opcode", "0"))
    identifier = int(value_of(layer, "dns.id", "0"), 0)
    words = [f"{identifier:#06x}", OPCODES.get(opcode, "unknown")]
    questions = [question_line(record) for record in records(layer, QUESTION_SECTIONS)]
    if value_of(flags, "dns.flags.response") in ("0", "False", None):
        return " ".join(["query", *words, bracketed(questions)])
    answers = [answer_line(record) for record in records(layer, ANSWER_SECTIONS)]
    code = int(value_of(flags, "dns.flags.rcode", "0"))
    code_text = RESPONSE_CODES[code] if code < len(RESPONSE_CODES) else "unknown"
    return " ".join(["response", *words, code_text, bracketed(questions), bracketed(answers)])


def records(layer, sections):
    """The records in the sections with these names, each a list of fields."""
    found = [value for name, value in layer if name in sections and isinstance(value, list)]
    return [record for section in found for _, record in section if isinstance(record, list)]


def name_text(name):
    return "" if name == "<Root>" else plain_name(name or "")


def type_text(number):
    return TYPES.get(int(number), f"TYPE{number}") if number else ""


def question_line(record):
    kind = type_text(value_of(record, "dns.qry.type"))
    return f"{name_text(value_of(record, 'dns.qry.name'))} {kind}"


def answer_line(record):
    kind = type_text(value_of(record, "dns.resp.type"))
    ttl = int(value_of(record, "dns.resp.ttl", "0")) % (1 << 32)
    words = [name_text(owner_name(record)), kind, str(ttl)]
    data = record_data(record, kind)
    return " ".join(words if data is None else [*words, data])


def owner_name(record):
    """The name of a record; tshark prints that of an SRV record in three parts."""
    parts = [value_of(record, f"dns.srv.{part}") for part in ("service", "proto", "name")]
    return ".".join(parts) if all(parts) else value_of(record, "dns.resp.name")


def record_data(record, kind):
    """The data of the types whose data is compared, else None."""
    fields = {"A": "dns.a", "AAAA": "dns.aaaa"}
    if kind in fields:
        return value_of(record, fields[kind], "")
    fields = {"NS": "dns.ns", "CNAME": "dns.cname", "PTR": "dns.ptr.domain_name"}
    if kind in fields:
        return name_text(value_of(record, fields[kind]))
    if kind == "MX":
        preference = value_of(record, "dns.mx.preference", "0")
        return f"{preference} {name_text(value_of(record, 'dns.mx.mail_exchange'))}"
    if kind == "TXT":
        return " ".join(f'"{plain_text(value)}"' for name, value in record if name == "dns.txt")
    return None


def http_lines(layer):
    """The lines of an HTTP/1 layer: none for a continuation."""
    for start_line in (value for _, value in layer if isinstance(value, list)):
        if value_of(start_line, "http.request.method") is not None:
            method = value_of(start_line, "http.request.method")
            target = value_of(start_line, "http.request.uri", "")
            yield request_line(method, value_of(layer, "http.host"), target)
        elif value_of(start_line, "http.response.code") is not None:
            code = value_of(start_line, "http.response.code")
            phrase = value_of(start_line, "http.response.phrase", "")
            yield f"response {plain_text(f'{code} {phrase}').strip()}"


def http2_lines(stream):
    fields = {}
    for header in children(stream, "http2.header"):
        name, value = (value_of(header, f"http2.header.{part}", "") for part in ("name", "value"))
        fields.setdefault(name, value)
    if ":method" in fields:
        host = fields.get(":authority", fields.get("host"))
        yield request_line(fields[":method"], host, fields.get(":path", ""))
    elif ":status" in fields:
        yield f"response {fields[':status']}"


def request_line(method, host, target):
    """A request's line. An absolute target is split into host and path."""
    rest = target
    if method == "CONNECT":
        host = host or target
    elif "://" in target.partition("?")[0]:
        authority, slash, path = target.partition("://")[2].partition("/")
        host, rest = host or authority, slash + path
    path, _, query = rest.partition("#")[0].partition("?")
    words = [method, host or "", urllib.parse.unquote(path, errors="replace"), query]
    return " ".join(["request", *(plain_text(word) or "-" for word in words)])
