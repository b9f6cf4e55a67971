# SPDX-License-Identifier: GPL-2.0-or-later
"""What is left in memory when captures have been closed."""

import os
import pathlib
import re
import shutil
import xml.etree.ElementTree

import pytest
from joined import join
from samples import SAMPLES
from sharkd import Sharkd

CAPTURES = ("alert-handshake-failure", "limit-certificate-70-kib", "openssl-tls13")
OURS = re.compile(r"/tlslens\.so$")
PLAIN_MEMORY = {"WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple"}  # what is asked for is asked of malloc


def left_by_us(report):
    """(bytes, where) of each block that tlslens.so asked for, and to which no pointer is left."""
    for error in xml.etree.ElementTree.parse(report).iter("error"):
        frames = error.find("stack").findall("frame")
        if any(OURS.search(frame.findtext("obj", "")) for frame in frames):
            yield error.findtext("xwhat/leakedbytes"), [f.findtext("fn", "?") for f in frames]


@pytest.mark.skipif("TLSLENS_PRELOAD" in os.environ, reason="valgrind and the sanitizers exclude each other")
def test_three_captures_leave_no_block_behind(shark):
    valgrind = shutil.which("valgrind")
    assert valgrind, "there is no valgrind"
    report = shark.home / "leaks.xml"
    how = ["--quiet", "--leak-check=full", "--num-callers=40", "--xml=yes", f"--xml-file={report}"]
    sharkd = Sharkd(shark, [valgrind, *how], env=PLAIN_MEMORY)
    for path in [s.path for s in SAMPLES if str(s) in CAPTURES]:
        sharkd.ask("load", file=str(shark.adopt(path)))
        for number in range(1, 6):
            sharkd.ask("frame", frame=number, proto=True)
    sharkd.close()
    assert list(left_by_us(report)) == []


def resident(pid):
    """The memory of a process in KiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s*(\d+)", status)[1])


def growth_of(shark, path, plugin):
    """By how much sharkd grows, in KiB, each time that a capture is opened once more."""
    sharkd = Sharkd(shark, plugin=plugin, env=PLAIN_MEMORY)
    sizes = []
    for _ in range(12):
        sharkd.ask("load", file=str(path))
        sizes.append(resident(sharkd.process.pid))
    sharkd.close()
    return (sizes[-1] - sizes[3]) / (len(sizes) - 4)


def test_memory_does_not_grow_from_capture_to_capture(shark):
    """sharkd grows by itself. What TLSLens keeps of these connections is some 600 KiB."""
    path = join(SAMPLES[:120], shark.captures / "opened-again.pcapng").path
    with_us, without = (growth_of(shark, path, plugin) for plugin in (True, False))
    assert with_us - without < 100
