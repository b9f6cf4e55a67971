# SPDX-License-Identifier: GPL-2.0-or-later
"""A frame is shown the same however often and in whatever order it is dissected."""

import random
import re

import pytest
from joined import join
from pdml import item_of, renumbered, without_session
from samples import SAMPLES
from sharkd import Sharkd

SEED = 8446
FIELDS = (
    "frame.number tlslens.record.content_type tlslens.record.length tlslens.direction "
    "tlslens.handshake.type tlslens.handshake.length tlslens.handshake.ciphersuite "
    "tlslens.alert_message.level tlslens.alert_message.desc tlslens.finding "
    "tlslens.finding.severity tlslens.finding.reference"
).split()
FILTERS = ["tlslens", "frame.number & 2", "tlslens.finding or tlslens.handshake"]


@pytest.fixture(scope="module", autouse=True)
def runs(shark, everything):
    for more in [(), ("-2",), *(("-Y", text) for text in FILTERS)]:
        shark.start(everything.path, *everything.options, *more)


def ours_of(frame):
    """Our layers without the size of their titles, which is that of the buffer TCP hands over: after
    the first pass it ends with the last whole record, for the built-in dissector as well."""
    return [[re.sub(r' size="\d+"', "", layer[0]), *layer[1:]] for layer in frame.ours]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_second_pass(sample, shark, everything):
    part, options = everything.part(sample), everything.options
    first = part.of(shark.frames(everything.path, *options))
    second = part.of(shark.frames(everything.path, *options, "-2"))
    assert [ours_of(frame) for frame in first] == [ours_of(frame) for frame in second]


@pytest.mark.parametrize("text", FILTERS)
def test_display_filter(text, shark, everything):
    options = everything.options
    every = {frame.number: frame for frame in shark.frames(everything.path, *options)}
    shown = shark.frames(everything.path, *options, "-Y", text)
    assert shown
    wrong = [f.number for f in shown if f.ours != every[f.number].ours]
    assert [everything.where(n) for n in wrong] == []


@pytest.mark.parametrize("name", ["alert-handshake-failure", "chain-large", "segments-one-byte"])
def test_display_filter_for_one_frame(name, shark):
    (sample,) = [s for s in SAMPLES if str(s) == name]
    ours = [frame for frame in shark.frames(sample.path) if frame.ours]
    for frame in random.Random(SEED).sample(ours, 2):
        shown = shark.frames(sample.path, "-Y", f"frame.number == {frame.number}")
        assert [f.ours for f in shown] == [frame.ours]


# Samples that begin with lines of text: STARTTLS, CONNECT, a PROXY header.
TEXT_FIRST = ("starttls-", "proxy-", "near-starttls", "data-before-tls")
def test_read_filter(shark):
    """A read filter numbers the frames anew; their order stays. It drops the lines before STARTTLS,
    without which Wireshark itself does not know of TLS, so those samples are not among them; and
    most frames that say how a connection began and ended, so what became of it is not compared."""
    samples = [s for s in SAMPLES if not str(s).startswith(TEXT_FIRST)]
    joined = join(samples, shark.captures / "read-filter.pcapng")
    frames = [frame for frame in shark.frames(joined.path) if frame.ours]
    new = {frame.number: number for number, frame in enumerate(frames, 1)}
    wanted = [renumbered(without_session(ours_of(frame)), new.get) for frame in frames]
    shown = shark.frames(joined.path, "-2", "-R", "tlslens")
    got = [without_session(ours_of(frame)) for frame in shown]
    wrong = [n for n, pair in enumerate(zip(got, wanted)) if pair[0] != pair[1]]
    assert len(shown) == len(wanted) and wrong == []


def test_fields_output(shark, everything):
    command = ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;"]
    command += [word for name in FIELDS for word in ("-e", name)]
    lines = shark.tshark(everything.path, *everything.options, *command).splitlines()
    wrong = []
    for line, frame in zip(lines, shark.frames(everything.path, *everything.options), strict=True):
        wanted = [";".join(frame.values(name)) for name in FIELDS[1:]]
        if line.split("\t") != [str(frame.number), *wanted]:
            wrong.append(everything.where(frame.number))
    assert wrong == []


@pytest.fixture(scope="module")
def sharkd(shark):
    daemon = Sharkd(shark)
    yield daemon
    daemon.close()


def shown_labels(frame):
    items = [item_of(line) for layer in frame.ours for line in layer if "<" in line[:80]]
    return [item.label for item in items if item.label and not item.hidden]


def test_sharkd_in_any_order(shark, everything, sharkd):
    """sharkd, like the program with windows, dissects a frame whenever it is asked for it."""
    sharkd.ask("load", file=str(everything.path))
    ours = [frame for frame in shark.frames(everything.path, *everything.options) if frame.ours]
    wrong = set()
    for _ in range(2):
        random.Random(SEED).shuffle(ours)
        wrong |= {f.number for f in ours if sharkd.labels(f.number) != shown_labels(f)}
    assert [everything.where(n) for n in sorted(wrong)] == []


def test_sharkd_after_another_capture(shark, sharkd):
    """Nothing of a capture stays behind when the next one is opened."""
    samples = SAMPLES[::7]
    for sample in [*samples, *reversed(samples)]:
        sharkd.ask("load", file=str(shark.adopt(sample.path)))
        for frame in shark.frames(sample.path):
            assert sharkd.labels(frame.number) == shown_labels(frame), f"{sample} {frame.number}"
