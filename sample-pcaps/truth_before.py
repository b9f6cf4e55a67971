# SPDX-License-Identifier: GPL-2.0-or-later
"""What is refused before TLS begins: STARTTLS, the tunnel of a proxy, the PROXY header."""

import time
from contextlib import suppress

import capfile
import real
import stacks
from real import until
from truth_hello import deaf
from truth_registry import recorded, uses
from truth_stacks import (
    attempt, c_curl, s_gnutls, s_go, s_java, s_nginx, s_node, s_nss, s_openssl,
)

# --- STARTTLS ----------------------------------------------------------------


def dialogue(*steps):
    """A server that waits for the first of each pair and sends the second, and then waits for
    the end, which may come at any time."""

    def talk(connection):
        with suppress(EOFError):
            for wanted, answer in steps:
                if wanted:
                    until(connection, wanted)
                connection.sendall(answer)
            deaf(connection)

    return talk


def scripted(name, about, port, talk, client, outcome="not_tls", cause="starttls_refused", **more):
    @recorded(name, about, outcome, cause, only=f"tcp port {port}", **more)
    def _(later):
        uses("a server in Python {python}")
        later.enter_context(stacks.script(port, talk))
        client()


def s_client(protocol, port):
    uses("OpenSSL {openssl} s_client")
    return attempt("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-starttls", protocol,
                   say=())


def curl(*options):
    uses("curl {curl} with OpenSSL {openssl}")
    return attempt("curl", "-sS", "--max-time", "5", "--cacert", str(stacks.pki["ca.pem"]),
                   *options, say=())


SMTP = dialogue((b"", b"220 server.example ESMTP\r\n"),
                (b"\r\n", b"250-server.example\r\n250 STARTTLS\r\n"),
                (b"STARTTLS\r\n", b"454 4.7.0 TLS not available due to temporary reason\r\n"),
                (b"QUIT\r\n", b"221 2.0.0 Bye\r\n"))
IMAP = dialogue((b"", b"* OK IMAP4rev1 ready\r\n"),
                (b"CAPABILITY\r\n", b"* CAPABILITY IMAP4rev1 STARTTLS\r\nA001 OK done\r\n"),
                (b"STARTTLS\r\n", b"A002 BAD TLS is not available\r\n"),
                (b"LOGOUT\r\n", b"* BYE\r\nA003 OK\r\n"))
POP3 = dialogue((b"", b"+OK POP3 ready\r\n"),
                (b"CAPA\r\n", b"+OK\r\nUSER\r\nSTLS\r\n.\r\n"),
                (b"STLS\r\n", b"-ERR TLS is not available\r\n"),
                (b"QUIT\r\n", b"+OK bye\r\n"))
FTP = dialogue((b"", b"220 FTP ready\r\n"),
               (b"AUTH SSL\r\n", b"504 Unknown AUTH type\r\n"),
               (b"AUTH TLS\r\n", b"534 Policy requires no TLS\r\n"),
               (b"QUIT\r\n", b"221 Bye\r\n"))
XMPP = dialogue(
    (b">", b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream="
           b"'http://etherx.jabber.org/streams' id='1' from='server.example' version='1.0'>"
           b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
           b"</stream:features>"),
    (b"<starttls", b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"))


def postgres(connection):
    connection.recv(8)
    connection.sendall(b"N")
    deaf(connection)


def ldap(connection):
    connection.recv(4096)  # message 1; the answer to it: result 2, protocolError (RFC 4511 §4.14)
    connection.sendall(bytes.fromhex("300c02010178070a010204000400"))
    deaf(connection)


scripted("starttls-smtp-refused-openssl", "SMTP's STARTTLS is answered with 454.", 25, SMTP,
        lambda: s_client("smtp", 25))
scripted("starttls-smtp-refused-curl", "The same, and curl needs TLS.", 25, SMTP,
        lambda: curl("--ssl-reqd", "smtp://127.0.0.1"))
scripted("starttls-imap-refused-curl", "IMAP's STARTTLS is answered with BAD.", 143, IMAP,
        lambda: curl("--ssl-reqd", "imap://127.0.0.1"))
scripted("starttls-pop3-refused-curl", "POP3's STLS is answered with -ERR.", 110, POP3,
        lambda: curl("--ssl-reqd", "pop3://127.0.0.1"))
scripted("starttls-ftp-refused-curl", "FTP's AUTH is answered with 504 and 534.", 21, FTP,
        lambda: curl("--ssl-reqd", "ftp://127.0.0.1/"))
scripted("starttls-xmpp-refused-openssl", "XMPP's starttls is answered with failure.", 5222, XMPP,
        lambda: s_client("xmpp", 5222))
scripted("starttls-postgres-refused-openssl", "PostgreSQL's SSLRequest is answered with N.", 5432,
        postgres, lambda: s_client("postgres", 5432))
scripted("starttls-ldap-refused-openssl", "LDAP's StartTLS is answered with protocolError.", 389,
        ldap, lambda: s_client("ldap", 389))

scripted("starttls-pop3-goes-on-curl", "The same, and curl goes on without TLS.", 110,
        dialogue((b"", b"+OK POP3 ready\r\n"),
                 (b"CAPA\r\n", b"+OK\r\nUSER\r\nSTLS\r\n.\r\n"),
                 (b"STLS\r\n", b"-ERR TLS is not available\r\n"),
                 (b"USER a\r\n", b"+OK\r\n"), (b"PASS b\r\n", b"-ERR no\r\n"),
                 (b"QUIT\r\n", b"+OK bye\r\n")),
        lambda: curl("--ssl", "pop3://a:b@127.0.0.1"), outcome="", cause="")

# --- TLS to a port of HTTP ---------------------------------------------------


def http(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def late_text(packets):
    """The server's FIN comes before its text, as if another card had recorded it."""
    (text,) = [n for n, p in enumerate(packets) if capfile.tcp_payload(p).startswith(b"HTTP/")]
    fin = next(n for n in range(text + 1, len(packets)) if packets[n].data[47] & 1)
    early = packets[fin]._replace(time=packets[text].time)
    return [*packets[:text], early, *packets[text:fin], *packets[fin + 1 :]]


for _name, _about, _change in (
    ("curl-to-http-80", "TLS to port 80 of a server that speaks HTTP.", None),
    ("curl-to-http-80-late", "The same, and the answer comes behind the FIN in the capture.",
     late_text),
):
    scripted(_name, _about, 80, http, lambda: curl("--resolve", "server.example:80:127.0.0.1",
                                                  "https://server.example:80/"),
            outcome="plaintext_peer", cause="plaintext_server", change=_change)

# --- The tunnel of a proxy ---------------------------------------------------


def answers(status: bytes):
    """A proxy that refuses."""

    def talk(connection):
        until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n"
                           b"Content-Length: 0\r\n\r\n")
        time.sleep(0.2)

    return talk


def wants_password(connection):
    """A proxy that wants credentials first, on the same connection."""
    until(connection, b"\r\n\r\n")
    connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest"
                       b' realm="x", nonce="1"\r\nContent-Length: 0\r\n\r\n')
    real.proxy(connection)


PROXY = ("--proxy", "http://127.0.0.1:3128", "https://server.example/")
for _status, _text in (("403", b"Forbidden"), ("407", b"Proxy Authentication Required"),
                       ("502", b"Bad Gateway")):
    scripted(f"connect-{_status}-curl", f"An HTTP proxy answers CONNECT with {_status}.", 3128,
            answers(_status.encode() + b" " + _text), lambda: curl(*PROXY),
            cause="tunnel_refused")
scripted("connect-503-openssl", "An HTTP proxy answers CONNECT with 503.", 3128,
        answers(b"503 Service Unavailable"), cause="tunnel_refused",
        client=lambda: attempt("openssl", "s_client", "-proxy", "127.0.0.1:3128", "-connect",
                               "server.example:443", say=()))


@recorded("connect-nginx-curl", "nginx, which is no proxy, is asked for a tunnel.", "not_tls",
          "tunnel_refused", only="tcp port 443")
def _(later):
    later.enter_context(s_nginx(listen="443"))
    c_curl("--proxy", "http://127.0.0.1:443", "--resolve", "server.example:443:127.0.0.1")


@recorded("connect-407-then-tunnel", "A proxy wants credentials, gets them, and opens the tunnel.",
          "established_inferred", only="tcp port 3128")
def _(later):
    uses("a proxy in Python {python}")
    later.enter_context(s_openssl("-www"))
    later.enter_context(stacks.script(3128, wants_password))
    curl("--proxy-digest", "--proxy-user", "a:b", *PROXY)


# --- The PROXY header --------------------------------------------------------

HEADER = b"PROXY TCP4 192.0.2.7 203.0.113.9 50123 443\r\n"


def balance(connection):
    with suppress(OSError):  # the server refuses
        real.pass_on(connection, HEADER)


def with_header(name, about, outcome, cause, serve):
    """curl speaks to a server through a load balancer on port 444 that names other addresses."""

    @recorded(name, about, outcome, cause)
    def _(later):
        uses("a load balancer in Python {python}")
        later.enter_context(serve())
        later.enter_context(stacks.script(444, balance))
        curl("--resolve", "server.example:444:127.0.0.1", "https://server.example:444/")


for _name, _serve in (
    ("openssl", s_openssl), ("gnutls", s_gnutls), ("nginx", s_nginx), ("node", s_node),
    ("java", s_java), ("go", s_go), ("nss", s_nss),
):
    with_header(f"proxy-header-to-{_name}", "A PROXY header is sent to a server without.",
                "plaintext_peer failed_alert closed_by_server reset_by_server",
                "proxy_header_refused", _serve)
with_header("proxy-header-to-proxy-nginx", "A PROXY header is sent to a server that wants it.",
            "established established_inferred", "",
            lambda: s_nginx(listen="443 ssl proxy_protocol"))
