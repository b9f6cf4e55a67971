// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/import.h"

#include <gnutls/crypto.h>

#include <algorithm>
#include <array>
#include <utility>

#include "certificate/der.h"

namespace tlslens {
namespace {

int import_into(ImportedCertificate& out, Bytes der) {
  gnutls_x509_crt_t raw = nullptr;
  if (const int result = gnutls_x509_crt_init(&raw); result < 0) {
    return result;
  }
  ImportedCertificate certificate(raw);
  gnutls_x509_crt_set_flags(raw, GNUTLS_X509_CRT_FLAG_IGNORE_SANITY);
  std::vector<unsigned char> copy(der.begin(), der.end());
  const gnutls_datum_t data = {copy.data(), static_cast<unsigned>(copy.size())};
  const int result = gnutls_x509_crt_import(raw, &data, GNUTLS_X509_FMT_DER);
  if (result >= 0) {
    out = std::move(certificate);
  }
  return result;
}

// with_one_algorithm is the certificate with the algorithm of the signed part in both places; empty
// if it is so already.
std::vector<uint8_t> with_one_algorithm(Bytes der) {
  const auto parts = outline(der);
  if (!parts || std::ranges::equal(parts->signed_algorithm.whole, parts->algorithm.whole)) {
    return {};
  }
  constexpr uint8_t kLengthOfThree = 0x83;
  std::vector<uint8_t> out = {der_tag::sequence, kLengthOfThree, 0, 0, 0};
  const size_t header = out.size();
  for (const Element& part : {parts->signed_part, parts->signed_algorithm, parts->signature}) {
    out.insert(out.end(), part.whole.begin(), part.whole.end());
  }
  const size_t length = out.size() - header;
  for (size_t i = 0; i < 3; ++i) {
    out[header - 1 - i] = static_cast<uint8_t>(length >> 8 * i);
  }
  return out;
}

}  // namespace

Import import_certificate(Bytes der) {
  Import out;
  if (der.size() > kMaxCertificate || has_more_elements(der, kMaxElements)) {
    return out;
  }
  // GnuTLS refuses a certificate whose two algorithms differ, whatever its flags are.
  if (import_into(out.certificate, der) == GNUTLS_E_CERTIFICATE_ERROR) {
    const std::vector<uint8_t> mended = with_one_algorithm(der);
    out.signature_mismatch = !mended.empty() && import_into(out.certificate, mended) >= 0;
  }
  return out;
}

Allocated extension(const ImportedCertificate& certificate, const char* oid, Bytes& out) {
  unsigned critical = 0;
  return read_datum(out, [&](gnutls_datum_t* datum) {
    return gnutls_x509_crt_get_extension_by_oid2(certificate.get(), oid, 0, datum, &critical);
  });
}

std::string oid_text(const ImportedCertificate& certificate,
                     int (*get)(gnutls_x509_crt_t, char*, size_t*)) {
  std::array<char, 256> text{};
  size_t size = text.size();
  return get(certificate.get(), text.data(), &size) < 0 ? std::string{} : std::string(text.data());
}

uint64_t short_hash(Bytes bytes) {
  std::array<uint8_t, 32> hash{};
  gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.data(), bytes.size(), hash.data());
  uint64_t out = 0;
  for (size_t i = 0; i < sizeof out; ++i) {
    out = out << 8 | hash[i];
  }
  return out;
}

}  // namespace tlslens
