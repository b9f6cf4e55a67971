# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of what is wrong with a ServerHello or a HelloRetryRequest, and of what
nearly is."""

from findings_common import *
from findings_hello import (ASK_P256, DEFLATE, FALLBACK_SCSV, SCSV, bare, over_p256, p256_share,
                            resumed13, retried, with_psk)

# --- Versions and suites -----------------------------------------------------

shows("suite_not_offered", "A server that chooses a suite the client did not offer.",
      lambda talk: whole12(talk, offer(talk, suites=(0xC02C, 0xCCA9))))

shows("suite_wrong_for_version", "A server that chooses TLS 1.3 with a suite of TLS 1.2.",
      lambda talk: whole13(talk, reply=answer(talk, tls13=True, suite=0xC02B)))

shows("version_not_offered",
      "A server that chooses TLS 1.2 though the client's supported_versions has TLS 1.3 alone.",
      lambda talk: whole12(talk, offer(talk, versions(TLS13), tls13=True)))


def whole_ssl3(talk: Conversation, suite: int, cover) -> Conversation:
    """SSL 3.0 with RSA, whose secret has no length in front."""
    hello12(talk, bare(talk, SSL30, (suite, SCSV)), SSL30)
    reply = answer(talk, version=SSL30, suite=suite, extensions=[RENEGOTIATION_INFO])
    talk.server(flight12(talk, reply=reply, certificates=chain("server-rsa"), exchange=b"",
                         version=SSL30))
    secret = message(16, noise(256, f"premaster {label(talk)}"))
    keys12(talk, [secret], version=SSL30, cover=cover, finished=40)
    return data12(talk, SSL30, cover)


shows("sslv3_selected", "SSL 3.0 with RC4.",
      lambda talk: whole_ssl3(talk, 0x0005, stream_sha),
      also=("weak_cipher_selected",), near=("poodle",))

shows("poodle", "SSL 3.0 with AES in CBC mode.",
      lambda talk: whole_ssl3(talk, 0x002F, cbc_sha_tls10), also=("sslv3_selected",))


def whole_old(talk: Conversation, version: int, suite=0xC013, cover=cbc_sha) -> Conversation:
    """TLS 1.0 or 1.1 with ECDHE_RSA, whose signature is of MD5 and SHA-1."""
    return whole_rsa(
        talk, suite, offer(talk, version=version, suites=(suite,), drop=(13,)), scheme=None,
        reply=answer(talk, version=version, suite=suite), version=version, cover=cover)


shows("tls10_selected", "TLS 1.0 with ECDHE_RSA_WITH_AES_128_CBC_SHA.",
      lambda talk: whole_old(talk, TLS10, cover=cbc_sha_tls10),
      near=("signature_weak", "signature_algorithms_missing", "sslv3_selected", "poodle"))

shows("tls11_selected", "TLS 1.1 with ECDHE_RSA_WITH_AES_128_CBC_SHA.",
      lambda talk: whole_old(talk, TLS11), near=("signature_weak", "beast", "tls10_selected"))

shows("beast", "TLS 1.0 with a block cipher, AES in CBC mode.",
      lambda talk: whole_old(talk, TLS10, 0xC014, cbc_sha_tls10), also=("tls10_selected",))

shows("supported_versions_below_tls13",
      "A ServerHello of TLS 1.2 that says so in supported_versions.",
      lambda talk: whole12(talk, offer(talk, tls13=True),
                           reply=answer(talk, extension(43, words(TLS12)))))

shows("server_legacy_version_wrong",
      "Two ServerHellos of TLS 1.3 with the legacy versions 0x0304 and 0x0302.",
      *(lambda talk, version=version: whole13(
          talk, reply=answer(talk, tls13=True, version=version)) for version in (TLS13, TLS11)))


def warned(talk: Conversation) -> bytes:
    """The random of a server that knows TLS 1.3 and chooses TLS 1.2."""
    return noise(24, f"server random {label(talk)}") + b"DOWNGRD\x01"


shows("downgrade_sentinel",
      "The client offers TLS 1.3 and the server chooses TLS 1.2, with a random that says it "
      "knows TLS 1.3.",
      lambda talk: whole12(talk, offer(talk, tls13=True), reply=answer(
          talk, random=warned(talk))))

nearly("server-version",
       "Versions and suites that a server may choose, a connection each: TLS 1.2 with the "
       "random of one that knows TLS 1.3, of a client that does not; TLS 1.2 with another "
       "random, of a client that knows TLS 1.3; TLS 1.3.",
       "suite_not_offered suite_wrong_for_version version_not_offered sslv3_selected "
       "tls10_selected tls11_selected supported_versions_below_tls13 "
       "server_legacy_version_wrong downgrade_sentinel poodle beast tls11_offered",
       lambda talk: whole12(talk, reply=answer(talk, random=warned(talk))),
       lambda talk: whole12(talk, offer(talk, tls13=True)),
       lambda talk: whole13(talk))

# --- Values that were not offered --------------------------------------------

GREASE = 0x3A3A
greasy = share(GREASE, b"\x00")


def grease(talk: Conversation, reply: bytes) -> Conversation:
    """TLS 1.3 with a client that offers GREASE."""
    return whole13(talk, offer(
        talk, groups(GREASE, 0x001D, 0x0017), shares(greasy, x25519(talk, "client")),
        extension(0x8A8A), tls13=True, suites=(0x2A2A, *TLS13_SUITES, *TLS12_SUITES)), reply)


shows("grease_selected",
      "Servers that choose the GREASE a client offers: as the suite and as the group in TLS "
      "1.3, as an extension in TLS 1.2.",
      lambda talk: grease(talk, answer(talk, tls13=True, suite=0x2A2A)),
      lambda talk: grease(talk, answer(talk, extension(51, greasy), tls13=True)),
      lambda talk: whole12(talk, offer(talk, extension(0x8A8A)),
                           reply=answer(talk, extension(0x8A8A))))

shows("compression_selected", "A server that chooses DEFLATE, which the client offers.",
      lambda talk: whole12(talk, offer(talk, compression=DEFLATE + b"\x00"),
                           reply=answer(talk, compression=1)), also=("compression_offered",))

shows("compression_not_offered", "A server that chooses DEFLATE, which the client did not offer.",
      lambda talk: whole12(talk, reply=answer(talk, compression=1)),
      also=("compression_selected",))

shows("session_id_echo_mismatch",
      "Two ServerHellos of TLS 1.3 whose session id is not the client's: another one, and none.",
      lambda talk: whole13(talk, reply=answer(talk, tls13=True, session_id=noise(32, "other"))),
      lambda talk: whole13(talk, reply=answer(talk, tls13=True, session_id=b"")))


def with_ticket(talk: Conversation, session_id: bytes, more=b"") -> Conversation:
    """TLS 1.2 resumed with a ticket; the server sends the session id back, and ``more``."""
    ticket = extension(35, noise(160, f"ticket {label(talk)}"))
    return resumed12(talk, offer(talk, ticket, session_id=session_id),
                     answer(talk, session_id=session_id + more))


shows("ticketbleed_echo",
      "A server that answers a ticket and a session id of one byte with that byte and 31 of "
      "its memory.", lambda talk: with_ticket(talk, b"A", noise(31, "memory")))

shows("extension_not_offered", "A ServerHello with status_request, which was not offered.",
      lambda talk: whole12(talk, reply=answer(talk, extension(5))))

shows("extension_not_for_server_hello",
      "A ServerHello of TLS 1.3 with ALPN, which belongs into EncryptedExtensions.",
      lambda talk: whole13(talk, reply=answer(talk, alpn("http/1.1"), tls13=True)))

shows("group_not_offered",
      "Servers that use X448, which the client did not offer: in the ServerHello of TLS 1.3, "
      "and in the ServerKeyExchange of TLS 1.2.",
      lambda talk: whole13(talk, reply=answer(
          talk, extension(51, share(0x001E, noise(56, "x448"))), tls13=True)),
      lambda talk: whole12(talk, exchange=key(talk, 0x001E, noise(56, "server x448")),
                           messages=[client_key(talk, 56)]))

shows("psk_selected_invalid", "The server selects the second of one identity.",
      lambda talk: resumed13(talk, with_psk(talk), identity=1))

shows("alpn_not_offered", "A server that chooses h2, where http/1.1 is offered.",
      lambda talk: whole12(talk, reply=answer(talk, alpn("h2"))))

BOTH_PROTOCOLS = alpn("http/1.1", "h2")
shows("alpn_several", "A ServerHello with two protocols.",
      lambda talk: whole12(talk, offer(talk, BOTH_PROTOCOLS),
                           reply=answer(talk, BOTH_PROTOCOLS)))

# --- Extensions and their answers --------------------------------------------

ETM, HEARTBEATS = extension(22), extension(15, b"\x01")


def both(*extensions: bytes, **more):
    """TLS 1.2 with extensions that either side sends."""
    return lambda talk: whole12(talk, offer(talk, *extensions),
                                reply=answer(talk, *extensions), **more)


def cbc_etm(size: int) -> int:
    """AES in CBC mode, then HMAC-SHA1 over it."""
    return 16 + (size // 16 + 1) * 16 + 20


def whole_cbc(talk: Conversation, *extensions: bytes, cover=cbc_sha) -> Conversation:
    """TLS 1.2 with ECDHE_ECDSA_WITH_AES_128_CBC_SHA."""
    return whole12(talk, offer(talk, *extensions, suites=(0xC009,)),
                   reply=answer(talk, *extensions, suite=0xC009), cover=cover)


shows("etm_with_aead", "encrypt_then_mac answered where the suite is AES-GCM.", both(ETM))

shows("cbc_without_etm", "TLS 1.2 with AES in CBC mode, the MAC before encryption.", whole_cbc)

shows("no_extended_master_secret",
      "A server that does not answer extended_master_secret.",
      lambda talk: whole12(talk, reply=answer(talk, drop=(23,))))

shows("no_secure_renegotiation", "A server that does not answer renegotiation_info.",
      lambda talk: whole12(talk, reply=answer(talk, drop=(0xFF01,))))

shows("max_fragment_mismatch",
      "The client asks for fragments of 2^12 bytes, the server says 2^11.",
      lambda talk: whole12(talk, offer(talk, extension(1, b"\x04")),
                           reply=answer(talk, extension(1, b"\x03"))))

shows("server_name_echo_not_empty",
      "A server that answers server_name with the name, where it has to be empty.",
      both(server_name()), also=("trailing_data",))

shows("heartbeat_accepted", "Heartbeats offered and accepted.", both(HEARTBEATS))

nearly("server-hello",
       "ServerHellos as they should be, a connection each: the last suite of the client's, "
       "session ids sent back as they came, with a ticket and in TLS 1.3, P-256, GREASE and "
       "DEFLATE not taken, the second protocol, encrypt_then_mac with CBC, the fragment "
       "length that was asked for, an empty server_name, heartbeats not accepted.",
       "suite_not_offered grease_selected compression_selected compression_not_offered "
       "session_id_echo_mismatch ticketbleed_echo extension_not_offered "
       "extension_not_for_server_hello group_not_offered alpn_not_offered "
       "alpn_several etm_with_aead cbc_without_etm no_extended_master_secret "
       "no_secure_renegotiation max_fragment_mismatch server_name_echo_not_empty "
       "heartbeat_accepted early_ccs",
       lambda talk: whole12(talk, offer(talk, suites=(0xC02C, 0xC02B))),
       lambda talk: grease(talk, answer(talk, tls13=True)),
       lambda talk: over_p256(talk, shares(p256_share(talk, "client"))),
       lambda talk: with_ticket(talk, noise(32, "whole")),
       lambda talk: with_ticket(talk, noise(16, "half")),
       lambda talk: whole12(talk, offer(talk, alpn("h2", "http/1.1"))),
       lambda talk: whole_cbc(talk, ETM, cover=cbc_etm),
       both(extension(1, b"\x02")),
       lambda talk: whole12(talk, reply=answer(talk, extension(0))),
       lambda talk: whole12(talk, offer(talk, HEARTBEATS)))

# --- Sessions over two connections -------------------------------------------

def session() -> bytes:
    """The id of the session that a capture is about."""
    return noise(32, "the session")


def first(talk: Conversation, **more) -> Conversation:
    """A full handshake of a session that will be resumed."""
    return whole12(talk, reply=answer(talk, session_id=session()), **more)


def again(talk: Conversation, **more) -> Conversation:
    """The session resumed."""
    return resumed12(talk, offer(talk, session_id=session()),
                     answer(talk, session_id=session(), **more))


shows("ems_changed",
      "A session with extended_master_secret, and its resumption without.",
      first, lambda talk: again(talk, drop=(23,)))

shows("resumed_differently", "A session, and its resumption with another suite.",
      first, lambda talk: again(talk, suite=0xC02C))

DOWN = TLS12_SUITES + (FALLBACK_SCSV,)
shows("fallback_not_refused",
      "A server that chose TLS 1.3 a minute ago goes on with a client that falls back to TLS "
      "1.2 and says so with TLS_FALLBACK_SCSV.",
      whole13, lambda talk: whole12(talk, offer(talk, suites=DOWN)))

nearly("session",
       "Sessions as they should be, over four connections: one with its resumption, then a "
       "client that sends TLS_FALLBACK_SCSV to a server that only ever chose TLS 1.2, and that "
       "server again.",
       "ems_changed resumed_differently fallback_not_refused version_fallback early_ccs "
       "random_reused key_share_reused",
       first, again, lambda talk: whole12(talk, offer(talk, suites=DOWN)),
       lambda talk: whole12(talk))

# --- HelloRetryRequest -------------------------------------------------------


def gives_up(request, *, then=b"") -> Conversation:
    """A client that ends the connection when it has read the retry."""

    def make(talk):
        hello12(talk, offer(talk, tls13=True))
        return talk.server(handshake_record(request(talk)) + ccs() + then).fin()

    return make


def other_suite(talk: Conversation) -> Conversation:
    """The retry is of one suite, the ServerHello of another."""
    return retried13(
        talk, offer(talk, tls13=True), retry(talk, ASK_P256, suite=0x1302),
        offer(talk, shares(p256_share(talk, "client")), tls13=True),
        answer(talk, extension(51, p256_share(talk, "server")), tls13=True))


shows("hrr_inconsistent",
      "HelloRetryRequests that fit nothing: it asks for a group that was not offered, for the "
      "one whose share is there, the ServerHello has another suite; and second ClientHellos: "
      "without the cookie, with fewer suites, with another server "
      "name.",
      gives_up(lambda talk: retry(talk, extension(51, words(0x0018)))),
      gives_up(lambda talk: retry(talk, extension(51, words(0x001D)))),
      other_suite,
      lambda talk: retried(talk, drop=(44,)),
      lambda talk: retried(talk, suites=TLS13_SUITES),
      lambda talk: retried(talk, server_name("other.example")))

# --- Ciphers -----------------------------------------------------------------


def with_suite(suite: int, cover=aes_gcm):
    """TLS 1.2 with a suite of ECDHE_ECDSA, the only one there is."""
    return lambda talk: whole12(talk, offer(talk, suites=(suite,)),
                                reply=answer(talk, suite=suite), cover=cover)


shows("weak_cipher_selected", "TLS 1.2 with RC4.", with_suite(0xC007, stream_sha))

shows("weak_cipher_selected", "TLS 1.2 with 3DES.", with_suite(0xC008, triple_des),
      name="weak-cipher-selected-3des")

shows("no_forward_secrecy", "TLS 1.2 with a premaster secret encrypted with RSA.",
      whole_static)

nearly("cipher",
       "Ciphers that are strong enough, in TLS 1.2: ChaCha20-Poly1305 and AES-128-CBC, with "
       "ECDHE.", "weak_cipher_selected no_forward_secrecy",
       with_suite(0xCCA9, chacha20), with_suite(0xC009, cbc_sha))
