# SPDX-License-Identifier: Apache-2.0

"""Rewrites captures so that the packets change and their messages do not: the same bytes in other
segments, in another order, twice, in fragments, or inside another header.

Each transform takes a link type and frames (see pcap_file.py) and a random.Random, and returns a
link type and frames. The same seed gives the same frames. Frames they cannot read stay as they are.

A network could have made each rewritten capture, because of these limits:
- SYN, FIN and RST of a connection stay where they are, and no packet of it passes them.
- No packet passes data of the other direction: an answer stays behind its question.
- When the capture starts in the middle of a connection, the first data of each direction stays
  first. Otherwise a reader would take the later data for the start of the stream.
"""

import collections
import dataclasses
import itertools
import struct

from pcap_file import ETHERNET, Frame

FIN, SYN, RST, PSH, URG = 1, 2, 4, 8, 32
TCP, UDP, IPV6_FRAGMENT = 6, 17, 44
IPV4, IPV6, VLAN, SERVICE_VLAN = 0x0800, 0x86DD, 0x8100, 0x88A8
TRANSPORTS = (TCP, UDP)

LONGEST_PIECE = 300
FARTHEST_MOVE = 6
FARTHEST_COPY = 3
LONGEST_PAUSE_NS = 10_000_000
LONGEST_FRAGMENT = 64  # in units of 8 bytes
VXLAN_PORT = 4789


@dataclasses.dataclass
class Packet:
    """A frame with a whole TCP or UDP packet over IPv4, or IPv6 without extension headers."""

    frame: Frame
    link: bytes  # what comes before the IP header
    ip: bytes  # the IP header
    protocol: int
    payload: bytes  # the transport header and what follows, without the frame's padding

    @property
    def is_ipv4(self):
        return self.ip[0] >> 4 == 4

    @property
    def addresses(self):
        return (self.ip[12:16], self.ip[16:20]) if self.is_ipv4 else (self.ip[8:24], self.ip[24:40])

    @property
    def direction(self):
        """The sender and the receiver: (source, port), (destination, port)."""
        source, destination = self.addresses
        return (source, self.payload[0:2]), (destination, self.payload[2:4])

    @property
    def flow(self):
        return frozenset(self.direction)

    @property
    def flags(self):
        return self.payload[13] if self.protocol == TCP else 0

    @property
    def tcp_header_length(self):
        return (self.payload[12] >> 4) * 4

    @property
    def data(self):
        return self.payload[self.tcp_header_length :] if self.protocol == TCP else b""

    def with_payload(self, payload):
        """The frame of this packet with another TCP segment in it."""
        source, destination = self.addresses
        payload = payload[:16] + b"\0\0" + payload[18:]
        pseudo = source + destination + struct.pack("!2I", TCP, len(payload))
        payload = payload[:16] + checksum(pseudo + payload) + payload[18:]
        return self.frame_of(self.header(len(payload)), payload)

    def header(self, payload_length, **changes):
        """The IP header for a payload of this length; IPv4: `identification`, `fragment`."""
        if not self.is_ipv4:
            return self.ip[:4] + struct.pack("!H", payload_length) + self.ip[6:]
        identification = changes.get("identification", struct.unpack("!H", self.ip[4:6])[0])
        fragment = changes.get("fragment", struct.unpack("!H", self.ip[6:8])[0])
        words = struct.pack("!3H", len(self.ip) + payload_length, identification, fragment)
        header = self.ip[:2] + words + self.ip[8:10] + b"\0\0" + self.ip[12:]
        return header[:10] + checksum(header) + header[12:]

    def frame_of(self, ip_header, payload):
        return Frame(self.frame.time_ns, self.link + ip_header + payload)


def checksum(data):
    """The internet checksum (RFC 1071), as two bytes."""
    data += b"\0" * (len(data) % 2)
    total = int.from_bytes(data, "big") % 0xFFFF
    return struct.pack("!H", 0xFFFF - total)


def packet_of(link_type, frame):
    """The packet in a frame, or None."""
    link_length = ip_offset(frame.data) if link_type == ETHERNET else 0
    if link_length is None:
        return None
    link, rest = frame.data[:link_length], frame.data[link_length:]
    version = rest[0] >> 4 if rest else 0
    if version == 4 and len(rest) >= 20:
        return ipv4_packet(frame, link, rest)
    if version == 6 and len(rest) >= 40:
        return ipv6_packet(frame, link, rest)
    return None


def ip_offset(data):
    """Where the IP header begins in an Ethernet frame, or None."""
    offset = 12
    while data[offset : offset + 2] in (b"\x81\x00", b"\x88\xa8"):
        offset += 4
    kind = int.from_bytes(data[offset : offset + 2], "big")
    return offset + 2 if kind in (IPV4, IPV6) else None


def ipv4_packet(frame, link, rest):
    length, _, fragment = struct.unpack("!3H", rest[2:8])
    header_length = (rest[0] & 15) * 4
    is_fragment = fragment & 0x3FFF
    if is_fragment or not header_length <= length <= len(rest):
        return None
    return transport_packet(
        Packet(frame, link, rest[:header_length], rest[9], rest[header_length:length])
    )


def ipv6_packet(frame, link, rest):
    length = struct.unpack("!H", rest[4:6])[0]
    if 40 + length > len(rest):
        return None
    return transport_packet(Packet(frame, link, rest[:40], rest[6], rest[40 : 40 + length]))


def transport_packet(packet):
    """The packet, if it is TCP or UDP with a whole header."""
    smallest = {TCP: 20, UDP: 8}.get(packet.protocol)
    if smallest is None or len(packet.payload) < smallest:
        return None
    if packet.protocol == TCP and not 20 <= packet.tcp_header_length <= len(packet.payload):
        return None
    return packet


def resegment(link_type, frames, random):
    """TCP data in smaller segments of random sizes."""
    rewritten = []
    for frame in frames:
        packet = packet_of(link_type, frame)
        if packet and len(packet.data) > 1 and not packet.flags & (SYN | RST | URG):
            rewritten += segments_of(packet, random)
        else:
            rewritten.append(frame)
    return link_type, rewritten


def segments_of(packet, random):
    header, data = packet.payload[: packet.tcp_header_length], packet.data
    longest = random.choice((1, 7, 40, LONGEST_PIECE)) if len(data) < 400 else LONGEST_PIECE
    first_sequence = struct.unpack("!I", header[4:8])[0]
    offset = 0
    while offset < len(data):
        piece = data[offset : offset + random.randint(1, longest)]
        is_last = offset + len(piece) == len(data)
        flags = packet.flags if is_last else packet.flags & ~(FIN | PSH)
        sequence = struct.pack("!I", (first_sequence + offset) % (1 << 32))
        new_header = header[:4] + sequence + header[8:13] + bytes([flags]) + header[14:]
        yield packet.with_payload(new_header + piece)
        offset += len(piece)


class Barriers:
    """How far each packet may be moved towards the end of its capture."""

    def __init__(self, packets):
        self.packets = packets
        self.fixed = set()  # indices of packets that stay
        self.places = collections.defaultdict(list)  # by flow: indices of its packets with a flow
        begun = set()
        for index, packet in enumerate(packets):
            if packet is None or packet.protocol != TCP:
                continue
            self.places[packet.flow].append(index)
            if packet.flags & SYN:
                begun.add(packet.direction)
            if packet.flags & (SYN | FIN | RST) or packet.data and packet.direction not in begun:
                self.fixed.add(index)
            if packet.data:
                begun.add(packet.direction)

    def stops(self, packet, other_index):
        """Whether `packet` may not be moved behind the packet at `other_index`."""
        other = self.packets[other_index]
        if other is None or other.protocol != TCP or other.flow != packet.flow:
            return False
        answers = other.data and other.direction != packet.direction
        return other_index in self.fixed or answers

    def reach(self, index, farthest):
        """The last place the packet at `index` may be moved to."""
        packet = self.packets[index]
        if packet is None or index in self.fixed:
            return index
        end = min(index + farthest, len(self.packets) - 1)
        if packet.protocol != TCP:
            return end
        behind = itertools.takewhile(
            lambda other: not self.stops(packet, other), range(index + 1, end + 1)
        )
        return max(behind, default=index)


def moved(frames_with_places):
    """Frames in the order of their places; those at the same place in the order given."""
    return [frame for _, frame in sorted(frames_with_places, key=lambda pair: pair[0])]


def reorder(link_type, frames, random):
    """Packets moved a few places towards the end."""
    packets = [packet_of(link_type, frame) for frame in frames]
    barriers = Barriers(packets)
    places = []
    for index, frame in enumerate(frames):
        place = random.randint(index, barriers.reach(index, FARTHEST_MOVE))
        # Behind the packet whose place it takes, in front of the next one.
        places.append((place + 0.5 if place > index else place, frame))
    return link_type, in_times_of(frames, moved(places))


def in_times_of(frames, reordered):
    """The reordered frames at the times of the frames before, with long pauses made short.

    Packets that a network reorders are close in time. A packet that is moved behind a pause
    would be later than any network makes it.
    """
    first = frames[0].time_ns if frames else 0
    pauses = [0] + [after.time_ns - before.time_ns for before, after in itertools.pairwise(frames)]
    times = itertools.accumulate((min(pause, LONGEST_PAUSE_NS) for pause in pauses), initial=first)
    return [
        Frame(time_ns, frame.data)
        for time_ns, frame in zip(list(times)[1:], reordered, strict=True)
    ]


def duplicate(link_type, frames, random):
    """TCP packets twice: at once, or again after a few others."""
    packets = [packet_of(link_type, frame) for frame in frames]
    barriers = Barriers(packets)
    places = []
    for index, frame in enumerate(frames):
        places.append((index, frame))
        if packets[index] and packets[index].protocol == TCP:
            place = random.randint(index, barriers.reach(index, FARTHEST_COPY))
            places.append((place + 0.5, Frame(frames[place].time_ns, frame.data)))
    return link_type, moved(places)


def fragment(link_type, frames, random):
    """IP packets in fragments, now and then out of order."""
    identification = itertools.count(1)
    rewritten = []
    for frame in frames:
        packet = packet_of(link_type, frame)
        if packet and len(packet.payload) > 8:
            pieces = list(fragments_of(packet, next(identification), random))
            if random.random() < 0.3:
                random.shuffle(pieces)
            rewritten += pieces
        else:
            rewritten.append(frame)
    return link_type, rewritten


def fragments_of(packet, identification, random):
    payload, offset = packet.payload, 0
    while offset < len(payload):
        piece = payload[offset : offset + 8 * random.randint(1, LONGEST_FRAGMENT)]
        more = offset + len(piece) < len(payload)
        yield fragment_of(packet, identification, offset, more, piece)
        offset += len(piece)


def fragment_of(packet, identification, offset, more, piece):
    if packet.is_ipv4:
        word = offset // 8 | (0x2000 if more else 0)
        header = packet.header(
            len(piece), identification=identification % (1 << 16), fragment=word
        )
        return packet.frame_of(header, piece)
    extension = struct.pack("!2BHI", packet.protocol, 0, offset | more, identification)
    header = packet.header(len(extension) + len(piece))
    header = header[:6] + bytes([IPV6_FRAGMENT]) + header[7:]
    return packet.frame_of(header, extension + piece)


def in_ethernet(link_type, frames):
    """The frames as Ethernet frames."""
    if link_type == ETHERNET:
        return frames
    addresses = bytes.fromhex("020000000002 020000000001")
    return [
        Frame(frame.time_ns, addresses + struct.pack("!H", ether_type(frame.data)) + frame.data)
        for frame in frames
    ]


def ether_type(ip_packet):
    return IPV6 if ip_packet[:1] and ip_packet[0] >> 4 == 6 else IPV4


def tagged(link_type, frames, *tags):
    """Ethernet frames with VLAN tags, each (EtherType, VLAN), in front of their own EtherType."""
    inserted = b"".join(struct.pack("!2H", *tag) for tag in tags)
    return ETHERNET, [
        Frame(frame.time_ns, frame.data[:12] + inserted + frame.data[12:])
        for frame in in_ethernet(link_type, frames)
    ]


def in_vlan(link_type, frames, random):
    return tagged(link_type, frames, (VLAN, random.randint(1, 4094)))


def in_two_vlans(link_type, frames, random):
    outer, inner = random.randint(1, 4094), random.randint(1, 4094)
    return tagged(link_type, frames, (SERVICE_VLAN, outer), (VLAN, inner))


def in_vxlan(link_type, frames, random):
    """Ethernet frames inside VXLAN (RFC 7348) between two tunnel ends."""
    network = random.randint(1, (1 << 24) - 1)
    vxlan = struct.pack("!2I", 0x08000000, network << 8)
    ends = bytes([192, 0, 2, 1, 192, 0, 2, 2])
    ethernet = bytes.fromhex("020000000004 020000000003 0800")
    wrapped = []
    for frame in in_ethernet(link_type, frames):
        inner = vxlan + frame.data
        udp = struct.pack("!4H", random.randint(49152, 65535), VXLAN_PORT, 8 + len(inner), 0)
        fields = struct.pack("!2B3H2B", 0x45, 0, 28 + len(inner), 0, 0x4000, 64, UDP)
        ip = fields + checksum(fields + b"\0\0" + ends) + ends
        wrapped.append(Frame(frame.time_ns, ethernet + ip + udp + inner))
    return ETHERNET, wrapped


ALL = {
    "resegmented": resegment,
    "reordered": reorder,
    "duplicated": duplicate,
    "fragmented": fragment,
    "in a VLAN": in_vlan,
    "in two VLANs": in_two_vlans,
    "in VXLAN": in_vxlan,
}
