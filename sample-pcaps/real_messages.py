# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings of real stacks for one kind of handshake message, key exchange
or extension each."""

import base64
import threading

import built
import real as stack
import stacks
from real import BOTH, OLD, OLD_CBC, real
from stacks import openssl_client, openssl_server, run, scratch, server

GNUTLS = "GnuTLS {gnutls} gnutls-serv/gnutls-cli"
NSS = "NSS {nss} selfserv/tstclnt"
JAVA = "Java {java}, both sides"
TLS12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2"
TLS13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"


def own(name: str = "server") -> tuple[str, ...]:
    """The options of gnutls-serv for the server's certificate."""
    return ("--x509certfile", stacks.pki[f"{name}.pem"],
            "--x509keyfile", stacks.pki[f"{name}.key"])


def gnutls_server(priority: str, *options: str):
    return server(443, "gnutls-serv", "--echo", "--port", "443", "--priority", priority,
                  *options)


def gnutls_client(priority: str, *options: str, keylog="", say=b"Hello.\n") -> str:
    """What was printed; the secrets are appended to ``keylog``."""
    log = {"SSLKEYLOGFILE": keylog} if keylog else {}
    return run("gnutls-cli", "--port", "443", "--x509cafile", stacks.pki["ca.pem"],
               "--priority", priority, "--sni-hostname", "server.example",
               "--verify-hostname", "server.example", *options, "127.0.0.1",
               say=say, **log)


def type_later(process, text: bytes, seconds: float) -> None:
    """Type ``text`` at a server that is running, so many seconds from now."""

    def write():
        process.stdin.write(text)
        process.stdin.flush()

    threading.Timer(seconds, write).start()


# --- Key exchanges -----------------------------------------------------------


@real("kx-rsa", "TLS 1.2 with RSA key exchange: no ServerKeyExchange, and the client "
      "encrypts the premaster secret.")
def _(path):
    with openssl_server("-no_ticket", name="rsa"):
        openssl_client("-tls1_2", "-cipher", "AES128-SHA256")


@real("kx-rsa-ssl30", "SSL 3.0 with RSA key exchange: the ClientKeyExchange is the "
      "encrypted secret alone, without a length.", NSS, raises=OLD_CBC)
def _(path):
    stack.nss("ssl3:ssl3", "rsa", "-c", ":002F", client=("-c", ":002F"))


def java_keys(name: str) -> str:
    """A key store with the certificate and those of its CAs; returns its path."""
    store = scratch(f"{name}.p12")
    issuers = ("issuing.pem", "ca.pem") if name == "stapled" else ("ca.pem",)
    run("openssl", "pkcs12", "-export", "-passout", "pass:sample", "-in",
        stacks.pki[f"{name}.pem"], "-inkey", stacks.pki[f"{name}.key"],
        "-certfile", stacks.pki.chain("issuers.pem", *issuers), "-out", str(store), pause=0)
    return str(store)


def java(name: str, suite: str, *protocols: str, server_options=(), client_options=()) -> None:
    """One request in Java, from the client to the server."""
    with server(443, *stack.java_command("Server.java", *server_options), java_keys(name),
                *protocols):
        stack.java_client(
            *protocols, options=(f"-Djdk.tls.client.cipherSuites={suite}", *client_options))


@real("kx-rsa-export", "TLS 1.0 with an RSA key of 512 bits for export in the "
      "ServerKeyExchange.", JAVA, raises=("tls10_selected", "weak_cipher_selected"))
def _(path):
    java("rsa", "SSL_RSA_EXPORT_WITH_RC4_40_MD5", "TLSv1")


@real("kx-dh-export", "TLS 1.0: anonymous Diffie-Hellman with a suite for export, whose prime "
      "still has 768 bits.", JAVA,
      raises=("dh_prime_small", "tls10_selected", "weak_cipher_selected"))
def _(path):
    # Otherwise it is ffdhe2048, even with a suite for export.
    java("rsa", "SSL_DH_anon_EXPORT_WITH_RC4_40_MD5", "TLSv1",
         server_options=("-Djdk.tls.ephemeralDHKeySize=legacy",),
         client_options=("-Djsse.enableFFDHE=false",))


@real("kx-ecdh-static", "TLS 1.2 with the ECDH key of the server's certificate: no "
      "ServerKeyExchange.", JAVA)
def _(path):
    stacks.pki.once("agreement", "server.example", "agreement_extensions", "ca")
    java("agreement", "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256", "TLSv1.2")


@real("kx-dhe", "TLS 1.2, two connections: DHE_RSA in a group the client named (ffdhe2048) "
      "and DHE_DSS.", f"{GNUTLS}; {BOTH}",
      raises=("certificate_key_weak",))
def _(path):
    priority = f"{TLS12}:-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE2048:+GROUP-FFDHE3072"
    with gnutls_server(priority, "--disable-client-cert", *own("rsa")):
        gnutls_client(priority)
    run("certtool", "--generate-privkey", "--key-type", "dsa", "--bits", "2048",
        "--outfile", stacks.pki["dsa.key"], pause=0)
    stacks.pki.once("dsa", "server.example", "server_extensions", "ca")
    dss = ("-cipher", "DHE-DSS-AES128-SHA256:@SECLEVEL=0", "-no_ticket", "-sigalgs",
           "DSA+SHA256:ECDSA+SHA256")
    with openssl_server(*dss, name="dsa"):
        openssl_client("-tls1_2", *dss)


@real("kx-anonymous", "TLS 1.2 without certificates, two connections: DH_anon and "
      "ECDH_anon.", raises=("dh_prime_small", "weak_cipher_selected"))
def _(path):
    for cipher in ("ADH-AES128-SHA256", "AECDH-AES128-SHA"):
        with server(443, "openssl", "s_server", "-accept", "443", "-WWW", "-nocert",
                    "-cipher", f"{cipher}:@SECLEVEL=0", "-no_ticket"):
            openssl_client("-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")


@real("kx-ecdhe-groups", "TLS 1.2, a connection each with ECDHE over P-256, P-384, P-521, "
      "X448 and brainpoolP256r1.")
def _(path):
    for group in ("P-256", "P-384", "P-521", "X448", "brainpoolP256r1"):
        # P-256 is for the certificate.
        groups = group if group == "P-256" else f"{group}:P-256"
        with openssl_server("-groups", groups, "-no_ticket"):
            openssl_client("-tls1_2", "-groups", groups)


PSK = "00112233445566778899aabbccddeeff"


@real("kx-psk", "TLS 1.2 with pre-shared keys, a connection each: PSK, DHE_PSK, RSA_PSK "
      "and ECDHE_PSK, with an identity hint.", raises=("dh_prime_small",))
def _(path):
    for cipher in ("PSK-AES128-CBC-SHA256", "DHE-PSK-AES128-CBC-SHA256",
                   "RSA-PSK-AES128-CBC-SHA256", "ECDHE-PSK-AES128-CBC-SHA256"):
        with openssl_server("-psk", PSK, "-psk_hint", "a hint", "-no_ticket", "-cipher",
                            f"{cipher}:@SECLEVEL=0", name="rsa"):
            openssl_client("-tls1_2", "-psk", PSK, "-psk_identity", "sample", "-cipher",
                           f"{cipher}:@SECLEVEL=0")


@real("kx-psk-tls13", "TLS 1.3 with an external pre-shared key, two connections: with a "
      "key share, and with the key alone (psk_ke).", f"{BOTH}; {GNUTLS}", keylog=True)
def _(path):
    with openssl_server("-psk", PSK, "-psk_identity", "sample"):
        openssl_client("-tls1_3", "-psk", PSK, "-psk_identity", "sample", "-ciphersuites",
                       "TLS_AES_128_GCM_SHA256", keylog=path)
    keys = scratch("psk.passwd")
    keys.write_text(f"sample:{PSK}\n")
    priority = f"{TLS13}:-KX-ALL:+PSK"
    with gnutls_server(priority, "--pskpasswd", str(keys)):
        gnutls_client(priority, "--pskusername", "sample", "--pskkey", PSK,
                      keylog=str(path.with_suffix(".keylog")))


@real("kx-srp", "TLS 1.2 with a password (SRP), two connections: with the password alone "
      "and with a certificate too.", GNUTLS)
def _(path):
    conf, passwords = str(scratch("srp.conf")), str(scratch("srp.passwd"))
    run("srptool", "--create-conf", conf, pause=0)
    run("srptool", "--passwd", passwords, "--passwd-conf", conf, "-u", "sample",
        say=b"password\n")
    for exchange in ("SRP", "SRP-RSA"):
        priority = f"{TLS12}:-KX-ALL:+{exchange}"
        with gnutls_server(priority, "--srppasswd", passwords, "--srppasswdconf", conf,
                           *own("rsa")):
            gnutls_client(priority, "--srpusername", "sample", "--srppasswd", "password")


@real("kx-gost", "TLS 1.2 with GOST R 34.10-2012: the ClientKeyExchange is a GOST key "
      "transport.", GNUTLS,
      raises=("certificate_self_signed",))
def _(path):
    template = scratch("gost.cfg")
    template.write_text('cn = "server.example"\ndns_name = "server.example"\nserial = 1\n'
                        'activation_date = "2026-01-01 00:00:00"\n'
                        'expiration_date = "2046-01-01 00:00:00"\n'
                        'signing_key\nencryption_key\ntls_www_server\n')
    key, cert = stacks.pki["gost.key"], stacks.pki["gost.pem"]
    run("certtool", "--generate-privkey", "--key-type", "gost12-256", "--outfile", key,
        pause=0)
    run("certtool", "--generate-self-signed", "--load-privkey", key, "--template",
        str(template), "--outfile", cert, pause=0)
    priority = ":".join((TLS12, "-KX-ALL:+VKO-GOST-12", *(
        f"+{kind}-GOST-ALL" for kind in ("GROUP", "CIPHER", "MAC", "SIGN"))))
    with gnutls_server(priority, "--disable-client-cert", *own("gost")):
        gnutls_client(priority, "--insecure")


# --- Messages ----------------------------------------------------------------

NULL = ("-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")
READABLE = "a suite that does not encrypt (ECDHE_ECDSA_WITH_NULL_SHA)"
DONE = "Successfully executed command"  # says gnutls-serv


def check(text: str, wanted: str) -> None:
    """Raise if what we record did not happen."""
    if wanted not in text:
        raise RuntimeError(text)


def authorities() -> str:
    """A file with three CA certificates of unequal names."""
    for number, subject in enumerate((
            "Another CA/O=Sample Ltd/C=SE", "CA of many words/OU=Unit/O=Sample/L=Oslo/C=NO")):
        stacks.pki.once(f"ca{number}", subject, "ca_extensions")
    return stacks.pki.chain("authorities.pem", "ca.pem", "ca0.pem", "ca1.pem")


for _name, _text, _option, _raises in (
    ("tls12", "TLS 1.2", "-tls1_2", ()),
    ("tls10", "TLS 1.0, without signature algorithms", "-tls1", ("tls10_selected",)),
):
    @real(f"message-certificate-request-{_name}",
          f"{_text}: a CertificateRequest with three names of CAs, and a client with an "
          "RSA key and a chain of two certificates.", raises=_raises)
    def _(path, option=_option):
        stacks.pki.once("client-rsa", "client.example", "client_extensions", "ca", "rsa")
        chain = stacks.pki.chain("client-chain.pem", "ca.pem")
        with openssl_server("-Verify", "2", "-verify_return_error", *OLD, "-no_ticket",
                            "-CAfile", authorities()):
            openssl_client(option, *OLD, "-cert", stacks.pki["client-rsa.pem"], "-key",
                           stacks.pki["client-rsa.key"], "-cert_chain", chain)


@real("message-certificate-request-ssl30", "SSL 3.0: a CertificateRequest and a client with "
      "an RSA key.", NSS, raises=OLD_CBC)
def _(path):
    stacks.pki.once("client-rsa", "client.example", "client_extensions", "ca", "rsa")
    database = stack.nss_database("client-rsa")
    stack.nss("ssl3:ssl3", "rsa", "-r", client=("-d", database, "-n", "client-rsa"))


@real("message-hello-request", f"TLS 1.2 with {READABLE}: the server sends HelloRequest, "
      "and the renegotiation, with a client certificate, can be read to its Finished.",
      raises=("weak_cipher_selected",))
def _(path):
    with server(443, "openssl", "s_server", "-accept", "443", "-cert",
                stacks.pki["server.pem"], "-key", stacks.pki["server.key"], *NULL,
                "-no_resumption_on_reneg", "-CAfile", stacks.pki["ca.pem"]) as process:
        type_later(process, b"R\n", 0.8)
        openssl_client("-tls1_2", *NULL, "-cert", stacks.pki["client.pem"], "-key",
                       stacks.pki["client.key"], say=b"Hello.\n", end=b"Q\n", pause=1.2)
    check(scratch("server.log").read_text(), "SSL_do_handshake -> 1")


@real("message-next-protocol", f"TLS 1.2 with {READABLE}: next_protocol_negotiation, with "
      "the client's NextProtocol and both Finished to be read.",
      raises=("weak_cipher_selected",))
def _(path):
    with openssl_server(*NULL, "-nextprotoneg", "h2,http/1.1"):
        openssl_client("-tls1_2", *NULL, "-nextprotoneg", "http/1.1,spdy/3")


@real("message-heartbeat", f"TLS 1.2 with {READABLE}: a heartbeat request and its response.",
      GNUTLS, raises=("weak_cipher_selected",))
def _(path):
    priority = f"{TLS12}:-CIPHER-ALL:+NULL"
    with gnutls_server(priority, "--heartbeat", "--disable-client-cert", *own()):
        text = gnutls_client(priority, "--heartbeat", say=(b"**HEARTBEAT**\n", b"Hello.\n"))
    check(text, DONE)


def ocsp_response() -> str:
    """The CA's word that the server's certificate is good, as a file."""
    query, answer = str(scratch("ocsp.req")), str(scratch("ocsp.resp"))
    pki = stacks.pki
    run("openssl", "ocsp", "-issuer", pki["ca.pem"], "-cert", pki["server.pem"], "-no_nonce",
        "-reqout", query, pause=0)
    run("openssl", "ocsp", "-index", pki["index.txt"], "-rsigner", pki["ca.pem"], "-rkey",
        pki["ca.key"], "-CA", pki["ca.pem"], "-reqin", query, "-respout", answer,
        "-ndays", "7000", pause=0)
    return answer


@real("message-certificate-status", "TLS 1.2 with a stapled OCSP response in "
      "CertificateStatus.")
def _(path):
    with openssl_server("-status_file", ocsp_response(), "-no_ticket"):
        text = openssl_client("-tls1_2", "-status")
    check(text, "OCSP Response Status: successful")


@real("bug-empty-ocsp-response", "TLS 1.2 with status_request_v2: stapled OCSP responses for "
      "the certificate and its CA, and an empty one for the root, as RFC 6961 section 2.2 "
      "allows: Wireshark's own dissector calls it malformed.",
      f"{JAVA}; OpenSSL {{openssl}} ocsp", only="tcp port 443")
def _(path):
    pki = stacks.pki
    pki.once("issuing", "Sample issuing CA", "ca_extensions", "ca")
    pki.once("stapled", "server.example", "server_extensions", "issuing")
    status = "-Djdk.tls.{}.enableStatusRequestExtension=true"
    with server(8888, "openssl", "ocsp", "-port", "8888", "-index", pki["index.txt"], "-CA",
                pki.chain("authorities.pem", "ca.pem", "issuing.pem"), "-rsigner",
                pki["ca.pem"], "-rkey", pki["ca.key"], "-ndays", "7000"):
        java("stapled", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLSv1.2",
             server_options=(status.format("server"),
                             "-Djdk.tls.stapling.responderURI=http://127.0.0.1:8888/"),
             client_options=(status.format("client"),))


@real("message-key-update", "TLS 1.3: the client updates its keys and asks the server to "
      "do so too.", keylog=True)
def _(path):
    with server(443, "openssl", "s_server", "-accept", "443", "-rev", "-cert",
                stacks.pki["server.pem"], "-key", stacks.pki["server.key"]):
        text = openssl_client("-tls1_3", keylog=path, say=(b"K\n", b"Hello.\n"), end=b"Q\n")
    check(text, "KEYUPDATE")


@real("message-post-handshake-auth", "TLS 1.3: the server asks for a client certificate "
      "after the handshake.", GNUTLS, keylog=True)
def _(path):
    with gnutls_server(TLS13, "--x509cafile", stacks.pki["ca.pem"], *own()):
        text = gnutls_client(
            TLS13, "--post-handshake-auth", "--x509certfile", stacks.pki["client.pem"],
            "--x509keyfile", stacks.pki["client.key"], keylog=stacks.keylog_of(path),
            say=(b"**REAUTH**\n", b"Hello.\n"))
    check(text, DONE)


# --- Extensions --------------------------------------------------------------


@real("extension-max-fragment-length", "TLS 1.2: fragments of at most 512 bytes, so that the "
      "server's Certificate is in two records.")
def _(path):
    with openssl_server("-no_ticket", "-cert_chain", stacks.pki["ca.pem"]):
        openssl_client("-tls1_2", "-maxfraglen", "512")


@real("extension-raw-public-key", "Two connections, TLS 1.2 and 1.3: the server's and the "
      "client's certificate is a raw public key.", GNUTLS, keylog=True)
def _(path):
    keys = {}
    for name in ("server", "client"):
        keys[name] = ("--rawpkkeyfile", stacks.pki[f"{name}.key"],
                      "--rawpkfile", stacks.pki[f"{name}.pub"])
        run("openssl", "pkey", "-in", stacks.pki[f"{name}.key"], "-pubout", "-out",
            stacks.pki[f"{name}.pub"], pause=0)
    stacks.keylog_of(path)
    for version in (TLS12, TLS13):
        priority = f"{version}:-CTYPE-ALL:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK"
        with gnutls_server(priority, "--require-client-cert", *keys["server"]):
            gnutls_client(priority, "--insecure", *keys["client"],
                          keylog=str(path.with_suffix(".keylog")))


def serverinfo(kind: int, data: bytes) -> str:
    """A file for s_server -serverinfo with one extension."""
    body = base64.encodebytes(built.extension(kind, data)).decode()
    file = scratch("serverinfo.pem")
    label = "SERVERINFO FOR extension"
    file.write_text(f"-----BEGIN {label}-----\n{body}-----END {label}-----\n")
    return str(file)


@real("extension-signed-certificate-timestamp", "TLS 1.2 with a list of two SCTs, well-formed "
      "and of no log, in the ServerHello.")
def _(path):
    scts = b""
    for number in (1, 2):
        half = b"\x02\x20\x35"
        signature = (b"\x30\x44" + half + built.noise(31, f"r{number}") + half
                     + built.noise(31, f"s{number}"))
        moment = (1780308000000 + number).to_bytes(8, "big")
        scts += built.vector(16, b"\x00" + built.noise(32, f"log {number}") + moment
                             + built.vector(16, b"") + b"\x04\x03"
                             + built.vector(16, signature))
    logs = scratch("logs.cnf")
    logs.write_text("enabled_logs =\n")
    with openssl_server("-serverinfo", serverinfo(18, built.vector(16, scts)), "-no_ticket"):
        openssl_client("-tls1_2", "-ct", "-ctlogfile", str(logs))


@real("extension-cookie", "TLS 1.3 with HelloRetryRequest, for a cookie.", keylog=True)
def _(path):
    with server(443, "openssl", "s_server", "-accept", "443", "-stateless", "-cert",
                stacks.pki["server.pem"], "-key", stacks.pki["server.key"]):
        # This server takes no ChangeCipherSpec after its HelloRetryRequest.
        openssl_client("-tls1_3", "-no_middlebox", keylog=path, say=b"Hello.\n", end=b"Q\n")


@real("extension-certificate-authorities", "TLS 1.3: the ClientHello has the names of three "
      "CAs.", keylog=True)
def _(path):
    with openssl_server():
        openssl_client("-tls1_3", "-requestCAfile", authorities(), "-enable_pha", keylog=path)


@real("extension-ech-grease", "TLS 1.3 whose ClientHello pretends to have Encrypted Client "
      "Hello; also delegated_credential, status_request and signed_certificate_timestamp.", NSS)
def _(path):
    stack.nss("tls1.2:tls1.3", "server", client=("-i", "100", "-B", "-T", "-U", "-u"))


@real("extension-use-srtp", "TLS 1.2 with use_srtp, which is meant for DTLS: two profiles "
      "offered, one chosen.", GNUTLS)
def _(path):
    profiles = ("SRTP_AES128_CM_HMAC_SHA1_80", "SRTP_NULL_HMAC_SHA1_80")
    with gnutls_server(TLS12, "--disable-client-cert", "--srtp-profiles", profiles[0], *own()):
        gnutls_client(TLS12, "--srtp-profiles", ":".join(profiles))
