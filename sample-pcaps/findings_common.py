# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections of which nothing is wrong, to be spoiled one part at a time.

A part is a message; the function that makes it gets the conversation, so that
randoms, keys and session ids differ from one connection to the next.
"""

import base64
import re
from pathlib import Path

from built import *
from built_captures import built
from built_messages import MINUTE, RETRY_RANDOM, der, send

BY_DESIGN = "no stack at hand does it when asked to"
NEAR = "each is one step from a finding"

_PEM = re.compile(r"^([\w-]+): .*\n-----BEGIN CERTIFICATE-----\n([^-]*)", re.MULTILINE)
CERTIFICATES = {
    name: base64.b64decode(text) for name, text in _PEM.findall(
        (Path(__file__).parent / "finding_certificates.pem").read_text())
}


def chain(*names: str) -> bytes:
    """A Certificate message up to TLS 1.2; the intermediate follows a name alone."""
    if len(names) == 1:
        names += ("intermediate",)
    return certificate(*(CERTIFICATES[name] for name in names))


# --- Hellos ------------------------------------------------------------------


def label(talk: Conversation) -> str:
    """What tells this connection from the others of its capture: when it began."""
    return str(talk.packets[0].time - START)


def changed(extensions: list[bytes], new, drop=()) -> list[bytes]:
    """The list with each of ``new`` in the place of one of its type, or else at
    the end, and without the types in ``drop``."""
    items = list(extensions)
    for item in new:
        places = [n for n, old in enumerate(items) if old[:2] == item[:2]]
        if places:
            items[places[0]] = item
        else:
            items.append(item)
    return [item for item in items if int.from_bytes(item[:2], "big") not in drop]


def with_random(hello: bytes, random: bytes) -> bytes:
    """A hello with another random, which stands behind type, length and version."""
    return hello[:6] + random + hello[38:]


def groups(*values: int) -> bytes:
    return extension(10, vector(16, words(*values)))


def schemes(*values: int) -> bytes:
    return extension(13, vector(16, words(*values)))


def versions(*values: int) -> bytes:
    return extension(43, vector(8, words(*values)))


def share(group: int, public: bytes) -> bytes:
    """A KeyShareEntry."""
    return words(group) + vector(16, public)


def shares(*entries: bytes) -> bytes:
    """The key_share of a client."""
    return extension(51, vector(16, b"".join(entries)))


def x25519(talk: Conversation, side: str) -> bytes:
    return share(0x001D, noise(32, f"{side} share {label(talk)}"))


def client_items(talk: Conversation, tls13=False) -> list[bytes]:
    """The extensions of offer()."""
    items = client_extensions(tls13)
    return changed(items, [shares(x25519(talk, "client"))]) if tls13 else items


def offer(talk: Conversation, *new: bytes, drop=(), tls13=False, random=None, **more) -> bytes:
    """A modern ClientHello with ``new`` extensions and without those to ``drop``;
    ``more`` goes to client_hello()."""
    name = label(talk)
    more.setdefault("session_id", noise(32, f"session id {name}") if tls13 else b"")
    if "extensions" not in more:
        more["extensions"] = changed(client_items(talk, tls13), new, drop)
    hello = client_hello(tls13=tls13, **more)
    return with_random(hello, random or noise(32, f"client random {name}"))


def answer(talk: Conversation, *new: bytes, drop=(), tls13=False, random=None, **more) -> bytes:
    """The ServerHello to offer(), as that."""
    name = label(talk)
    more.setdefault("session_id", noise(32, f"{'' if tls13 else 'server '}session id {name}"))
    if "extensions" not in more:
        items = (
            [extension(43, words(TLS13)), extension(51, x25519(talk, "server"))] if tls13
            else [EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO, POINT_FORMATS, alpn("http/1.1")]
        )
        more["extensions"] = changed(items, new, drop)
    hello = server_hello(tls13=tls13, **more)
    return with_random(hello, random or noise(32, f"server random {name}"))


def retry(talk: Conversation, *extensions: bytes, suite=0x1301, session_id=None) -> bytes:
    """A HelloRetryRequest with supported_versions and ``extensions``."""
    return answer(talk, tls13=True, suite=suite, random=RETRY_RANDOM,
                  extensions=[extension(43, words(TLS13)), *extensions],
                  **({} if session_id is None else {"session_id": session_id}))


# --- Up to TLS 1.2 -----------------------------------------------------------

ECDSA, RSA = 0x0403, 0x0401


def signature(talk: Conversation, scheme: int, size: int = 256) -> bytes:
    """What looks like a signature of that scheme."""
    if scheme & 0xFF != 3 or scheme >> 8 > 6:
        return noise(size, f"signature {label(talk)}")
    halves = (der(2, b"\x35" + noise(31, f"{half} {label(talk)}")) for half in "rs")
    return der(0x30, *halves)


def signed(talk: Conversation, scheme: int | None, size: int = 256) -> bytes:
    """A signature behind its scheme; before TLS 1.2 (None) there is none, and it is RSA's."""
    return ((words(scheme) if scheme else b"")
            + vector(16, signature(talk, scheme or RSA, size)))


def key(talk: Conversation, group=0x001D, public=None, scheme: int | None = ECDSA,
        size: int = 256) -> bytes:
    """A ServerKeyExchange of ECDHE."""
    if public is None:
        public = noise(32, f"server point {label(talk)}")
    return message(12, b"\x03" + words(group) + vector(8, public) + signed(talk, scheme, size))


def client_key(talk: Conversation, size: int = 32) -> bytes:
    return message(16, vector(8, noise(size, f"client point {label(talk)}")))


def encrypted_secret(talk: Conversation, size: int = 256) -> bytes:
    """A ClientKeyExchange of RSA."""
    return message(16, vector(16, noise(size, f"premaster {label(talk)}")))


def aes_gcm(size: int) -> int:
    """The size of a record around so many bytes: a nonce of 8 bytes, a tag of 16."""
    return size + 24


def chacha20(size: int) -> int:
    return size + 16


def stream_sha(size: int) -> int:
    """A stream cipher and HMAC-SHA1."""
    return size + 20


def cbc_sha(size: int, block: int = 16, iv: bool = True) -> int:
    """A block cipher and HMAC-SHA1; the IV came with TLS 1.1."""
    return (size + 20) // block * block + block + iv * block


def cbc_sha_tls10(size: int) -> int:
    return cbc_sha(size, iv=False)


def triple_des(size: int) -> int:
    return cbc_sha(size, 8)


def hello12(talk: Conversation, hello: bytes | None = None, version=TLS10) -> None:
    talk.client(handshake_record(hello or offer(talk), version=version))


def flight12(talk: Conversation, *, reply=None, certificates=None, status=b"", exchange=None,
             request=b"", version=TLS12) -> bytes:
    """The server's records from ServerHello to ServerHelloDone.  A part that is b"" is
    left out."""
    parts = (answer(talk) if reply is None else reply,
             chain("server") if certificates is None else certificates, status,
             key(talk) if exchange is None else exchange, request, server_hello_done())
    return send([part for part in parts if part], version)


def data12(talk: Conversation, version=TLS12, cover=aes_gcm, response=616) -> Conversation:
    """A request, its response, and the end."""
    name = label(talk)
    talk.client(protected(cover(96), f"request {name}", version=version))
    talk.server(protected(cover(response), f"response {name}", version=version))
    talk.client(protected(cover(2), f"client close {name}", ALERT, version))
    talk.server(protected(cover(2), f"server close {name}", ALERT, version))
    return talk.fin()


def keys12(talk: Conversation, messages=None, *, version=TLS12, cover=aes_gcm, finished=16,
           ticket=b"") -> Conversation:
    """The client's ``messages`` and Finished, then the server's, after its ``ticket``."""
    name = label(talk)
    talk.client(send(messages or [client_key(talk)], version) + ccs(version) + protected(
        cover(finished), f"client finished {name}", HANDSHAKE, version))
    return talk.server((send([ticket], version) if ticket else b"") + ccs(version) + protected(
        cover(finished), f"server finished {name}", HANDSHAKE, version))


def whole12(talk: Conversation, hello=None, messages=None, *, version=TLS12, cover=aes_gcm,
            finished=16, ticket=b"", **parts) -> Conversation:
    """A TLS 1.2 connection, ECDHE_ECDSA over x25519 unless ``parts``, which go to
    flight12(), say otherwise."""
    hello12(talk, hello)
    talk.server(flight12(talk, version=version, **parts))
    keys12(talk, messages, version=version, cover=cover, finished=finished, ticket=ticket)
    return data12(talk, version, cover)


def resumed12(talk: Conversation, hello: bytes, reply: bytes, cover=aes_gcm,
              ticket=b"") -> Conversation:
    """A TLS 1.2 connection that goes on with a session."""
    name = label(talk)
    hello12(talk, hello)
    talk.server(send([m for m in (reply, ticket) if m]) + ccs() + protected(
        cover(16), f"server finished {name}", HANDSHAKE))
    talk.client(ccs() + protected(cover(16), f"client finished {name}", HANDSHAKE))
    return data12(talk, cover=cover)


# --- Key exchange with RSA ---------------------------------------------------

RSA_SUITES = (0xC02F, 0x009E, 0x009C)  # AES_128_GCM with ECDHE_RSA, DHE_RSA, RSA


def whole_rsa(talk: Conversation, suite=0xC02F, hello=None, messages=None, *, scheme=RSA,
              name="server-rsa", offered=(), **parts) -> Conversation:
    """As whole12() with an RSA certificate."""
    hello = hello or offer(talk, suites=(suite, *offered))
    parts.setdefault("reply", answer(talk, suite=suite))
    parts.setdefault("certificates", chain(name))
    parts.setdefault("exchange", key(talk, scheme=scheme))
    return whole12(talk, hello, messages, **parts)


def whole_static(talk: Conversation, suite=0x009C, messages=None, **parts) -> Conversation:
    """As whole_rsa() with the premaster secret encrypted for the certificate."""
    return whole_rsa(talk, suite, messages=messages or [encrypted_secret(talk)],
                     exchange=b"", **parts)


# --- TLS 1.3 -----------------------------------------------------------------


def data13(talk: Conversation, response=616) -> Conversation:
    """A request, its response, and the end."""
    name = label(talk)
    talk.client(protected(113, f"request {name}"))
    talk.server(protected(response + 17, f"response {name}"))
    talk.client(protected(19, f"client close {name}"))
    talk.server(protected(19, f"server close {name}"))
    return talk.fin()


def hidden13(talk: Conversation, before: bytes, resumed=False, response=616) -> Conversation:
    """``before``, which ends the server's bytes in the clear, and all that is encrypted."""
    name = label(talk)
    sizes = {"extensions": 40} if resumed else {"extensions": 40, "certificate": 880, "verify": 96}
    talk.server(before + b"".join(
        protected(size, f"{part} {name}") for part, size in {**sizes, "finished": 53}.items()))
    talk.client(ccs() + protected(53, f"client finished {name}"))
    return data13(talk, response)


def whole13(talk: Conversation, hello=None, reply=None, resumed=False,
            response=616) -> Conversation:
    """A TLS 1.3 connection over x25519, with the ChangeCipherSpec of compatibility."""
    hello12(talk, hello or offer(talk, tls13=True))
    reply = reply or answer(talk, tls13=True)
    return hidden13(talk, handshake_record(reply) + ccs(), resumed, response)


def retried13(talk: Conversation, first: bytes, request: bytes, second: bytes,
              reply=None) -> Conversation:
    """A TLS 1.3 connection with a HelloRetryRequest."""
    hello12(talk, first)
    talk.server(handshake_record(request) + ccs())
    talk.client(ccs() + handshake_record(second))
    name = label(talk)
    talk.server(handshake_record(reply or answer(talk, tls13=True)) + b"".join(
        protected(size, f"{size} {name}") for size in (40, 880, 96, 53)))
    talk.client(protected(53, f"client finished {name}"))
    return data13(talk)


def psk(talk: Conversation, identities=1, binders=None) -> bytes:
    """A pre_shared_key with that many identities and binders."""
    offered = b"".join(
        vector(16, noise(96, f"ticket {n} {label(talk)}")) + noise(4, f"age {n}")
        for n in range(identities))
    proofs = b"".join(vector(8, noise(32, f"binder {n} {label(talk)}"))
                      for n in range(identities if binders is None else binders))
    return extension(41, vector(16, offered) + vector(16, proofs))


def unanswered(talk: Conversation, hello: bytes, version=TLS10) -> Conversation:
    """A ClientHello, and the end."""
    hello12(talk, hello, version)
    return talk.fin()


def connections(makers) -> list[Conversation]:
    """A connection, one a minute, for each function that gets it to fill.  Noise that they
    make without a label() is common to them."""
    talks = []
    for number, make in enumerate(makers):
        talk = Conversation(sport=50000 + number, start=START + number * MINUTE)
        make(talk)
        talks.append(talk)
    return talks


def shows(finding: str, about: str, *makers, also=(), near=(), why=BY_DESIGN, name=None) -> None:
    """Register the capture of a finding, a connection for each of ``makers``; it raises
    ``also`` the other findings of severity warn or error it deserves."""
    name = name or finding.replace("_", "-")
    built(name, about, why, raises=(finding, *also), near_miss=near)(
        lambda: connections(makers))


def nearly(topic: str, about: str, findings: str, *makers, raises=()) -> None:
    """Register the capture of what comes close to ``findings``, which a space separates."""
    name = f"near-{topic}"
    built(name, about, NEAR, raises=raises, near_miss=tuple(findings.split()))(
        lambda: connections(makers))
