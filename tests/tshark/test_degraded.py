# SPDX-License-Identifier: GPL-2.0-or-later
"""Capture faults change nothing but completeness: however a sample is segmented, and whatever is missing
from it, twice or out of order, no finding of severity warn or error comes up that the whole sample
does not have.

There are some 140000 variants of the samples. TLSLENS_DEGRADE=all runs them all, which takes half an hour
or more; else each sample has each kind of which it has one, and of the others as many as DRAWS says, drawn
with a fixed seed.
"""

import bisect
import os
import random

import pytest
from capfile import read_pcapng, tcp_payload, write_pcapng
from degrade import Segment, variants
from joined import Part, Readdress
from samples import SAMPLES

SERIOUS = ("warn", "error")
FULL = os.environ.get("TLSLENS_DEGRADE") == "all"
SEED = 8446
DRAWS = {"snap": 2, "dropped": 1, "delayed": 1, "first": 1, "last": 1, "swapped": 1, "mixed": 2}
SHORT = 3000  # bytes of payload, up to which a sample may be drawn for one byte in a segment
MOST_FRAMES = 60000  # in a file
FIELDS = ("tlslens.finding", "tlslens.finding.severity")
# What policy asks for is never serious, so that all samples can stand in one file.
READ = ("-o", "tlslens.policy:TRUE", "-Y", "tlslens.finding", "-T", "fields", "-e", "frame.number")

# A finding that may come up: sample or None, kind or None, finding; and why that is right.
EXCEPTIONS = {
    ("sslv2-negotiated", None, "drown_key"): "drown-key, in the same file, has the same RSA key",
}
KINDS = (
    "bytes", "records", "merged", "twice", "replayed", "swapped_pairs", "from_client", "from_server",
    "snap", "dropped", "delayed", "first", "last", "swapped", "mixed",
)


@pytest.fixture(scope="module")
def damaged():
    """The variants of each sample."""
    return {sample: variants(read_pcapng(sample.path)) for sample in SAMPLES}


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


def serious(shark, path):
    """Pairs of a frame and a serious finding in it."""
    fields = [word for field in FIELDS for word in ("-e", field)]
    for line in shark.tshark(path, *READ, *fields).splitlines():
        number, names, severities = line.split("\t")
        for name, severity in zip(names.split(","), severities.split(","), strict=True):
            if severity in SERIOUS:
                yield int(number), name


def allowed(sample, variant, name):
    if name in sample.raises:
        return True
    rows = [(s, k, name) for s in (str(sample), None) for k in (variant.kind, None)]
    return any(row in EXCEPTIONS for row in rows)


def blamed_together(shark, pairs, path):
    """What a sample does not raise comes up in a variant: sample, variant and finding."""
    told = set()
    for parts in write(pairs, path):
        firsts = [part.first for part in parts]
        for number, name in serious(shark, path):
            sample, variant = parts[bisect.bisect(firsts, number) - 1].sample
            if not allowed(sample, variant, name):
                told.add((sample, variant, name))
    return sorted(told, key=lambda row: (str(row[0]), row[2]))


def stays_alone(shark, row, path):
    """True if it comes up without the other samples, too."""
    _, variant, name = row
    write_pcapng(path, variant.packets())
    return name in {found for _, found in serious(shark, path)}


def blamed(shark, pairs):
    path = shark.captures / "degraded.pcapng"
    return [row for row in blamed_together(shark, pairs, path) if stays_alone(shark, row, path)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_capture_fault_is_not_the_peers(kind, shark, damaged):
    rows = [row for pairs in batches(kind, damaged) for row in blamed(shark, pairs)]
    assert [f"{sample} {variant.label}: {name}" for sample, variant, name in rows] == []


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
