# SPDX-License-Identifier: GPL-2.0-or-later
"""Healthy handshakes of real stacks, with certificates that are in order: no finding of severity warn or
error is deserved."""

import dataclasses
import tomllib

import pytest
from joined import join
from samples import FINDINGS, FOLDER

SERIOUS = ("warn", "error")
FOLDER_HEALTHY = FOLDER / "healthy"


@dataclasses.dataclass(frozen=True)
class Healthy:
    file: str
    maker: str
    about: str
    deserves: tuple = ()
    because: str = ""

    @property
    def path(self):
        return FOLDER_HEALTHY / self.file

    def __str__(self):
        return self.file.removesuffix(".pcapng")


def read_table():
    rows = tomllib.loads((FOLDER / "HEALTHY.toml").read_text(encoding="utf-8"))["capture"]
    return [Healthy(**row | {"deserves": tuple(row.get("deserves", ()))}) for row in rows]


ALL = read_table()


@pytest.fixture(scope="module")
def frames_of(shark):
    """The frames of each capture. Captures of one stack may share keys and randoms of a kind, but a
    connection each, so all are read at once."""
    joined = join(ALL, shark.captures / "healthy.pcapng")
    frames = shark.frames(joined.path)
    return {part.sample: part.of(frames) for part in joined.parts}


def test_table_lists_the_folder():
    assert sorted(path.name for path in FOLDER_HEALTHY.iterdir()) == sorted(row.file for row in ALL)


def test_what_is_deserved_exists_and_has_a_reason():
    for row in ALL:
        assert set(row.deserves) <= set(FINDINGS), row
        assert bool(row.deserves) == bool(row.because), row


@pytest.mark.parametrize("row", ALL, ids=str)
def test_nothing_serious_is_found(row, frames_of):
    found = {
        name for frame in frames_of[row] for name, severity in frame.severities() if severity in SERIOUS
    }
    assert found == set(row.deserves)


@pytest.mark.parametrize("row", ALL, ids=str)
def test_has_a_handshake(row, frames_of):
    """Else nothing could be found."""
    types = {kind for frame in frames_of[row] for kind in frame.values("tlslens.handshake.type")}
    assert {"1", "2"} <= types


@pytest.mark.parametrize("row", ALL, ids=str)
def test_is_whole(row, frames_of):
    """No loss in the recording that would keep rules silent."""
    names = {name for frame in frames_of[row] for name in frame.findings()}
    assert "capture_incomplete" not in names
