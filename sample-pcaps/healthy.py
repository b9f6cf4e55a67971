#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Records healthy handshakes of many TLS stacks and writes HEALTHY.toml.

    healthy.py --list     what there is
    healthy.py NAME...    record these anew
    healthy.py --all      record all

Each certificate is in order and each handshake succeeds, so no finding of severity warn or error is
deserved; a table that names some in ``deserves`` says why in ``because``.  Needs root, for a network
namespace of its own, and the Debian packages in PACKAGES beside those that make.py names.
"""

import argparse
import json
import sys
import tomllib
from contextlib import ExitStack

import healthy_clients as clients
import healthy_servers as servers
import healthy_shapes  # noqa: F401  registers what is not just a connection
import stacks
from healthy_registry import FOLDER, OPENSSL, RECORDINGS, healthy
from registry import HERE

TABLE = HERE / "HEALTHY.toml"
HEADER = """\
# SPDX-License-Identifier: GPL-2.0-or-later
# Written by healthy.py; change the recipes, not this file.
"""
PACKAGES = """
apache2-bin aria2 botan caddy cargo chromium dovecot-imapd elinks erlang-ssl firefox-esr golang-go h2o
haproxy hitch lftp libio-socket-ssl-perl libmbedtls-dev librust-rustls-dev librust-rustls-pemfile-dev
libwolfssl-dev lighttpd lighttpd-mod- lighttpd-mod-gnutls lighttpd-mod-nss lighttpd-mod-openssl lighttpd-
mod-wolfssl lynx mbedtls ncat nodejs php-cli postfix ruby socat stunnel4 w3m wget
""".split()


def record_client(talk, old):
    with servers.openssl("rsa", "-tls1_2"):
        talk()
    with servers.openssl("ec", "-tls1_2" if old else "-tls1_3"):
        talk()


def record_server(start, name):
    talk = clients.openssl_leaves if name == "botan" else clients.openssl
    with ExitStack() as later:
        later.enter_context(start())
        talk("-tls1_2")
        if name == "java":  # it has ended
            later.close()
            later.enter_context(start())
        talk()


for _name, (_package, _stack, _talk) in clients.CLIENTS.items():
    _old = _name in clients.ONLY_TLS12

    @healthy(f"client-{_name}", "A connection with TLS 1.2 and an RSA key, and one with "
             f"TLS 1.{2 if _old else 3} and an ECDSA key.", (_package, _stack), OPENSSL)
    def _(talk=_talk, old=_old):
        record_client(talk, old)


for _name, (_package, _stack, _start) in servers.SERVERS.items():
    @healthy(f"server-{_name}", "A connection with TLS 1.2 and one with what client and server prefer.",
             (_package, _stack), OPENSSL)
    def _(start=_start, name=_name):
        record_server(start, name)


def write_table(made):
    """A capture not made in this run keeps the maker it was made with."""
    old = {}
    if TABLE.exists():
        old = {row["file"]: row["maker"] for row in tomllib.loads(TABLE.read_text())["capture"]}
    text = HEADER
    for item in sorted(RECORDINGS.values(), key=lambda item: item.name):
        if not item.path.exists():
            continue
        kept = None if item.name in made else old.get(item.path.name)
        row = {"file": item.path.name, "maker": kept or item.maker, "about": item.about}
        if item.deserves:
            row |= {"deserves": list(item.deserves), "because": item.because}
        text += "\n[[capture]]\n" + "".join(
            f"{key} = {json.dumps(value)}\n" for key, value in row.items())
    TABLE.write_text(text)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--all", action="store_true")
    wanted = parser.parse_args()
    if wanted.list:
        for item in RECORDINGS.values():
            print(f"{item.name:30} {item.about}")
        return 0
    stacks.prepare()
    FOLDER.mkdir(exist_ok=True)
    made, failed = set(), 0
    # Botan's server does not take a port that was used a minute before.
    every = sorted(RECORDINGS, key=lambda name: name != "server-botan")
    for name in every if wanted.all else wanted.name:
        item = RECORDINGS[name]
        try:
            with stacks.recording(item.path, "tcp port 443 or tcp port 143"):
                item.make()
            made.add(name)
            print(name, item.path.stat().st_size, flush=True)
        except Exception as problem:  # go on with the others
            item.path.unlink(missing_ok=True)
            print(f"{name}: {str(problem)[:600]}", file=sys.stderr, flush=True)
            failed += 1
    write_table(made)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
