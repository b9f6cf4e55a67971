#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes causes.md from the rows of causes.def."""

import pathlib
import re
import sys

from generated import write_or_check

FOLDER = pathlib.Path(__file__).resolve().parent
TABLE = FOLDER.parent / "src" / "diagnosis" / "causes.def"
OUTPUT = FOLDER / "causes.md"

QUOTED = r'("(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)'
OUTCOME = re.compile(rf"^OUTCOME\(\s*(\w+),\s*(true|false),\s*{QUOTED}\s*\)", re.M)
CAUSE = re.compile(rf"^CAUSE\(\s*(\w+),\s*{QUOTED},\s*{QUOTED}\s*\)", re.M)
ABOUT = re.compile(rf"^ABOUT\(\s*(\w+),\s*{QUOTED},\s*{QUOTED},\s*{QUOTED}\s*\)", re.M)

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Written by docs/make_causes.py from src/diagnosis/causes.def: run that after a row changed. -->
# Outcomes and causes

What becomes of a handshake stands on the frame that decides it: the alert, RST, FIN, Finished or answer in plain text. There
`tlslens.session.outcome` says how it ended and, for a failure, `tlslens.session.cause` why, with an explanation and a hint.
`tshark -q -z tlslens,handshakes` has one row for each handshake; what is undecided at the end of the capture stands there
only.

Nothing is called failed where only one direction was captured, the start is missing or packets are lost.

## Outcomes

| outcome | failure | meaning |
|---|---|---|
"""

MIDDLE = """
## Causes

They are tried in this order; the first that explains what the capture shows is it.
"""


def joined(text):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace(r"\"", '"')


def rows_of(pattern, text):
    return [tuple(joined(p) if p.startswith('"') else p for p in m) for m in pattern.findall(text)]


def document():
    text = TABLE.read_text(encoding="utf-8")
    about = {name: rest for name, *rest in rows_of(ABOUT, text)}
    out = HEAD
    for name, failure, meaning in rows_of(OUTCOME, text):
        out += f"| {name} | {'yes' if failure == 'true' else 'no'} | {meaning} |\n"
    out += MIDDLE
    for name, verdict, hint in rows_of(CAUSE, text):
        meaning, words, certainty = about[name]
        out += (
            f"\n### {name}\n\nIn the packet list: [{verdict}]\n\n**Meaning:** {meaning}\n\n"
            f"**Check:** {hint}\n\n**In other words:** {words}\n\n**How sure:** {certainty}\n"
        )
    return out


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, document, OUTPUT))
