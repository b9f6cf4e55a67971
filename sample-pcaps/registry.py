# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of captures: what each is called, shows and must raise."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent

# Every finding the captures are here for.  Each is raised by at least one
# capture and nearly raised by at least one other.
FINDINGS = (
    "record_oversize",
    "record_empty",
    "record_type_unknown",
    "record_version_unknown",
    "alert_fatal",
    "alert_warning",
    "alert_malformed",
    "ccs_malformed",
    "malformed_length",
    "trailing_data",
    "duplicate_extension",
    "handshake_type_unknown",
    "cut_short",
    "sslv2_client_hello",
    "limit_reached",
    "capture_incomplete",
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
    """
    for finding in (*raises, *near_miss):
        if finding not in FINDINGS:
            raise ValueError(f"{name}: no finding is called {finding}")

    def register(make: Callable[[Path], None]):
        if name in CAPTURES:
            raise ValueError(f"{name} is there twice")
        CAPTURES[name] = Capture(
            name, origin, maker, about, tuple(raises), tuple(near_miss),
            f"{name}.keylog" if keylog else None, tuple(tshark), make,
        )
        return make

    return register
