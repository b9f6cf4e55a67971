# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scripts that write documents from tables share."""

import argparse
import sys


def address_of(reference):
    """The address of a section of an RFC, as plugin/tree.cc has it; empty for anything else."""
    rfc, mark, section = reference.partition(" §")
    if not rfc.startswith("RFC ") or not mark:
        return ""
    anchor = "appendix" if section[0].isalpha() else "section"
    return f"https://www.rfc-editor.org/rfc/rfc{rfc[4:]}#{anchor}-{section}"


def link(reference):
    """A reference, with a link if it is a section of an RFC."""
    address = address_of(reference)
    return f"[{reference}]({address})" if address else reference


def write_or_check(about, document, output):
    """Write what document() returns to `output` or, with --check, tell whether it is current.

    Returns the status to exit with; `about` is what --help tells."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument(
        "--check", action="store_true", help="only tell whether the written file is current"
    )
    arguments = parser.parse_args()
    text = document()
    if not arguments.check:
        output.write_text(text, encoding="utf-8")
        return 0
    if output.is_file() and output.read_text(encoding="utf-8") == text:
        return 0
    print(f"{output.name} is not current: run docs/{parser.prog}", file=sys.stderr)
    return 1
