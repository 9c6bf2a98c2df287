# SPDX-License-Identifier: Apache-2.0

"""Reads and writes classic pcap files, for tests that rewrite captures: whole frames, their times
and the link type. It refuses pcapng, and frames that the capture cut short.
"""

import collections
import struct

MAGICS = {0xA1B2C3D4: 10**6, 0xA1B23C4D: 10**9}  # magic: units per second
NANOSECOND_MAGIC = 0xA1B23C4D
SNAP_LENGTH = 262144
FILE_HEADER, RECORD_HEADER = struct.Struct("<I2H4I"), "4I"

ETHERNET, RAW = 1, 101
LINK_TYPES = {1: ETHERNET, 12: RAW, 14: RAW, 101: RAW, 228: RAW, 229: RAW}

# Nanoseconds since 1970, and the frame's bytes.
Frame = collections.namedtuple("Frame", "time_ns data")


class Unsuitable(Exception):
    """The file has a format or a frame that this module does not read."""


def read(path):
    """Returns (ETHERNET or RAW, frames)."""
    content = path.read_bytes()
    order = next((o for o in "<>" if struct.unpack(o + "I", content[:4])[0] in MAGICS), None)
    if order is None:
        raise Unsuitable(f"{path}: not a pcap file")
    units = MAGICS[struct.unpack(order + "I", content[:4])[0]]
    link_type = LINK_TYPES.get(struct.unpack_from(order + "I", content, 20)[0] & 0xFFFF)
    if link_type is None:
        raise Unsuitable(f"{path}: neither Ethernet nor raw IP")
    frames, offset = [], FILE_HEADER.size
    while offset < len(content):
        seconds, fraction, captured, length = struct.unpack_from(
            order + RECORD_HEADER, content, offset
        )
        offset += 16
        if captured != length or offset + captured > len(content):
            raise Unsuitable(f"{path}: has packets that were cut")
        time_ns = seconds * 10**9 + fraction * (10**9 // units)
        frames.append(Frame(time_ns, content[offset : offset + captured]))
        offset += captured
    return link_type, frames


def write(path, link_type, frames):
    """Writes frames with their times to the nanosecond."""
    with path.open("wb") as out:
        out.write(FILE_HEADER.pack(NANOSECOND_MAGIC, 2, 4, 0, 0, SNAP_LENGTH, link_type))
        for frame in frames:
            seconds, nanoseconds = divmod(frame.time_ns, 10**9)
            length = len(frame.data)
            out.write(struct.pack("<4I", seconds, nanoseconds, length, length) + frame.data)
