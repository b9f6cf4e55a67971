# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of captures whose outcome and cause are known from their configuration."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import capfile
import stacks
from registry import CAUSES, HERE, OUTCOMES

FOLDER = HERE / "truth"


@dataclass
class Truth:
    name: str  # file name without ".pcapng"
    origin: str  # "real" or "built"
    maker: str  # of a real one: known when it has been made
    about: str
    outcome: tuple[str, ...]  # any of these is right
    cause: str  # "" if nothing failed
    also: tuple[str, ...]  # causes that are right, too
    stream: int  # which of the capture's TCP connections is meant, the first is 0
    make: Callable[[Path], None]

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.pcapng"


TRUTH: dict[str, Truth] = {}
used: list[str] = []  # by the capture that is being made


def uses(tool: str) -> None:
    """Note what makes a capture; names in braces as in real.VERSIONS."""
    if tool not in used:
        used.append(tool)


def truth(name, about, outcome, cause="", *, origin, maker="", also="", stream=0):
    """Register a function that gets the path of the capture and writes it.  ``outcome`` and
    ``also`` are one or more names with spaces between, a "-" in ``also`` is no cause, an empty
    ``outcome`` no handshake at all."""

    def register(make):
        outcomes = tuple(outcome.split()) or ("",)
        others = tuple(word.strip("-") for word in also.split())
        for known, names in ((("", *OUTCOMES), outcomes), (("", *CAUSES), (cause, *others))):
            if not set(names) <= set(known):
                raise ValueError(f"{name}: {set(names) - set(known)}")
        if name in TRUTH or (others and not cause):
            raise ValueError(name)
        TRUTH[name] = Truth(name, origin, maker, about, outcomes, cause, others, stream, make)
        return make

    return register


def recorded(name, about, outcome, cause="", *, only="tcp port 443", change=None, **more):
    """Register what a function does on loopback.  It gets an ExitStack that is closed when the
    recording is over; ``change`` turns the list of packets into another."""

    def register(make):
        def write(path):
            used.clear()
            with ExitStack() as later:
                with stacks.recording(path, only):
                    make(later)
            if change:
                capfile.write_pcapng(path, change(capfile.read_pcapng(path)))
            TRUTH[name].maker = "; ".join(used)

        truth(name, about, outcome, cause, origin="real", **more)(write)
        return make

    return register


def case(name, about, outcome, cause, serve, *clients, **more):
    """Register ``clients``, one after the other, with a server that ``serve`` starts."""

    @recorded(name, about, outcome, cause, **more)
    def _(later):
        with serve():
            for client in clients:
                client()
