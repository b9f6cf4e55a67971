# SPDX-License-Identifier: GPL-2.0-or-later
"""The code point tables, the files generated from them, and the alert meanings agree."""

import csv
import pathlib
import re
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src"
REGISTRY = SOURCE / "registry"
GENERATED = REGISTRY / "code_points.inc"
SUITE_PARTS = REGISTRY / "suite_parts.inc"
GENERATE = REGISTRY / "generate.py"
ALERTS = SOURCE / "alert" / "alerts.def"
LOGS = "ct_logs"  # its values are no numbers
TABLES = sorted(path.stem for path in REGISTRY.glob("*.csv") if path.stem != LOGS)
WIDTHS = {
    "alert_descriptions": 1,
    "alert_levels": 1,
    "authentications": 1,
    "authorization_data_formats": 1,
    "bulk_ciphers": 1,
    "cached_information_types": 1,
    "cert_chain_types": 1,
    "certificate_compressions": 2,
    "certificate_status_types": 1,
    "certificate_types": 1,
    "cipher_modes": 1,
    "cipher_suites": 2,
    "client_certificate_types": 1,
    "compression_methods": 1,
    "content_types": 1,
    "directions": 1,
    "ec_curve_types": 1,
    "ec_point_formats": 1,
    "ech_client_hello_types": 1,
    "ekt_ciphers": 1,
    "extension_types": 2,
    "handshake_types": 1,
    "hash_algorithms": 1,
    "heartbeat_message_types": 1,
    "heartbeat_modes": 1,
    "hpke_aeads": 2,
    "hpke_kdfs": 2,
    "hpke_kems": 2,
    "key_exchanges": 1,
    "key_update_requests": 1,
    "mac_or_hashes": 1,
    "max_fragment_lengths": 1,
    "psk_key_exchange_modes": 1,
    "sct_versions": 1,
    "server_name_types": 1,
    "signature_algorithms": 1,
    "signature_schemes": 2,
    "srtp_profiles": 2,
    "sslv2_certificate_types": 1,
    "sslv2_cipher_kinds": 3,
    "sslv2_error_codes": 2,
    "sslv2_message_types": 1,
    "supplemental_data_types": 2,
    "supported_groups": 2,
    "token_binding_key_parameters": 1,
    "trusted_ca_key_types": 1,
    "user_mapping_types": 1,
    "versions": 2,
}
GREASE = {0x0A0A + 0x1010 * n for n in range(16)}
GREASE_MODES = {0x0B + 0x1F * n for n in range(8)}
# Tables whose rows are the enumerators of suite.h
PARTS = ("key_exchanges", "authentications", "bulk_ciphers", "cipher_modes", "mac_or_hashes")
ALERT_ROW = re.compile(r'ALERT\((\d+), "([^"]+)", (\w+), "([^"]+)", "([^"]+)"\)')
ALERT_KINDS = {0: "closure", 90: "closure", 41: "warning", 100: "warning"}

# Written down from the RFCs, not from the tables
PINNED = [
    ("content_types", 22, "handshake", ""),
    ("content_types", 25, "tls12_cid", ""),
    ("versions", 0x0304, "TLS 1.3", ""),
    ("versions", 0x7F1C, "TLS 1.3 draft 28", ""),
    ("versions", 0xFEFD, "DTLS 1.2", ""),
    ("alert_levels", 2, "fatal", ""),
    ("alert_descriptions", 48, "unknown_ca", ""),
    ("alert_descriptions", 116, "certificate_required", ""),
    ("alert_descriptions", 120, "no_application_protocol", ""),
    ("handshake_types", 3, "hello_verify_request", ""),
    ("handshake_types", 25, "compressed_certificate", ""),
    ("handshake_types", 254, "message_hash", ""),
    ("extension_types", 0, "server_name", "Y"),
    ("extension_types", 34, "delegated_credential", "Y"),
    ("extension_types", 51, "key_share", "Y"),
    ("extension_types", 0xFE0D, "encrypted_client_hello", "Y"),
    ("extension_types", 0xFF01, "renegotiation_info", "Y"),
    ("cipher_suites", 0x0005, "TLS_RSA_WITH_RC4_128_SHA", "D"),
    ("cipher_suites", 0x00FF, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "N"),
    ("cipher_suites", 0x1301, "TLS_AES_128_GCM_SHA256", "Y"),
    ("cipher_suites", 0x5600, "TLS_FALLBACK_SCSV", "N"),
    ("cipher_suites", 0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "Y"),
    ("cipher_suites", 0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "Y"),
    ("compression_methods", 64, "LZS", ""),
    ("server_name_types", 0, "host_name", ""),
    ("sslv2_message_types", 4, "server_hello", ""),
    ("sslv2_cipher_kinds", 0x0700C0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "D"),
    ("supported_groups", 0x001D, "x25519", "Y"),
    ("supported_groups", 0x0100, "ffdhe2048", "N"),
    ("supported_groups", 0x11EC, "X25519MLKEM768", "Y"),
    ("signature_schemes", 0x0804, "rsa_pss_rsae_sha256", "Y"),
    ("signature_schemes", 0x0807, "ed25519", "Y"),
    ("signature_schemes", 0x0905, "mldsa65", "N"),
    ("signature_schemes", 0x081B, "ecdsa_brainpoolP384r1tls13_sha384", "N"),
    ("sslv2_error_codes", 0x0001, "no_cipher", ""),
    ("sslv2_error_codes", 0x0006, "unsupported_certificate_type", ""),
    ("hash_algorithms", 4, "sha256", "Y"),
    ("signature_algorithms", 3, "ecdsa", "Y"),
    ("ec_point_formats", 2, "ansiX962_compressed_char2", ""),
    ("ec_curve_types", 3, "named_curve", ""),
    ("certificate_types", 2, "Raw Public Key", "Y"),
    ("client_certificate_types", 64, "ecdsa_sign", "Y"),
    ("client_certificate_types", 20, "fortezza_dms_RESERVED", "D"),
    ("certificate_status_types", 1, "ocsp", ""),
    ("certificate_compressions", 0x0003, "zstd", ""),
    ("cert_chain_types", 1, "pkipath", ""),
    ("psk_key_exchange_modes", 1, "psk_dhe_ke", "Y"),
    ("key_update_requests", 1, "update_requested", ""),
    ("heartbeat_modes", 2, "peer_not_allowed_to_send", ""),
    ("heartbeat_message_types", 1, "heartbeat_request", ""),
    ("user_mapping_types", 64, "upn_domain_hint", ""),
    ("authorization_data_formats", 66, "dtcp_authorization", ""),
    ("supplemental_data_types", 0x4002, "authz_data", ""),
    ("srtp_profiles", 0x0007, "SRTP_AEAD_AES_128_GCM", ""),
    ("ekt_ciphers", 1, "AESKW256", ""),
    ("cached_information_types", 2, "cert_req", ""),
    ("trusted_ca_key_types", 3, "cert_sha1_hash", ""),
    ("token_binding_key_parameters", 2, "ecdsap256", ""),
    ("ech_client_hello_types", 1, "inner", ""),
    ("hpke_kems", 0x0020, "DHKEM(X25519, HKDF-SHA256)", ""),
    ("hpke_kdfs", 0x0001, "HKDF-SHA256", ""),
    ("hpke_aeads", 0x0003, "ChaCha20Poly1305", ""),
]


def rows_of(table):
    lines = (REGISTRY / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def values_of(table):
    return [int(row["value"], 0) for row in rows_of(table)]


def generate(*arguments):
    command = [sys.executable, str(GENERATE), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def alert_rows():
    lines = ALERTS.read_text(encoding="utf-8").splitlines()
    matches = [ALERT_ROW.fullmatch(line) for line in lines if not line.startswith("//")]
    assert all(matches), "a line of alerts.def is not an ALERT row"
    return [(int(m[1]), m[2], m[3], m[4], m[5]) for m in matches]


def test_generated_files_are_current():
    done = generate("--check")
    assert done.returncode == 0, done.stderr


def test_every_table_is_generated():
    assert TABLES == sorted(WIDTHS)
    named = re.findall(r"^// (\w+)\.csv sha256 [0-9a-f]{64}$", GENERATED.read_text(), re.M)
    assert sorted(named) == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_generated_rows_match_the_table(table):
    text = GENERATED.read_text(encoding="utf-8")
    block = text.split(f"// {table}.csv ")[1].split("CODE_POINT_TABLE_END")[0]
    found = re.findall(r"^CODE_POINT\((\w+), \"([^\"]+)\", '(Y|N|D|\\0)'\)$", block, re.M)
    wanted = [(r["value"], r["name"], r["recommended"] or r"\0") for r in rows_of(table)]
    assert found == wanted


@pytest.mark.parametrize("table", TABLES)
def test_table_begins_with_licence_and_source(table):
    first, second, header = (REGISTRY / f"{table}.csv").read_text().splitlines()[:3]
    assert first == "# SPDX-License-Identifier: GPL-2.0-or-later"
    assert second.startswith("# Facts from ")
    assert header == "value,name,recommended,reference"


@pytest.mark.parametrize("table", TABLES)
def test_values_are_sorted_and_unique(table):
    values = values_of(table)
    assert values == sorted(set(values))


@pytest.mark.parametrize("table", TABLES)
def test_values_fit_and_are_spelled_alike(table):
    width = WIDTHS[table]
    pattern = r"\d{1,3}" if width == 1 else f"0x[0-9A-F]{{{2 * width}}}"
    for row in rows_of(table):
        assert re.fullmatch(pattern, row["value"]), row
        assert 0 <= int(row["value"], 0) < 256**width, row


@pytest.mark.parametrize("table", TABLES)
def test_names_are_unique_and_rows_complete(table):
    rows = rows_of(table)
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))
    assert all(row["name"] and row["reference"] for row in rows)
    assert {row["recommended"] for row in rows} <= {"", "Y", "N", "D"}


@pytest.mark.parametrize("table", [t for t in TABLES if WIDTHS[t] == 2])
def test_no_grease_rows(table):
    assert not GREASE & set(values_of(table))


def test_no_grease_rows_of_one_byte():
    assert {0x0B, 0xE4} < GREASE_MODES
    assert not GREASE_MODES & set(values_of("psk_key_exchange_modes"))


@pytest.mark.parametrize(("table", "value", "name", "recommended"), PINNED)
def test_pinned_values(table, value, name, recommended):
    found = [r for r in rows_of(table) if int(r["value"], 0) == value]
    assert [(r["name"], r["recommended"]) for r in found] == [(name, recommended)]


@pytest.mark.parametrize(
    ("table", "enumeration"),
    [("cipher_suites", "CipherSuite"), ("sslv2_cipher_kinds", "Sslv2CipherKind")],
)
def test_every_suite_has_parts(table, enumeration):
    text = SUITE_PARTS.read_text(encoding="utf-8")
    block = text.split(f"SUITE_TABLE({enumeration}, ")[1].split("SUITE_TABLE_END")[0]
    wanted = [row["value"] for row in rows_of(table) if not row["name"].endswith("_SCSV")]
    assert re.findall(r"^SUITE\((\w+), ", block, re.M) == wanted


def test_every_part_is_an_enumerator():
    text = SUITE_PARTS.read_text(encoding="utf-8")
    found = re.findall(r"^SUITE_PART\(\w+, [a-z]\w*, (\d+)\)$", text, re.M)
    assert found == [row["value"] for table in PARTS for row in rows_of(table)]


@pytest.mark.parametrize("table", PARTS)
def test_parts_are_numbered_from_one(table):
    assert values_of(table) == list(range(1, len(rows_of(table)) + 1))


def test_each_alert_has_one_meaning():
    wanted = [(int(row["value"]), row["name"]) for row in rows_of("alert_descriptions")]
    assert [(code, name) for code, name, *_ in alert_rows()] == wanted


def test_alert_rows_are_well_formed():
    for code, name, kind, meaning, reference in alert_rows():
        assert kind == ALERT_KINDS.get(code, "error"), name
        assert len(meaning) <= 110, name
        assert re.fullmatch(r"RFC \d{4,5} §\d+(\.\d+)*", reference), name


def test_alert_references_name_the_rfc_of_the_table():
    references = {int(row["value"]): row["reference"] for row in rows_of("alert_descriptions")}
    for code, _, _, _, reference in alert_rows():
        assert reference.split(" §")[0] == references[code]


def test_logs_are_generated_whole():
    """Each row of the table of logs is in the file that is compiled, byte for byte."""
    text = (REGISTRY / "ct_logs.inc").read_text(encoding="utf-8")
    made = re.findall(r'CT_LOG\(\(([^)]*)\), "([^"]*)"\)', text)
    ids = {bytes(int(n, 16) for n in numbers.split(",")).hex(): name for numbers, name in made}
    assert ids == {row["log_id"]: row["name"] for row in rows_of(LOGS)}
    assert len(ids) > 150


def test_a_known_log_has_its_name():
    """The id of a log is the SHA-256 hash of its key: that of Google's Pilot, from RFC 6962's first log."""
    names = {row["log_id"]: row["name"] for row in rows_of(LOGS)}
    pilot = "a4b90990b418581487bb13a2cc67700a3c359804f91bdfb8e377cd0ec80ddc10"
    assert names[pilot] == "Google 'Pilot' log"
