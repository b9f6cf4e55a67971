# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs Wireshark's programs with the plugin or without it, the same way on every machine."""

import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import pdml

NOBODY = 65534  # Wireshark ignores plugin folders of the user's choice for uid and gid 0
SAFETY_NET = 300  # seconds; on two busy cores a whole run of tshark may take a minute
BASE = ("-n",)
# What Wireshark has to make a dissector's mistakes end the program, and those with memory show.
GATES = {"WIRESHARK_ABORT_ON_TOO_MANY_ITEMS": "1", "WIRESHARK_DEBUG_WMEM_OVERRIDE": "strict"}
# This one is for runs without the built-in TLS dissector: some samples show bugs of its own.
GATE_ALONE = {"WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1"}
WITHOUT_BUILTIN = {("-o", "tlslens.keep_builtin:FALSE"), ("--disable-protocol", "tls")}


@dataclasses.dataclass(frozen=True)
class Run:
    status: int
    out: str
    err: str


class Shark:
    """A throw-away folder that everyone can read, and the programs run in it."""

    def __init__(self, plugin_dir):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tlslens-"))
        self.root.chmod(0o755)
        self.plugins = self.root / "plugins"
        self.captures = self.root / "captures"
        self.empty = self.root / "empty"
        self.home = self.root / "home"
        for folder in (self.captures, self.empty, self.home):
            folder.mkdir()
        shutil.copytree(plugin_dir, self.plugins, ignore=shutil.ignore_patterns("*.debug"))
        make_readable(self.plugins)
        if os.getuid() == 0:
            os.chown(self.home, NOBODY, NOBODY)
        self.pool = concurrent.futures.ThreadPoolExecutor(processors_for_us())
        self.lock = threading.Lock()
        self.known = {}
        self.adopted = {}

    def close(self):
        self.pool.shutdown(cancel_futures=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def adopt(self, path):
        """The place of a copy of a file that the programs can read."""
        path = pathlib.Path(path)
        if path.parent == self.captures:
            return path
        with self.lock:
            copy = self.adopted.get(path)
            if copy is None:
                copy = self.captures / f"{len(self.adopted)}-{path.name}"
                shutil.copyfile(path, copy)
                copy.chmod(0o644)
                self.adopted[path] = copy
        return copy

    def environment(self, plugin=True, extra=None, args=()):
        """What programs run with; `args` tell whether the built-in dissector takes part."""
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "HOME": str(self.home),
            "WIRESHARK_PLUGIN_DIR": str(self.plugins if plugin else self.empty),
        }
        if plugin:
            env |= GATES | (GATE_ALONE if WITHOUT_BUILTIN & set(itertools.pairwise(args)) else {})
        if plugin and os.environ.get("TLSLENS_PRELOAD"):
            env["LD_PRELOAD"] = os.environ["TLSLENS_PRELOAD"]
            for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
                if name in os.environ:
                    env[name] = os.environ[name]
        return env | (extra or {})

    def popen_options(self, plugin=True, env=None, args=()):
        options = {"env": self.environment(plugin, env, args), "cwd": self.root}
        if os.getuid() == 0:
            options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        return options

    def run(self, program, *args, plugin=True, env=None):
        args = [str(arg) for arg in args]
        done = subprocess.run(
            [program, *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SAFETY_NET,
            check=False,
            **self.popen_options(plugin, env, args),
        )
        out = done.stdout.decode("utf-8", "replace")
        return Run(done.returncode, out, done.stderr.decode("utf-8", "replace"))

    def tshark(self, capture, *args, plugin=True, env=None):
        """What tshark says about a capture, which may be None for `-G` and its like."""
        file = () if capture is None else (*BASE, "-r", self.adopt(capture))
        done = self.run(program(), *file, *args, plugin=plugin, env=env)
        assert done.status == 0, f"tshark {args} ended with {done.status}: {done.err[-2000:]}"
        return done.out

    def start(self, capture, *args, plugin=True):
        """Begins to read a capture, unless that was done before. The result is remembered."""
        key = (str(capture), args, plugin)
        with self.lock:
            if key not in self.known:
                self.known[key] = self.pool.submit(self.read, capture, args, plugin)
            return self.known[key]

    def read(self, capture, args, plugin):
        return pdml.read(self.tshark(capture, *args, "-T", "pdml", plugin=plugin))

    def frames(self, capture, *args, plugin=True):
        """The frames of a capture as PDML tells them."""
        return self.start(capture, *args, plugin=plugin).result()

    def forget_plain_runs(self):
        """Drops the results of runs without the plugin."""
        with self.lock:
            self.known = {key: run for key, run in self.known.items() if key[2]}


def processors_for_us():
    """How many programs may run at once, beside those of pytest's other workers."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return max(1, (os.cpu_count() or 1) // workers)


def program():
    return os.environ.get("TLSLENS_TSHARK", "tshark")


def companion(name):
    """The path of another program of the same Wireshark, or None."""
    beside = pathlib.Path(program()).with_name(name)
    return shutil.which(str(beside) if beside.parent != pathlib.Path(".") else name)


def make_readable(folder):
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
