# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/causes.md is what docs/make_causes.py writes, and every cause has all it needs."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))
from make_causes import ABOUT, CAUSE, OUTCOME, TABLE, rows_of  # noqa: E402: it stands with the documents

TEXT = TABLE.read_text(encoding="utf-8")
CAUSES = rows_of(CAUSE, TEXT)


def test_it_is_current():
    command = [sys.executable, str(ROOT / "docs" / "make_causes.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_row_is_read():
    rows = [line for line in TEXT.splitlines() if line.startswith(("OUTCOME(", "CAUSE(", "ABOUT("))]
    about = rows_of(ABOUT, TEXT)
    assert len(rows) == len(CAUSES) + len(rows_of(OUTCOME, TEXT)) + len(about)
    assert [name for name, *_ in CAUSES] == [name for name, *_ in about]


def test_verdicts_are_short_and_differ():
    verdicts = [verdict for _, verdict, _ in CAUSES]
    assert len(set(verdicts)) == len(verdicts)
    assert all(len(verdict) <= 40 for verdict in verdicts)
