# SPDX-License-Identifier: GPL-2.0-or-later
"""What the name of a cipher suite, or of an SSLv2 cipher kind, tells of its parts.

The parts are the enumerators of suite.h. A name that does not fit is an error, never a guess.
"""

import re
from typing import NamedTuple


class Parts(NamedTuple):
    """One SuiteParts of suite.h, in the order of its members."""

    key_exchange: str
    authentication: str
    cipher: str
    mode: str
    key_bits: int
    mac: str
    is_export: bool


# What stands before _WITH_, without a mark of export or FIPS: key exchange, authentication
EXCHANGES = {
    "NULL": ("null", "null"),
    "RSA": ("rsa", "rsa"),
    "DH_DSS": ("dh", "dss"),
    "DH_RSA": ("dh", "rsa"),
    "DHE_DSS": ("dhe", "dss"),
    "DHE_RSA": ("dhe", "rsa"),
    "DH_anon": ("dh_anon", "anonymous"),
    "ECDH_ECDSA": ("ecdh", "ecdsa"),
    "ECDH_RSA": ("ecdh", "rsa"),
    "ECDHE_ECDSA": ("ecdhe", "ecdsa"),
    "ECDHE_RSA": ("ecdhe", "rsa"),
    "ECDH_anon": ("ecdh_anon", "anonymous"),
    "PSK": ("psk", "psk"),
    "DHE_PSK": ("dhe_psk", "psk"),
    "PSK_DHE": ("dhe_psk", "psk"),
    "RSA_PSK": ("rsa_psk", "rsa"),
    "ECDHE_PSK": ("ecdhe_psk", "psk"),
    "SRP_SHA": ("srp", "srp"),
    "SRP_SHA_RSA": ("srp", "rsa"),
    "SRP_SHA_DSS": ("srp", "dss"),
    "KRB5": ("krb5", "kerberos"),
    "FORTEZZA_KEA": ("fortezza_kea", "fortezza"),
    "CECPQ1_RSA": ("cecpq1", "rsa"),
    "CECPQ1_ECDSA": ("cecpq1", "ecdsa"),
    "ECCPWD": ("eccpwd", "password"),
    "ECJPAKE": ("ecjpake", "password"),
    "GOSTR341094": ("gost", "gost_94"),
    "GOSTR341001": ("gost", "gost_2001"),
    "GOSTR341112_256": ("gost", "gost_2012"),
}

# The names of GM/T 0024 and GB/T 38636 have neither TLS_ nor _WITH_
GM_EXCHANGES = {
    "ECDHE": ("ecdhe_sm2", "sm2"),
    "ECC": ("ecc_sm2", "sm2"),
    "IBSDH": ("ibsdh_sm9", "sm9"),
    "IBC": ("ibc_sm9", "sm9"),
    "RSA": ("rsa_gmtls", "rsa"),
}
TLS13 = ("tls13", "any")

# Cipher, mode, effective bits of the key
CIPHERS = {
    "NULL": ("null", "none", 0),
    "RC2_CBC_40": ("rc2", "cbc", 40),
    "RC2_CBC_56": ("rc2", "cbc", 56),
    "RC4_40": ("rc4", "stream", 40),
    "RC4_56": ("rc4", "stream", 56),
    "RC4_128": ("rc4", "stream", 128),
    "DES40_CBC": ("des", "cbc", 40),
    "DES_CBC_40": ("des", "cbc", 40),
    "DES_CBC": ("des", "cbc", 56),
    "3DES_EDE_CBC": ("triple_des", "cbc", 168),
    "IDEA_CBC": ("idea", "cbc", 128),
    "SEED_CBC": ("seed", "cbc", 128),
    "FORTEZZA_CBC": ("skipjack", "cbc", 80),
    "CHACHA20_POLY1305": ("chacha20", "poly1305", 256),
    "SALSA20": ("salsa20", "stream", 256),
    "ESTREAM_SALSA20": ("salsa20_12", "stream", 256),
    "AEGIS_128L": ("aegis_128l", "aead", 128),
    "AEGIS_256": ("aegis_256", "aead", 256),
    "ASCONAEAD128": ("ascon", "aead", 128),
    "SM1": ("sm1", "cbc", 128),
    "SM4_CBC": ("sm4", "cbc", 128),
    "SM4_GCM": ("sm4", "gcm", 128),
    "SM4_CCM": ("sm4", "ccm", 128),
    "28147_CNT": ("gost_28147", "cnt", 256),
    "KUZNYECHIK_CTR": ("kuznyechik", "ctr", 256),
    "KUZNYECHIK_MGM_L": ("kuznyechik", "mgm_l", 256),
    "KUZNYECHIK_MGM_S": ("kuznyechik", "mgm_s", 256),
    "MAGMA_CTR": ("magma", "ctr", 256),
    "MAGMA_MGM_L": ("magma", "mgm_l", 256),
    "MAGMA_MGM_S": ("magma", "mgm_s", 256),
    **{
        f"{cipher}_{bits}_{mode}": (cipher.lower(), mode.lower(), bits)
        for cipher in ("AES", "CAMELLIA", "ARIA")
        for bits in (128, 256)
        for mode in ("CBC", "GCM", "CCM", "CCM_8")
    },
}
SSLV2_CIPHERS = {
    "NULL": ("null", "none", 0),
    "RC2_128_CBC": ("rc2", "cbc", 128),
    "RC4_64": ("rc4", "stream", 64),
    "RC4_128": ("rc4", "stream", 128),
    "DES_64_CBC": ("des", "cbc", 56),
    "DES_64_CFB64": ("des", "cfb", 56),
    "DES_192_EDE3_CBC": ("triple_des", "cbc", 168),
    "IDEA_128_CBC": ("idea", "cbc", 128),
}

HASHES = {
    "NULL": "null",
    "MD5": "md5",
    "SHA": "sha1",
    "SHA1": "sha1",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
    "SM3": "sm3",
    "ASCONHASH256": "ascon_hash256",
    "GOSTR3411": "gost_94",
    "IMIT": "imit",
    "OMAC": "omac",
}
# Where the name ends with the mode: RFC 6655 §3, RFC 9367
HASH_OF_MODE = {"ccm": "sha256", "ccm_8": "sha256", "mgm_l": "gost_2012", "mgm_s": "gost_2012"}


def cipher_and_hash(text):
    """Reads AES_128_GCM_SHA256 and the like: cipher, mode, key bits, MAC or hash."""
    fitting = [key for key in CIPHERS if text == key or text.startswith(f"{key}_")]
    if not fitting:
        raise ValueError(f"no cipher in {text!r}")
    key = max(fitting, key=len)
    cipher, mode, bits = CIPHERS[key]
    rest = text[len(key) + 1 :]
    return cipher, mode, bits, HASHES[rest] if rest else HASH_OF_MODE[mode]


def exchange_of_export(left):
    """Reads what stands before _WITH_: key exchange, authentication, whether of export."""
    base = re.sub(r"_(EXPORT(1024)?|FIPS)$", "", left)
    exchange, authentication = EXCHANGES[base]
    is_export = "_EXPORT" in left
    return f"{exchange}_export" if is_export else exchange, authentication, is_export


def gost_exchange(mode):
    """The key exchanges of GOST R 34.10-2012 go by the mode: RFC 9189 §4.2.4, RFC 9367."""
    if mode.startswith("mgm"):
        return TLS13
    return ("gost_2018" if mode == "ctr" else "gost"), "gost_2012"


def parts_with(left, right):
    """The parts of a suite <left>_WITH_<right>."""
    exchange, authentication, is_export = exchange_of_export(left)
    cipher, mode, bits, mac = cipher_and_hash(right)
    if authentication == "gost_2012":
        exchange, authentication = gost_exchange(mode)
    return Parts(exchange, authentication, cipher, mode, bits, mac, is_export)


def parts_without(name):
    """The parts of a suite whose name has no _WITH_: of TLS 1.3, or Chinese."""
    if name in ("TLS_SHA256_SHA256", "TLS_SHA384_SHA384"):  # RFC 9150: a MAC alone
        return Parts(*TLS13, "null", "none", 0, HASHES[name[-6:]], False)
    first, rest = name.split("_", 1)
    exchange = TLS13 if first == "TLS" else GM_EXCHANGES[first]
    return Parts(*exchange, *cipher_and_hash(rest), False)


def suite_parts(name):
    """The parts of a cipher suite; None for a signalling value."""
    if name.endswith("_SCSV"):
        return None
    bare = re.sub(r"^(OLD_)?(TLS|SSL)_|_2$", "", name)
    try:
        left, with_, right = bare.partition("_WITH_")
        return parts_with(left, right) if with_ else parts_without(name)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error


def kind_parts(name):
    """The parts of an SSLv2 cipher kind SSL_CK_<cipher>_WITH_<hash>."""
    left, _, hash_name = name.removeprefix("SSL_CK_").removesuffix("_1").partition("_WITH_")
    is_export = left.endswith("_EXPORT40")
    cipher, mode, bits = SSLV2_CIPHERS[left.removesuffix("_EXPORT40")]
    mac = HASHES[hash_name or "NULL"]
    return Parts("rsa", "rsa", cipher, mode, 40 if is_export else bits, mac, is_export)
