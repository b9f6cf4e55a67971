# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin says became of a handshake, and why it failed, against the truth set.

The labels say how the stacks were configured. `-s` shows the confusion matrix."""

import collections
import dataclasses
import json
import tomllib

import pytest
from joined import join
from samples import FOLDER, payloads

LABELS = FOLDER / "truth" / "LABELS.toml"
ROWS_AS_JSON = ("-q", "-z", "tlslens,json")


@dataclasses.dataclass(frozen=True)
class Row:
    file: str
    origin: str
    outcome: tuple
    causes: tuple  # all that are right, the first is the label; "" is none
    stream: int

    def __str__(self):
        return self.file.removesuffix(".pcapng")

    path = property(lambda self: LABELS.parent / self.file)
    cause = property(lambda self: self.causes[0])


@dataclasses.dataclass(frozen=True)
class Told:
    """What the plugin says of a row: of the handshake that is meant, and all causes."""

    row: Row
    outcome: str
    cause: str
    causes: frozenset

    @property
    def outcome_is_right(self):
        return self.outcome in self.row.outcome

    @property
    def cause_is_right(self):
        return self.cause in self.row.causes

    def __str__(self):
        told, wanted = f"{self.outcome or '-'} {self.cause or '-'}", "/".join(self.row.outcome)
        return f"{self.row.file}: {told}, not {wanted} {'/'.join(self.row.causes)}"


def read_labels():
    rows = tomllib.loads(LABELS.read_text(encoding="utf-8"))["capture"]
    return [Row(row["file"], row["origin"], tuple(row["outcome"]), (row["cause"], *row.get("also", [])),
                row.get("stream", 0)) for row in rows]


ROWS = read_labels()


def client_ports(path):
    """The client's port of each TCP connection of a capture, in order."""
    ports = {}
    for _, data in payloads(path):
        # Servers listen on ports below those that clients get.
        ports[max(int.from_bytes(data[at : at + 2], "big") for at in (34, 36))] = None
    return list(ports)


def told_of(row, handshakes):
    """What those handshakes say that are of the row's capture."""
    port = client_ports(row.path)[row.stream]
    meant = [one for one in handshakes if one["client"].endswith(f":{port}")]
    # A renegotiation that fails comes behind a handshake that did not.
    one = next((one for one in meant if "cause" in one), meant[0] if meant else {})
    causes = frozenset(one["cause"] for one in handshakes if "cause" in one)
    return Told(row, one.get("outcome", ""), one.get("cause", ""), causes)


@pytest.fixture(scope="module")
def told(shark):
    """All captures are read at once; joined.py gives each the addresses 10.x.y.* of its number."""
    joined = join(ROWS, shark.captures / "truth.pcapng")
    handshakes = collections.defaultdict(list)
    for line in shark.tshark(joined.path, *ROWS_AS_JSON).splitlines():
        one = json.loads(line)
        high, low = one["client"].split(".")[1:3]
        handshakes[int(high) * 256 + int(low)].append(one)
    for of_capture in handshakes.values():
        of_capture.sort(key=lambda one: one["index"])
    answers = [told_of(row, handshakes[n]) for n, row in enumerate(ROWS)]
    for origin in ("real", "built"):
        show([one for one in answers if one.row.origin == origin], origin)
    return answers


def show(answers, origin):
    """Print the matrix: the label, then what was reported how often; wrong ones in brackets."""
    table = collections.defaultdict(collections.Counter)
    for one in answers:
        name = one.cause or "none"
        table[one.row.cause or "none"][name if one.cause_is_right else f"[{name}]"] += 1
    right = sum(one.outcome_is_right for one in answers)
    print(f"\n{origin}: outcome right {right} of {len(answers)}")
    for label, counts in sorted(table.items()):
        print(f"  {label:36}", ", ".join(f"{name} {n}" for name, n in counts.most_common()))
    for one in answers:
        if not (one.outcome_is_right and one.cause_is_right):
            print(f"  {one}")


def test_labels_name_every_capture():
    assert {row.path for row in ROWS} == set(LABELS.parent.glob("*.pcapng"))


def test_healthy_handshakes_have_their_outcome_and_no_cause(told):
    healthy = [one for one in told if not one.row.cause]
    assert [str(one) for one in healthy if not one.outcome_is_right or one.causes] == []


def test_failed_handshakes_have_their_cause(told):
    failed = [one for one in told if one.row.cause]
    wrong = [str(one) for one in failed if not one.cause_is_right]
    assert len(wrong) <= 0.05 * len(failed), "\n".join(wrong)


def test_what_nothing_explains_gets_no_cause_that_is_wrong(told):
    unknown = [one for one in told if one.row.cause == "unknown_failure"]
    assert [str(one) for one in unknown if one.cause and not one.cause_is_right] == []
