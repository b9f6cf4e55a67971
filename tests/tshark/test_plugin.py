# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin as Wireshark sees it: loading, and how it stands in the way of TLS and steps aside."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from pdml import differences
from samples import ROOT, SAMPLES

API = {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register", "plugin_describe"}
ALONE = ("-o", "tlslens.keep_builtin:FALSE")
NO_BUILTIN = ("--disable-protocol", "tls")
NO_HEURISTICS_OF_WIRESHARK = ("--disable-heuristic", "tls_tcp")
NO_HEURISTICS = ("--disable-heuristic", "tlslens_tcp", *NO_HEURISTICS_OF_WIRESHARK)


def path_of(name):
    (sample,) = [s for s in SAMPLES if str(s) == name]
    return sample.path


def protocols(frames):
    return [frame.protocols for frame in frames]


def go_through_us(frames):
    """Whether there is TLS, and we show something wherever the built-in does."""
    return any(frame.ours for frame in frames) and not any(frame.builtin and not frame.ours for frame in frames)


@pytest.fixture(scope="module")
def plugin(shark):
    (path,) = shark.plugins.glob("*/epan/tlslens.so")
    return pathlib.Path(path)


def test_is_listed_as_a_dissector(shark):
    rows = [line.split() for line in shark.tshark(None, "-G", "plugins").splitlines()]
    (row,) = [row for row in rows if row[0] == "tlslens.so"]
    assert row[2].startswith("dissector")


def test_exports_nothing_but_what_a_plugin_must(plugin):
    nm = shutil.which("nm")
    assert nm, "there is no nm; in Debian it belongs to binutils"
    command = [nm, "-D", "--defined-only", str(plugin)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1] for line in out.splitlines()}
    assert {name for name in names if "asan" not in name} == API


def read_elf(plugin, option):
    readelf = shutil.which("readelf")
    assert readelf, "there is no readelf; in Debian it belongs to binutils"
    return subprocess.run([readelf, "-W", option, str(plugin)], capture_output=True, text=True, check=True).stdout


def test_is_hardened(plugin):
    """What the linker does is in the file, and what a sanitizer does not replace."""
    segments = read_elf(plugin, "--program-headers")
    assert "GNU_RELRO" in segments
    assert re.search(r"GNU_STACK .* RW  *0x", segments)
    dynamic = read_elf(plugin, "--dynamic")
    assert "BIND_NOW" in dynamic and "TEXTREL" not in dynamic
    assert "__stack_chk_fail" in read_elf(plugin, "--dyn-syms")


def test_is_compiled_hardened():
    folder = pathlib.Path(os.environ["TLSLENS_PLUGIN_DIR"]).parent
    for entry in json.loads((folder / "compile_commands.json").read_text(encoding="utf-8")):
        if pathlib.Path(entry["file"]).relative_to(ROOT).parts[0] in ("plugin", "src"):
            words = entry["command"].split()
            assert {"-fstack-protector-strong", "-fstack-clash-protection", "-fvisibility=hidden"} <= set(words)
            assert "-D_FORTIFY_SOURCE=2" in words or any("-fsanitize=" in word for word in words)


@pytest.mark.parametrize("most", [0, 3])
def test_follows_no_more_connections_than_it_is_told(most, shark, everything):
    run = (*everything.options, "-o", f"tlslens.max_connections:{most}", *NO_HEURISTICS)
    fields = ("-e", "tcp.stream", "-e", "tlslens.record", "-e", "tlslens.finding")
    lines = shark.tshark(everything.path, *run, "-Y", "tlslens", "-T", "fields", *fields).splitlines()
    read = {line.split("\t")[0] for line in lines if line.split("\t")[1]}
    assert len(read) <= most
    limited = [line for line in lines if line.endswith("\tlimit_reached")]
    assert {line.split("\t")[0] for line in limited}.isdisjoint(read)
    assert len(limited) > 1000
    options = (*everything.options, *NO_HEURISTICS_OF_WIRESHARK)
    without = shark.start(everything.path, *options, plugin=False)
    assert differences(shark.frames(everything.path, *run), without.result()) == []


def test_decode_as(shark):
    path = path_of("port-40443")
    assert not any("tls" in p for p in protocols(shark.frames(path, *NO_HEURISTICS)))
    with_us = shark.frames(path, *NO_HEURISTICS, "-d", "tcp.port==40443,tlslens")
    assert go_through_us(with_us)
    with_tls = shark.frames(path, *NO_HEURISTICS, "-d", "tcp.port==40443,tls")
    assert any(frame.builtin for frame in with_tls) and not any(frame.ours for frame in with_tls)
    assert protocols(with_us) == protocols(with_tls)
    assert [f.builtin for f in with_us] == [f.builtin for f in with_tls]


@pytest.mark.parametrize("options", [(), ("-2",)], ids=str)
def test_connections_are_numbered_as_they_come(options, shark, everything):
    fields = ("-T", "fields", "-e", "tcp.stream", "-e", "tlslens.stream")
    order = {}
    for line in shark.tshark(everything.path, *options, *fields, "-Y", "tlslens.stream").splitlines():
        connection, numbers = line.split("\t")
        number = order.setdefault(connection, len(order))
        assert set(numbers.split(",")) == {str(number)}
    assert len(order) > 100


def test_odd_port_is_recognised(shark):
    assert go_through_us(shark.frames(path_of("port-40443")))


def test_disabled_it_gives_everything_back(shark, everything):
    run = (*everything.options, "--disable-protocol", "tlslens")
    frames = shark.start(everything.path, *run)
    without = shark.start(everything.path, *everything.options, plugin=False)
    assert differences(frames.result(), without.result()) == []
    assert protocols(frames.result()) == protocols(without.result())
    assert not any(frame.ours for frame in frames.result())


def test_ports_not_taken_over(shark, everything):
    """What comes by port stays with the built-in; the heuristic is a way of its own."""
    run = ("-o", "tlslens.take_over_ports:FALSE", *NO_HEURISTICS)
    frames = shark.frames(path_of("openssl-tls13"), *run)
    without = shark.frames(path_of("openssl-tls13"), *NO_HEURISTICS_OF_WIRESHARK, plugin=False)
    assert differences(frames, without) == []
    assert protocols(frames) == protocols(without)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_findings_are_the_same_without_the_built_in(sample, shark, everything):
    part = everything.part(sample)
    both = part.of(shark.frames(everything.path, *everything.options))
    alone = part.of(shark.frames(everything.path, *ALONE))
    assert [f.severities() for f in both] == [f.severities() for f in alone]
    assert not any(frame.builtin for frame in alone)


def is_upgraded(sample):
    return str(sample).startswith(("starttls-", "proxy-"))


@pytest.mark.parametrize("options", [ALONE, NO_BUILTIN], ids=["keep_builtin", "disabled"])
@pytest.mark.parametrize("name", ["chain-large", "segments-one-byte", "segments-split-header"])
def test_alone_it_puts_segments_together(name, options, shark):
    """The messages are those that the built-in finds, in their order, as far as it is in the clear."""
    wanted = [t for f in shark.frames(path_of(name), plugin=False) for t in f.values("tls.handshake.type")]
    found = [t for f in shark.frames(path_of(name), *options) for t in f.values("tlslens.handshake.type")]
    assert wanted and found == wanted


COLUMNS = tuple("-T fields -e _ws.col.Protocol -e _ws.col.Info".split())


@pytest.mark.parametrize("how", [(), ("-V",), COLUMNS], ids=["list", "tree", "fields"])
def test_alone_it_fills_the_columns(how, shark):
    """Of a list of packets Wireshark makes no tree."""
    out = shark.tshark(path_of("openssl-tls12"), *ALONE, *how)
    wanted = r"^TLSLens, Client Hello, server\.example" if how == ("-V",) else r"\bTLS\S*\s.*Client Hello, server\.example"
    assert re.search(wanted, out, re.M)


FILTERS = (
    "tlslens",
    "tlslens.finding",
    "tlslens.session.outcome",
    "tlslens.handshake.type == 1",
    '_ws.expert.message contains "certificate"',
    "_ws.expert.severity == error",
    "tls.handshake.type == 11",
    "tcp.flags.fin == 1",
)


@pytest.mark.parametrize("text", FILTERS)
def test_filters_find_what_nobody_sees(text, shark, everything):
    """Wireshark makes no items but those that a filter asks for, unless it shows the tree."""
    shown = shark.tshark(everything.path, *everything.options, "-Y", text, "-T", "fields", "-e", "frame.number")
    hidden = shark.tshark(everything.path, *everything.options, "-Y", text)
    numbers = [line.split()[0] for line in hidden.splitlines()]
    assert numbers and numbers == shown.split()


@pytest.mark.parametrize("options", [ALONE, NO_BUILTIN], ids=["keep_builtin", "disabled"])
def test_alone_no_capture_makes_it_fail(options, shark, everything):
    """Wireshark aborts on a dissector's bug if told to; its own TLS dissector is not asked."""
    out = shark.tshark(everything.path, *options, "-V")
    assert "Transport Layer Security" not in out
    assert "Dissector bug" not in out and "Malformed Packet" not in out


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.stops_builtin], ids=str)
def test_goes_on_where_the_built_in_gives_up(sample, shark):
    two_passes = shark.frames(sample.path, "-2")
    one_pass = shark.frames(sample.path)
    version = re.search(r"(\d+)\.(\d+)", shark.tshark(None, "--version"))
    if (int(version[1]), int(version[2])) < (4, 2):  # later ones may have mended it
        assert any(frame.malformed for frame in [*one_pass, *two_passes]), "it does not give up"
    assert [f.ours for f in one_pass] == [f.ours for f in two_passes]
    last = max(frame.number for frame in one_pass if frame.malformed or frame.builtin)
    assert one_pass[last - 1].ours


def port_preferences(shark):
    """Preferences that name TLS ports: a value for each that is not its default."""
    text = shark.tshark(None, "-G", "defaultprefs")
    found = re.findall(r"^# (A .*)\n#([\w.]*\b(?:tls|ssl)\.port): (.*)$", text, re.M)
    return {name: f"{was},8443" if "range" in kind else "8443" for kind, name, was in found}


def test_preferences_of_other_protocols_keep_our_ports(shark):
    values = port_preferences(shark)
    assert "http.tls.port" in values and len(values) > 3
    for name, value in values.items():
        frames = shark.frames(path_of("openssl-tls13"), *NO_HEURISTICS, "-o", f"{name}:{value}")
        assert go_through_us(frames), name


def test_a_port_that_a_preference_adds_is_taken_over(shark):
    run = ("-o", "http.tls.port:443,40443")
    assert go_through_us(shark.frames(path_of("port-40443"), *NO_HEURISTICS, *run))


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_is_there_wherever_the_built_in_finds_records(sample, shark, everything):
    frames = everything.part(sample).of(shark.frames(everything.path, *everything.options))
    lacking = [n for n, f in enumerate(frames, 1) if f.values("tls.record.version") and not f.ours]
    assert lacking == []
    if is_upgraded(sample):
        assert any(frame.ours for frame in frames)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if is_upgraded(s)], ids=str)
def test_protocols_after_an_upgrade(sample, shark, everything):
    """The application's own dissector, below the built-in, is called as before."""
    part = everything.part(sample)
    with_us = part.of(shark.frames(everything.path, *everything.options))
    without = part.of(shark.frames(everything.path, *everything.options, plugin=False))
    assert protocols(with_us) == protocols(without)
    assert any(re.search(r":tls:\w+", p) for p in protocols(with_us))
