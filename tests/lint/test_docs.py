# SPDX-License-Identifier: GPL-2.0-or-later
"""The documents, where there are any, name every finding and every field."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFS = sorted((ROOT / "src").rglob("*.def"))


def rows(kind, column):
    """One column of all rows of a kind in the tables; column 0 is a name, others are quoted."""
    pattern = re.compile(rf'^\s*{kind}\((\w+),\s*(?:"([^"]*)")?', re.M)
    return [m[column + 1] for path in DEFS for m in pattern.finditer(path.read_text(encoding="utf-8"))]


def test_tables_are_read():
    assert "alert_fatal" in rows("FINDING", 0)
    assert "record.content_type" in rows("FIELD", 1)


@pytest.mark.parametrize(
    ("document", "names"),
    [("findings.md", rows("FINDING", 0)), ("fields.md", [f"tlslens.{n}" for n in rows("FIELD", 1)])],
    ids=["findings", "fields"],
)
def test_every_row_is_described(document, names):
    path = ROOT / "docs" / document
    if path.exists():
        words = set(re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*", path.read_text(encoding="utf-8")))
        assert [name for name in names if name not in words] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    local = [t for t in targets if not re.match(r"[a-z]+:", t)]
    assert [t for t in local if not (path.parent / t).exists()] == []
