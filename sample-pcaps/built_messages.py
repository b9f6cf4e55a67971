# SPDX-License-Identifier: GPL-2.0-or-later
"""The handshake messages, key exchanges and extensions no TLS stack at hand
can make: each is built with built.py."""

import zlib

from built import *
from built_captures import KINDS, SSLV2, built, whole

NO_STACK = "no stack at hand has it"
DUPLICATE = ("duplicate_extension",)
MINUTE = 60000000  # in microseconds


def several(*makers) -> list[Conversation]:
    """A connection a minute for each function that gets it to fill."""
    talks = []
    for number, make in enumerate(makers):
        talk = Conversation(sport=50000 + number, start=START + number * MINUTE)
        with apart(str(number)):
            make(talk)
        talks.append(talk)
    return talks


def send(messages, version: int = TLS12) -> bytes:
    """Each message in a record of its own."""
    return b"".join(handshake_record(m, version=version) for m in messages)


def finish(talk: Conversation, messages, version: int = TLS12, size=40,
           alert_size=32) -> Conversation:
    """The client's last flight with ``messages``, the server's, data, the end."""
    talk.client(send(messages, version) + ccs(version)
                + protected(size, "client finished", HANDSHAKE, version))
    talk.server(ccs(version) + protected(size, "server finished", HANDSHAKE, version))
    talk.client(protected(160, "request", version=version))
    talk.server(protected(640, "response", version=version))
    talk.client(protected(alert_size, "client close", ALERT, version))
    return talk.fin()


# --- What ASN.1 and points are made of ---------------------------------------


def der(tag: int, *parts: bytes) -> bytes:
    """A value in DER; shorter than 256 bytes."""
    data = b"".join(parts)
    size = bytes([len(data)]) if len(data) < 128 else bytes([0x81, len(data)])
    return bytes([tag]) + size + data


COMMON_NAME = b"\x06\x03\x55\x04\x03"


def distinguished_name(common_name: str) -> bytes:
    """The Name with a commonName alone."""
    text = der(0x0C, common_name.encode())
    return der(0x30, der(0x31, der(0x30, COMMON_NAME, text)))


def point(label: str, size: int = 32) -> bytes:
    """What looks like an uncompressed point, behind its length."""
    return vector(8, b"\x04" + noise(2 * size, label))


def signature(label: str = "") -> bytes:
    """What looks like an ECDSA signature in DER."""
    halves = (der(2, b"\x35" + noise(31, label + half)) for half in ("r", "s"))
    return der(0x30, *halves)


SIGNED = words(0x0403) + vector(16, signature())
NAMED_P256 = b"\x03" + words(0x0017)


# --- Key exchanges -----------------------------------------------------------

# SEC 2: prime or polynomial, then a, b, the base point, its order, the cofactor.
P256 = b"".join(vector(8, bytes.fromhex(number)) for number in (
    "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
    "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
    "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
    "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
    "01",
))
K163 = words(163) + b"\x02" + b"".join(vector(8, bytes.fromhex(number)) for number in (
    "03", "06", "07", "01", "01",
    "0402FE13C0537BBC11ACAA07D793DE4E6D5E5C94EEE80289070FB05D38FF58321F2E800536D538CCDAA3D9",
    "04000000000000000000020108A2E0CC0D99F8A5EF",
    "02",
))
K233 = words(233) + b"\x01" + b"".join(vector(8, bytes.fromhex(number)) for number in (
    "4A", "00", "01",
    "04017232BA853A7E731AF129F22FF4149563A419C26BF50A4C9D6EEFAD6126"
    "01DB537DECE819B7F70F555A67C427A8CD9BF18AEB9B56E0C11056FAE6A3",
    "8000000000000000000000000000069D5BB915BCD46EFB1AD5F173ABDF",
    "04",
))


def explicit(curve: bytes, size: int):
    """A TLS 1.2 connection over a curve that is spelled out."""

    def make(talk):
        any_curve = extension(10, vector(16, words(0xFF01, 0xFF02)))
        plain = [any_curve if e == GROUPS else e for e in client_extensions()]
        hello, chain, _, done = server_flight()
        talk.client(handshake_record(client_hello(plain), version=TLS10))
        key = message(12, curve + point("server", size) + SIGNED)
        talk.server(send((hello, chain, key, done)))
        finish(talk, (message(16, point("client", size)),))

    return make


@built("kx-ecdhe-explicit",
       "TLS 1.2 with ECDHE, three connections: P-256, K-163 and K-233 spelled out as "
       "explicit_prime and as explicit_char2 with a pentanomial and a trinomial.",
       "stacks have named curves only (RFC 8422 forbids others)", raises=("explicit_curve", "certificate_curve_not_offered"))
def _():
    return several(explicit(b"\x01" + P256, 32), explicit(b"\x02" + K163, 21),
                   explicit(b"\x02" + K233, 30))


def jpake(label: str) -> bytes:
    """An ECJPAKEKeyKP: a public key and the proof that its secret is known."""
    return point(label) + point(label + " V") + vector(8, noise(32, label + " r"))


@built("kx-ecjpake",
       "TLS 1.2 with a password by J-PAKE on P-256, as Thread has it: two key pairs in an "
       "extension of each hello, a third in ServerKeyExchange and ClientKeyExchange.",
       NO_STACK, raises=("signature_algorithms_missing",))
def _():
    talk, suite = Conversation(), 0xC0FF
    pairs = [extension(256, jpake(f"{side} 1") + jpake(f"{side} 2")) for side in "cs"]
    groups = extension(10, vector(16, words(0x0017)))
    talk.client(handshake_record(
        client_hello([groups, POINT_FORMATS, pairs[0]], suites=(suite, 0x00FF)), version=TLS10))
    talk.server(send((server_hello([RENEGOTIATION_INFO, POINT_FORMATS, pairs[1]], suite=suite),
                      message(12, NAMED_P256 + jpake("s 3")), server_hello_done())))
    return finish(talk, (message(16, jpake("c 3")),))


TLCP = 0x0101
CURVE_SM2 = b"\x03" + words(0x0029)


def tlcp_hello(talk: Conversation, suite: int) -> None:
    hello = message(1, client_hello_body(TLCP, suites=(suite,)))
    talk.client(handshake_record(hello, version=TLCP))


def tlcp_ecc(talk: Conversation) -> None:
    """The client encrypts the secret for the second of the server's certificates."""
    tlcp_hello(talk, 0xE013)
    talk.server(send((
        server_hello([], version=TLCP, suite=0xE013), certificate(CERTIFICATE, CERTIFICATE),
        message(12, vector(16, signature())), server_hello_done()), TLCP))
    secret = der(0x30, *(der(2, b"\x35" + noise(31, axis)) for axis in "xy"),
                 der(4, noise(32, "hash")), der(4, noise(48, "secret")))
    finish(talk, (message(16, vector(16, secret)),), TLCP, 80, 64)


def tlcp_ecdhe(talk: Conversation) -> None:
    """Both sides have a key of the moment, and the client a certificate."""
    tlcp_hello(talk, 0xE011)
    request = message(13, vector(8, b"\x40\x50")
                      + vector(16, vector(16, distinguished_name("Sample CA"))))
    talk.server(send((
        server_hello([], version=TLCP, suite=0xE011), certificate(CERTIFICATE, CERTIFICATE),
        message(12, CURVE_SM2 + point("server") + vector(16, signature())), request,
        server_hello_done()), TLCP))
    finish(talk, (certificate(CERTIFICATE, CERTIFICATE),
                  message(16, CURVE_SM2 + point("client")),
                  message(15, vector(16, signature("client")))), TLCP, 80, 64)


@built("kx-sm2",
       "TLCP 1.1 (GB/T 38636), two connections: ECC_SM4_CBC_SM3 with a signature alone as "
       "ServerKeyExchange, and ECDHE_SM4_CBC_SM3 with a client certificate.  The "
       "certificates are not of SM2.", NO_STACK,
      raises=("certificate_usage",))
def _():
    return several(tlcp_ecc, tlcp_ecdhe)


def fortezza(talk: Conversation) -> None:
    """SSL 3.0, RFC 6101 section 5.6: everything has a fixed length."""
    suite = 0x001C
    talk.client(handshake_record(
        message(1, client_hello_body(SSL30, suites=(suite,))), version=SSL30))
    talk.server(send((server_hello([], version=SSL30, suite=suite), certificate(),
                      message(12, noise(128, "r_s")), server_hello_done()), SSL30))
    key = vector(8, noise(128, "y_c")) + b"".join(noise(size, label) for label, size in (
        ("r_c", 128), ("y_signature", 20), ("client key", 12), ("server key", 12),
        ("client iv", 24), ("server iv", 24), ("master iv", 24), ("secret", 48)))
    talk.client(send((message(16, key),), SSL30) + ccs(SSL30)
                + record(HANDSHAKE, message(20, noise(36, "client")) + noise(20, "mac"), SSL30))
    talk.server(ccs(SSL30) + record(
        HANDSHAKE, message(20, noise(36, "server")) + noise(20, "mac 2"), SSL30))
    talk.fin()


def old_hellos(talk: Conversation, suite: int, *messages: bytes) -> None:
    """TLS 1.0 hellos and what the server sends between its own and its done."""
    talk.client(handshake_record(
        client_hello([RENEGOTIATION_INFO], version=TLS10, suites=(suite,)), version=TLS10))
    hello = server_hello([RENEGOTIATION_INFO], version=TLS10, suite=suite)
    talk.server(send((hello, *messages, server_hello_done()), TLS10))


def kerberos(talk: Conversation) -> None:
    old_hellos(talk, 0x001F)
    key = (vector(16, noise(220, "ticket")) + vector(16, noise(90, "authenticator"))
           + vector(16, noise(56, "secret")))
    finish(talk, (message(16, key),), TLS10, 48)


def static_dh(talk: Conversation) -> None:
    old_hellos(talk, 0x0031, certificate())
    finish(talk, (message(16, vector(16, noise(256, "client key"))),), TLS10, 48)


def password(talk: Conversation) -> None:
    """RFC 8492: a salt and the commitments of both sides."""
    suite = 0xC0B0
    talk.client(handshake_record(client_hello(
        [GROUPS, POINT_FORMATS, RENEGOTIATION_INFO, extension(30, vector(8, b"sample"))],
        suites=(suite,)), version=TLS10))
    talk.server(send((
        server_hello([RENEGOTIATION_INFO, POINT_FORMATS], suite=suite),
        message(12, vector(8, noise(32, "salt")) + NAMED_P256 + point("element")
                + vector(8, noise(32, "scalar"))), server_hello_done())))
    finish(talk, (message(16, point("client element") + vector(8, noise(32, "c scalar"))),))


@built("kx-forgotten",
       "A connection each: FORTEZZA_KEA in SSL 3.0, KRB5 and DH_RSA in TLS 1.0, and ECCPWD "
       "in TLS 1.2.  The certificates do not fit the suites.",
       "stacks dropped them or never had them",
       raises=("signature_algorithms_missing", "sslv3_selected", "tls10_selected",
               "weak_cipher_selected"))
def _():
    return several(fortezza, kerberos, static_dh, password)


@built("bug-empty-client-key-exchange",
       "TLS 1.0 with DH_RSA and a client whose key is in its certificate, so that its "
       "ClientKeyExchange is empty (RFC 5246 section 7.4.7.2): Wireshark's own dissector "
       "calls it malformed.", "stacks dropped it", raises=("tls10_selected", "certificate_usage"))
def _():
    talk = Conversation()
    request = message(13, vector(8, b"\x03\x04") + vector(16, b""))
    old_hellos(talk, 0x0031, certificate(), request)
    return finish(talk, (certificate(CERTIFICATE), message(16, b"")), TLS10, 48)


# --- Extensions --------------------------------------------------------------

RESPONDER = vector(16, b"\xa2\x16\x04\x14" + noise(20, "responder"))
NONCE = der(0x30, der(0x30, bytes.fromhex("06092B0601050507300102"),
                      der(4, der(4, noise(16, "nonce")))))
OCSP_REQUEST = vector(16, RESPONDER) + vector(16, NONCE)
NAMES = vector(16, b"".join(
    vector(16, distinguished_name(name)) for name in ("Sample CA", "Another CA")))
TICKET = noise(64, "ticket")
SCHEMES = vector(16, words(0x0403, 0x0804, 0x0401))
QUIC = bytes.fromhex("0104800075300404801000000802406400")  # ends in the id 0: no more
QUIC = QUIC[:-1] + b"\x0f\x08" + noise(8, "connection id")
KEY_USAGE = vector(8, bytes.fromhex("0603551D0F"))
ALPS = vector(16, vector(8, b"h2"))
ECH_SUITE = words(0x0001, 0x0001)  # HKDF-SHA256, AES-128-GCM


def x25519_share() -> bytes:
    """The client's KeyShareEntry."""
    return words(0x001D) + vector(16, noise(32, "client share"))


def ech_outer(size: int = 144) -> bytes:
    return extension(0xFE0D, b"\x00" + ECH_SUITE + b"\x2a" + vector(16, noise(32, "enc"))
                     + vector(16, noise(size, "ech")))


def timestamps() -> bytes:
    """A list of one SCT of RFC 6962."""
    sct = (b"\x00" + noise(32, "log") + (START // 1000).to_bytes(8, "big")
           + vector(16, b"") + SIGNED)
    return vector(16, vector(16, sct))


def transparency() -> bytes:
    """A list of one x509_sct_v2 of RFC 9162."""
    item = (words(3) + vector(8, b"\x2b\x06\x01\x04\x01\x82\x37")
            + (START // 1000).to_bytes(8, "big") + vector(16, b"") + vector(16, signature()))
    return vector(16, vector(16, item))


def tlsa() -> bytes:
    """One TLSA record, as DNS has it on the wire."""
    name = b"".join(vector(8, label) for label in (b"_443", b"_tcp", b"server", b"example"))
    return (name + b"\x00" + words(52, 1) + (3600).to_bytes(4, "big")
            + vector(16, b"\x03\x01\x01" + noise(32, "tlsa")))


def binders(*sizes: int) -> bytes:
    return vector(16, b"".join(vector(8, noise(size, "binder")) for size in sizes))


def early_identity() -> bytes:
    identity = vector(16, TICKET) + b"\x12\x34\x56\x78"
    return extension(41, vector(16, identity) + binders(32))


# The bodies of 36 to 38, 60 and 0x12E0 are made up: their specifications are not at hand.
EVERY = [
    server_name(),
    extension(1, b"\x04"),
    extension(2),
    extension(3, vector(16, b"\x00" + b"\x01" + noise(20, "key") + b"\x02"
                        + vector(16, distinguished_name("Sample CA"))
                        + b"\x03" + noise(20, "certificate"))),
    extension(4),
    extension(5, b"\x01" + OCSP_REQUEST),
    extension(6, vector(8, b"\x40")),
    extension(7, vector(8, b"\x00\x01\x02\x03\x40\x41\x42")),
    extension(8, vector(8, b"\x00\x03")),
    extension(9, vector(8, b"\x01\x00")),
    extension(10, vector(16, words(0x11EC, 0x001D, 0x0017, 0x0018, 0x0100, 0xFF01))),
    extension(11, vector(8, b"\x00\x01\x02")),
    extension(12, vector(8, b"sample")),
    extension(13, SCHEMES),
    extension(14, vector(16, words(0x0001, 0x0007)) + vector(8, b"key")),
    extension(15, b"\x01"),
    alpn("h2", "http/1.1"),
    extension(17, vector(16, b"\x02" + vector(16, OCSP_REQUEST)
                         + b"\x01" + vector(16, vector(16, b"") + vector(16, b"")))),
    extension(18),
    extension(19, vector(8, b"\x02\x00")),
    extension(20, vector(8, b"\x02\x00")),
    extension(21, bytes(40)),
    extension(22),
    EXTENDED_MASTER_SECRET,
    extension(24, b"\x01\x00" + vector(8, b"\x02\x00\x01")),
    extension(25, vector(16, b"\x01" + vector(8, noise(32, "chain"))
                         + b"\x02" + vector(8, noise(32, "request")))),
    extension(26),
    extension(27, vector(8, words(1, 2, 3))),
    extension(28, words(16385)),
    extension(29, vector(8, noise(48, "name"))),
    extension(30, vector(8, b"sample")),
    extension(31, vector(16, noise(32, "salt"))),
    extension(32, vector(16, noise(80, "pin"))),
    extension(33),
    extension(34, SCHEMES),
    extension(35, noise(96, "session ticket")),
    extension(36, b"\x01\x00" + noise(8, "tlmsp")),
    extension(37, b"\x01"),
    extension(38),
    extension(39, vector(8, b"\x01\x00")),
    extension(40, vector(16, x25519_share())),
    extension(42),
    extension(43, vector(8, words(TLS13, TLS12, 0x7F1C))),
    extension(44, vector(16, noise(24, "cookie"))),
    extension(45, vector(8, b"\x01\x00")),
    extension(46, (16384).to_bytes(4, "big")),
    extension(47, NAMES),
    # Any keyUsage; values would be decoded by Wireshark without their outermost tag.
    extension(48, vector(16, KEY_USAGE + vector(16, b""))),
    extension(49),
    extension(50, SCHEMES),
    extension(51, vector(16, x25519_share())),
    extension(52),
    extension(53, vector(8, noise(4, "old cid"))),
    extension(54, vector(8, noise(4, "cid"))),
    extension(55, vector(8, noise(32, "identity"))),
    extension(56, vector(8, noise(20, "tls-id"))),
    extension(57, QUIC),
    extension(58, b"\x02\x01"),
    extension(59, words(443)),
    extension(60, vector(16, words(1))),
    extension(61),
    extension(62, vector(8, b"\x00\x81")),
    extension(0x0A0A),
    extension(0x12E0, words(64)),
    extension(0x3374),
    extension(0x4469, ALPS),
    extension(0x44CD, ALPS),
    extension(0x754F),
    extension(0x7550),
    extension(0x8A3B, vector(16, b"client") + vector(16, b"server.example")
              + vector(16, words(0x7D96) + vector(16, b"\x04" + noise(64, "share")))),
    extension(0xCA34, vector(16, vector(8, b"\x81\xfd\x59\x01") + vector(8, b"\x81\xfd\x59\x02"))),
    extension(0xFD00, vector(8, words(10, 51))),
    ech_outer(),
    RENEGOTIATION_INFO,
    extension(0xFFA5, QUIC),
    extension(0xFFCE, words(0x1301) + x25519_share() + vector(16, noise(32, "digest"))
              + vector(16, noise(292, "esni"))),
    extension(0xFAFA, b"\x00"),
    early_identity(),
]

# What a TLS 1.2 server may answer to it.
ANSWERS = [
    extension(0),
    extension(2),
    extension(3),
    extension(4),
    extension(6, vector(8, b"\x40")),
    extension(7, vector(8, b"\x00")),
    extension(8, vector(8, b"\x03")),
    extension(9, b"\x00"),
    POINT_FORMATS,
    extension(14, vector(16, words(0x0001)) + vector(8, b"key")),
    extension(15, b"\x02"),
    alpn("h2"),
    extension(17),
    extension(18, timestamps()),
    extension(19, b"\x00"),
    extension(20, b"\x00"),
    extension(22),
    EXTENDED_MASTER_SECRET,
    extension(24, b"\x01\x00" + vector(8, b"\x02")),
    extension(25, vector(16, b"\x02")),
    extension(28, words(16384)),
    extension(35),
    extension(39, b"\x01"),
    extension(52, transparency()),
    extension(53, vector(8, b"")),
    extension(54, vector(8, noise(4, "server cid"))),
    extension(55, vector(8, noise(32, "server identity"))),
    extension(56, vector(8, noise(20, "server tls-id"))),
    extension(59, words(24) + vector(16, tlsa())),
    extension(61),
    extension(0x3374, vector(8, b"h2") + vector(8, b"http/1.1")),
    extension(0x7550),
    RENEGOTIATION_INFO,
]


@built("extension-every",
       "A ClientHello with every extension that IANA or a draft assigned, and a TLS 1.2 "
       "server that answers as many as it may.", "no stack has them all",
       raises=("cookie_unexpected",), near_miss=DUPLICATE + ("malformed_length", "trailing_data"))
def _():
    talk, suite = Conversation(), 0xC009
    talk.client(handshake_record(
        client_hello(EVERY, session_id=noise(32, "session id"), suites=(0x1301, suite)),
        version=TLS10))
    talk.server(send((server_hello(ANSWERS, suite=suite), *server_flight()[1:])))
    return finish(talk, (client_key_exchange(),), size=64)


@built("extension-twice", "A ClientHello with two ALPN extensions.", "no stack sends it",
       raises=DUPLICATE)
def _():
    return whole(client_hello(client_extensions() + [alpn("h2")]))


@built("extension-grease",
       "TLS 1.3 as browsers begin it: GREASE among the suites, groups, versions, shares, "
       "protocols and extensions, a share of X25519MLKEM768, ALPS and ECH.",
       "no stack at hand sends GREASE", near_miss=DUPLICATE)
def _():
    hybrid = words(0x11EC) + vector(16, noise(1216, "hybrid"))
    grease = words(0x3A3A) + vector(16, b"\x00")
    items = [
        extension(0x8A8A), server_name(), EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO,
        extension(10, vector(16, words(0x3A3A, 0x11EC, 0x001D, 0x0017, 0x0018))),
        POINT_FORMATS, extension(35), alpn("\n\n", "h2", "http/1.1"),
        extension(5, b"\x01" + vector(16, b"") + vector(16, b"")),
        extension(13, vector(16, words(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501))),
        extension(18), extension(51, vector(16, grease + hybrid + x25519_share())),
        extension(45, vector(8, b"\x0b\x01")),
        extension(43, vector(8, words(0x5A5A, TLS13, TLS12))), extension(27, vector(8, words(2))),
        extension(0x44CD, ALPS), ech_outer(208), extension(0xDADA, b"\x00"),
    ]
    suites = (0x2A2A, *TLS13_SUITES, *TLS12_SUITES)
    talk = Conversation()
    handshake_tls13(talk, client_hello(items, tls13=True, suites=suites))
    return close(exchange(talk), True)


# --- TLS 1.3 before it was finished ------------------------------------------


def draft_hello(draft: int, share_type: int, *more: bytes) -> bytes:
    items = [server_name(), GROUPS, SIGNATURES, extension(45, vector(8, b"\x01")),
             extension(43, vector(8, words(0x7F00 | draft))),
             extension(share_type, vector(16, x25519_share())), *more]
    return client_hello(items, suites=TLS13_SUITES, session_id=b"" if draft < 22 else None,
                        tls13=draft >= 22)


@built("tls13-draft-18",
       "TLS 1.3 of draft 18: key_share is extension 40, the HelloRetryRequest a message of "
       "its own (6), and the ServerHello has no session id and no compression method.",
       "stacks have the RFC only")
def _():
    talk, version = Conversation(), 0x7F12
    cookie = extension(44, vector(16, noise(32, "cookie")))
    talk.client(handshake_record(draft_hello(18, 40), version=TLS10))
    block = vector(16, extension(40, words(0x0017)) + cookie)
    talk.server(handshake_record(message(6, words(version) + block), version=TLS10))
    share = words(0x0017) + vector(16, point("share")[1:])
    again = [server_name(), GROUPS, SIGNATURES, extension(45, vector(8, b"\x01")), cookie,
             extension(43, vector(8, words(version))), extension(40, vector(16, share))]
    talk.client(handshake_record(
        client_hello(again, suites=TLS13_SUITES, session_id=b""), version=TLS10))
    block = vector(16, extension(40, words(0x0017) + vector(16, point("server")[1:])))
    hello = words(version) + noise(32, "server random") + words(0x1301) + block
    talk.server(handshake_record(message(2, hello), version=TLS10)
                + protected(700, "server flight", version=TLS10))
    talk.client(protected(53, "finished", version=TLS10))
    talk.client(protected(120, "request", version=TLS10))
    talk.server(protected(640, "response", version=TLS10))
    return talk.fin()


@built("tls13-draft-28",
       "TLS 1.3 of draft 28: as the RFC, but for the number of the version.",
       "stacks have the RFC only")
def _():
    talk, version = Conversation(), 0x7F1C
    talk.client(handshake_record(draft_hello(28, 51), version=TLS10))
    share = words(0x001D) + vector(16, noise(32, "server share"))
    hello = server_hello([extension(43, words(version)), extension(51, share)], tls13=True)
    talk.server(handshake_record(hello) + ccs() + protected(700, "server flight"))
    talk.client(ccs() + protected(53, "finished"))
    return close(exchange(talk), True)


# --- Messages ----------------------------------------------------------------


def heartbeat(kind: int, size: int, payload: bytes) -> bytes:
    """A heartbeat record that claims a payload of ``size`` bytes."""
    return record(HEARTBEAT, bytes([kind]) + words(size) + payload)


@built("message-heartbleed",
       "Heartbeats in the clear, before the handshake is over: a request and its response; "
       "then a request of three bytes that claims a payload of 1000, and a server that "
       "answers with so many bytes of its memory.", "stacks were mended in 2014",
       raises=("malformed_length", "heartbeat_before_finished", "heartbleed_request",
               "heartbleed_response"))
def _():
    beat = extension(15, b"\x01")
    talk = Conversation()
    talk.client(handshake_record(
        client_hello(client_extensions() + [beat]), version=TLS10))
    hello = server_hello([EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, beat])
    talk.server(send((hello, *server_flight()[1:])))
    payload = b"Are you there?"
    for side, kind in ((talk.client, 1), (talk.server, 2)):
        side(heartbeat(kind, len(payload), payload + noise(16, f"padding {kind}")))
    talk.client(heartbeat(1, 1000, b""))
    talk.server(heartbeat(2, 1000, (b"Cookie: secret; " * 63)[:1000] + noise(16, "padding")))
    return talk.rst()


NULL_SUITE = 0xC006  # TLS_ECDHE_ECDSA_WITH_NULL_SHA


def unencrypted(label: str, *messages: bytes) -> bytes:
    """Messages under a NULL cipher, each with what looks like an HMAC-SHA1."""
    return b"".join(record(HANDSHAKE, m + noise(20, f"{label} {n}"))
                    for n, m in enumerate(messages))


@built("message-channel-id",
       "TLS 1.2 with a NULL cipher: the client proves its Channel ID in a message of type "
       "203 between ChangeCipherSpec and Finished.", NO_STACK,
       raises=("weak_cipher_selected",))
def _():
    talk, channel = Conversation(), extension(0x7550)
    talk.client(handshake_record(client_hello(
        client_extensions() + [channel], suites=(NULL_SUITE,)), version=TLS10))
    hello = server_hello([EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, channel],
                         suite=NULL_SUITE)
    talk.server(send((hello, *server_flight()[1:])))
    proof = extension(0x7550, noise(128, "key and signature"))
    talk.client(handshake_record(client_key_exchange()) + ccs() + unencrypted(
        "client", message(203, proof), message(20, noise(12, "client"))))
    talk.server(ccs() + unencrypted("server", message(20, noise(12, "server"))))
    return talk.fin()


@built("message-certificate-status-multi",
       "TLS 1.2 with status_request_v2: OCSP responses for both certificates, of which the "
       "responder says no more than to try later.",
       "Java sends an empty one for the last certificate")
def _():
    request = extension(17, vector(16, b"\x02" + vector(16, vector(16, b"") + vector(16, b""))))
    talk = Conversation()
    talk.client(handshake_record(client_hello(client_extensions() + [request]), version=TLS10))
    _, chain, *rest = server_flight()
    hello = server_hello([EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, extension(17)])
    later = vector(24, der(0x30, der(0x0A, b"\x03")))
    status = message(22, b"\x02" + vector(24, later * 2))
    talk.server(send((hello, chain, status, *rest)))
    return finish(talk, (client_key_exchange(),))


@built("message-authorization-data",
       "TLS 1.2: both sides send SupplementalData with authorizations (RFC 5878), an "
       "attribute certificate and the address of an assertion.", NO_STACK,
       near_miss=("handshake_type_unknown",))
def _():
    offers = [extension(7, vector(8, b"\x00\x03")), extension(8, vector(8, b"\x00\x03"))]
    talk = Conversation()
    talk.client(handshake_record(client_hello(client_extensions() + offers), version=TLS10))
    url = vector(16, b"https://server.example/assertion") + b"\x04" + noise(32, "hash")
    entries = {"server": b"\x03" + url,
               "client": b"\x00" + vector(16, der(0x30, noise(120, "attributes")))}
    data = {side: message(23, vector(24, words(0x4002) + vector(16, vector(16, entry))))
            for side, entry in entries.items()}
    hello, *rest = server_flight()
    hello = server_hello([EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, *offers])
    talk.server(send((hello, data["server"], *rest)))
    return finish(talk, (data["client"], client_key_exchange()))


# --- TLS 1.3 without encryption ----------------------------------------------

INTEGRITY = 0xC0B4  # TLS_SHA256_SHA256
RETRY_RANDOM = bytes.fromhex(
    "CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")


def open_record(kind: int, *messages: bytes) -> bytes:
    """A TLS 1.3 record as RFC 9150 has it: its content, the type, a MAC."""
    content = b"".join(messages)
    return record(APPDATA, content + bytes([kind]) + noise(32, f"{kind} {content[:40]!r}"))


def open_messages(*messages: bytes) -> bytes:
    return b"".join(open_record(HANDSHAKE, m) for m in messages)


def finished(label: str) -> bytes:
    return message(20, noise(32, label + " finished"))


def entry(data: bytes, *extensions: bytes) -> bytes:
    return vector(24, data) + vector(16, b"".join(extensions))


def ech_config() -> bytes:
    contents = (b"\x2a" + words(0x0020) + vector(16, noise(32, "ech key"))
                + vector(16, ECH_SUITE + words(0x0001, 0x0003)) + b"\x40"
                + vector(8, b"public.example") + vector(16, b""))
    return words(0xFE0D) + vector(16, contents)


def ticket() -> bytes:
    return message(4, (7200).to_bytes(4, "big") + noise(4, "age") + vector(8, b"\x00\x01")
                   + vector(16, TICKET)
                   + vector(16, extension(42, (16384).to_bytes(4, "big"))))


ENCRYPTED_EXTENSIONS = [
    extension(0), extension(1, b"\x04"), extension(10, vector(16, words(0x001D, 0x0017))),
    extension(14, vector(16, words(0x0007)) + vector(8, b"")), alpn("h2"),
    extension(19, b"\x00"), extension(20, b"\x00"), extension(28, words(16385)),
    extension(32, vector(8, noise(32, "proof")) + vector(16, noise(80, "new pin"))
              + (86400).to_bytes(4, "big")),
    extension(55, vector(8, noise(32, "server identity"))),
    extension(56, vector(8, noise(20, "server tls-id"))), extension(57, QUIC),
    extension(58, b"\x01"), extension(62, vector(8, b"\x01")),
    extension(0x44CD, b"settings of h2"), extension(0xFE0D, vector(16, ech_config())),
    extension(0xFFCE, b"\x00" + noise(16, "esni nonce")),
]


def full(talk: Conversation) -> None:
    """HelloRetryRequest, client authentication, tickets and key updates."""
    suites = (INTEGRITY,)
    plain = client_extensions(tls13=True)
    offers = [extension(27, vector(8, words(1))), extension(49), ech_outer()]
    first = [*plain[:-1], *offers, extension(51, vector(16, b""))]
    talk.client(handshake_record(client_hello(first, tls13=True, suites=suites), version=TLS10))
    retry = b"".join((extension(43, words(TLS13)), extension(51, words(0x001D)),
                      extension(44, vector(16, noise(32, "cookie"))),
                      extension(0xFE0D, noise(8, "confirmation"))))
    session = vector(8, noise(32, "session id"))
    talk.server(handshake_record(message(
        2, words(TLS12) + RETRY_RANDOM + session + words(INTEGRITY) + b"\x00"
        + vector(16, retry))) + ccs())
    second = [*plain, *offers, extension(44, vector(16, noise(32, "cookie")))]
    talk.client(ccs() + handshake_record(
        client_hello(second, tls13=True, suites=suites)))
    request = vector(16, b"".join((
        extension(13, SCHEMES), extension(47, NAMES), extension(5), extension(18),
        extension(48, vector(16, KEY_USAGE + vector(16, bytes.fromhex("03020780")))))))
    chain = entry(CERTIFICATE, extension(18, timestamps()),
                  extension(5, b"\x01" + vector(24, noise(90, "ocsp"))))
    # zlib.compress() depends on the version of the library, stored blocks do not.
    body = vector(8, b"") + vector(24, chain + entry(CA_CERTIFICATE))
    packed = (b"\x78\x01\x01" + len(body).to_bytes(2, "little")
              + (len(body) ^ 0xFFFF).to_bytes(2, "little") + body
              + zlib.adler32(body).to_bytes(4, "big"))
    compressed = message(25, words(1) + len(body).to_bytes(3, "big") + vector(24, packed))
    share = words(0x001D) + vector(16, noise(32, "server share"))
    talk.server(
        handshake_record(server_hello([extension(43, words(TLS13)), extension(51, share)],
                                      tls13=True, suite=INTEGRITY))
        + open_messages(message(8, vector(16, b"".join(ENCRYPTED_EXTENSIONS))),
                        message(13, vector(8, b"") + request), compressed,
                        message(15, SIGNED), finished("server")))
    talk.client(open_messages(
        message(11, vector(8, b"") + vector(24, entry(CERTIFICATE))),
        message(15, words(0x0403) + vector(16, signature("client"))), finished("client")))
    talk.server(open_messages(ticket(), message(24, b"\x01")))
    talk.client(open_messages(message(24, b"\x00")) + open_record(APPDATA, b"Hello.\n"))
    talk.server(open_record(APPDATA, b"Hello to you.\n") + open_record(ALERT, b"\x01\x00"))
    talk.fin()


def resumed(talk: Conversation) -> None:
    """Resumption with early data, and the message that ends it."""
    early = [*client_extensions(tls13=True), extension(42), early_identity()]
    talk.client(handshake_record(
        client_hello(early, tls13=True, suites=(INTEGRITY,)), version=TLS10)
        + ccs() + open_record(APPDATA, b"Early.\n"))
    share = words(0x001D) + vector(16, noise(32, "server share"))
    talk.server(
        handshake_record(server_hello(
            [extension(43, words(TLS13)), extension(51, share), extension(41, words(0))],
            tls13=True, suite=INTEGRITY)) + ccs()
        + open_messages(message(8, vector(16, extension(42))), finished("server")))
    talk.client(open_messages(message(5, b""), finished("client")))
    talk.server(open_record(APPDATA, b"Hello.\n") + open_record(ALERT, b"\x01\x00"))
    talk.fin()


@built("message-tls13-unencrypted",
       "TLS 1.3 with TLS_SHA256_SHA256 (RFC 9150), which does not encrypt, two connections: "
       "with HelloRetryRequest, client and compressed certificate, ticket and KeyUpdate; "
       "then resumed with early data.", NO_STACK, raises=("weak_cipher_selected",))
def _():
    return several(full, resumed)


# --- SSLv2 -------------------------------------------------------------------


def sslv2_protected(size: int, label: str) -> bytes:
    """A record of a block cipher: eight bytes to a block, and padding."""
    padding = -size % 8
    return words(size + padding) + bytes([padding]) + noise(size + padding, label)


EXPORT = 0x040080  # RC2 with 40 bits, a block cipher that has a key argument


def sslv2_full(talk: Conversation) -> None:
    talk.client(sslv2_client_hello(2, (), kinds=(EXPORT, 0x020080), challenge=16))
    specs = EXPORT.to_bytes(3, "big")
    hello = b"\x04\x00\x01" + words(2, len(CERTIFICATE), len(specs), 16)
    talk.server(sslv2_record(hello + CERTIFICATE + specs + noise(16, "connection id")))
    key = (b"\x02" + specs + words(11, 128, 8) + noise(11, "clear key")
           + noise(128, "encrypted key") + noise(8, "key argument"))
    talk.client(sslv2_record(key))
    talk.server(sslv2_protected(33, "verify") + sslv2_protected(34, "request certificate"))
    talk.client(sslv2_protected(33, "finish")
                + sslv2_protected(22 + len(CERTIFICATE) + 70, "certificate"))
    talk.server(sslv2_protected(33, "server finish"))
    talk.client(sslv2_protected(76, "request"))
    talk.server(sslv2_protected(460, "response"))
    talk.fin()


def sslv2_resumed(talk: Conversation) -> None:
    """The server knows the session: no certificate and no specs."""
    talk.client(sslv2_client_hello(2, (), kinds=(EXPORT,), challenge=16,
                                   session_id=noise(16, "session")))
    talk.server(sslv2_record(b"\x04\x01\x00" + words(2, 0, 0, 16) + noise(16, "again")))
    talk.client(sslv2_protected(33, "finish again"))
    talk.server(sslv2_protected(33, "verify again") + sslv2_protected(33, "last"))
    talk.fin()


@built("sslv2-export",
       "SSLv2 with a suite for export, two connections: a master key of which a part is in "
       "the clear and a key argument, then a session that is resumed.  The certificate is "
       "not of RSA.", "no stack in use speaks SSLv2", raises=(*SSLV2, "sslv2_negotiated"))
def _():
    return several(sslv2_full, sslv2_resumed)


@built("sslv2-error",
       "SSLv2: the client knows none of the ciphers in the ServerHello, and says so in the "
       "clear.", "no stack in use speaks SSLv2", raises=(*SSLV2, "sslv2_negotiated"))
def _():
    talk = Conversation().client(sslv2_client_hello(2, (), kinds=KINDS[:2], challenge=16))
    specs = EXPORT.to_bytes(3, "big")
    hello = b"\x04\x00\x01" + words(2, len(CERTIFICATE), len(specs), 16)
    talk.server(sslv2_record(hello + CERTIFICATE + specs + noise(16, "connection id")))
    return talk.client(sslv2_record(b"\x00" + words(1))).fin()


# --- Text that does something to who shows it --------------------------------

# A terminal's commands, conversions of printf, what HTML and JSON quote, bytes that are no UTF-8, and an
# override of the direction of writing.
TEXTS = (b"\x1b[2J\x1b]0;owned\x07.example", b"%s%n%d.example", b"<b>&\"'\\.example",
         b"\xff\xfe\xc3\x28.example", b"a\r\nb\t.example", "\u202eexample".encode())


def asks_for(name: bytes):
    """A hello for that name, over that protocol, refused."""
    def fill(talk):
        items = client_extensions()
        items[0] = extension(0, vector(16, b"\x00" + vector(16, name)))
        items[-1] = extension(16, vector(16, vector(8, name)))
        hello = handshake_record(client_hello(items), version=TLS10)
        talk.client(hello).server(alert(2, 112)).fin()
    return fill


def greets_with(text: bytes):
    return lambda talk: talk.client(handshake_record(client_hello(), version=TLS10)).server(
        b"HTTP/1.1 400 " + text + b"\r\n\r\n").fin()


@built("text-that-acts",
       "Server names, protocols and answers in plain text, a connection each, that hold commands "
       "for terminals, conversions of printf, marks of HTML and JSON, and bytes that are no UTF-8.",
       NO_STACK, raises=("server_name_invalid", "alert_fatal", "handshake_failed"))
def _():
    return several(*map(asks_for, TEXTS), *map(greets_with, TEXTS))
