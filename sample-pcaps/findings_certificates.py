# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of what is wrong with a certificate, and of what nearly is.

finding_certificates.py made the certificates."""

from findings_common import *

# --- Connections with a certificate ------------------------------------------


def ecdsa(*names: str, **more):
    """TLS 1.2 with ECDHE_ECDSA and these certificates."""
    return lambda talk: whole12(talk, certificates=chain(*names), **more)


def rsa(name: str, size: int = 256):
    """TLS 1.2 with ECDHE_RSA and a certificate of so many bytes' RSA."""
    return lambda talk: whole_rsa(talk, name=name, exchange=key(talk, scheme=RSA, size=size))


def older(*names: str, scheme: int | None = None):
    """As ecdsa(), where the client also takes certificates signed with ``scheme``."""
    offered = (0x0403, 0x0804, 0x0401) + ((scheme,) if scheme else ())
    return lambda talk: whole12(talk, offer(talk, schemes(*offered)), certificates=chain(*names))


# --- Dates and names ---------------------------------------------------------

shows("certificate_expired", "A certificate that ended a second before the connection began.",
      ecdsa("expired"))

shows("certificate_not_yet_valid", "A certificate that begins an hour after the connection.",
      ecdsa("not-yet-valid"))

shows("certificate_expires_soon", "A certificate with 29 days left.", ecdsa("expires-29-days"))

shows("certificate_long_lived", "A certificate for 25 years.", ecdsa("years-25"))

shows("certificate_name_mismatch", "A certificate for other.example only.",
      ecdsa("other-name"))

nearly("certificate-dates",
       "A certificate valid since a second before the connection, until within the hour.",
       "certificate_expired certificate_not_yet_valid certificate_name_mismatch",
       ecdsa("one-hour"))

nearly("certificate-lifetime", "A certificate for 398 days.", "certificate_long_lived",
       ecdsa("days-398"))


def called(host: str, name: str):
    """A connection to ``host`` with that certificate."""
    return lambda talk: whole12(talk, offer(talk, server_name(host)), certificates=chain(name))


nearly("certificate-name",
       "Certificates that fit, a connection each: capital letters in the server name, and a "
       "wildcard.", "certificate_name_mismatch",
       called("SERVER.example", "server"), called("www.server.example", "wildcard"))

# --- Chains ------------------------------------------------------------------

shows("certificate_self_signed", "A certificate that signed itself.",
      lambda talk: whole12(talk, certificates=certificate(CERTIFICATES["self-signed"])))

shows("certificate_chain_order", "The root stands before the intermediate certificate.",
      ecdsa("server", "root", "intermediate"))

shows("certificate_chain_incomplete", "The intermediate certificate is missing.",
      lambda talk: whole12(talk, certificates=certificate(CERTIFICATES["server"])))

shows("certificate_list_empty", "A server's Certificate without certificates.",
      lambda talk: whole12(talk, certificates=message(11, vector(24, b""))))

shows("certificate_ca_flag",
      "A server's certificate that is a CA's, and one that was issued by what is no CA.",
      ecdsa("ca-leaf"), ecdsa("under-no-ca", "no-ca", "root"))

shows("certificate_changed", "Two connections, in which the server has different certificates.",
      ecdsa("server"), ecdsa("server-2"))

nearly("certificate-chain",
       "Chains as they should be, with the root and without, of a server that keeps its "
       "certificate.",
       "certificate_self_signed certificate_chain_order certificate_chain_incomplete "
       "certificate_list_empty certificate_ca_flag certificate_changed",
       ecdsa("server", "intermediate", "root"), ecdsa("server"))

# --- Keys and signatures -----------------------------------------------------

shows("certificate_key_weak", "A certificate with RSA of 512 bits.", rsa("rsa-512", 64))

shows("certificate_key_weak", "A certificate with RSA of 1024 bits.", rsa("rsa-1024", 128),
      name="certificate-key-weak-1024")

shows("certificate_signature_weak", "A certificate signed with MD5, which the client offers.",
      older("md5", "old-root", scheme=0x0101))

shows("certificate_signature_weak", "A certificate signed with SHA-1, which the client offers.",
      older("sha1", "old-root", scheme=0x0201), name="certificate-signature-weak-sha1")

shows("certificate_curve_not_offered",
      "A certificate with a key on P-384, where the client has x25519 and P-256 only.",
      ecdsa("p384"))

shows("certificate_explicit_curve", "A certificate with a key on P-256, spelled out.",
      ecdsa("explicit"))

nearly("certificate-key",
       "Certificates that are good enough, a connection each: RSA of 2048 bits; signed with "
       "SHA-256 by a root that signed itself with SHA-1; P-384 where the client has it.",
       "certificate_key_weak certificate_signature_weak certificate_curve_not_offered "
       "certificate_explicit_curve certificate_self_signed",
       rsa("server-rsa"), older("sha256", "old-root", scheme=0x0201),
       lambda talk: whole12(talk, offer(talk, groups(0x001D, 0x0017, 0x0018)),
                            certificates=chain("p384")))

# --- What X.509 and TLS ask of a certificate ---------------------------------

SHA256, SHA384 = (bytes.fromhex("06082A8648CE3D0403" + last) for last in ("02", "03"))


def spoiled(change):
    """TLS 1.2 with a certificate to which ``change`` is made."""
    return lambda talk: whole12(talk, certificates=certificate(
        change(CERTIFICATES["server"]), CERTIFICATES["intermediate"]))


def other_algorithm(data: bytes) -> bytes:
    """The signatureAlgorithm, which stands behind what is signed, differs from the inner one."""
    inside, behind = data.rsplit(SHA256, 1)
    return inside + SHA384 + behind


def version_2(data: bytes) -> bytes:
    """The version does not allow the extensions."""
    return data.replace(bytes.fromhex("A003020102"), bytes.fromhex("A003020101"), 1)


shows("certificate_nonconformant",
      "Certificates that X.509 does not allow: of the serial number 0, with one of 21 octets, "
      "with two signature algorithms, of version 2 with extensions.",
      ecdsa("serial-0"), ecdsa("serial-21"), spoiled(other_algorithm), spoiled(version_2))

shows("certificate_key_unusable",
      "Certificates that do not fit the suite: RSA with ECDHE_ECDSA; without keyEncipherment "
      "with RSA; without digitalSignature with ECDHE_RSA.",
      lambda talk: whole12(talk, certificates=chain("server-rsa"),
                           exchange=key(talk, scheme=RSA)),
      lambda talk: whole_static(talk, name="rsa-signs"), rsa("rsa-enciphers"))

shows("certificate_usage", "A server's certificate whose extended key usage is for clients.",
      ecdsa("client-only"))

STATUS = extension(5, b"\x01" + vector(16, b"") + vector(16, b""))
TRY_LATER = message(22, b"\x01" + vector(24, der(0x30, der(0x0A, b"\x03"))))


def stapled(talk: Conversation) -> Conversation:
    return whole12(talk, offer(talk, STATUS), reply=answer(talk, extension(5)),
                   certificates=chain("must-staple"), status=TRY_LATER)


shows("certificate_status_missing",
      "A certificate that promises a stapled OCSP response, a client that asks for it, and a "
      "server that sends none.",
      lambda talk: whole12(talk, offer(talk, STATUS), certificates=chain("must-staple")))

shows("status_not_negotiated",
      "A server that sends a stapled OCSP response for which the client asks, but says nothing "
      "of it in its ServerHello.",
      lambda talk: whole12(talk, offer(talk, STATUS), status=TRY_LATER))

nearly("certificate-fields",
       "Certificates as they should be, a connection each: with a serial number of 20 octets, "
       "with 31 days left, for the key exchange of the suite alone, for clients and servers, "
       "without any key usage, with a stapled response, and without one where none was asked "
       "for.",
       "certificate_nonconformant certificate_key_unusable certificate_usage "
       "certificate_status_missing certificate_expires_soon status_not_negotiated "
       "unexpected_message",
       ecdsa("serial-20"), ecdsa("expires-31-days"), rsa("rsa-signs"),
       lambda talk: whole_static(talk, name="rsa-enciphers"), ecdsa("both-usages"),
       ecdsa("no-usages"), stapled, ecdsa("must-staple"))

# --- SSLv2 -------------------------------------------------------------------

RC4 = 0x010080


def sslv2(talk: Conversation) -> Conversation:
    """SSLv2 with RC4."""
    talk.client(sslv2_client_hello(2, (), kinds=(RC4,), challenge=16))
    data, specs = CERTIFICATES["sslv2"], RC4.to_bytes(3, "big")
    talk.server(sslv2_record(b"\x04\x00\x01" + words(2, len(data), 3, 16) + data + specs
                             + noise(16, f"connection id {label(talk)}")))
    talk.client(sslv2_record(b"\x02" + specs + words(0, 256, 0)
                             + noise(256, f"master key {label(talk)}")))
    for send_one, size in ((talk.server, 33), (talk.client, 33), (talk.server, 33),
                           (talk.client, 116), (talk.server, 516)):
        send_one(sslv2_record(noise(size, f"{size} {label(talk)}")))
    return talk.fin()


SSLV2 = ("sslv2_client_hello", "sslv2_negotiated")

shows("drown_key", "SSLv2, and TLS 1.2 with the same RSA key.",
      sslv2, rsa("sslv2"), also=SSLV2)

shows("sslv2_negotiated", "SSLv2, and TLS 1.2 with another RSA key.",
      sslv2, rsa("server-rsa"), also=SSLV2[:1], near=("drown_key",))


def upgraded(talk: Conversation) -> Conversation:
    """The ClientHello has the format of SSLv2, and the server answers in TLS."""
    talk.client(sslv2_client_hello(TLS12, (0x00FF, 0x009C)))
    talk.server(flight12(talk, reply=answer(talk, suite=0x009C, extensions=[RENEGOTIATION_INFO]),
                         certificates=chain("server-rsa"), exchange=b""))
    keys12(talk, [encrypted_secret(talk)])
    return data12(talk)


nearly("sslv2", "A ClientHello in the format of SSLv2 that a server answers in TLS 1.2.",
       "sslv2_negotiated drown_key", upgraded, raises=("sslv2_client_hello",))
