# SPDX-License-Identifier: GPL-2.0-or-later
"""Below and around our layer, everything stays as Wireshark alone shows it."""

import re

import pytest
from pdml import differences, renumbered, without_session
from samples import MORE, SAMPLES, VERDICTS

RUNS = {
    "one_pass": (),
    "two_passes": ("-2",),
    "out_of_order": ("-o", "tcp.reassemble_out_of_order:TRUE"),
    "out_of_order_two_passes": ("-o", "tcp.reassemble_out_of_order:TRUE", "-2"),
}
COLUMNS = "-T fields -e frame.number -e _ws.col.Protocol -e _ws.col.Info -E separator=/t".split()

# Frames that Wireshark alone does not take for TLS: on a port unknown to it, its heuristic wants an
# SSLv2 hello to have a challenge of 32 bytes, where RFC 5246 §E.2 allows 16 to 32.
RECOGNISED_BY_US_ONLY = {"sslv2-challenge-16": {4}}


@pytest.fixture(scope="module", autouse=True)
def runs(shark, everything):
    for run in RUNS.values():
        for plugin in (True, False):
            shark.start(everything.path, *everything.options, *run, plugin=plugin)


def recognised(sample, frame_number):
    return frame_number in RECOGNISED_BY_US_ONLY.get(str(sample), ())


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_other_layers(sample, run, shark, everything):
    path, options = everything.path, everything.options
    part = everything.part(sample)
    with_us = part.of(shark.frames(path, *options, *RUNS[run]))
    without = part.of(shark.frames(path, *options, *RUNS[run], plugin=False))
    assert not any(frame.ours for frame in without)
    found = differences(with_us, without)
    assert [text for number, text in found if not recognised(sample, number)] == []


@pytest.mark.parametrize("plugin", ["tlslens", "without"])
def test_joining_the_samples_changes_nothing(plugin, shark, everything):
    """What the tests of this file rest on: a joined sample reads like the sample alone."""
    plugin = plugin == "tlslens"
    frames = shark.frames(everything.path, *everything.options, plugin=plugin)
    for part in everything.parts[::9]:
        alone = shark.frames(part.sample.path, *everything.options, plugin=plugin)
        for one, other in zip(part.of(frames), alone, strict=True):
            ours = renumbered(without_session(one.ours), lambda n: n - part.first + 1)
            assert readdressed(ours, part) == without_session(other.ours)
            assert one.values("tls.record.length") == other.values("tls.record.length")


def readdressed(layers, part):
    """Our layers with the sample's own addresses."""

    def line(text):
        for here, there in part.addresses:
            text = re.sub(rf"(?<![\d.]){re.escape(here)}(?![\d])", there, text)
        return text

    return [[line(text) for text in layer] for layer in layers]


def test_columns(shark, everything):
    path, options = everything.path, everything.options
    wrong = []
    with_us = shark.tshark(path, *options, *COLUMNS).splitlines()
    without = shark.tshark(path, *options, *COLUMNS, plugin=False).splitlines()
    assert len(with_us) == len(without) == everything.count
    for part in everything.parts:
        for n, pair in enumerate(zip(part.of(with_us), part.of(without)), 1):
            if without_verdict(pair[0]) != pair[1] and not recognised(part.sample, n):
                wrong.append((str(part.sample), n, *pair))
    assert wrong == []


@pytest.mark.parametrize("options", [(), ("-2",), ("-V",)], ids=["list", "two_passes", "details"])
@pytest.mark.parametrize("name", ["alert-handshake-failure", "openssl-tls13", "chain-large"])
def test_default_output(name, options, shark):
    (sample,) = [s for s in SAMPLES if str(s) == name]
    with_us = shark.tshark(sample.path, *options)
    with_us = "\n".join(map(without_verdict, with_us.split("\n")))
    assert without_our_lines(with_us) == shark.tshark(sample.path, *options, plugin=False)


def without_verdict(line):
    """A line of the packet list without why the handshake failed, which we add to it."""
    return re.sub(r" \[([^\]]+)\]$", lambda m: "" if m[1] in VERDICTS else m[0], line)


def without_our_lines(text):
    """The text without the lines of our layer, from its title to the next one."""
    kept, ours = [], False
    for line in text.splitlines(keepends=True):
        ours = line.startswith("TLSLens") or (ours and line.startswith(" "))
        if not ours:
            kept.append(line)
    return "".join(kept)


@pytest.mark.parametrize("name", ["http2-tls13", "chain-large", "openssl-tls12"])
def test_data_sources(name, shark):
    """Decrypted and reassembled bytes are still offered, and in the same order."""
    (sample,) = [s for s in SAMPLES if str(s) == name]
    options = ["-x"]
    if sample.keylog:
        options += ["-o", f"tls.keylog_file:{shark.adopt(sample.path.with_name(sample.keylog))}"]

    def sources(plugin):
        out = shark.tshark(sample.path, *options, plugin=plugin)
        named = [line for line in out.splitlines() if line.endswith("bytes):")]
        return [line for line in named if not line.startswith("Reassembled TLSLens")]

    assert sources(False) and sources(True) == sources(False)


@pytest.mark.parametrize("capture", MORE, ids=lambda path: path.name)
def test_other_layers_in_further_captures(capture, shark):
    without_heuristic = ("--disable-heuristic", "tlslens_tcp")  # it recognises more
    runs = [shark.start(capture, *without_heuristic), shark.start(capture, plugin=False)]
    assert differences(*[run.result() for run in runs]) == []
