# SPDX-License-Identifier: GPL-2.0-or-later
"""A conversation that goes on with data of TLS is TLSLens's to be handed on, and Wireshark shows it as before,
whatever carries it and whatever comes behind it. Data is passed where nobody wants marks: not in a run that
draws a tree, but in the first of two."""

import json
import struct

import pytest
from built import (
    APPDATA, Conversation, alert, client_hello, finish_tls12, handshake_record, handshake_tls12, handshake_tls13, noise,
    record,
)
from pdml import differences

RUNS = {
    "as_it_is": (),
    "out_of_order": ("-o", "tcp.reassemble_out_of_order:TRUE"),
    "heuristics_first": ("-o", "tcp.try_heuristic_first:TRUE"),
    "client_decoded": ("-d", "tcp.port==50000,ldp"),
    "server_decoded": ("-d", "tcp.port==443,http"),
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


def ldp_behind():
    """LDP keeps alive (RFC 5036 §3.5.4)."""
    pdu = bytes.fromhex("0001000ec00002010000020100040000") + b"\0\1"
    return plain().client(pdu).server(pdu, pdu).client(pdu)


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


KINDS = (plain, text_behind, ldp_behind, lost, other_port, proxy_header, connect, socks, starttls, renegotiated)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__, scope="module")
def capture(request, shark):
    path = shark.captures / f"led-{request.param.__name__}.pcapng"
    request.param().write(path)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("run", RUNS)
def test_other_layers(run, capture, shark):
    with_us = shark.frames(capture, "-2", *RUNS[run])
    without = shark.frames(capture, "-2", *RUNS[run], plugin=False)
    assert differences(with_us, without) == []


@pytest.mark.parametrize("run", RUNS)
def test_the_list_of_packets(run, capture, shark):
    assert shark.tshark(capture, *RUNS[run]) == shark.tshark(capture, *RUNS[run], plugin=False)


def test_exported_payload(capture, shark):
    """It is of the same dissectors. Where a conversation is TLSLens's anyway it is called TLS."""

    def exported(plugin):
        path = shark.captures / f"exported-{plugin}-{capture.name}"
        path.unlink(missing_ok=True)
        shark.captures.chmod(0o777)
        shark.tshark(capture, "-U", "OSI layer 4", "-w", str(path), plugin=plugin)
        fields = ("exported_pdu.prot_name", "exported_pdu.dis_table_name", "exported_pdu.dis_table_val")
        return shark.tshark(path, "-T", "fields", *(word for f in fields for word in ("-e", f)), plugin=False)

    assert exported(True) == exported(False) != ""


def test_all_data_is_read(capture, shark):
    def lengths(prefix, plugin):
        fields = ("-T", "fields", "-e", "frame.number", "-e", f"{prefix}.record.length")
        return shark.tshark(capture, "-2", "-Y", f"{prefix}.record.length", *fields, plugin=plugin)

    ours = lengths("tlslens", True)
    assert ours.count("\n") > 30 and ours == lengths("tls", False)


def amsdu(*frames):
    """A frame of a wireless network that carries several (IEEE 802.11-2020 §9.3.2.2.2), of what Ethernet carried."""
    inner = b""
    for frame in frames:
        length = struct.pack("!H", len(frame) - 14 + 8)
        inner += bytes(-len(inner) % 4) + frame[:12] + length + b"\xaa\xaa\3\0\0\0" + frame[12:]
    return b"\x88\0\0\0" + 3 * b"\2\0\0\0\0\1" + b"\0\0\x80\0" + inner


def test_a_frame_of_several_packets(shark):
    """What is known of the one with data says nothing of the other."""
    talk = plain().client(data(65)).client(data(65))  # no longer than others before it, so it is passed
    other = Conversation(sport=50001).client(handshake_record(client_hello()))
    before = len(other.packets)
    other.server(alert(2, 40))
    frames = [amsdu(packet.data) for packet in talk.packets[:-2] + other.packets[:before]]
    frames.append(amsdu(talk.packets[-2].data, other.packets[before].data))
    path = shark.captures / "led-several.pcap"
    ieee_802_11 = 105
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ieee_802_11)
    path.write_bytes(head + b"".join(struct.pack("<IIII", n, 0, len(f), len(f)) + f for n, f in enumerate(frames)))
    path.chmod(0o644)
    rows = map(json.loads, shark.tshark(path, "-q", "-z", "tlslens,json").splitlines())
    assert {row["client"][-5:]: row["outcome"] for row in rows} == {
        "50000": "established_inferred", "50001": "failed_alert",
    }
