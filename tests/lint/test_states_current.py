# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/states.md is what docs/make_states.py writes, and has every state and edge."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "states.md"
TABLE = ROOT / "src" / "session" / "order.def"
sys.path.insert(0, str(ROOT / "docs"))
from make_states import Edge, rows_of  # noqa: E402: the module stands with the documents


def table(kind):
    return re.findall(rf"^{kind}\((\w+),", TABLE.read_text(encoding="utf-8"), re.M)


def test_document_is_current():
    command = [sys.executable, str(ROOT / "docs" / "make_states.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_document_tells_how_it_is_made():
    head = DOCUMENT.read_text(encoding="utf-8").splitlines()[:3]
    assert any("docs/make_states.py" in line for line in head)


def test_every_state_and_edge_is_told():
    states, edges = DOCUMENT.read_text(encoding="utf-8").split("## Edges")
    assert len(table("STATE")) > 20 and len(table("EDGE")) > 40
    assert re.findall(r"^\| `(\w+)` \|", states, re.M) == table("STATE")
    assert re.findall(r"^\| `(\w+)` \|", edges, re.M) == table("EDGE")


def test_every_edge_is_drawn():
    drawn = DOCUMENT.read_text(encoding="utf-8").split("```")[1]
    _, edges = rows_of(TABLE.read_text(encoding="utf-8"))
    for edge in edges:
        (line,) = re.findall(rf"^ +{edge.start} --> {edge.end}: (.*)$", drawn, re.M)
        assert f"{edge.by[0].upper()} {edge.message}" in line.split(", ")


def test_rows_that_are_not_understood_are_told():
    text = TABLE.read_text(encoding="utf-8")
    assert rows_of(text)[1][0] == Edge("start", "client_hello", "client", "client_hello", "RFC 5246 §7.3")
    for more in ('EDGE(start, finished, nobody, start, "RFC 5246 §7.3")\n',
                 'EDGE(nowhere, finished, client, start, "RFC 5246 §7.3")\n', "STATE(start)\n"):  # fmt: skip
        with pytest.raises(ValueError):
            rows_of(text + more)
