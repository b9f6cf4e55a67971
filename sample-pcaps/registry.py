# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of captures: what each is called, shows and must raise."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent

SOURCE = HERE.parent / "src"
TABLE = SOURCE / "findings" / "findings.def"

# Every finding.  Each is raised by at least one capture and nearly raised by at
# least one other.
FINDINGS = tuple(re.findall(r"^FINDING\((\w+),", TABLE.read_text(encoding="utf-8"), re.M))

# What becomes of a handshake, and why it failed.
_DIAGNOSIS = (SOURCE / "diagnosis" / "causes.def").read_text(encoding="utf-8")
OUTCOMES = tuple(re.findall(r"^OUTCOME\(\s*(\w+),", _DIAGNOSIS, re.M))
CAUSES = tuple(re.findall(r"^CAUSE\(\s*(\w+),", _DIAGNOSIS, re.M))

# What captures show that no finding is made of yet.
WITHOUT_ROW = (
    "data_before_tls",
)

# The preference that asks for findings, with these.
POLICY = ("-o", "tlslens.policy:TRUE")
CLOSE_NOTIFY = ("-o", "tlslens.close_notify:TRUE")
ASKED_FOR = {
    "beast": POLICY,
    "cbc_without_etm": POLICY,
    "close_notify_missing": CLOSE_NOTIFY,
    "certificate_changed": POLICY,
    "certificate_long_lived": POLICY,
    "dh_weaker_than_certificate": POLICY,
    "tls11_offered": POLICY,
}


# Captures whose handshake fails, whatever else they are for.
FAILING = frozenset(
    """
    alert-certificate-required alert-description-99 alert-handshake-failure alert-length-1
    alert-length-3 alert-level-0 alert-level-3 alert-out-of-place alert-probable-encrypted
    alert-protocol-version alert-split alert-two-in-record alert-unknown-ca-tls12
    alert-unknown-ca-tls13 alert-warning-notify compression-null-missing data-after-close early-ccs
    extension-missing freak-export-key heartbleed-request heartbleed-response hrr-inconsistent
    http2-version-low limit-handshake-2-mib message-heartbleed near-alert near-client-extensions
    near-client-version near-close near-fallback record-size-limit-invalid
    secure-renegotiation-not-offered signature-algorithms-missing sslv2-error sslv3-offered
    supported-versions-useless tls11-offered version-fallback
    """.split()
)


@dataclass
class Capture:
    name: str  # file name without ".pcapng"
    origin: str  # "real" or "built"
    maker: str
    about: str
    raises: tuple[str, ...]
    near_miss: tuple[str, ...]
    keylog: str | None
    tshark: tuple[str, ...]
    make: Callable[[Path], None]

    @property
    def path(self) -> Path:
        return HERE / f"{self.name}.pcapng"


CAPTURES: dict[str, Capture] = {}


def capture(
    name: str,
    about: str,
    *,
    origin: str = "built",
    maker: str,
    raises: tuple[str, ...] = (),
    near_miss: tuple[str, ...] = (),
    keylog: bool = False,
    tshark: tuple[str, ...] = (),
):
    """Register a function that makes one capture.

    The function gets the path of the .pcapng file and must write it (and,
    with ``keylog``, the file beside it that ends in .keylog).
    ``tshark`` are the options it needs, besides those that ask for its findings.
    """
    for finding in (*raises, *near_miss):
        if finding not in FINDINGS + WITHOUT_ROW:
            raise ValueError(f"{name}: no finding is called {finding}")
    if name in FAILING:
        raises = (*raises, "handshake_failed")
    raises, near_miss = (
        [name for name in names if name not in WITHOUT_ROW] for names in (raises, near_miss)
    )
    asked = sorted({ASKED_FOR[f] for f in (*raises, *near_miss) if f in ASKED_FOR})
    tshark = (*tshark, *(word for option in asked for word in option))

    def register(make: Callable[[Path], None]):
        if name in CAPTURES:
            raise ValueError(f"{name} is there twice")
        CAPTURES[name] = Capture(
            name, origin, maker, about, tuple(raises), tuple(near_miss),
            f"{name}.keylog" if keylog else None, tuple(tshark), make,
        )
        return make

    return register
