# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of what is wrong with a ClientHello, and of what nearly is."""

from built_messages import ech_outer
from findings_common import *

# --- Versions ----------------------------------------------------------------

SCSV, FALLBACK_SCSV = 0x00FF, 0x5600


def bare(talk: Conversation, version: int, suites=(0x002F, 0x0035, SCSV)) -> bytes:
    """A ClientHello without extensions."""
    hello = message(1, client_hello_body(version, suites=suites))
    return with_random(hello, noise(32, f"client random {label(talk)}"))


shows("sslv3_offered", "A ClientHello of SSL 3.0; the client gives up.",
      lambda talk: unanswered(talk, bare(talk, SSL30), SSL30), near=("tls11_offered",))

shows("tls11_offered", "ClientHellos of TLS 1.0 and of TLS 1.1; the clients give up.",
      lambda talk: unanswered(talk, bare(talk, TLS10)),
      lambda talk: unanswered(talk, bare(talk, TLS11)), near=("sslv3_offered",))

shows("legacy_version_wrong",
      "Two ClientHellos with TLS 1.3 in supported_versions, of the legacy versions 0x0304 and "
      "0x0302.",
      lambda talk: whole13(talk, offer(talk, tls13=True, version=TLS13)),
      lambda talk: whole13(talk, offer(talk, tls13=True, version=TLS11)), near=("tls11_offered",))

shows("supported_versions_missing",
      "A ClientHello of version 0x0304 with suites of TLS 1.3 and no supported_versions; the "
      "server chooses TLS 1.2.",
      lambda talk: whole12(talk, offer(talk, tls13=True, version=TLS13, drop=(43,))))

shows("supported_versions_useless",
      "supported_versions with a version that does not exist as the only one.",
      lambda talk: unanswered(talk, offer(talk, versions(0x0305))))

nearly("client-version",
       "Versions as they should be, a connection each: a hello of TLS 1.0 and one of TLS 1.2 "
       "that go unanswered, suites of TLS 1.3 in a hello of TLS 1.2 and GREASE besides TLS 1.3 "
       "alone.",
       "sslv3_offered legacy_version_wrong supported_versions_missing "
       "supported_versions_useless",
       lambda talk: unanswered(talk, bare(talk, TLS10)),
       lambda talk: unanswered(talk, offer(talk)),
       lambda talk: whole12(talk, offer(talk, suites=TLS13_SUITES + TLS12_SUITES)),
       lambda talk: whole13(talk, offer(talk, versions(0x5A5A, TLS13), tls13=True)))

# --- Key shares and groups ---------------------------------------------------

ONLY13 = {"tls13": True, "suites": TLS13_SUITES}  # and no older version

shows("extension_missing",
      "Two hellos that offer TLS 1.3 alone: without signature_algorithms, and with "
      "supported_groups but no key_share.",
      lambda talk: whole13(talk, offer(talk, versions(TLS13), drop=(13,), **ONLY13)),
      lambda talk: unanswered(talk, offer(talk, versions(TLS13), drop=(51,), **ONLY13)))


def p256(name: str) -> bytes:
    """A point of P-256, uncompressed."""
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    base = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
            0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)

    def add(one, other):
        if one is None:
            return other
        (x, y), (u, v) = one, other
        slope = ((3 * x * x - 3) * pow(2 * y, -1, p) if one == other
                 else (v - y) * pow(u - x, -1, p))
        w = (slope * slope - x - u) % p
        return w, (slope * (x - w) - y) % p

    point, factor = None, int.from_bytes(noise(16, name), "big")
    while factor:
        if factor & 1:
            point = add(point, base)
        base, factor = add(base, base), factor >> 1
    return b"\x04" + b"".join(n.to_bytes(32, "big") for n in point)


def p256_share(talk: Conversation, side: str) -> bytes:
    return share(0x0017, p256(f"{side} {label(talk)}"))


def over_p256(talk: Conversation, *new: bytes) -> Conversation:
    """TLS 1.3 over P-256."""
    return whole13(talk, offer(talk, *new, tls13=True),
                   answer(talk, extension(51, p256_share(talk, "server")), tls13=True))


shows("key_share_inconsistent",
      "Two ClientHellos: a share of x25519, which is not in supported_groups, besides one of "
      "P-256; and two shares of x25519.",
      lambda talk: over_p256(
          talk, groups(0x0017), shares(x25519(talk, "client"), p256_share(talk, "client"))),
      lambda talk: whole13(talk, offer(
          talk, shares(x25519(talk, "client"), x25519(talk, "second")), tls13=True)))

SIZES = {0x0018: 97, 0x0019: 133, 0x001E: 56, 0x0100: 256, 0x11EC: 1216}


def sized(talk: Conversation, group: int, more: int = 0) -> bytes:
    """A share of that group, so many bytes longer than it should be."""
    public = noise(SIZES[group] + more, f"{group} {label(talk)}")
    return share(group, b"\x04" + public[1:] if group in (0x0018, 0x0019) else public)


def with_share(talk: Conversation, group: int, more: int = 0, reply=None) -> Conversation:
    """TLS 1.3 with a share of ``group`` besides the one of x25519."""
    return whole13(talk, offer(
        talk, groups(group, 0x001D, 0x0017), shares(sized(talk, group, more),
                                                    x25519(talk, "client")), tls13=True), reply)


def hybrid_answer(talk: Conversation, size: int = 1120) -> bytes:
    return answer(talk, extension(51, share(0x11EC, noise(size, f"hybrid {label(talk)}"))),
                  tls13=True)


shows("key_share_length",
      "Key shares that are a byte too short or too long: X25519MLKEM768 and ffdhe2048 of a "
      "client, and X25519MLKEM768 of a server.",
      lambda talk: with_share(talk, 0x11EC, -1),
      lambda talk: with_share(talk, 0x0100, 1),
      lambda talk: with_share(talk, 0x11EC, 0, hybrid_answer(talk, 1119)))

nearly("key-share",
       "Key shares as they should be: P-384, P-521, X448, ffdhe2048 and X25519MLKEM768, of "
       "which the server chooses the last, each in its right length and in supported_groups.",
       "extension_missing key_share_inconsistent key_share_length",
       *(lambda talk, group=group: with_share(talk, group) for group in SIZES),
       lambda talk: with_share(talk, 0x11EC, 0, hybrid_answer(talk)),
       lambda talk: over_p256(
           talk, shares(x25519(talk, "client"), p256_share(talk, "client"))))


shows("point_invalid",
      "A share of P-256 that begins with 2, a share of x25519 that is zero, and a "
      "ServerKeyExchange whose point of P-256 begins with 5.",
      lambda talk: over_p256(
          talk, shares(share(0x0017, b"\x02" + noise(64, "invalid point")))),
      lambda talk: whole13(talk, offer(talk, shares(share(0x001D, bytes(32))), tls13=True)),
      lambda talk: whole12(talk, exchange=key(
          talk, 0x0017, b"\x05" + p256(label(talk))[1:]), messages=[client_point(talk)]))


def client_point(talk: Conversation) -> bytes:
    """A ClientKeyExchange over P-256."""
    return message(16, vector(8, p256(f"client {label(talk)}")))


nearly("point",
       "Points as they should be: of P-256 from both sides in TLS 1.3 and TLS 1.2, and a share "
       "of x25519 that is zero but for one bit.", "point_invalid",
       lambda talk: over_p256(talk, shares(p256_share(talk, "client"))),
       lambda talk: whole13(talk, offer(
           talk, shares(share(0x001D, bytes(30) + b"\x01\x00")), tls13=True)),
       lambda talk: whole12(talk, exchange=key(talk, 0x0017, p256(label(talk))),
                            messages=[client_point(talk)]))

# --- Resumption in TLS 1.3 ---------------------------------------------------

KE_ONLY = extension(45, vector(8, b"\x00"))


def with_psk(talk: Conversation, *new: bytes, drop=(), identities=1, binders=None,
             after=()) -> bytes:
    """A TLS 1.3 ClientHello with a pre_shared_key, and extensions ``after`` it."""
    items = changed(client_items(talk, True), new, drop)
    return offer(talk, tls13=True, extensions=[
        *items, psk(talk, identities, binders), *after])


def resumed13(talk: Conversation, hello: bytes, *, identity=0, drop=()) -> Conversation:
    """TLS 1.3 where the server takes a key that the client offers."""
    reply = answer(talk, extension(41, words(identity)), tls13=True, drop=drop)
    return whole13(talk, hello, reply, True)


shows("psk_not_last", "A ClientHello of TLS 1.3 with an extension after pre_shared_key.",
      lambda talk: whole13(talk, with_psk(talk, drop=(23,), after=(EXTENDED_MASTER_SECRET,))))

shows("psk_modes_missing", "A pre_shared_key without psk_key_exchange_modes.",
      lambda talk: whole13(talk, with_psk(talk, drop=(45,))))

shows("psk_binders_mismatch", "A pre_shared_key with two identities and one binder.",
      lambda talk: whole13(talk, with_psk(talk, identities=2, binders=1)))

shows("psk_without_forward_secrecy",
      "TLS 1.3 resumed with psk_ke, the only mode that the client offers.",
      lambda talk: resumed13(talk, with_psk(talk, KE_ONLY), drop=(51,)))

shows("early_data_without_psk", "early_data in a ClientHello without pre_shared_key.",
      lambda talk: whole13(talk, offer(talk, extension(42), tls13=True)))


def early(talk: Conversation) -> Conversation:
    """TLS 1.3 with early data."""
    hello12(talk, with_psk(talk, extension(42)))
    talk.client(ccs() + protected(200, f"early {label(talk)}"))
    reply = answer(talk, extension(41, words(0)), tls13=True)
    talk.server(handshake_record(reply) + ccs() + protected(40, f"extensions {label(talk)}")
                + protected(53, f"finished {label(talk)}"))
    # EndOfEarlyData, then Finished
    talk.client(protected(21, f"end {label(talk)}") + protected(53, f"c finished {label(talk)}"))
    return data13(talk)


shows("early_data_offered", "TLS 1.3 with early data.", early)

nearly("psk",
       "Resumption in TLS 1.3 as it should be: two identities with their binders as the last "
       "extension, and a hello without signature_algorithms, which a key of the past makes "
       "up for.",
       "psk_not_last psk_modes_missing psk_binders_mismatch psk_without_forward_secrecy "
       "early_data_offered early_data_without_psk extension_missing psk_selected_invalid",
       lambda talk: resumed13(talk, with_psk(talk, identities=2), identity=1),
       lambda talk: resumed13(talk, offer(talk, extensions=[*changed(
           client_items(talk, True), [versions(TLS13)], (13,)), psk(talk)], **ONLY13)))

nearly("early-data", "Early data as it should be, in TLS 1.3.",
       "early_data_without_psk psk_not_last early_application_data", early)

# --- Retries -----------------------------------------------------------------

COOKIE = extension(44, vector(16, noise(32, "cookie")))
ASK_P256 = extension(51, words(0x0017))


def retried(talk: Conversation, *new: bytes, drop=(), **changes) -> Conversation:
    """A HelloRetryRequest that asks for P-256 and gives a cookie; ``new`` extensions are in
    the second ClientHello, and ``changes`` are made to it."""
    return retried13(
        talk, offer(talk, tls13=True), retry(talk, ASK_P256, COOKIE),
        offer(talk, shares(p256_share(talk, "client")), COOKIE, *new, drop=drop, tls13=True,
              **changes),
        answer(talk, extension(51, p256_share(talk, "server")), tls13=True))


shows("cookie_unexpected", "A cookie in a first ClientHello.",
      lambda talk: whole13(talk, offer(talk, COOKIE, tls13=True)))

nearly("retry",
       "A HelloRetryRequest as it should be, with a cookie that the second hello brings back.",
       "cookie_unexpected hrr_inconsistent random_reused extension_not_offered "
       "group_not_offered early_ccs record_version_changed unexpected_message", retried)

shows("hello_retry", "A HelloRetryRequest, which asks for P-256.",
      lambda talk: retried13(
          talk, offer(talk, tls13=True), retry(talk, ASK_P256),
          offer(talk, shares(p256_share(talk, "client")), tls13=True),
          answer(talk, extension(51, p256_share(talk, "server")), tls13=True)),
      name="hello-retry-p256")

shows("key_share_empty",
      "A ClientHello without any key share, which waits for the server's choice.",
      lambda talk: retried13(talk, offer(talk, shares(), tls13=True),
                             retry(talk, extension(51, words(0x001D))),
                             offer(talk, tls13=True)))

# --- The fields that are left ------------------------------------------------

DEFLATE = b"\x01"

shows("compression_null_missing",
      "A ClientHello whose only compression method is DEFLATE; the client gives up.",
      lambda talk: unanswered(talk, offer(talk, compression=DEFLATE)),
      also=("compression_offered",))

shows("compression_offered", "A TLS 1.2 client that offers DEFLATE, besides none.",
      lambda talk: whole12(talk, offer(talk, compression=DEFLATE + b"\x00")))

shows("compression_in_tls13",
      "Two ClientHellos of TLS 1.3 with other compression methods than one 0: DEFLATE and 0, "
      "and twice 0.",
      lambda talk: whole13(talk, offer(talk, tls13=True, compression=DEFLATE + b"\x00")),
      lambda talk: whole13(talk, offer(talk, tls13=True, compression=b"\x00\x00")),
      also=("compression_offered",))

shows("session_id_unusual", "A TLS 1.3 ClientHello with a session id of 16 bytes.",
      lambda talk: whole13(talk, offer(talk, tls13=True, session_id=b"not quite enough"),
                           answer(talk, tls13=True, session_id=b"not quite enough")))

shows("weak_offer",
      "TLS 1.2 where the client also offers RC4, 3DES, EXPORT, NULL and anonymous suites.",
      lambda talk: whole12(talk, offer(
          talk, suites=TLS12_SUITES + (0x0005, 0x000A, 0x0003, 0x0001, 0x0018))))

shows("fallback_scsv", "TLS_FALLBACK_SCSV in a ClientHello of TLS 1.2.",
      lambda talk: whole12(talk, offer(talk, suites=TLS12_SUITES + (FALLBACK_SCSV,))))

shows("secure_renegotiation_not_offered",
      "A ClientHello of TLS 1.2 with neither renegotiation_info nor its SCSV; the client gives "
      "up.", lambda talk: unanswered(talk, offer(talk, drop=(0xFF01,))))

shows("renegotiation_info_not_empty",
      "renegotiation_info with the verify_data of some handshake in the first ClientHello, "
      "and in the ServerHello of another connection.",
      lambda talk: whole12(talk, offer(talk, extension(0xFF01, vector(8, noise(12, "old"))))),
      lambda talk: whole12(talk, reply=answer(
          talk, extension(0xFF01, vector(8, noise(24, "old"))))))

shows("extended_master_secret_not_offered",
      "TLS 1.2 without extended_master_secret from either side.",
      lambda talk: whole12(talk, offer(talk, drop=(23,)), reply=answer(talk, drop=(23,))))

shows("server_name_missing", "A ClientHello without server_name.",
      lambda talk: whole12(talk, offer(talk, drop=(0,))))

nearly("client-fields",
       "Fields of a ClientHello as they should be, a connection each: compression none, a "
       "session id of 32 bytes, modern suites alone, the SCSV of RFC 5746 instead of the "
       "extension.",
       "compression_null_missing compression_offered compression_in_tls13 session_id_unusual "
       "weak_offer fallback_scsv secure_renegotiation_not_offered renegotiation_info_not_empty "
       "extended_master_secret_not_offered server_name_missing extension_not_offered "
       "key_share_empty hello_retry",
       lambda talk: whole12(talk, offer(talk, session_id=noise(32, "id"))),
       lambda talk: whole13(talk),
       lambda talk: whole12(talk, offer(talk, drop=(0xFF01,), suites=TLS12_SUITES + (SCSV,))))

# --- server_name, application_layer_protocol_negotiation ---------------------


def named(*hosts: bytes):
    """A TLS 1.3 connection to a server of these names."""
    entries = b"".join(b"\x00" + vector(16, host) for host in hosts)
    return lambda talk: whole13(talk, offer(
        talk, extension(0, vector(16, entries)), tls13=True))


shows("server_name_invalid",
      "Names that server_name must not have: an IP address, a dot at the end, a control "
      "character, one that is not ASCII, and two of the same type.",
      *map(named, (b"192.0.2.1", b"server.example.", b"server\x07.example",
                   "s\u00e9rver.example".encode())),
      named(b"server.example", b"other.example"))

nearly("server-name",
       "Names that server_name may have: capital letters, digits and underscores, one label, "
       "an A-label, and what only resembles an IP address.", "server_name_invalid",
       *map(named, (b"SERVER.Example", b"_srv-1.server.example", b"localhost",
                    b"xn--srver-9ra.example", b"192.0.2.1.example")))

shows("alpn_invalid", "ALPN with the same protocol twice.",
      lambda talk: whole13(talk, offer(talk, alpn("h2", "http/1.1", "h2"), tls13=True)))

shows("http2_version_low", "A ClientHello of TLS 1.1 with h2 in ALPN; the client gives up.",
      lambda talk: unanswered(talk, offer(
          talk, alpn("h2", "http/1.1"), drop=(13,), version=TLS11, suites=(0xC009, 0xC013))))

# --- Other extensions --------------------------------------------------------

shows("padding_not_zero", "A padding extension with a byte other than zero.",
      lambda talk: whole13(talk, offer(
          talk, extension(21, bytes(60) + b"\x01" + bytes(3)), tls13=True)))

shows("signature_algorithms_missing",
      "A ClientHello of TLS 1.2 without signature_algorithms; the client gives up.",
      lambda talk: unanswered(talk, offer(talk, drop=(13,))))

COMPRESSED_ONLY = extension(11, vector(8, b"\x01\x02"))
shows("point_formats_invalid",
      "ec_point_formats without uncompressed, of a client and of a server.",
      lambda talk: whole12(talk, offer(talk, COMPRESSED_ONLY)),
      lambda talk: whole12(talk, reply=answer(talk, COMPRESSED_ONLY)))

shows("max_fragment_invalid", "max_fragment_length with the value 5 in a ClientHello.",
      lambda talk: whole12(talk, offer(talk, extension(1, b"\x05"))))

shows("record_size_limit_invalid", "record_size_limit of 63 bytes in a ClientHello.",
      lambda talk: unanswered(talk, offer(talk, extension(28, words(63)), tls13=True)))

LIMITS = (extension(1, b"\x04"), extension(28, words(4096)))
shows("size_limits_both",
      "A ClientHello with max_fragment_length and record_size_limit, of which the server takes "
      "the latter.",
      lambda talk: whole12(talk, offer(talk, *LIMITS), reply=answer(talk, *LIMITS[1:])))

shows("heartbeat_offered", "A ClientHello with the heartbeat extension.",
      lambda talk: whole12(talk, offer(talk, extension(15, b"\x01"))))

shows("obsolete_extension_offered",
      "A ClientHello with truncated_hmac, Next Protocol Negotiation, and a draft of TLS 1.3.",
      lambda talk: whole13(talk, offer(talk, extension(4), extension(0x3374),
                                       versions(TLS13, 0x7F1C, TLS12), tls13=True)))

shows("ech_offered", "A ClientHello with encrypted_client_hello.",
      lambda talk: whole13(talk, offer(talk, ech_outer(), tls13=True)))


def padded(talk: Conversation, size: int) -> bytes:
    """A ClientHello whose record takes ``size`` bytes."""
    missing = size - 5 - len(offer(talk, extension(21), tls13=True))
    return offer(talk, extension(21, bytes(missing)), tls13=True)


shows("client_hello_large", "A ClientHello that takes a byte more than a segment holds.",
      lambda talk: whole13(talk, padded(talk, 1461)))

shows("unassigned_offered", "A ClientHello with an extension, a suite and a group that are not "
      "assigned.",
      lambda talk: whole13(talk, offer(
          talk, extension(0x1234, b"?"), groups(0x001D, 0x0017, 0x0123), tls13=True,
          suites=TLS13_SUITES + TLS12_SUITES + (0xD0FF,))))

shows("dtls_extension_offered", "A ClientHello over TCP with connection_id, which is DTLS's.",
      lambda talk: whole13(talk, offer(talk, extension(54, vector(8, b"")), tls13=True)))

nearly("client-extensions",
       "Extensions as they should be, a connection each: padding of zeros up to one segment, "
       "several point formats, max_fragment_length 4, record_size_limit 64, protocols that "
       "differ in case only, h2 in TLS 1.2, http/1.1 in TLS 1.1, no signature_algorithms in TLS "
       "1.0 and GREASE.",
       "alpn_invalid http2_version_low padding_not_zero signature_algorithms_missing "
       "point_formats_invalid max_fragment_invalid record_size_limit_invalid size_limits_both "
       "heartbeat_offered "
       "obsolete_extension_offered ech_offered client_hello_large unassigned_offered "
       "dtls_extension_offered",
       lambda talk: whole13(talk, padded(talk, 1460)),
       lambda talk: whole12(talk, offer(talk, extension(11, vector(8, b"\x01\x02\x00")))),
       lambda talk: whole12(talk, offer(talk, extension(1, b"\x04"))),
       lambda talk: unanswered(talk, offer(talk, extension(28, words(64)), tls13=True)),
       lambda talk: whole13(talk, offer(talk, alpn("h2", "H2", "http/1.1"), tls13=True)),
       lambda talk: whole12(talk, offer(talk, alpn("h2")), reply=answer(talk, alpn("h2"))),
       lambda talk: unanswered(talk, offer(
           talk, drop=(13,), version=TLS11, suites=(0xC009, 0xC013))),
       lambda talk: unanswered(talk, bare(talk, TLS10)),
       lambda talk: whole13(talk, offer(
           talk, extension(0x8A8A), groups(0x3A3A, 0x001D, 0x0017), tls13=True,
           suites=(0x2A2A, *TLS13_SUITES, *TLS12_SUITES))))

# --- Randoms -----------------------------------------------------------------


def clock(talk: Conversation, hours: float) -> bytes:
    """A random that begins with the time, as a clock that is off so much has it."""
    seconds = talk.packets[0].time // 1000000 + round(hours * 3600)
    return seconds.to_bytes(4, "big") + noise(28, f"client random {label(talk)}")


shows("client_clock_wrong", "A client whose clock, as its random says, is two hours ahead.",
      lambda talk: whole12(talk, offer(talk, random=clock(talk, 2))))

SAME, OTHER = noise(32, "the same random"), noise(32, "not quite the same random")
shows("random_reused",
      "Four connections: the first two have the same client random, the others the same "
      "server random.",
      *2 * (lambda talk: whole12(talk, offer(talk, random=SAME)),),
      *2 * (lambda talk: whole12(talk, reply=answer(talk, random=SAME[::-1])),))

shows("random_constant",
      "A client random of bytes that are all zero, and a server random of bytes 0xAA.",
      lambda talk: whole13(talk, offer(talk, tls13=True, random=bytes(32))),
      lambda talk: whole12(talk, reply=answer(talk, random=b"\xaa" * 32)))

nearly("random",
       "Randoms of which nothing can be said: a client's clock half an hour behind, two that "
       "differ in the last byte, one with a byte that is not zero.",
       "client_clock_wrong random_reused random_constant",
       lambda talk: whole12(talk, offer(talk, random=clock(talk, -0.5))),
       lambda talk: whole12(talk, offer(talk, random=OTHER)),
       lambda talk: whole12(talk, offer(talk, random=OTHER[:31] + b"\x00")),
       lambda talk: whole12(talk, offer(talk, random=bytes(31) + b"\x01")))
