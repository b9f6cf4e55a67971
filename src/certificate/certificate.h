// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/code_point.h"
#include "wire/reader.h"

namespace tlslens {

// kMaxCertificate is the length in bytes of the longest certificate that is looked into. It has
// room for the longest signatures of FIPS 205.
inline constexpr size_t kMaxCertificate = size_t{64} << 10;
// kMaxElements is how many elements of ASN.1 a certificate may have that is looked into: the work
// of libtasn1 grows with their square, and 64 KiB have room for 30000. One with a thousand names
// has some 1100.
inline constexpr size_t kMaxElements = 2048;
// kMaxNames is how many alternative names of a certificate are looked at.
inline constexpr size_t kMaxNames = 512;
// kMaxText is the length in bytes above which a text is cut; it then ends in "…".
inline constexpr size_t kMaxText = 1024;
// kMaxCachedCertificates is how many certificates are remembered, with all their bytes: 32 MiB if
// each is as long as kMaxCertificate, while a usual one has 1 to 2 KiB.
inline constexpr size_t kMaxCachedCertificates = 512;
// kMaxCachedHosts is how many answers of matches_host are remembered.
inline constexpr size_t kMaxCachedHosts = 512;

// KeyKind sorts public keys: `unknown` if the algorithm has no known name, `other` for one that has
// a name but makes no signatures (X25519, ML-KEM, DH).
enum class KeyKind : uint8_t {
  unknown,
  rsa,
  rsa_pss,
  dsa,
  ecdsa,
  ed25519,
  ed448,
  gost,
  sm2,
  ml_dsa,
  slh_dsa,
  other,
};

// DigestKind sorts what a signature is made over: `none_needed` where the algorithm signs the
// message itself (RFC 8032, FIPS 204 and 205). SHA-3, SM3 and Streebog are sha2_or_better. RSA-PSS
// with SHA-1 is unknown, as GnuTLS does not know it.
enum class DigestKind : uint8_t { unknown, md2, md4, md5, sha1, sha2_or_better, none_needed };

// The bits of KeyUsage (RFC 5280 §4.2.1.3), the first of them the highest of a byte.
namespace key_usage {
inline constexpr uint32_t digital_signature = 0x80;
inline constexpr uint32_t non_repudiation = 0x40;
inline constexpr uint32_t key_encipherment = 0x20;
inline constexpr uint32_t data_encipherment = 0x10;
inline constexpr uint32_t key_agreement = 0x08;
inline constexpr uint32_t key_cert_sign = 0x04;
inline constexpr uint32_t crl_sign = 0x02;
inline constexpr uint32_t encipher_only = 0x01;
inline constexpr uint32_t decipher_only = 0x8000;
}  // namespace key_usage

// CertificateFacts is what a certificate says of itself; nothing is verified. A text is empty where
// there is nothing to say. Texts are valid UTF-8 without control characters: any other byte of the
// certificate is written as \xNN.
struct CertificateFacts {
  // False if GnuTLS takes the bytes for no certificate, or if there is more of it than the limits
  // above allow; then all else is empty, and nothing is forbidden.
  bool readable = false;
  // 1 to 3 for a certificate as RFC 5280 §4.1.2.1 has it, but any number may stand there.
  int version = 0;
  // The validity in seconds since 1970, UTC, both ends included (RFC 5280 §4.1.2.5); nothing if it
  // is no time. GnuTLS has no times before 1970: they are 0.
  std::optional<int64_t> not_before;
  std::optional<int64_t> not_after;
  // Names as RFC 4514 writes them, the most specific part first.
  std::string subject;
  std::string issuer;
  // Hashes of the same names as they are encoded, and whether they are one: as in GnuTLS, names
  // that RFC 5280 §7.1 takes for equal but that are encoded in two ways are not.
  uint64_t subject_hash = 0;
  uint64_t issuer_hash = 0;
  bool self_issued = false;
  // Self-issued, and the two key identifiers are the same if it has both. No signature is verified,
  // which takes up to some milliseconds.
  bool self_signed = false;
  // The serial number in lower-case hexadecimal, without the octet 00 that only keeps it positive.
  std::string serial;
  // The number is zero, negative or longer than 20 octets (RFC 5280 §4.1.2.2); that octet 00 is not
  // one of them.
  bool serial_invalid = false;
  // The names of the types dNSName and iPAddress in the certificate's order (RFC 5280 §4.2.1.6). In
  // a dNSName a backslash is written as \x5c. An address of an odd length is in hexadecimal.
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;
  // False if there are more names than kMaxNames: then those above are not all.
  bool names_complete = true;
  // What the public key is for, such as "RSA", "ECDSA", "Ed25519" or "ML-DSA-65", and its length in
  // bits, 0 if that is not known.
  std::string key_type;
  uint32_t key_bits = 0;
  KeyKind key_kind = KeyKind::unknown;
  // A hash of the subjectPublicKeyInfo: keys of one hash are the same, but for 0.
  uint64_t key_hash = 0;
  // The curve of a key for ECDSA, SM2, ECDH, X25519 or X448, 0 if it has no number in the registry.
  NamedGroup curve;
  // The curve is not named but spelled out (RFC 5480 §2.1.1); then `curve` and key_bits are 0.
  bool explicit_curve = false;
  // The public exponent of an RSA key is 1 or even.
  bool exponent_weak = false;
  // What signed the certificate, such as "RSA-SHA256" or "Ed25519". An algorithm without a known
  // name is an object identifier in figures and dots, here as in key_type.
  std::string signature;
  DigestKind digest = DigestKind::unknown;
  // The certificate names two algorithms for its signature (RFC 5280 §4.1.1.2); then the one in the
  // signed part is the one above. Parameters of NULL and none at all are no mismatch.
  bool signature_mismatch = false;
  bool has_extensions = false;
  // RFC 5280 §4.2.1.9; nothing without basicConstraints, or without a length in it.
  std::optional<bool> is_ca;
  std::optional<int> path_length;
  // A sum of key_usage's; nothing without the extension.
  std::optional<uint32_t> key_usage;
  // What the extended key usage allows (RFC 5280 §4.2.1.12): anything where it is absent or holds
  // anyExtendedKeyUsage. Of its purposes GnuTLS reads the first 64.
  bool allows_server = true;
  bool allows_client = true;
  // The server must send an OCSP response to a client that asks for one (RFC 7633).
  bool must_staple = false;
  // Hashes of the key identifiers (RFC 5280 §4.2.1.1 and §4.2.1.2); nothing without one. An
  // authority's name and serial number are not looked at.
  std::optional<uint64_t> subject_key_id;
  std::optional<uint64_t> authority_key_id;
  // Where in the certificate its list of signed certificate timestamps stands, its length included
  // (RFC 6962 §3.3); nothing if it has none.
  std::optional<Span> timestamps;

  // What the key may be used for (RFC 5280 §4.2.1.3): to sign a handshake, to take in a premaster
  // secret under RSA, to sign certificates. All of it without a key usage.
  bool may_sign() const { return may(key_usage::digital_signature); }
  bool may_encipher_keys() const { return may(key_usage::key_encipherment); }
  bool may_sign_certificates() const { return may(key_usage::key_cert_sign); }

  // Whether a time in seconds since 1970 is behind its validity, or before it; false if that has no
  // such end.
  bool has_expired(int64_t at) const { return not_after && *not_after < at; }
  bool is_not_yet_valid(int64_t at) const { return not_before && *not_before > at; }

 private:
  bool may(uint32_t use) const { return (key_usage.value_or(use) & use) != 0; }
};

// certificate_facts returns what is known of a certificate in DER (RFC 5280 §4.1), never null.
// Certificates are remembered, all bytes of them; all are forgotten when kMaxCachedCertificates
// is reached. What was returned stays valid. To be called by one thread only, as all of this.
std::shared_ptr<const CertificateFacts> certificate_facts(Bytes der);

// name_hashes returns the hashes of a list of distinguished names (RFC 5246 §7.4.4), each behind a
// length of two bytes, as subject_hash and issuer_hash have them; kMaxNames of them at most.
std::vector<uint64_t> name_hashes(Bytes authorities);

// issued tells whether the issuer may have signed the subject: their names fit, and their key
// identifiers if both have one. Neither the signature nor what the issuer may do is looked at.
bool issued(const CertificateFacts& issuer, const CertificateFacts& subject);

// matches_host tells whether a certificate is for a host, any bytes of which are taken: false if
// one of the two is none.
//  - A name is compared with those of type dNSName as GnuTLS does it: a wildcard stands for all of
//    the first label (RFC 9525 §6.3), and an IDN may come in either form. Without any dNSName and
//    iPAddress it is compared with the CN, if there is but one and the certificate may be a
//    server's. RFC 9525 §2 has done away with that, but older clients do so still; dns_names tells
//    the two apart.
//  - An IPv4 or IPv6 address in figures is compared with those of type iPAddress only (RFC 9525
//    §6.4), in any form that inet_pton takes.
// The last kMaxCachedHosts answers or fewer are remembered.
bool matches_host(Bytes der, std::string_view host);

// forget_certificates forgets all of them, and for which hosts they are: at the end of a capture.
void forget_certificates();

// show_certificate leaves derived marks with the facts of the certificate `der`, one level below
// what r read last; `span` is its place in r's source. Nothing if nobody wants marks, or if the
// certificate is not readable.
void show_certificate(Reader& r, Span span, Bytes der);

}  // namespace tlslens
