# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a registry as IANA publishes it (CSV) into rows of the tables in this folder."""

import csv
import re

NO_NAME = re.compile(r"unassigned|reserved\b|private use|experimental", re.I)
VALUE_COLUMNS = ("Value", "Algorithm Number", "Number")


def value_of(text):
    """The value of a row: 22, 0x0403, "0x13,0x01" or {0x00, 0x01}; None for a range."""
    parts = re.sub(r"[{}\s]", "", text).split(",")
    if not all(re.fullmatch(r"\d+|0[xX][0-9A-Fa-f]+", part) for part in parts):
        return None
    value = int(parts[0], 0)
    for part in parts[1:]:
        value = value << 8 | int(part, 0)
    return value


def name_of(text):
    """The name without IANA's remarks on what it was; None where nothing is assigned."""
    name = re.sub(r"\s*\((renamed|formerly)\b.*\)$", "", " ".join(text.split()))
    return None if not name or NO_NAME.match(name) else name


def reference_of(text):
    """[RFC5246][RFC9847] as RFC 5246; RFC 9847. Drafts are named without their version."""
    references = re.findall(r"\[([^]]+)\]", " ".join(text.split())) or [text.strip()]
    return "; ".join(one_reference(reference) for reference in references if reference)


def one_reference(text):
    text = re.sub(r"^RFC-(ietf|irtf)-", r"draft-\1-", text)
    if text.startswith("draft-"):
        return re.sub(r"-\d\d$", "", text)
    text = re.sub(r"^RFC ?(\d)", r"RFC \1", text)
    return re.sub(r", (?:Section|Appendix) ", " §", text)


def columns_of(header):
    """The columns of value, name, recommended and reference; None for one that is not there."""
    value = next((column for column in VALUE_COLUMNS if column in header), None)
    if value is None or "Reference" not in header:
        raise ValueError(f"not a registry as IANA publishes it: columns {header}")
    name = next(column for column in header if column != value)
    return value, name, "Recommended" if "Recommended" in header else None, "Reference"


def row_of(record, columns):
    """One row of ours, by value; None for a range or what is not assigned."""
    value, name, recommended, reference = columns
    number, text = value_of(record[value]), name_of(record[name])
    if number is None or text is None:
        return None
    mark = record[recommended].strip()[:1] if recommended else ""
    return number, {
        "name": text,
        "recommended": mark if mark in ("Y", "N", "D") else "",
        "reference": reference_of(record[reference]) or "IANA",
    }


def read_registry(path):
    """The assigned values of a registry: value to name, recommended, reference."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = columns_of(reader.fieldnames or [])
        rows = [row_of(record, columns) for record in reader]
    found = dict(row for row in rows if row)
    if not found:
        raise ValueError(f"{path.name}: no assigned values")
    return found
