// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/reader.h"

namespace tlslens {

// kMaxCertificate is the length in bytes of the longest certificate that is looked into. It has
// room for the longest signatures of FIPS 205; the work of GnuTLS grows with the square of the
// length.
inline constexpr size_t kMaxCertificate = size_t{64} << 10;
// kMaxNames is how many alternative names of a certificate are looked at.
inline constexpr size_t kMaxNames = 512;
// kMaxText is the length in bytes above which a text is cut; it then ends in "…".
inline constexpr size_t kMaxText = 1024;
// kMaxCachedCertificates is how many certificates are remembered.
inline constexpr size_t kMaxCachedCertificates = 512;

// CertificateFacts is what a certificate says of itself; nothing is verified. A text is empty where
// there is nothing to say. Texts are valid UTF-8 without control characters: any other byte of the
// certificate is written as \xNN.
struct CertificateFacts {
  // False if GnuTLS takes the bytes for no certificate; then all else is empty.
  bool readable = false;
  // The validity in seconds since 1970, UTC, both ends included (RFC 5280 §4.1.2.5); nothing if it
  // is no time. GnuTLS has no times before 1970: they are 0.
  std::optional<int64_t> not_before;
  std::optional<int64_t> not_after;
  // Names as RFC 4514 writes them, the most specific part first.
  std::string subject;
  std::string issuer;
  // The serial number in lower-case hexadecimal, without the octet 00 that only keeps it positive.
  std::string serial;
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
  // What signed the certificate, such as "RSA-SHA256" or "Ed25519". An algorithm without a known
  // name is an object identifier in figures and dots, here as in key_type.
  std::string signature;
  // Where in the certificate its list of signed certificate timestamps stands, its length included
  // (RFC 6962 §3.3); nothing if it has none.
  std::optional<Span> timestamps;
};

// certificate_facts returns what is known of a certificate in DER (RFC 5280 §4.1), never null.
// Certificates are remembered by length and SHA-256; all are forgotten when kMaxCachedCertificates
// is reached. What was returned stays valid. To be called by one thread only, as all of this.
std::shared_ptr<const CertificateFacts> certificate_facts(Bytes der);

// forget_certificates forgets all of them: at the end of a capture.
void forget_certificates();

// show_certificate leaves derived marks with the facts of the certificate `der`, one level below
// what r read last; `span` is its place in r's source. Nothing if nobody wants marks, or if the
// certificate is not readable.
void show_certificate(Reader& r, Span span, Bytes der);

}  // namespace tlslens
