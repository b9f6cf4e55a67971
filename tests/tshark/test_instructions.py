# SPDX-License-Identifier: GPL-2.0-or-later
"""How many instructions TLSLens takes for small captures, counted by valgrind: a rise of more than 5 % fails.

To accept one, or to record a fall, write the figures that are printed to instructions.json. They are of
the preset `test` and of the compiler of the release of Debian that has that version of Wireshark."""

import json
import os
import pathlib
import re
import shutil

import pytest
import shark as runner
from built import APPDATA, Conversation, handshake_tls13, record
from joined import join
from samples import SAMPLES

HERE = pathlib.Path(__file__).parent
RECORDED = json.loads((HERE / "instructions.json").read_text(encoding="ascii"))
MOST = 1.05
# What Wireshark calls for bytes and for each packet.
ENTRIES = ("tlslens::plugin::*dissect(*", "tlslens::plugin::after_every_packet(*")
PLAIN_MEMORY = {"WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple"}  # so that wmem's own checks are not counted
HANDSHAKES = ("openssl-tls12", "openssl-tls13", "gnutls-tls12", "gnutls-tls13", "nss-tls12", "java-tls13")
TIMES = 10


def sample(name):
    (found,) = [one for one in SAMPLES if str(one) == name]
    return found


def handshakes(path):
    """Full handshakes of real stacks, again and again between other addresses."""
    join([sample(name) for name in HANDSHAKES] * TIMES, path)


def data(per_segment, segments):
    """Makes a writer of captures of one connection that sends records of 80 bytes."""

    def write(path):
        talk = handshake_tls13(Conversation())
        records = record(APPDATA, bytes(80)) * per_segment
        for _ in range(segments):
            talk.server(records)
        talk.write(path)

    return write


def plain(path):
    """Requests and answers without TLS."""
    talk = Conversation(port=80)
    for _ in range(1000):
        talk.client(b"GET / HTTP/1.1\r\n\r\n").server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    talk.write(path)


SLICES = {
    "handshakes": handshakes,
    "a record a segment": data(1, 2000),
    "records in full segments": data(16, 1000),
    "plain text": plain,
}


def count(shark, path):
    """Instructions in TLSLens, and in what it calls, without the built-in dissector."""
    valgrind = shutil.which("valgrind")
    assert valgrind, "there is no valgrind"
    toggles = [f"--toggle-collect={entry}" for entry in ENTRIES]
    how = ("--tool=callgrind", "--callgrind-out-file=/dev/null", *toggles)
    done = shark.run(valgrind, *how, runner.program(), *runner.BASE, "-q", "-z", "conv,tcp", "-r", path,
                     "-o", "tlslens.keep_builtin:FALSE", env=PLAIN_MEMORY)
    assert done.status == 0, done.err[-2000:]
    return int(re.search(r"Collected : (\d+)", done.err)[1])


@pytest.mark.skipif("TLSLENS_PRELOAD" in os.environ, reason="valgrind and the sanitizers exclude each other")
@pytest.mark.parametrize("name", SLICES)
def test_instructions(name, shark, record_property):
    path = shark.captures / f"{name.replace(' ', '-')}.pcapng"
    SLICES[name](path)
    path.chmod(0o644)
    counted = count(shark, path)
    (version,) = [entry.name for entry in shark.plugins.iterdir()]
    before = RECORDED.get(version, {}).get(name)
    record_property("figure", f'{version}, "{name}": {counted} instructions, recorded {before}')
    assert counted > 0
    assert before is None or counted <= MOST * before, (
        f"{name}: {counted} instructions, {before} were recorded; see {pathlib.Path(__file__).name}")
