# SPDX-License-Identifier: GPL-2.0-or-later
"""Real handshakes that fail before or at the ServerHello."""

import time

import built
from truth_registry import case, recorded
from truth_stacks import (
    c_curl, c_gnutls, c_go, c_java, c_node, c_nss, c_openssl, c_python, pem, raw, relay, reset,
    s_gnutls, s_go, s_java, s_nginx, s_node, s_nss, s_openssl, s_plain,
)

ALERT, OLD = "failed_alert", ("-cipher", "DEFAULT@SECLEVEL=0")
TLS12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2"
TLS13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"
OLDER = ("-min_protocol", "TLSv1", *OLD)

# --- Versions ----------------------------------------------------------------

VERSION = "no_shared_version"

case("version-old-client-openssl", "The client speaks TLS 1.1 at most, the server TLS 1.2 at "
     "least: protocol_version.", ALERT, VERSION,
     lambda: s_openssl("-min_protocol", "TLSv1.2", *OLD), lambda: c_openssl("-tls1_1", *OLD))
case("version-old-server-openssl", "The client speaks TLS 1.3 only, the server TLS 1.2 only.",
     ALERT, VERSION, lambda: s_openssl("-tls1_2"), lambda: c_openssl("-tls1_3"))
case("version-new-server-openssl", "The server speaks TLS 1.3 only: one client with TLS 1.3 "
     "succeeds, then one with TLS 1.2 fails.", ALERT, VERSION, lambda: s_openssl("-tls1_3"),
     lambda: c_openssl("-tls1_3"), lambda: c_openssl("-tls1_2"), stream=1)
case("version-old-server-gnutls", "The client speaks TLS 1.3 only, the server TLS 1.2 only and "
     "says handshake_failure.", ALERT, VERSION, lambda: s_gnutls(priority=TLS12),
     lambda: c_gnutls(priority=TLS13), also="no_shared_parameters")
case("version-old-server-gnutls-seen", "The server speaks TLS 1.2 only: one client with it "
     "succeeds, then one with TLS 1.3 only gets handshake_failure.", ALERT, VERSION,
     lambda: s_gnutls(priority=TLS12), lambda: c_gnutls(priority=TLS12),
     lambda: c_openssl("-tls1_3"), also="no_shared_parameters", stream=1)
case("version-new-server-gnutls", "The client speaks TLS 1.2 only, the server TLS 1.3 only.",
     ALERT, VERSION, lambda: s_gnutls(priority=TLS13), lambda: c_openssl("-tls1_2"),
     also="no_shared_parameters")
case("version-new-server-java", "The client speaks TLS 1.2 only, the server TLS 1.3 only.",
     ALERT, VERSION, lambda: s_java("protocols=TLSv1.3"), lambda: c_openssl("-tls1_2"))
case("version-old-server-java", "The client speaks TLS 1.3 only, the server TLS 1.2 only.",
     ALERT, VERSION, lambda: s_java("protocols=TLSv1.2"), lambda: c_gnutls(priority=TLS13))
case("version-new-server-node", "The client speaks TLS 1.2 only, the server TLS 1.3 only.",
     ALERT, VERSION, lambda: s_node("minVersion=TLSv1.3"), lambda: c_node("maxVersion=TLSv1.2"))
case("version-new-server-go", "The client speaks TLS 1.2 only, the server TLS 1.3 only.",
     ALERT, VERSION, lambda: s_go("-min", "13"), lambda: c_java("protocols=TLSv1.2"))
case("version-new-server-nginx", "The client speaks TLS 1.2 only, the server TLS 1.3 only.",
     ALERT, VERSION, lambda: s_nginx("ssl_protocols TLSv1.3"),
     lambda: c_curl("--tls-max", "1.2"))
case("version-old-server-nss", "The client speaks TLS 1.3 only, the server TLS 1.2 only.",
     ALERT, VERSION, lambda: s_nss(versions="tls1.2:tls1.2"), lambda: c_openssl("-tls1_3"))
case("version-refused-by-client-openssl", "The server chooses TLS 1.1, its highest, and the "
     "client wants TLS 1.2 and says protocol_version.", ALERT, VERSION,
     lambda: s_openssl("-max_protocol", "TLSv1.1", *OLDER), lambda: c_openssl("-tls1_2"))
case("version-refused-by-client-nss", "The server chooses TLS 1.1, its highest, and the client "
     "wants TLS 1.2.", ALERT, VERSION, lambda: s_openssl("-max_protocol", "TLSv1.1", *OLDER),
     lambda: c_nss(versions="tls1.2:tls1.2"))
case("version-tls11-server-gnutls", "The server speaks TLS 1.1 at most, the client TLS 1.2 at "
     "least.", ALERT, VERSION, lambda: s_openssl("-max_protocol", "TLSv1.1", *OLDER),
     lambda: c_gnutls(priority="NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"))
case("version-tls11-server-go", "The server speaks TLS 1.1 at most, the client TLS 1.2 at least.",
     ALERT, VERSION, lambda: s_openssl("-max_protocol", "TLSv1.1", *OLDER), c_go)
case("version-by-security-level", "The client speaks TLS 1.1, which the server forbids by its "
     "security level only: internal_error.", ALERT, "client_hello_rejected",
     lambda: s_openssl("-min_protocol", "TLSv1"), lambda: c_openssl("-tls1_1", *OLD),
     also=VERSION)

# --- Suites, groups, signature algorithms ------------------------------------

SHARED = "no_shared_parameters"
RSA_ONLY = ("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256")

case("suite-openssl", "TLS 1.2: the client offers suites for RSA certificates only, the server "
     "has an EC key.", ALERT, SHARED, s_openssl, lambda: c_openssl(*RSA_ONLY))
case("suite-openssl-seen", "As suite-openssl after a handshake that succeeded, which shows what "
     "the server chooses.", ALERT, SHARED, s_openssl, lambda: c_openssl("-tls1_2"),
     lambda: c_openssl(*RSA_ONLY), stream=1)
case("suite-gnutls", "TLS 1.2: the client offers one suite that the server does not take.",
     ALERT, SHARED, lambda: s_gnutls(priority=f"{TLS12}:-CIPHER-ALL:+AES-256-GCM"),
     lambda: c_gnutls(priority=f"{TLS12}:-CIPHER-ALL:+CHACHA20-POLY1305"))
case("suite-java", "TLS 1.2: the client offers suites for RSA certificates only, the server "
     "has an EC key.", ALERT, SHARED, s_java, lambda: c_openssl(*RSA_ONLY))
case("suite-node", "TLS 1.2: the client offers AES-128 only, the server wants AES-256.", ALERT,
     SHARED, lambda: s_node("ciphers=ECDHE-ECDSA-AES256-GCM-SHA384"),
     lambda: c_node("ciphers=ECDHE-ECDSA-AES128-GCM-SHA256", "maxVersion=TLSv1.2"))
case("suite-go", "TLS 1.2: the client offers suites for RSA certificates only, the server has "
     "an EC key.", ALERT, SHARED, s_go, lambda: c_openssl(*RSA_ONLY))
case("suite-nginx-seen", "TLS 1.2: after a handshake that succeeded a client offers AES-128 "
     "only, and the server wants AES-256.", ALERT, SHARED,
     lambda: s_nginx("ssl_protocols TLSv1.2", "ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384"),
     c_curl, lambda: c_curl("--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"), stream=1)
case("suite-nss", "TLS 1.2: the client offers suites for RSA certificates only, the server has "
     "an EC key.", ALERT, SHARED, s_nss, lambda: c_openssl(*RSA_ONLY))
case("suite-tls13-openssl", "TLS 1.3: the client offers AES-128 only, the server wants "
     "ChaCha20.", ALERT, SHARED,
     lambda: s_openssl("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"),
     lambda: c_openssl("-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"))
case("group-openssl", "TLS 1.3: the client has X25519 only, the server P-384 only.", ALERT,
     SHARED, lambda: s_openssl("-groups", "P-384"),
     lambda: c_openssl("-tls1_3", "-groups", "X25519"))
case("group-openssl-seen", "TLS 1.3: one client with P-384 succeeds, then one has X25519 only "
     "and the server P-384 only.", ALERT, SHARED, lambda: s_openssl("-groups", "P-384"),
     lambda: c_openssl("-tls1_3", "-groups", "P-384"),
     lambda: c_openssl("-tls1_3", "-groups", "X25519"), stream=1)
case("group-java", "TLS 1.3: the client has X448 only, the server P-384 only and says "
     "unexpected_message.", ALERT, SHARED,
     lambda: s_java(options=("-Djdk.tls.namedGroups=secp384r1",)),
     lambda: c_openssl("-tls1_3", "-groups", "X448"), also="unexpected_message")
case("group-gnutls", "TLS 1.3: the client has X25519 only, the server P-256 only.", ALERT,
     SHARED, lambda: s_gnutls(priority=f"{TLS13}:-GROUP-ALL:+GROUP-SECP256R1"),
     lambda: c_openssl("-tls1_3", "-groups", "X25519"))
case("group-go", "TLS 1.3: the client has P-521 only, the server X25519 only.", ALERT, SHARED,
     lambda: s_go("-group", "29"), lambda: c_openssl("-tls1_3", "-groups", "P-521"))
case("signature-openssl", "TLS 1.3: the client knows RSA signatures only, the server has an EC "
     "key.", ALERT, SHARED, s_openssl,
     lambda: c_openssl("-tls1_3", "-sigalgs", "rsa_pss_rsae_sha256"))
case("signature-gnutls", "TLS 1.3: the client knows RSA signatures only, the server has an EC "
     "key.", ALERT, SHARED, s_gnutls,
     lambda: c_openssl("-tls1_3", "-sigalgs", "rsa_pss_rsae_sha256"))
case("signature-java", "TLS 1.3: the client knows RSA signatures only, the server has an EC "
     "key and says so encrypted behind its ServerHello.", "failed_alert_encrypted_likely",
     "unknown_failure", s_java, lambda: c_openssl("-tls1_3", "-sigalgs", "rsa_pss_rsae_sha256"),
     also=f"{SHARED} client_hello_rejected")

# --- Names of servers and protocols ------------------------------------------

NAME, STRICT = "unknown_server_name", ("-servername", "other.example", "-servername_fatal")


def strict(*options):
    return s_openssl(*STRICT, "-cert2", pem("server.pem"), "-key2", pem("server.key"), *options)


case("name-openssl-tls12", "TLS 1.2: the server knows other.example only and refuses others.",
     ALERT, NAME, strict, lambda: c_openssl("-tls1_2"))
case("name-openssl-tls13", "TLS 1.3: the server knows other.example only and refuses others.",
     ALERT, NAME, strict, lambda: c_python())
case("name-nginx", "nginx with ssl_reject_handshake, as for names it does not know.", ALERT,
     NAME, lambda: s_nginx("ssl_reject_handshake on"), c_curl)
case("name-gnutls", "The server knows other.example only and refuses others.", ALERT, NAME,
     lambda: s_gnutls("--sni-hostname", "other.example", "--sni-hostname-fatal"), c_gnutls)
case("name-java", "The server knows other.example only.", ALERT, NAME,
     lambda: s_java("name=other.example"), c_node)
case("name-nss", "The server knows other.example only.", ALERT, NAME,
     lambda: s_nss("-a", "other.example"), c_openssl)
case("name-node-closes", "The server's SNI callback fails, and Node closes without an alert.",
     "closed_by_server", "reset_after_client_hello", lambda: s_node("sni=fail"), c_openssl)

PROTOCOL = "no_shared_alpn"

case("alpn-openssl-tls12", "TLS 1.2: the client offers http/1.1, the server h2 only.", ALERT,
     PROTOCOL, lambda: s_openssl("-alpn", "h2"), lambda: c_openssl("-tls1_2", "-alpn", "http/1.1"))
case("alpn-openssl-tls13", "TLS 1.3: the client offers http/1.1, the server h2 only.", ALERT,
     PROTOCOL, lambda: s_openssl("-alpn", "h2"), lambda: c_gnutls("--alpn", "http/1.1"))
case("alpn-gnutls", "The client offers http/1.1, the server h2 only, as a must.", ALERT,
     PROTOCOL, lambda: s_gnutls("--alpn", "h2", "--alpn-fatal"),
     lambda: c_openssl("-alpn", "http/1.1"))
case("alpn-node", "The client offers http/1.1, the server h2 only.", ALERT, PROTOCOL,
     lambda: s_node("ALPNProtocols=h2"), lambda: c_node("ALPNProtocols=http/1.1"))
case("alpn-java-tls12", "TLS 1.2: the client offers http/1.1, the server h2 only.", ALERT,
     PROTOCOL, lambda: s_java("alpn=h2", "protocols=TLSv1.2"),
     lambda: c_openssl("-alpn", "http/1.1"))
case("alpn-java-tls13", "TLS 1.3: the client offers http/1.1, the server h2 only.", ALERT,
     PROTOCOL, lambda: s_java("alpn=h2"), lambda: c_openssl("-tls1_3", "-alpn", "http/1.1"))
case("alpn-go-tls12", "TLS 1.2: the client offers pop3, the server imap only.", ALERT, PROTOCOL,
     lambda: s_go("-alpn", "imap", "-max", "12"), lambda: c_openssl("-alpn", "pop3"))
case("alpn-go-tls13", "TLS 1.3: the client offers pop3, the server imap only, and says so "
     "encrypted behind its ServerHello.", "failed_alert_encrypted_likely", "unknown_failure",
     lambda: s_go("-alpn", "imap"), lambda: c_openssl("-tls1_3", "-alpn", "pop3"),
     also=f"{PROTOCOL} client_hello_rejected")

# --- Fallback, and hellos that servers do not like ---------------------------

FALLBACK = "inappropriate_fallback"

case("fallback-openssl", "The client sends FALLBACK_SCSV with TLS 1.2, and the server has 1.3.",
     ALERT, FALLBACK, s_openssl, lambda: c_openssl("-tls1_2", "-fallback_scsv"))
case("fallback-nginx", "The client sends FALLBACK_SCSV with TLS 1.2, and the server has 1.3.",
     ALERT, FALLBACK, lambda: s_nginx("ssl_protocols TLSv1.2 TLSv1.3"),
     lambda: c_gnutls(priority=f"{TLS12}:%FALLBACK_SCSV"))
case("fallback-go", "The client sends FALLBACK_SCSV with TLS 1.2, and the server has 1.3.",
     ALERT, FALLBACK, s_go, lambda: c_openssl("-tls1_2", "-fallback_scsv"))
case("fallback-gnutls", "The client sends FALLBACK_SCSV with TLS 1.2, and the server has 1.3.",
     ALERT, FALLBACK, s_gnutls, lambda: c_openssl("-tls1_2", "-fallback_scsv"))

REJECTED = "client_hello_rejected"


def hello(extensions=None, **more) -> bytes:
    return built.handshake_record(built.client_hello(extensions, **more), version=built.TLS10)


def without(kind: int) -> bytes:
    """A hello for TLS 1.3 alone, without an extension."""
    items = [one for one in built.client_extensions(True) if one[:2] != built.words(kind)]
    versions = built.extension(43, built.vector(8, built.words(built.TLS13)))
    items = [versions if one[:2] == b"\0\x2b" else one for one in items]
    return hello(items, tls13=True)


SHORT = hello([built.extension(10, b"\0\x08\0\x1d")])  # says 8 bytes, has 2
TWICE = hello([*built.client_extensions(True), built.server_name()], tls13=True)
PRESSED = hello(tls13=True, compression=b"\x01\x00")

for _name, _serve in (("openssl", s_openssl), ("gnutls", s_gnutls), ("go", s_go)):
    case(f"hello-malformed-{_name}", "A ClientHello whose supported_groups is longer than its "
         "extension.", ALERT, REJECTED, _serve, lambda: raw(SHORT))
case("hello-extension-twice", "A ClientHello with server_name twice.", ALERT, REJECTED,
     s_openssl, lambda: raw(TWICE))
case("hello-compression", "A ClientHello for TLS 1.3 that offers compression.", ALERT, REJECTED,
     s_openssl, lambda: raw(PRESSED))
case("hello-no-groups-openssl", "A ClientHello for TLS 1.3 with a key share and without "
     "supported_groups.", ALERT, REJECTED, s_openssl, lambda: raw(without(10)))
case("hello-no-groups-gnutls", "A ClientHello for TLS 1.3 with a key share and without "
     "supported_groups.", ALERT, REJECTED, s_gnutls, lambda: raw(without(10)),
     also="no_shared_parameters")
case("hello-no-signatures-nss", "A ClientHello for TLS 1.3 without signature_algorithms.", ALERT,
     REJECTED, s_nss, lambda: raw(without(13)), also="no_shared_parameters")

# --- No TLS on the other side ------------------------------------------------

GET = b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n"


def once(answer, first=b""):
    """A plain server that says ``first`` at once and ``answer`` after what it hears."""

    def talk(connection):
        connection.sendall(first)
        if connection.recv(4096) and answer is not None:
            connection.sendall(answer)
        time.sleep(0.3)

    return lambda: s_plain(talk)


for _name, _serve in (
    ("openssl", s_openssl), ("gnutls", s_gnutls), ("nginx", s_nginx), ("node", s_node),
    ("java", s_java), ("go", s_go), ("nss", s_nss),
):
    case(f"http-to-{_name}", "A request in plain HTTP to a port of TLS.", "plaintext_peer",
         "plaintext_client", _serve, lambda: raw(GET, wait=1))

SPEAKS, PLAIN = "plaintext_server", "plaintext_peer"
HTTP = lambda: s_nginx(listen="443")  # noqa: E731
SMTP = once(b"500 5.5.1 Command unrecognized\r\n", b"220 server.example ESMTP\r\n")

for _name, _client in (
    ("openssl", c_openssl), ("gnutls", c_gnutls), ("curl", c_curl), ("java", c_java),
    ("node", c_node), ("nss", c_nss), ("go", c_go),
):
    case(f"{_name}-to-http", "TLS to nginx with plain HTTP on port 443.", PLAIN, SPEAKS, HTTP,
         _client)
case("openssl-to-smtp", "TLS to a server that greets as SMTP does.", PLAIN, SPEAKS, SMTP,
     c_openssl)
case("curl-to-smtp", "TLS to a server that greets as SMTP does.", PLAIN, SPEAKS, SMTP, c_curl)
case("go-to-ssh", "TLS to a server that greets as SSH does.", PLAIN, SPEAKS,
     once(None, b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), c_go)

# --- No answer, and the end instead of one -----------------------------------

def deaf(connection):
    """Never answer."""
    while connection.recv(4096):
        pass


def resets(connection):
    connection.recv(4096)
    reset(connection)


def closes(connection):
    connection.recv(4096)


for _name, _client in (
    ("openssl", lambda: c_openssl(before=("timeout", "4"))),
    ("curl", lambda: c_curl("--max-time", "3")),
    ("go", lambda: c_go("-wait", "3")),
    ("gnutls", lambda: c_gnutls(before=("timeout", "4"))),
):
    case(f"silent-{_name}", "The server accepts and never answers; the client gives up.",
         "no_response", "no_server_answer", lambda: s_plain(deaf), _client)
for _name, _client in (
    ("openssl", c_openssl), ("curl", c_curl), ("java", c_java), ("node", c_node),
):
    case(f"reset-{_name}", "The server resets the connection when it has the ClientHello.",
         "reset_by_server", "reset_after_client_hello", lambda: s_plain(resets), _client)
for _name, _client in (("openssl", c_openssl), ("gnutls", c_gnutls), ("nss", c_nss),
                       ("go", c_go), ("java", c_java)):
    case(f"closes-{_name}", "The server closes the connection when it has the ClientHello.",
         "closed_by_server", "reset_after_client_hello", lambda: s_plain(closes), _client)

case("tired-of-waiting-nginx", "The server closes because no ClientHello comes within a second; "
     "then it comes.", "reset_by_server", "reset_after_client_hello",
     lambda: s_nginx("client_header_timeout 1s"),
     lambda: raw(b"", hello(built.client_extensions(True), tls13=True), wait=2))

# --- Refused at the ServerHello ----------------------------------------------

UNSAFE = f"{TLS12}:%DISABLE_SAFE_RENEGOTIATION"

for _name, _client in (("openssl", c_openssl), ("curl", c_curl), ("python", c_python),
                       ("gnutls", lambda: c_gnutls(priority="NORMAL:%SAFE_RENEGOTIATION"))):
    case(f"unsafe-renegotiation-{_name}", "TLS 1.2: the server knows nothing of secure "
         "renegotiation, and the client insists on it.", ALERT, "no_secure_renegotiation",
         lambda: s_gnutls(priority=UNSAFE), _client)


def hide_tls13(who, number, record):
    """Give the client's supported_versions a type that nobody knows."""
    if who == "C" and number == 0:
        at = record.index(b"\x00\x2b\x00", 80)
        while record[at + 3 : at + 4] not in (b"\x03", b"\x05", b"\x07", b"\x09"):
            at = record.index(b"\x00\x2b\x00", at + 1)
        record = record[:at] + b"\x5a\x2b" + record[at + 2 :]
    return record


for _name, _client in (("openssl", c_openssl), ("gnutls", c_gnutls), ("go", c_go),
                       ("java", c_java), ("nss", c_nss), ("curl", c_curl)):
    @recorded(f"downgrade-{_name}", "A relay takes TLS 1.3 out of the ClientHello; the server's "
              "random says so, and the client stops.", ALERT, "downgrade_detected")
    def _(later, client=_client):
        with s_openssl(port=444), relay(hide_tls13):
            client()


def lose_hello(who, number, record):
    """End the connection when the second ClientHello comes."""
    again = who == "C" and record[0] == 22 and number > 0
    return None if again else record


@recorded("retry-then-closed", "TLS 1.3: after HelloRetryRequest a relay loses the second "
          "ClientHello and closes.", "closed_by_server", "reset_after_client_hello",
          also="unknown_failure")
def _(later):
    with s_openssl("-groups", "P-256", port=444), relay(lose_hello):
        c_openssl("-groups", "X25519:P-256")



def drop_hello(who, number, record):
    """Take away the second ClientHello, and all that the client sends behind it."""
    return b"" if who == "C" and number > 0 else record


@recorded("retry-then-silent", "TLS 1.3: after HelloRetryRequest a relay loses the second "
          "ClientHello; the client gives up.", "no_response", "no_server_answer")
def _(later):
    with s_openssl("-groups", "P-256", port=444), relay(drop_hello):
        c_openssl("-groups", "X25519:P-256", before=("timeout", "4"))


case("retry-client-gone", "TLS 1.3: after HelloRetryRequest the client closes.",
     "closed_by_client", "unknown_failure", lambda: s_openssl("-groups", "P-384"),
     lambda: raw(hello([one for one in built.client_extensions(True) if one[:2] != b"\0\x0a"]
                       + [built.extension(10, built.vector(16, built.words(29, 24)))],
                       tls13=True)))
