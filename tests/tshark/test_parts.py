# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture that is split by connection: the rows of the parts are those of the whole."""

import json

import pytest
from capfile import read_pcapng, write_pcapng
from joined import IPV4, join
from samples import ROOT, SAMPLES

SCRIPT = ROOT / "packaging" / "in-parts.sh"
PARTS = 3
# Frames are counted in each part.
COUNTED = ("index", "part", "client_hello_in", "decided_in")


def tagged(packet, tags):
    """The packet in so many VLANs (IEEE 802.1Q §9.6)."""
    data = packet.data[:12] + bytes.fromhex("81000064") * tags + packet.data[12:]
    return packet._replace(data=data, length=packet.length + 4 * tags)


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


def comparable(row):
    return tuple(sorted((key, value) for key, value in row.items() if key not in COUNTED))


def run(shark, *arguments):
    done = shark.run("bash", str(SCRIPT), *map(str, arguments))
    assert done.status == 0, done.err
    return done.out


@pytest.fixture(scope="module")
def whole(shark):
    """All samples, the packets of a third of them in a VLAN, of another third in one within another."""
    path = shark.captures / "in-vlans.pcapng"
    joined = join(SAMPLES, path)
    packets = read_pcapng(path)
    for n, part in enumerate(joined.parts):
        own = slice(part.first - 1, part.first - 1 + part.count)
        packets[own] = [tagged(packet, n % 3) for packet in packets[own]]
    write_pcapng(path, packets)
    path.chmod(0o644)
    return path


def test_rows_of_the_parts_are_those_of_the_whole(shark, whole):
    folder = shark.home / "parts"
    expected = rows(shark.tshark(whole, "-q", "-z", "tlslens,json"))
    joined = rows(run(shark, PARTS, whole, folder))
    assert len(expected) > len(SAMPLES) / 2
    assert sorted(map(comparable, joined)) == sorted(map(comparable, expected))
    assert {row["part"] for row in joined} == set(range(PARTS))
    failed = ["cause" in row for row in joined]
    assert failed == sorted(failed, reverse=True)


def test_a_last_packet_that_is_not_whole_costs_nothing_else(shark):
    path = shark.captures / "not-whole.pcapng"
    (one,) = [one for one in SAMPLES if str(one) == "alert-unknown-ca-tls12"]
    path.write_bytes(one.path.read_bytes()[:-30])
    path.chmod(0o644)
    (row,) = rows(run(shark, PARTS, path, shark.home / "not-whole"))
    assert row["cause"] == "untrusted_server_certificate"


def test_every_packet_is_in_one_part(shark, whole):
    """Later fragments have no ports: they are in all parts, but there are none in this capture."""
    assert not any(p.data[12:14] == IPV4 and p.data[20] & 0x1F for p in read_pcapng(whole))
    counts = []
    for k in range(PARTS):
        chosen = shark.home / f"chosen-{k}.pcap"
        run_filter = run(shark, "filter", k, PARTS).strip()
        done = shark.run("tcpdump", "-r", str(whole), "-w", str(chosen), run_filter)
        assert done.status == 0, done.err
        counts.append(len(shark.tshark(chosen, "-T", "fields", "-e", "frame.number").splitlines()))
    assert sum(counts) == len(read_pcapng(whole))
    assert min(counts) > sum(counts) / PARTS / 2
