# SPDX-License-Identifier: GPL-2.0-or-later
"""Real handshakes that fail at the server's flight: certificates that clients do not take."""

import ssl
import time

import real_messages
import stacks
from truth_hello import ALERT, TLS12, TLS13, hello
from truth_registry import case, recorded
from truth_stacks import (
    c_curl, c_gnutls, c_go, c_java, c_node, c_nss, c_openssl, c_python, flip, pem, raw, relay,
    reset, s_gnutls, s_go, s_java, s_nginx, s_openssl,
)

HIDDEN, HIDDEN_CAUSE = "failed_alert_encrypted_likely", "encrypted_alert_after_server_flight"
CLOSED, AFTER = "closed_by_client", "closed_after_certificate"
EITHER = f"{CLOSED} reset_by_client"
UNTRUSTED, REJECTED = "untrusted_server_certificate", "server_certificate_rejected"
EXPIRED, MISNAMED = "server_certificate_expired", "server_certificate_name_mismatch"
OTHER = "stranger-ca"


def only12(context):
    context.maximum_version = ssl.TLSVersion.TLSv1_2


# Each client, with TLS 1.2 and with TLS 1.3.
CLIENTS = {
    "openssl": (lambda **more: c_openssl("-tls1_2", **more),
                lambda **more: c_openssl("-tls1_3", **more)),
    "gnutls": (lambda **more: c_gnutls(priority=TLS12, **more),
               lambda **more: c_gnutls(priority=TLS13, **more)),
    "java": (lambda **more: c_java("protocols=TLSv1.2", "check=HTTPS", **more),
             lambda **more: c_java("protocols=TLSv1.3", "check=HTTPS", **more)),
    "node": (lambda **more: c_node("maxVersion=TLSv1.2", **more),
             lambda **more: c_node("minVersion=TLSv1.3", **more)),
    "nss": (lambda **more: c_nss(versions="tls1.2:tls1.2", **more),
            lambda **more: c_nss(versions="tls1.3:tls1.3", **more)),
    "curl": (lambda **more: c_curl("--tls-max", "1.2", **more),
             lambda **more: c_curl("--tlsv1.3", **more)),
    "go": (lambda **more: c_go("-max", "12", **more), lambda **more: c_go("-min", "13", **more)),
    "python": (lambda **more: c_python(only12, **more), c_python),
}
NAMES = ("TLS 1.2", "TLS 1.3")

# What a client says when it does not trust the CA: in TLS 1.2, and in 1.3.
SAYS = {
    "openssl": ((ALERT, UNTRUSTED), (ALERT, UNTRUSTED)),
    "curl": ((ALERT, UNTRUSTED), (ALERT, UNTRUSTED)),
    "python": ((ALERT, UNTRUSTED), (ALERT, UNTRUSTED)),
    "gnutls": ((ALERT, REJECTED, UNTRUSTED), (HIDDEN, HIDDEN_CAUSE)),
    "java": ((ALERT, REJECTED, UNTRUSTED), (HIDDEN, HIDDEN_CAUSE)),
    "go": ((ALERT, REJECTED, UNTRUSTED), (HIDDEN, HIDDEN_CAUSE)),
    # NSS ends the handshake with its Finished and an encrypted alert.
    "nss": ((f"{HIDDEN} {EITHER} established", HIDDEN_CAUSE, AFTER, UNTRUSTED),
            (HIDDEN, HIDDEN_CAUSE)),
    # Node closes after a whole handshake, as who only tries whether the server is there.
    "node": ((f"{EITHER} established", AFTER, UNTRUSTED, "-"), (EITHER, AFTER)),
}

ALERTS = {  # as it looks on the wire
    "openssl": ("unknown_ca", "unknown_ca in plaintext"),
    "curl": ("unknown_ca", "unknown_ca in plaintext"),
    "python": ("unknown_ca", "unknown_ca in plaintext"),
    "gnutls": ("bad_certificate", "an encrypted alert of 19 bytes"),
    "java": ("certificate_unknown", "an encrypted alert of 35 bytes"),
    "go": ("bad_certificate", "an encrypted alert of 19 bytes"),
    "nss": ("an encrypted alert behind its Finished", "an encrypted alert without "
            "ChangeCipherSpec"),
    "node": ("no alert, and the client closes after the handshake", "no alert, and the client "
             "closes"),
}

for _name, _both in SAYS.items():
    for _which in (0, 1):
        _outcome, _cause, *_also = _both[_which]
        case(f"untrusted-{_name}-tls1{_which + 2}", f"{NAMES[_which]}: the client does not trust "
             f"the server's CA: {ALERTS[_name][_which]}.", _outcome, _cause, s_openssl,
             lambda client=CLIENTS[_name][_which]: client(ca=OTHER), also=" ".join(_also))
case("untrusted-seen", "TLS 1.2: one client trusts the CA, the next does not.", ALERT,
     UNTRUSTED, s_openssl, lambda: c_openssl("-tls1_2"),
     lambda: c_openssl("-tls1_2", ca=OTHER), stream=1)

# What a client says of a certificate that has expired, or is not valid yet.
DATES = {
    "openssl": ((ALERT, EXPIRED), (ALERT, EXPIRED)),
    "curl": ((ALERT, EXPIRED), None),
    "python": (None, (ALERT, EXPIRED)),
    "gnutls": ((ALERT, EXPIRED), (HIDDEN, HIDDEN_CAUSE)),
    "java": ((ALERT, EXPIRED), (HIDDEN, HIDDEN_CAUSE)),
    "go": ((ALERT, EXPIRED), (HIDDEN, HIDDEN_CAUSE)),
    "nss": ((f"{HIDDEN} {EITHER} established", EXPIRED, HIDDEN_CAUSE, AFTER), None),
    "node": ((f"{EITHER} established", EXPIRED, AFTER), (EITHER, AFTER)),
}

for _name, _both in DATES.items():
    for _which in (0, 1):
        if _both[_which]:
            _outcome, _cause, *_also = _both[_which]
            case(f"expired-{_name}-tls1{_which + 2}", f"{NAMES[_which]}: the server's certificate "
                 "has expired.", _outcome, _cause, lambda: s_openssl(name="expired"),
                 CLIENTS[_name][_which], also=" ".join(_also))
for _name in ("openssl", "gnutls", "node", "java"):
    _outcome, _cause, *_also = DATES[_name][0]
    case(f"future-{_name}", "TLS 1.2: the server's certificate is valid from 2040 on.", _outcome,
         _cause, lambda: s_openssl(name="future"), CLIENTS[_name][0], also=" ".join(_also))

# --- The name ----------------------------------------------------------------

for _name, _client, _outcome, _cause, _also in (
    ("openssl-tls12", lambda: c_openssl("-tls1_2", "-verify_hostname", "server.example"), ALERT,
     MISNAMED, ""),
    ("openssl-tls13", lambda: c_openssl("-tls1_3", "-verify_hostname", "server.example"), ALERT,
     REJECTED, ""),
    ("python-tls12", CLIENTS["python"][0], ALERT, MISNAMED, ""),
    ("java-tls12", CLIENTS["java"][0], ALERT, MISNAMED, ""),
    ("gnutls-tls12", CLIENTS["gnutls"][0], ALERT, MISNAMED, ""),
    ("gnutls-tls13", CLIENTS["gnutls"][1], HIDDEN, HIDDEN_CAUSE, ""),
    ("go-tls12", CLIENTS["go"][0], ALERT, MISNAMED, ""),
    ("node-tls12", CLIENTS["node"][0], f"{EITHER} established", MISNAMED, AFTER),
    ("nss-tls12", CLIENTS["nss"][0], f"{HIDDEN} {EITHER} established", MISNAMED,
     f"{HIDDEN_CAUSE} {AFTER}"),
    ("curl-tls12", CLIENTS["curl"][0], f"{HIDDEN} {EITHER} established", MISNAMED,
     f"{HIDDEN_CAUSE} {AFTER}"),
):
    case(f"misnamed-{_name}", "The server's certificate is for other.example, not for "
         "server.example.", _outcome, _cause, lambda: s_openssl(name="other"), _client, also=_also)

# --- Other reasons -----------------------------------------------------------

case("self-signed-openssl", "TLS 1.2: the server's certificate is signed by itself.", ALERT,
     UNTRUSTED, lambda: s_openssl(name="self"), CLIENTS["openssl"][0])
case("self-signed-curl", "TLS 1.3: the server's certificate is signed by itself.", ALERT,
     UNTRUSTED, lambda: s_nginx("ssl_protocols TLSv1.3", name="self"), c_curl)
case("self-signed-java", "TLS 1.2: the server's certificate is signed by itself.", ALERT,
     REJECTED, lambda: s_openssl(name="self"), CLIENTS["java"][0], also=UNTRUSTED)
case("chain-incomplete-openssl", "TLS 1.2: the server does not send its intermediate "
     "certificate.", ALERT, UNTRUSTED, lambda: s_openssl(name="leaf"), CLIENTS["openssl"][0])
case("chain-incomplete-go", "TLS 1.2: the server does not send its intermediate certificate.",
     ALERT, REJECTED, lambda: s_go(name="leaf"), CLIENTS["go"][0], also=UNTRUSTED)
case("weak-key-openssl", "TLS 1.2: the server's RSA key has 1024 bits.", ALERT, REJECTED,
     lambda: s_openssl("-cipher", "DEFAULT@SECLEVEL=0", name="weak"), CLIENTS["openssl"][0])
case("weak-key-java", "TLS 1.2: the server's RSA key has 1024 bits, and the client wants 2048.",
     ALERT, REJECTED, lambda: s_openssl("-cipher", "DEFAULT@SECLEVEL=0", name="weak"),
     lambda: c_java("protocols=TLSv1.2", options=(f"-Djava.security.properties={strict_java()}",)))
case("usage-openssl", "TLS 1.2: the extended key usage of the server's certificate is for "
     "clients only.", ALERT, REJECTED, lambda: s_openssl(name="usage"), CLIENTS["openssl"][0])
case("usage-java", "TLS 1.2: the extended key usage of the server's certificate is for clients "
     "only.", ALERT, REJECTED, lambda: s_openssl(name="usage"), CLIENTS["java"][0])
case("usage-go-tls13", "TLS 1.3: the extended key usage of the server's certificate is for "
     "clients only.", HIDDEN, HIDDEN_CAUSE, lambda: s_go(name="usage"), CLIENTS["go"][1])


def strict_java() -> str:
    """Rules for Java that forbid RSA keys below 2048 bits."""
    rules = stacks.scratch("strict.properties")
    rules.write_text("jdk.certpath.disabledAlgorithms=RSA keySize < 2048\n"
                     "jdk.tls.disabledAlgorithms=RSA keySize < 2048\n")
    return str(rules)


def revocations() -> str:
    """A list of the CA's with the server's certificate on it."""
    made, listed = stacks.pki, pem("server.pem").replace("server.pem", "list.pem")
    use = ("-config", made["ca.cnf"], "-keyfile", made["ca.key"], "-cert", made["ca.pem"])
    index = (made.folder / "index.txt").read_text()
    made._openssl("ca", *use, "-revoke", made["server.pem"])
    made._openssl("ca", *use, "-gencrl", "-crldays", "7000", "-out", listed)
    (made.folder / "index.txt.revoked").write_text((made.folder / "index.txt").read_text())
    (made.folder / "index.txt").write_text(index)
    return listed


def revoked_answer() -> str:
    """The CA's word that the server's certificate is revoked."""
    revocations()
    index = stacks.pki.folder / "index.txt"
    good = index.read_text()
    index.write_text((stacks.pki.folder / "index.txt.revoked").read_text())
    try:
        return real_messages.ocsp_response()
    finally:
        index.write_text(good)


case("revoked-openssl", "TLS 1.2: the server's certificate is on the list of revoked ones.",
     ALERT, REJECTED, s_openssl,
     lambda: c_openssl("-tls1_2", "-crl_check", "-CRL", revocations()))
case("revoked-staple-gnutls", "TLS 1.2: the stapled OCSP response says that the certificate is "
     "revoked.", ALERT, REJECTED,
     lambda: s_openssl("-status_file", revoked_answer()), lambda: c_gnutls(priority=TLS12))
# --- Weak key exchange -------------------------------------------------------

WEAK = "weak_key_exchange_rejected"


def dh(bits: int) -> str:
    """The path of a prime of so many bits."""
    file = stacks.scratch(f"dh{bits}.pem")
    if not file.exists():
        stacks.run("openssl", "dhparam", "-out", str(file), str(bits), pause=0)
    return str(file)


def dhe(bits: int):
    if bits < 1024:  # OpenSSL does not offer it at any level
        return s_gnutls("--dhparams", dh(bits), name="rsa",
                        priority=f"{TLS12}:-KX-ALL:+DHE-RSA:-GROUP-ALL")
    return s_openssl("-tls1_2", "-dhparam", dh(bits), "-cipher",
                     "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", name="rsa")


for _name, _bits, _client in (
    ("openssl", 1024, lambda: c_openssl("-tls1_2", "-cipher", "DEFAULT@SECLEVEL=2")),
    ("openssl", 512, lambda: c_openssl("-tls1_2", "-cipher", "DEFAULT@SECLEVEL=1")),
    ("gnutls", 512, lambda: c_gnutls(priority=f"{TLS12}:-GROUP-ALL:+DHE-RSA")),
    ("java", 512, lambda: c_java("protocols=TLSv1.2", options=("-Djsse.enableFFDHE=false",))),
    ("curl", 1024, lambda: c_curl("--ciphers", "DHE-RSA-AES128-GCM-SHA256")),
    ("nss", 512, lambda: c_nss(versions="tls1.2:tls1.2")),
):
    case(f"weak-dh-{_bits}-{_name}", f"TLS 1.2: the prime of the server's Diffie-Hellman has "
         f"{_bits} bits, which the client does not take.", ALERT, WEAK,
         lambda bits=_bits: dhe(bits), _client)
case("weak-dh-1024-node", "TLS 1.2: the prime of the server's Diffie-Hellman has 1024 bits, and "
     "the client wants 2048.", f"{ALERT} {EITHER} established", WEAK, lambda: dhe(1024),
     lambda: c_node("maxVersion=TLSv1.2", "minDHSize=2048", "ciphers=DHE-RSA-AES128-GCM-SHA256"),
     also=f"{AFTER} -")

# --- Clients that go without a word ------------------------------------------

H12, H13 = hello(), hello(tls13=True)

for _name, _serve in (("openssl", s_openssl), ("java", s_java)):
    case(f"gone-tls12-{_name}", "TLS 1.2: the client closes after the server's flight.", CLOSED,
         AFTER, _serve, lambda: raw(H12))
    case(f"gone-tls13-{_name}", "TLS 1.3: the client closes after the server's flight.", CLOSED,
         AFTER, _serve, lambda: raw(H13))
case("reset-tls12-after-flight", "TLS 1.2: the client resets after the server's flight.",
     "reset_by_client", AFTER, s_nginx, lambda: raw(H12, end=reset))
case("reset-tls13-after-flight", "TLS 1.3: the client resets after the server's flight.",
     "reset_by_client", AFTER, s_go, lambda: raw(H13, end=reset))
case("gone-tls12-expired", "TLS 1.2: the client closes after an expired certificate.", CLOSED,
     EXPIRED, lambda: s_openssl(name="expired"), lambda: raw(H12), also=AFTER)


@recorded("killed-tls13", "TLS 1.3: the client is killed after the server's flight, of which a "
          "relay held back the end.", EITHER, AFTER, also="unknown_failure")
def _(later):
    with s_openssl(port=444), relay(lambda who, n, record: b"" if who == "S" and n > 4 else record):
        c_openssl(before=("timeout", "2"))


# --- Signatures that do not verify -------------------------------------------

DIFFER = "keys_differ"


def spoil_exchange(who, number, record):
    """Turn a bit in the signature of the ServerKeyExchange."""
    if who == "S" and record[0] == 22 and record[5] == 12:
        return flip(record, -10)
    return record


def spoil_share(who, number, record):
    """Turn a bit in the server's random."""
    return flip(record, 15) if who == "S" and number == 0 else record


# Go says unexpected_message, and Java handshake_failure; the others decrypt_error.
SAYS_ELSE = {"go": "unknown_failure unexpected_message", "java": "unknown_failure"}

for _name, _client in CLIENTS.items():
    if _name == "python":
        continue

    @recorded(f"signature-{_name}-tls12", "TLS 1.2: the signature of the ServerKeyExchange does "
              "not verify, as with the wrong key.", ALERT, DIFFER, also=SAYS_ELSE.get(_name, ""))
    def _(later, client=_client[0]):
        with s_openssl("-no_ticket", port=444), relay(spoil_exchange):
            client()

for _name, _outcome, _cause in (("openssl", ALERT, DIFFER), ("gnutls", HIDDEN, HIDDEN_CAUSE),
                                ("go", HIDDEN, HIDDEN_CAUSE)):
    @recorded(f"altered-{_name}-tls13", "TLS 1.3: the server's random is altered, so the client "
              "cannot decrypt what follows.", _outcome, _cause)
    def _(later, client=CLIENTS[_name][1]):
        with s_openssl(port=444), relay(spoil_share):
            client()

# --- The client cancels ------------------------------------------------------


def hold_flight(who, number, record):
    """Let the server's flight wait a little."""
    if who == "S" and number == 0:
        time.sleep(2)
    return record


for _which in (0, 1):
    @recorded(f"canceled-java-tls1{_which + 2}", f"{NAMES[_which]}: a Java program closes its "
              "socket while the handshake waits for the server: user_canceled.",
              f"{ALERT} {CLOSED}", "user_canceled")
    def _(later, which=_which):
        with s_openssl(port=444), relay(hold_flight):
            c_java(f"protocols=TLSv1.{which + 2}", "cancel=1000")
