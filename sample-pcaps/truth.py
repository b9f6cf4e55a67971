#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the truth set: captures whose outcome and cause are known from how the
stacks were configured, not from what TLSLens says.

    truth.py --list       what there is
    truth.py NAME...      make these
    truth.py --built      make those built byte by byte: always the same files
    truth.py --all        make all; the real ones are recorded anew

Writes truth/NAME.pcapng and truth/LABELS.toml.  The real ones need root and
the Debian packages that make.py names, and nodejs and golang-go.

In LABELS.toml, ``outcome`` lists the names that are right, ``cause`` is one
name or empty, ``also`` are other causes between which nobody can tell who has
the packets alone, and ``stream`` is the TCP connection meant, from 0.
"""

import argparse
import json
import sys
import tomllib

import real
import truth_before  # noqa: F401  registers its captures
import truth_built  # noqa: F401
import truth_certificates  # noqa: F401
import truth_healthy  # noqa: F401
import truth_hello  # noqa: F401
import truth_keys  # noqa: F401
from registry import CAUSES
from truth_registry import FOLDER, TRUTH

LABELS = FOLDER / "LABELS.toml"
HEADER = """\
# SPDX-License-Identifier: GPL-2.0-or-later
# Written by truth.py; change the recipes, not this file.
"""


def write_labels(made: set[str]) -> None:
    """Write the labels of all captures there are.  A real one that was not made in this run
    keeps the maker it was made with."""
    old = {}
    if LABELS.exists():
        old = {row["file"]: row["maker"] for row in tomllib.loads(LABELS.read_text())["capture"]}
    text = HEADER
    for item in sorted(TRUTH.values(), key=lambda one: one.name):
        if not item.path.exists():
            continue
        maker = item.maker.format_map(real.VERSIONS) if item.maker else ""
        if item.origin == "real" and item.name not in made:
            maker = old.get(item.path.name, maker)
        row = {
            "file": item.path.name, "origin": item.origin, "maker": maker, "about": item.about,
            "outcome": list(item.outcome), "cause": item.cause,
            "also": list(item.also) or None, "stream": item.stream or None,
        }
        text += "\n[[capture]]\n" + "".join(
            f"{key} = {json.dumps(value)}\n" for key, value in row.items() if value is not None)
    LABELS.write_text(text)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*")
    for option in ("list", "built", "all"):
        parser.add_argument(f"--{option}", action="store_true")
    wanted = parser.parse_args()
    if wanted.list:
        for item in TRUTH.values():
            print(f"{item.name:44} {item.origin:6} {item.cause or '-':36} {item.about}")
        for cause in set(CAUSES) - {item.cause for item in TRUTH.values()}:
            print(f"no capture shows {cause}")
        return 0
    if unknown := [name for name in wanted.name if name not in TRUTH]:
        parser.error(f"there is no {unknown[0]}")
    names = [item.name for item in TRUTH.values() if wanted.all or item.name in wanted.name
             or (wanted.built and item.origin == "built")]
    if not names:
        parser.error("nothing to do")
    FOLDER.mkdir(exist_ok=True)
    made, failed = set(), 0
    for name in names:
        try:
            if TRUTH[name].origin == "real":
                real.prepare()
            TRUTH[name].make(TRUTH[name].path)
            made.add(name)
            print(name, flush=True)
        except Exception as problem:  # go on with the others
            print(f"{name}: {problem!r}", file=sys.stderr, flush=True)
            failed += 1
    write_labels(made)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
