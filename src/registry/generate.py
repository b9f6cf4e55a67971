#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes code_points.inc from the code point tables (CSV) in this folder."""

import argparse
import csv
import hashlib
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
OUTPUT = FOLDER / "code_points.inc"
COLUMNS = ["value", "name", "recommended", "reference"]

# CSV name, C++ enumeration, bytes on the wire
TABLES = (
    ("content_types", "ContentType", 1),
    ("versions", "Version", 2),
    ("alert_levels", "AlertLevel", 1),
    ("alert_descriptions", "AlertDescription", 1),
    ("handshake_types", "HandshakeType", 1),
    ("extension_types", "ExtensionType", 2),
    ("cipher_suites", "CipherSuite", 2),
    ("compression_methods", "CompressionMethod", 1),
    ("server_name_types", "ServerNameType", 1),
    ("sslv2_message_types", "Sslv2MessageType", 1),
    ("sslv2_cipher_kinds", "Sslv2CipherKind", 3),
    ("supported_groups", "NamedGroup", 2),
    ("signature_schemes", "SignatureScheme", 2),
    ("directions", "Direction", 1),
)

HEADER = """\
// SPDX-License-Identifier: GPL-2.0-or-later
// Written by generate.py from the CSV files in this folder: edit those.
"""


def spelled(value, width):
    """The one spelling of a value: decimal for one byte, full-width hex above."""
    return str(value) if width == 1 else f"0x{value:0{2 * width}X}"


def check_row(path, row, width, previous):
    """Refuses a row whose mistake would reach the C++ side unseen; returns its value."""
    value = int(row["value"], 0)
    if row["value"] != spelled(value, width) or not 0 <= value < 256**width:
        raise ValueError(f"{path.name}: value {row['value']}: want {spelled(value, width)}")
    if value <= previous:
        raise ValueError(f"{path.name}: value {row['value']} repeated or out of order")
    if row["recommended"] not in ("", "Y", "N", "D"):
        raise ValueError(f"{path.name}: {row['name']}: recommended is {row['recommended']!r}")
    if not row["name"] or any(c in row["name"] for c in '"\\'):
        raise ValueError(f"{path.name}: value {row['value']}: bad name {row['name']!r}")
    return value


def read_table(path, width):
    """The checked rows of one CSV file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    reader = csv.DictReader(line for line in lines if not line.startswith("#"))
    if reader.fieldnames != COLUMNS:
        raise ValueError(f"{path.name}: columns are {reader.fieldnames}")
    rows = list(reader)
    previous = -1
    for row in rows:
        previous = check_row(path, row, width, previous)
    return rows


def constant_name(table):
    return "k" + "".join(part.capitalize() for part in table.split("_"))


def code_point(row):
    mark = row["recommended"] or r"\0"
    return f"CODE_POINT({row['value']}, \"{row['name']}\", '{mark}')\n"


def table_text(table, enumeration, width):
    path = FOLDER / f"{table}.csv"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = read_table(path, width)
    return (
        f"\n// {path.name} sha256 {digest}\n"
        f"CODE_POINT_TABLE({enumeration}, {constant_name(table)})\n"
        + "".join(code_point(row) for row in rows)
        + "CODE_POINT_TABLE_END\n"
    )


def generated():
    return HEADER + "".join(table_text(*table) for table in TABLES)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="only tell whether the written file is current"
    )
    arguments = parser.parse_args()
    text = generated()
    if not arguments.check:
        OUTPUT.write_text(text, encoding="utf-8")
        return 0
    if OUTPUT.is_file() and OUTPUT.read_text(encoding="utf-8") == text:
        return 0
    print(f"{OUTPUT.name} is not current: run {pathlib.Path(__file__).name}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
