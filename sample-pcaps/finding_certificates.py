#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The certificates of the captures that show findings, made with openssl.

    finding_certificates.py

writes finding_certificates.pem anew, with other keys, so that every capture
with a certificate in it changes; the keys are thrown away.  Building a
capture reads the file only.  The packets are of 2026-06-01 10:00 UTC, and
the name of the server is server.example.
"""

import os
import subprocess
import tempfile
from pathlib import Path

FILE = Path(__file__).with_suffix(".pem")

CONFIG = """
[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = empty
[empty]
"""
LEAF = """
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:server.example
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
BOTH = LEAF.replace("digitalSignature", "digitalSignature, keyEncipherment")
CA = """
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
YEAR = ("20260101000000Z", "20261231235959Z")
DECADE = ("20250101000000Z", "20341231235959Z")

KEYS = {
    "p256": "EC -pkeyopt ec_paramgen_curve:P-256",
    "p384": "EC -pkeyopt ec_paramgen_curve:P-384",
    "explicit": "EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
    "rsa512": "RSA -pkeyopt rsa_keygen_bits:512",
    "rsa1024": "RSA -pkeyopt rsa_keygen_bits:1024",
    "rsa2048": "RSA -pkeyopt rsa_keygen_bits:2048",
    "old-root": "RSA -pkeyopt rsa_keygen_bits:2048",
    "sslv2": "RSA -pkeyopt rsa_keygen_bits:2048",
    "rsa3072": "RSA -pkeyopt rsa_keygen_bits:3072",
}


def issue(name, about, issuer="intermediate", *, key="p256", subject="server.example",
          extensions=LEAF, valid=YEAR, digest="sha256", serial=None) -> str:
    """Make a certificate, from ``issuer`` or signed by itself, and say what it is.

    Keys on P-256 are new each time; all others of a kind are the same.
    """

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    if key == "p256" or not Path(f"{key}.key").exists():
        openssl("genpkey", "-algorithm", *KEYS[key].split(), "-out", f"{key}.key")
    Path(f"{name}.key").write_text(Path(f"{key}.key").read_text())
    openssl("req", "-new", "-config", "ca.cnf", "-key", f"{name}.key",
            "-subj", f"/CN={subject}", "-out", "request")
    Path("extensions").write_text(extensions)
    Path("serial").write_text(serial or f"{0x1000 + len(Path('index.txt').read_text()):08X}")
    signed = (["-keyfile", f"{issuer}.key", "-cert", f"{issuer}.pem"] if issuer
              else ["-keyfile", f"{name}.key", "-selfsign"])
    openssl("ca", "-batch", "-notext", "-config", "ca.cnf", *signed, "-in", "request",
            "-out", f"{name}.pem", "-extfile", "extensions", "-startdate", valid[0],
            "-enddate", valid[1], "-md", digest)
    return f"{name}: {about}\n" + Path(f"{name}.pem").read_text()


def everything():
    yield issue("root", "the root of most", None, subject="Sample Root", extensions=CA,
                valid=DECADE)
    yield issue("intermediate", "the issuer of most", "root", subject="Sample Intermediate",
                extensions=CA, valid=DECADE)
    yield issue("old-root", "a root that signed itself with SHA-1", None, key="old-root",
                subject="Sample Old Root", extensions=CA, valid=DECADE, digest="sha1")
    yield issue("no-ca", "issues certificates but is no CA", "root", subject="Sample No CA",
                extensions=LEAF, valid=DECADE)
    yield issue("server", "nothing is wrong with it")
    yield issue("server-2", "nothing is wrong with it either")
    yield issue("server-rsa", "RSA of 2048 bits, for signatures and key transport",
                key="rsa2048", extensions=BOTH)
    yield issue("server-rsa-3072", "RSA of 3072 bits", key="rsa3072", extensions=BOTH)
    yield issue("sslv2", "RSA of 2048 bits, with a key that SSLv2 has too", key="sslv2",
                extensions=BOTH)
    yield issue("expired", "ends a second before the packets",
                valid=("20260101000000Z", "20260601095959Z"))
    yield issue("not-yet-valid", "begins an hour after the packets",
                valid=("20260601110000Z", "20261231235959Z"))
    yield issue("one-hour", "begins a second before the packets, ends within the hour",
                valid=("20260601095959Z", "20260601105959Z"))
    yield issue("expires-29-days", "ends in 29 days", valid=("20260101000000Z", "20260630100000Z"))
    yield issue("expires-31-days", "ends in 31 days", valid=("20260101000000Z", "20260702100000Z"))
    yield issue("other-name", "is for other.example", subject="other.example",
                extensions=LEAF.replace("server.example", "other.example"))
    yield issue("wildcard", "is for all names in server.example", subject="*.server.example",
                extensions=LEAF.replace("server.example", "*.server.example"))
    yield issue("self-signed", "signed by itself", None)
    yield issue("rsa-512", "RSA of 512 bits", key="rsa512")
    yield issue("rsa-1024", "RSA of 1024 bits", key="rsa1024")
    yield issue("md5", "signed with MD5", "old-root", digest="md5")
    yield issue("sha1", "signed with SHA-1", "old-root", digest="sha1")
    yield issue("sha256", "signed with SHA-256 by the old root", "old-root")
    yield issue("serial-0", "has the serial number 0", serial="00")
    yield issue("serial-21", "has a serial number of 21 octets", serial="41" * 21)
    yield issue("serial-20", "has a serial number of 20 octets", serial="41" * 20)
    yield issue("rsa-signs", "RSA, for signatures only", key="rsa2048")
    yield issue("rsa-enciphers", "RSA, for key transport only", key="rsa2048",
                extensions=LEAF.replace("digitalSignature", "keyEncipherment"))
    yield issue("client-only", "its extended key usage is for clients",
                extensions=LEAF.replace("serverAuth", "clientAuth"))
    yield issue("both-usages", "its extended key usage is for clients and servers",
                extensions=LEAF.replace("serverAuth", "clientAuth, serverAuth"))
    yield issue("no-usages", "has neither kind of key usage", extensions="".join(
        line + "\n" for line in LEAF.splitlines() if "Usage" not in line))
    yield issue("ca-leaf", "the server's, and a CA", extensions=LEAF.replace("FALSE", "TRUE"))
    yield issue("under-no-ca", "issued by what is no CA", "no-ca")
    yield issue("p384", "P-384", key="p384")
    yield issue("explicit", "P-256, spelled out", key="explicit")
    yield issue("days-398", "valid for 398 days", valid=("20260101000000Z", "20270202235959Z"))
    yield issue("years-25", "valid for 25 years", valid=("20260101000000Z", "20501231235959Z"))
    yield issue("must-staple", "asks for a stapled OCSP response",
                extensions=LEAF + "tlsfeature = status_request\n")
    yield issue("client", "a client's", subject="client.example",
                extensions=LEAF.replace("serverAuth", "clientAuth")
                .replace("server.example", "client.example"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("ca.cnf").write_text(CONFIG)
        Path("index.txt").write_text("")
        FILE.write_text("# SPDX-License-Identifier: GPL-2.0-or-later\n"
                        "# Written by finding_certificates.py.\n" + "".join(everything()))


if __name__ == "__main__":
    main()
