# SPDX-License-Identifier: GPL-2.0-or-later
"""A table is refreshed from a registry as IANA publishes it, and keeps the rows IANA lacks."""

import csv
import pathlib
import shutil
import subprocess
import sys

import pytest

REGISTRY = pathlib.Path(__file__).resolve().parents[2] / "src/registry"

SUITES = """\
Value,Description,DTLS-OK,Recommended,Reference,Comment
"0x00,0x00",TLS_NULL_WITH_NULL_NULL,Y,N,[RFC5246],
"0x00,0x05",TLS_RSA_WITH_RC4_128_SHA,N,Y,[RFC5246][RFC6347],not what the table says
"0x00,0x1C-1D",Reserved to avoid conflicts with SSLv3,,,[RFC5246],
"0x00,0x47-5F",Reserved to avoid conflicts with deployed implementations,,,[Pasi_Eronen],
"0x00,0xC8",TLS_DHE_RSA_WITH_SM4_GCM_SM3,Y,D,[draft-example-sm4-05][RFC-ietf-tls-example-12],
"0x0A,0x0A",Reserved,Y,,[RFC8701],
"0x13,0x08-FF",Unassigned,,,,
"0x13,0x02",TLS_AES_256_GCM_SHA384,Y,Y,"[RFC8446, Section 9.1]",
"0xFE,0xFE-FF",Reserved to avoid conflicts with widely deployed implementations,,,[Pasi_Eronen],
"0xFF,0x00-FF",Reserved for Private Use,,,[RFC8446],
"""
EXTENSIONS = """\
Value,Extension Name,TLS 1.3,DTLS-Only,Recommended,Reference,Comment
0,server_name,"CH, EE, CR",N,Y,[RFC6066][RFC9261],
10,"supported_groups (renamed from ""elliptic_curves"")","CH, EE",N,Y,[RFC8422][RFC7919],
40,Reserved,-,N,D,[tls-reg-review mailing list][RFC9847],
63-2569,Unassigned,,,,,
65037,encrypted_client_hello,"CH, HRR, EE",N,Y,[RFC9849],
65280,Reserved for Private Use,,,,[RFC8446],
"""
HANDSHAKE = """\
Value,Description,DTLS-OK,Reference,Comment
0,hello_request_RESERVED,Y,[RFC8446],
6,hello_retry_request_RESERVED,Y,[RFC8446],"Used in draft versions"
18-19,Unassigned,,,
"""
EKT = """\
Name,Value,Reference
AESKW128,0,[RFC8870]
AESKW256,1,[RFC8870]
Unassigned,2-254,
Reserved,255,[RFC8870]
"""


@pytest.fixture
def folder(tmp_path):
    """A copy of the tables and of the files generated from them."""
    for path in [*REGISTRY.glob("*.csv"), *REGISTRY.glob("*.inc")]:
        shutil.copy(path, tmp_path)
    return tmp_path


def generate(folder, *arguments):
    command = [sys.executable, str(REGISTRY / "generate.py"), "--folder", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def import_text(folder, table, text):
    path = folder / "published"
    path.write_text(text, encoding="utf-8", newline="\r\n")
    return generate(folder, "--import", table, str(path))


def rows_of(folder, table):
    """Value to the other columns of a row."""
    lines = (folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    return {row[0]: tuple(row[1:]) for row in list(reader)[1:]}


def test_suites_are_refreshed(folder):
    before = rows_of(folder, "cipher_suites")
    done = import_text(folder, "cipher_suites", SUITES)
    assert done.returncode == 0, done.stderr
    rows = rows_of(folder, "cipher_suites")
    refreshed = {
        "0x0000": ("TLS_NULL_WITH_NULL_NULL", "N", "RFC 5246"),
        "0x0005": ("TLS_RSA_WITH_RC4_128_SHA", "Y", "RFC 5246; RFC 6347"),
        "0x00C8": (
            "TLS_DHE_RSA_WITH_SM4_GCM_SM3",
            "D",
            "draft-example-sm4; draft-ietf-tls-example",
        ),
        "0x1302": ("TLS_AES_256_GCM_SHA384", "Y", "RFC 8446 §9.1"),
    }
    assert rows == before | refreshed
    assert list(rows) == sorted(rows)


def test_rows_that_iana_lacks_are_kept_and_told(folder):
    done = import_text(folder, "cipher_suites", SUITES)
    kept = done.stdout.split(": ", 2)[2].strip().split(", ")
    assert "TLS_AES_128_GCM_SHA256" in kept
    assert "SSL_RSA_FIPS_WITH_DES_CBC_SHA" in kept
    assert "TLS_AES_256_GCM_SHA384" not in kept


def test_generated_files_follow(folder):
    assert generate(folder, "--check").returncode == 0
    import_text(folder, "cipher_suites", SUITES)
    assert generate(folder, "--check").returncode == 0
    assert 'CODE_POINT(0x00C8, "TLS_DHE_RSA_WITH_SM4_GCM_SM3", \'D\')' in (
        folder / "code_points.inc"
    ).read_text(encoding="utf-8")
    assert "SUITE(0x00C8, dhe, rsa, sm4, gcm, 128, sm3, false)" in (
        folder / "suite_parts.inc"
    ).read_text(encoding="utf-8")


def test_a_second_import_changes_nothing(folder):
    import_text(folder, "cipher_suites", SUITES)
    once = (folder / "cipher_suites.csv").read_bytes()
    import_text(folder, "cipher_suites", SUITES)
    assert (folder / "cipher_suites.csv").read_bytes() == once


def test_comments_and_spelling_of_the_table_stay(folder):
    text = (folder / "hpke_kems.csv").read_text(encoding="utf-8")
    published = 'Value,KEM,Nsecret,Reference\n0x0010,"DHKEM(P-256, HKDF-SHA256)",32,[RFC9180]\n'
    done = import_text(folder, "hpke_kems", published)
    assert done.returncode == 0, done.stderr
    lines = [line for line in text.splitlines() if not line.startswith("0x0010,")]
    written = (folder / "hpke_kems.csv").read_text(encoding="utf-8").splitlines()
    assert written[3] == '0x0010,"DHKEM(P-256, HKDF-SHA256)",,RFC 9180'
    assert written[:3] + written[4:] == lines


def test_extensions_are_refreshed(folder):
    before = rows_of(folder, "extension_types")
    done = import_text(folder, "extension_types", EXTENSIONS)
    assert done.returncode == 0, done.stderr
    assert rows_of(folder, "extension_types") == before | {
        "0x0000": ("server_name", "Y", "RFC 6066; RFC 9261"),
        "0x000A": ("supported_groups", "Y", "RFC 8422; RFC 7919"),
        "0xFE0D": ("encrypted_client_hello", "Y", "RFC 9849"),
    }


def test_handshake_types_are_without_reserved(folder):
    import_text(folder, "handshake_types", HANDSHAKE)
    rows = rows_of(folder, "handshake_types")
    assert rows["0"] == ("hello_request", "", "RFC 8446")
    assert rows["6"] == ("hello_retry_request", "", "RFC 8446")


def test_the_value_may_be_the_second_column(folder):
    before = rows_of(folder, "ekt_ciphers")
    done = import_text(folder, "ekt_ciphers", EKT)
    assert done.returncode == 0, done.stderr
    assert rows_of(folder, "ekt_ciphers") == before


BAD = [
    ("cipher_suites", "<html>\n", "not a registry"),
    ("cipher_suites", "Value,Description,Reference\n5,Unassigned,\n", "no assigned values"),
    ("ekt_ciphers", "Name,Value,Reference\nAESKW512,256,[RFC8870]\n", "value 256"),
    ("hpke_kdfs", 'Value,KDF,Reference\n1,HKDF "old",[RFC9180]\n', "bad name"),
    ("hpke_kdfs", "Value,KDF,Reference\n9,HKDF-SHA512,[RFC9180]\n", "rename ours: HKDF-SHA512"),
    ("no_table", EKT, "no table is called no_table"),
]


@pytest.mark.parametrize(("table", "text", "message"), BAD)
def test_bad_imports_change_nothing(table, text, message, folder):
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    done = import_text(folder, table, text)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} == before


def test_a_suite_whose_name_does_not_tell_its_parts_is_an_error(folder):
    text = 'Value,Description,Reference\n"0x00,0xC9",TLS_RSA_WITH_ROT13_SHA,[RFC1]\n'
    done = import_text(folder, "cipher_suites", text)
    assert done.returncode == 1
    assert "TLS_RSA_WITH_ROT13_SHA" in done.stderr
