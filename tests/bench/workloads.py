#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the captures that the benchmark reads: OpenSSL's client and server of Python, and plain HTTP and
DNS, recorded on loopback in a network namespace of their own with frames of 1500 bytes. Needs root.

    workloads.py FOLDER SIZE WORKLOAD...

SIZE is how much of a whole workload is made: 1 for the figures of docs/performance.md, 0.02 for a look.
A capture that is there already is left alone. How much each has to say, and in what portions, is always
the same; keys and random numbers are not."""

import argparse
import contextlib
import fcntl
import http.server
import multiprocessing
import os
import random
import socket
import ssl
import struct
import sys
import termios
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "sample-pcaps"))

import stacks  # noqa: E402

SEED = 5246
REQUEST = b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + bytes(200)
PER_ADDRESS = 20_000  # connections to one address of the server, to have ports enough
PORTION = 1 << 18


@contextlib.contextmanager
def recording(path):
    """Writes what the body does to `path`; there is no such file if it fails. All that is said is said on one
    processor, because two of them would put packets on loopback out of order now and then."""
    part = path.with_suffix(".part")
    with stacks.dumping(part, "-B", "262144"):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(before)})
        try:
            yield
            time.sleep(1)
        finally:
            os.sched_setaffinity(0, before)
    part.chmod(0o644)
    part.rename(path)


@contextlib.contextmanager
def serving(serve, *arguments):
    """Runs a server in a process of its own, until the body is done."""
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=serve, args=(ready, *arguments), daemon=True)
    process.start()
    if not ready.wait(10):
        raise RuntimeError(f"{serve.__name__} does not start")
    try:
        yield
    finally:
        process.terminate()
        process.join()


def server_context(newest):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = newest
    context.load_cert_chain(stacks.pki["bench-chain.pem"], stacks.pki["bench.key"])
    context.set_alpn_protocols(["http/1.1"])
    return context


def client_context():
    context = ssl.create_default_context(cafile=stacks.pki["ca.pem"])
    context.set_alpn_protocols(["http/1.1"])
    return context


def listen(address):
    """A listener of which accepted connections, too, send at once what is written."""
    listener = socket.create_server((address, 443), backlog=64)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def connect(address):
    plain = socket.create_connection((address, 443))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return plain


def serve_requests(ready, address, newest):
    context = server_context(newest)
    listener = listen(address)
    ready.set()
    while True:
        with contextlib.suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as talk:
            talk.recv(1024)
            talk.sendall(ANSWER)
            talk.unwrap()


def handshakes(share):
    """24,000 full handshakes, every other one of TLS 1.2, each with a request and its answer."""
    context = client_context()
    addresses = [f"127.0.0.{n + 1}" for n in range(2 + 2 * int(24_000 * share / 2 / PER_ADDRESS))]
    versions = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    with contextlib.ExitStack() as servers:
        for n, address in enumerate(addresses):
            servers.enter_context(serving(serve_requests, address, versions[n % 2]))
        for n in range(round(24_000 * share)):
            plain = connect(addresses[n % len(addresses)])
            with context.wrap_socket(plain, server_hostname="server.example") as talk:
                talk.sendall(REQUEST)
                while talk.recv(1024):
                    pass


def swallow(ready):
    """Takes connections one after another and reads what comes."""
    context = server_context(ssl.TLSVersion.TLSv1_3)
    listener = listen("127.0.0.1")
    ready.set()
    while True:
        with contextlib.suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as talk:
            while talk.recv(PORTION):
                pass
            talk.unwrap()


@contextlib.contextmanager
def connection():
    """A connection that ends when all that the body wrote is read."""
    with client_context().wrap_socket(connect("127.0.0.1"), server_hostname="server.example") as talk:
        yield talk
        talk.unwrap()


def bulk(share):
    """1.1 GiB in records of 16 KiB over 4 connections."""
    portion = bytes(PORTION)
    with serving(swallow):
        for _ in range(4):
            with connection() as talk:
                for _ in range(round(1126 * share * (1 << 20) / 4 / PORTION)):
                    talk.sendall(portion)


def write_records(talk, lengths):
    """A record of each length, a segment each: what has to wait in the kernel would share one."""
    payload = bytes(1 << 14)
    waiting = bytearray(4)
    for n, length in enumerate(lengths):
        talk.write(payload[:length])
        while n % 8 == 0 and fcntl.ioctl(talk, termios.TIOCOUTQ, waiting) == 0 and any(waiting):
            time.sleep(0)


def lengths_of(n, low, high):
    chance = random.Random(SEED)
    return [chance.randrange(low, high + 1) for _ in range(n)]


def small_records(share):
    """400,000 records of 50 to 200 bytes, one a segment."""
    with serving(swallow), connection() as talk:
        write_records(talk, lengths_of(round(400_000 * share), 50, 200))


def exchange(step, plain, incoming, outgoing):
    """Takes a step of TLS, of what is kept in memory, over a socket."""
    while True:
        try:
            step()
            done = True
        except ssl.SSLWantReadError:
            done = False
        plain.sendall(outgoing.read())
        if done:
            return
        incoming.write(plain.recv(PORTION))


def write_packed(lengths):
    """A connection with a record of each length, packed into full segments."""
    payload = bytes(1 << 14)
    plain = connect("127.0.0.1")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk = client_context().wrap_bio(incoming, outgoing, server_hostname="server.example")
    exchange(talk.do_handshake, plain, incoming, outgoing)
    for length in lengths:
        talk.write(payload[:length])
        if outgoing.pending >= PORTION:
            plain.sendall(outgoing.read())
    exchange(talk.unwrap, plain, incoming, outgoing)
    plain.close()


def packed_records(share):
    """1,200,000 records of 50 to 200 bytes, packed into full segments, over 4 connections."""
    with serving(swallow):
        for _ in range(4):
            write_packed(lengths_of(round(300_000 * share), 50, 200))


def one_connection(share):
    """600,000 records of 100 to 1300 bytes in one connection, packed into full segments."""
    with serving(swallow):
        write_packed(lengths_of(round(600_000 * share), 100, 1300))


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "4000")
        self.end_headers()
        self.wfile.write(b"x" * 4000)

    def log_message(self, *_):
        pass


def serve_pages(ready):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 80), Page)
    ready.set()
    server.serve_forever()


def serve_names(ready):
    """Answers each question with an address."""
    answers = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    answers.bind(("127.0.0.1", 53))
    ready.set()
    while True:
        question, client = answers.recvfrom(512)
        answer = question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[12:]
        answers.sendto(answer + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0\1", client)


def without_tls(share):
    """6,000 connections of 4 plain requests, and a question for a name before each."""
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.connect(("127.0.0.1", 53))
    request = b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n"
    with serving(serve_pages), serving(serve_names):
        for n in range(round(6_000 * share)):
            names.send(struct.pack(">HHHHHH", n & 0xFFFF, 0x100, 1, 0, 0, 0) + b"\6server\7example\0\0\1\0\1")
            names.recv(512)
            with socket.create_connection(("127.0.0.1", 80)) as talk:
                for _ in range(4):
                    talk.sendall(request)
                    length = 0
                    while length < 4000:
                        length += len(talk.recv(PORTION))


WORKLOADS = {
    "w1": handshakes,
    "w2": bulk,
    "w3": small_records,
    "w3d": packed_records,
    "w5": one_connection,
    "w6": without_tls,
}


def prepare():
    stacks.prepare()
    for name, value in (("ip_local_port_range", "10000 65000"), ("tcp_tw_reuse", "1")):
        (Path("/proc/sys/net/ipv4") / name).write_text(value, encoding="ascii")
    stacks.pki.issue("bench-ca", "Bench CA", "ca_extensions", "ca", "rsa")
    stacks.pki.issue("bench", "server.example", "server_extensions", "bench-ca", "rsa")
    stacks.pki.chain("bench-chain.pem", "bench.pem", "bench-ca.pem", "ca.pem")


def path_of(folder, name, share):
    return Path(folder) / f"{name}-{share:g}.pcap"


def main():
    parser = argparse.ArgumentParser(description="Make the captures of the benchmark.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("size", type=float)
    parser.add_argument("workloads", nargs="+", choices=WORKLOADS)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in given.workloads if not path_of(given.folder, name, given.size).exists()]
    if missing:
        prepare()
    for name in missing:
        print(f"making {name}, size {given.size:g}", file=sys.stderr)
        with recording(path_of(given.folder, name, given.size)):
            WORKLOADS[name](given.size)


if __name__ == "__main__":
    main()
