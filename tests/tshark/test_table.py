# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of handshakes, the same as JSON, and what the frames say: they agree."""

import json
import re

import pytest
from sharkd import Sharkd

FIELDS = ("frame.number", "tlslens.handshake_index", "tlslens.session.outcome", "tlslens.session.cause")
DECIDED = ("-Y", "tlslens.session.outcome", "-T", "fields", *(w for f in FIELDS for w in ("-e", f)))
FAILED = re.compile("failed|reset|closed|no_response|plaintext|not_tls")


@pytest.fixture(scope="module")
def rows(shark, everything):
    out = shark.tshark(everything.path, *everything.options, "-q", "-z", "tlslens,json")
    return [json.loads(line) for line in out.splitlines()]


def cells_of(text):
    """The rows of the table as tshark prints it."""
    return [line.split(" |") for line in text.splitlines() if re.match(r"\d+ \|", line)]


def test_every_handshake_has_a_row_and_those_that_failed_come_first(rows):
    assert sorted(row["index"] for row in rows) == list(range(len(rows)))
    keys = [(not FAILED.match(row["outcome"]), row["index"]) for row in rows]
    assert keys == sorted(keys) and {first for first, _ in keys} == {True, False}
    assert all(("cause" in row) == bool(FAILED.match(row["outcome"])) for row in rows)


def test_explanations_are_lines_of_a_length(rows):
    told = [row["explanation"] for row in rows if "cause" in row]
    assert told and all(0 < len(text.encode()) <= 160 and "\n" not in text for text in told)


def test_table_is_the_same_as_json(rows, shark, everything):
    out = shark.tshark(everything.path, *everything.options, "-q", "-z", "tlslens,handshakes")
    table = [(int(c[0]), c[1], c[2], c[9], c[10]) for c in cells_of(out)]
    assert table == [
        (r["index"], r["client"], r["server"], r["outcome"], r.get("cause", "")) for r in rows
    ]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one_pass", "two_passes"])
def test_frames_say_what_the_rows_say(passes, rows, shark, everything):
    out = shark.tshark(everything.path, *everything.options, *passes, *DECIDED)
    frames = {tuple(line.split("\t")) for line in out.splitlines()}
    decided = [row for row in rows if "decided_in" in row]
    wanted = [
        (str(r["decided_in"]), str(r["index"]), r["outcome"], r.get("cause", "")) for r in decided
    ]
    assert len(wanted) > 400 and frames == set(wanted)


def test_ports_used_again_without_a_syn_are_another_handshake(rows, everything):
    (part,) = [part for part in everything.parts if str(part.sample) == "ports-again-without-syn"]
    mine = [r for r in rows if part.first <= r.get("decided_in", 0) < part.first + part.count]
    assert sorted((r["client_hello_in"] - part.first + 1, r["outcome"]) for r in mine) == [
        (4, "established"), (25, "established")
    ]


def test_filter_leaves_the_handshakes_it_fits(rows, shark, everything):
    command = ("-q", "-z", "tlslens,json,tlslens.session.cause")
    out = shark.tshark(everything.path, *everything.options, *command)
    shown = [json.loads(line)["index"] for line in out.splitlines()]
    assert shown == [row["index"] for row in rows if "cause" in row and "decided_in" in row]


def test_overview_counts_outcomes(rows, shark, everything):
    out = shark.tshark(everything.path, *everything.options, "-q", "-z", "tlslens,tree")
    established = sum(row["outcome"] == "established" for row in rows)
    assert re.search(rf"^ established +{established} ", out, re.M)


def test_sharkd_has_the_table(rows, shark, everything):
    daemon = Sharkd(shark)
    try:
        daemon.ask("load", file=str(everything.path))
        (tap,) = daemon.ask("tap", tap0="nstat:tlslens,handshakes")["taps"]
        (table,) = tap["tables"]
        assert [int(row[0]) for row in table["i"]] == [row["index"] for row in rows]
    finally:
        daemon.close()
