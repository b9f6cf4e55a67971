# SPDX-License-Identifier: GPL-2.0-or-later
"""A conversation that goes on with data of TLS is TLSLens's to be handed on, and Wireshark shows it as before,
whatever carries it and whatever comes behind it."""

import pytest
from built import APPDATA, Conversation, finish_tls12, handshake_tls12, handshake_tls13, noise, record
from pdml import differences

RUNS = {
    "one_pass": (),
    "two_passes": ("-2",),
    "out_of_order": ("-o", "tcp.reassemble_out_of_order:TRUE"),
    "heuristics_first": ("-o", "tcp.try_heuristic_first:TRUE"),
    "decoded_as": ("-d", "tcp.port==443,http"),
}
TEXT = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\nNo.\n"


def data(n):
    return record(APPDATA, noise(n, str(n)))


def long(talk):
    """More data than has to come for a conversation to be led, in one segment and over several, both ways."""
    for n in range(12):
        talk.server(data(40 + n), data(1400) + data(3000 + n) + data(20)).client(data(60 + n))
    return talk


def plain():
    return long(handshake_tls13(Conversation()))


def text_behind():
    return long(plain().server(TEXT).client(b"GET / HTTP/1.1\r\n\r\n").server(TEXT))


def lost():
    return long(plain().skip_server(700).skip_client(50))


def other_port():
    return long(handshake_tls12(Conversation(port=4433)))


def proxy_header():
    header = b"PROXY TCP4 203.0.113.9 192.0.2.1 50000 443\r\n"
    return long(handshake_tls12(Conversation().client(header)))


def connect():
    talk = Conversation(port=3128).client(b"CONNECT server.example:443 HTTP/1.1\r\nHost: server.example:443\r\n\r\n")
    return long(handshake_tls12(talk.server(b"HTTP/1.1 200 Connection established\r\n\r\n")))


def socks():
    end = b"\xc0\0\2\1\1\xbb"
    talk = Conversation(port=1080).client(b"\5\1\0").server(b"\5\0")
    return long(handshake_tls12(talk.client(b"\5\1\0\1" + end).server(b"\5\0\0\1" + end)))


def starttls():
    talk = Conversation(port=25).server(b"220 server.example ESMTP\r\n").client(b"EHLO client.example\r\n")
    talk.server(b"250-server.example\r\n250 STARTTLS\r\n").client(b"STARTTLS\r\n").server(b"220 Ready\r\n")
    return long(handshake_tls12(talk))


def renegotiated():
    return long(finish_tls12(plain()))


KINDS = (plain, text_behind, lost, other_port, proxy_header, connect, socks, starttls, renegotiated)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__, scope="module")
def capture(request, shark):
    path = shark.captures / f"led-{request.param.__name__}.pcapng"
    request.param().write(path)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("run", RUNS)
def test_other_layers(run, capture, shark):
    with_us = shark.frames(capture, *RUNS[run])
    without = shark.frames(capture, *RUNS[run], plugin=False)
    assert differences(with_us, without) == []


def test_all_data_is_read(capture, shark):
    def lengths(prefix, plugin):
        fields = ("-T", "fields", "-e", "frame.number", "-e", f"{prefix}.record.length")
        return shark.tshark(capture, "-Y", f"{prefix}.record.length", *fields, plugin=plugin)

    ours = lengths("tlslens", True)
    assert ours.count("\n") > 30 and ours == lengths("tls", False)
