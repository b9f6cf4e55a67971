#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the sample captures and writes MANIFEST.toml.

    make.py --list       what there is
    make.py NAME...      make these
    make.py --built      make those built byte by byte: always the same files
    make.py --all        make all; the real ones are recorded anew
    make.py --check      read every file with tshark and the manifest again

The built captures need Python 3.11 only.  The real ones need root, for a
network namespace of their own, and these Debian packages: openssl
gnutls-bin libnss3-tools nginx-light curl openjdk-17-jdk-headless tcpdump
iproute2; --check needs tshark.

built.py is the builder, built_captures.py, built_messages.py and findings_*.py
what is built with it, real.py and real_messages.py the recordings of real
stacks.  finding_certificates.py makes certificates for findings_*.py.
The tables of MANIFEST.toml: ``raises`` are the findings of severity note,
warn or error a capture must raise, ``near_miss`` those it comes close to and
must not raise, ``keylog`` its TLS key log and ``tshark`` the options tshark
needs for it.
"""

import argparse
import json
import subprocess
import sys
import tomllib

import built_captures  # noqa: F401  registers its captures
import built_messages  # noqa: F401
import findings_certificates  # noqa: F401
import findings_hello  # noqa: F401
import findings_key_exchange  # noqa: F401
import findings_server_hello  # noqa: F401
import findings_session  # noqa: F401
import real
import real_messages  # noqa: F401
from registry import CAPTURES, FINDINGS, HERE

MANIFEST = HERE / "MANIFEST.toml"
HEADER = """\
# SPDX-License-Identifier: GPL-2.0-or-later
# Written by make.py; change the recipes, not this file.
"""


def write_manifest(made: set[str]) -> None:
    """Write the manifest of all captures there are.

    A real capture not made in this run keeps the maker it was made with.
    """
    old = {}
    if MANIFEST.exists():
        tables = tomllib.loads(MANIFEST.read_text())["capture"]
        old = {table["file"]: table["maker"] for table in tables}
    text = HEADER
    for item in sorted(CAPTURES.values(), key=lambda c: c.name):
        if not item.path.exists():
            continue
        file, maker = item.path.name, item.maker
        if item.origin == "real":
            kept = None if item.name in made else old.get(file)
            maker = kept or maker.format_map(real.VERSIONS)
        table = {
            "file": file, "origin": item.origin, "maker": maker,
            "licence": "GPL-2.0-or-later", "about": item.about,
            "raises": list(item.raises), "near_miss": list(item.near_miss),
            "keylog": item.keylog, "tshark": list(item.tshark) or None,
        }
        text += "\n[[capture]]\n" + "".join(
            f"{key} = {json.dumps(value)}\n"
            for key, value in table.items() if value is not None
        )
    MANIFEST.write_text(text)


def check() -> int:
    """Print what is wrong with the files and the manifest; how much it is."""
    wrong = []
    tables = tomllib.loads(MANIFEST.read_text())["capture"]
    for field in ("raises", "near_miss"):
        for finding in FINDINGS:
            if not any(finding in table[field] for table in tables):
                wrong.append(f"no capture has {finding} in {field}")
    listed = {table["file"] for table in tables}
    for item in CAPTURES.values():
        if item.path.name not in listed:
            wrong.append(f"{item.path.name}: not in the manifest")
    for file in sorted(HERE.glob("*.pcapng")):
        if file.name not in listed:
            wrong.append(f"{file.name}: no recipe")
        if file.stat().st_size >= 100000:
            wrong.append(f"{file.name}: {file.stat().st_size} bytes")
        run = subprocess.run(
            ["tshark", "-r", file, "-o", "tcp.check_checksum:TRUE", "-Y",
             "tcp.analysis.flags && !tcp.analysis.window_update || tcp.checksum.status == 0",
             "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message"],
            capture_output=True, text=True,
        )
        if run.returncode:
            wrong.append(f"{file.name}: {run.stderr}")
        if run.stdout and not file.name.startswith(("capture-", "cut-")):
            wrong.append(f"{file.name}: TCP, frame {run.stdout.splitlines()[0]}")
    for line in wrong:
        print(line)
    return len(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", nargs="*")
    for option in ("list", "built", "all", "check"):
        parser.add_argument(f"--{option}", action="store_true")
    wanted = parser.parse_args()
    if wanted.list:
        for item in CAPTURES.values():
            print(f"{item.name:38} {item.origin:6} {item.about}")
        return 0
    names = [name.removesuffix(".pcapng") for name in wanted.name]
    for name in names:
        if name not in CAPTURES:
            parser.error(f"there is no {name}")
    if wanted.all or wanted.built:
        names = [
            item.name for item in CAPTURES.values()
            if wanted.all or item.origin == "built" or item.name in names
        ]
    if not names and not wanted.check:
        parser.error("nothing to do")
    failed = 0
    for name in names:
        item = CAPTURES[name]
        try:
            if item.origin == "real":
                real.prepare()
            item.make(item.path)
            print(name)
        except Exception as problem:  # go on with the others
            print(f"{name}: {problem!r}", file=sys.stderr)
            failed += 1
    if names:
        write_manifest(set(names))
    if wanted.check:
        failed += check()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
