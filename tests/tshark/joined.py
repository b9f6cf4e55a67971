# SPDX-License-Identifier: GPL-2.0-or-later
"""Many captures in one file, so that one run reads them all.

Each capture gets IP addresses of its own, so no two share a connection.
"""

import dataclasses
import ipaddress

from samples import FOLDER
from capfile import read_pcapng, write_pcapng

IPV4, IPV6 = b"\x08\x00", b"\x86\xdd"


@dataclasses.dataclass(frozen=True)
class Part:
    """The frames of one sample in the joined file, counted from 1."""

    sample: object
    first: int
    count: int
    addresses: tuple = ()  # pairs of one here, and the one that the sample has in its place

    def of(self, frames):
        """Those of a list of all frames that are this part's."""
        return frames[self.first - 1 : self.first - 1 + self.count]


@dataclasses.dataclass(frozen=True)
class Joined:
    path: object
    parts: list
    options: tuple = ()  # with which it is read

    @property
    def count(self):
        return self.parts[-1].first + self.parts[-1].count - 1

    def part(self, sample):
        (part,) = [part for part in self.parts if part.sample == sample]
        return part

    def where(self, n):
        """Says in which sample frame n of the joined file is."""
        (part,) = [p for p in self.parts if p.first <= n < p.first + p.count]
        return f"{part.sample} frame {n - part.first + 1}"


class Readdress:
    """Replaces the addresses of one capture."""

    def __init__(self, number):
        self.number = number
        self.seen = {}

    def address(self, old):
        host = self.seen.setdefault(old, len(self.seen) + 1)
        head = b"\x0a" if len(old) == 4 else b"\xfd" + bytes(12)
        return head + self.number.to_bytes(2, "big") + bytes([host])

    def pairs(self):
        return tuple(
            (str(ipaddress.ip_address(self.address(old))), str(ipaddress.ip_address(old)))
            for old in list(self.seen)
        )

    def packet(self, packet):
        data = packet.data
        at, size = {IPV4: (26, 4), IPV6: (22, 16)}.get(data[12:14], (0, 0))
        if size == 0 or len(data) < at + 2 * size:
            return packet
        pair = [self.address(data[at + n : at + n + size]) for n in (0, size)]
        return packet._replace(data=data[:at] + b"".join(pair) + data[at + 2 * size :])


def join(samples, path, change=lambda packets: packets):
    """Writes the packets of all samples, each changed, to one file."""
    packets, parts = [], []
    for number, sample in enumerate(samples):
        own = change(read_pcapng(sample.path))
        readdress = Readdress(number)
        first = len(packets) + 1
        packets += [readdress.packet(packet) for packet in own]
        parts.append(Part(sample, first, len(own), readdress.pairs()))
    write_pcapng(path, packets)
    return Joined(path, parts)


def join_keys(samples, path):
    """Writes the key logs of all samples to one file."""
    keys = [(FOLDER / s.keylog).read_text(encoding="utf-8") for s in samples if s.keylog]
    path.write_text("\n".join(keys), encoding="utf-8")
