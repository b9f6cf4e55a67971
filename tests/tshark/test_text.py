# SPDX-License-Identifier: GPL-2.0-or-later
"""What peers write is shown as text and does nothing: not to a terminal, a column or a reader of JSON."""

import json
import unicodedata

import pytest
from samples import SAMPLES

(SAMPLE,) = [sample for sample in SAMPLES if str(sample) == "text-that-acts"]
SERVER_NAMES = [
    r"\x1b[2J\x1b]0;owned\x07.example",
    "%s%n%d.example",
    r"""<b>&"'\x5c.example""",
    r"\xff\xfe\xc3(.example",
    r"a\x0d\x0ab\x09.example",
    r"\xe2\x80\xaeexample",
]
WAYS = {
    "tree": ("-O", "tlslens"),
    "columns": (),
    "PDML": ("-T", "pdml", "-J", "tlslens"),
    "JSON": ("-T", "json", "-J", "tlslens"),
    "table": ("-q", "-z", "tlslens,handshakes"),
    "overview": ("-q", "-z", "tlslens,tree"),
    "lines of JSON": ("-q", "-z", "tlslens,json"),
    "expert infos": ("-q", "-z", "expert"),
}
ACTS = {"Cc", "Cf", "Zl", "Zp"}  # controls, marks of format, ends of lines and paragraphs
WHITE = set("\n\t\r")  # Wireshark leaves them in XML


@pytest.mark.parametrize("way", WAYS)
def test_is_shown_without_what_acts(way, shark):
    out = shark.tshark(SAMPLE.path, *WAYS[way])
    acting = {c for c in out if unicodedata.category(c) in ACTS} - WHITE
    assert acting == set()


def test_rows_have_the_names_escaped(shark):
    lines = shark.tshark(SAMPLE.path, "-q", "-z", "tlslens,json").splitlines()
    rows = sorted(map(json.loads, lines), key=lambda row: row["index"])
    names = [row["server_name"] for row in rows]
    assert names == SERVER_NAMES + ["server.example"] * len(SERVER_NAMES)
    assert all(name in row["explanation"] for name, row in zip(SERVER_NAMES, rows))


@pytest.mark.parametrize("name", SERVER_NAMES)
def test_filters_find_the_names(name, shark):
    value = name.replace("\\", "\\\\").replace('"', '\\"')
    out = shark.tshark(SAMPLE.path, "-Y", f'tlslens.session.server_name == "{value}"', "-T", "fields", "-e", "tcp.stream")
    assert set(out.split()) == {str(SERVER_NAMES.index(name))}


def test_filters_find_the_names_as_they_were_sent(shark):
    field = "tlslens.handshake.extensions_server_name"
    out = shark.tshark(SAMPLE.path, "-Y", rf'{field} contains "\x1b[2J"', "-T", "fields", "-e", "tcp.stream")
    assert out.split() == ["0"]
