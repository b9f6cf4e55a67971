#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures what TLSLens adds to tshark, as a share of what the built-in TLS dissector costs itself.

Each workload is read without TLS (floor), with the built-in dissector, with both, and with TLSLens alone,
one after the other, round after round; a ratio is the median of those of the rounds. Times are user
seconds. Instructions are counted by valgrind, of smaller captures, less those of reading an empty one,
with hash tables that are alike in all runs."""

import argparse
import dataclasses
import json
import os
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "tests" / "tshark"), str(REPO / "sample-pcaps")]

import capfile  # noqa: E402
import shark as runner  # noqa: E402
from workloads import WORKLOADS, path_of  # noqa: E402

SIZES = {"small": 0.02, "medium": 0.125, "large": 1.0}
COUNTED = SIZES["small"]
GROWING = ("w1", "w2", "w3d", "w5")
STEPS = (0.125, 0.25, 0.5, 1.0)  # of the size that was asked for
READ = ("-n", "-q", "-z", "conv,tcp")
NO_TLS = ("--disable-protocol", "tls")


@dataclasses.dataclass(frozen=True)
class Setup:
    """A way to run tshark: with the plugin or not, and with what options."""

    plugin: bool
    options: tuple[str, ...]


SETUPS = {
    "floor": Setup(False, (*READ, *NO_TLS, "-d", "tcp.port==443,data")),
    "built-in": Setup(False, READ),
    "both": Setup(True, READ),
    "alone": Setup(True, (*READ, *NO_TLS)),
    "table": Setup(True, (*READ, "-z", "tlslens,handshakes")),
    "filter tls": Setup(False, ("-n", "-Y", "tls")),
    "filter finding": Setup(True, ("-n", "-Y", "tlslens.finding")),
}
# What is measured: a name, what it takes, and what it gives of that.
RATIOS = {
    "added": (("floor", "built-in", "both"), lambda f, b, t: (t - b) / (b - f)),
    "alone": (("floor", "built-in", "alone"), lambda f, b, a: (a - f) / (b - f)),
    "table": (("both", "table"), lambda b, t: t / b),
    "filter": (("filter tls", "filter finding"), lambda b, t: t / b),
}
TAX = {"tax": (("built-in", "both"), lambda b, t: t / b - 1)}
MEMORY = {"memory": (("built-in", "both"), lambda b, t: t / b - 1)}
TO_REACH = {"added": 0.15, "alone": 0.25, "table": 1.05, "tax": 0.01, "memory": 0.05}


@dataclasses.dataclass(frozen=True)
class Figure:
    seconds: float  # of the user's time
    rss: float  # MiB


class Bench:
    def __init__(self, plugin_dir, folder):
        self.shark = runner.Shark(plugin_dir)
        self.folder = folder
        self.same_random = plugin_dir.parent / "tests" / "bench" / "libtlslens_same_random.so"
        self.empty = folder / "empty.pcapng"
        capfile.write_pcapng(self.empty, [])

    def environment(self, setup):
        env = self.shark.environment(setup.plugin)
        return {name: value for name, value in env.items() if name not in runner.GATES}

    def command(self, setup, capture):
        return [runner.program(), *setup.options, "-r", str(capture)]

    def start(self, command, setup, more=(), **streams):
        options = {**self.shark.popen_options(setup.plugin), "env": {**self.environment(setup), **dict(more)}}
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, **streams, **options)

    def time(self, setup, capture):
        command = self.command(setup, capture)
        process = self.start(command, setup, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        if status != 0:
            raise RuntimeError(f"status {status}: {command}")
        return Figure(used.ru_utime, used.ru_maxrss / 1024)

    def count(self, setup, capture):
        """Millions of instructions, without those for starting."""

        def of(path):
            command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
                       *self.command(setup, path)]
            preload = {"LD_PRELOAD": str(self.shark.adopt(self.same_random))}
            process = self.start(command, setup, preload, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            text = process.communicate()[1].decode()
            if process.returncode != 0:
                raise RuntimeError(f"status {process.returncode}: {command}\n{text[-2000:]}")
            return int(re.search(r"I +refs: +([\d,]+)", text)[1].replace(",", "")) / 1e6

        return of(capture) - of(self.empty)

    def make(self, size, names):
        command = [sys.executable, str(REPO / "tests" / "bench" / "workloads.py"), str(self.folder), str(size), *names]
        subprocess.run(command, check=True)
        return {name: path_of(self.folder, name, size) for name in names}


def ratios_of(workload):
    return TAX if workload == "w6" else RATIOS


def setups_of(*ratios):
    wanted = [name for ratio in ratios for takes, _ in ratio.values() for name in takes]
    return [name for name in SETUPS if name in wanted]


def rounds(bench, capture, names, n):
    """A list of {setup: Figure}; each round begins with another setup."""
    out = []
    for i in range(n):
        turned = names[i % len(names) :] + names[: i % len(names)]
        out.append({name: bench.time(SETUPS[name], capture) for name in turned})
    return out


def middle(ratios, figures):
    """The median of each ratio over the rounds."""
    return {
        name: statistics.median(give(*(figure[take] for take in takes)) for figure in figures)
        for name, (takes, give) in ratios.items()
    }


def measure(bench, capture, workload, n):
    ratios = ratios_of(workload)
    names = setups_of(ratios, MEMORY)
    taken = rounds(bench, capture, names, n)
    return {
        "seconds": {name: statistics.median(t[name].seconds for t in taken) for name in names},
        "rss": {name: statistics.median(t[name].rss for t in taken) for name in names},
        "ratios": middle(ratios, [{k: f.seconds for k, f in t.items()} for t in taken])
        | middle(MEMORY, [{k: f.rss for k, f in t.items()} for t in taken]),
    }


def count(bench, capture, workload):
    ratios = ratios_of(workload)
    counts = {name: bench.count(SETUPS[name], capture) for name in setups_of(ratios)}
    return {"instructions": counts, "counted": middle(ratios, [counts])}


def grow(bench, workload, size, n):
    """Seconds above the floor, and MiB, for captures of growing size."""
    out = []
    for step in STEPS:
        capture = bench.make(size * step, [workload])[workload]
        taken = rounds(bench, capture, ["floor", "built-in", "both", "alone"], n)
        least = {name: min(t[name].seconds for t in taken) for name in taken[0]}
        out.append({
            "size": size * step,
            "seconds": {name: least[name] - least["floor"] for name in ("built-in", "both", "alone")},
            "rss": {name: statistics.median(t[name].rss for t in taken) for name in taken[0]},
        })
    return out


def draw(growth, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(growth), figsize=(4 * len(growth), 3.5), squeeze=False)
    for panel, (workload, steps) in zip(panels[0], growth.items()):
        for name in ("built-in", "both", "alone"):
            panel.plot([s["size"] for s in steps], [s["seconds"][name] for s in steps], marker="o", label=name)
        panel.set_title(workload.upper())
        panel.set_xlabel("share of the workload")
        panel.set_ylabel("user seconds above the floor")
        panel.set_ylim(bottom=0)
        panel.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def machine():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    version = subprocess.run([runner.program(), "--version"], capture_output=True, text=True, check=True)
    return {
        "processor": model[1] if model else platform.machine(),
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "wireshark": version.stdout.splitlines()[0],
    }


def show(results):
    def line(*cells):
        print("".join(f"{cell:>16}" for cell in cells))

    for workload, result in results.items():
        print(f"\n{workload.upper()}")
        if "seconds" in result:
            line("", *result["seconds"])
            line("user seconds", *(f"{s:.2f}" for s in result["seconds"].values()))
            line("MiB", *(f"{m:.0f}" for m in result["rss"].values()))
        if "instructions" in result:
            line("", *result["instructions"])
            line("M instructions", *(f"{m:.1f}" for m in result["instructions"].values()))
        for kind, title in (("ratios", "by time"), ("counted", "by instructions")):
            for name, ratio in result.get(kind, {}).items():
                goal = f"at most {TO_REACH[name]:g}" if name in TO_REACH else ""
                line(name, f"{ratio:.3f}", title, goal)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--size", default="small", choices=SIZES)
    parser.add_argument("--rounds", type=int, default=5, help="how often each setup is timed; 0: not at all")
    parser.add_argument("--count", action="store_true", help="count instructions, too")
    parser.add_argument("--growth", action="store_true", help="time growing captures, too, and draw them")
    parser.add_argument("--workloads", nargs="+", default=list(WORKLOADS), choices=WORKLOADS)
    parser.add_argument("--folder", type=Path, default=REPO / "build" / "bench", help="for captures and results")
    given = parser.parse_args()
    given.folder = given.folder.resolve()  # the programs run elsewhere
    given.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(Path(os.environ["TLSLENS_PLUGIN_DIR"]), given.folder)
    results = {name: {} for name in given.workloads}
    if given.rounds:
        captures = bench.make(SIZES[given.size], given.workloads)
        for name, capture in captures.items():
            results[name] |= measure(bench, capture, name, given.rounds)
    if given.count:
        for name, capture in bench.make(COUNTED, given.workloads).items():
            results[name] |= count(bench, capture, name)
    show(results)
    out = {"machine": machine(), "size": given.size, "rounds": given.rounds, "workloads": results}
    if given.growth:
        growing = [name for name in given.workloads if name in GROWING]
        out["growth"] = {name: grow(bench, name, SIZES[given.size], given.rounds or 1) for name in growing}
        draw(out["growth"], given.folder / "growth.png")
    (given.folder / "results.json").write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    bench.shark.close()


if __name__ == "__main__":
    main()
