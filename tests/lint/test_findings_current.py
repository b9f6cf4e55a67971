# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/findings.md is what docs/make_findings.py writes, and tells of every finding."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "findings.md"
TABLE = ROOT / "src" / "findings" / "findings.def"
sys.path.insert(0, str(ROOT / "docs"))
from generated import address_of  # noqa: E402: the modules stand with the documents
from make_findings import findings_of  # noqa: E402

ROW = 'FINDING(some, error, warn, protocol, once, always, Record, "Something", "RFC 8446 §5.1")\n'
TOLD = 'ABOUT(some,\n    "It "\n    "means.",\n    "Check \\"it\\".",\n    "Never.")\n'


def names():
    return re.findall(r"^FINDING\((\w+),", TABLE.read_text(encoding="utf-8"), re.M)


def test_document_is_current():
    command = [sys.executable, str(ROOT / "docs" / "make_findings.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_document_tells_how_it_is_made():
    head = DOCUMENT.read_text(encoding="utf-8").splitlines()[:3]
    assert any("docs/make_findings.py" in line for line in head)


def test_every_finding_has_a_section_and_a_row_that_leads_there():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert len(names()) > 100
    assert re.findall(r"^## (\w+)$", text, re.M) == names()
    assert re.findall(r"^\| \[(\w+)\]\(#\1\) ", text, re.M) == names()


def test_every_finding_has_its_about_row():
    text = TABLE.read_text(encoding="utf-8")
    assert re.findall(r"^ABOUT\((\w+),", text, re.M) == names()


def test_row_is_read():
    (finding,) = findings_of(ROW + "    ALSO(some, Alert)\n" + TOLD)
    assert finding.severities == "error or warn"
    assert (finding.meaning, finding.check, finding.limits) == ("It means.", 'Check "it".', "Never.")


@pytest.mark.parametrize(
    "text",
    [ROW, TOLD, ROW + TOLD + TOLD, ROW + TOLD.replace('"Never."', '""'), ROW + TOLD[:-2]],
    ids=["no about", "no finding", "two abouts", "an empty text", "not understood"],
)
def test_lacking_rows_are_told(text):
    with pytest.raises(ValueError):
        list(findings_of(text))


def test_reference_leads_to_its_section():
    assert address_of("RFC 8446 §5.1") == "https://www.rfc-editor.org/rfc/rfc8446#section-5.1"
    assert address_of("") == ""
