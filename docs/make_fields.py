#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes fields.md from the FIELD rows in the .def files."""

import pathlib
import re
import sys
from typing import NamedTuple

from generated import write_or_check

FOLDER = pathlib.Path(__file__).resolve().parent
SOURCE = FOLDER.parent / "src"
OUTPUT = FOLDER / "fields.md"

INCLUDE = re.compile(r'^#include "([^"]+\.def)"', re.M)
QUOTED = r'("(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)'
FIELD = re.compile(
    rf"\bFIELD\(\s*\w+,\s*{QUOTED},\s*{QUOTED},\s*(\w+),\s*\w+,\s*{QUOTED},\s*{QUOTED}\s*\)"
)

# A shape of src/fields/fields.h, as Wireshark calls the type of such a field
TYPES = {
    "group": "Label",
    "u8": "Unsigned integer (8 bits)",
    "u16": "Unsigned integer (16 bits)",
    "u24": "Unsigned integer (24 bits)",
    "u32": "Unsigned integer (32 bits)",
    "x8": "Unsigned integer (8 bits)",
    "x16": "Unsigned integer (16 bits)",
    "x24": "Unsigned integer (24 bits)",
    "bytes": "Byte sequence",
    "text": "Character string",
    "oid": "ASN.1 object identifier",
    "time": "Date and time",
    "time_ms": "Date and time",
    "flag": "Boolean",
    "frame": "Frame number",
    "milliseconds": "Floating point (double-precision)",
}

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Written by docs/make_fields.py from the FIELD rows in src: run that after a row changed. -->
# Fields

Every field that a display filter can name. Where the built-in dissector has a field `tls.X` for the
same thing, ours is `tlslens.X` and of the same type. The expert infos `tlslens.finding.NAME` are in
[findings.md](findings.md).

| name | type | meaning | defined in |
|---|---|---|---|
"""


class Field(NamedTuple):
    """What one FIELD row tells its reader."""

    name: str
    kind: str
    meaning: str
    reference: str


def unquoted(literals):
    """The text of one or more string literals of C."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', literals)
    return re.sub(r"\\(.)", r"\1", "".join(parts))


def fields_of(path):
    """The rows of a .def file and of those it includes, in the order of registration."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M)
    if text.count("FIELD(") - text.count("#define FIELD(") != len(FIELD.findall(text)):
        raise ValueError(f"{path.name}: a FIELD row is not understood")
    for filter_name, _, shape, reference, sentence in FIELD.findall(text):
        name = f"tlslens.{unquoted(filter_name)}"
        if shape not in TYPES:
            raise ValueError(f"{name}: unknown shape {shape}")
        yield Field(name, TYPES[shape], unquoted(sentence), unquoted(reference))
    for included in INCLUDE.findall(text):
        yield from fields_of(SOURCE / included)


def joined(texts, between):
    return between.join(dict.fromkeys(text for text in texts if text)).replace("|", r"\|")


def row(name, fields):
    """The line of a name; several fields may share it, as those of different messages do."""
    kinds = joined((field.kind for field in fields), ", ")
    meanings = joined((field.meaning for field in fields), " ")
    references = joined((field.reference for field in fields), "; ") or "TLSLens"
    return f"| `{name}` | {kinds} | {meanings} | {references} |\n"


def document():
    by_name = {}
    for field in fields_of(SOURCE / "fields" / "fields.def"):
        by_name.setdefault(field.name, []).append(field)
    return HEAD + "".join(row(name, by_name[name]) for name in sorted(by_name))


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, document, OUTPUT))
