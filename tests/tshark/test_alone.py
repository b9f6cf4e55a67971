# SPDX-License-Identifier: GPL-2.0-or-later
"""Without the built-in dissector a record of data is shown where it begins, and nothing is put together for it."""

import random

import pytest
from built import APPDATA, Conversation, alert, close, handshake_tls12, handshake_tls13, record

ALONE = ("--disable-protocol", "tls")
SEED = 8446
HANDSHAKES = {"tls12": handshake_tls12, "tls13": handshake_tls13}


def data(lengths):
    """Records of which the bytes could be text, so that each segment within one looks like something else."""
    return b"".join(record(APPDATA, b"GET / HTTP/1.1\r\n" * (n // 16) + b"x" * (n % 16)) for n in lengths)


def back(talk, n):
    return talk.skip_server(-n)


def conversation(version, mss):
    chance = random.Random(SEED)
    talk = HANDSHAKES[version](Conversation())
    for _ in range(2 if mss == 7 else 20):
        lengths = [chance.choice((40, 300, 1300, 5000, 16000)) + chance.randrange(64) for _ in range(4)]
        talk.server(data(lengths), mss=mss)
        talk.client(data([chance.randrange(40, 4000)]), mss=mss)
    return talk


@pytest.fixture(params=[(v, mss) for v in HANDSHAKES for mss in (7, 536, 1448)], ids=str, scope="module")
def capture(request, shark):
    version, mss = request.param
    path = shark.captures / f"alone-{version}-{mss}.pcapng"
    close(conversation(version, mss), tls13=version == "tls13").write(path)
    path.chmod(0o644)
    return path


def rows(shark, path, *options, plugin=True, prefix="tlslens"):
    fields = [w for name in ("frame.number", "tcp.srcport", f"{prefix}.record.length") for w in ("-e", name)]
    text = f"{prefix}.record.length"
    return shark.tshark(path, *options, "-Y", text, "-T", "fields", *fields, plugin=plugin).splitlines()


def lengths(lines):
    """Of the records of each side, in their order."""
    out = {}
    for line in lines:
        _, port, several = line.split("\t")
        out.setdefault(port, []).extend(several.split(","))
    return out


def test_the_records_are_those_of_the_built_in(shark, capture):
    wanted = lengths(rows(shark, capture, plugin=False, prefix="tls"))
    assert len(wanted) == 2 and sum(map(len, wanted.values())) > 10
    assert lengths(rows(shark, capture, *ALONE)) == wanted


def test_they_are_the_same_on_every_pass(shark, capture):
    once = rows(shark, capture, *ALONE)
    assert rows(shark, capture, *ALONE, "-2") == once
    assert rows(shark, capture, *ALONE, "-2", "-R", "tcp") == once


def test_nothing_is_found_that_is_not_found_with_the_built_in(shark, capture):
    fields = ("-Y", "tlslens.finding", "-T", "fields", "-e", "tlslens.finding")
    assert shark.tshark(capture, *ALONE, *fields) == shark.tshark(capture, *fields)
    table = ("-q", "-z", "tlslens,json")
    assert shark.tshark(capture, *ALONE, *table) == shark.tshark(capture, *table)


def test_a_record_is_shown_where_it_begins(shark):
    path = shark.captures / "alone-begins.pcapng"
    talk = handshake_tls13(Conversation())
    talk.server(data([40])).client(data([40])).server(data([40]))
    talk.server(data([3000, 50]), mss=1448).write(path)
    path.chmod(0o644)
    *_, begins, ends = rows(shark, path, *ALONE)
    assert begins.split("\t")[2] == "3000" and ends.split("\t")[2] == "50"
    assert int(ends.split("\t")[0]) == int(begins.split("\t")[0]) + 3, "two segments, and what acknowledges them"
    text = shark.tshark(path, *ALONE, "-V", "-Y", f"frame.number == {begins.split()[0]}")
    assert "Application Data, continued in later frames" in text


def test_segments_within_a_record_may_change_places(shark):
    """What is behind them is found all the same, and what came is not called missing."""
    path = shark.captures / "alone-order.pcapng"
    talk = handshake_tls13(Conversation())
    talk.server(data([40])).client(data([40])).server(data([40]))
    long, behind = data([5000]), data([60])
    talk.server(long[:1000])
    talk.skip_server(1000).server(long[2000:3000])
    back(talk, 2000).server(long[1000:2000]).skip_server(1000)
    talk.server(long[3000:] + behind + alert(2, 20)).write(path)
    path.chmod(0o644)
    found = rows(shark, path, *ALONE)
    assert lengths(found)["443"][-2:] == ["60", "2"]
    assert rows(shark, path, *ALONE, "-2") == found
    assert "capture_incomplete" not in shark.tshark(path, *ALONE, "-T", "fields", "-e", "tlslens.finding")


def is_alike_on_every_pass(shark, talk, name):
    """Also for who takes a segment: TCP offers what is declined to others."""
    path = shark.captures / f"alone-{name}.pcapng"
    talk.write(path)
    path.chmod(0o644)
    names = ("frame.number", "frame.protocols", "tlslens.record.length", "tlslens.finding")
    fields = ("-T", "fields", *(word for name in names for word in ("-e", name)))
    once = shark.tshark(path, *ALONE, *fields)
    return once == shark.tshark(path, *ALONE, *fields, "-2") and once


def begun():
    talk = handshake_tls13(Conversation())
    return talk.server(data([40])).client(data([40])).server(data([40]))


def test_text_behind_a_record_is_told_from_text_within_it(shark):
    talk = begun()
    talk.server(data([2887]), mss=1446).server(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert "2887" in is_alike_on_every_pass(shark, talk, "text-behind")


def test_the_last_segments_of_a_record_may_change_places(shark):
    talk = begun()
    long = data([4000])
    talk.server(long[:1000]).server(long[1000:2000])
    talk.skip_server(1000).server(long[3000:])
    back(talk, 2005).server(long[2000:3000])
    talk.skip_server(1005).server(data([60]))
    assert lengths(["\t".join(("1", "443", line.split("\t")[2])) for line in is_alike_on_every_pass(
        shark, talk, "last-order").splitlines() if line.split("\t")[2]])["443"][-2:] == ["4000", "60"]


def test_data_behind_a_gap_is_stepped_over_alike(shark):
    talk = begun()
    long = data([5000])
    talk.server(long[:1000]).skip_server(len(long) - 1000 + 100)
    later = data([300, 4000, 70])
    talk.server(later, mss=1000).server(data([3000]), mss=1000)
    shown = is_alike_on_every_pass(shark, talk, "gap")
    assert "300,4000" in shown and "3000" in shown and "capture_incomplete" in shown


def test_the_packet_list_says_tls_without_an_info_column(shark):
    path = shark.captures / "alone-protocol.pcapng"
    begun().server(data([40])).server(data([40])).write(path)
    path.chmod(0o644)
    shown = shark.tshark(path, *ALONE, "-o", 'gui.column.format:"No.","%m","P","%p"').splitlines()
    assert [line.split()[1] for line in shown][-4:] == ["TLS", "TCP"] * 2
