# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of healthy recordings."""

import re
import subprocess
from dataclasses import dataclass
from typing import Callable

from registry import HERE

FOLDER = HERE / "healthy"
OPENSSL = ("openssl", "")  # a package, and the library that does TLS in it
CURL = ("curl", "OpenSSL")


@dataclass
class Recording:
    name: str
    about: str
    packages: dict  # what made it, and the library that does TLS in it
    make: Callable
    deserves: tuple = ()
    because: str = ""

    @property
    def path(self):
        return FOLDER / f"{self.name}.pcapng"

    @property
    def maker(self):
        return ", ".join(with_versions(*item) for item in self.packages.items())


LIBRARIES = {
    "OpenSSL": "libssl3", "GnuTLS": "libgnutls30", "NSS": "libnss3", "Mbed TLS": "libmbedtls14",
    "wolfSSL": "libwolfssl35",
}
WITH_THEIR_OWN = ("nodejs", "firefox-esr")

RECORDINGS = {}


def with_versions(package, stack):
    """A package and the library that does TLS in it, as they are installed."""
    text = f"{package} {version(package)}"
    if not stack:
        return text
    known = stack in LIBRARIES and package not in WITH_THEIR_OWN
    return f"{text} with {stack}" + (f" {version(LIBRARIES[stack])}" if known else "")


def version(package):
    command = ("dpkg-query", "-W", "-f", "${Version}", package)
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.match(r"(?:\d+:)?([\w.]+)", text)[1]


def healthy(name, about, *packages, deserves=(), because=""):
    """Register what a function does on loopback."""

    def register(make):
        made = {package: stack for package, stack in packages}
        RECORDINGS[name] = Recording(name, about, made, make, deserves, because)
        return make

    return register
