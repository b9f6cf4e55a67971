#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes findings.md from the FINDING and ABOUT rows of findings.def."""

import pathlib
import re
import sys
from typing import NamedTuple

from generated import link, write_or_check

FOLDER = pathlib.Path(__file__).resolve().parent
TABLE = FOLDER.parent / "src" / "findings" / "findings.def"
OUTPUT = FOLDER / "findings.md"

QUOTED = r'("(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)'
FINDING = re.compile(
    r"^FINDING\(\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*\w+,"
    rf"\s*{QUOTED},\s*{QUOTED}\s*\)",
    re.M,
)
ABOUT = re.compile(rf"^ABOUT\(\s*(\w+),\s*{QUOTED},\s*{QUOTED},\s*{QUOTED}\s*\)", re.M)

# When and Often of src/findings/finding.h, in words
WHEN = {
    "always": "",
    "policy": "only with `tlslens.policy`",
    "close_notify": "only with `tlslens.close_notify`",
}
OFTEN = {"once": "once", "each": "each time"}

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Written by docs/make_findings.py from src/findings/findings.def: run that after a row changed. -->
# Findings

What TLSLens reports, in the order of `src/findings/findings.def`. The captures that raise a finding, and those that come
near and must not, are in `sample-pcaps/MANIFEST.toml`.

Three things hold for all of them. What is missing from the capture is never blamed on the peers: such findings are chat or
note. A length is judged with the version that was negotiated, not with the one in the record header. Encrypted bytes
are not read.

**Severity** is one of Wireshark's: chat, note, warn, error. Where two are given, the first is that of the offence, and the
second that of its milder form, which the section tells. **Once** means once per handshake and direction; after that the
finding is not made again, even if the offence is.

**Filters.** `tlslens.finding` finds every frame with a finding, `tlslens.finding == "NAME"` those with this one, and so
does the expert info `tlslens.finding.NAME`. `tlslens.finding.severity == "error"` filters by severity,
`tlslens.finding.frame` is the frame of what a finding contradicts or answers.

**Preferences**, at Preferences › Protocols › TLSLens or as `-o NAME:VALUE`:

| preference | value | does |
|---|---|---|
| `tlslens.policy` | FALSE | TRUE makes the findings of good practice, too: those of what is no offence and could be done better |
| `tlslens.close_notify` | FALSE | TRUE tells connections that a side closed without close_notify |
| `tlslens.expiry_days` | 30 | how many days before its end a certificate is noted by certificate_expires_soon |

| name | severity | group | text |
|---|---|---|---|
"""


class Finding(NamedTuple):
    """What the rows of one finding tell their reader."""

    name: str
    severity: str
    milder: str
    group: str
    often: str
    when: str
    text: str
    reference: str
    meaning: str
    check: str
    limits: str

    @property
    def severities(self):
        return self.severity if self.milder == self.severity else f"{self.severity} or {self.milder}"


def unquoted(literals):
    """The text of one or more string literals of C."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', literals)
    return re.sub(r"\\(.)", r"\1", "".join(parts))


def findings_of(text):
    """The findings of the table, in its order."""
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M)
    abouts = ABOUT.findall(text)
    rows = FINDING.findall(text)
    for kind, found in (("FINDING", rows), ("ABOUT", abouts)):
        if len(re.findall(rf"^\s*{kind}\(", text, re.M)) != len(found):
            raise ValueError(f"{TABLE.name}: a row of {kind} is not understood")
    names = [row[0] for row in rows]
    told = {about[0]: [unquoted(part) for part in about[1:]] for about in abouts}
    lacking = [name for name in names if name not in told or not all(told[name])]
    if lacking or len(told) != len(abouts) or set(told) - set(names):
        raise ValueError(f"{TABLE.name}: one ABOUT row for each FINDING, lacking: {lacking}")
    for name, severity, milder, group, often, when, words, reference in rows:
        yield Finding(
            name, severity, milder, group, OFTEN[often], WHEN[when],
            unquoted(words), unquoted(reference), *told[name],
        )  # fmt: skip


def row(finding):
    text = finding.text.replace("|", r"\|")
    link = f"[{finding.name}](#{finding.name})"
    return f"| {link} | {finding.severities} | {finding.group} | {text} |\n"


def section(finding):
    kind = ", ".join(
        part for part in (finding.severities, finding.group, finding.often, finding.when) if part
    )
    lines = [
        f"## {finding.name}",
        f"{finding.text}. *{kind}.*",
        f"**Meaning:** {finding.meaning}",
        f"**Check:** {finding.check}",
        f"**Limits:** {finding.limits}",
    ]
    if finding.reference:
        lines.append(f"**Reference:** {link(finding.reference)}")
    return "\n" + "\n\n".join(lines) + "\n"


def document():
    findings = list(findings_of(TABLE.read_text(encoding="utf-8")))
    return HEAD + "".join(map(row, findings)) + "".join(map(section, findings))


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, document, OUTPUT))
