#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes states.md from the STATE and EDGE rows of order.def."""

import pathlib
import re
import sys
from typing import NamedTuple

from generated import link, write_or_check

FOLDER = pathlib.Path(__file__).resolve().parent
TABLE = FOLDER.parent / "src" / "session" / "order.def"
OUTPUT = FOLDER / "states.md"

STATE = re.compile(r'^STATE\(\s*(\w+),\s*"([^"]*)"\s*\)', re.M)
EDGE = re.compile(r'^EDGE\(\s*(\w+),\s*(\w+),\s*(client|server),\s*(\w+),\s*"([^"]*)"\s*\)', re.M)

# The parts of the diagram; a state that none of them names stands outside
GROUPS = {
    "TLS 1.3": ("client_hello_tls13", "hello_retry", "tls13"),
    "Full handshake": (
        "server_hello", "server_certificate", "certificate_status", "server_key_exchange",
        "certificate_request", "server_hello_done", "client_certificate", "client_key_exchange",
        "certificate_verify", "client_change", "client_finished", "server_ticket", "server_change",
    ),
    "Resumption": (
        "server_hello_resuming", "resumed_ticket", "resumed_server_change",
        "resumed_server_finished", "resumed_client_change",
    ),
}  # fmt: skip

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Written by docs/make_states.py from src/session/order.def: run that after a row changed. -->
# The order of handshake messages

A handshake is followed through this graph. A state says what was seen last, an edge what may come next and by whom. A
message or ChangeCipherSpec without an edge from the current state is out of order: the findings unexpected_message and
early_ccs come from here. What a suite's key exchange or a CertificateRequest demands beside that is in
`src/findings/rules_order.cc`.

Some things are not edges. A ClientHello that answers no HelloRetryRequest begins a new handshake, at `start`. Which of its
states a hello leads to follows from what it says: a ClientHello that offers TLS 1.3 to `client_hello_tls13`, and a ServerHello
to `tls13`, `hello_retry`, or, if it may resume a session, `server_hello_resuming`. A HelloRequest and types that are not assigned
change nothing. A protected handshake message cannot be read and counts as `finished`. And where bytes
are missing, after a message out of order and after a fatal alert or close_notify in the clear, the state is `unknown`, which
takes everything and from which nothing is judged.

The letter before a message is its sender: C the client, S the server.

"""

TABLE_HEAD = """
## States

| state | seen last |
|---|---|
"""

EDGES_HEAD = """
## Edges

| from | message | by | to | reference |
|---|---|---|---|---|
"""


class Edge(NamedTuple):
    """One EDGE row."""

    start: str
    message: str
    by: str
    end: str
    reference: str


def rows_of(text):
    """The states, as a dict of name and meaning, and the edges of the table, in its order."""
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M)
    states = dict(STATE.findall(text))
    edges = [Edge(*row) for row in EDGE.findall(text)]
    for kind, found in (("STATE", states), ("EDGE", edges)):
        if len(re.findall(rf"^\s*{kind}\(", text, re.M)) != len(found):
            raise ValueError(f"{TABLE.name}: a row of {kind} is not understood")
    used = {name for edge in edges for name in (edge.start, edge.end)}
    named = {name for group in GROUPS.values() for name in group}
    if (used | named) - set(states):
        raise ValueError(f"{TABLE.name}: no state {sorted((used | named) - set(states))}")
    return states, edges


def arrows(edges, inside):
    """The lines of the edges for which `inside` holds; those of the same ends share one."""
    labels = {}
    for edge in edges:
        if inside(edge):
            labels.setdefault((edge.start, edge.end), []).append(f"{edge.by[0].upper()} {edge.message}")
    return [f"{start} --> {end}: {', '.join(all_of)}" for (start, end), all_of in labels.items()]


def by_hello(states):
    """The ends of hellos that are told by what they say, not by an edge."""
    wanted = [
        ("start", "client_hello_tls13", "C client_hello that offers TLS 1.3"),
        ("client_hello_tls13", "tls13", "S server_hello of TLS 1.3"),
        ("client_hello_tls13", "hello_retry", "S server_hello that is a HelloRetryRequest"),
        ("client_hello_tls13", "server_hello_resuming", "S server_hello that may resume"),
        ("client_hello", "server_hello_resuming", "S server_hello that may resume"),
    ]
    return [f"{a} --> {b}: {label}" for a, b, label in wanted if a in states and b in states]


def diagram(states, edges):
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> start"]
    group_of = {name: title for title, group in GROUPS.items() for name in group}
    for title, group in GROUPS.items():
        lines.append(f'    state "{title}" as {re.sub("[^a-z0-9]", "_", title.lower())}_part {{')
        lines += [f"        {name}" for name in group]
        inner = arrows(edges, lambda e, t=title: group_of.get(e.start) == t == group_of.get(e.end))
        lines += [f"        {arrow}" for arrow in inner]
        lines.append("    }")
    outer = arrows(
        edges,
        lambda e: not group_of.get(e.start) or group_of.get(e.start) != group_of.get(e.end),
    )
    lines += [f"    {arrow}" for arrow in outer + by_hello(states)]
    return "\n".join([*lines, "```", ""])


def document():
    states, edges = rows_of(TABLE.read_text(encoding="utf-8"))
    told = "".join(f"| `{name}` | {seen} |\n" for name, seen in states.items())
    listed = "".join(
        f"| `{e.start}` | {e.message} | {e.by} | `{e.end}` | {link(e.reference)} |\n" for e in edges
    )
    return HEAD + diagram(states, edges) + TABLE_HEAD + told + EDGES_HEAD + listed


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, document, OUTPUT))
