#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the tapes of *.vec with what tshark's own TLS dissector makes of the same bytes.

Every field that stands on the wire and that both know by the same name, tls.NAME here and NAME in
a tape, has to have the same values in the same order in each delivery. Needs tshark and text2pcap.
"""

import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).parent
# Named alike, but another thing: the built-in gives each its own meaning or leaves some out.
SKIPPED = {
    # a group here, or text in the built-in's tree that is put together from several fields
    "record", "handshake", "handshake.extension", "handshake.ciphersuites",
    "handshake.comp_methods", "handshake.extensions_server_name_list",
    "handshake.extensions_alpn_list", "handshake.extensions.supported_versions",
    "change_cipher_spec", "alert_message", "handshake.challenge",
    # the bodies that are not decoded here; the built-in decodes most of them
    "handshake.extension.data",
}


def sections(path):
    out, name = {}, None
    for line in path.read_text().splitlines():
        if line.startswith("#") or not line:
            continue
        if not line.startswith("  "):
            name = line.rstrip(":")
            out[name] = []
        else:
            out[name].append(line[2:])
    return out


def deliveries(lines):
    out = []
    for line in lines:
        if line[0] in "<>":
            out.append((line[0], ""))
        out[-1] = (out[-1][0], out[-1][1] + re.sub(r"[^0-9a-fA-F]", "", line))
    return [(side, bytes.fromhex(text)) for side, text in out]


def ours(lines):
    out = []
    for line in lines:
        if line[0] in "<>":
            out.append({})
            continue
        field, _, value = line.strip().partition(":")
        if field[0] in "[(":
            continue
        out[-1].setdefault(field, []).append(value.strip())
    return out


def packet(side, seq, ack, payload):
    """An Ethernet frame with IPv4 and TCP; checksums stay zero, which nobody checks."""
    ports = (40000, 443) if side == ">" else (443, 40000)
    tcp = struct.pack("!HHIIBBHHH", *ports, seq, ack, 0x50, 0x18, 65535, 0, 0)
    addresses = (b"\x0a\0\0\1", b"\x0a\0\0\2")
    source, target = addresses if side == ">" else addresses[::-1]
    total = 20 + len(tcp) + len(payload)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, total, 0, 0, 64, 6, 0) + source + target
    return b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + b"\x08\0" + ip + tcp + payload


def pcap(sent):
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 1)
    seq = {">": 1, "<": 1}
    for side, payload in sent:
        data = packet(side, seq[side], seq["<" if side == ">" else ">"], payload)
        seq[side] += len(payload)
        out += struct.pack("<IIII", 0, 0, len(data), len(data)) + data
    return out


def pdml(capture):
    done = subprocess.run(["tshark", "-r", capture, "-T", "pdml"], capture_output=True, check=True)
    out = []
    for frame in ET.fromstring(done.stdout).iter("packet"):
        values = {}
        for proto in frame.iter("proto"):
            if proto.get("name") == "tls":
                for field in proto.iter("field"):
                    values.setdefault(field.get("name"), []).append(field.get("value"))
        out.append(values)
    return out


def same(mine, theirs):
    """Compares our text with the bytes of theirs."""
    raw = bytes.fromhex(theirs or "")
    if re.fullmatch(r"0x[0-9a-f]+", mine):
        return int(mine, 16) == int.from_bytes(raw, "big")
    if re.fullmatch(r"\d+", mine) and len(raw) <= 4 and int(mine) == int.from_bytes(raw, "big"):
        return True
    return mine == raw.hex() or mine == raw.decode("latin-1")


def check(path, work):
    parts = sections(path)
    capture = work / (path.stem + ".pcap")
    capture.write_bytes(pcap(deliveries(parts["bytes"])))
    compared, failures = 0, []
    for n, (mine, theirs) in enumerate(zip(ours(parts["tape"]), pdml(capture)), 1):
        for field, values in mine.items():
            other = theirs.get("tls." + field)
            if field in SKIPPED or other is None:
                continue
            if len(values) != len(other) or not all(map(same, values, other)):
                failures.append(f"{path.name}: delivery {n}: {field}: {values} != {other}")
            compared += len(values)
    return compared, failures


def main():
    total, wrong = 0, []
    with tempfile.TemporaryDirectory() as work:
        for path in sorted(HERE.glob("*.vec")):
            compared, failures = check(path, pathlib.Path(work))
            print(f"{path.name}: {compared} values")
            total += compared
            wrong += failures
    print(*wrong, sep="\n")
    print(f"{total} values compared, {len(wrong)} fields differ")
    return 1 if wrong or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
