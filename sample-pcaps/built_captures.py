# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures no TLS stack makes: each is built with built.py."""

import struct

from built import *
from capfile import snap
from registry import capture

MAKER = "sample-pcaps/built.py: "


def built(name, about, why, **more):
    """Register a built capture; the function returns the conversation(s)."""

    def register(make):
        def write(path):
            with apart(name):
                talks = make()
            write_conversations(path, [talks] if isinstance(talks, Conversation) else talks)

        capture(name, about, maker=MAKER + why, **more)(write)
        return make

    return register


def tls12(talk=None, hello=None) -> Conversation:
    return handshake_tls12(talk or Conversation(), hello)


def whole(hello=None, talk=None) -> Conversation:
    """A TLS 1.2 connection from SYN to FIN that begins with ``hello``."""
    return close(exchange(tls12(talk, hello)))


def flight(*replaced: bytes, talk=None) -> Conversation:
    """As whole(), with ``replaced`` in place of the server's flight."""
    talk = talk or Conversation()
    talk.client(handshake_record(client_hello(), version=TLS10))
    talk.server(b"".join(replaced))
    return close(exchange(finish_tls12(talk)))


def refused(answer: bytes) -> Conversation:
    """A ClientHello, ``answer``, and the end."""
    talk = Conversation()
    talk.client(handshake_record(client_hello(), version=TLS10))
    return talk.server(answer).fin()


# --- record_oversize ---------------------------------------------------------

LIMIT = "stacks split records at the limit"


def big_certificate(size: int) -> bytes:
    """A Certificate message of at least ``size`` bytes."""
    return certificate(*[CERTIFICATE] * (size // (len(CERTIFICATE) + 3) + 1))


def plain_record(size: int) -> Conversation:
    hello, _, key, done = server_flight()
    rest = big_certificate(17000) + key + done
    return flight(handshake_record(hello), record(HANDSHAKE, rest[:size]),
                  record(HANDSHAKE, rest[size:]))


@built("record-plain-16385", "A plaintext handshake record one byte over 2^14.",
       LIMIT, raises=("record_oversize",))
def _():
    return plain_record(16385)


@built("record-plain-16384", "A plaintext handshake record of exactly 2^14 bytes.",
       "stacks do not fill a handshake record to the last byte",
       near_miss=("record_oversize", "cut_short"))
def _():
    return plain_record(16384)


@built("record-tls12-18433", "A protected TLS 1.2 record one byte over 2^14+2048.",
       LIMIT, raises=("record_oversize",))
def _():
    return close(tls12().server(protected(18433, "big")))


@built("record-tls12-18432", "A protected TLS 1.2 record of exactly 2^14+2048 bytes.",
       "no cipher suite adds as much as it may", near_miss=("record_oversize",))
def _():
    return close(tls12().server(protected(18432, "big")))


def tls13(talk=None) -> Conversation:
    return handshake_tls13(talk or Conversation())


@built("record-tls13-16641", "A protected TLS 1.3 record one byte over 2^14+256.",
       LIMIT, raises=("record_oversize",))
def _():
    return close(tls13().server(protected(16641, "big")), True)


@built("record-tls13-16640", "A protected TLS 1.3 record of exactly 2^14+256 bytes.",
       "stacks do not pad to the limit", near_miss=("record_oversize",))
def _():
    return close(tls13().server(protected(16640, "big")), True)


def stored(data: bytes) -> bytes:
    """``data`` as one DEFLATE block that is stored, not compressed."""
    size = len(data)
    return struct.pack("<BHH", 0, size, size ^ 0xFFFF) + data


def compressed(extra: bytes) -> Conversation:
    """DEFLATE under a NULL cipher: what TLSCompressed holds is visible."""
    talk = Conversation()
    suite = 0xC006  # TLS_ECDHE_ECDSA_WITH_NULL_SHA
    talk.client(handshake_record(
        client_hello(suites=(suite,), compression=b"\x01\x00"), version=TLS10))
    hello = server_hello(suite=suite, compression=1)
    talk.server(b"".join(map(handshake_record, (hello, *server_flight()[1:]))))
    for send, side in ((talk.client, "client"), (talk.server, "server")):
        finished = b"\x78\x01" + stored(message(20, noise(12, side)))
        first = handshake_record(client_key_exchange()) if side == "client" else b""
        send(first + ccs() + record(HANDSHAKE, finished + noise(20, side + " mac")))
    # 2^14 bytes of data in one stored block, then empty blocks.
    data = stored((b"All work and no play. " * 800)[:16384]) + extra
    talk.server(record(APPDATA, data + noise(20, "data mac")))
    return talk.fin()


COMPRESSES = ("compression_offered", "compression_selected", "weak_cipher_selected")
EMPTY = stored(b"")  # 5 bytes
# Two empty blocks with fixed codes, then an empty stored one.
EMPTY_7 = b"\x02\x08\x00\x00\x00\xff\xff"


@built("record-compressed-17409",
       "TLS 1.2 with DEFLATE and a NULL cipher: the compressed fragment is one byte "
       "over 2^14+1024 (17429 bytes with its HMAC-SHA1).",
       "stacks no longer compress", raises=("record_oversize", *COMPRESSES))
def _():
    return compressed(EMPTY * 204)


@built("record-compressed-17408",
       "TLS 1.2 with DEFLATE and a NULL cipher: the compressed fragment is exactly "
       "2^14+1024 bytes (17428 with its HMAC-SHA1).",
       "stacks no longer compress", raises=COMPRESSES, near_miss=("record_oversize",))
def _():
    return compressed(EMPTY * 201 + EMPTY_7 * 2)


# --- record_empty ------------------------------------------------------------

NO_STACK = "no stack sends it"

for _kind, _name in ((CCS, "ccs"), (ALERT, "alert"), (HANDSHAKE, "handshake")):
    @built(f"record-empty-{_name}",
           f"A {_name} record of no bytes between ServerHello and Certificate.",
           NO_STACK, raises=("record_empty",))
    def _(kind=_kind):
        hello, *rest = server_flight()
        return flight(handshake_record(hello), record(kind, b""),
                      *map(handshake_record, rest))


@built("record-empty-data",
       "Application data records of no bytes: between others, and as the last of "
       "a segment.", "with any MAC or tag the wire length is never 0",
       raises=("record_empty_data",), near_miss=("record_empty",))
def _():
    talk = tls12()
    talk.client(protected(120, "a") + record(APPDATA, b"") + protected(120, "b"))
    talk.server(protected(640, "c") + record(APPDATA, b""))
    return close(talk.server(protected(640, "d")))


# --- record_type_unknown, record_version_unknown -----------------------------


@built("record-type-99", "A record of the unassigned type 99 among application data.",
       NO_STACK, raises=("record_type_unknown",))
def _():
    talk = exchange(tls12())
    talk.server(protected(80, "unknown", 99))
    return close(exchange(talk, "more"))


@built("record-type-heartbeat",
       "Heartbeat records, negotiated and protected, among application data.",
       "stacks dropped heartbeats", near_miss=("record_type_unknown",))
def _():
    beat = extension(15, b"\x01")
    talk = Conversation()
    talk.client(handshake_record(
        client_hello(client_extensions() + [beat]), version=TLS10))
    hello = server_hello([EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, beat])
    talk.server(b"".join(map(handshake_record, (hello, *server_flight()[1:]))))
    talk = exchange(finish_tls12(talk))
    talk.client(protected(61, "beat", HEARTBEAT)).server(protected(61, "echo", HEARTBEAT))
    return close(talk)


@built("record-type-25-26",
       "Records of the assigned types 25 (tls12_cid) and 26 (ACK), which belong to "
       "DTLS, among application data.", NO_STACK, near_miss=("record_type_unknown",))
def _():
    talk = exchange(tls12())
    talk.server(protected(80, "cid", 25) + protected(80, "ack", 26))
    return close(exchange(talk, "more"))


@built("record-version-0505", "A ClientHello in a record of version 0x0505.",
       NO_STACK, raises=("record_version_unknown",))
def _():
    talk = Conversation().client(handshake_record(client_hello(), version=0x0505))
    talk.server(b"".join(map(handshake_record, server_flight())))
    return close(exchange(finish_tls12(talk)))


@built("record-version-0305",
       "One application data record of version 0x0305 in a TLS 1.2 connection.",
       NO_STACK, raises=("record_version_unknown",))
def _():
    talk = exchange(tls12()).server(protected(80, "odd", version=0x0305))
    return close(exchange(talk, "more"))


for _version, _text, _raises in ((TLS13, "0304", ("record_version_tls13",)), (SSL30, "0300", ())):
    @built(f"record-version-{_text}", f"A ClientHello in a record of version 0x{_text}.",
           "stacks write 0x0301", raises=_raises, near_miss=("record_version_unknown",))
    def _(version=_version):
        talk = Conversation()
        talk.client(handshake_record(client_hello(tls13=True), version=version))
        talk.server(handshake_record(server_hello(tls13=True)) + ccs()
                    + protected(700, "server flight"))
        return close(exchange(talk.client(ccs() + protected(53, "finished"))), True)


# --- alerts ------------------------------------------------------------------


@built("alert-warning-notify",
       "A plaintext close_notify, and user_canceled before it, at warning level.",
       "stacks end a handshake with a fatal alert",
       near_miss=("alert_warning", "alert_fatal"))
def _():
    return refused(alert(1, 90) + alert(1, 0))


for _name, _about, _bytes in (
    ("level-3", "A plaintext alert of level 3.", b"\x03\x28"),
    ("level-0", "A plaintext alert of level 0.", b"\x00\x28"),
    ("description-99", "A plaintext warning with the unassigned description 99.", b"\x01\x63"),
):
    @built(f"alert-{_name}", _about, NO_STACK, raises=("alert_malformed",))
    def _(payload=_bytes):
        return refused(record(ALERT, payload))


for _name, _about, _bytes, _raises in (
    ("length-3", "A plaintext alert record of three bytes, of which two are the warning "
     "unrecognized_name, then a ServerHello.", b"\x01\x70\x02", ("alert_practically_fatal",)),
    ("length-1", "A plaintext alert of one byte, then a ServerHello instead of the second.",
     b"\x02", ()),
):
    @built(f"alert-{_name}", _about, NO_STACK, raises=("alert_malformed", *_raises))
    def _(payload=_bytes):
        return refused(record(ALERT, payload) + handshake_record(server_hello()))


@built("alert-two-in-record", "Two valid plaintext alerts in one record.", NO_STACK,
       raises=("alert_fatal",), near_miss=("alert_malformed",))
def _():
    return refused(record(ALERT, b"\x01\x5a\x02\x28"))


@built("alert-split", "A plaintext alert split over two records of one byte each.",
       NO_STACK, raises=("alert_fatal",), near_miss=("alert_malformed",))
def _():
    return refused(record(ALERT, b"\x02") + record(ALERT, b"\x28"))


# --- ChangeCipherSpec --------------------------------------------------------

for _name, _about, _bytes in (
    ("value-2", "A ChangeCipherSpec of the value 2.", b"\x02"),
    ("length-2", "A ChangeCipherSpec record of two bytes.", b"\x01\x01"),
):
    @built(f"ccs-{_name}", _about, NO_STACK, raises=("ccs_malformed",))
    def _(payload=_bytes):
        talk = Conversation().client(handshake_record(client_hello(), version=TLS10))
        talk.server(b"".join(map(handshake_record, server_flight())))
        talk.client(handshake_record(client_key_exchange()) + record(CCS, payload)
                    + protected(40, "client finished", HANDSHAKE))
        talk.server(ccs() + protected(40, "server finished", HANDSHAKE))
        return close(exchange(talk))


@built("ccs-tls12", "ChangeCipherSpec as it should be, in TLS 1.2.",
       "the near miss of the two broken ones", near_miss=("ccs_malformed", "cut_short"))
def _():
    return whole()


@built("ccs-tls13",
       "The compatibility ChangeCipherSpec of TLS 1.3, each in its own segment.",
       "the near miss of the two broken ones", near_miss=("ccs_malformed",))
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello(tls13=True), version=TLS10))
    talk.server(handshake_record(server_hello(tls13=True)), ccs(),
                protected(700, "server flight"))
    talk.client(ccs(), protected(53, "client finished"))
    return close(exchange(talk), True)


# --- malformed_length, trailing_data -----------------------------------------

MALFORMED = ("malformed_length",)
TRAILING = ("trailing_data",)


@built("length-session-id-33", "A ClientHello with a session id of 33 bytes.",
       NO_STACK, raises=MALFORMED)
def _():
    return whole(client_hello(session_id=noise(33, "long id")))


@built("length-session-id-32", "A ClientHello with a session id of 32 bytes.",
       "the near miss of 33 bytes", near_miss=MALFORMED + TRAILING)
def _():
    return whole(client_hello(session_id=noise(32, "id")))


@built("length-suites-odd", "A ClientHello whose cipher suites take 9 bytes.",
       NO_STACK, raises=MALFORMED)
def _():
    suites = vector(16, words(*TLS12_SUITES) + b"\x00")
    body = words(TLS12) + noise(32, "client random") + vector(8, b"") + suites
    body += vector(8, b"\x00") + vector(16, b"".join(client_extensions()))
    return whole(message(1, body))


@built("length-extension-beyond-block",
       "A ClientHello whose last extension ends 6 bytes behind the extensions block.",
       NO_STACK, raises=MALFORMED)
def _():
    last = words(16, len(alpn("h2")) - 4 + 6) + alpn("h2")[4:]
    return whole(client_hello(client_extensions()[:-1] + [last]))


@built("length-block-beyond-hello",
       "A ClientHello whose extensions block ends 8 bytes behind the message.",
       NO_STACK, raises=MALFORMED)
def _():
    block = b"".join(client_extensions())
    body = client_hello_body() + words(len(block) + 8) + block
    return whole(message(1, body))


def bad_name(*, list_size=0, name_size=0) -> bytes:
    """A server_name extension with its two inner lengths off by so much."""
    host = b"server.example"
    entry = b"\x00" + words(len(host) + name_size) + host
    return extension(0, words(len(entry) + list_size) + entry)


@built("length-sni-list",
       "A server_name list that claims 5 bytes more than its extension holds; the "
       "extensions after it are good.", NO_STACK, raises=MALFORMED)
def _():
    return whole(client_hello([bad_name(list_size=5)] + client_extensions()[1:]))


@built("length-sni-name",
       "A host name that claims 3 bytes more than its list holds; the extensions "
       "after it are good.", NO_STACK, raises=MALFORMED)
def _():
    return whole(client_hello([bad_name(name_size=3)] + client_extensions()[1:]))


@built("length-certificate-list",
       "A Certificate message whose last certificate ends 16 bytes behind the list.",
       NO_STACK, raises=MALFORMED)
def _():
    hello, _, *rest = server_flight()
    last = (len(CERTIFICATE) + 16).to_bytes(3, "big") + CERTIFICATE
    return flight(*map(handshake_record, (hello, message(11, vector(24, last)), *rest)))


@built("length-no-extensions",
       "ClientHello and ServerHello that end behind the compression methods.",
       "stacks always send extensions", raises=("signature_algorithms_missing",),
       near_miss=MALFORMED + TRAILING)
def _():
    talk = Conversation()
    talk.client(handshake_record(message(1, client_hello_body()), version=TLS10))
    talk.server(b"".join(map(handshake_record, (server_hello([]), *server_flight()[1:]))))
    return close(exchange(finish_tls12(talk)))


@built("length-empty-extensions",
       "A ClientHello whose extensions block is there and empty.",
       "stacks always send extensions", raises=("signature_algorithms_missing",),
       near_miss=MALFORMED + TRAILING)
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello([]), version=TLS10))
    talk.server(b"".join(map(handshake_record, (server_hello([]), *server_flight()[1:]))))
    return close(exchange(finish_tls12(talk)))


@built("trailing-client-hello", "Three bytes after the extensions of a ClientHello.",
       NO_STACK, raises=TRAILING)
def _():
    return whole(client_hello(after=b"\x00\x00\x00"))


@built("trailing-server-hello", "Three bytes after the extensions of a ServerHello.",
       NO_STACK, raises=TRAILING)
def _():
    _, *rest = server_flight()
    return flight(*map(handshake_record, (server_hello(after=b"\x00\x00\x00"), *rest)))


@built("trailing-extension",
       "Four bytes after the list inside the server_name extension; the extensions "
       "after it are good.", NO_STACK, raises=TRAILING)
def _():
    name = extension(0, server_name()[4:] + b"\x00" * 4)
    return whole(client_hello([name] + client_extensions()[1:]))


# --- handshake_type_unknown --------------------------------------------------


@built("handshake-type-99",
       "A handshake message of the unassigned type 99 after the ServerHello.",
       NO_STACK, raises=("handshake_type_unknown",))
def _():
    hello, *rest = server_flight()
    odd = message(99, noise(24, "odd"))
    return flight(*map(handshake_record, (hello, odd, *rest)))


def client_authenticates(client_extension: bytes, messages: tuple[bytes, ...]):
    """TLS 1.2 where the server asks for a certificate and the client answers
    with ``messages`` and a CertificateVerify."""
    talk = Conversation()
    talk.client(handshake_record(
        client_hello(client_extensions() + [client_extension]), version=TLS10))
    hello = server_hello([EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, client_extension])
    _, chain, key, done = server_flight()
    request = message(13, vector(8, b"\x40") + vector(16, words(0x0403)) + vector(16, b""))
    talk.server(b"".join(map(handshake_record, (hello, chain, key, request, done))))
    signature = server_key_exchange()[-70:]
    verify = message(15, words(0x0403) + vector(16, signature))
    before, after = messages[:-1], messages[-1]
    talk.client(b"".join(map(handshake_record, (
        *before, after, client_key_exchange(), verify)))
        + ccs() + protected(40, "client finished", HANDSHAKE))
    talk.server(ccs() + protected(40, "server finished", HANDSHAKE))
    return close(exchange(talk))


@built("handshake-type-supplemental-data",
       "The client sends SupplementalData (type 23, RFC 4680) with a user mapping.",
       "no stack has it", near_miss=("handshake_type_unknown",),
      raises=("certificate_usage",))
def _():
    names = vector(16, b"user@example") + vector(16, b"example")
    mapping = vector(16, b"\x40" + vector(16, names))
    data = message(23, vector(24, words(0) + vector(16, mapping)))
    return client_authenticates(extension(6, vector(8, b"\x40")),
                                (data, certificate(CERTIFICATE)))


@built("handshake-type-certificate-url",
       "The client sends CertificateURL (type 21, RFC 6066) in place of Certificate.",
       "no stack has it", near_miss=("handshake_type_unknown",))
def _():
    url = vector(16, b"http://server.example/client.der") + b"\x01" + noise(20, "hash")
    return client_authenticates(extension(2), (message(21, b"\x00" + vector(16, url)),))


# --- SSLv2 -------------------------------------------------------------------

SSLV2 = ("sslv2_client_hello",)
KINDS = (0x010080, 0x0700C0, 0x030080, 0x060040)


def after_sslv2(talk: Conversation) -> Conversation:
    """A TLS 1.0 server's answer without extensions, and the rest."""
    hello = server_hello([], version=TLS10, suite=0xC009)
    kex = server_key_exchange()
    point, signature = kex[4:40], kex[-70:]  # TLS 1.0 names no algorithm
    kex = message(12, point + vector(16, signature))
    talk.server(b"".join(handshake_record(m, version=TLS10) for m in (
        hello, certificate(), kex, server_hello_done())))
    talk.client(handshake_record(client_key_exchange(), version=TLS10) + ccs(TLS10)
                + protected(48, "client finished", HANDSHAKE, TLS10))
    talk.server(ccs(TLS10) + protected(48, "server finished", HANDSHAKE, TLS10))
    talk.client(protected(160, "request", version=TLS10))
    talk.server(protected(640, "response", version=TLS10))
    return talk.client(protected(32, "close", ALERT, TLS10)).fin()


V2_SUITES = (0x00FF, 0xC009, 0xC00A, 0x002F, 0x0035)


@built("sslv2-challenge-16",
       "An SSLv2-format ClientHello with a challenge of 16 bytes, on an odd port.",
       "what is left sends 32 bytes", raises=(*SSLV2, "tls10_selected"))
def _():
    talk = Conversation(40443)
    return after_sslv2(talk.client(sslv2_client_hello(suites=V2_SUITES, challenge=16)))


@built("sslv2-long", "An SSLv2-format ClientHello of more than 255 bytes.",
       "what is left offers few suites", raises=(*SSLV2, "tls10_selected"))
def _():
    suites = V2_SUITES + tuple(range(0x0030, 0x0047)) + tuple(range(0x0084, 0x009B))
    suites += tuple(range(0xC001, 0xC01A))
    return after_sslv2(Conversation().client(sslv2_client_hello(suites=suites, kinds=KINDS)))


@built("sslv2-padding", "An SSLv2-format ClientHello with a 3-byte header and padding.",
       "padding is for encrypted records", raises=(*SSLV2, "tls10_selected"))
def _():
    return after_sslv2(Conversation().client(
        sslv2_client_hello(suites=V2_SUITES, kinds=KINDS, padding=5)))


@built("sslv2-server", "An SSLv2 ClientHello and a server that answers in SSLv2.",
       "no stack in use speaks SSLv2", raises=(*SSLV2, "sslv2_negotiated"))
def _():
    talk = Conversation().client(
        sslv2_client_hello(2, (), kinds=KINDS, challenge=16))
    specs = b"".join(kind.to_bytes(3, "big") for kind in KINDS[:2])
    hello = b"\x04\x00\x01" + words(2, len(CERTIFICATE), len(specs), 16)
    talk.server(sslv2_record(hello + CERTIFICATE + specs + noise(16, "connection id")))
    key = b"\x02" + KINDS[0].to_bytes(3, "big") + words(0, 128, 0) + noise(128, "key")
    talk.client(sslv2_record(key))
    talk.server(sslv2_record(noise(33, "verify"))).client(sslv2_record(noise(33, "finish")))
    talk.server(sslv2_record(noise(33, "server finish")))
    return talk.fin()


@built("sslv2-not",
       "Begins like an SSLv2 ClientHello on an odd port, but the cipher specs take 25 "
       "bytes, not a multiple of 3: some other protocol.",
       "the near miss of the SSLv2 hellos", near_miss=SSLV2)
def _():
    body = b"\x01" + words(TLS10, 25, 0, 16) + noise(41, "other protocol")
    return Conversation(40444).client(words(0x8000 | len(body)) + body).server(
        noise(60, "answer")).fin()


# --- limits, snap length, incomplete captures --------------------------------


@built("limit-handshake-2-mib",
       "A Certificate message that announces 2 MiB, of which 6 KB come.",
       NO_STACK, raises=("limit_reached", "message_length_unusual"))
def _():
    hello, *_ = server_flight()
    start = b"\x0b" + (0x200000).to_bytes(3, "big") + (0x1FFFFD).to_bytes(3, "big")
    chain = (start + vector(24, CERTIFICATE) * 20)[:6000]
    talk = Conversation().client(handshake_record(client_hello(), version=TLS10))
    return talk.server(handshake_record(hello) + records(HANDSHAKE, chain, 2000)).rst()


@built("limit-certificate-70-kib",
       "A Certificate message of 70 KiB, whole, over 5 records, with more certificates than are judged.",
       "stacks refuse such chains", raises=("limit_reached",))
def _():
    hello, _, key, done = server_flight()
    return flight(handshake_record(hello), records(HANDSHAKE, big_certificate(71680)),
                  handshake_record(key), handshake_record(done))


@built("capture-snap-100", "A TLS 1.2 connection captured with a snap length of 100.",
       "the same cut each time", raises=("cut_short",))
def _():
    talk = whole()
    talk.packets = snap(talk.packets, 100)
    return talk


@built("capture-ends-in-message",
       "The capture ends in the middle of a Certificate message, after its first record.",
       "the same cut each time")
def _():
    talk = Conversation().client(handshake_record(client_hello(), version=TLS10))
    return talk.server(handshake_record(server_hello())
                       + record(HANDSHAKE, big_certificate(6000)[:4000]))


@built("capture-gap-in-handshake",
       "A segment in the middle of the server's Certificate was not captured.",
       "loss where we want it", raises=("capture_incomplete",))
def _():
    talk = Conversation().client(handshake_record(client_hello(), version=TLS10))
    data = b"".join(map(handshake_record, (
        server_hello(), certificate(*[CERTIFICATE] * 8), *server_flight()[2:])))
    talk.server(data[:1460]).skip_server(1460).server(data[2920:])
    return close(exchange(finish_tls12(talk)))


@built("capture-gap-in-data",
       "A segment in the middle of application data was not captured; complete "
       "records follow.", "loss where we want it", raises=("capture_incomplete",))
def _():
    talk = tls12()
    talk.client(protected(120, "request"))
    data = b"".join(protected(1200, f"data {n}") for n in range(8))
    talk.server(data[:2920]).skip_server(1460).server(data[4380:])
    return close(exchange(talk, "more"))


@built("capture-midstream", "The capture begins in the middle of application data.",
       "a start where we want it")
def _():
    talk = Conversation(handshake=False)
    talk.server(protected(4000, "cut")[1300:])
    talk.server(protected(900, "a") + protected(700, "b"))
    return close(exchange(talk))


@built("capture-one-side", "Only the server's packets of a TLS 1.2 connection.",
       "a capture of one direction", raises=("capture_incomplete",))
def _():
    return only_server(whole())


@built("capture-one-side-alert", "Only the server's packets of a handshake that fails.",
       "a capture of one direction", raises=("alert_fatal",), near_miss=("handshake_failed",))
def _():
    return only_server(Conversation().client(handshake_record(client_hello(), version=TLS10))
                       .server(alert(2, 40)).fin())


def only_server(talk):
    talk.packets = [p for p in talk.packets if p.data[34:36] == words(443)]
    return talk



# --- segments and records ----------------------------------------------------

SEGMENTS = "a stack's segments are not ours to choose"


@built("segments-split-header",
       "Every record's 5-byte header is split over two segments.", SEGMENTS,
       near_miss=("capture_incomplete",))
def _():
    talk = Conversation()
    flights = (
        (talk.client, (handshake_record(client_hello(), version=TLS10),)),
        (talk.server, tuple(map(handshake_record, server_flight()))),
        (talk.client, (handshake_record(client_key_exchange()), ccs(),
                       protected(40, "client finished", HANDSHAKE))),
        (talk.server, (ccs(), protected(40, "server finished", HANDSHAKE))),
        (talk.client, (protected(120, "request"), protected(90, "request 2"))),
        (talk.server, (protected(640, "response"), protected(300, "response 2"))),
    )
    for send, items in flights:
        data, cuts, at = b"".join(items), [0], 0
        for number, item in enumerate(items):
            cuts.append(at + 1 + number % 4)
            at += len(item)
        cuts.append(at)
        send(*(data[a:b] for a, b in zip(cuts, cuts[1:])))
    return close(talk)


@built("segments-one-byte",
       "A TLS 1.2 handshake, resumed by session id, delivered one byte per segment.",
       SEGMENTS)
def _():
    talk, session = Conversation(gap=100), noise(32, "session id")
    hello = client_hello(session_id=session)
    talk.client(handshake_record(hello, version=TLS10), mss=1)
    talk.server(handshake_record(server_hello(session_id=session)) + ccs()
                + protected(40, "server finished", HANDSHAKE), mss=1)
    talk.client(ccs() + protected(40, "client finished", HANDSHAKE), mss=1)
    return close(exchange(talk))


@built("segments-several-records",
       "Many records in each segment, and several messages in each record.", SEGMENTS)
def _():
    talk = Conversation().client(handshake_record(client_hello(), version=TLS10))
    talk.server(handshake_record(*server_flight()))
    finish_tls12(talk)
    talk.client(b"".join(protected(40 + n, f"request {n}") for n in range(12)))
    talk.server(b"".join(protected(100 + n, f"response {n}") for n in range(12)))
    return close(talk)


@built("records-one-byte", "A ClientHello in records of one byte each.",
       "stacks fill their records", raises=("many_small_records",))
def _():
    talk = Conversation()
    talk.client(records(HANDSHAKE, client_hello(), 1, TLS10))
    talk.server(b"".join(map(handshake_record, server_flight())))
    return close(exchange(finish_tls12(talk)))


@built("records-fragmented-flight",
       "The server's flight in records of 48 bytes that ignore message boundaries.",
       "stacks fill their records")
def _():
    return flight(records(HANDSHAKE, b"".join(server_flight()), 48))


@built("ports-again-without-syn",
       "TLS 1.2 to its end, its ClientHello repeated behind that, and another connection between the "
       "same ports, of which the capture has no SYN.", "stacks take another port",
       near_miss=("random_reused", "data_after_close", "record_version_changed"))
def _():
    talk = whole()
    client, server = talk._client, talk._server
    end, client.sequence = client.sequence, 1050001  # where its first byte was
    talk._emit(client, 0x18, handshake_record(client_hello(), version=TLS10))
    client.sequence = end + 50_000_000
    server.sequence += 70_000_000
    with apart("again"):
        return whole(talk=talk)


# --- captures on which Wireshark's own TLS dissector asserts -----------------


@built("bug-partial-hello-odd-version",
       "Half a ClientHello in a record of version 0x0505, then the server's alert: "
       "Wireshark's own dissector asserts on its second pass.",
       NO_STACK, raises=("record_version_unknown", "alert_fatal", "closed_inside_record"), tshark=("-2",))
def _():
    talk = Conversation()
    talk.client(record(HANDSHAKE, client_hello()[:100], 0x0505))
    return talk.server(alert(2, 70)).fin()


@built("bug-empty-record-in-hello",
       "A handshake record of no bytes inside a fragmented ClientHello: Wireshark's "
       "own dissector asserts.", NO_STACK, raises=("record_empty",))
def _():
    hello = client_hello()
    talk = Conversation()
    talk.client(record(HANDSHAKE, hello[:100], TLS10) + record(HANDSHAKE, b"", TLS10)
                + record(HANDSHAKE, hello[100:], TLS10))
    talk.server(b"".join(map(handshake_record, server_flight())))
    return close(exchange(finish_tls12(talk)))
