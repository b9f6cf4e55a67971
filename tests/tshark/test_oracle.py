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
    "extension-every": "it does not know all extensions",
    "extension-grease": "it does not know the number 17613 of ALPS before 4.6",
    "kx-ecdhe-explicit": "it stops at a curve that is spelled out (RFC 4492 §5.4)",
    "kx-forgotten": "it leaves out key exchanges that nobody uses any more",
    "kx-psk": "it leaves out those with a pre-shared key and Diffie-Hellman (RFC 4279 §3)",
    "kx-sm2": "it does not know the key exchanges of GM/T 0024",
    "kx-srp": "it leaves out SRP (RFC 5054 §2.5.3)",
    "message-channel-id": "it does not know the type 203",
    "limit-certificate-70-kib": "it gives up on messages above 64 KiB; RFC 8446 §4 allows 2^24",
    "ports-again-without-syn": "it takes the second connection for protected records of the first",
    "record-type-25-26": "it does not know the type 26 of RFC 9147 §7",
    "record-version-0304": "it does not accept the version; RFC 8446 §5.1 says to ignore it",
    "sslv2-not": "it leaves the connection to nobody",
}
# Samples in which we say less, and the fields concerned
WE_SAY_LESS = {
    # a NULL cipher hides nothing; records are protected all the same (RFC 5246 §7.1)
    "record-compressed-17408": ("handshake.type", "handshake.length"),
    # it shows the list of modes once more as a list of its own
    "extension-every": ("extension.psk_ke_modes_length",),
    # a ServerHello of TLS 1.3 has no time in its random (RFC 8446 §4.1.3), and a draft's neither
    "tls13-draft-18": ("handshake.random_time", "handshake.random_bytes"),
    # it reads on behind the end of the list of URLs (RFC 6066 §5)
    "handshake-type-certificate-url": ("handshake.cert_url.url_len",),
    # it shows an item of no bytes for a record without content (RFC 8446 §5.1)
    "record-empty-data": ("app_data",),
}
# Samples with a suite that does not encrypt: it takes the MAC for data, and what it "decrypts" stands
# in a buffer of its own, so that places cannot be compared
NULL_SUITES = {
    "message-channel-id", "message-heartbeat", "message-hello-request", "message-next-protocol"
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
    if name == "stream":  # it is in trees that have nothing else, too, and once in each tree of a frame
        return not ours or set(ours) == set(theirs)
    if name == BODIES or (name == "app_data" and str(sample) in NULL_SUITES):
        return True
    if str(sample) in BUILT_IN_READS_LESS and is_part_of(theirs, ours):
        return True
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


@pytest.mark.parametrize("sample", [s for s in HEALTHY if str(s) not in NULL_SUITES], ids=str)
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
