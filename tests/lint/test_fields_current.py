# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/fields.md is what docs/make_fields.py writes, and has the fields of the .def files."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "fields.md"
ROW = re.compile(r"\| `(tlslens(?:\.[a-z0-9_]+)+)` \| ([^|]+) \| ((?:[^|\\]|\\.)+) \| ([^|]+) \|")


def rows():
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    return [ROW.fullmatch(line) for line in lines if line.startswith("| `")]


def test_document_is_current():
    command = [sys.executable, str(ROOT / "docs" / "make_fields.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_document_tells_how_it_is_made():
    head = DOCUMENT.read_text(encoding="utf-8").splitlines()[:3]
    assert any("docs/make_fields.py" in line for line in head)


def test_rows_are_whole_and_sorted():
    assert all(rows()) and len(rows()) > 50
    names = [row[1] for row in rows()]
    assert names == sorted(set(names))


def test_known_fields_are_told():
    found = {row[1]: row.group(2, 4) for row in rows()}
    assert found["tlslens.record.length"] == ("Unsigned integer (16 bits)", "RFC 8446 §5.1")
    assert found["tlslens.handshake.ciphersuite"][0] == "Unsigned integer (16 bits)"
    assert found["tlslens.handshake"][0] == "Label"
