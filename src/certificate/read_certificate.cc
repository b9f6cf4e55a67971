// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/read_certificate.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <cstring>
#include <ctime>
#include <type_traits>
#include <utility>

#include "certificate/algorithm_names.h"
#include "certificate/printable.h"

namespace tlslens {
namespace {

struct Release {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
  void operator()(unsigned char* data) const { gnutls_free(data); }
};
using Certificate = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, Release>;
using Allocated = std::unique_ptr<unsigned char, Release>;

// import is null if the bytes are no certificate. What else is wrong with one (an extension that
// its version does not have, say) is no reason not to show it.
Certificate import(Bytes der) {
  gnutls_x509_crt_t raw = nullptr;
  if (gnutls_x509_crt_init(&raw) < 0) {
    return nullptr;
  }
  Certificate certificate(raw);
  gnutls_x509_crt_set_flags(raw, GNUTLS_X509_CRT_FLAG_IGNORE_SANITY);
  std::vector<unsigned char> copy(der.begin(), der.end());
  const gnutls_datum_t data = {copy.data(), static_cast<unsigned>(copy.size())};
  return gnutls_x509_crt_import(raw, &data, GNUTLS_X509_FMT_DER) < 0 ? nullptr
                                                                     : std::move(certificate);
}

// value calls get(data, &size), a function of GnuTLS that fills a buffer, and once more if its
// value is longer than most; `size` is the value's in the end. It returns what get does, negative
// for an error.
template <typename Get>
int value(std::vector<uint8_t>& out, Get get) {
  constexpr size_t kUsual = 128;
  out.resize(kUsual);
  size_t size = out.size();
  int result = get(out.data(), &size);
  if (result == GNUTLS_E_SHORT_MEMORY_BUFFER && size <= 2 * kMaxCertificate) {
    out.resize(size);
    result = get(out.data(), &size);
  }
  out.resize(result < 0 ? 0 : size);
  return result;
}

using GetName = int (*)(gnutls_x509_crt_t, gnutls_datum_t*, unsigned);
using GetOid = int (*)(gnutls_x509_crt_t, char*, size_t*);
using GetTime = time_t (*)(gnutls_x509_crt_t);

std::string name(const Certificate& certificate, GetName get) {
  gnutls_datum_t text = {nullptr, 0};
  if (get(certificate.get(), &text, 0) < 0) {
    return {};
  }
  const Allocated owner(text.data);
  return printable({text.data, text.size}, Backslash::as_it_is);
}

std::string oid(const Certificate& certificate, GetOid get) {
  std::array<char, 256> text{};
  size_t size = text.size();
  return get(certificate.get(), text.data(), &size) < 0 ? std::string{} : std::string(text.data());
}

std::optional<int64_t> time(const Certificate& certificate, GetTime get) {
  const time_t seconds = get(certificate.get());
  return seconds == time_t{-1} ? std::nullopt : std::optional<int64_t>(seconds);
}

std::string serial(const Certificate& certificate) {
  std::vector<uint8_t> octets;
  value(octets, [&](uint8_t* data, size_t* size) {
    return gnutls_x509_crt_get_serial(certificate.get(), data, size);
  });
  const bool sign_only = octets.size() > 1 && octets[0] == 0 && octets[1] >= 0x80;
  return hexadecimal(Bytes(octets).subspan(sign_only ? 1 : 0));
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

void read_names(const Certificate& certificate, CertificateFacts& facts) {
  std::vector<uint8_t> octets;
  for (unsigned i = 0;; ++i) {
    unsigned type = 0;
    const int result = value(octets, [&](uint8_t* data, size_t* size) {
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

void read_key(const Certificate& certificate, CertificateFacts& facts) {
  unsigned bits = 0;
  const int algorithm = gnutls_x509_crt_get_pk_algorithm(certificate.get(), &bits);
  const std::string identifier = oid(certificate, gnutls_x509_crt_get_pk_oid);
  facts.key_bits = algorithm <= 0 ? 0 : bits;
  facts.key_type = key_name(identifier, algorithm);
}

// timestamps finds the list of RFC 6962 §3.3, which stands in an octet string within that of the
// extension: behind the inner header, of a type and a length of one to three bytes.
std::optional<Span> timestamps(const Certificate& certificate, Bytes der) {
  constexpr uint8_t kLongLength = 0x80;
  std::vector<uint8_t> octets;
  unsigned critical = 0;
  const int result = value(octets, [&](uint8_t* data, size_t* size) {
    return gnutls_x509_crt_get_extension_by_oid(certificate.get(), "1.3.6.1.4.1.11129.2.4.2", 0,
                                                data, size, &critical);
  });
  if (result < 0 || octets.size() < 2) {
    return std::nullopt;
  }
  const size_t header = octets[1] < kLongLength ? 2 : 2U + (octets[1] & (kLongLength - 1U));
  // Unlike std::search its time does not grow with the product of the lengths.
  const void* found = memmem(der.data(), der.size(), octets.data(), octets.size());
  if (found == nullptr || header > octets.size()) {
    return std::nullopt;
  }
  const auto offset = static_cast<size_t>(static_cast<const uint8_t*>(found) - der.data()) + header;
  return Span{static_cast<uint32_t>(offset), static_cast<uint32_t>(octets.size() - header)};
}

}  // namespace

CertificateFacts read_certificate(Bytes der) {
  CertificateFacts facts;
  const Certificate certificate = import(der);
  if (certificate == nullptr) {
    return facts;
  }
  facts.readable = true;
  facts.not_before = time(certificate, gnutls_x509_crt_get_activation_time);
  facts.not_after = time(certificate, gnutls_x509_crt_get_expiration_time);
  facts.subject = name(certificate, gnutls_x509_crt_get_dn3);
  facts.issuer = name(certificate, gnutls_x509_crt_get_issuer_dn3);
  facts.serial = serial(certificate);
  read_names(certificate, facts);
  read_key(certificate, facts);
  facts.signature = signature_name(oid(certificate, gnutls_x509_crt_get_signature_oid),
                                   gnutls_x509_crt_get_signature_algorithm(certificate.get()));
  facts.timestamps = timestamps(certificate, der);
  return facts;
}

}  // namespace tlslens
