# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs real TLS clients and servers on loopback and records them.

prepare() moves this process into a network namespace of its own, where
every port is free and nothing else talks; it needs root.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import capfile
from pki import Pki
from registry import HERE  # noqa: F401  for the recipes

CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
# Segmentation and receive offload: off, so that the recorded packets look
# as on a wire (ETHTOOL_SSG, _STSO, _SGSO, _SGRO).
OFFLOADS = (0x19, 0x1F, 0x24, 0x2C)

_folder: tempfile.TemporaryDirectory | None = None
pki: Pki


def prepare() -> None:
    """Make the namespace, the scratch folder and the certificates, once."""
    global _folder, pki
    if _folder:
        return
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "no network namespace")
    subprocess.run(["ip", "link", "set", "lo", "up", "mtu", "1500"], check=True)
    with socket.socket() as any_socket:
        for command in OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP16x", b"lo", ctypes.addressof(value))
            try:
                fcntl.ioctl(any_socket, SIOCETHTOOL, request)
            except OSError:
                pass  # this one cannot be changed
    _folder = tempfile.TemporaryDirectory(prefix="sample-pcaps-")
    pki = Pki(scratch("pki"))
    scratch("hello.txt").write_text("Hello.\n")


def scratch(name: str) -> Path:
    """A path in the scratch folder."""
    return Path(_folder.name) / name


def _environment(**more: str) -> dict[str, str]:
    # No distribution's openssl.cnf: it would rule out the old versions.
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "OPENSSL_CONF": "/dev/null",
            "HOME": _folder.name, **more}


@contextmanager
def dumping(path: Path, *options: str):
    """Have tcpdump write to ``path`` what the body does on loopback."""
    tcpdump = subprocess.Popen(
        ["tcpdump", "-i", "lo", "-Z", "root", "-s", "0", "-w", path, *options],
        stderr=subprocess.PIPE, text=True)
    for line in tcpdump.stderr:
        if "listening" in line:
            break
    try:
        yield
        time.sleep(0.3)
    finally:
        tcpdump.send_signal(signal.SIGINT)
        trouble = tcpdump.communicate()[1]
    if "\n0 packets dropped by kernel" not in trouble:
        raise RuntimeError(trouble)


@contextmanager
def recording(path: Path, only: str = "tcp"):
    """Record what the body does on loopback to ``path``."""
    raw = scratch("raw.pcap")
    with dumping(raw, "-U", "--immediate-mode", only):
        yield
    packets = capfile.read_pcap(raw)
    if not packets:
        raise RuntimeError("nothing was recorded")
    capfile.write_pcapng(path, map(capfile.with_checksum, packets))


def _listening(port: int) -> bool:
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            field = line.split()
            if field[3] == "0A" and field[1].endswith(f":{port:04X}"):
                return True
    return False


@contextmanager
def server(port: int, *command: str, **environment: str):
    """Run a server while the body runs, once it listens on ``port``."""
    log = scratch("server.log")
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output,
            cwd=_folder.name, env=_environment(**environment))
    try:
        for _ in range(100):
            if _listening(port):
                break
            if process.poll() is not None:
                raise RuntimeError(f"{command}: {log.read_text()}")
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{command}: does not listen on {port}")
        yield process
        time.sleep(0.2)
    finally:
        process.terminate()
        process.wait()


def openssl_server(*options: str, port=443, name="server"):
    """openssl s_server, which serves hello.txt over HTTP."""
    return server(port, "openssl", "s_server", "-accept", str(port), "-WWW",
                  "-cert", pki[f"{name}.pem"], "-key", pki[f"{name}.key"],
                  *options)


GET = b"GET /hello.txt HTTP/1.0\r\n\r\n"


def nginx(listen: str, directives: str):
    """nginx on port 443, with ``directives`` of the server."""
    root = scratch("nginx")
    root.mkdir(exist_ok=True)
    folders = "".join(
        f"{name}_temp_path {root}/{name}; "
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (root / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {root}/pid; error_log stderr;
events {{ }}
http {{
  access_log off; {folders}
  server {{
    listen {listen};
    {directives}
    location / {{ return 200 "Hello.\\n"; }}
  }}
}}
""")
    return server(443, "nginx", "-p", str(root), "-c", str(root / "nginx.conf"))


def run(*command: str, say=b"", fails=False, pause=0.4, end=b"", **environment) -> str:
    """Run a client, say something to it, close its input; what it printed.

    ``end`` is said after a pause.  Raises unless it fails as foreseen.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, cwd=_folder.name, env=_environment(**environment))
    try:
        if isinstance(say, bytes):
            say = (say,)
        for part in (*say, end):
            time.sleep(pause)
            process.stdin.write(part)
            process.stdin.flush()
        output = process.communicate(timeout=30)[0]
    except BrokenPipeError:  # it has ended
        output = process.communicate()[0]
    except subprocess.TimeoutExpired:
        process.kill()
        output = process.communicate()[0]
        raise RuntimeError(f"{command}: {output!r}") from None
    text = output.decode(errors="replace")
    if fails != bool(process.returncode):
        raise RuntimeError(f"{command}: {process.returncode} {text}")
    return text


def openssl_client(*options: str, port=443, host="127.0.0.1", say=GET, fails=False,
                   keylog: Path | None = None, end=b"", pause=0.4) -> str:
    """openssl s_client against loopback; it ends when the server closes,
    or by the "Q" of ``end``."""
    address = f"[{host}]" if ":" in host else host
    more = ["-keylogfile", keylog_of(keylog)] if keylog else []
    if not end:
        more.append("-ign_eof")
    return run("openssl", "s_client", "-connect", f"{address}:{port}",
               "-servername", "server.example", "-CAfile", pki["ca.pem"], *more,
               *options, say=say, fails=fails, end=end, pause=pause)


def keylog_of(path: Path) -> str:
    """The key log beside ``path``, emptied."""
    keylog = path.with_suffix(".keylog")
    keylog.unlink(missing_ok=True)
    return str(keylog)


@contextmanager
def script(port: int, talk):
    """Serve one connection with ``talk(socket)`` in a thread."""
    problems = []
    with socket.create_server(("127.0.0.1", port)) as listener:

        def serve():
            try:
                with listener.accept()[0] as connection:
                    talk(connection)
            except Exception as problem:
                problems.append(problem)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
        thread.join(10)
    if problems:
        raise problems[0]
