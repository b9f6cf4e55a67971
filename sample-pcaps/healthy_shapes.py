# SPDX-License-Identifier: GPL-2.0-or-later
"""Healthy handshakes that are more than a certificate and a key exchange."""

from contextlib import contextmanager

import healthy_clients as clients
import healthy_servers as servers
import stacks
from healthy_registry import CURL, OPENSSL, healthy
from stacks import GET, run, scratch, server

GNUTLS = ("gnutls-bin", "")
GO = ("golang-go", "")
NGINX = ("nginx-light", "OpenSSL")
NO_TLS13 = "NORMAL:-VERS-TLS1.3"
VERSIONS = (("tls12", "TLS 1.2"), ("tls13", "TLS 1.3"))


def certificate(name):
    return ("-cert", stacks.pki[f"{name}.pem"], "-key", stacks.pki[f"{name}.key"])


# --- Sessions that come back ---------------------------------------------------


def openssl_twice(*options):
    session = str(scratch("healthy-session"))
    clients.openssl(*options, "-sess_out", session)
    clients.openssl(*options, "-sess_in", session)


@healthy("resume-openssl-tls12-ticket", "TLS 1.2, then resumed with a ticket.", OPENSSL)
def _():
    with servers.openssl("rsa"):
        openssl_twice("-tls1_2")


@healthy("resume-openssl-tls12-id", "TLS 1.2, then resumed by session id.", OPENSSL)
def _():
    with servers.openssl("ec", "-no_ticket"):
        openssl_twice("-tls1_2", "-no_ticket")


@healthy("resume-openssl-tls13", "TLS 1.3, then resumed with a PSK.", OPENSSL)
def _():
    with servers.openssl():
        openssl_twice("-tls1_3")


for _name, _text in VERSIONS:
    @healthy(f"resume-gnutls-{_name}", f"{_text}, then resumed.", GNUTLS)
    def _(name=_name):
        priority = NO_TLS13 if name == "tls12" else "NORMAL"
        with servers.gnutls(*servers.pair("ec")):
            clients.gnutls("--resume", "--priority", priority)

    @healthy(f"resume-go-{_name}", f"{_text}, then resumed twice.", GO)
    def _(name=_name):
        with servers.go():
            clients.go("-times", "3", *(("-only12",) if name == "tls12" else ()))


NODE_TWICE = """
const tls = require("tls");
const ca = require("fs").readFileSync(process.argv[1]);
function go(left, session) {
  const socket = tls.connect({port: 443, servername: "localhost", ca, session},
                             () => socket.write("GET /hello.txt HTTP/1.0\\r\\n\\r\\n"));
  socket.on("session", (data) => { session = data; });
  socket.on("data", () => {});
  socket.on("close", () => { if (left > 1) go(left - 1, session); });
}
go(3);
"""


@healthy("resume-node-nginx", "A connection, then resumed twice.", ("nodejs", "OpenSSL"), NGINX)
def _():
    with servers.nginx(*servers.pair("ec"), "ssl_session_cache shared:a:1m;"):
        run("node", "-e", NODE_TWICE, clients.ca(), pause=0)


@healthy("early-data-openssl", "TLS 1.3, then resumed with early data.", OPENSSL)
def _():
    early = scratch("early")
    early.write_bytes(b"GET /hello.txt HTTP/1.0\r\n")
    session = str(scratch("healthy-session"))
    with server(443, "openssl", "s_server", "-accept", "443", "-early_data", "-no_anti_replay",
                *certificate("server")):
        stacks.openssl_client("-tls1_3", "-sess_out", session, say=b"Hello.\n", end=b"Q\n")
        text = stacks.openssl_client("-tls1_3", "-sess_in", session, "-early_data", str(early),
                                     say=b"Hello.\n", end=b"Q\n")
    clients.expect(text, "Early data was accepted")


# --- HelloRetryRequest ---------------------------------------------------------

for _name, _package, _talk in (
    ("openssl", OPENSSL, lambda: clients.openssl("-groups", "X25519:P-384")),
    ("nss", ("libnss3-tools", ""), clients.nss),
    ("java", ("openjdk-17-jdk-headless", ""), clients.java),
    ("curl", CURL, lambda: clients.curl("--curves", "X25519:P-384")),
):
    @healthy(f"retry-{_name}", "TLS 1.3 with HelloRetryRequest: the server wants P-384.", _package, OPENSSL)
    def _(talk=_talk):
        with servers.openssl("ec", "-groups", "P-384"):
            talk()


@healthy("retry-go-server", "TLS 1.3 with HelloRetryRequest: the server wants P-256.", CURL, GO)
def _():
    with servers.go("-p256"):
        clients.curl()


# --- Client certificates ---------------------------------------------------------

for _name, _text in VERSIONS:
    @healthy(f"client-certificate-openssl-{_name}", f"{_text} with a client certificate.", OPENSSL)
    def _(option=f"-{_name[:4]}_{_name[4]}"):
        with servers.openssl("ec", "-Verify", "2", "-verify_return_error", "-CAfile", clients.ca()):
            clients.openssl(option, *certificate("client"))

    @healthy(f"client-certificate-go-{_name}", f"{_text} with a client certificate.", GO)
    def _(name=_name):
        with servers.go("-ask"):
            clients.go(*certificate("client"), *(("-only12",) if name == "tls12" else ()))

    @healthy(f"client-certificate-gnutls-{_name}", f"{_text} with a client certificate.", GNUTLS)
    def _(name=_name):
        more = ("--require-client-cert", "--x509cafile", clients.ca())
        with servers.gnutls(*servers.pair("rsa"), *more):
            clients.gnutls(
                "--x509certfile", stacks.pki["client.pem"],
                "--x509keyfile", stacks.pki["client.key"],
                "--priority", NO_TLS13 if name == "tls12" else "NORMAL")


@healthy("client-certificate-none", "TLS 1.2 and TLS 1.3: a client certificate is asked for, none is sent, and "
         "that is all right.", CURL, NGINX)
def _():
    more = f"ssl_verify_client optional; ssl_client_certificate {clients.ca()};"
    with servers.nginx(*servers.pair("rsa"), more):
        clients.curl("--tls-max", "1.2")
        clients.curl()


# --- Within a connection ---------------------------------------------------------


def echo(*options):
    return server(443, "openssl", "s_server", "-accept", "443", "-rev", *certificate("server"), *options)


@healthy("renegotiation-openssl", "TLS 1.2; the client renegotiates.", OPENSSL)
def _():
    with servers.openssl("ec", "-client_renegotiation"):
        text = stacks.openssl_client("-tls1_2", say=(b"R\n", GET), end=b"Q\n", pause=1.5)
    clients.expect(text, "RENEGOTIATING")


@healthy("renegotiation-gnutls", "TLS 1.2; the client renegotiates.", GNUTLS)
def _():
    cert, key = servers.pair("ec")
    with server(443, "gnutls-serv", "--echo", "--port", "443", "--x509certfile", cert,
                "--x509keyfile", key):
        clients.gnutls("--rehandshake", "--priority", NO_TLS13)


@healthy("key-update-openssl", "TLS 1.3; the client updates its keys and asks the server to, too.", OPENSSL)
def _():
    with echo():
        text = stacks.openssl_client("-tls1_3", say=(b"one\n", b"K\n", b"two\n"), end=b"Q\n")
    clients.expect(text, "KEYUPDATE")


for _name, _options in (
    ("dhe-rsa", ("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256")),
    ("rsa-cbc", ("-tls1_2", "-cipher", "AES256-SHA256")),
    ("chacha", ("-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305")),
    ("ecdhe-cbc", ("-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384")),
    ("ccm-tls13", ("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256")),
):
    @healthy(f"suite-{_name}", f"Only the suite {_options[-1]}.", OPENSSL)
    def _(options=_options):
        with servers.openssl("rsa", *options):
            clients.openssl(*options)


@healthy("http2-curl-nginx", "HTTP/2 over TLS 1.2 and TLS 1.3.", CURL, NGINX)
def _():
    with servers.nginx(*servers.pair("ec")):
        clients.curl("--http2", "--tls-max", "1.2")
        clients.curl("--http2")


# --- After another protocol --------------------------------------------------------


@contextmanager
def dovecot():
    cert, key = servers.pair("ec")
    file = servers.configured("dovecot.conf", f"""
base_dir = {scratch("dovecot")}
state_dir = {scratch("dovecot-state")}
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=none
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nowhere
}}
""")
    with server(143, "dovecot", "-F", "-c", file):
        yield


@healthy("imap-dovecot", "IMAP with STARTTLS, then a logout.", ("dovecot-core", "OpenSSL"), OPENSSL)
def _():
    with dovecot():
        stacks.openssl_client("-starttls", "imap", port=143, say=b"a LOGOUT\r\n")
