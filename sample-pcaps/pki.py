# SPDX-License-Identifier: GPL-2.0-or-later
"""The certificates of the real captures, made with the openssl command.

Everything is valid from 2026 to 2046, so that a capture stays what it is.
"""

import subprocess
from pathlib import Path

CONFIG = """
[ca]
default_ca = here
[here]
database = {folder}/index.txt
rand_serial = yes
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
countryName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
commonName = supplied
[ca_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server_extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:server.example, DNS:localhost, IP:127.0.0.1, IP:::1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client_extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[agreement_extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, keyAgreement
subjectAltName = DNS:server.example, IP:127.0.0.1
[req]
distinguished_name = empty
[empty]
"""

VALID = (2026, 2046)  # from and to the first of January

# What genpkey needs for each kind of key.
KEYS = {
    "ec": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
}


class Pki:
    """Keys and certificates in ``folder``: NAME.key and NAME.pem (PEM)."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ca.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "index.txt").write_text("")
        self.issue("ca", "Sample CA", "ca_extensions")
        self.issue("server", "server.example", "server_extensions", "ca")
        self.issue("rsa", "server.example", "server_extensions", "ca", "rsa")
        self.issue("client", "client.example", "client_extensions", "ca")

    def issue(self, name, subject, extensions, issuer=None, kind="ec", valid=VALID) -> None:
        """Make NAME.key, if it is not there, and NAME.pem, from ``issuer`` or
        signed by itself."""
        base = self.folder / name
        if not Path(f"{base}.key").exists():
            self._openssl("genpkey", *KEYS[kind], "-out", f"{base}.key")
        self._openssl("req", "-new", "-config", f"{self.folder}/ca.cnf", "-key",
                      f"{base}.key", "-subj", f"/CN={subject}", "-out", f"{base}.csr")
        signer = self.folder / (issuer or name)
        self._openssl(
            "ca", "-batch", "-notext", "-config", f"{self.folder}/ca.cnf",
            *([] if issuer else ["-selfsign"]), "-keyfile", f"{signer}.key",
            *(["-cert", f"{signer}.pem"] if issuer else []),
            "-in", f"{base}.csr", "-out", f"{base}.pem", "-extensions", extensions,
            "-startdate", f"{valid[0]}0101000000Z", "-enddate", f"{valid[1]}0101000000Z",
        )

    def large(self, name: str, names: int) -> None:
        """As a server's certificate, with so many names in it."""
        config = self.folder / "ca.cnf"
        section = "\n[large]\nbasicConstraints = critical, CA:FALSE\nsubjectAltName = "
        section += "DNS:server.example" + "".join(
            f", DNS:host{n:04}.server.example" for n in range(names))
        config.write_text(config.read_text() + section + "\n")
        self.issue(name, "server.example", "large", "ca")

    def __getitem__(self, file: str) -> str:
        """The path of a file, "server.pem" say."""
        return str(self.folder / file)

    def chain(self, name: str, *files: str) -> str:
        """Join PEM files into one and return its path."""
        target = self.folder / name
        target.write_text("".join((self.folder / f).read_text() for f in files))
        return str(target)

    def once(self, name: str, *details: str, **more) -> None:
        """As issue(), unless there is one already."""
        if not (self.folder / f"{name}.pem").exists():
            self.issue(name, *details, **more)

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
