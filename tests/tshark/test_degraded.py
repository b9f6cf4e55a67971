# SPDX-License-Identifier: GPL-2.0-or-later
"""Capture faults change nothing but completeness: however a capture is segmented, and whatever is missing
from it, twice or out of order, no finding of severity warn or error comes up that the whole capture
does not have, nor another outcome or cause, but for the outcomes of what is not there.

There are some 300000 variants of the samples, the healthy handshakes and the truth set.
TLSLENS_DEGRADE=all runs them all, which takes two hours; TLSLENS_DEGRADE=N runs the captures of which
the place in the list leaves the rest N, of 8; else each sample, and one in FEW of the others, has each
kind of which it has one, and of the others as many as DRAWS says, drawn with a fixed seed.
"""

import bisect
import os
import random
import re

import pytest
from capfile import read_pcapng, tcp_payload, write_pcapng
from degrade import Segment, variants
from joined import Part, Readdress, join
from samples import FINDINGS, SAMPLES
from test_healthy import ALL as HEALTHY
from test_truth import ROWS as TRUTH

SERIOUS = ("warn", "error")
WANTED = os.environ.get("TLSLENS_DEGRADE")
FULL = WANTED is not None
SLICES = 8
FEW = 4
# Outcomes of what is not there, and the cause where nothing shows one.
UNTOLD = ("one_sided", "incomplete_capture", "in_progress", "unknown_failure")
SEED = 8446
DRAWS = {"snap": 2, "dropped": 1, "delayed": 1, "first": 1, "last": 1, "swapped": 1, "mixed": 2}
SHORT = 3000  # bytes of payload, up to which a sample may be drawn for one byte in a segment
MOST_FRAMES = 60000  # in a file
FIELDS = (
    "tlslens.finding", "tlslens.finding.severity", "tlslens.session.outcome", "tlslens.session.cause",
)
# What policy asks for is never serious, so that all captures can stand in one file.
READ = (
    "-o", "tlslens.policy:TRUE", "-Y", "tlslens.finding || tlslens.session.outcome",
    "-T", "fields", "-e", "frame.number",
)

# What may come up: capture or None, kind or None, finding; and why that is right.
EXCEPTIONS = {
    ("sslv2-negotiated", None, "drown_key"): "drown-key, in the same file, has the same RSA key",
    (None, "replayed", "random_reused"): "from Wireshark 4.4 on the copy is another connection",
    (None, "replayed", "key_share_reused"): "the same",
    (None, "replayed", "version_fallback"): "the same, after one that failed",
    ("tired-of-waiting-nginx", "mixed", "closed_by_server"): "the FIN comes behind the ClientHello",
    ("large-hello-reset", None, "reset_after_client_hello"): "a shorter hello elsewhere tells more",
} | {
    (str(row), None, "alert_fatal"): "it is there; in the whole capture HTTP's dissector takes it"
    for row in TRUTH if re.search("^http-to-|-to-http$", str(row))
} | {
    (str(row), None, "no_shared_parameters"): "what tells more stands in another handshake"
    for row in TRUTH if str(row).endswith("-seen")
} | {
    (str(row), kind, "client_hello_rejected"): "the capture begins with the second ClientHello"
    for row in TRUTH if str(row).startswith("unexpected-") for kind in ("last", "mixed")
} | {
    (f"path-mtu-at-{side}", kind, cause): "it shows in how long the segments are"
    for side, cause in (("client", "no_server_answer"), ("server", "closed_after_certificate"))
    for kind in ("bytes", "records", "merged", "mixed")
}
KINDS = (
    "bytes", "records", "merged", "twice", "replayed", "swapped_pairs", "from_client", "from_server",
    "snap", "dropped", "delayed", "first", "last", "swapped", "mixed",
)


def captures():
    """The captures of this run."""
    others = [*HEALTHY, *TRUTH]
    if not FULL:
        return [*SAMPLES, *others[::FEW]]
    every = [*SAMPLES, *others]
    return every if WANTED == "all" else every[int(WANTED) :: SLICES]


@pytest.fixture(scope="module")
def damaged():
    """The variants of each capture."""
    return {sample: variants(read_pcapng(sample.path)) for sample in captures()}


@pytest.fixture(scope="module")
def whole(shark):
    """What is said of each capture when it is whole: alone, and among all others."""
    path = shark.captures / "whole.pcapng"
    joined = join(captures(), path)
    said = {part.sample: set() for part in joined.parts}
    firsts = [part.first for part in joined.parts]
    for number, word in words(shark, path):
        said[joined.parts[bisect.bisect(firsts, number) - 1].sample].add(word)
    return said


def chosen(sample, kind, made, full=FULL):
    """Those variants of a sample that this run has of a kind."""
    made = [variant for variant in made if variant.kind == kind]
    if full:
        return made
    chance = random.Random(f"{SEED} {sample} {kind}")
    if kind == "bytes":
        short = sum(len(tcp_payload(packet)) for packet in read_pcapng(sample.path)) <= SHORT
        return made if short and chance.random() < 0.06 else []
    return chance.sample(made, min(len(made), DRAWS.get(kind, len(made))))


def batches(kind, damaged, full=FULL):
    """Lists of pairs of a sample and a variant. No list has a sample twice: the plugin compares the
    connections of a capture."""
    picked = {sample: chosen(sample, kind, made, full) for sample, made in damaged.items()}
    for n in range(max(map(len, picked.values()))):
        yield [(sample, mine[n]) for sample, mine in picked.items() if n < len(mine)]


def write(pairs, path):
    """Writes variants to files of no more than some frames; yields their parts, file by file."""
    packets, parts = [], []
    for number, (sample, variant) in enumerate(pairs):
        readdress = Readdress(number)
        own = [readdress.packet(packet) for packet in variant.packets()]
        if packets and len(packets) + len(own) > MOST_FRAMES:
            write_pcapng(path, packets)
            yield parts
            packets, parts = [], []
        parts.append(Part((sample, variant), len(packets) + 1, len(own)))
        packets += own
    write_pcapng(path, packets)
    yield parts


def words(shark, path):
    """Pairs of a frame and what is said there: a serious finding, an outcome or a cause."""
    fields = [word for field in FIELDS for word in ("-e", field)]
    for line in shark.tshark(path, *READ, *fields).splitlines():
        number, names, severities, outcome, cause = line.split("\t")
        for name, severity in zip(names.split(","), severities.split(","), strict=True):
            if severity in SERIOUS:
                yield int(number), name
        for word in filter(None, (*outcome.split(","), cause)):
            yield int(number), word


def begins_later(sample, variant):
    """True if the plain text with which the connection begins may be missing or out of order; without it
    another outcome or cause is as good."""
    begins = re.match(r"proxy-header-to-|\w+-to-(ssh|smtp)$", str(sample))
    return begins and variant.kind in ("last", "mixed", "delayed", "swapped", "swapped_pairs")


def as_good(sample):
    """The outcomes and causes that are right for a capture of the truth set, whichever it has."""
    return (*getattr(sample, "outcome", ()), *getattr(sample, "causes", ()))


def allowed(sample, variant, word):
    if word in as_good(sample):
        return True
    if begins_later(sample, variant) and word not in FINDINGS:
        return True
    return word in UNTOLD or any(
        (own, kind, word) in EXCEPTIONS for own in (str(sample), None) for kind in (variant.kind, None)
    )


def blamed_together(shark, pairs, path, whole):
    """What is not said of the whole capture comes up in a variant: capture, variant and word."""
    told = set()
    for parts in write(pairs, path):
        firsts = [part.first for part in parts]
        for number, word in words(shark, path):
            sample, variant = parts[bisect.bisect(firsts, number) - 1].sample
            if word not in whole[sample] and not allowed(sample, variant, word):
                told.add((sample, variant, word))
    return sorted(told, key=lambda row: (str(row[0]), row[2]))


def stays_alone(shark, row, path):
    """True if it comes up without the other captures, too, and not if it is whole."""
    sample, variant, word = row
    write_pcapng(path, variant.packets())
    if word not in {said for _, said in words(shark, path)}:
        return False
    return word not in {said for _, said in words(shark, sample.path)}


def blamed(shark, pairs, whole):
    path = shark.captures / "degraded.pcapng"
    told = blamed_together(shark, pairs, path, whole)
    return [row for row in told if stays_alone(shark, row, path)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_capture_fault_is_not_the_peers(kind, shark, damaged, whole):
    rows = [row for pairs in batches(kind, damaged) for row in blamed(shark, pairs, whole)]
    assert [f"{sample} {variant.label}: {word}" for sample, variant, word in rows] == []


def test_kinds_are_all_there_are(damaged):
    assert {variant.kind for made in damaged.values() for variant in made} == set(KINDS)


@pytest.mark.parametrize("kind", ["bytes", "records", "merged"])
def test_segments_carry_the_same_bytes(kind, damaged):
    for sample, made in damaged.items():
        for variant in chosen(sample, kind, made, full=False):
            assert streams(variant.packets()) == streams(read_pcapng(sample.path)), sample


def streams(packets):
    """The bytes of each direction by their sequence numbers; the first that came stay."""
    made = {}
    for segment in map(Segment, packets):
        mine = made.setdefault((segment.sender, segment.receiver), {})
        for n, byte in enumerate(segment.payload, segment.sequence):
            mine.setdefault(n % 2**32, byte)
    return made
