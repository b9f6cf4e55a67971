# SPDX-License-Identifier: GPL-2.0-or-later
"""What loopback and real stacks do not show, built byte by byte: packets that are lost on the
way, resets from the middle, and alerts that no stack at hand sends."""

from built import *
from built_captures import tls12
from capfile import checksum
from findings_common import whole13
from truth_registry import truth

MAKER = "built.py, because {}"
PATH = MAKER.format("loopback loses nothing")
NEVER = MAKER.format("no stack at hand sends it when asked to")
SECOND = 1000000


def built_truth(name, about, outcome, cause="", maker=NEVER, **more):
    """Register a function that returns one Conversation or several."""

    def register(make):
        def write(path):
            with apart(name):
                talks = make()
            write_conversations(path, [talks] if isinstance(talks, Conversation) else talks)

        truth(name, about, outcome, cause, origin="built", maker=maker, **more)(write)
        return make

    return register


def push(talk: Conversation, side, *pieces: bytes, again=0, wait=SECOND // 4) -> None:
    """Send pieces, one segment each, that nobody acknowledges; the first is sent ``again`` so
    often, later and later."""
    start = side.sequence
    for number, piece in enumerate(pieces, 1):
        talk._emit(side, 0x18 if number == len(pieces) else 0x10, piece)
        side.sequence += len(piece)
    after, side.sequence = side.sequence, start
    for _ in range(again):
        talk.time += wait
        talk._emit(side, 0x10, pieces[0])
        wait *= 2
    side.sequence = after


def split(data: bytes, size: int = 1460) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def give_up(talk: Conversation, seconds: int = 10) -> Conversation:
    """The client closes; the server's acknowledgement of what it has comes back."""
    talk.time += seconds * SECOND
    talk._emit(talk._client, 0x11)
    talk._client.sequence += 1
    return talk


def hops(talk: Conversation, ttl: int) -> Conversation:
    """Give the last packet another TTL."""
    packet = talk.packets[-1]
    header = packet.data[14:34]
    header = header[:8] + bytes([ttl]) + header[9:10] + b"\0\0" + header[12:]
    header = header[:10] + words(checksum(header)) + header[12:]
    talk.packets[-1] = packet._replace(data=packet.data[:14] + header + packet.data[34:])
    return talk


def large_hello(label: str = "") -> bytes:
    """A ClientHello with a key share for X25519MLKEM768: two segments."""
    share = words(0x11EC) + vector(16, noise(1216, f"share {label}"))
    share += words(0x001D) + vector(16, noise(32, f"small share {label}"))
    items = [one for one in client_extensions(True) if one[:2] not in (b"\0\x33", b"\0\x0a")]
    items += [extension(10, vector(16, words(0x11EC, 0x001D, 0x0017))),
              extension(51, vector(16, share)), extension(21, bytes(280))]
    return handshake_record(client_hello(items, tls13=True), version=TLS10)


# --- The ClientHello does not arrive -----------------------------------------

LOST = "large_client_hello_lost"


def hello_lost(**more) -> Conversation:
    talk = Conversation(**more)
    first, second = split(large_hello())
    talk.client(first)  # is acknowledged
    push(talk, talk._client, second, again=5)
    return give_up(talk)


@built_truth("large-hello-lost", "A ClientHello with a post-quantum key share in two segments: "
             "the second is sent six times and never acknowledged.", "no_response", LOST, PATH,
             also="no_server_answer path_mtu")
def _():
    return hello_lost()


@built_truth("large-hello-lost-small-works", "A small ClientHello to the same server succeeds; of "
             "the large one the second segment is never acknowledged.", "no_response", LOST, PATH,
             stream=1)
def _():
    first = Conversation(sport=50001)
    whole13(first)
    return [first, hello_lost(sport=50002, start=START + 60 * SECOND)]


@built_truth("large-hello-reset", "A ClientHello with a post-quantum key share in two segments, and "
             "a reset right after the second; a small one to the same server succeeds.",
             "reset_by_server", LOST, PATH, also="reset_after_client_hello", stream=1)
def _():
    first = Conversation(sport=50001)
    whole13(first)
    talk = Conversation(sport=50002, start=START + 60 * SECOND)
    talk.client(large_hello())
    return [first, talk.rst(by_server=True)]


@built_truth("ok-large-hello", "A ClientHello with a post-quantum key share, of which a segment is "
             "sent twice, and a handshake.", "established_inferred", maker=PATH)
def _():
    talk = Conversation()
    hello = large_hello()
    first, second = split(hello)
    talk.client(first)
    push(talk, talk._client, second, again=1)
    talk._emit(talk._server, 0x10)
    talk.server(handshake_record(server_hello(tls13=True)) + ccs()
                + protected(40, "extensions") + protected(900, "certificate")
                + protected(96, "verify") + protected(53, "finished"))
    talk.client(ccs() + protected(53, "client finished"))
    return close(exchange(talk), True)


# --- Full packets do not pass ------------------------------------------------

MTU = "path_mtu"


def flight() -> bytes:
    hello, _, key, done = server_flight()
    return b"".join(map(handshake_record, (
        hello, certificate(*[CERTIFICATE] * 3, CA_CERTIFICATE, CA_CERTIFICATE), key, done)))


@built_truth("path-mtu-at-server", "Near the server: the full segments of its flight are sent "
             "again and again and never acknowledged.", "closed_by_client "
             "no_response", MTU, PATH)
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello(), version=TLS10))
    start = talk._server.sequence
    push(talk, talk._server, *split(flight()), again=6)
    talk._server.sequence = start  # what the client acknowledges
    return give_up(talk, 5)


@built_truth("path-mtu-at-client", "Near the client: of the server's flight only the last and "
             "short segment arrives, and the client says again and again what it misses.",
             "closed_by_client no_response", MTU, PATH)
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello(), version=TLS10))
    *lost, last = split(flight())
    seen = talk._server.sequence
    talk._server.sequence += sum(map(len, lost))
    for wait in (0, 1, 2):
        talk.time += wait * SECOND
        talk._emit(talk._server, 0x18, last)
        sent, talk._server.sequence = talk._server.sequence, seen
        talk._emit(talk._client, 0x10)  # acknowledges what came before the gap
        talk._server.sequence = sent
    talk._server.sequence = seen
    return give_up(talk, 20)


@built_truth("path-mtu-client-flight", "Near the client: its certificate fills segments that are "
             "sent again and again and not acknowledged.", "closed_by_client no_response "
             "reset_by_client", MTU, PATH)
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello(), version=TLS10))
    hello, chain, key, done = server_flight()
    request = message(13, b"\x01\x40" + vector(16, words(0x0403)) + vector(16, b""))
    talk.server(*(handshake_record(one) for one in (hello, chain, key, request, done)))
    data = b"".join(map(handshake_record, (
        certificate(*[CERTIFICATE] * 4), client_key_exchange()))) + ccs()
    push(talk, talk._client, *split(data + protected(40, "finished", HANDSHAKE)), again=6)
    return give_up(talk, 5).rst()


@built_truth("ok-retransmission", "TLS 1.2 whose server sends a full segment of its flight three "
             "times until it is acknowledged.", "established", maker=PATH)
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello(), version=TLS10))
    push(talk, talk._server, *split(flight()), again=2)
    talk._emit(talk._client, 0x10)
    return close(exchange(finish_tls12(talk)))


# --- Resets from the middle --------------------------------------------------


@built_truth("reset-other-ttl", "A reset right after the ClientHello whose TTL is 57 where the "
             "server's packets have 64: something on the way sent it.", "reset_by_server",
             "reset_after_client_hello", PATH)
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello(tls13=True), version=TLS10))
    return hops(talk.rst(by_server=True), 57)


@built_truth("ok-reset-after-close", "TLS 1.2, and after both have said close_notify the server "
             "resets.", "established", maker=PATH)
def _():
    talk = exchange(tls12())
    talk.client(protected(26, "client close", ALERT))
    talk.server(protected(26, "server close", ALERT))
    return talk.rst(by_server=True)


# --- Downgrade ---------------------------------------------------------------


def downgraded(sentinel: bytes, version: int) -> Conversation:
    talk = Conversation()
    talk.client(handshake_record(client_hello(tls13=True), version=TLS10))
    hello, *rest = server_flight()
    hello = hello[:4] + words(version) + hello[6:30] + sentinel + hello[38:]
    talk.server(b"".join(handshake_record(one, version=version) for one in (hello, *rest)))
    return talk.client(alert(2, 47, version)).fin()


@built_truth("downgrade-to-tls12", "The client offers TLS 1.3, the server answers with TLS 1.2 and "
             "the random of one that can do better: illegal_parameter.", "failed_alert",
             "downgrade_detected")
def _():
    return downgraded(b"DOWNGRD\x01", TLS12)


@built_truth("downgrade-to-tls11", "The client offers TLS 1.3, the server answers with TLS 1.1 and "
             "the random of one that can do better: illegal_parameter.", "failed_alert",
             "downgrade_detected")
def _():
    return downgraded(b"DOWNGRD\x00", TLS11)


# --- Alerts of other stacks --------------------------------------------------


def hello_refused(description: int) -> Conversation:
    talk = Conversation()
    talk.client(handshake_record(client_hello(), version=TLS10))
    return talk.server(alert(2, description)).fin()


def flight_refused(*descriptions: tuple[int, int], **more) -> Conversation:
    talk = Conversation()
    talk.client(handshake_record(client_hello(**more), version=TLS10))
    talk.server(b"".join(map(handshake_record, server_flight())))
    return talk.client(b"".join(alert(*one) for one in descriptions)).fin()


for _name, _code, _cause, _about in (
    ("insufficient-security", 71, "no_shared_parameters", "insufficient_security"),
    ("unknown-psk-identity", 115, "client_hello_rejected", "unknown_psk_identity"),
):
    @built_truth(f"alert-{_name}", f"The server answers the ClientHello with {_about}.",
                 "failed_alert", _cause)
    def _(code=_code):
        return hello_refused(code)

for _name, _code in (("unsupported-certificate", 43), ("certificate-revoked", 44),
                     ("bad-certificate-status", 113)):
    @built_truth(f"alert-{_name}", f"The client answers a good certificate with alert {_code}.",
                 "failed_alert", "server_certificate_rejected")
    def _(code=_code):
        return flight_refused((2, code))


@built_truth("alert-certificate-expired-clock", "The client says certificate_expired of a "
             "certificate that is valid: its clock is wrong.", "failed_alert",
             "server_certificate_expired")
def _():
    return flight_refused((2, 45))


@built_truth("alert-unknown-code", "The server answers the ClientHello with alert 99, which nobody "
             "knows.", "failed_alert", "unknown_failure", also="client_hello_rejected")
def _():
    return hello_refused(99)


@built_truth("alert-user-canceled", "The client says user_canceled and close_notify after the "
             "server's flight.", "failed_alert closed_by_client", "user_canceled")
def _():
    return flight_refused((1, 90), (1, 0))


@built_truth("client-missing-ssl30", "SSL 3.0: the client has no certificate and says so with a "
             "warning; the server ends with handshake_failure.", "failed_alert",
             "client_certificate_missing")
def _():
    talk = Conversation()
    talk.client(handshake_record(client_hello([], version=SSL30, suites=(0x000A,)),
                                 version=SSL30))
    hello = server_hello([], version=SSL30, suite=0x000A)
    request = message(13, b"\x01\x01" + vector(16, b""))
    talk.server(b"".join(handshake_record(one, version=SSL30) for one in (
        hello, certificate(), request, server_hello_done())))
    talk.client(alert(1, 41, SSL30))
    return talk.server(alert(2, 40, SSL30)).fin()


@built_truth("ok-user-canceled-later", "TLS 1.2: user_canceled is inside of the encrypted data's "
             "end, as a warning before close_notify.", "established")
def _():
    talk = exchange(tls12())
    talk.client(protected(26, "canceled", ALERT) + protected(26, "client close", ALERT))
    return talk.fin()
