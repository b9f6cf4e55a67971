# SPDX-License-Identifier: GPL-2.0-or-later
"""The limits that docs/security.md names are those of the code."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| .* \| `(\w+)`.* \| (\d+) \| `(\S+)` \|$", re.M)
LIMITS = ROW.findall((ROOT / "docs/security.md").read_text(encoding="utf-8"))


def value_in(text, name):
    """What a constant is, of the forms `1 << 20`, `size_t{64} << 20` and `100'000`."""
    (found,) = re.findall(rf"\b{name} = ([^;]+);", text)
    return eval(re.sub(r"\w+\{(\d+)\}", r"\1", found.replace("'", "")), {})  # noqa: S307  our own source


@pytest.mark.parametrize(("name", "value", "path"), LIMITS, ids=lambda v: v)
def test_value_is_that_of_the_code(name, value, path):
    assert value_in((ROOT / path).read_text(encoding="utf-8"), name) == int(value)


def test_every_limit_is_documented():
    text = (ROOT / "src/session/facts.h").read_text(encoding="utf-8")
    listed = re.search(r"enum class Limit[^}]*", text)[0]
    wanted = set(re.findall(r"// .*?(kMax\w+)", listed)) | set(re.findall(r"tlslens\.(\w+)", listed))
    assert wanted and wanted <= {name for name, _, _ in LIMITS}
