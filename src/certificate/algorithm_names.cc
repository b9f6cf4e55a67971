// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/algorithm_names.h"

#include <gnutls/gnutls.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace tlslens {
namespace {

// Use tells what an object identifier stands for where it names a key.
enum class Use : uint8_t {
  key,   // only a key: what a signature is made with has another identifier
  both,  // a signature, too
};

struct Named {
  std::string_view oid;
  const char* name;
  Use use;
  KeyKind kind;
};

constexpr Named kNames[] = {
    {"1.2.840.113549.1.1.1", "RSA", Use::key, KeyKind::rsa},
    {"1.2.840.113549.1.1.10", "RSA-PSS", Use::key, KeyKind::rsa_pss},  // RFC 4055 §3.1
    {"1.2.840.10040.4.1", "DSA", Use::key, KeyKind::dsa},
    {"1.2.840.10046.2.1", "DH", Use::key, KeyKind::other},
    {"1.2.840.10045.2.1", "ECDSA", Use::key, KeyKind::ecdsa},
    {"1.3.132.1.12", "ECDH", Use::key, KeyKind::other},
    {"1.3.101.110", "X25519", Use::key, KeyKind::other},
    {"1.3.101.111", "X448", Use::key, KeyKind::other},
    {"1.3.101.112", "Ed25519", Use::both, KeyKind::ed25519},
    {"1.3.101.113", "Ed448", Use::both, KeyKind::ed448},
    {"2.16.840.1.101.3.4.3.17", "ML-DSA-44", Use::both, KeyKind::ml_dsa},  // RFC 9881
    {"2.16.840.1.101.3.4.3.18", "ML-DSA-65", Use::both, KeyKind::ml_dsa},
    {"2.16.840.1.101.3.4.3.19", "ML-DSA-87", Use::both, KeyKind::ml_dsa},
    {"2.16.840.1.101.3.4.3.20", "SLH-DSA-SHA2-128s", Use::both, KeyKind::slh_dsa},  // RFC 9909
    {"2.16.840.1.101.3.4.3.21", "SLH-DSA-SHA2-128f", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.22", "SLH-DSA-SHA2-192s", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.23", "SLH-DSA-SHA2-192f", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.24", "SLH-DSA-SHA2-256s", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.25", "SLH-DSA-SHA2-256f", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.26", "SLH-DSA-SHAKE-128s", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.27", "SLH-DSA-SHAKE-128f", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.28", "SLH-DSA-SHAKE-192s", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.29", "SLH-DSA-SHAKE-192f", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.30", "SLH-DSA-SHAKE-256s", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.3.31", "SLH-DSA-SHAKE-256f", Use::both, KeyKind::slh_dsa},
    {"2.16.840.1.101.3.4.4.1", "ML-KEM-512", Use::key, KeyKind::other},  // RFC 9935
    {"2.16.840.1.101.3.4.4.2", "ML-KEM-768", Use::key, KeyKind::other},
    {"2.16.840.1.101.3.4.4.3", "ML-KEM-1024", Use::key, KeyKind::other},
};

// The digests of signatures that GnuTLS does not know.
struct Digested {
  std::string_view oid;
  DigestKind kind;
};
constexpr Digested kDigests[] = {
    {"1.2.840.113549.1.1.3", DigestKind::md4},            // md4WithRSAEncryption
    {"1.2.156.10197.1.501", DigestKind::sha2_or_better},  // SM2 with SM3: GM/T 0006
};

// row_of is null if the object identifier is none of ours, or not that of a signature.
const Named* row_of(const std::string& oid, bool signature) {
  const auto* row = std::ranges::find(kNames, oid, &Named::oid);
  const bool ours = row != std::end(kNames) && (!signature || row->use == Use::both);
  return ours ? row : nullptr;
}

// named prefers our name to `known`, which may be null.
std::string named(const std::string& oid, const char* known, bool signature) {
  if (const Named* row = row_of(oid, signature); row != nullptr) {
    return row->name;
  }
  return known == nullptr ? oid : known;
}

}  // namespace

std::string key_name(const std::string& oid, int algorithm) {
  const bool known = algorithm > GNUTLS_PK_UNKNOWN;
  const auto number = static_cast<gnutls_pk_algorithm_t>(known ? algorithm : 0);
  return named(oid, known ? gnutls_pk_get_name(number) : nullptr, false);
}

std::string signature_name(const std::string& oid, int algorithm) {
  const bool known = algorithm > GNUTLS_SIGN_UNKNOWN;
  const auto number = static_cast<gnutls_sign_algorithm_t>(known ? algorithm : 0);
  return named(oid, known ? gnutls_sign_get_name(number) : nullptr, true);
}

KeyKind key_kind(const std::string& oid, int algorithm) {
  if (const Named* row = row_of(oid, false); row != nullptr) {
    return row->kind;
  }
  switch (algorithm) {
    case GNUTLS_PK_RSA:
      return KeyKind::rsa;
    case GNUTLS_PK_GOST_01:
    case GNUTLS_PK_GOST_12_256:
    case GNUTLS_PK_GOST_12_512:
      return KeyKind::gost;
    default:
      return algorithm > GNUTLS_PK_UNKNOWN ? KeyKind::other : KeyKind::unknown;
  }
}

DigestKind digest_kind(const std::string& oid, int algorithm) {
  if (row_of(oid, true) != nullptr) {
    return DigestKind::none_needed;
  }
  const auto* row = std::ranges::find(kDigests, oid, &Digested::oid);
  if (row != std::end(kDigests)) {
    return row->kind;
  }
  const bool known = algorithm > GNUTLS_SIGN_UNKNOWN;
  const auto number = static_cast<gnutls_sign_algorithm_t>(known ? algorithm : 0);
  switch (known ? gnutls_sign_get_hash_algorithm(number) : GNUTLS_DIG_UNKNOWN) {
    case GNUTLS_DIG_MD2:
      return DigestKind::md2;
    case GNUTLS_DIG_MD5:
      return DigestKind::md5;
    case GNUTLS_DIG_SHA1:
      return DigestKind::sha1;
    case GNUTLS_DIG_UNKNOWN:
    case GNUTLS_DIG_RMD160:
    case GNUTLS_DIG_GOSTR_94:
      return DigestKind::unknown;
    default:
      return DigestKind::sha2_or_better;
  }
}

}  // namespace tlslens
