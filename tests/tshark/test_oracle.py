# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a field of ours has a twin in the built-in dissector, both say the same of a healthy capture."""

import collections

import pytest
from pdml import item_of
from samples import HEALTHY

# Samples in which the built-in reads less than is there
BUILT_IN_READS_LESS = {
    "capture-gap-in-data": "it does not find the next record after bytes that are missing",
    "handshake-type-certificate-url": "it stops after a CertificateURL, assigned in RFC 6066 §9",
    "limit-certificate-70-kib": "it gives up on messages above 64 KiB; RFC 8446 §4 allows 2^24",
    "record-type-25-26": "it does not know the type 26 of RFC 9147 §7",
    "record-version-0304": "it does not accept the version; RFC 8446 §5.1 says to ignore it",
    "sslv2-not": "it leaves the connection to nobody",
}
# Samples in which we say less, and the fields concerned
WE_SAY_LESS = {
    # a NULL cipher hides nothing; records are protected all the same (RFC 5246 §7.1)
    "record-compressed-17408": ("handshake.type", "handshake.length"),
    # it shows an item of no bytes for a record without content (RFC 8446 §5.1)
    "record-empty-data": ("app_data",),
}
# It has this field for bodies that nobody decodes, and for those of no bytes, as GREASE has
# (RFC 8701 §3); which extensions are decoded is not the same on both sides.
BODIES = "handshake.extension.data"


def is_part_of(some, more):
    """Are the elements of `some` among those of `more`, in this order?"""
    rest = iter(more)
    return all(element in rest for element in some)


def agree(sample, name, ours, theirs):
    if ours == theirs:
        return True
    if name == BODIES:
        return True
    if str(sample) in BUILT_IN_READS_LESS:
        return is_part_of(theirs, ours)
    return name in WE_SAY_LESS.get(str(sample), ()) and is_part_of(ours, theirs)


@pytest.fixture(scope="module")
def twins(shark):
    """Names that both dissectors have, of fields with a value, without the prefix."""
    rows = [line.split("\t") for line in shark.tshark(None, "-G", "fields").splitlines()]
    valued = [row[2] for row in rows if row[0] == "F" and row[3] != "FT_NONE"]
    names = {name.removeprefix("tls.") for name in valued if name.startswith("tls.")}
    return sorted(names & {n.removeprefix("tlslens.") for n in valued if n.startswith("tlslens.")})


def run_for(sample):
    return sample.options


def test_there_are_twins(twins):
    assert {"record.content_type", "handshake.ciphersuite", "alert_message.desc"} <= set(twins)


@pytest.mark.parametrize("sample", HEALTHY, ids=str)
def test_values(sample, shark, twins):
    wrong = []
    for frame in shark.frames(sample.path):
        ours, theirs = values_by_name(frame.ours), values_by_name(frame.builtin)
        for name in twins:
            pair = ours[f"tlslens.{name}"], theirs[f"tls.{name}"]
            if not agree(sample, name, *pair):
                wrong.append((frame.number, name, *pair))
    assert wrong == []


@pytest.mark.parametrize("sample", HEALTHY, ids=str)
def test_places(sample, shark, twins):
    wrong = []
    for frame in shark.frames(sample.path):
        if frame.reassembled:
            continue
        for name in twins:
            pair = bytes_of(frame, f"tlslens.{name}"), bytes_of(frame, f"tls.{name}")
            if not agree(sample, name, *pair):
                wrong.append((frame.number, name, *pair))
    assert wrong == []


def bytes_of(frame, name):
    """The places of those items that stand for bytes: a fingerprint, say, stands nowhere."""
    return [place for place in frame.places(name) if place[1] != 0]


def values_by_name(layers):
    values = collections.defaultdict(list)
    for layer in layers:
        for line in layer[1:]:
            item = item_of(line)
            values[item.name].append(item.show)
    return values
