// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "certificate/certificate.h"

namespace tlslens {

// key_name and signature_name name an algorithm: by its object identifier (figures and dots) if it
// is one of ours, else as GnuTLS does, else the object identifier itself. `algorithm` is a
// gnutls_pk_algorithm_t or a gnutls_sign_algorithm_t, or an error of GnuTLS. Ours are those that
// GnuTLS names in a way of its own, or that only its later versions know.
std::string key_name(const std::string& oid, int algorithm);
std::string signature_name(const std::string& oid, int algorithm);

// key_kind and digest_kind sort the same algorithms. A key on a curve is ecdsa here, that of SM2,
// too: both have one object identifier.
KeyKind key_kind(const std::string& oid, int algorithm);
DigestKind digest_kind(const std::string& oid, int algorithm);

}  // namespace tlslens
