# SPDX-License-Identifier: GPL-2.0-or-later
"""Real handshakes that fail after the client's flight: client certificates, keys that differ,
renegotiation, and messages out of their place."""

import ssl

import built
from real_messages import type_later
from stacks import scratch, server
from truth_certificates import CLIENTS, EITHER, HIDDEN, NAMES
from truth_hello import ALERT, TLS12, TLS13, hello
from truth_registry import case, recorded, uses
from truth_stacks import (
    c_curl, c_gnutls, c_go, c_java, c_nss, c_openssl, flip, pem, raw, relay, s_gnutls, s_go,
    s_java, s_nginx, s_node, s_nss, s_openssl, s_python,
)

MISSING, REFUSED = "client_certificate_missing", "client_certificate_rejected"
SHUT = "closed_by_server reset_by_server"


def required(context):
    context.verify_mode = ssl.CERT_REQUIRED


# Servers that want a client's certificate, for TLS 1.2 and for TLS 1.3.
SERVERS = {
    "openssl": tuple(lambda option=option: s_openssl(
        option, "-Verify", "2", "-verify_return_error", "-CAfile", pem("ca.pem"))
        for option in ("-tls1_2", "-tls1_3")),
    "gnutls": tuple(lambda priority=priority: s_gnutls(
        "--require-client-cert", "--verify-client-cert", "--x509cafile", pem("ca.pem"),
        priority=priority, wants=True) for priority in (TLS12, TLS13)),
    "java": tuple(lambda protocol=protocol: s_java("need=1", f"protocols={protocol}")
                  for protocol in ("TLSv1.2", "TLSv1.3")),
    "go": tuple(lambda version=version: s_go("-auth", "4", "-min", version, "-max", version)
                for version in ("12", "13")),
    "node": tuple(lambda version=version: s_node(
        "requestCert=true", f"minVersion={version}", f"maxVersion={version}")
        for version in ("TLSv1.2", "TLSv1.3")),
    "nss": tuple(lambda version=version: s_nss("-r", "-r", versions=f"{version}:{version}")
                 for version in ("tls1.2", "tls1.3")),
}


def with_certificate(name: str):
    """openssl s_client with that certificate."""
    return lambda: c_openssl("-cert", pem(f"{name}.pem"), "-key", pem(f"{name}.key"))


for _name, _both in SERVERS.items():
    for _which in (0, 1):
        _outcome = (f"{ALERT} {SHUT}", f"{HIDDEN} {SHUT}")[_which]
        case(f"client-missing-{_name}-tls1{_which + 2}", f"{NAMES[_which]}: the server requires "
             "a client certificate, and the client has none.", _outcome, MISSING, _both[_which],
             c_openssl)
        case(f"client-untrusted-{_name}-tls1{_which + 2}", f"{NAMES[_which]}: the server does not "
             "know the CA of the client's certificate.", _outcome, REFUSED, _both[_which],
             with_certificate("stranger"), also="unknown_failure" if _name == "node" else "")
for _name in ("openssl", "go"):
    for _which in (0, 1):
        case(f"client-expired-{_name}-tls1{_which + 2}", f"{NAMES[_which]}: the client's "
             "certificate has expired.", (ALERT, HIDDEN)[_which], REFUSED, SERVERS[_name][_which],
             with_certificate("client-expired"))
case("client-usage-openssl", "TLS 1.2: the client's certificate is for servers only.", ALERT,
     REFUSED, SERVERS["openssl"][0], with_certificate("server"))
case("client-missing-java-java-tls13", "TLS 1.3: the server requires a client certificate; the "
     "Java client has none, and pads its records.", HIDDEN, MISSING, SERVERS["java"][1], c_java)
case("client-missing-gnutls-gnutls-tls13", "TLS 1.3: the server requires a client certificate, "
     "and the client has none.", HIDDEN, MISSING, SERVERS["gnutls"][1], c_gnutls)
case("client-missing-go-go-tls13", "TLS 1.3: the server requires a client certificate, and the "
     "client has none.", HIDDEN, MISSING, SERVERS["go"][1], c_go)
case("client-missing-curl-python", "TLS 1.2: the server requires a client certificate, and curl "
     "has none.", ALERT, MISSING, lambda: s_python(required), lambda: c_curl("--tls-max", "1.2"))
case("client-missing-nss-go", "TLS 1.2: the server requires a client certificate, and the "
     "client has none.", ALERT, MISSING, SERVERS["go"][0], lambda: c_nss("-n", "nobody"))

# --- Keys that differ --------------------------------------------------------

DIFFER = "keys_differ"
PSK, WRONG = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"


def spoil_finished(who, number, record):
    """Turn a bit in the client's Finished."""
    return flip(record, -1) if who == "C" and number and record[0] == 22 and record[5] != 16 \
        else record


def spoil_random(who, number, record):
    """Turn a bit in the client's random."""
    return flip(record, 20) if who == "C" and number == 0 else record


def spoil_premaster(who, number, record):
    return flip(record, -1) if who == "C" and record[5] == 16 else record


for _name, _client in (("openssl", CLIENTS["openssl"][0]), ("gnutls", CLIENTS["gnutls"][0])):
    @recorded(f"finished-altered-{_name}", "TLS 1.2: the client's Finished is altered on its way "
              "to the server.", ALERT, DIFFER)
    def _(later, client=_client):
        with s_openssl(port=444), relay(spoil_finished):
            client()


@recorded("premaster-altered", "TLS 1.2 with RSA key exchange: the encrypted secret is altered, "
          "as with the wrong key of the server.", ALERT, DIFFER)
def _(later):
    with s_openssl("-cipher", "AES128-SHA256", port=444, name="rsa"), relay(spoil_premaster):
        c_openssl("-tls1_2", "-cipher", "AES128-SHA256")


@recorded("random-altered-rsa", "TLS 1.2 with RSA key exchange: the client's random is altered, "
          "so that the keys differ.", ALERT, DIFFER)
def _(later):
    with s_openssl("-cipher", "AES128-SHA256", port=444, name="rsa"), relay(spoil_random):
        c_openssl("-tls1_2", "-cipher", "AES128-SHA256")


@recorded("finished-altered-tls13", "TLS 1.3: the client's Finished is altered; the server sends "
          "an alert that looks like a close_notify.", f"{HIDDEN} {SHUT} established_inferred",
          "unknown_failure", also=f"{DIFFER} -")
def _(later):
    def spoil(who, number, record):
        return flip(record, -1) if who == "C" and record[0] == 23 and len(record) < 90 else record

    with s_openssl("-tls1_3", port=444), relay(spoil):
        c_openssl()


case("psk-differs-tls12", "TLS 1.2 with a pre-shared key, of which the two sides have another.",
     ALERT, DIFFER, lambda: s_openssl("-psk", PSK, "-nocert", "-cipher", "PSK", "-tls1_2"),
     lambda: c_openssl("-tls1_2", "-psk", WRONG, "-cipher", "PSK"))
case("psk-differs-tls13", "TLS 1.3 with a pre-shared key, of which the two sides have another: "
     "the binder of the ClientHello does not verify.", ALERT, "client_hello_rejected",
     lambda: s_openssl("-psk", PSK, "-nocert", "-tls1_3"),
     lambda: c_openssl("-tls1_3", "-psk", WRONG, "-ciphersuites", "TLS_AES_128_GCM_SHA256"),
     also=DIFFER)
case("psk-unknown-gnutls", "TLS 1.2 with a pre-shared key: the server does not know the name "
     "of the client and goes on with a key of its own.", ALERT, DIFFER, lambda: psk_gnutls(),
     lambda: c_openssl("-tls1_2", "-psk", PSK, "-psk_identity", "nobody", "-cipher", "PSK"))


def psk_gnutls():
    keys = scratch("truth-psk")
    keys.write_text(f"sample:{PSK}\n")
    return s_gnutls("--pskpasswd", str(keys), priority=f"{TLS12}:-KX-ALL:+PSK:+DHE-PSK")


# --- Renegotiation -----------------------------------------------------------

NOT_AGAIN, THEN = "renegotiation_refused", f"established {ALERT} {HIDDEN} {EITHER} {SHUT}"
AGAIN = {"say": (b"R\n",), "end": b"Q\n", "pause": 1.2, "eof": False}

case("renegotiation-openssl", "TLS 1.2: the client renegotiates, and the server does not allow "
     "it.", THEN, NOT_AGAIN, s_openssl, lambda: c_openssl("-tls1_2", **AGAIN))
case("renegotiation-nginx", "TLS 1.2: the client renegotiates, and nginx does not allow it.",
     THEN, NOT_AGAIN, s_nginx, lambda: c_openssl("-tls1_2", **AGAIN))
case("renegotiation-go", "TLS 1.2: the client renegotiates, and Go does not allow it.", THEN,
     NOT_AGAIN, s_go, lambda: c_openssl("-tls1_2", **AGAIN))
case("renegotiation-gnutls-client", "TLS 1.2: gnutls-cli --rehandshake, and OpenSSL does not "
     "allow it.", THEN, NOT_AGAIN, s_openssl, lambda: c_gnutls("--rehandshake", priority=TLS12))
case("renegotiation-null", "TLS 1.2 with a suite that does not encrypt: the client renegotiates, "
     "and the server's alert no_renegotiation can be read.", THEN, NOT_AGAIN,
     lambda: s_openssl("-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"),
     lambda: c_openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0", **AGAIN))


@recorded("renegotiation-server-asks", "TLS 1.2: the server sends HelloRequest, and the client "
          "does not renegotiate.", THEN, NOT_AGAIN)
def _(later):
    uses("OpenSSL {openssl} s_server")
    with server(443, "openssl", "s_server", "-accept", "443", "-cert", pem("server.pem"), "-key",
                pem("server.key")) as process:
        type_later(process, b"R\n", 1)
        c_openssl("-tls1_2", "-no_renegotiation", eof=False, say=b"Hello.\n", end=b"Q\n",
                  pause=1.5)


# --- Messages and records out of place ---------------------------------------

WRONG_MESSAGE, LONG = "unexpected_message", "record_overflow"
H12, AGAIN12 = hello(), built.handshake_record(built.client_hello())
SERVE = {"openssl": lambda: s_openssl("-tls1_2"), "gnutls": lambda: s_gnutls(priority=TLS12),
         "java": lambda: s_java("protocols=TLSv1.2"), "go": lambda: s_go("-max", "12")}

for _name, _serve in SERVE.items():
    case(f"unexpected-{_name}", "TLS 1.2: the client answers the server's flight with another "
         "ClientHello.", ALERT, WRONG_MESSAGE, _serve, lambda: raw(H12, AGAIN12))
for _name in ("openssl", "go"):
    case(f"unexpected-data-{_name}", "TLS 1.2: the client sends application data in place of its "
         "ClientKeyExchange.", ALERT, WRONG_MESSAGE, SERVE[_name],
         lambda: raw(H12, built.record(built.APPDATA, b"GET / HTTP/1.0\r\n\r\n")))

OVERFLOW = built.record(built.HANDSHAKE, built.noise(18433, "overflow"))

for _name, _serve in SERVE.items():
    case(f"overflow-{_name}", "TLS 1.2: the client answers the server's flight with a record of "
         "18433 bytes.", ALERT, LONG, _serve, lambda: raw(H12, OVERFLOW),
         also=WRONG_MESSAGE if _name == "java" else "")


def claim_more(who, number, record):
    """Say that the server's second record is longer than is allowed."""
    if who == "S" and number == 1:
        return record[:3] + b"\x60\x00" + record[5:] + built.noise(0x6000 - len(record) + 5, "more")
    return record


for _name in ("openssl", "gnutls", "go"):
    @recorded(f"overflow-client-{_name}", "TLS 1.2: the server's second record says that it has "
              "24576 bytes.", ALERT, LONG)
    def _(later, client=CLIENTS[_name][0]):
        with s_openssl("-tls1_2", port=444), relay(claim_more):
            client()


# --- Failures that nothing explains ------------------------------------------

UNKNOWN = "unknown_failure"


def end_at(whose: str, kind: int):
    """End the connection in place of the first record that ``whose`` side begins so."""

    def change(who, number, record):
        return None if who == whose and number and record[0] == kind else record

    return change


for _name, _client in (("openssl", CLIENTS["openssl"][0]), ("go", CLIENTS["go"][0])):
    @recorded(f"unknown-closed-after-client-{_name}", "TLS 1.2: the server's side closes when it "
              "has the client's flight, without an alert.", SHUT, UNKNOWN)
    def _(later, client=_client):
        with s_openssl("-tls1_2", port=444), relay(end_at("C", 22)):
            client()


@recorded("unknown-closed-in-flight", "TLS 1.2: the server's side closes after its ServerHello.",
          SHUT, UNKNOWN)
def _(later):
    with s_openssl("-tls1_2", port=444), relay(end_at("S", 22)):
        c_openssl()


@recorded("unknown-closed-in-flight-tls13", "TLS 1.3: the server's side closes after its "
          "ServerHello.", SHUT, UNKNOWN)
def _(later):
    with s_openssl("-tls1_3", port=444), relay(end_at("S", 23)):
        c_openssl()
