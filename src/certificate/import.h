// SPDX-License-Identifier: GPL-2.0-or-later
// Certificates in the hands of GnuTLS.
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "certificate/certificate.h"

namespace tlslens {

struct Release {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
  void operator()(unsigned char* data) const { gnutls_free(data); }
};
using ImportedCertificate = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, Release>;
using Allocated = std::unique_ptr<unsigned char, Release>;

// Import is null if the bytes are no certificate. `signature_mismatch` is that of the facts.
struct Import {
  ImportedCertificate certificate;
  bool signature_mismatch = false;
};

// import_certificate hands a certificate to GnuTLS. What is wrong with one (an extension that its
// version does not have, say) is no reason not to take it; being longer than kMaxCertificate or of
// more than kMaxElements is.
Import import_certificate(Bytes der);

// read_value calls get(data, &size), a function of GnuTLS that fills a buffer, and once more if its
// value is longer than most; `size` is the value's in the end. It returns what get does, negative
// for an error.
template <typename Get>
int read_value(std::vector<uint8_t>& out, Get get) {
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

// read_datum calls get(&datum), a function of GnuTLS that allocates; null if it returns an error.
template <typename Get>
Allocated read_datum(Bytes& out, Get get) {
  gnutls_datum_t datum = {nullptr, 0};
  const bool failed = get(&datum) < 0;
  out = failed ? Bytes{} : Bytes{datum.data, datum.size};
  return failed ? nullptr : Allocated(datum.data);
}

// extension is the contents of an extension, given by its object identifier; null without it.
Allocated extension(const ImportedCertificate& certificate, const char* oid, Bytes& out);

// oid_text is what get(certificate, text, &size), a function of GnuTLS, says: an object identifier
// in figures and dots, empty if it returns an error.
std::string oid_text(const ImportedCertificate& certificate,
                     int (*get)(gnutls_x509_crt_t, char*, size_t*));

// short_hash is the begin of a SHA-256: bytes that differ have the same only by chance.
uint64_t short_hash(Bytes bytes);

}  // namespace tlslens
