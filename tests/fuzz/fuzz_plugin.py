#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark with the plugin over captures of the project, changed at random so that TCP, and most of
the framing of records, stays right and the changed bytes reach the plugin.

    fuzz_plugin.py SECONDS FOLDER [SEED]

TLSLENS_PLUGIN_DIR names the plugin and TLSLENS_PRELOAD the sanitizers' libraries, as for the tests. What
fails is written to FOLDER, with the command as a text beside it; then the status is 1."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "sample-pcaps"), str(REPO / "tests" / "tshark")]

import shark as runner  # noqa: E402
from capfile import snap  # noqa: E402
from degrade import RECORD_HEADER, Segment, is_record, swap, variants, without  # noqa: E402
from joined import join  # noqa: E402
from samples import SAMPLES  # noqa: E402

EDGES = (0, 1, 2, 3, 4, 5, 0x7F, 0x80, 0xFE, 0xFF)
AT_ONCE = 40  # captures in a run
ALONE = ("-o", "tlslens.keep_builtin:FALSE")
STRICT = {"WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1", "WIRESHARK_DEBUG_WMEM_OVERRIDE": "strict"}
# Only without the built-in's dissector may a bug of a dissector end the program: it is ours then.
COMMANDS = (
    ((*ALONE, "-V"), STRICT),
    ((*ALONE, "-2", "-V", "-o", "tlslens.policy:TRUE"), STRICT),
    ((*ALONE, "-V", "-o", "tcp.desegment_tcp_streams:FALSE"), STRICT),
    (("-2", "-V", "-o", "tcp.reassemble_out_of_order:TRUE"), {}),
    (("-V", "-o", "tlslens.close_notify:TRUE"), {}),
    (("-q", "-z", "tlslens,json", "-z", "tlslens,handshakes", "-z", "tlslens,tree"), {}),
    (("-T", "json", "-Y", "tlslens.finding"), {}),
)
WRONG = ("AddressSanitizer", "runtime error:", "Malformed Packet: TLSLens", "** (process", "CRITICAL")


def bodies(payload):
    """The places of a payload that are no headers of records."""
    at = 0
    while is_record(payload[at : at + RECORD_HEADER]):
        end = at + RECORD_HEADER + int.from_bytes(payload[at + 3 : at + 5], "big")
        yield from range(at + RECORD_HEADER, min(end, len(payload)))
        at = end
    yield from range(at, len(payload))


def change_bytes(payload, chance, places):
    out = bytearray(payload)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.choice(places)
        kind = chance.randrange(3)
        out[at] = (out[at] ^ 1 << chance.randrange(8) if kind == 0
                   else chance.choice(EDGES) if kind == 1 else chance.randrange(256))
    return bytes(out)


class Changes:
    """Ways to change a capture; `donors` are payloads of others."""

    def __init__(self, chance):
        self.chance = chance
        self.donors = [b"\x16\x03\x01\x00\x00"]

    def in_bodies(self, payload):
        places = list(bodies(payload))
        return change_bytes(payload, self.chance, places) if places else payload

    def anywhere(self, payload):
        return change_bytes(payload, self.chance, range(len(payload)))

    def other(self, payload):
        donor = self.chance.choice(self.donors)
        return (donor + payload)[: len(payload)]

    def one_segment(self, packets):
        segments = [Segment(packet) for packet in packets]
        filled = [n for n, one in enumerate(segments) if one.size and one.whole]
        if not filled:
            return packets
        self.donors = [*self.donors[-200:], segments[self.chance.choice(filled)].payload]
        how = self.chance.choice((self.in_bodies, self.in_bodies, self.anywhere, self.other))
        out = list(packets)
        for n in self.chance.sample(filled, min(len(filled), self.chance.choice((1, 1, 3)))):
            one = segments[n]
            out[n] = one.carrying(how(one.payload), one.sequence, one.flags)
        return out

    def cut(self, packets):
        segments = [Segment(packet) for packet in packets]
        out = []
        for one in segments:
            can = one.size > 1 and one.whole and self.chance.random() < 0.5
            offsets = [self.chance.randrange(one.size) for _ in range(4)] if can else ()
            out += one.cut_at(offsets) if can else [one.packet]
        return out

    def fault(self, packets):
        kind = self.chance.randrange(4)
        if kind == 0:
            return snap(packets, self.chance.randrange(60, 400))
        if len(packets) < 2:
            return packets
        place = self.chance.randrange(len(packets) - 1)
        if kind == 1:
            return without(packets, place)
        return swap(packets, [place]) if kind == 2 else self.chance.choice(variants(packets)).packets()

    def apply(self, packets):
        packets = self.one_segment(packets)
        for change, share in ((self.one_segment, 0.5), (self.cut, 0.3), (self.fault, 0.3)):
            if self.chance.random() < share:
                packets = change(packets)
        return packets


def is_json(out):
    for line in out.splitlines():
        if line.startswith("{"):
            try:
                json.loads(line)
            except ValueError:
                return False
    return True


def failure(shark, path, arguments, env):
    """What is wrong with a run, or nothing."""
    try:
        done = shark.run(runner.program(), *runner.BASE, "-r", path, *arguments, env=env)
    except subprocess.TimeoutExpired:
        return "does not end"
    if done.status != 0:
        return f"ended with {done.status}: {done.err[-3000:]}"
    for word in WRONG:
        if word in done.out or word in done.err:
            return f"said {word}: {done.err[-3000:]}"
    if "tlslens,json" in arguments and not is_json(done.out):
        return "a line is no JSON"
    return None


def main():
    seconds, folder = float(sys.argv[1]), Path(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(2**32)
    chance = random.Random(seed)
    changes = Changes(chance)
    folder.mkdir(parents=True, exist_ok=True)
    shark = runner.Shark(os.environ["TLSLENS_PLUGIN_DIR"])
    end, runs, frames, failures = time.monotonic() + seconds, 0, 0, 0
    try:
        while time.monotonic() < end:
            path = shark.captures / "changed.pcapng"
            made = join(chance.sample(SAMPLES, AT_ONCE), path, changes.apply)
            path.chmod(0o644)
            arguments, env = chance.choice(COMMANDS)
            runs, frames = runs + 1, frames + made.count
            wrong = failure(shark, path, arguments, env)
            if wrong:
                failures += 1
                shutil.copyfile(path, folder / f"plugin-{seed}-{runs}.pcapng")
                command = " ".join((runner.program(), *arguments))
                (folder / f"plugin-{seed}-{runs}.txt").write_text(f"{command}\n{wrong}\n")
    finally:
        shark.close()
    print(f"seed {seed}: {runs} runs, {frames} frames, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
