// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/read_certificate.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "certificate/algorithm_names.h"
#include "certificate/der.h"
#include "certificate/import.h"
#include "certificate/printable.h"
#include "certificate/read_parts.h"

namespace tlslens {
namespace {

using GetName = int (*)(gnutls_x509_crt_t, gnutls_datum_t*, unsigned);
using GetRawName = int (*)(gnutls_x509_crt_t, gnutls_datum_t*);
using GetTime = time_t (*)(gnutls_x509_crt_t);

std::string name(const ImportedCertificate& certificate, GetName get) {
  Bytes text;
  const Allocated owner =
      read_datum(text, [&](gnutls_datum_t* out) { return get(certificate.get(), out, 0); });
  return printable(text, Backslash::as_it_is);
}

uint64_t name_hash(const ImportedCertificate& certificate, GetRawName get) {
  Bytes raw;
  const Allocated owner =
      read_datum(raw, [&](gnutls_datum_t* out) { return get(certificate.get(), out); });
  return short_hash(raw);
}

void read_parties(const ImportedCertificate& certificate, CertificateFacts& facts) {
  facts.subject = name(certificate, gnutls_x509_crt_get_dn3);
  facts.issuer = name(certificate, gnutls_x509_crt_get_issuer_dn3);
  facts.subject_hash = name_hash(certificate, gnutls_x509_crt_get_raw_dn);
  facts.issuer_hash = name_hash(certificate, gnutls_x509_crt_get_raw_issuer_dn);
  facts.self_issued = facts.subject_hash == facts.issuer_hash;
}

void read_signature(const ImportedCertificate& certificate, CertificateFacts& facts) {
  const int algorithm = gnutls_x509_crt_get_signature_algorithm(certificate.get());
  const std::string identifier = oid_text(certificate, gnutls_x509_crt_get_signature_oid);
  facts.signature = signature_name(identifier, algorithm);
  facts.digest = digest_kind(identifier, algorithm);
}

std::optional<int64_t> time(const ImportedCertificate& certificate, GetTime get) {
  const time_t seconds = get(certificate.get());
  return seconds == time_t{-1} ? std::nullopt : std::optional<int64_t>(seconds);
}

// without_sign leaves out an octet 00 that only keeps a number positive.
Bytes without_sign(Bytes octets) {
  const bool sign_only = octets.size() > 1 && octets[0] == 0 && octets[1] >= 0x80;
  return octets.subspan(sign_only ? 1 : 0);
}

std::string address(Bytes octets) {
  if (octets.size() != 4 && octets.size() != 16) {
    return hexadecimal(octets);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = octets.size() == 4 ? AF_INET : AF_INET6;
  return inet_ntop(family, octets.data(), text.data(), text.size()) == nullptr
             ? std::string{}
             : std::string(text.data());
}

void add_name(CertificateFacts& facts, unsigned type, Bytes octets) {
  if (type == GNUTLS_SAN_DNSNAME) {
    facts.dns_names.push_back(printable(octets, Backslash::escaped));
  } else if (type == GNUTLS_SAN_IPADDRESS) {
    facts.ips.push_back(address(octets));
  }
}

void read_names(const ImportedCertificate& certificate, CertificateFacts& facts) {
  std::vector<uint8_t> octets;
  for (unsigned i = 0;; ++i) {
    unsigned type = 0;
    const int result = read_value(octets, [&](uint8_t* data, size_t* size) {
      return gnutls_x509_crt_get_subject_alt_name2(certificate.get(), i, data, size, &type,
                                                   nullptr);
    });
    if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
      return;
    }
    if (i == kMaxNames) {
      facts.names_complete = false;
      return;
    }
    if (result >= 0) {
      add_name(facts, type, octets);
    }
  }
}

// RFC 5280 §4.1.2.2. An octet 00 that only keeps the number positive is not one of the twenty.
bool is_invalid_serial(Bytes octets) {
  constexpr size_t kMaxSerial = 20;
  const bool negative = !octets.empty() && octets[0] >= 0x80;
  const bool zero = std::ranges::all_of(octets, [](uint8_t octet) { return octet == 0; });
  return negative || zero || without_sign(octets).size() > kMaxSerial;
}

void read_serial(const ImportedCertificate& certificate, CertificateFacts& facts) {
  std::vector<uint8_t> octets;
  read_value(octets, [&](uint8_t* data, size_t* size) {
    return gnutls_x509_crt_get_serial(certificate.get(), data, size);
  });
  facts.serial = hexadecimal(without_sign(octets));
  facts.serial_invalid = is_invalid_serial(octets);
}

}  // namespace

CertificateFacts read_certificate(Bytes der) {
  CertificateFacts facts;
  const auto [certificate, signature_mismatch] = import_certificate(der);
  if (certificate == nullptr) {
    return facts;
  }
  facts.readable = true;
  facts.version = std::max(0, gnutls_x509_crt_get_version(certificate.get()));
  facts.not_before = time(certificate, gnutls_x509_crt_get_activation_time);
  facts.not_after = time(certificate, gnutls_x509_crt_get_expiration_time);
  read_parties(certificate, facts);
  read_serial(certificate, facts);
  read_names(certificate, facts);
  read_signature(certificate, facts);
  facts.signature_mismatch = signature_mismatch;
  read_public_key(certificate, outline(der).value_or(Outline{}).key, facts);
  read_certificate_extensions(certificate, der, facts);
  facts.self_signed = facts.self_issued && issued(facts, facts);
  return facts;
}

}  // namespace tlslens
