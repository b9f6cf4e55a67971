# SPDX-License-Identifier: GPL-2.0-or-later
"""The sample captures, as their manifest describes them, and the table of findings."""

import dataclasses
import os
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "sample-pcaps"
sys.path.insert(0, str(FOLDER))
from capfile import read_pcapng  # noqa: E402: the module stands with the captures

# id, severity, milder, group, often, when, at, "text", "reference"
FINDING_ROW = re.compile(
    r'FINDING\((\w+),\s*(\w+),\s*(\w+),\s*\w+,\s*\w+,\s*\w+,\s*\w+,\s*"[^"]*",\s*"[^"]*"\)'
)


@dataclasses.dataclass(frozen=True)
class Sample:
    file: str
    raises: tuple
    near_miss: tuple
    keylog: str
    options: tuple

    @property
    def path(self):
        return FOLDER / self.file

    @property
    def stops_builtin(self):
        """The built-in dissector itself asserts somewhere below this capture."""
        return self.file.startswith("bug-")

    @property
    def healthy(self):
        return not self.raises and not self.stops_builtin

    def __str__(self):
        return self.file.removesuffix(".pcapng")


def read_manifest():
    rows = tomllib.loads((FOLDER / "MANIFEST.toml").read_text(encoding="utf-8"))["capture"]
    return [
        Sample(
            row["file"],
            tuple(row["raises"]),
            tuple(row["near_miss"]),
            row.get("keylog", ""),
            tuple(row.get("tshark", ())),
        )
        for row in rows
    ]


def read_findings():
    """The severities that each finding can have, by name."""
    lines = (ROOT / "src/findings/findings.def").read_text(encoding="utf-8").splitlines()
    rows = [FINDING_ROW.fullmatch(line) for line in lines if line.startswith("FINDING(")]
    assert rows and all(rows), "a row of findings.def has another form"
    return {row[1]: {row[2], row[3]} for row in rows}


def read_verdicts():
    """What the packet list says of a handshake that failed."""
    text = (ROOT / "src/diagnosis/causes.def").read_text(encoding="utf-8")
    return set(re.findall(r'^CAUSE\(\s*\w+,\s*"([^"]+)"', text, re.M))


def read_more():
    """Further captures, from the folder that TLSLENS_CAPTURES names."""
    folder = os.environ.get("TLSLENS_CAPTURES")
    if not folder:
        return []
    files = pathlib.Path(folder).rglob("*")
    return sorted(f for f in files if f.suffix in (".pcap", ".pcapng", ".cap", ".trace"))


SAMPLES = read_manifest()
HEALTHY = [sample for sample in SAMPLES if sample.healthy]
FINDINGS = read_findings()
MORE = read_more()
VERDICTS = read_verdicts()


def payloads(path):
    """The captured bytes of each frame, numbered from 1."""
    return [(n, packet.data) for n, packet in enumerate(read_pcapng(path), 1)]
