# SPDX-License-Identifier: GPL-2.0-or-later
"""What can happen to a capture, or to segments on their way: variants of a sample that carry the same
TLS, or less of it.

variants(packets) lists them; nothing is made before Variant.packets() is called. What a whole capture
would have, lengths of IP and TCP and sequence numbers, is right in all of them, but for checksums.
"""

import dataclasses
import random
from typing import Callable

from capfile import snap

FIN, SYN, RST, PSH = 0x01, 0x02, 0x04, 0x08
SNAP_LENGTHS = range(60, 301)
MIXTURES = range(24)
DELAY = 4  # frames
LARGEST = 60000  # bytes of payload that segments are merged to: the length of IP has 16 bits
IPV6 = b"\x86\xdd"
RECORD_HEADER = 5


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way to damage a capture: the kind, the place or size where the kind has several, and what
    makes it."""

    kind: str
    number: int | None
    make: Callable

    def packets(self):
        return self.make()

    @property
    def label(self):
        return self.kind if self.number is None else f"{self.kind}-{self.number}"


def variants(packets):
    """All variants of a capture's packets."""
    packets = list(packets)
    segments = [Segment(packet) for packet in packets]
    carrying = [n for n, segment in enumerate(segments) if segment.size]
    made = [
        Variant("bytes", None, lambda: split_bytes(segments)),
        Variant("records", None, lambda: split_records(segments)),
        Variant("merged", None, lambda: merge(segments)),
        Variant("twice", None, lambda: twice(packets)),
        Variant("replayed", None, lambda: packets + later(packets)),
        Variant("swapped_pairs", 0, lambda: swap(packets, range(0, len(packets) - 1, 2))),
        Variant("swapped_pairs", 1, lambda: swap(packets, range(1, len(packets) - 1, 2))),
        Variant("from_client", None, lambda: one_side(segments, True)),
        Variant("from_server", None, lambda: one_side(segments, False)),
    ]
    made += [Variant("snap", n, lambda n=n: snap(packets, n)) for n in SNAP_LENGTHS]
    made += [Variant("dropped", n + 1, lambda n=n: without(packets, n)) for n in carrying]
    made += [Variant("delayed", n + 1, lambda n=n: delay(packets, n)) for n in carrying]
    made += [Variant("first", n, lambda n=n: packets[:n]) for n in range(1, len(packets))]
    made += [Variant("last", n, lambda n=n: packets[-n:]) for n in range(1, len(packets))]
    # Two frames without data between them are of no interest to anybody above TCP.
    pairs = [n for n in range(len(packets) - 1) if segments[n].size or segments[n + 1].size]
    made += [Variant("swapped", n + 1, lambda n=n: swap(packets, [n])) for n in pairs]
    made += [Variant("mixed", n, lambda n=n: mix(packets, n)) for n in MIXTURES]
    return made


class Segment:
    """A packet with TCP over IPv4 or IPv6 over Ethernet, taken apart."""

    def __init__(self, packet):
        data = packet.data
        self.packet = packet
        self.ipv6 = data[12:14] == IPV6
        self.tcp = 54 if self.ipv6 else 14 + (data[14] & 15) * 4
        lengths, headers = (data[18:20], 54) if self.ipv6 else (data[16:18], 14)
        size = int.from_bytes(lengths, "big") + headers
        self.at = self.tcp + (data[self.tcp + 12] >> 4) * 4
        self.size = size - self.at  # of the payload, as it was sent
        self.whole = len(data) >= size
        self.payload = data[self.at : size]
        addresses = data[22:54] if self.ipv6 else data[26:34]
        half = len(addresses) // 2
        ports = data[self.tcp : self.tcp + 4]
        self.sender = (addresses[:half], ports[:2])
        self.receiver = (addresses[half:], ports[2:])
        self.connection = frozenset((self.sender, self.receiver))
        self.sequence = int.from_bytes(data[self.tcp + 4 : self.tcp + 8], "big")
        self.acknowledged = data[self.tcp + 8 : self.tcp + 12]
        self.flags = data[self.tcp + 13]

    @property
    def next(self):
        """The sequence number behind the payload."""
        return (self.sequence + self.size) % 2**32

    def carrying(self, payload, sequence, flags):
        """A packet with the same headers for another payload."""
        data = bytearray(self.packet.data[: self.at])
        if self.ipv6:
            data[18:20] = (self.at - 54 + len(payload)).to_bytes(2, "big")
        else:
            data[16:18] = (self.at - 14 + len(payload)).to_bytes(2, "big")
        data[self.tcp + 4 : self.tcp + 8] = (sequence % 2**32).to_bytes(4, "big")
        data[self.tcp + 13] = flags
        whole = bytes(data) + payload
        return self.packet._replace(data=whole, length=len(whole))

    def cut_at(self, offsets):
        """The packets of this segment, cut at these offsets of its payload. Only the last one ends
        the stream or wants to be pushed."""
        ends = [*sorted({n for n in offsets if 0 < n < self.size}), self.size]
        starts = [0, *ends[:-1]]
        for start, end in zip(starts, ends):
            flags = self.flags if end == self.size else self.flags & ~(FIN | PSH)
            yield self.carrying(self.payload[start:end], self.sequence + start, flags)


def split_bytes(segments):
    """Each byte of payload in a segment of its own."""
    made = []
    for segment in segments:
        can = segment.size > 1 and segment.whole
        made += segment.cut_at(range(1, segment.size)) if can else [segment.packet]
    return made


def merged(segments):
    """Segments of which those of one direction are one, as long as nothing but acknowledgements is
    sent the other way between them. Acknowledgements stay where they are."""
    made, latest = [], {}  # for each connection, where in `made` the last segment with data is
    for segment in segments:
        into = latest.get(segment.connection)
        if into is not None and segment.size and follows(made[into], segment):
            made[into] = joined(made[into], segment)
            continue
        if segment.size or segment.flags & (SYN | FIN | RST):
            latest[segment.connection] = len(made) if segment.size else None
        made.append(segment)
    return made


def follows(before, segment):
    """True if the second segment continues the first and can be put behind it. Where they acknowledge
    different bytes, something was sent the other way between them, even if it was not captured."""
    return (
        before.sender == segment.sender
        and before.next == segment.sequence
        and before.acknowledged == segment.acknowledged
        and before.whole
        and segment.whole
        and before.size + segment.size <= LARGEST
        and not (before.flags | segment.flags) & (SYN | FIN | RST)
    )


def joined(before, segment):
    return Segment(
        before.carrying(before.payload + segment.payload, before.sequence, before.flags | segment.flags)
    )


def merge(segments):
    return [segment.packet for segment in merged(segments)]


def split_records(segments):
    """Each record in a segment of its own, unless something is sent the other way within it."""
    made, ends = [], {}  # of each sender, where its current record ends
    for segment in merged(segments):
        if not segment.size or not segment.whole:
            made.append(segment.packet)
            continue
        key = segment.sender, segment.receiver
        at, cuts = 0, []
        if key in ends:
            at = (ends[key] - segment.sequence) % 2**32
            at = at if at < 2**31 else 0  # a record that ended before: bytes are missing, or twice
        while at < segment.size:
            cuts.append(at)
            header = segment.payload[at : at + RECORD_HEADER]
            if not is_record(header):
                break
            at += RECORD_HEADER + int.from_bytes(header[3:5], "big")
        if at >= segment.size:
            ends[key] = segment.sequence + at
        else:
            ends.pop(key, None)
        made += segment.cut_at(cuts)
    return made


def is_record(header):
    return len(header) == RECORD_HEADER and 20 <= header[0] <= 24 and header[1] == 3


def twice(packets):
    return [packet for packet in packets for _ in range(2)]


def later(packets):
    """The same packets, after all others."""
    shift = packets[-1].time - packets[0].time + 1000
    return [packet._replace(time=packet.time + shift) for packet in packets]


def swap(packets, places):
    """The packets at each place and behind it change places: the first of them is late."""
    made = list(packets)
    for n in places:
        made[n] = packets[n + 1]
        made[n + 1] = packets[n]._replace(time=packets[n + 1].time)
    return made


def delay(packets, n):
    """One packet comes after the next few, as if it had been lost and was sent again."""
    made = without(packets, n)
    at = min(n + DELAY, len(made))
    made.insert(at, packets[n]._replace(time=made[at - 1].time if made else packets[n].time))
    return made


def without(packets, n):
    return packets[:n] + packets[n + 1 :]


def one_side(segments, client):
    """What one side sent. The client is who speaks first on a connection."""
    clients, made = {}, []
    for segment in segments:
        first = clients.setdefault(segment.connection, segment.sender)
        if (segment.sender == first) == client:
            made.append(segment.packet)
    return made


def some_place(packets, chance):
    return chance.randrange(max(1, len(packets) - 1))


MIXED = (
    lambda packets, chance: split_records(list(map(Segment, packets))),
    lambda packets, chance: merge(list(map(Segment, packets))),
    lambda packets, chance: without(packets, some_place(packets, chance)),
    lambda packets, chance: without(packets, some_place(packets, chance)),
    lambda packets, chance: delay(packets, some_place(packets, chance)),
    lambda packets, chance: swap(packets, [some_place(packets, chance)]),
    lambda packets, chance: twice(packets),
    lambda packets, chance: packets[some_place(packets, chance) // 2 :],
)


def mix(packets, seed):
    """Three faults one after the other, and now and then a snap length."""
    chance = random.Random(seed)
    for change in chance.sample(MIXED, 3):
        if len(packets) > 3:
            packets = change(packets, chance)
    return snap(packets, chance.choice(SNAP_LENGTHS)) if chance.random() < 0.3 else packets
