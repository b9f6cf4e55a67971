# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures of real TLS stacks, recorded on loopback."""

import platform
import re
import select
import socket
import ssl
import subprocess

import capfile
import stacks
from registry import CAPTURES, capture
from stacks import (
    GET, openssl_client, openssl_server, prepare, recording, run, scratch, server,
)

__all__ = ["prepare"]


class Versions(dict):
    """The version of each tool, looked up when it is asked for."""

    COMMANDS = {
        "openssl": ("openssl", "version"),
        "gnutls": ("gnutls-cli", "--version"),
        "nss": ("dpkg-query", "-W", "-f", "${Version}", "libnss3-tools"),
        "java": ("java", "-version"),
        "curl": ("curl", "--version"),
        "nginx": ("nginx", "-v"),
    }

    def __missing__(self, tool: str) -> str:
        if tool == "python":
            return platform.python_version()
        done = subprocess.run(self.COMMANDS[tool], capture_output=True, text=True)
        self[tool] = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)[0]
        return self[tool]


VERSIONS = Versions()  # for the names in braces in each maker
BOTH = "OpenSSL {openssl} s_server/s_client"
WEB = "curl {curl}, nginx {nginx}, both with OpenSSL {openssl}"
OLD = ("-cipher", "DEFAULT@SECLEVEL=0")


def real(name, about, maker=BOTH, only="tcp", **more):
    """Register a recording.  The function gets the path, so that it can
    name a key log; what it does on loopback is recorded."""

    def register(make):
        def write(path):
            with recording(path, only):
                make(path)

        capture(name, about, origin="real", maker=maker, **more)(write)
        return make

    return register


# --- Each stack, each version ------------------------------------------------

for _name, _text, _option, _near in (
    ("tls10", "TLS 1.0, one HTTP request, with empty fragments before the data.",
     "-tls1", ("sslv2_client_hello", "alert_fatal", "record_empty")),
    ("tls11", "TLS 1.1, one HTTP request.", "-tls1_1",
     ("sslv2_client_hello", "alert_fatal")),
):
    @real(f"openssl-{_name}", _text, raises=(f"{_name}_selected",), near_miss=_near)
    def _(path, option=_option):
        with openssl_server(*OLD):
            openssl_client(option, *OLD)

for _name, _text, _option, _near in (
    ("tls12", "TLS 1.2", "-tls1_2", ("alert_fatal", "cut_short", "ccs_malformed")),
    ("tls13", "TLS 1.3", "-tls1_3", ("alert_fatal", "ccs_malformed")),
):
    @real(f"openssl-{_name}", f"{_text}, one HTTP request, with close_notify both ways.",
          keylog=True, near_miss=_near)
    def _(path, option=_option):
        with server(443, "openssl", "s_server", "-accept", "443", "-rev", "-cert",
                    stacks.pki["server.pem"], "-key", stacks.pki["server.key"]):
            openssl_client(option, keylog=path, say=b"Hello.\n", end=b"Q\n")


for _name, _text, _priority in (
    ("tls12", "TLS 1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.2"),
    ("tls13", "TLS 1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3"),
):
    @real(f"gnutls-{_name}", f"{_text}, one line to an echo server.",
          "GnuTLS {gnutls} gnutls-serv/gnutls-cli", keylog=True)
    def _(path, priority=_priority):
        with server(443, "gnutls-serv", "--echo", "--port", "443", "--x509certfile",
                    stacks.pki["server.pem"], "--x509keyfile", stacks.pki["server.key"]):
            run("gnutls-cli", "--port", "443", "--x509cafile", stacks.pki["ca.pem"],
                "--priority", priority, "127.0.0.1",
                "--sni-hostname", "server.example", "--verify-hostname", "server.example",
                say=b"Hello.\n", SSLKEYLOGFILE=stacks.keylog_of(path))


def nss_database(name: str) -> str:
    """A database with the server's certificate NAME.pem."""
    folder = scratch(f"nss-{name}")
    database = f"sql:{folder}"
    if not folder.exists():
        folder.mkdir()
        bundle = str(scratch("nss.p12"))
        for command in (
            ("certutil", "-N", "-d", database, "--empty-password"),
            ("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i",
             stacks.pki["ca.pem"]),
            ("openssl", "pkcs12", "-export", "-name", name, "-passout", "pass:",
             "-in", stacks.pki[f"{name}.pem"], "-inkey", stacks.pki[f"{name}.key"],
             "-out", bundle),
            ("pk12util", "-d", database, "-i", bundle, "-W", ""),
        ):
            run(*command, pause=0)
    return database


def nss(versions: str, name: str, *options: str, client=()) -> None:
    """One HTTP request from tstclnt to selfserv, which gets ``options``."""
    database, request = nss_database(name), scratch("request")
    request.write_bytes(GET)
    which = ("-n", name) if name == "rsa" else ("-e", name)
    with server(443, "selfserv", "-d", database, "-p", "443", *which, "-V", versions,
                *options):
        run("tstclnt", "-d", database, "-h", "127.0.0.1", "-p", "443", "-V", versions,
            "-a", "server.example", "-o", "-A", str(request), *client, pause=0)


OLD_CBC = ("poodle", "sslv3_selected")

for _name, _text, _versions, _cert, _raises in (
    ("tls12", "TLS 1.2", "tls1.2:tls1.2", "server", ()),
    ("tls13", "TLS 1.3", "tls1.3:tls1.3", "server", ()),
    ("ssl30", "SSL 3.0", "ssl3:ssl3", "rsa", OLD_CBC),
):
    @real(f"nss-{_name}", f"{_text}, one HTTP request.", "NSS {nss} selfserv/tstclnt",
          raises=_raises)
    def _(path, versions=_versions, cert=_cert):
        nss(versions, cert)


@real("alert-no-certificate",
      "SSL 3.0: the client, asked for a certificate, sends the warning no_certificate "
      "and goes on.", "NSS {nss} selfserv/tstclnt",
      raises=("alert_warning", *OLD_CBC))
def _(path):
    nss("ssl3:ssl3", "rsa", "-r")


def java_command(program: str, *options: str) -> tuple[str, ...]:
    """Java, with what its configuration forbids allowed again."""
    rules = scratch("java.properties")
    rules.write_text("jdk.tls.disabledAlgorithms=\njdk.certpath.disabledAlgorithms=\n")
    return ("java", f"-Djava.security.properties={rules}", *options,
            str(stacks.HERE / program), "443")


def java_client(*protocols: str, options=()) -> None:
    run(*java_command("Client.java", *options), *protocols)


@real("java-sslv2-hello", "TLS 1.0 that begins with an SSLv2-format ClientHello.",
      "Java {java} with SSLv2Hello enabled, OpenSSL {openssl} s_server",
      raises=("sslv2_client_hello", "tls10_selected"))
def _(path):
    with openssl_server(*OLD, name="rsa"):
        java_client("SSLv2Hello", "TLSv1")


@real("java-tls13", "TLS 1.3, one HTTP request.", "Java {java}, OpenSSL {openssl} s_server",
      near_miss=("sslv2_client_hello",))
def _(path):
    with openssl_server():
        java_client("TLSv1.3")


# --- HTTP/2 ------------------------------------------------------------------


def web_server():
    """nginx on port 443, with HTTP/2."""
    return stacks.nginx("443 ssl http2", f"""
    server_name server.example;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate {stacks.pki["server.pem"]};
    ssl_certificate_key {stacks.pki["server.key"]};""")


def curl(*options: str, path=None) -> None:
    log = {"SSLKEYLOGFILE": stacks.keylog_of(path)} if path else {}
    run("curl", "-sS", "--cacert", stacks.pki["ca.pem"], "--resolve",
        "server.example:443:127.0.0.1", *options, "https://server.example/one",
        "https://server.example/two", pause=0, **log)


for _name, _text, _option in (("tls13", "TLS 1.3", "1.3"), ("tls12", "TLS 1.2", "1.2")):
    @real(f"http2-{_name}", f"Two HTTP/2 requests over {_text}.",
          WEB, keylog=True)
    def _(path, option=_option):
        with web_server():
            curl("--http2", "--tls-max", option, path=path)


# --- Handshakes of other shapes ----------------------------------------------


@real("hello-retry", "TLS 1.3 with HelloRetryRequest: the client's key share is X25519, "
      "the server wants P-256.", keylog=True)
def _(path):
    with openssl_server("-groups", "P-256"):
        openssl_client("-groups", "X25519:P-256", keylog=path)


def twice(*options: str, path=None, second=()) -> None:
    session = str(scratch("session"))
    openssl_client(*options, "-sess_out", session, keylog=path)
    more = (*options, *second, "-sess_in", session)
    if path:
        more += ("-keylogfile", str(path.with_suffix(".keylog")))
    openssl_client(*more)


@real("resume-tls13", "TLS 1.3, then a second connection that resumes it with a PSK.",
      keylog=True)
def _(path):
    with openssl_server():
        twice("-tls1_3", path=path)


@real("resume-tls13-early-data", "TLS 1.3, then a second connection with early data.",
      keylog=True)
def _(path):
    early = scratch("early")
    early.write_bytes(b"GET /hello.txt HTTP/1.0\r\n")
    with server(443, "openssl", "s_server", "-accept", "443", "-early_data",
                "-no_anti_replay", "-cert", stacks.pki["server.pem"], "-key",
                stacks.pki["server.key"]):
        session = str(scratch("session"))
        openssl_client("-tls1_3", "-sess_out", session, keylog=path, say=b"Hello.\n",
                       end=b"Q\n")
        text = openssl_client(
            "-tls1_3", "-sess_in", session, "-early_data", str(early), "-keylogfile",
            str(path.with_suffix(".keylog")), say=b"Hello.\n", end=b"Q\n")
    if "Early data was accepted" not in text:
        raise RuntimeError(text)


@real("resume-tls12-ticket", "TLS 1.2, then a second connection that resumes it with a "
      "session ticket.", keylog=True)
def _(path):
    with openssl_server():
        twice("-tls1_2", path=path)


@real("resume-tls12-session-id", "TLS 1.2, then a second connection that resumes it by "
      "session id.", keylog=True, near_miss=("malformed_length",))
def _(path):
    with openssl_server("-no_ticket"):
        twice("-tls1_2", "-no_ticket", path=path)


CLIENT = "a client certificate is asked for and sent."

for _name, _text, _option in (
    ("tls12", "TLS 1.2", "-tls1_2"), ("tls13", "TLS 1.3", "-tls1_3"),
):
    @real(f"client-certificate-{_name}", f"{_text}: {CLIENT}", keylog=True)
    def _(path, option=_option):
        with openssl_server("-Verify", "2", "-verify_return_error", "-CAfile",
                            stacks.pki["ca.pem"]):
            openssl_client(option, "-cert", stacks.pki["client.pem"], "-key",
                           stacks.pki["client.key"], keylog=path)


@real("renegotiation-tls12", "TLS 1.2; the client renegotiates, then asks over HTTP.",
      keylog=True)
def _(path):
    with openssl_server("-client_renegotiation"):
        # "R" works only where "Q" does.  The server sleeps a second after it
        # and ends the connection before the "Q".
        text = openssl_client("-tls1_2", keylog=path, say=(b"R\n", GET), end=b"Q\n",
                              pause=1.5)
    if "RENEGOTIATING" not in text:
        raise RuntimeError(text)


@real("chain-large", "TLS 1.2 with a certificate chain over two records and many segments.",
      near_miss=("record_oversize", "limit_reached", "cut_short"))
def _(path):
    stacks.pki.large("large", 700)
    chain = stacks.pki.chain("large-chain.pem", "ca.pem")
    with openssl_server("-cert_chain", chain, name="large"):
        openssl_client("-tls1_2")


@real("port-40443", "TLS 1.3 on port 40443, which nothing tells Wireshark about.")
def _(path):
    with openssl_server(port=40443):
        openssl_client(port=40443)


@real("ipv6-tls13", "TLS 1.3 over IPv6.")
def _(path):
    with openssl_server():
        openssl_client(host="::1")


# --- Alerts ------------------------------------------------------------------


@real("alert-handshake-failure", "TLS 1.2: no cipher suite in common, so the server "
      "sends handshake_failure.", raises=("alert_fatal",))
def _(path):
    with openssl_server():
        openssl_client("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", fails=True)


@real("alert-protocol-version", "The client speaks TLS 1.1 at most, the server TLS 1.2 "
      "at least: protocol_version.", raises=("alert_fatal",))
def _(path):
    with openssl_server("-min_protocol", "TLSv1.2"):
        openssl_client("-tls1_1", *OLD, fails=True)


@real("alert-unknown-ca-tls12", "TLS 1.2: the client does not know the CA and says so.",
      raises=("alert_fatal",))
def _(path):
    with openssl_server():
        openssl_client("-tls1_2", "-CAfile", stacks.pki["client.pem"],
                       "-verify_return_error", fails=True)


@real("alert-unknown-ca-tls13", "TLS 1.3: the client does not know the CA and says so in "
      "plaintext, for it has not changed its keys yet.", raises=("alert_fatal",))
def _(path):
    with openssl_server():
        openssl_client("-tls1_3", "-CAfile", stacks.pki["client.pem"],
                       "-verify_return_error", fails=True)


@real("alert-certificate-required", "TLS 1.3: the server wants a client certificate, gets "
      "none and sends certificate_required, encrypted.", keylog=True,
      near_miss=("alert_fatal",))
def _(path):
    with openssl_server("-Verify", "2", "-verify_return_error"):
        openssl_client("-tls1_3", keylog=path, fails=True)


@real("alert-unrecognized-name", "TLS 1.2: the server does not know the name, sends the "
      "warning unrecognized_name and goes on.",
      raises=("alert_warning", "alert_practically_fatal"))
def _(path):
    with openssl_server("-servername", "other.example", "-cert2",
                        stacks.pki["server.pem"], "-key2", stacks.pki["server.key"]):
        openssl_client("-tls1_2")


# --- After another protocol --------------------------------------------------


def upgrade(connection, answer=b"Hello.\n"):
    """TLS from here on: read once, answer, close."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(stacks.pki["server.pem"], stacks.pki["server.key"])
    with context.wrap_socket(connection, server_side=True) as secure:
        secure.recv(4096)
        secure.sendall(answer)
        secure.unwrap()


def until(connection, end: bytes) -> bytes:
    """Read until ``end`` has come."""
    data = b""
    while end not in data:
        piece = connection.recv(4096)
        if not piece:
            raise EOFError(data)
        data += piece
    return data


def starttls_smtp(connection):
    connection.sendall(b"220 server.example ESMTP\r\n")
    until(connection, b"\r\n")
    connection.sendall(b"250-server.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n")
    until(connection, b"STARTTLS\r\n")
    connection.sendall(b"220 2.0.0 Ready to start TLS\r\n")
    upgrade(connection, b"250 2.0.0 OK\r\n")


def starttls_imap(connection):
    connection.sendall(b"* OK IMAP4rev1 ready\r\n")
    until(connection, b"CAPABILITY\r\n")
    connection.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n. OK done\r\n")
    until(connection, b"STARTTLS\r\n")
    connection.sendall(b". OK begin TLS\r\n")
    upgrade(connection, b"a OK done\r\n")


def starttls_pop3(connection):
    connection.sendall(b"+OK POP3 ready\r\n")
    until(connection, b"STLS\r\n")
    connection.sendall(b"+OK begin TLS\r\n")
    upgrade(connection, b"+OK\r\n")


def starttls_ftp(connection):
    connection.sendall(b"220 FTP ready\r\n")
    until(connection, b"AUTH TLS\r\n")
    connection.sendall(b"234 AUTH TLS OK\r\n")
    upgrade(connection, b"200 OK\r\n")


def starttls_xmpp(connection):
    until(connection, b">")
    connection.sendall(
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream="
        b"'http://etherx.jabber.org/streams' id='1' from='server.example' version='1.0'>"
        b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
        b"</stream:features>")
    until(connection, b"<starttls")
    connection.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    upgrade(connection, b"</stream:stream>")


def starttls_postgres(connection):
    connection.recv(8)
    connection.sendall(b"S")
    # An ErrorResponse to whatever comes first.
    fields = b"SFATAL\0C0A000\0Munsupported frontend protocol\0\0"
    upgrade(connection, b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)


POSTGRES_STARTUP = b"\x00\x00\x00\x14\x00\x03\x00\x00user\x00sample\x00"

for _name, _text, _port, _talk, _say in (
    ("smtp", "SMTP (STARTTLS)", 25, starttls_smtp, b"NOOP\r\n"),
    ("imap", "IMAP (STARTTLS)", 143, starttls_imap, b"a NOOP\r\n"),
    ("pop3", "POP3 (STLS)", 110, starttls_pop3, b"NOOP\r\n"),
    ("ftp", "FTP (AUTH TLS)", 21, starttls_ftp, b"NOOP\r\n"),
    ("xmpp", "XMPP (starttls)", 5222, starttls_xmpp, b"<presence/>"),
    ("postgres", "PostgreSQL (SSLRequest)", 5432, starttls_postgres, POSTGRES_STARTUP),
):
    @real(f"starttls-{_name}", f"{_text} that turns to TLS 1.3 on port {_port}.",
          "OpenSSL {openssl} s_client; a server in Python {python} with it", keylog=True)
    def _(path, name=_name, port=_port, talk=_talk, say=_say):
        with stacks.script(port, talk):
            openssl_client("-starttls", name, port=port, say=say, keylog=path)


def proxy(connection):
    """CONNECT: pass everything on to port 443."""
    until(connection, b"\r\n\r\n")
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    pass_on(connection)


def pass_on(connection, first=b""):
    """All that comes, to port 443 behind ``first``, and back, until both sides are done."""
    with socket.create_connection(("127.0.0.1", 443)) as behind:
        behind.sendall(first)
        other = {connection: behind, behind: connection}
        while other:
            for ready in select.select(list(other), [], [])[0]:
                data = ready.recv(65536)
                target = connection if ready is behind else behind
                if data:
                    target.sendall(data)
                else:
                    target.shutdown(socket.SHUT_WR)
                    del other[ready]


@real("proxy-connect", "TLS 1.3 and HTTP/2 through an HTTP proxy on port 3128 (CONNECT).",
      WEB + "; a proxy in Python {python}", only="tcp port 3128", keylog=True)
def _(path):
    with web_server(), stacks.script(3128, proxy):
        curl("--http2", "--proxy", "http://127.0.0.1:3128", path=path)


# --- Captures cut short ------------------------------------------------------


def cut(name, about, source, how, change, raises=("cut_short",)):
    """Register what remains of a capture like ``source`` after ``change``."""

    @capture(name, about, origin="real", maker=f"{CAPTURES[source].maker}; {how}",
             raises=raises)
    def _(path):
        CAPTURES[source].make(path)  # recorded anew, with randoms of its own
        path.with_suffix(".keylog").unlink(missing_ok=True)
        capfile.write_pcapng(path, change(capfile.read_pcapng(path)))


def until_certificate_breaks(packets):
    """Up to the second full segment of the server's flight."""
    full = [n for n, p in enumerate(packets) if len(capfile.tcp_payload(p)) > 1000]
    return packets[: full[1] + 1]


cut("cut-snap-100", "TLS 1.2 with every packet cut to 100 bytes: the hellos and the "
    "certificate are not whole.", "openssl-tls12", "cut to a snap length of 100",
    lambda packets: capfile.snap(packets, 100))
cut("cut-snap-600", "TLS 1.2 with every packet cut to 600 bytes: the hellos are whole, "
    "the certificate is not.", "chain-large", "cut to a snap length of 600",
    lambda packets: capfile.snap(packets, 600))
cut("cut-end", "A capture that ends in the middle of the server's Certificate.",
    "chain-large", "ended early", until_certificate_breaks, raises=())
