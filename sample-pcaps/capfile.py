# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading and writing capture files, with no library but Python's own.

Only what the sample captures need: one Ethernet interface, microseconds,
no options.  The same packets always give the same bytes.
"""

import struct
from pathlib import Path
from typing import Iterable, NamedTuple

ETHERNET = 1


class Packet(NamedTuple):
    """One packet: when (microseconds since 1970), the bytes kept, and how
    many bytes it had on the wire (at least ``len(data)``)."""

    time: int
    data: bytes
    length: int


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def write_pcapng(path: Path, packets: Iterable[Packet]) -> None:
    """Write a pcapng file of Ethernet frames.  Replaces ``path``."""
    out = [
        _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        _block(1, struct.pack("<HHI", ETHERNET, 0, 262144)),
    ]
    for time, data, length in packets:
        head = struct.pack(
            "<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), length
        )
        out.append(_block(6, head + data))
    Path(path).write_bytes(b"".join(out))


def read_pcapng(path: Path) -> list[Packet]:
    """Read back what write_pcapng() wrote.  Raises ValueError for others."""
    raw, at, packets = Path(path).read_bytes(), 0, []
    if raw[8:12] != b"\x4d\x3c\x2b\x1a":
        raise ValueError(f"{path}: not a little-endian pcapng file")
    while at < len(raw):
        kind, size = struct.unpack_from("<II", raw, at)
        if kind == 6:
            _, high, low, kept, length = struct.unpack_from("<IIIII", raw, at + 8)
            data = raw[at + 28 : at + 28 + kept]
            packets.append(Packet(high << 32 | low, data, length))
        at += size
    return packets


def read_pcap(path: Path) -> list[Packet]:
    """Read a classic pcap file of Ethernet frames, as tcpdump writes it."""
    raw, at, packets = Path(path).read_bytes(), 24, []
    magic, link = struct.unpack_from("<I16xI", raw)
    if magic != 0xA1B2C3D4 or link != ETHERNET:
        raise ValueError(f"{path}: not a little-endian Ethernet pcap file")
    while at + 16 <= len(raw):
        seconds, micros, kept, length = struct.unpack_from("<IIII", raw, at)
        at += 16
        packets.append(
            Packet(seconds * 1000000 + micros, raw[at : at + kept], length)
        )
        at += kept
    return packets


def snap(packets: Iterable[Packet], snaplen: int) -> list[Packet]:
    """The same packets as a capture with that snap length has them."""
    return [Packet(p.time, p.data[:snaplen], p.length) for p in packets]


def checksum(data: bytes) -> int:
    """The Internet checksum of RFC 1071."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def sealed(tcp: bytes, addresses: bytes) -> bytes:
    """The TCP segment with its checksum; ``addresses``: both, IPv4 or IPv6."""
    tcp = tcp[:16] + b"\0\0" + tcp[18:]
    pseudo = addresses + struct.pack("!II", len(tcp), 6)
    return tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]


def with_checksum(packet: Packet) -> Packet:
    """The whole Ethernet/IP/TCP frame with the TCP checksum that loopback
    leaves out."""
    data = packet.data
    if data[12:14] == b"\x86\xdd":
        start, addresses = 54, data[22:54]
    else:
        start, addresses = 14 + (data[14] & 15) * 4, data[26:34]
    return packet._replace(data=data[:start] + sealed(data[start:], addresses))


def tcp_payload(packet: Packet) -> bytes:
    """The TCP payload kept of an Ethernet/IPv4 or IPv6/TCP frame."""
    data = packet.data
    if data[12:14] == b"\x86\xdd":
        tcp, end = 54, 54 + int.from_bytes(data[18:20], "big")
    else:
        tcp = 14 + (data[14] & 15) * 4
        end = 14 + int.from_bytes(data[16:18], "big")
    return data[tcp + (data[tcp + 12] >> 4) * 4 : end]
