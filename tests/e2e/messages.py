# SPDX-License-Identifier: Apache-2.0

"""The DNS and HTTP messages of the engine's events, each as one line of text.

A line says what two decoders can be expected to agree on, so that sequences of lines can be
compared, shown and written down:

    query 0x1234 query [example.org A]
    response 0x1234 query no error [example.org A] [example.org A 300 192.0.2.1]
    request GET example.org /index.html a=b
    response 200 OK

Flows are "SOURCE PORT > DESTINATION PORT", one for each direction.
"""

import ipaddress
import re

UNPRINTABLE = re.compile(r"[^ -~]+")
LABEL_END = re.compile(r"(?<!\\)\.")
ESCAPE = re.compile(r"\\(\d{3}|.)|[^ -~]")


def flow_line(source, source_port, destination, destination_port):
    ends = [(source, source_port), (destination, destination_port)]
    return " > ".join(f"{ipaddress.ip_address(address)} {port}" for address, port in ends)


def plain_text(text):
    """Text in which a run of bytes that decoders show in their own ways is one '?'."""
    return UNPRINTABLE.sub("?", text)


def plain_name(name):
    """A domain name in which a label with bytes that decoders show in their own ways is '?'."""
    labels = ("?" if ESCAPE.search(label) else label for label in LABEL_END.split(name))
    return ".".join(labels)


def event_flow(args):
    metadata = args["metadata"]
    return flow_line(
        metadata["src_ip"], metadata["src_port"], metadata["dst_ip"], metadata["dst_port"]
    )


def dns_line(dns):
    """The line of a value of `proto_dns`."""
    questions = [f"{plain_name(each['name'])} {each['type']}" for each in dns["questions"]]
    words = [f"{dns['ID']:#06x}", dns["opCode"]]
    if dns["QR"] == 0:
        return " ".join(["query", *words, bracketed(questions)])
    answers = [answer_line(answer) for answer in dns["answers"]]
    return " ".join(
        ["response", *words, dns["responseCode"], bracketed(questions), bracketed(answers)]
    )


def answer_line(answer):
    data = record_data(answer)
    words = [plain_name(answer["name"]), answer["type"], str(answer["TTL"])]
    return " ".join(words if data is None else [*words, data])


def record_data(record):
    """The data of the types whose data is compared, else None."""
    kind = record["type"]
    if kind in ("A", "AAAA"):
        return str(ipaddress.ip_address(record["IP"])) if record["IP"] else ""
    if kind in ("NS", "CNAME", "PTR"):
        return plain_name(record[kind])
    if kind == "MX":
        return f"{record['MX']['preference']} {plain_name(record['MX']['name'])}"
    if kind == "TXT":
        return " ".join(f'"{plain_text(text)}"' for text in record["TXTs"] or [])
    return None


def bracketed(items):
    return f"[{', '.join(items)}]"


def http_line(http):
    """The line of a value of `proto_http`."""
    if http["direction"] == "response":
        # HTTP/2 has no reason phrase; the engine supplies the usual one.
        status = http["status_code"] if http["protocol"] == "HTTP/2.0" else http["status"]
        return f"response {plain_text(str(status)).strip()}"
    words = [http["method"], http["host"], http["uri_path"], http["query"]]
    return " ".join(["request", *(plain_text(word) or "-" for word in words)])
