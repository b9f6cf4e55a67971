# SPDX-License-Identifier: GPL-2.0-or-later
"""Real handshakes of which nothing is wrong, and captures that do not show what became of one."""

import threading
import time

import capfile
from real_messages import ocsp_response
from stacks import GET, scratch, server
from truth_certificates import CLIENTS, NAMES, dh
from truth_hello import OLD, TLS12, TLS13, deaf
from truth_keys import AGAIN, PSK, SERVERS, with_certificate
from truth_registry import case, recorded, uses
from truth_stacks import (
    c_curl, c_gnutls, c_go, c_java, c_node, c_nss, c_openssl, c_python, pem, reset, s_gnutls, s_go,
    s_java, s_nginx, s_node, s_nss, s_openssl, s_plain, s_python,
)

FULL, HIDDEN, RESUMED = "established", "established_inferred", "established_resumed"
BY_VERSION = (FULL, HIDDEN)

# --- Each stack with itself and with another ---------------------------------

ALL = {"openssl": s_openssl, "gnutls": s_gnutls, "nss": s_nss, "java": s_java, "node": s_node,
       "go": s_go, "nginx": lambda: s_nginx("ssl_protocols TLSv1.2 TLSv1.3"), "python": s_python}

for _client, _server, *_versions in (
    ("openssl", "openssl", 0, 1), ("gnutls", "gnutls", 0, 1), ("nss", "nss", 0, 1),
    ("java", "java", 0, 1), ("node", "node", 0, 1), ("go", "go", 0, 1), ("curl", "nginx", 0, 1),
    ("python", "python", 0, 1), ("go", "nginx", 0), ("java", "node", 1), ("node", "java", 0),
    ("gnutls", "java", 1), ("java", "gnutls", 0, 1), ("python", "nss", 0), ("nss", "openssl", 1),
    ("openssl", "nss", 1), ("nss", "go", 0), ("node", "gnutls", 1), ("curl", "go", 1),
    ("gnutls", "go", 0), ("openssl", "java", 1), ("java", "nginx", 0),
):
    for _which in _versions:
        case(f"ok-{_client}-{_server}-tls1{_which + 2}", f"{NAMES[_which]}, one request.",
             BY_VERSION[_which], "", ALL[_server], CLIENTS[_client][_which])
for _option, _text in (("-tls1", "TLS 1.0"), ("-tls1_1", "TLS 1.1")):
    case(f"ok-openssl{_option.replace('_', '')}", f"{_text}, one request.", FULL, "",
         lambda: s_openssl("-min_protocol", "TLSv1", *OLD),
         lambda option=_option: c_openssl(option, *OLD))
case("ok-nss-ssl30", "SSL 3.0, one request.", FULL, "",
     lambda: s_nss(name="rsa", versions="ssl3:ssl3"), lambda: c_nss(versions="ssl3:ssl3"))
case("ok-rsa-exchange", "TLS 1.2 with RSA key exchange.", FULL, "", lambda: s_openssl(name="rsa"),
     lambda: c_openssl("-tls1_2", "-cipher", "AES128-SHA256"))
case("ok-dhe", "TLS 1.2 with Diffie-Hellman of 2048 bits.", FULL, "", lambda: s_openssl(
    "-cipher", "DHE-RSA-AES128-GCM-SHA256", name="rsa"), lambda: c_openssl("-tls1_2"))
case("ok-cbc", "TLS 1.2 with CBC and SHA-1.", FULL, "", s_openssl,
     lambda: c_openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"))
case("ok-null", "TLS 1.2 with a suite that does not encrypt.", FULL, "",
     lambda: s_openssl("-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"),
     lambda: c_openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"))
case("ok-ccm8-tls13", "TLS 1.3 with CCM_8, whose records are shorter.", HIDDEN, "",
     lambda: s_openssl("-ciphersuites", "TLS_AES_128_CCM_8_SHA256"),
     lambda: c_openssl("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_8_SHA256"))

# --- Resumption --------------------------------------------------------------


def twice(*options: str) -> None:
    session = str(scratch("truth-session"))
    c_openssl(*options, "-sess_out", session)
    c_openssl(*options, "-sess_in", session)


RESUMED13 = f"{RESUMED} {HIDDEN}"
AGAIN_TEXT = "the second connection resumes the first"

for _name, _outcome, _serve, _client, _text in (
    ("id-openssl", RESUMED, lambda: s_openssl("-no_ticket"),
     lambda: twice("-tls1_2", "-no_ticket"), "TLS 1.2 by session id"),
    ("ticket-openssl", RESUMED, s_openssl, lambda: twice("-tls1_2"), "TLS 1.2 by ticket"),
    ("psk-openssl", RESUMED13, s_openssl, lambda: twice("-tls1_3"), "TLS 1.3"),
    ("ticket-gnutls", RESUMED, lambda: s_gnutls(priority=TLS12),
     lambda: c_gnutls("--resume", priority=TLS12), "TLS 1.2 by ticket"),
    ("psk-gnutls", RESUMED13, s_gnutls,
     lambda: c_gnutls("--resume", priority=TLS13), "TLS 1.3"),
    ("ticket-go", RESUMED, s_go, lambda: c_go("-times", "2", "-max", "12"), "TLS 1.2 by ticket"),
    ("psk-go", RESUMED13, s_go, lambda: c_go("-times", "2"), "TLS 1.3"),
    ("ticket-node", RESUMED, s_node, lambda: c_node("times=2", "maxVersion=TLSv1.2"),
     "TLS 1.2 by ticket"),
    ("psk-node", RESUMED13, s_node, lambda: c_node("times=2"), "TLS 1.3"),
    ("id-java", RESUMED, lambda: s_java("times=2"),
     lambda: c_java("times=2", "protocols=TLSv1.2",
                    options=("-Djdk.tls.client.enableSessionTicketExtension=false",)),
     "TLS 1.2 by session id"),
    ("ticket-java", RESUMED, lambda: s_java("times=2"),
     lambda: c_java("times=2", "protocols=TLSv1.2"), "TLS 1.2 by ticket"),
    ("psk-java", RESUMED13, lambda: s_java("times=2"), lambda: c_java("times=2"), "TLS 1.3"),
    ("psk-nginx", RESUMED13, ALL["nginx"], lambda: twice("-tls1_3"), "TLS 1.3"),
):
    case(f"ok-resumed-{_name}", f"{_text}: {AGAIN_TEXT}.", _outcome, "", _serve, _client, stream=1)


@recorded("ok-ticket-not-taken", "TLS 1.2: the client offers a ticket that the server, started "
          "anew, cannot read; a full handshake follows.", FULL, stream=1)
def _(later):
    session = str(scratch("truth-session"))
    with s_openssl():
        c_openssl("-tls1_2", "-sess_out", session)
    with s_openssl():
        c_openssl("-tls1_2", "-sess_in", session)


@recorded("ok-early-data", "TLS 1.3: the second connection sends early data.", RESUMED13,
          stream=1)
def _(later):
    session, early = str(scratch("truth-session")), scratch("truth-early")
    early.write_bytes(GET[:-2])
    uses("OpenSSL {openssl} s_server")
    with server(443, "openssl", "s_server", "-accept", "443", "-early_data", "-no_anti_replay",
                "-cert", pem("server.pem"), "-key", pem("server.key")):
        for more in (("-sess_out", session), ("-sess_in", session, "-early_data", str(early))):
            c_openssl("-tls1_3", *more, eof=False, say=b"Hello.\n", end=b"Q\n")


case("ok-psk-tls12", "TLS 1.2 with a pre-shared key and no certificate.", FULL, "",
     lambda: s_openssl("-psk", PSK, "-nocert", "-tls1_2", "-cipher", "PSK"),
     lambda: c_openssl("-tls1_2", "-psk", PSK, "-cipher", "PSK"))
case("ok-psk-tls13", "TLS 1.3 with a pre-shared key and no certificate.", RESUMED13, "",
     lambda: s_openssl("-psk", PSK, "-nocert", "-tls1_3"), lambda: c_openssl(
         "-tls1_3", "-psk", PSK, "-ciphersuites", "TLS_AES_128_GCM_SHA256"))
for _name, _serve, _client in (
    ("openssl", lambda: s_openssl("-groups", "P-256"),
     lambda: c_openssl("-tls1_3", "-groups", "X25519:P-256")),
    ("go", lambda: s_go("-group", "24"), CLIENTS["java"][1]),
    ("gnutls", lambda: s_gnutls(priority=f"{TLS13}:-GROUP-ALL:+GROUP-SECP521R1"), c_gnutls),
):
    case(f"ok-retry-{_name}", "TLS 1.3 with HelloRetryRequest: the server wants another group.",
         HIDDEN, "", _serve, _client)

# --- Client certificates -----------------------------------------------------

for _name, _client, _which in (
    ("openssl", with_certificate("client"), 0), ("openssl", with_certificate("client"), 1),
    ("gnutls", lambda: c_gnutls("--x509certfile", pem("client.pem"), "--x509keyfile",
                                pem("client.key")), 0),
    ("gnutls", with_certificate("client"), 1),
    ("java", lambda: c_java(name="client"), 0), ("java", lambda: c_java(name="client"), 1),
    ("go", lambda: c_go(name="client"), 0), ("go", lambda: c_go(name="client"), 1),
    ("node", lambda: c_node(name="client"), 0), ("node", lambda: c_node(name="client"), 1),
    ("nss", lambda: c_nss("-n", "client"), 1),
):
    case(f"ok-client-certificate-{_name}-tls1{_which + 2}", f"{NAMES[_which]}: the server "
         "requires a client certificate and takes the client's.", BY_VERSION[_which], "",
         SERVERS[_name][_which], _client)
OPTIONAL = "the server asks for a client certificate, the client has none, and all is well"
for _which in (0, 1):
    case(f"ok-client-without-openssl-tls1{_which + 2}", f"{NAMES[_which]}: {OPTIONAL}.",
         BY_VERSION[_which], "", lambda: s_openssl("-verify", "2", "-CAfile", pem("ca.pem")),
         CLIENTS["openssl"][_which])
    case(f"ok-client-without-nginx-tls1{_which + 2}", f"{NAMES[_which]}: {OPTIONAL} for TLS; nginx "
         "answers 400 inside of it.", BY_VERSION[_which], "", lambda: s_nginx(
             "ssl_protocols TLSv1.2 TLSv1.3", "ssl_verify_client on",
             f"ssl_client_certificate {pem('ca.pem')}"), CLIENTS["curl"][_which])
    case(f"ok-client-without-java-tls1{_which + 2}", f"{NAMES[_which]}: {OPTIONAL}.",
         BY_VERSION[_which], "", lambda: s_java("want=1"), CLIENTS["java"][_which])
case("ok-client-expired-optional", "TLS 1.2: an expired client certificate, which the server "
     "asks for and does not mind.", FULL, "",
     lambda: s_openssl("-tls1_2", "-verify", "2", "-CAfile", pem("ca.pem")),
     with_certificate("client-expired"))

# --- What looks suspicious and is not ----------------------------------------

case("ok-expired-and-taken", "TLS 1.2: an expired certificate that the client takes.", FULL, "",
     lambda: s_openssl("-tls1_2", name="expired"), lambda: c_curl("--insecure"))
case("ok-misnamed-and-taken", "TLS 1.3: a certificate for another name that the client takes.",
     HIDDEN, "", lambda: s_openssl(name="other"), lambda: c_node("rejectUnauthorized=false"))
case("ok-self-signed-and-taken", "TLS 1.2: a self-signed certificate that the client takes.",
     FULL, "", lambda: s_openssl("-tls1_2", name="self"), lambda: c_curl("--insecure"))
case("ok-name-warning", "TLS 1.2: the server warns that it does not know the name, and both go "
     "on.", FULL, "", lambda: s_openssl("-servername", "other.example", "-cert2",
                                        pem("server.pem"), "-key2", pem("server.key")),
     lambda: c_openssl("-tls1_2"))
case("ok-fallback-scsv", "TLS 1.2 with FALLBACK_SCSV to a server that has nothing better.", FULL,
     "", lambda: s_openssl("-tls1_2"), lambda: c_openssl("-tls1_2", "-fallback_scsv"))
case("ok-alpn-none-chosen", "The client offers http/1.1 and the server, of h2 only, chooses none "
     "and goes on.", HIDDEN, "", lambda: s_gnutls("--alpn", "h2"),
     lambda: c_openssl("-tls1_3", "-alpn", "http/1.1"))
case("ok-alpn-http1-go", "TLS 1.3: the client offers http/1.1, the server h2 only; Go lets that "
     "pass.", HIDDEN, "", lambda: s_go("-alpn", "h2"), lambda: c_openssl("-alpn", "http/1.1"))
case("ok-http2", "TLS 1.3 and HTTP/2.", HIDDEN, "", lambda: s_nginx(
    "ssl_protocols TLSv1.3", listen="443 ssl http2"), lambda: c_curl("--http2"))
case("ok-http2-tls12", "TLS 1.2 and HTTP/2.", FULL, "", lambda: s_nginx(
    "ssl_protocols TLSv1.2", listen="443 ssl http2"), lambda: c_curl("--http2"))
case("ok-staple", "TLS 1.2 with a stapled OCSP response.", FULL, "",
     lambda: s_openssl("-status_file", ocsp_response()), lambda: c_openssl("-tls1_2", "-status"))
case("ok-weak-dh-taken", "TLS 1.2 with Diffie-Hellman of 1024 bits, which the client takes.", FULL,
     "", lambda: s_openssl("-dhparam", dh(1024), "-cipher",
                           "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", name="rsa"),
     lambda: c_openssl("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"))


case("ok-renegotiation-openssl", "TLS 1.2: the client renegotiates.", FULL, "",
     lambda: s_openssl("-client_renegotiation"), lambda: c_openssl(
         "-tls1_2", **{**AGAIN, "say": (b"R\n", GET)}))
case("ok-renegotiation-gnutls", "TLS 1.2: the client renegotiates.", FULL, "",
     lambda: s_gnutls(priority=TLS12), lambda: c_gnutls("--rehandshake", priority=TLS12))

# --- Ends --------------------------------------------------------------------

case("ok-killed-tls13", "TLS 1.3: the client is killed while it does nothing, so there is no "
     "close_notify.", HIDDEN, "", s_openssl,
     lambda: c_openssl("-tls1_3", before=("timeout", "-s", "KILL", "1.5"), say=()))
case("ok-killed-tls12", "TLS 1.2: the client is killed while it does nothing, so there is no "
     "close_notify.", FULL, "", s_openssl,
     lambda: c_openssl("-tls1_2", before=("timeout", "-s", "KILL", "1.5"), say=()))
case("ok-reset-tls13", "TLS 1.3: the client resets after the answer.", HIDDEN, "", s_openssl,
     lambda: c_python(end=lambda s: (s.sendall(GET), s.recv(4096), reset(s))))
case("ok-left-at-once-tls13", "TLS 1.3: the client closes right after the handshake.", HIDDEN, "",
     lambda: s_nginx("ssl_protocols TLSv1.3"), lambda: c_python(end=lambda s: None))
case("ok-left-at-once-tls12", "TLS 1.2: the client closes right after the handshake.", FULL, "",
     lambda: s_nginx("ssl_protocols TLSv1.2"), lambda: c_python(end=lambda s: None))
case("ok-left-with-notify", "TLS 1.3: the client says close_notify right after the handshake.",
     HIDDEN, "", s_go, lambda: c_openssl("-tls1_3", eof=False, say=(), end=b"Q\n"))


def opened(*options: str):
    """A connection that stays open until the recording is over."""

    def run(later, serve):
        later.enter_context(serve())
        uses("OpenSSL {openssl} s_client")
        threading.Thread(target=c_openssl, args=options, kwargs={
            "before": ("timeout", "4"), "say": ()}).start()
        later.callback(time.sleep, 3)
        time.sleep(1)

    return run


for _option, _outcome in (("-tls1_2", FULL), ("-tls1_3", HIDDEN)):
    @recorded(f"ok-open{_option.replace('_', '')}", "The connection is open and idle when the "
              "capture ends.", _outcome)
    def _(later, option=_option):
        opened(option)(later, s_openssl)


@recorded("ends-in-handshake", "The capture ends while the server has not answered yet.",
          "in_progress")
def _(later):
    opened()(later, lambda: s_plain(deaf))


def one_side(packets):
    """What the client sends."""
    return [p for p in packets if p.data[36:38] == (443).to_bytes(2, "big")]


for _which in (0, 1):
    case(f"one-side-tls1{_which + 2}", f"{NAMES[_which]}, one request; the capture has only what "
         "the client sends.", "one_sided", "", s_openssl, CLIENTS["openssl"][_which],
         change=one_side)
case("one-side-failed", "TLS 1.2: the client does not trust the server; the capture has only "
     "what the server sends.", "one_sided", "", s_openssl,
     lambda: CLIENTS["openssl"][0](ca="stranger-ca"),
     change=lambda packets: [p for p in packets if p not in one_side(packets)])
case("begins-late", "TLS 1.2, one request; the capture begins after the server's flight.",
     "incomplete_capture established", "", s_openssl, CLIENTS["openssl"][0],
     change=lambda packets: packets[next(
         n for n, p in enumerate(packets) if capfile.tcp_payload(p)[5:6] == b"\x10"):])
