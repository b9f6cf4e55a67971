#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what the fuzzers begin with, FOLDER/TARGET/*, made of the captures of the project:

    seeds.py FOLDER

The input of each target is described in its source, fuzz_TARGET.cc."""

import hashlib
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "sample-pcaps"), str(REPO / "tests" / "tshark")]

from capfile import read_pcapng  # noqa: E402
from degrade import Segment  # noqa: E402

LONGEST = 16384
HANDSHAKE, CHANGE = 22, 20
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11
# A suite for each key exchange, to read those messages by.
SUITES = (0x002F, 0x0033, 0xC02F, 0x008C, 0x0090, 0xC035, 0x0094, 0xC01D, 0xC0FF, 0x0081, 0xE013)


def conversation(path):
    """The segments of the first connection: who sent them, 0 or 1, and the payload."""
    ends, out = None, []
    for packet in read_pcapng(path):
        try:
            segment = Segment(packet)
        except IndexError:
            continue
        ports = packet.data[segment.tcp : segment.tcp + 4]
        ends = ends or ports
        payload = packet.data[segment.at : segment.at + segment.size]
        if payload and ports in (ends, ends[2:] + ends[:2]):
            out.append((int(ports != ends), payload))
    return out


def messages(segments):
    """The handshake messages in the clear of both sides, headers included."""
    for side in (0, 1):
        stream, handshake = b"".join(data for who, data in segments if who == side), b""
        while len(stream) >= 5 and stream[0] == HANDSHAKE and stream[1] == 3:
            size = 5 + int.from_bytes(stream[3:5], "big")
            handshake, stream = handshake + stream[5:size], stream[size:]
        while len(handshake) >= 4:
            size = 4 + int.from_bytes(handshake[1:4], "big")
            if len(handshake) >= size:
                yield handshake[:size]
            handshake = handshake[size:]


def extensions(message):
    """The list of extensions of a hello, with its length; empty if it has none."""
    at = 38 + 1 + message[38]
    if message[0] == CLIENT_HELLO:
        at += 2 + int.from_bytes(message[at : at + 2], "big")
        at += 1 + message[at]
    else:
        at += 3
    return message[at:]


def certificates(message):
    """The certificates of a Certificate message up to TLS 1.2."""
    rest = message[7:]
    while len(rest) > 3:
        size = int.from_bytes(rest[:3], "big")
        yield rest[3 : 3 + size]
        rest = rest[3 + size :]


def seeds_of(path):
    segments = conversation(path)
    yield "stream", b"".join(
        bytes([who]) + len(data).to_bytes(2, "big") + data for who, data in segments)
    yield "pieces", b"\x40" + b"".join(
        bytes([who]) + len(data).to_bytes(2, "big") + data for who, data in segments)
    for who, data in segments:
        yield "record", bytes([0x20 | who]) + data
    for message in messages(segments):
        kind, body = message[0], message[4:]
        for number, suite in enumerate(SUITES if kind in (12, 16) else SUITES[:1]):
            yield "body", bytes([kind, 3 + number % 2]) + suite.to_bytes(2, "big") + body
        if kind in (CLIENT_HELLO, SERVER_HELLO) and len(body) > 40:
            yield "extensions", bytes([kind - 1]) + extensions(message)
        if kind == CERTIFICATE:
            for der in certificates(message):
                yield "certificate", b"\x0eserver.example" + der


def scripts():
    """Handshakes for fuzz_session: full ones of both versions, and one that is refused."""
    yield bytes.fromhex("0000 00 8002 00 8004 00 8005 00 8008 00 0006 00 08 00 060a 00 88 00 860a 00"
                        "0950 8950 07 00 00 0a 00 8a 00")
    yield bytes.fromhex("0001 00 8003 00 88 00 8980 0935 0940 8950 07 00 00 0a 00")
    yield bytes.fromhex("0001 00 87 01 28 8a 01")


def main():
    folder = Path(sys.argv[1])
    made = [("session", one) for one in scripts()]
    for der in sorted((REPO / "tests/core/vectors/certificates").glob("*.der")):
        made.append(("certificate", b"\x0eserver.example" + der.read_bytes()))
    captures = REPO / "sample-pcaps"
    for path in sorted([*captures.glob("*.pcapng"), *captures.glob("truth/*.pcapng")]):
        made.extend(seeds_of(path))
    for target, data in made:
        if len(data) <= LONGEST:
            (folder / target).mkdir(parents=True, exist_ok=True)
            (folder / target / hashlib.sha1(data).hexdigest()).write_bytes(data)


main()
