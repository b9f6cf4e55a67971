# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of what is wrong with a key exchange, and of what nearly is."""

from built_messages import NAMES, P256, distinguished_name
from findings_common import *
from findings_hello import client_point, p256

# --- Diffie-Hellman over a prime ---------------------------------------------

# RFC 7919.
FFDHE2048 = int(
    "FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1D8B9C583CE2D3695A9E13641146433FBCC939DCE"
    "249B3EF97D2FE363630C75D8F681B202AEC4617AD3DF1ED5D5FD65612433F51F5F066ED0856365553DED1AF3"
    "B557135E7F57C935984F0C70E0E68B77E2A689DAF3EFE8721DF158A136ADE73530ACCA4F483A797ABC0AB182"
    "B324FB61D108A94BB2C8E3FBB96ADAB760D7F4681D4F42A3DE394DF4AE56EDE76372BB190B07A7C8EE0A6D70"
    "9E02FCE1CDF7E2ECC03404CD28342F619172FE9CE98583FF8E4F1232EEF28183C3FE3B1B4C6FAD733BB5FCBC"
    "2EC22005C58EF1837D1683B2C6F34A26C1B2EFFA886B423861285C97FFFFFFFFFFFFFFFF", 16)
# RFC 3526, group 14.
MODP2048 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A0879"
    "8E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B"
    "0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA4836"
    "1C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804"
    "F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6"
    "955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF", 16)
# RFC 2409, the groups 1 and 2 of Oakley.
MODP768 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A0879"
    "8E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620"
    "FFFFFFFFFFFFFFFF", 16)
MODP1024 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A0879"
    "8E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B"
    "0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF", 16)
# RFC 5114 section 2.1, which has a generator of its own.
RFC5114 = int(
    "B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E"
    "2EE652C013ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738"
    "FAA31A4FF55BCCC0A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371", 16)
RFC5114_BASE = int(
    "A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F"
    "5504F213160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F53"
    "1DBF0A0169B6A28AD662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5", 16)
# A safe prime of 512 bits that nobody else has.
SAFE512 = int(
    "E5782785D69C4B13DA124C406AA8675A847AFC3FAC185CC5867337D2F0E3B5B3BE5A8E0554A4526B214BC4E6"
    "C09D7957B6EE1BE9F9DDE106F3D77CF6B2C56DA7", 16)
# A safe prime of 768 bits that nobody else has.
SAFE768 = int(
    "F6DA3455A9518F6C966039465B5B2287B6BBD9DDC617C96D509E49A123D31FFACA738DA5E1E79332ADAB4981"
    "8A1F46BB9F9C77DEC9E948C4206D09CEBC76887F08D34547123D33B2E9478C6F46B9966A163A78065ADCDBDA"
    "3634408DD66993F7", 16)
# A safe prime of 1024 bits that nobody else has.
SAFE1024 = int(
    "E70A169CDDECB0F8E1B8F0CB1699950826A8B52B612B0684C37508CEECA21DD3E036FA163107184C34F1C7EF"
    "5449974C97DAD8A7310F2EF0BE3D93E9FB023FA8D2851326174A80942FA36C3A9BEA0CB917C320B04D49EEB0"
    "122BDB0BB4DE6B4B6748DD3C34D62DA601B5872BF5201BC031DCEC9A796ABFBDE146964DC984C6F7", 16)


def number(value: int, size: int | None = None) -> bytes:
    size = size or (value.bit_length() + 7) // 8
    return vector(16, value.to_bytes(size, "big"))


def whole_dhe(talk: Conversation, prime: int, base=2, public=None, *, hello=None,
              name="server-rsa", size=256) -> Conversation:
    """TLS 1.2 with DHE_RSA_WITH_AES_128_GCM_SHA256 over ``prime``."""
    width = (prime.bit_length() + 7) // 8

    def power(side: str) -> int:
        return pow(base, int.from_bytes(noise(32, f"{side} {label(talk)}"), "big"), prime)

    if public is None:
        public = power("server exponent")
    exchange = message(12, number(prime) + number(base) + number(public)
                       + signed(talk, RSA, size))
    return whole_rsa(talk, 0x009E, hello, [message(16, number(power("client exponent"), width))],
                     name=name, exchange=exchange)


shows("dh_prime_small", "DHE over a prime of 768 bits.",
      lambda talk: whole_dhe(talk, SAFE768))

shows("dh_prime_small", "DHE over a prime of 1024 bits.",
      lambda talk: whole_dhe(talk, SAFE1024), name="dh-prime-small-1024",
      near=("dh_prime_common",))

shows("dh_export", "DHE over a prime of 512 bits, with a suite that is not for export.",
      lambda talk: whole_dhe(talk, SAFE512), also=("dh_prime_small",))

shows("dh_prime_common",
      "DHE over primes that stood in many configurations: of 768 and 1024 bits from Oakley, and "
      "of 1024 bits from RFC 5114.",
      lambda talk: whole_dhe(talk, MODP768), lambda talk: whole_dhe(talk, MODP1024),
      lambda talk: whole_dhe(talk, RFC5114, RFC5114_BASE), also=("dh_prime_small",))

shows("dh_value_invalid",
      "DHE with an even prime, with the generator 1, and with the public values 1 and p - 1.",
      lambda talk: whole_dhe(talk, MODP2048 - 1),
      lambda talk: whole_dhe(talk, MODP2048, 1, 2),
      lambda talk: whole_dhe(talk, MODP2048, 2, 1),
      lambda talk: whole_dhe(talk, MODP2048, 2, MODP2048 - 1))


def offer_ffdhe(talk: Conversation) -> bytes:
    return offer(talk, groups(0x001D, 0x0017, 0x0100), suites=(0x009E,))


shows("dh_group_not_offered",
      "The client names ffdhe2048 among its groups, and the server has another prime.",
      lambda talk: whole_dhe(talk, MODP2048, hello=offer_ffdhe(talk)))

shows("dh_weaker_than_certificate", "DHE over 2048 bits, signed with RSA of 3072 bits.",
      lambda talk: whole_dhe(talk, MODP2048, name="server-rsa-3072", size=384))

nearly("dh",
       "DHE as it should be, of 2048 bits with RSA of 2048: twice over group 14 of RFC 3526, "
       "where no group was offered, and ffdhe2048, which was.",
       "dh_prime_small dh_export dh_prime_common dh_value_invalid dh_group_not_offered "
       "key_share_reused dh_weaker_than_certificate no_forward_secrecy",
       lambda talk: whole_dhe(talk, MODP2048),
       lambda talk: whole_dhe(talk, MODP2048),
       lambda talk: whole_dhe(talk, FFDHE2048, hello=offer_ffdhe(talk)))

# --- Elliptic curves ---------------------------------------------------------

POINT = noise(32, "the point that stays")


def fixed13(talk: Conversation) -> Conversation:
    """TLS 1.3 with a server key that does not change."""
    return whole13(talk, reply=answer(talk, extension(51, share(0x001D, POINT[::-1])),
                                      tls13=True))


shows("key_share_reused",
      "Two pairs of connections, of TLS 1.2 and of TLS 1.3, in which the server has the same "
      "public value.",
      *2 * (lambda talk: whole12(talk, exchange=key(talk, public=POINT)),), fixed13, fixed13)

# SEC 2: the base points of secp192r1, secp224r1, secp256k1 and sect163k1.
BASE192 = bytes.fromhex("04188DA80EB03090F67CBF20EB43A18800F4FF0AFD82FF1012"
                        "07192B95FFC8DA78631011ED6B24CDD573F977A11E794811")
BASE224 = bytes.fromhex("04B70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21"
                        "BD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34")
BASE256 = bytes.fromhex("0479BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"
                        "483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8")
BASE163 = bytes.fromhex("0402FE13C0537BBC11ACAA07D793DE4E6D5E5C94EEE8"
                        "0289070FB05D38FF58321F2E800536D538CCDAA3D9")


def over(curve: int, base: bytes):
    """TLS 1.2 over a curve whose base point serves as public value of both sides."""
    return lambda talk: whole12(talk, offer(talk, groups(curve, 0x0017)),
                                exchange=key(talk, curve, base),
                                messages=[message(16, vector(8, base))])


shows("group_deprecated",
      "ECDHE over secp192r1, secp224r1 and sect163k1, which the client offers.",
      over(0x0013, BASE192), over(0x0015, BASE224), over(0x0001, BASE163))

shows("explicit_curve", "ECDHE over P-256, spelled out.",
      lambda talk: whole12(
          talk, offer(talk, groups(0xFF01, 0x001D, 0x0017)),
          exchange=message(12, b"\x01" + P256 + vector(8, p256(label(talk)))
                           + signed(talk, ECDSA)),
          messages=[client_point(talk)]))

nearly("curve",
       "ECDHE over curves that nobody has deprecated: P-256, and secp256k1, which is not "
       "recommended either.",
       "group_deprecated explicit_curve group_not_offered point_invalid",
       lambda talk: whole12(talk, exchange=key(talk, 0x0017, p256(label(talk))),
                            messages=[client_point(talk)]),
       over(0x0016, BASE256))

# --- Signatures --------------------------------------------------------------

shows("signature_not_offered",
      "A ServerKeyExchange signed with ecdsa_secp521r1_sha512, which the client did not offer.",
      lambda talk: whole12(talk, exchange=key(talk, scheme=0x0603)))

shows("signature_weak", "A ServerKeyExchange signed with RSA and MD5, which the client offers.",
      lambda talk: whole_rsa(talk, hello=offer(
          talk, schemes(0x0403, 0x0401, 0x0101), suites=(0xC02F,)), scheme=0x0101))

shows("signature_weak", "A ServerKeyExchange signed with ECDSA and SHA-1, which the client offers.",
      lambda talk: whole12(talk, offer(talk, schemes(0x0403, 0x0401, 0x0203)),
                           exchange=key(talk, scheme=0x0203)), name="signature-weak-sha1")

nearly("signature", "Signatures as they should be: RSA-PSS, and the last scheme of the offer.",
       "signature_not_offered signature_weak",
       lambda talk: whole_rsa(talk, scheme=0x0804),
       lambda talk: whole12(talk, offer(talk, schemes(0x0804, 0x0401, 0x0503, 0x0403))))

# --- RSA ---------------------------------------------------------------------


def freak(talk: Conversation) -> Conversation:
    """The server has a small key besides that of the certificate; the client gives up."""
    hello12(talk, offer(talk, suites=(0x009C,)))
    modulus = b"\xc5" + noise(62, "export key") + b"\x35"
    exchange = message(12, vector(16, modulus) + vector(16, b"\x01\x00\x01")
                       + signed(talk, RSA))
    talk.server(flight12(talk, reply=answer(talk, suite=0x009C), exchange=exchange,
                         certificates=chain("server-rsa")))
    return talk.fin()


shows("freak_export_key",
      "A ServerKeyExchange with an RSA key of 512 bits, where the suite is RSA and not for "
      "export.", freak)

shows("premaster_length",
      "A premaster secret of 128 encrypted bytes for a certificate with a key of 256.",
      lambda talk: whole_static(talk, messages=[encrypted_secret(talk, 128)]))

nearly("rsa", "RSA as it should be.", "freak_export_key premaster_length", whole_static)

# --- Client certificates -----------------------------------------------------


def authorities(*names: str, count=0, spare=0) -> bytes:
    """The names, and ``count`` more; ``spare`` lengthens the last of these."""
    more = [f"Authority {n:03} " + "." * (97 + (spare if n == count - 1 else 0))
            for n in range(count)]
    return vector(16, b"".join(
        vector(16, distinguished_name(name)) for name in (*names, *more)))


def asked(talk: Conversation, names: bytes, certificates=None) -> Conversation:
    """TLS 1.2 where the server asks for a certificate, from one of ``names``, and the client
    has one."""
    request = message(13, vector(8, b"\x40\x01") + vector(16, words(0x0403, 0x0804, 0x0401))
                      + names)
    own = [certificates or chain("client"), client_key(talk)]
    return whole12(talk, request=request, messages=own if certificates else [
        *own, message(15, signed(talk, ECDSA))])


OURS = ("Sample Root", "Sample Intermediate")
FULL = authorities(*OURS, count=97, spare=5)  # a byte less than 12 KiB
LONG = authorities(*OURS, count=97, spare=6)  # a byte more

shows("certificate_request_unusual",
      "A CertificateRequest whose list of authorities takes a byte more than 12 KiB.",
      lambda talk: asked(talk, LONG))

shows("client_certificate_issuer",
      "A client certificate from none of the authorities that the server named.",
      lambda talk: asked(talk, NAMES.replace(b"Sample CA", b"Simple CA")))

shows("certificate_list_empty", "A client that is asked for a certificate and has none.",
      lambda talk: asked(talk, authorities(*OURS), message(11, vector(24, b""))),
      name="certificate-list-empty-client")

nearly("client-certificate",
       "Client authentication as it should be: not quite 12 KiB of authorities, of which one "
       "issued the certificate; the issuer alone; and no authorities at all.",
       "certificate_request_unusual client_certificate_issuer certificate_list_empty "
       "certificate_usage certificate_name_mismatch",
       lambda talk: asked(talk, FULL),
       lambda talk: asked(talk, authorities("Sample Intermediate")),
       lambda talk: asked(talk, authorities()))
