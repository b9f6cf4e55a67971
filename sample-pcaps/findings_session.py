# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of what is wrong with records, with the order of messages, with alerts and
with the end of a connection, and of what nearly is."""

from findings_common import *
from findings_hello import early
from findings_server_hello import (ETM, HEARTBEATS, again, cbc_etm, first,
                                   with_ticket)

SECOND = 1000000  # in microseconds

# --- Lengths of records ------------------------------------------------------


def rest12(talk: Conversation) -> bytes:
    """The server's messages after its hello."""
    return chain("server") + key(talk) + server_hello_done()


def limited(item: bytes, plain: int, response: int):
    """TLS 1.2 with ``item``, which limits records, from both sides: the server has records of
    ``plain`` bytes in its handshake and a protected one of ``response``."""

    def make(talk):
        hello12(talk, offer(talk, item))
        talk.server(handshake_record(answer(talk, item)) + records(HANDSHAKE, rest12(talk), plain))
        keys12(talk)
        data12(talk, response=response)

    return make


FRAGMENTS, SIZE_LIMIT = extension(1, b"\x01"), extension(28, words(1024))

shows("record_limit_exceeded",
      "Records one byte over what was negotiated: over max_fragment_length of 2^9 in the "
      "handshake, over record_size_limit of 1024 behind it.",
      limited(FRAGMENTS, 513, 512), limited(SIZE_LIMIT, 16384, 1025))

nearly("record-limit",
       "Records that just keep to what was negotiated: max_fragment_length of 2^9, "
       "record_size_limit of 1024, which is none for the handshake in the clear, and the "
       "latter in TLS 1.3.",
       "record_limit_exceeded max_fragment_invalid max_fragment_mismatch "
       "record_size_limit_invalid",
       limited(FRAGMENTS, 512, 512), limited(SIZE_LIMIT, 16384, 1024),
       lambda talk: whole13(talk, offer(talk, SIZE_LIMIT, tls13=True), response=1023))


def then(talk: Conversation, size: int, version=TLS12) -> Conversation:
    """One more record of data from the server."""
    return talk.server(protected(size, f"more {label(talk)}", version=version))


def odd_gcm(size: int, version=TLS12):
    """TLS 1.2 with AES-GCM and a record of that size."""

    def make(talk):
        hello12(talk)
        talk.server(flight12(talk))
        data12(then(keys12(talk), size, version))

    return make


def odd_suite(suite: int, size: int, cover, *extensions: bytes):
    """As odd_gcm() with another suite of ECDHE_ECDSA."""

    def make(talk):
        hello12(talk, offer(talk, *extensions, suites=(suite,)))
        talk.server(flight12(talk, reply=answer(talk, *extensions, suite=suite)))
        data12(then(keys12(talk, cover=cover), size), cover=cover)

    return make


def odd_tls13(size: int):
    """TLS 1.3 with a record of that size."""

    def make(talk):
        hello12(talk, offer(talk, tls13=True))
        name = label(talk)
        talk.server(handshake_record(answer(talk, tls13=True)) + ccs() + b"".join(
            protected(part, f"{part} {name}") for part in (40, 880, 96, 53)))
        talk.client(ccs() + protected(53, f"client finished {name}"))
        data13(then(talk, size))

    return make


def ccm_8(size: int) -> int:
    """A nonce of 8 bytes, a tag of 8."""
    return size + 16


shows("record_length_impossible",
      "Records that no plaintext fits: shorter than nonce and tag of AES-GCM, no whole blocks "
      "of AES-CBC, and shorter than tag and type of TLS 1.3.",
      odd_gcm(23), odd_suite(0xC009, 65, cbc_sha), odd_tls13(16))

nearly("record-length",
       "The shortest records that there can be: AES-GCM, ChaCha20-Poly1305, CCM_8, AES-CBC, "
       "the same with encrypt_then_mac, and TLS 1.3.",
       "record_length_impossible record_empty_data cbc_without_etm record_version_changed "
       "record_version_tls13 weak_cipher_selected",
       odd_gcm(24), odd_suite(0xCCA9, 16, chacha20), odd_suite(0xC0AE, 16, ccm_8),
       odd_suite(0xC009, 52, cbc_etm, ETM), odd_tls13(17))

nearly("record-length-cbc", "The shortest record of AES-CBC with the MAC inside.",
       "record_length_impossible weak_cipher_selected", odd_suite(0xC009, 48, cbc_sha))

shows("record_empty_data",
      "Application data records without a byte, not even a tag, in TLS 1.2 and TLS 1.3.",
      odd_gcm(0), odd_tls13(0), name="record-empty-data-aead")

# --- Pieces of messages ------------------------------------------------------


def tiny(count: int):
    """A ClientHello whose first bytes are in records of their own."""

    def make(talk):
        hello = offer(talk, tls13=True)
        talk.client(records(HANDSHAKE, hello[:count], 1, TLS10)
                    + handshake_record(hello[count:], version=TLS10))
        hidden13(talk, handshake_record(answer(talk, tls13=True)) + ccs())

    return make


shows("many_small_records", "A ClientHello that begins with 16 records of one byte.", tiny(16))

CANCELED = alert(1, 90)


def split_hello(between: bytes):
    """A ClientHello in two records with something between them."""

    def make(talk):
        hello = offer(talk, tls13=True)
        talk.client(handshake_record(hello[:120], version=TLS10) + between
                    + handshake_record(hello[120:], version=TLS10))
        hidden13(talk, handshake_record(answer(talk, tls13=True)) + ccs())

    return make


def split_flight(between: bytes):
    """The same with a server's Certificate in TLS 1.2."""

    def make(talk):
        hello12(talk)
        rest = rest12(talk)
        talk.server(handshake_record(answer(talk)) + handshake_record(rest[:300]) + between
                    + handshake_record(rest[300:]))
        data12(keys12(talk))

    return make


shows("handshake_interleaved",
      "A user_canceled alert between two pieces of a message: of a ClientHello in TLS 1.3, "
      "of a Certificate in TLS 1.2.", split_hello(CANCELED), split_flight(CANCELED))


def crossing12(size: int):
    """The first bytes of a Finished stand before the client's ChangeCipherSpec."""

    def make(talk):
        hello12(talk)
        talk.server(flight12(talk))
        begun = message(20, bytes(12))[:size]
        talk.client(handshake_record(client_key(talk) + begun) + ccs()
                    + protected(40, f"client finished {label(talk)}", HANDSHAKE))
        talk.server(ccs() + protected(40, f"server finished {label(talk)}", HANDSHAKE))
        data12(talk)

    return make


def crossing13(size: int):
    """The first bytes of EncryptedExtensions stand before what is encrypted."""
    begun = message(8, bytes(2))[:size]
    return lambda talk: (hello12(talk, offer(talk, tls13=True)), hidden13(
        talk, handshake_record(answer(talk, tls13=True) + begun) + ccs()))


shows("handshake_crosses_key_change",
      "Bytes of an unfinished message before the keys change: of EncryptedExtensions behind "
      "the ServerHello of TLS 1.3, of Finished behind the ClientKeyExchange of TLS 1.2.",
      crossing13(3), crossing12(3))

nearly("pieces",
       "Messages in pieces, as they should be: 15 records of a byte; a ClientHello and a "
       "Certificate in two records each; an alert between whole messages; and messages that "
       "end where the keys change.",
       "many_small_records handshake_interleaved handshake_crosses_key_change",
       tiny(15), split_hello(b""), split_flight(b""),
       lambda talk: (hello12(talk), talk.server(
           handshake_record(answer(talk)) + CANCELED + handshake_record(rest12(talk))),
           data12(keys12(talk))),
       crossing12(0), crossing13(0))

# --- Versions of records -----------------------------------------------------

shows("record_version_changed", "One record of version 0x0302 in TLS 1.2.",
      odd_gcm(640, TLS11))

shows("record_version_tls13", "A ClientHello in a record of version 0x0304.",
      lambda talk: (hello12(talk, offer(talk, tls13=True), TLS13), hidden13(
          talk, handshake_record(answer(talk, tls13=True)) + ccs())))

nearly("record-version",
       "Versions of records as they should be: 0x0301 for the ClientHello, then 0x0303, in TLS "
       "1.2 and TLS 1.3, and from the beginning.",
       "record_version_changed record_version_tls13",
       whole12, whole13,
       lambda talk: (hello12(talk, offer(talk, tls13=True), TLS12), hidden13(
           talk, handshake_record(answer(talk, tls13=True)) + ccs())))

# --- Order -------------------------------------------------------------------


def early_ccs_client(talk: Conversation) -> Conversation:
    """The client changes keys before it has sent its own."""
    hello12(talk)
    talk.server(flight12(talk))
    name = label(talk)
    talk.client(ccs() + protected(61, f"key {name}", HANDSHAKE)
                + protected(40, f"client finished {name}", HANDSHAKE))
    talk.server(ccs() + protected(40, f"server finished {name}", HANDSHAKE))
    return data12(talk)


def early_ccs_server(talk: Conversation) -> Conversation:
    """The server changes keys right after its hello; there is no session to resume."""
    hello12(talk)
    name = label(talk)
    talk.server(handshake_record(answer(talk)) + ccs() + b"".join(
        protected(size, f"{size} {name}", HANDSHAKE) for size in (877, 172, 28)))
    return talk.rst()


shows("early_ccs",
      "ChangeCipherSpec before a key was exchanged: the client's before its ClientKeyExchange, "
      "and the server's right after its ServerHello.", early_ccs_client, early_ccs_server)

shows("unexpected_message",
      "TLS 1.2 with messages out of order: ServerKeyExchange before Certificate, and "
      "Certificate twice.",
      lambda talk: whole12(talk, certificates=key(talk), exchange=chain("server")),
      lambda talk: whole12(talk, status=chain("server")))


def early_data12(talk: Conversation) -> Conversation:
    """The client sends data before its key."""
    hello12(talk)
    talk.server(flight12(talk))
    talk.client(record(APPDATA, b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n"))
    return data12(keys12(talk))


shows("early_application_data", "Application data in the clear, before the keys of TLS 1.2.",
      early_data12)


def false_start(talk: Conversation) -> Conversation:
    """RFC 7918: the client sends data before the server's Finished."""
    hello12(talk)
    talk.server(flight12(talk))
    name = label(talk)
    talk.client(handshake_record(client_key(talk)) + ccs()
                + protected(40, f"client finished {name}", HANDSHAKE)
                + protected(120, f"soon {name}"))
    talk.server(ccs() + protected(40, f"server finished {name}", HANDSHAKE))
    return data12(talk)


TICKETS = extension(35)


def new_ticket(talk: Conversation, seconds: int = 7200) -> bytes:
    return message(4, seconds.to_bytes(4, "big")
                   + vector(16, noise(160, f"new ticket {label(talk)}")))


def ticketed(talk: Conversation, seconds: int = 7200) -> Conversation:
    """TLS 1.2 with a ticket for the next time."""
    return whole12(talk, offer(talk, TICKETS), reply=answer(talk, TICKETS),
                   ticket=new_ticket(talk, seconds))


def renewed(talk: Conversation) -> Conversation:
    """TLS 1.2 resumed with a ticket, and another in its place."""
    session = noise(32, f"resumed {label(talk)}")
    old = extension(35, noise(160, f"old ticket {label(talk)}"))
    return resumed12(talk, offer(talk, old, session_id=session),
                     answer(talk, TICKETS, session_id=session), ticket=new_ticket(talk))


shows("ticket_not_negotiated", "NewSessionTicket, which the ServerHello did not announce.",
      lambda talk: whole12(talk, offer(talk, TICKETS), ticket=new_ticket(talk)))

shows("ticket_lifetime_long", "A ticket of TLS 1.2 for a second more than a week.",
      lambda talk: ticketed(talk, 604801))


def asked_first(talk: Conversation) -> Conversation:
    """The server begins, with HelloRequest."""
    talk.server(handshake_record(message(0, b"")))
    return whole12(talk)


nearly("order",
       "Orders that are good, a connection each: HelloRequest before anything else, False "
       "Start, a ticket of a week, a session resumed by its id, with a ticket, with a ticket "
       "that is replaced, and with early data.",
       "early_ccs unexpected_message early_application_data renegotiation "
       "ticket_not_negotiated ticket_lifetime_long renegotiation_repeated",
       asked_first, false_start, lambda talk: ticketed(talk, 604800), first, again,
       lambda talk: with_ticket(talk, noise(32, f"id {label(talk)}")), renewed, early)

# --- Renegotiation -----------------------------------------------------------


def renegotiate(talk: Conversation, number: int = 0) -> Conversation:
    """A handshake inside the connection, which the client begins."""
    name = f"{number} {label(talk)}"

    def hidden(*sizes: int, kind=HANDSHAKE) -> bytes:
        return b"".join(protected(aes_gcm(n), f"{kind} {n} {name}", kind) for n in sizes)

    talk.client(hidden(210))
    talk.server(hidden(97, 853, 148, 4))
    talk.client(hidden(37) + hidden(1, kind=CCS) + hidden(16))
    return talk.server(hidden(1, kind=CCS) + hidden(16))


def renegotiated(times: int):
    """TLS 1.2 with so many renegotiations."""

    def make(talk):
        hello12(talk)
        talk.server(flight12(talk))
        keys12(talk)
        for number in range(times):
            renegotiate(talk, number)
        data12(talk)

    return make


shows("renegotiation", "A renegotiation of TLS 1.2, which the client begins.", renegotiated(1),
      near=("renegotiation_repeated",))

NULL_SUITE = 0xC006  # TLS_ECDHE_ECDSA_WITH_NULL_SHA


def in_the_clear(times: int):
    """TLS 1.2 with a NULL cipher and so many renegotiations, each record with its MAC."""

    def make(talk):
        name = label(talk)

        def bare(kind: int, content: bytes) -> bytes:
            return record(kind, content + noise(20, f"MAC {kind} {len(content)} {name}"))

        def keys(cover) -> None:
            talk.client(cover(HANDSHAKE, client_key(talk)) + cover(CCS, b"\x01")
                        + bare(HANDSHAKE, message(20, noise(12, f"client {name}"))))
            talk.server(cover(CCS, b"\x01")
                        + bare(HANDSHAKE, message(20, noise(12, f"server {name}"))))

        hello12(talk, offer(talk, suites=(NULL_SUITE,)))
        talk.server(flight12(talk, reply=answer(talk, suite=NULL_SUITE)))
        keys(record)
        verify = noise(12, f"client {name}")
        both = verify + noise(12, f"server {name}")
        for number in range(times):
            fresh = [noise(32, f"{side} random {number} {name}") for side in "cs"]
            again = extension(0xFF01, vector(8, verify))
            talk.client(bare(HANDSHAKE, offer(talk, again, suites=(NULL_SUITE,),
                                              random=fresh[0])))
            back = answer(talk, extension(0xFF01, vector(8, both)), suite=NULL_SUITE,
                          random=fresh[1], session_id=fresh[1])
            for part in (back, chain("server"), key(talk), server_hello_done()):
                talk.server(bare(HANDSHAKE, part))
            keys(bare)
        return talk.fin()

    return make


shows("renegotiation_repeated", "Ten renegotiations of TLS 1.2 in a row, under a NULL cipher.",
      in_the_clear(10), also=("weak_cipher_selected",))


def refusal(talk: Conversation) -> Conversation:
    """Under a cipher that hides nothing, so that the alert can be read."""
    name = label(talk)

    def bare(kind: int, content: bytes, side: str) -> bytes:
        return record(kind, content + noise(20, f"{kind} {side} {name}"))

    hello12(talk, offer(talk, suites=(NULL_SUITE,)))
    talk.server(flight12(talk, reply=answer(talk, suite=NULL_SUITE)))
    talk.client(handshake_record(client_key(talk)) + ccs()
                + bare(HANDSHAKE, message(20, noise(12, f"client {name}")), "client"))
    talk.server(ccs() + bare(HANDSHAKE, message(20, noise(12, f"server {name}")), "server"))
    talk.server(bare(HANDSHAKE, message(0, b""), "request"))
    talk.client(bare(ALERT, b"\x01\x64", "refusal"))
    talk.client(bare(ALERT, b"\x01\x00", "close"))
    talk.server(bare(ALERT, b"\x01\x00", "server close"))
    return talk.fin()


shows("renegotiation_refused",
      "TLS 1.2 with a NULL cipher: HelloRequest, and no_renegotiation as the answer.", refusal,
      also=("weak_cipher_selected",))

# --- Very long messages ------------------------------------------------------


def long_hello(size: int):
    """A ClientHello of so many bytes, its header included."""

    def make(talk):
        missing = size - len(offer(talk, extension(21), tls13=True))
        hello = offer(talk, extension(21, bytes(missing)), tls13=True)
        talk.client(records(HANDSHAKE, hello, 16384, TLS10))
        hidden13(talk, handshake_record(answer(talk, tls13=True)) + ccs())

    return make


shows("message_length_unusual", "A ClientHello of 65600 bytes, most of them padding.",
      long_hello(65604))

nearly("message-length", "A ClientHello of 65535 bytes, most of them padding.",
       "message_length_unusual padding_not_zero", long_hello(65535))

# --- Alerts ------------------------------------------------------------------


def alerted(*alerts: bytes):
    """TLS 1.2 where the server sends alerts before its hello and goes on."""

    def make(talk):
        hello12(talk)
        talk.server(b"".join(alerts) + flight12(talk))
        data12(keys12(talk))

    return make


def alerted13(payload: bytes):
    """TLS 1.3 where the client answers the ServerHello with an alert in the clear."""

    def make(talk):
        hello12(talk, offer(talk, tls13=True))
        talk.server(handshake_record(answer(talk, tls13=True)) + ccs() + b"".join(
            protected(size, f"{size} {label(talk)}") for size in (40, 880, 96, 53)))
        talk.client(payload).fin()

    return make


shows("alert_practically_fatal", "A warning of unrecognized_name, which Java takes as fatal.",
      alerted(alert(1, 112)))

shows("alert_out_of_place",
      "Warnings that should not be: export_restriction and decryption_failed in TLS 1.2, "
      "illegal_parameter at the level of a warning in TLS 1.3.",
      alerted(alert(1, 60)), alerted(alert(1, 21)), alerted13(alert(1, 47)))

shows("alert_flood", "Four warnings in a row.", alerted(*[CANCELED] * 4))


def hidden_alert(talk: Conversation) -> Conversation:
    """TLS 1.2 where the client sends an alert in place of its Finished."""
    hello12(talk)
    talk.server(flight12(talk))
    talk.client(handshake_record(client_key(talk)) + ccs()
                + protected(26, f"alert {label(talk)}", ALERT))
    return talk.rst()


shows("alert_probable_encrypted",
      "Alerts that cannot be read: in TLS 1.2 in place of the client's Finished, in TLS 1.3 as "
      "the first that the client encrypts, and the end.",
      hidden_alert, alerted13(ccs() + protected(19, "alert")))

nearly("alert",
       "Alerts as they should be: three of user_canceled in a row, user_canceled and "
       "close_notify from a client of TLS 1.3, and the encrypted ones at the end of TLS 1.2 and "
       "TLS 1.3.",
       "alert_practically_fatal alert_out_of_place alert_flood alert_probable_encrypted "
       "renegotiation_refused data_after_close",
       alerted(*[CANCELED] * 3), alerted13(CANCELED + alert(1, 0)), whole12, whole13)

# --- The end -----------------------------------------------------------------


def closed_early(talk: Conversation) -> Conversation:
    """The server says goodbye and then hello."""
    hello12(talk)
    return talk.server(alert(1, 0)).server(flight12(talk)).fin()


shows("data_after_close", "A server that sends close_notify in the clear, and then goes on.",
      closed_early)


def ended(cut: int):
    """TLS 1.2 whose last record lacks so many bytes; no close_notify."""

    def make(talk):
        hello12(talk)
        talk.server(flight12(talk))
        keys12(talk)
        talk.client(protected(120, f"request {label(talk)}"))
        talk.server(protected(640, f"response {label(talk)}")[: 645 - cut]).fin()

    return make


shows("close_notify_missing", "The end of a connection without close_notify.", ended(0),
      near=("closed_inside_record",))

shows("closed_inside_record", "The end of a connection inside a record.", ended(345))


def goodbye(talk: Conversation) -> Conversation:
    """After the server's close_notify the client has one more to say."""
    hello12(talk)
    return talk.server(alert(1, 0)).client(CANCELED + alert(1, 0)).fin()


nearly("close",
       "Ends as they should be: the client goes on after the server's close_notify, and TLS "
       "1.2 and 1.3 with close_notify from both sides.",
       "data_after_close close_notify_missing closed_inside_record",
       goodbye, whole12, whole13)

# --- Heartbeats --------------------------------------------------------------


def heartbeat(kind: int, size: int, payload: bytes) -> bytes:
    """A heartbeat that claims a payload of ``size`` bytes."""
    return record(HEARTBEAT, bytes([kind]) + words(size) + payload)


HELLO_THERE = b"Are you there?"


def beating(*beats: bytes, whole=False):
    """TLS 1.2 with heartbeats in the clear, of client and server by turns."""

    def make(talk):
        hello12(talk, offer(talk, HEARTBEATS))
        talk.server(flight12(talk, reply=answer(talk, HEARTBEATS)))
        for number, beat in enumerate(beats):
            (talk.server if number % 2 else talk.client)(beat)
        if whole:
            data12(keys12(talk))
        else:
            talk.fin()

    return make


GOOD = [heartbeat(kind, len(HELLO_THERE), HELLO_THERE + noise(16, f"padding {kind}"))
        for kind in (1, 2)]
BLEEDING = ("malformed_length", "heartbeat_before_finished")

shows("heartbeat_before_finished", "A heartbeat and its answer in the midst of a handshake.",
      beating(*GOOD, whole=True), near=("heartbleed_request", "heartbleed_response"))

shows("heartbleed_request",
      "A heartbeat of three bytes that claims a payload of 16384; the server says nothing.",
      beating(heartbeat(1, 16384, b"")), also=BLEEDING)

shows("heartbleed_response",
      "A heartbeat of three bytes that claims a payload of 1000, and a server that answers "
      "with so many bytes of its memory.",
      beating(heartbeat(1, 1000, b""), heartbeat(
          2, 1000, (b"Cookie: secret; " * 63)[:1000] + noise(16, "padding"))),
      also=("heartbleed_request", *BLEEDING))


def beaten(talk: Conversation) -> Conversation:
    """Heartbeats under the keys of TLS 1.2, the answer as long as the request."""
    hello12(talk, offer(talk, HEARTBEATS))
    talk.server(flight12(talk, reply=answer(talk, HEARTBEATS)))
    keys12(talk)
    talk.client(protected(aes_gcm(33), f"beat {label(talk)}", HEARTBEAT))
    talk.server(protected(aes_gcm(33), f"echo {label(talk)}", HEARTBEAT))
    return data12(talk)


nearly("heartbeat", "A heartbeat and its answer, encrypted, after the handshake.",
       "heartbeat_before_finished heartbleed_request heartbleed_response", beaten)

# --- What comes before TLS, and how long it takes ----------------------------

shows("version_fallback",
      "The server resets the connection when it sees TLS 1.3, and the client tries again with "
      "TLS 1.2 alone.",
      lambda talk: (hello12(talk, offer(talk, tls13=True)), talk.rst(by_server=True)), whole12)

nearly("fallback",
       "The server resets the connection, and the client tries again with TLS 1.3.",
       "version_fallback fallback_not_refused",
       lambda talk: (hello12(talk, offer(talk, tls13=True)), talk.rst(by_server=True)), whole13)


def forwarded(talk: Conversation) -> Conversation:
    """A proxy says for whom it connects."""
    talk.client(b"PROXY TCP4 203.0.113.9 192.0.2.1 50000 443\r\n")
    return whole13(talk)


def mail(*commands: bytes) -> Conversation:
    """SMTP that turns into TLS 1.3; the client sends the commands in one segment."""
    talk = Conversation(25, 50001, start=START + MINUTE)
    talk.server(b"220 server.example ESMTP\r\n").client(b"EHLO client.example\r\n")
    talk.server(b"250-server.example\r\n250 STARTTLS\r\n").client(b"".join(commands))
    return whole13(talk.server(b"220 Go ahead\r\n"))


@built("data-before-tls",
       "Plain text before TLS: the line of a proxy, and a command behind STARTTLS in the same "
       "segment.", BY_DESIGN, raises=("data_before_tls",))
def _():
    return connections([forwarded]) + [mail(b"STARTTLS\r\n", b"RSET\r\n")]


@built("near-starttls", "SMTP with STARTTLS as it should be.", NEAR,
       near_miss=("data_before_tls",))
def _():
    return mail(b"STARTTLS\r\n")


def slow(microseconds: int):
    """TLS 1.2 with a server that takes its time."""

    def make(talk):
        hello12(talk)
        talk.time += microseconds
        talk.server(flight12(talk))
        data12(keys12(talk))

    return make


shows("slow_handshake_step", "A server that answers the ClientHello after six seconds.",
      slow(6 * SECOND))

nearly("slow", "A server that answers the ClientHello after four seconds.",
       "slow_handshake_step", slow(4 * SECOND))
