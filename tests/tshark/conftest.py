# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests share. TLSLENS_PLUGIN_DIR names a folder with VERSION/epan/tlslens.so in it."""

import os
import pathlib

import pytest
import shark as runner
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


@pytest.fixture(scope="module", autouse=True)
def runs_ahead(request, shark):
    """Starts, on all cores, the runs that a module's function runs_for(sample, shark) announces."""
    announce = getattr(request.module, "runs_for", None)
    if announce is None:
        yield
        return
    for item in request.session.items:
        sample = getattr(item, "callspec", None) and item.callspec.params.get("sample")
        if item.module is request.module and sample:
            for options, plugin in announce(sample, shark):
                shark.start(sample.path, *options, plugin=plugin)
    yield
    shark.forget(keep={(str(s.path), s.options, True) for s in SAMPLES})
