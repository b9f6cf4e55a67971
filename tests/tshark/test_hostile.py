# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that are damaged, incomplete or out of order, made from the samples."""

import random

import pytest
import shark as runner
from capfile import snap
from joined import join
from pdml import differences
from samples import HEALTHY, MORE, SAMPLES

SERIOUS = ("warn", "error")
ALONE = ("-o", "tlslens.keep_builtin:FALSE")
NO_HEURISTIC = ("--disable-heuristic", "tlslens_tcp")  # it recognises more than the built-in's
SEED = 5246


def tcp_payload_at(data):
    """Where the payload of TCP begins in an Ethernet frame."""
    tcp = 54 if data[12:14] == b"\x86\xdd" else 14 + (data[14] & 15) * 4
    return tcp + (data[tcp + 12] >> 4) * 4


def corrupted(share, chance):
    def change(packets):
        for packet in packets:
            data = bytearray(packet.data)
            for at in range(tcp_payload_at(data), len(data)):
                if chance.random() < share:
                    data[at] = chance.randrange(256)
            yield packet._replace(data=bytes(data))

    return lambda packets: list(change(packets))


def cut_to(snaplen):
    return lambda packets: snap(packets, snaplen)


def losing(share, chance):
    return lambda packets: [p for p in packets if chance.random() >= share] or packets[:1]


def twice(packets):
    return [packet for packet in packets for _ in range(2)]


def swapped(packets):
    packets = list(packets)
    for n in range(3, len(packets) - 1, 3):
        packets[n], packets[n + 1] = packets[n + 1], packets[n]
    return packets


LOSSES = {
    **{f"snap_{n}": cut_to(n) for n in (60, 71, 80, 150, 300, 600)},
    **{f"lost_{n}": losing(n / 100, random.Random(SEED + n)) for n in (15, 40)},
    "first_frames_lost": lambda packets: packets[5:] or packets[-1:],
    "last_frames_lost": lambda packets: packets[: max(1, len(packets) // 2)],
    "odd_frames_lost": lambda packets: packets[::2],
}
ORDERS = {"twice": twice, "swapped": swapped, "reversed": lambda packets: packets[::-1]}
DAMAGES = {
    f"corrupted_{int(share * 1000)}": corrupted(share, random.Random(SEED))
    for share in (0.002, 0.05)
}
ALL = {**LOSSES, **ORDERS, **DAMAGES}


@pytest.fixture(scope="module")
def hostile(shark):
    """hostile(kind) is a file with all samples, each changed that way."""
    made = {}

    def make(kind):
        if kind not in made:
            path = shark.captures / f"hostile-{kind}.pcapng"
            made[kind] = join(SAMPLES, path, ALL[kind])
        return made[kind]

    return make


@pytest.mark.parametrize("kind", ALL)
def test_alone_without_a_failure(kind, shark, hostile):
    """Wireshark's own TLS dissector is not asked."""
    out = shark.tshark(hostile(kind).path, *ALONE, "-2", "-V")
    assert "Dissector bug" not in out
    assert "Malformed Packet: TLSLens" not in out


@pytest.fixture(scope="module", autouse=True)
def runs(request, shark, hostile):
    """Starts what test_other_layers will ask for."""
    for item in request.session.items:
        if item.name.startswith("test_other_layers[") and item.module is request.module:
            path = hostile(item.callspec.params["kind"]).path
            shark.start(path, *NO_HEURISTIC)
            shark.start(path, plugin=False)


@pytest.mark.parametrize("kind", ALL)
def test_other_layers(kind, shark, hostile):
    joined = hostile(kind)
    runs = [shark.start(joined.path, *NO_HEURISTIC), shark.start(joined.path, plugin=False)]
    with_us, without = [run.result() for run in runs]
    assert [(joined.where(n), text) for n, text in differences(with_us, without)] == []


@pytest.mark.parametrize("kind", ALL)
def test_failures_are_not_ours(kind, shark, hostile):
    frames = shark.frames(hostile(kind).path, *NO_HEURISTIC)
    assert [text for f in frames for text in f.malformed if "TLSLens" in text] == []


@pytest.mark.parametrize("kind", [*LOSSES, *ORDERS])
def test_what_happens_to_a_capture_is_not_the_peers_fault(kind, shark, hostile):
    joined = hostile(kind)
    frames = shark.frames(joined.path, *NO_HEURISTIC)
    blamed = [
        (joined.where(first), found)
        for part in joined.parts
        if part.sample in HEALTHY
        for first, frame in enumerate(part.of(frames), part.first)
        for found in frame.severities()
        if found[1] in SERIOUS
    ]
    assert blamed == []


@pytest.mark.parametrize("kind", ["snap_300", "lost_15", "swapped", "corrupted_50"])
def test_second_pass(kind, shark, hostile):
    joined = hostile(kind)
    first = shark.frames(joined.path, *NO_HEURISTIC)
    second = shark.frames(joined.path, *NO_HEURISTIC, "-2")
    # On the second pass TCP hands over something else where a damaged header made the built-in ask
    # for bytes that are another's, and where segments are lost or swapped while it reassembles;
    # the built-in's own part of the frame shows it.
    alike = [
        (a, b) for a, b in zip(first, second, strict=True)
        if kind == "snap_300" or a.builtin == b.builtin
    ]
    assert len(alike) > len(first) * 0.8
    wrong = [a.number for a, b in alike if content(a) != content(b)]
    assert [joined.where(n) for n in wrong] == []


def content(frame):
    """Our layers without their titles' sizes, which depend on what TCP hands over."""
    return [layer[1:] for layer in frame.ours]


@pytest.mark.parametrize("share", [0.3, 0.71, 0.999])
def test_file_that_ends_early(share, shark, everything):
    raw = everything.path.read_bytes()
    path = shark.captures / f"ends-early-{int(share * 1000)}.pcapng"
    path.write_bytes(raw[: int(len(raw) * share)])
    runs = [shark.run(runner.program(), "-n", "-r", path, plugin=plugin) for plugin in (True, False)]
    assert runs[0].status == runs[1].status >= 0
    assert runs[0].out.count("\n") == runs[1].out.count("\n")


@pytest.mark.parametrize("capture", MORE, ids=lambda path: path.name)
def test_further_captures(capture, shark):
    """Other dissectors may fail there; ours adds no failure."""
    command = [runner.program(), "-n", "-2", "-V", "-r", shark.adopt(capture)]
    with_us = shark.run(*command, *ALONE)
    if with_us.status != 0:
        without = shark.run(*command, "--disable-protocol", "tls", plugin=False, env=runner.GATES | runner.GATE_ALONE)
        assert with_us.status == without.status, with_us.err[-2000:]
    assert "Malformed Packet: TLSLens" not in with_us.out
