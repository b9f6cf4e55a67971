// SPDX-License-Identifier: GPL-2.0-or-later
#include <gnutls/x509-ext.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "certificate/read_parts.h"

namespace tlslens {
namespace {

static_assert(key_usage::digital_signature == GNUTLS_KEY_DIGITAL_SIGNATURE &&
              key_usage::non_repudiation == GNUTLS_KEY_NON_REPUDIATION &&
              key_usage::key_encipherment == GNUTLS_KEY_KEY_ENCIPHERMENT &&
              key_usage::data_encipherment == GNUTLS_KEY_DATA_ENCIPHERMENT &&
              key_usage::key_agreement == GNUTLS_KEY_KEY_AGREEMENT &&
              key_usage::key_cert_sign == GNUTLS_KEY_KEY_CERT_SIGN &&
              key_usage::crl_sign == GNUTLS_KEY_CRL_SIGN &&
              key_usage::encipher_only == GNUTLS_KEY_ENCIPHER_ONLY &&
              key_usage::decipher_only == GNUTLS_KEY_DECIPHER_ONLY);

struct ReleaseList {
  void operator()(gnutls_x509_key_purposes_t list) const { gnutls_x509_key_purpose_deinit(list); }
  void operator()(gnutls_x509_tlsfeatures_t list) const { gnutls_x509_tlsfeatures_deinit(list); }
};
template <typename List>
using Owned = std::unique_ptr<std::remove_pointer_t<List>, ReleaseList>;

bool has_any_extension(const ImportedCertificate& certificate) {
  std::array<char, 256> oid{};
  size_t size = oid.size();
  const int result = gnutls_x509_crt_get_extension_oid(certificate.get(), 0, oid.data(), &size);
  return result >= 0 || result == GNUTLS_E_SHORT_MEMORY_BUFFER;
}

// RFC 5280 §4.2.1.9
void read_basic_constraints(const ImportedCertificate& certificate, CertificateFacts& facts) {
  unsigned critical = 0;
  unsigned ca = 0;
  int path_length = -1;
  if (gnutls_x509_crt_get_basic_constraints(certificate.get(), &critical, &ca, &path_length) < 0) {
    return;
  }
  facts.is_ca = ca != 0;
  if (path_length >= 0) {
    facts.path_length = path_length;
  }
}

// RFC 5280 §4.2.1.3
void read_key_usage(const ImportedCertificate& certificate, CertificateFacts& facts) {
  unsigned usage = 0;
  unsigned critical = 0;
  if (gnutls_x509_crt_get_key_usage(certificate.get(), &usage, &critical) >= 0) {
    facts.key_usage = usage;
  }
}

// read_purposes reads the list once: gnutls_x509_crt_check_key_purpose does for each of its items.
void read_purposes(const ImportedCertificate& certificate, CertificateFacts& facts) {
  Bytes octets;
  const Allocated owner = extension(certificate, "2.5.29.37", octets);
  gnutls_x509_key_purposes_t raw = nullptr;
  if (owner == nullptr || gnutls_x509_key_purpose_init(&raw) < 0) {
    return;
  }
  const Owned<gnutls_x509_key_purposes_t> list(raw);
  const gnutls_datum_t data = {owner.get(), static_cast<unsigned>(octets.size())};
  if (gnutls_x509_ext_import_key_purposes(&data, raw, 0) < 0) {
    return;
  }
  facts.allows_server = facts.allows_client = false;
  gnutls_datum_t oid = {nullptr, 0};
  for (unsigned i = 0; gnutls_x509_key_purpose_get(raw, i, &oid) >= 0; ++i) {
    const auto is = [&](std::string_view known) {
      return std::ranges::equal(Bytes{oid.data, oid.size}, known);
    };
    const bool any = is(GNUTLS_KP_ANY);
    facts.allows_server = facts.allows_server || any || is(GNUTLS_KP_TLS_WWW_SERVER);
    facts.allows_client = facts.allows_client || any || is(GNUTLS_KP_TLS_WWW_CLIENT);
  }
}

// RFC 7633: the features are extensions of TLS, by their numbers.
bool must_staple(const ImportedCertificate& certificate) {
  constexpr unsigned kStatusRequest = 5;
  gnutls_x509_tlsfeatures_t raw = nullptr;
  if (gnutls_x509_tlsfeatures_init(&raw) < 0) {
    return false;
  }
  const Owned<gnutls_x509_tlsfeatures_t> list(raw);
  unsigned critical = 0;
  if (gnutls_x509_crt_get_tlsfeatures(certificate.get(), raw, 0, &critical) < 0) {
    return false;
  }
  unsigned feature = 0;
  for (unsigned i = 0; gnutls_x509_tlsfeatures_get(raw, i, &feature) >= 0; ++i) {
    if (feature == kStatusRequest) {
      return true;
    }
  }
  return false;
}

using GetKeyId = int (*)(gnutls_x509_crt_t, void*, size_t*, unsigned*);

std::optional<uint64_t> key_id(const ImportedCertificate& certificate, GetKeyId get) {
  std::vector<uint8_t> octets;
  unsigned critical = 0;
  const int result = read_value(octets, [&](uint8_t* data, size_t* size) {
    return get(certificate.get(), data, size, &critical);
  });
  return result < 0 ? std::nullopt : std::optional<uint64_t>(short_hash(octets));
}

// timestamps finds the list of RFC 6962 §3.3, which stands in an octet string within that of the
// extension: behind the inner header, of a type and a length of one to three bytes.
std::optional<Span> timestamps(const ImportedCertificate& certificate, Bytes der) {
  constexpr uint8_t kLongLength = 0x80;
  Bytes octets;
  const Allocated owner = extension(certificate, "1.3.6.1.4.1.11129.2.4.2", octets);
  if (octets.size() < 2) {
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

void read_certificate_extensions(const ImportedCertificate& certificate, Bytes der,
                                 CertificateFacts& facts) {
  facts.has_extensions = has_any_extension(certificate);
  if (!facts.has_extensions) {
    return;
  }
  read_basic_constraints(certificate, facts);
  read_key_usage(certificate, facts);
  read_purposes(certificate, facts);
  facts.must_staple = must_staple(certificate);
  facts.subject_key_id = key_id(certificate, gnutls_x509_crt_get_subject_key_id);
  facts.authority_key_id = key_id(certificate, gnutls_x509_crt_get_authority_key_id);
  facts.timestamps = timestamps(certificate, der);
}

}  // namespace tlslens
