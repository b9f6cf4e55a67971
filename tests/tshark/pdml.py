# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads PDML as tshark writes it: one element a line, two spaces of indentation for each level."""

import dataclasses
import hashlib
import html
import re

ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
TOP_LEVEL = '  <proto name="'
PARTS = ("tcp.segments", "tls.segments", "tls.handshake.fragments", "tls.reassembled_in")


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One line of a frame's tree."""

    depth: int
    name: str
    label: str
    pos: int
    size: int
    show: str
    value: str
    hidden: bool


@dataclasses.dataclass
class Frame:
    """One frame. Layers are kept as they were written: most are never looked into."""

    number: int = 0
    protocols: str = ""
    ours: list = dataclasses.field(default_factory=list)  # the lines of each layer
    builtin: list = dataclasses.field(default_factory=list)
    malformed: list = dataclasses.field(default_factory=list)  # labels of what epan gave up on
    reassembled: bool = False  # from several segments or records
    rest: list = dataclasses.field(default_factory=list)  # name and digest of each layer not ours

    def items(self, name):
        lines = self.ours if name.startswith("tlslens") else self.builtin
        return [item_of(x) for layer in lines for x in layer if f'name="{name}"' in x]

    def values(self, name):
        return [item.show for item in self.items(name)]

    def places(self, name):
        return [(item.pos, item.size) for item in self.items(name)]

    def findings(self):
        return self.values("tlslens.finding")

    def severities(self):
        """Pairs of a finding and its severity."""
        return list(zip(self.findings(), self.values("tlslens.finding.severity")))


SESSION = '<field name="tlslens.session" '


def without_session(layers):
    """Our layers without what they say of the whole handshake, which the numbers of frames, of
    handshakes and of connections in the capture are part of; none that has nothing else."""
    return [kept for kept in map(lines_without_session, layers) if len(kept) > 2]


def lines_without_session(layer):
    kept, end = [], None
    for line in layer:
        if ' name="tlslens.stream"' in line:
            continue
        if end is None and line.lstrip(" ").startswith(SESSION):
            end = line[: len(line) - len(line.lstrip(" "))] + "</field>"
        if end is None:
            kept.append(line)
        elif line == end:
            end = None
    return kept


LINK = ' name="tlslens.finding.frame" '


def renumbered(layers, new):
    """Our layers with links to other frames as `new` numbers those."""

    def link(match):
        return str(new(int(match[0])))

    def line(text):
        return re.sub(r'(?<=: )\d+(?=")|(?<= show=")\d+', link, text) if LINK in text else text

    return [[line(text) for text in layer] for layer in layers]


def item_of(line):
    found = {name: html.unescape(text) for name, text in ATTRIBUTE.findall(line)}
    indentation = len(line) - len(line.lstrip(" "))
    return Item(
        indentation // 2,
        found.get("name", ""),
        found.get("showname", ""),
        int(found.get("pos", -1)),
        int(found.get("size", -1)),
        found.get("show", ""),
        found.get("value", ""),
        found.get("hide") == "yes",
    )


def take_out_ours(packet):
    """Our layers, wherever they are nested, and all lines that are left."""
    ours, left, end = [], [], None
    for line in packet:
        if end is None and line.lstrip(" ").startswith('<proto name="tlslens"'):
            end = line[: len(line) - len(line.lstrip(" "))] + "</proto>"
            ours.append([])
        if end is None:
            left.append(line)
            continue
        ours[-1].append(line)
        if line == end or line.endswith("/>") and len(ours[-1]) == 1:
            end = None
    assert end is None, "a layer of ours has no end"
    return ours, left


def layers_of(packet):
    """Pairs of a layer's name and its lines."""
    layer = []
    for line in packet:
        layer.append(line)
        if line == "  </proto>" or (line.startswith(TOP_LEVEL) and line.endswith("/>")):
            yield layer[0][len(TOP_LEVEL) :].split('"')[0], layer
            layer = []
    assert not layer, f"a line outside of any layer: {layer[:1]}"


def frame_of(packet):
    frame = Frame()
    frame.ours, left = take_out_ours(packet)
    for name, lines in layers_of(left):
        if name == "tls":
            frame.builtin.append(lines)
        elif name == "frame":
            note_frame(frame, lines)
        elif name == "_ws.malformed":
            frame.malformed.append(item_of(lines[0]).label)
        text = "\n".join(lines)
        frame.reassembled |= any(f'name="{part}' in text for part in PARTS)
        frame.rest.append((name, hashlib.sha256(text.encode()).hexdigest()))
    return frame


def note_frame(frame, lines):
    for line in lines:
        if '"frame.number"' in line:
            frame.number = int(item_of(line).show)
        elif '"frame.protocols"' in line:
            frame.protocols = item_of(line).show


def read(text):
    """The frames of a capture."""
    frames = []
    for part in text.split("\n<packet>\n")[1:]:
        packet = part.split("\n</packet>")[0]
        frames.append(frame_of(packet.split("\n")))
    return frames


def differences(with_us, without):
    """Where two lists of frames differ once our layers are taken away: the place in the lists,
    counted from 1, and what differs."""
    told = []
    if len(with_us) != len(without):
        told.append((0, f"{len(with_us)} frames and {len(without)}"))
    for n, (ours, theirs) in enumerate(zip(with_us, without), 1):
        if ours.rest != theirs.rest:
            layers = sorted({name for name, _ in set(ours.rest) ^ set(theirs.rest)})
            told.append((n, f"frame {n}: {ours.protocols} / {theirs.protocols}: {layers}"))
    return told
