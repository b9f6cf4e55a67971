#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes code_points.inc, suite_parts.inc and ct_logs.inc from the tables (CSV) in this folder.

With --import it first rewrites one table from a registry that IANA published as CSV, for instance
    generate.py --import cipher_suites ~/Downloads/tls-parameters-4.csv
Rows that IANA does not have, of drafts and vendors, stay as they are.
"""

import argparse
import csv
import hashlib
import io
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # before the imports from this folder
import iana  # noqa: E402
import suite_names  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
CODE_POINTS = "code_points.inc"
SUITE_PARTS = "suite_parts.inc"
CT_LOGS = "ct_logs.inc"
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
    ("sslv2_certificate_types", "Sslv2CertificateType", 1),
    ("sslv2_error_codes", "Sslv2ErrorCode", 2),
    ("hash_algorithms", "HashAlgorithm", 1),
    ("signature_algorithms", "SignatureAlgorithm", 1),
    ("ec_point_formats", "EcPointFormat", 1),
    ("ec_curve_types", "EcCurveType", 1),
    ("certificate_types", "CertificateType", 1),
    ("client_certificate_types", "ClientCertificateType", 1),
    ("certificate_status_types", "CertificateStatusType", 1),
    ("certificate_compressions", "CertificateCompression", 2),
    ("cert_chain_types", "CertChainType", 1),
    ("psk_key_exchange_modes", "PskKeyExchangeMode", 1),
    ("key_update_requests", "KeyUpdateRequest", 1),
    ("heartbeat_modes", "HeartbeatMode", 1),
    ("heartbeat_message_types", "HeartbeatMessageType", 1),
    ("max_fragment_lengths", "MaxFragmentLength", 1),
    ("user_mapping_types", "UserMappingType", 1),
    ("authorization_data_formats", "AuthorizationDataFormat", 1),
    ("supplemental_data_types", "SupplementalDataType", 2),
    ("srtp_profiles", "SrtpProfile", 2),
    ("ekt_ciphers", "EktCipher", 1),
    ("cached_information_types", "CachedInformationType", 1),
    ("trusted_ca_key_types", "TrustedCaKeyType", 1),
    ("token_binding_key_parameters", "TokenBindingKeyParameter", 1),
    ("sct_versions", "SctVersion", 1),
    ("ech_client_hello_types", "EchClientHelloType", 1),
    ("hpke_kems", "HpkeKem", 2),
    ("hpke_kdfs", "HpkeKdf", 2),
    ("hpke_aeads", "HpkeAead", 2),
    ("key_exchanges", "KeyExchange", 1),
    ("authentications", "Authentication", 1),
    ("bulk_ciphers", "BulkCipher", 1),
    ("cipher_modes", "CipherMode", 1),
    ("mac_or_hashes", "MacOrHash", 1),
)

# Tables whose rows are the enumerators of suite.h, and the enumerators that are not the name in
# small letters
PARTS = {
    "key_exchanges": {"any": "tls13"},
    "authentications": {
        "GOST R 34.10-94": "gost_94",
        "GOST R 34.10-2001": "gost_2001",
        "GOST R 34.10-2012": "gost_2012",
    },
    "bulk_ciphers": {"3DES": "triple_des", "GOST 28147-89": "gost_28147"},
    "cipher_modes": {},
    "mac_or_hashes": {
        "SHA-1": "sha1",
        "SHA-256": "sha256",
        "SHA-384": "sha384",
        "SHA-512": "sha512",
        "GOST R 34.11-94": "gost_94",
        "GOST R 34.11-2012": "gost_2012",
    },
}
# Tables of suites, and what reads the parts from a name
SUITES = {"cipher_suites": suite_names.suite_parts, "sslv2_cipher_kinds": suite_names.kind_parts}

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


def check_rows(path, rows, width):
    previous = -1
    for row in rows:
        previous = check_row(path, row, width, previous)


def read_table(folder, table, width):
    """The checked rows of one CSV file."""
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    reader = csv.DictReader(line for line in lines if not line.startswith("#"))
    if reader.fieldnames != COLUMNS:
        raise ValueError(f"{path.name}: columns are {reader.fieldnames}")
    rows = list(reader)
    check_rows(path, rows, width)
    return rows


def constant_name(table):
    return "k" + "".join(part.capitalize() for part in table.split("_"))


def code_point(row):
    mark = row["recommended"] or r"\0"
    return f"CODE_POINT({row['value']}, \"{row['name']}\", '{mark}')\n"


def table_text(folder, table, enumeration, width):
    path = folder / f"{table}.csv"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = read_table(folder, table, width)
    return (
        f"\n// {path.name} sha256 {digest}\n"
        f"CODE_POINT_TABLE({enumeration}, {constant_name(table)})\n"
        + "".join(code_point(row) for row in rows)
        + "CODE_POINT_TABLE_END\n"
    )


def code_points_text(folder):
    return HEADER + "".join(table_text(folder, *table) for table in TABLES)


def enumerator(table, name):
    """The enumerator of suite.h for a row of one of the PARTS tables."""
    spelling = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return PARTS[table].get(name, spelling)


def part_text(folder, table, enumeration, width):
    rows = read_table(folder, table, width)
    points = (f"{enumerator(table, row['name'])}, {row['value']}" for row in rows)
    return "\n" + "".join(f"SUITE_PART({enumeration}, {point})\n" for point in points)


def suite_text(folder, table, enumeration, width):
    text = f"\nSUITE_TABLE({enumeration}, {constant_name(table)})\n"
    for row in read_table(folder, table, width):
        parts = SUITES[table](row["name"])
        if parts:
            words = ", ".join(str(part) for part in parts[:-1])
            is_export = "true" if parts.is_export else "false"
            text += f"SUITE({row['value']}, {words}, {is_export})\n"
    return text + "SUITE_TABLE_END\n"


def suite_parts_text(folder):
    parts = (part_text(folder, *table) for table in TABLES if table[0] in PARTS)
    suites = (suite_text(folder, *table) for table in TABLES if table[0] in SUITES)
    return HEADER + "".join(parts) + "".join(suites)


def ct_logs_text(folder):
    """The rows of ct_logs.csv, sorted by the log's id."""
    lines = (folder / "ct_logs.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    ids = [bytes.fromhex(row["log_id"]) for row in rows]
    if ids != sorted(set(ids)) or any(len(one) != 32 for one in ids):
        raise ValueError("ct_logs.csv: an id is repeated, out of order or not of 32 bytes")
    text = HEADER
    for one, row in zip(ids, rows):
        numbers = ", ".join(f"0x{byte:02x}" for byte in one)
        text += f'CT_LOG(({numbers}), "{row["name"]}")\n'
    return text


def generated(folder):
    """The text of each file that is generated from the tables in a folder."""
    return {
        CODE_POINTS: code_points_text(folder),
        SUITE_PARTS: suite_parts_text(folder),
        CT_LOGS: ct_logs_text(folder),
    }


def known_to_iana(table, path):
    """IANA's rows as ours spells them: in the table of handshake types without _RESERVED."""
    rows = iana.read_registry(path)
    if table == "handshake_types":
        for row in rows.values():
            row["name"] = row["name"].removesuffix("_RESERVED")
    return rows


def merged(ours, theirs, width):
    """The rows of a table after an import, by value; also the names of those that IANA lacks."""
    by_value = {int(row["value"], 0): row for row in ours}
    kept = [row["name"] for value, row in by_value.items() if value not in theirs]
    by_value |= {value: {"value": spelled(value, width), **row} for value, row in theirs.items()}
    rows = [by_value[value] for value in sorted(by_value)]
    names = [row["name"] for row in rows]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(f"two values have one name, rename ours: {', '.join(doubles)}")
    return rows, kept


def write_table(path, rows):
    """Writes the rows below the comment lines that the file begins with."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    comments = "".join(line for line in lines if line.startswith("#"))
    path.write_text(comments + text.getvalue(), encoding="utf-8")


def import_registry(folder, table, path):
    """Rewrites a table from IANA's CSV; returns the names of the rows that IANA does not have."""
    width = next(entry[2] for entry in TABLES if entry[0] == table)
    ours = read_table(folder, table, width)
    rows, kept = merged(ours, known_to_iana(table, path), width)
    check_rows(path, rows, width)
    write_table(folder / f"{table}.csv", rows)
    return kept


def read_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="only tell whether the written files are current"
    )
    parser.add_argument(
        "--import",
        nargs=2,
        metavar=("REGISTRY", "FILE"),
        dest="registry",
        help="first rewrite REGISTRY.csv from the CSV file that IANA publishes",
    )
    parser.add_argument(
        "--folder", type=pathlib.Path, default=FOLDER, help="where the tables are, if not here"
    )
    arguments = parser.parse_args()
    if arguments.registry and arguments.registry[0] not in {table for table, *_ in TABLES}:
        parser.error(f"no table is called {arguments.registry[0]}")
    return arguments


def is_current(path, text):
    return path.is_file() and path.read_text(encoding="utf-8") == text


def run(arguments):
    folder = arguments.folder
    if arguments.registry:
        table, path = arguments.registry
        kept = import_registry(folder, table, pathlib.Path(path))
        print(f"{table}.csv: kept, as IANA does not have them: {', '.join(kept) or 'none'}")
    files = generated(folder)
    if not arguments.check:
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return 0
    old = [name for name, text in files.items() if not is_current(folder / name, text)]
    for name in old:
        print(f"{name} is not current: run {pathlib.Path(__file__).name}", file=sys.stderr)
    return 1 if old else 0


def main():
    arguments = read_arguments()
    try:
        return run(arguments)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
