# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives sharkd, Wireshark without windows."""

import json
import subprocess

import shark as runner


class Sharkd:
    """Wireshark's daemon: JSON-RPC, a line each way for each request. `prefix` is a program that runs it."""

    def __init__(self, shark, prefix=(), plugin=True, env=None):
        path = runner.companion("sharkd")
        assert path, "there is no sharkd; in Debian it belongs to wireshark-common"
        self.process = subprocess.Popen(
            [*prefix, path, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **shark.popen_options(plugin, env),
        )
        self.asked = 0

    def ask(self, method, **params):
        self.asked += 1
        request = {"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert answer["id"] == self.asked and "result" in answer, answer
        return answer["result"]

    def labels(self, number):
        """Those of our layers in a frame, with their places, from top to bottom."""
        tree = self.ask("frame", frame=number, proto=True)["tree"]
        return [x for layer in tree if layer.get("f") == "tlslens" for x in flatten(layer)]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=runner.SAFETY_NET)


def flatten(node):
    yield node["l"]
    for child in node.get("n", []):
        yield from flatten(child)
