# SPDX-License-Identifier: GPL-2.0-or-later
"""What epan's exceptions must not skip: it leaves a dissector by longjmp, past every destructor.

The compiler knows where a destructor would have to run: built with exceptions, every call that one may be left
by with something to clean up has a landing pad. So the plugin's files are compiled once more, with exceptions,
and no call into Wireshark's library may have one, nor a call of a function that leads there.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest
from samples import ROOT

PLUGIN = ROOT / "plugin"
OURS = "tlslens::plugin::"
# Functions of Wireshark's library that raise nothing: they count, and fill tables and lists of listeners.
RAISES_NOTHING = {"register_tap_listener", "stat_tap_init_table_row", "stats_tree_manip_node_int"}

FUNCTION = re.compile(r"^\S.*?\b((?:[\w{}~]+::)*[\w~]+) \(.*\)$")
CALL = re.compile(r"^ *(?P<pad>\[LP \d+\] )?(?:[^=;\"]+ = )?(?P<name>(?:[\w{}~]+::)*[\w~]+) \(")


def build_folder():
    return pathlib.Path(os.environ["TLSLENS_PLUGIN_DIR"]).parent


def command_for(source):
    """How a file was compiled, without what it made and what would make its calls look different."""
    commands = json.loads((build_folder() / "compile_commands.json").read_text())
    (entry,) = [e for e in commands if e["file"] == str(source)]
    words = shlex.split(entry["command"])
    words = words[: words.index("-o")]
    return [w for w in words if not w.startswith(("-fsanitize", "-O", "-W", "-fno-exceptions"))]


def dump(source, folder, like=None):
    """The functions of a file as the compiler leaves them, with the landing pads of their calls."""
    out = folder / f"{source.name}.eh"
    command = [*command_for(like or source), "-O0", "-fexceptions", f"-fdump-tree-optimized-eh={out}"]
    command += ["-iquote", str(PLUGIN), "-S", "-o", os.devnull, str(source)]
    subprocess.run(command, check=True, capture_output=True, text=True, cwd=build_folder())
    return out.read_text()


def calls(text):
    """(function, callee, has a landing pad) for each call."""
    function = None
    for line in text.splitlines():
        begins = FUNCTION.match(line)
        if begins:
            function = begins[1]
        elif line.startswith(" ") and (call := CALL.match(line)):
            yield function, call["name"], call["pad"] is not None


def functions_of_wireshark(plugin):
    linked = subprocess.run(["ldd", plugin], check=True, capture_output=True, text=True).stdout
    (library,) = re.findall(r"=> (\S*/libwireshark\.so\S*)", linked)
    names = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True)
    return {line.split()[-1].split("@")[0] for line in names.stdout.splitlines()} - RAISES_NOTHING


def offences(found, wireshark):
    """Calls with a landing pad that lead into Wireshark's library, by whatever way."""
    leads = set(wireshark)
    while more := {f for f, callee, _ in found if callee in leads and f.startswith(OURS)} - leads:
        leads |= more
    return sorted(
        {
            (function, callee)
            for function, callee, pad in found
            if pad and callee in leads and function.startswith(OURS)
        }
    )


@pytest.fixture(scope="module")
def wireshark():
    (plugin,) = build_folder().glob("plugins/*/epan/tlslens.so")
    return functions_of_wireshark(plugin)


def test_nothing_with_a_destructor_is_alive_in_a_call_of_epan(tmp_path, wireshark):
    sources = sorted(PLUGIN.glob("*.cc"))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        texts = list(pool.map(lambda source: dump(source, tmp_path), sources))
    found = [call for text in texts for call in calls(text)]
    assert len({callee for _, callee, _ in found} & wireshark) > 50, "calls of epan are not recognised"
    assert offences(found, wireshark) == []


BAD = """
#include <string>
#include "plugin.h"
namespace tlslens::plugin {
void leads_there(proto_item* item) { proto_item_append_text(item, "x"); }
void alive(proto_item* item) { std::string text = "x"; proto_item_append_text(item, "%s", text.c_str()); }
void alive_in_between(proto_item* item) { const std::string text = "x"; leads_there(item); }
void temporary(proto_item* item) { proto_item_append_text(item, "%s", std::string("x").c_str()); }
void gone_before(proto_item* item) { { const std::string text = "x"; } leads_there(item); }
void plain(proto_item* item) { const int n = 4; proto_item_append_text(item, "%d", n); }
}
"""


def test_the_check_finds_what_it_is_for(tmp_path, wireshark):
    source = tmp_path / "bad.cc"
    source.write_text(BAD)
    found = list(calls(dump(source, tmp_path, like=PLUGIN / "tree.cc")))
    assert [function.rsplit("::")[-1] for function, _ in offences(found, wireshark)] == [
        "alive", "alive_in_between", "temporary",
    ]
