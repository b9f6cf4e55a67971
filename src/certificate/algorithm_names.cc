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
};

constexpr Named kNames[] = {
    {"1.2.840.113549.1.1.1", "RSA", Use::key},       // RFC 3279 §2.3.1
    {"1.2.840.113549.1.1.10", "RSA-PSS", Use::key},  // RFC 4055 §3.1
    {"1.2.840.10040.4.1", "DSA", Use::key},          // RFC 3279 §2.3.2
    {"1.2.840.10046.2.1", "DH", Use::key},           // RFC 3279 §2.3.3
    {"1.2.840.10045.2.1", "ECDSA", Use::key},        // RFC 5480 §2.1.1
    {"1.3.132.1.12", "ECDH", Use::key},              // RFC 5480 §2.1.2
    {"1.3.101.110", "X25519", Use::key},             // RFC 8410 §3
    {"1.3.101.111", "X448", Use::key},
    {"1.3.101.112", "Ed25519", Use::both},
    {"1.3.101.113", "Ed448", Use::both},
    {"2.16.840.1.101.3.4.3.17", "ML-DSA-44", Use::both},  // RFC 9881
    {"2.16.840.1.101.3.4.3.18", "ML-DSA-65", Use::both},
    {"2.16.840.1.101.3.4.3.19", "ML-DSA-87", Use::both},
    {"2.16.840.1.101.3.4.3.20", "SLH-DSA-SHA2-128s", Use::both},  // RFC 9909
    {"2.16.840.1.101.3.4.3.21", "SLH-DSA-SHA2-128f", Use::both},
    {"2.16.840.1.101.3.4.3.22", "SLH-DSA-SHA2-192s", Use::both},
    {"2.16.840.1.101.3.4.3.23", "SLH-DSA-SHA2-192f", Use::both},
    {"2.16.840.1.101.3.4.3.24", "SLH-DSA-SHA2-256s", Use::both},
    {"2.16.840.1.101.3.4.3.25", "SLH-DSA-SHA2-256f", Use::both},
    {"2.16.840.1.101.3.4.3.26", "SLH-DSA-SHAKE-128s", Use::both},
    {"2.16.840.1.101.3.4.3.27", "SLH-DSA-SHAKE-128f", Use::both},
    {"2.16.840.1.101.3.4.3.28", "SLH-DSA-SHAKE-192s", Use::both},
    {"2.16.840.1.101.3.4.3.29", "SLH-DSA-SHAKE-192f", Use::both},
    {"2.16.840.1.101.3.4.3.30", "SLH-DSA-SHAKE-256s", Use::both},
    {"2.16.840.1.101.3.4.3.31", "SLH-DSA-SHAKE-256f", Use::both},
    {"2.16.840.1.101.3.4.4.1", "ML-KEM-512", Use::key},  // RFC 9935
    {"2.16.840.1.101.3.4.4.2", "ML-KEM-768", Use::key},
    {"2.16.840.1.101.3.4.4.3", "ML-KEM-1024", Use::key},
};

// named prefers our name to `known`, which may be null.
std::string named(const std::string& oid, const char* known, bool signature) {
  const auto* row = std::ranges::find(kNames, oid, &Named::oid);
  if (row != std::end(kNames) && (!signature || row->use == Use::both)) {
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

}  // namespace tlslens
