# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests share. TLSLENS_PLUGIN_DIR names a folder with VERSION/epan/tlslens.so in it."""

import dataclasses
import os
import pathlib

import pytest
import shark as runner
from joined import join, join_keys
from samples import SAMPLES


@pytest.fixture(scope="session")
def shark():
    folder = os.environ.get("TLSLENS_PLUGIN_DIR")
    if not folder:
        pytest.fail("TLSLENS_PLUGIN_DIR is not set", pytrace=False)
    if not list(pathlib.Path(folder).glob("*/epan/tlslens.so")):
        pytest.fail(f"there is no plugin below {folder}", pytrace=False)
    made = runner.Shark(folder)
    protocols = made.tshark(None, "-G", "protocols")
    if "\ttlslens\n" not in protocols and "\ttlslens\t" not in protocols:
        listed = made.run(runner.program(), "-G", "plugins")
        made.close()
        pytest.fail(f"the plugin is not loaded:\n{listed.err[-2000:]}", pytrace=False)
    yield made
    made.close()


@pytest.fixture
def tshark(shark):
    """tshark(capture, *args) returns what tshark prints."""
    return shark.tshark


@pytest.fixture(scope="session")
def everything(shark):
    """All samples in one file, to be read with all keys."""
    keys = shark.captures / "everything.keylog"
    join_keys(SAMPLES, keys)
    joined = join(SAMPLES, shark.captures / "everything.pcapng")
    return dataclasses.replace(joined, options=("-o", f"tls.keylog_file:{keys}"))


@pytest.fixture(scope="module", autouse=True)
def runs_ahead(request, shark):
    """Starts, on all cores, the runs that a module's function run_for(sample) announces."""
    announce = getattr(request.module, "run_for", None)
    for item in request.session.items:
        sample = getattr(item, "callspec", None) and item.callspec.params.get("sample")
        if announce and item.module is request.module and sample:
            shark.start(sample.path, *announce(sample))
    yield
    shark.forget_plain_runs()


def pytest_terminal_summary(terminalreporter):
    """Prints the figures that tests recorded."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    for report in reports:
        for name, value in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(f"{report.nodeid.split('::')[-1]}: {value}")
