# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin registers: names, types, descriptions, and that one can filter by them."""

import collections
import re

import pytest
from samples import FINDINGS, SAMPLES


@pytest.fixture(scope="module")
def registered(shark):
    """Rows of (label, name, type, base, blurb) of the two protocols' fields, in order."""
    rows = [line.split("\t") for line in shark.tshark(None, "-G", "fields").splitlines()]
    fields = [row for row in rows if row[0] == "F" and row[4] in ("tlslens", "tls")]
    return [(row[1], row[2], row[3], row[5], row[7] if len(row) > 7 else "") for row in fields]


@pytest.fixture(scope="module")
def ours(registered):
    return [row for row in registered if row[1].startswith("tlslens.")]


def is_expert(name):
    return name.removeprefix("tlslens.finding.") in FINDINGS


def test_every_field_has_a_sentence(ours):
    lacking = [name for _, name, _, _, blurb in ours if not is_sentence(blurb) and not is_expert(name)]
    assert ours and lacking == []


def is_sentence(text):
    return bool(re.fullmatch(r"[A-Z].{10,}\.", text)) and not text.endswith("..")


def test_every_field_has_a_label(ours):
    assert [name for label, name, *_ in ours if not label] == []


def test_names_are_of_few_characters(ours):
    assert [name for _, name, *_ in ours if not re.fullmatch(r"tlslens(\.[a-z0-9_]+)+", name)] == []


def test_one_name_has_one_type(ours):
    types = collections.defaultdict(set)
    for _, name, kind, *_ in ours:
        types[name].add(kind)
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


# Fields that had another type in a version of Wireshark
OLD_TYPES = {"handshake.verify_data": ("FT_BYTES", "")}  # a label without a value before 4.6


def test_twins_have_the_type_and_base_of_the_built_in(registered, ours):
    theirs = collections.defaultdict(set)
    for _, name, kind, base, _ in registered:
        if name.startswith("tls."):
            theirs[name.removeprefix("tls.")].add((kind, base))
    twins = [row for row in ours if row[1].removeprefix("tlslens.") in theirs]
    assert len(twins) > 30
    wrong = [
        (name, kind, base, theirs[name.removeprefix("tlslens.")])
        for _, name, kind, base, _ in twins
        if (kind, base) not in theirs[name.removeprefix("tlslens.")]
        and OLD_TYPES.get(name.removeprefix("tlslens.")) != (kind, base)
    ]
    assert wrong == []


def test_every_finding_is_an_expert_info(shark):
    rows = [line.split("\t") for line in shark.tshark(None, "-G", "fields").splitlines()]
    names = {row[2] for row in rows if row[0] == "F"}
    assert {f"tlslens.finding.{name}" for name in FINDINGS} <= names


# Each filter, a sample, and whether it has such frames: from the bytes, not from our output
FILTERS = [
    ("tlslens", "openssl-tls12", True),
    ("tlslens.record.length > 16384", "record-plain-16385", True),
    ("tlslens.record.length > 16384", "record-plain-16384", False),
    ("tlslens.alert_message.level == 2", "alert-handshake-failure", True),
    ("tlslens.alert_message.level == fatal", "alert-handshake-failure", True),
    ("tlslens.alert_message.level == 2", "alert-warning-notify", False),
    ("tlslens.alert_message.desc == 40", "alert-handshake-failure", True),
    ('tlslens.finding == "alert_fatal"', "alert-handshake-failure", True),
    ('tlslens.finding == "alert_fatal"', "openssl-tls12", False),
    ("tlslens.finding.alert_fatal", "alert-handshake-failure", True),
    ("tlslens.finding.alert_fatal", "openssl-tls12", False),
    ('tlslens.finding.severity == "warn"', "alert-handshake-failure", True),
    ("tlslens.handshake.ciphersuite == 0xc02f", "alert-handshake-failure", True),
    ("tlslens.handshake.type == 1 and not tlslens.handshake.type == 2", "openssl-tls13", True),
    ('tlslens.handshake.extensions_server_name == "server.example"', "openssl-tls13", True),
    ('tlslens.handshake.extensions_server_name contains "example"', "openssl-tls13", True),
    ("tlslens.record.version == 0x0505", "record-version-0505", True),
    ("tlslens.record.encrypted == 1", "openssl-tls13", True),
    ("tlslens.direction == 1", "capture-one-side", True),
    ("tlslens.direction == 0", "capture-one-side", False),
    ("tlslens.handshake.session_id == 00", "openssl-tls12", False),
    ("tlslens.record.length == tls.record.length", "openssl-tls12", True),
    ("tlslens.handshake.random[0:2] == 00:00", "openssl-tls12", False),
]


@pytest.mark.parametrize(("text", "name", "found"), FILTERS)
def test_display_filter(text, name, found, tshark):
    (sample,) = [s for s in SAMPLES if str(s) == name]
    out = tshark(sample.path, "-Y", text, "-T", "fields", "-e", "frame.number")
    assert bool(out.strip()) == found
