# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds TLS conversations byte by byte: what no TLS stack will send.

A Conversation is one TCP connection.  Say what each side sends and write
the packets to a capture file:

    from built import Conversation, client_hello, handshake_record

    talk = Conversation(port=443)
    talk.client(handshake_record(client_hello()))
    talk.server(alert(2, 40))
    talk.fin()
    talk.write("refused.pcapng")

Everything is deterministic: the same calls give the same file, byte for
byte.  Randoms, keys, signatures and "encrypted" bytes come from noise(),
so nothing here decrypts and no signature verifies; apart() sees to it that
no two connections have them in common.
"""

import base64
import hashlib
import ipaddress
import struct
from contextlib import contextmanager
from pathlib import Path
from typing import Iterable

from capfile import Packet, checksum, sealed, snap, write_pcapng

SSL30, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
CCS, ALERT, HANDSHAKE, APPDATA, HEARTBEAT = 20, 21, 22, 23, 24

START = 1780308000000000  # 2026-06-01 10:00:00 UTC, in microseconds


_inside: list[str] = []  # the names of apart()


@contextmanager
def apart(name: str):
    """In here noise() gives other bytes than outside, or than under another name."""
    _inside.append(name)
    try:
        yield
    finally:
        _inside.pop()


def noise(size: int, label: str = "") -> bytes:
    """``size`` bytes that look random and depend on ``label`` and on apart() only."""
    return hashlib.shake_128(b"tlslens " + "/".join((*_inside, label)).encode()).digest(size)


# --- TCP ---------------------------------------------------------------------


class _Side:
    def __init__(self, mac: int, address: str, port: int, sequence: int):
        self.mac = bytes([2, 0, 0, 0, 0, mac])
        self.address = ipaddress.ip_address(address).packed
        self.port = port
        self.sequence = sequence  # of the next byte it sends
        self.acked = 0  # the last acknowledgement it sent
        self.packet_id = mac << 12


class Conversation:
    """One TCP connection as a capture near the client sees it.

    ``port`` is the server's, ``sport`` the client's.  ``start`` is the time
    of the first packet in microseconds since 1970; packets are ``gap``
    microseconds apart.  With ``handshake=False`` there is no SYN: the
    capture began later.  Segments carry at most ``mss`` bytes; the receiver
    acknowledges every second segment and the last of each call.
    """

    def __init__(self, port=443, sport=50000, *, start=START, gap=500,
                 mss=1460, ipv6=False, handshake=True):
        server, client = (
            ("2001:db8::1", "2001:db8::2") if ipv6
            else ("192.0.2.1", "198.51.100.1")
        )
        self.ipv6, self.mss, self.time, self.gap = ipv6, mss, start, gap
        self.packets: list[Packet] = []
        self._client = _Side(1, client, sport, 1000000 + sport)
        self._server = _Side(2, server, port, 9000000 + sport)
        if handshake:
            option = struct.pack("!BBH", 2, 4, mss if mss >= 536 else 1460)
            self._emit(self._client, 0x02, option=option)
            self._client.sequence += 1
            self._emit(self._server, 0x12, option=option)
            self._server.sequence += 1
            self._emit(self._client, 0x10)

    def client(self, *chunks: bytes, mss: int | None = None) -> "Conversation":
        """The client sends ``chunks``; each begins a segment of its own and
        is split where it is longer than ``mss``."""
        return self._send(self._client, chunks, mss or self.mss)

    def server(self, *chunks: bytes, mss: int | None = None) -> "Conversation":
        """The server sends ``chunks``; as client()."""
        return self._send(self._server, chunks, mss or self.mss)

    def skip_client(self, size: int) -> "Conversation":
        """The client sends ``size`` bytes the capture lost."""
        self._client.sequence += size
        return self

    def skip_server(self, size: int) -> "Conversation":
        """The server sends ``size`` bytes the capture lost."""
        self._server.sequence += size
        return self

    def fin(self) -> "Conversation":
        """Both sides close, the client first."""
        for one, other in ((self._client, self._server), (self._server, self._client)):
            self._emit(one, 0x11)
            one.sequence += 1
            self._emit(other, 0x10)
        return self

    def rst(self, by_server=False) -> "Conversation":
        """One side resets the connection."""
        self._emit(self._server if by_server else self._client, 0x14)
        return self

    def write(self, path: str | Path, snaplen: int | None = None) -> None:
        """Write the capture; ``snaplen`` as a capture tool's snap length."""
        write_conversations(path, [self], snaplen)

    def _send(self, side: _Side, chunks: Iterable[bytes], mss: int):
        pieces = [
            chunk[at : at + mss] for chunk in chunks for at in range(0, len(chunk), mss)
        ]
        other = self._server if side is self._client else self._client
        for number, piece in enumerate(pieces, 1):
            last = number == len(pieces)
            self._emit(side, 0x18 if last else 0x10, piece)
            side.sequence += len(piece)
            if last or number % 2 == 0:
                self._emit(other, 0x10)
        return self

    def _emit(self, side: _Side, flags: int, payload=b"", option=b"") -> None:
        other = self._server if side is self._client else self._client
        acknowledge = other.sequence if flags & 0x10 else 0
        tcp = struct.pack(
            "!HHIIBBHHH", side.port, other.port, side.sequence & 0xFFFFFFFF,
            acknowledge & 0xFFFFFFFF, (20 + len(option)) << 2, flags, 64240, 0, 0,
        ) + option + payload
        tcp = sealed(tcp, side.address + other.address)
        if self.ipv6:
            packet = struct.pack("!IHBB", 6 << 28, len(tcp), 6, 64)
            packet += side.address + other.address
        else:
            side.packet_id = side.packet_id + 1 & 0xFFFF
            packet = struct.pack(
                "!BBHHHBBH", 0x45, 0, 20 + len(tcp), side.packet_id, 0x4000, 64, 6, 0
            ) + side.address + other.address
            packet = packet[:10] + struct.pack("!H", checksum(packet)) + packet[12:]
        kind = b"\x86\xdd" if self.ipv6 else b"\x08\x00"
        frame = other.mac + side.mac + kind + packet + tcp
        self.packets.append(Packet(self.time, frame, len(frame)))
        self.time += self.gap


def write_conversations(path, talks: Iterable[Conversation], snaplen=None) -> None:
    """Write several connections to one capture, in order of time."""
    packets = sorted(
        (packet for talk in talks for packet in talk.packets), key=lambda p: p.time
    )
    write_pcapng(path, snap(packets, snaplen) if snaplen else packets)


# --- Records -----------------------------------------------------------------


def vector(bits: int, data: bytes) -> bytes:
    """``data`` after its length in ``bits`` bits, as RFC 8446 writes <..>."""
    return len(data).to_bytes(bits // 8, "big") + data


def record(kind: int, payload: bytes, version: int = TLS12) -> bytes:
    """One record around ``payload``, whatever its length (up to 65535)."""
    return struct.pack("!BHH", kind, version, len(payload)) + payload


def records(kind: int, payload: bytes, size: int = 16384, version: int = TLS12) -> bytes:
    """``payload`` as records of at most ``size`` bytes each."""
    return b"".join(
        record(kind, payload[at : at + size], version)
        for at in range(0, len(payload), size)
    )


def handshake_record(*messages: bytes, version: int = TLS12) -> bytes:
    """One record that holds whole handshake messages."""
    return record(HANDSHAKE, b"".join(messages), version)


def alert(level: int, description: int, version: int = TLS12) -> bytes:
    return record(ALERT, bytes([level, description]), version)


def ccs(version: int = TLS12) -> bytes:
    return record(CCS, b"\x01", version)


def protected(size: int, label: str, kind: int = APPDATA, version: int = TLS12) -> bytes:
    """One record of ``size`` bytes that look encrypted."""
    return record(kind, noise(size, label), version)


# --- Handshake messages ------------------------------------------------------


def message(kind: int, body: bytes) -> bytes:
    """A handshake message with a correct length."""
    return bytes([kind]) + vector(24, body)


def extension(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("!H", kind) + vector(16, data)


def server_name(host: str = "server.example") -> bytes:
    return extension(0, vector(16, b"\x00" + vector(16, host.encode())))


def alpn(*names: str) -> bytes:
    return extension(16, vector(16, b"".join(vector(8, n.encode()) for n in names)))


def words(*values: int) -> bytes:
    return struct.pack(f"!{len(values)}H", *values)


GROUPS = extension(10, vector(16, words(0x001D, 0x0017)))
POINT_FORMATS = extension(11, vector(8, b"\x00"))
SIGNATURES = extension(13, vector(16, words(0x0403, 0x0804, 0x0401)))
EXTENDED_MASTER_SECRET = extension(23)
RENEGOTIATION_INFO = extension(0xFF01, b"\x00")

TLS12_SUITES = (0xC02B, 0xC02F, 0xC02C, 0xC030)
TLS13_SUITES = (0x1301, 0x1303, 0x1302)


def client_extensions(tls13: bool = False, host: str = "server.example") -> list[bytes]:
    """What a plain, modern ClientHello carries."""
    items = [server_name(host), EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, GROUPS,
             POINT_FORMATS, SIGNATURES, alpn("http/1.1")]
    if tls13:
        share = words(0x001D) + vector(16, noise(32, "client share"))
        items += [extension(43, vector(8, words(TLS13, TLS12))),
                  extension(45, vector(8, b"\x01")),
                  extension(51, vector(16, share))]
    return items


def client_hello(extensions: Iterable[bytes] | None = None, *, tls13=False,
                 version=TLS12, session_id: bytes | None = None, suites=None,
                 compression=b"\x00", after=b"") -> bytes:
    """A ClientHello message.

    ``extensions``: None for the usual ones, an empty list for an empty
    block; ``message(1, client_hello_body())`` is a hello with no block at
    all.  ``after`` is appended behind the extensions block.
    """
    if session_id is None:
        session_id = noise(32, "session id") if tls13 else b""
    if suites is None:
        suites = (TLS13_SUITES if tls13 else ()) + TLS12_SUITES
    if extensions is None:
        extensions = client_extensions(tls13)
    return message(1, client_hello_body(version, session_id, suites, compression)
                   + vector(16, b"".join(extensions)) + after)


def client_hello_body(version=TLS12, session_id=b"", suites=TLS12_SUITES,
                      compression=b"\x00") -> bytes:
    """The body of a ClientHello up to its extensions."""
    return (words(version) + noise(32, "client random") + vector(8, session_id)
            + vector(16, words(*suites)) + vector(8, compression))


def server_hello(extensions: Iterable[bytes] | None = None, *, tls13=False,
                 version=TLS12, session_id: bytes | None = None, suite=None,
                 compression=0, after=b"") -> bytes:
    """The ServerHello that answers client_hello().

    An empty ``extensions`` list leaves the block out.
    """
    if session_id is None:
        session_id = noise(32, "session id" if tls13 else "server session id")
    if suite is None:
        suite = 0x1301 if tls13 else 0xC02B
    if extensions is None:
        share = words(0x001D) + vector(16, noise(32, "server share"))
        extensions = (
            [extension(43, words(TLS13)), extension(51, share)] if tls13
            else [EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, POINT_FORMATS,
                  alpn("http/1.1")]
        )
    extensions = b"".join(extensions)
    return message(2, words(version) + noise(32, "server random")
                   + vector(8, session_id) + words(suite) + bytes([compression])
                   + (vector(16, extensions) if extensions else b"") + after)


# A P-256 certificate for server.example, 2026 to 2046, from the CA below.
CERTIFICATE = base64.b64decode("""
MIIB5TCCAYqgAwIBAgIUZ+O4bW+k63d3CjGlCNjGXFmjkUUwCgYIKoZIzj0EAwIwFDESMBAGA1UE
AwwJU2FtcGxlIENBMB4XDTI2MDEwMTAwMDAwMFoXDTQ2MDEwMTAwMDAwMFowGTEXMBUGA1UEAwwO
c2VydmVyLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQtzPjDQDJVNhqQSSX7dr4S
iYAAelfSxHi0ukIIi4FS1GoJB3yVu8d7rhwnZPGv71TvXVtSoIdgnt59Wg4T3jdZo4G0MIGxMAwG
A1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgWgMBMGA1UdJQQMMAoGCCsGAQUFBwMBMDwGA1UdEQQ1
MDOCDnNlcnZlci5leGFtcGxlgglsb2NhbGhvc3SHBH8AAAGHEAAAAAAAAAAAAAAAAAAAAAEwHQYD
VR0OBBYEFI+V+EeLeNY+nxhu1aNUs1+rk5z+MB8GA1UdIwQYMBaAFBPJownEugLLeLcSq8OZy954
/hfvMAoGCCqGSM49BAMCA0kAMEYCIQCHoKcLgus77hqbneUvNrY9+rKXGL4dwhzC7IG0gWD1uwIh
AOKD1TDBSvB2xF+ugTQvGilsD0kW2iX+3WCXoLU0eYR8
""")
CA_CERTIFICATE = base64.b64decode("""
MIIBbDCCARKgAwIBAgIUFbYoqeGui7sWm+fWrVArsTQyq/kwCgYIKoZIzj0EAwIwFDESMBAGA1UE
AwwJU2FtcGxlIENBMB4XDTI2MDEwMTAwMDAwMFoXDTQ2MDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
U2FtcGxlIENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEw0+DFLunfxcXax0rvjiblMzqzdON
+phFI8R68nJJGbTCSt9aZvqF3TEh/sz5+n0HpkDVqwwIFcqXb1Bmq05Ig6NCMEAwDwYDVR0TAQH/
BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFBPJownEugLLeLcSq8OZy954/hfvMAoG
CCqGSM49BAMCA0gAMEUCIFF0q+rXaDC1G6wav5pgVN/VDJLRUqSc2+yLQDOfaf9dAiEA7/IbX3Rl
c0Yz/1w50FQ14jE6WvveofkSWRJl7x0HvVg=
""")


def certificate(*chain: bytes) -> bytes:
    """A Certificate message as up to TLS 1.2; without ``chain``, ours."""
    chain = chain or (CERTIFICATE, CA_CERTIFICATE)
    return message(11, vector(24, b"".join(vector(24, c) for c in chain)))


def server_key_exchange() -> bytes:
    """ECDHE over x25519, with bytes in place of an ECDSA signature."""
    point = b"\x03" + words(0x001D) + vector(8, noise(32, "server point"))
    half = b"\x02\x20\x35"
    signature = b"\x30\x44" + half + noise(31, "r") + half + noise(31, "s")
    return message(12, point + words(0x0403) + vector(16, signature))


def server_hello_done() -> bytes:
    return message(14, b"")


def client_key_exchange() -> bytes:
    return message(16, vector(8, noise(32, "client point")))


def server_flight() -> tuple[bytes, bytes, bytes, bytes]:
    """The TLS 1.2 server's messages, ServerHello to ServerHelloDone."""
    return server_hello(), certificate(), server_key_exchange(), server_hello_done()


# --- Whole handshakes --------------------------------------------------------


def sslv2_client_hello(version=TLS10, suites=TLS12_SUITES, *, kinds=(),
                       challenge=32, session_id=b"", padding: int | None = None) -> bytes:
    """A ClientHello in SSLv2 format, with its record header.

    ``suites`` are TLS suites, ``kinds`` three-byte SSLv2 cipher kinds,
    ``challenge`` the length of the challenge.  With ``padding`` the record
    has the three-byte header, and that many bytes of padding.
    """
    specs = b"".join(k.to_bytes(3, "big") for k in (*suites, *kinds))
    body = (b"\x01" + words(version, len(specs), len(session_id), challenge)
            + specs + session_id + noise(challenge, "challenge"))
    return sslv2_record(body, padding)


def sslv2_record(body: bytes, padding: int | None = None) -> bytes:
    """An SSLv2 record; with ``padding``, one with the three-byte header."""
    if padding is None:
        return words(0x8000 | len(body)) + body
    return words(len(body) + padding) + bytes([padding]) + body + bytes(padding)


def finish_tls12(talk: Conversation) -> Conversation:
    """From the ClientKeyExchange to the server's Finished (AEAD sizes)."""
    talk.client(handshake_record(client_key_exchange()) + ccs()
                + protected(40, "client finished", HANDSHAKE))
    return talk.server(ccs() + protected(40, "server finished", HANDSHAKE))


def handshake_tls12(talk: Conversation, hello: bytes | None = None) -> Conversation:
    """A full ECDHE-ECDSA handshake in TLS 1.2."""
    talk.client(handshake_record(hello or client_hello(), version=TLS10))
    talk.server(b"".join(handshake_record(m) for m in server_flight()))
    return finish_tls12(talk)


def handshake_tls13(talk: Conversation, hello: bytes | None = None) -> Conversation:
    """A full handshake in TLS 1.3 with compatibility CCS."""
    talk.client(handshake_record(hello or client_hello(tls13=True), version=TLS10))
    talk.server(handshake_record(server_hello(tls13=True)) + ccs()
                + protected(40, "encrypted extensions")
                + protected(len(CERTIFICATE) + 30, "certificate")
                + protected(96, "certificate verify") + protected(53, "finished"))
    return talk.client(ccs() + protected(53, "client finished"))


def exchange(talk: Conversation, label="data") -> Conversation:
    """A request and a response, both protected."""
    talk.client(protected(120, label + " request"))
    return talk.server(protected(640, label + " response"))


def close(talk: Conversation, tls13=False) -> Conversation:
    """Protected close_notify both ways, then FIN.  Sizes as AEAD gives."""
    for send, side in ((talk.client, "client"), (talk.server, "server")):
        if tls13:
            send(protected(19, side + " close"))
        else:
            send(protected(26, side + " close", ALERT))
    return talk.fin()
