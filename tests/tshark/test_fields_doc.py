# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/fields.md tells the names, types and meanings that Wireshark tells."""

import pathlib
import re

import pytest
from samples import FINDINGS

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "fields.md"
TYPES = {
    "FT_NONE": "Label",
    "FT_UINT8": "Unsigned integer (8 bits)",
    "FT_UINT16": "Unsigned integer (16 bits)",
    "FT_UINT24": "Unsigned integer (24 bits)",
    "FT_UINT32": "Unsigned integer (32 bits)",
    "FT_BYTES": "Byte sequence",
    "FT_STRING": "Character string",
    "FT_OID": "ASN.1 object identifier",
    "FT_ABSOLUTE_TIME": "Date and time",
    "FT_BOOLEAN": "Boolean",
    "FT_DOUBLE": "Floating point (double-precision)",
    "FT_FRAMENUM": "Frame number",
}


def is_finding(name):
    return name.removeprefix("tlslens.finding.") in FINDINGS


@pytest.fixture(scope="module")
def registered(shark):
    """Name to type and blurb of all fields but the expert infos."""
    rows = [line.split("\t") for line in shark.tshark(None, "-G", "fields").splitlines()]
    ours = [row for row in rows if row[0] == "F" and row[4] == "tlslens"]
    return {row[2]: (TYPES[row[3]], row[7]) for row in ours if not is_finding(row[2])}


@pytest.fixture(scope="module")
def told():
    """Name to type and meaning, of the rows of the document."""
    found = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            cells = re.split(r"(?<!\\)\|", line)
            name, words, meaning = (cell.strip().replace(r"\|", "|") for cell in cells[1:4])
            found[name.strip("`")] = words, meaning
    return found


def test_every_field_is_told_and_no_other(registered, told):
    assert len(told) > 50
    assert sorted(told) == sorted(registered)


def test_types_agree(registered, told):
    both = sorted(registered.keys() & told.keys())
    assert [(n, told[n], registered[n]) for n in both if told[n][0] != registered[n][0]] == []


def test_meanings_agree(registered, told):
    """Of several fields of one name Wireshark tells the first one's meaning, the document each."""
    both = sorted(registered.keys() & told.keys())
    wrong = [n for n in both if not f"{told[n][1]} ".startswith(f"{registered[n][1]} ")]
    assert [(n, told[n], registered[n]) for n in wrong] == []
