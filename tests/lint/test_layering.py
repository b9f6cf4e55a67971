# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources keep the order of their rooms, and the habits that keep them readable."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = sorted(p for p in (ROOT / "src").rglob("*") if p.suffix in (".cc", ".h", ".def"))
PLUGIN = sorted(p for p in (ROOT / "plugin").rglob("*") if p.suffix in (".cc", ".h"))
CODE = SOURCES + PLUGIN
WITH_LICENCE = (".cc", ".h", ".def", ".inc", ".csv", ".py", ".toml", ".cmake", ".sh", ".yml", ".txt")
FOLDERS = ("src", "plugin", "tests", "sample-pcaps", "packaging", "docs", ".ci")

# What each room may include besides itself
BASE = {"wire", "registry", "fields"}
READERS = {"record", "alert", "heartbeat", "certificate", "extensions"}
MAY_INCLUDE = {
    "wire": set(),
    "registry": {"wire"},
    "fields": {"wire", "registry"},
    **{room: BASE for room in READERS},
    "handshake": BASE | {"extensions", "certificate"},
    "fingerprint": BASE | {"extensions", "handshake"},
    "session": BASE | READERS | {"handshake", "fingerprint"},
    "findings": BASE | READERS | {"handshake", "session"},
    "diagnosis": BASE | READERS | {"handshake", "session", "findings"},
}
EVERY_ROOM = set(MAY_INCLUDE)
FOREIGN = re.compile(r"^\s*#\s*include\s*[<\"](epan|wsutil|wiretap|glib|gmodule|wireshark|config)\b", re.M)


def text_of(path):
    return path.read_text(encoding="utf-8")


def name_of(path):
    return str(path.relative_to(ROOT))


def included(path):
    return re.findall(r'^\s*#\s*include\s*"([^"]+)"', text_of(path), re.M)


def comments(path):
    """The text behind // on each line, outside of strings."""
    for line in text_of(path).splitlines():
        code = re.sub(r'"(\\.|[^"\\])*"', '""', line)
        if "//" in code:
            yield line.split("//", 1)[1]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_includes_go_downwards(path):
    room = path.relative_to(ROOT / "src").parts[0]
    assert room in MAY_INCLUDE, "a room that the order does not know"
    others = {name.split("/")[0] for name in included(path) if not gathers_rows(path, name)}
    assert others - {room} <= MAY_INCLUDE[room]


def gathers_rows(path, name):
    """The table of fields gathers the rows that stand in the rooms above it."""
    return path.name == "fields.def" and name.endswith(".def")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_core_knows_nothing_of_wireshark(path):
    assert FOREIGN.findall(text_of(path)) == []


def test_includes_name_the_room():
    for path in SOURCES:
        assert all(name.split("/")[0] in EVERY_ROOM for name in included(path)), path


def test_rooms_do_not_include_each_other():
    uses = {room: set() for room in EVERY_ROOM}
    for path in SOURCES:
        room = path.relative_to(ROOT / "src").parts[0]
        uses[room] |= {n.split("/")[0] for n in included(path) if not gathers_rows(path, n)}
    assert [(a, b) for a in uses for b in uses[a] if a < b and a in uses[b]] == []


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_bytes_are_read_by_the_reader_only(path):
    if path.is_relative_to(ROOT / "src/wire"):
        return
    found = re.findall(r"\b(?:reinterpret_cast|memcpy|memmove|strcpy|strcat|sprintf)\b", text_of(path))
    assert found == []


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_rfcs_are_cited_alike(path):
    """RFC 8446, RFC 8446 §5.1, and nothing else."""
    text = re.sub(r"rfc-editor\.org/\S*|\brfc7468\.\w+", "", text_of(path))
    cited = re.findall(r"\bRFCs?[\s-]*\d+.{0,14}", text, re.I)
    wrong = [c for c in cited if not re.match(r"RFC \d{3,5}(?!\d)", c)]
    wrong += [c for c in cited if re.match(r"RFC \d+,? ?(§ |§§|[Ss]ec|, §)", c)]
    wrong += re.findall(r"RFC \d+ §(?![A-Z\d](?:[\d.]*\d)?(?!\w)).{0,8}", text)
    assert wrong == []


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_addresses_in_comments(path):
    assert [c for c in comments(path) if re.search(r"https?://|www\.", c)] == []


def every_file():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    yield ROOT / "CMakeLists.txt"


WRITTEN = [p for p in every_file() if p.suffix in WITH_LICENCE]


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_begins_with_its_licence(path):
    head = text_of(path).splitlines()[:3]
    assert any(re.search(r"SPDX-License-Identifier: GPL-2\.0-or-later$", line) for line in head)


@pytest.mark.parametrize("path", [*WRITTEN, *(ROOT / "docs").glob("*.md")], ids=name_of)
def test_lines_end_where_their_text_ends(path):
    text = text_of(path)
    assert [n for n, line in enumerate(text.split("\n"), 1) if re.search(r"[ \t\r]$", line)] == []
    assert text.endswith("\n") and not text.endswith("\n\n")


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_lines_are_indented_with_spaces(path):
    assert "\t" not in text_of(path)


@pytest.mark.parametrize("path", [p for p in CODE if p.suffix == ".h"], ids=name_of)
def test_headers_are_read_once(path):
    assert "#pragma once" in text_of(path).splitlines()[:4]
