// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "extensions/views.h"
#include "registry/suite.h"

// What rules about suites, public values and hellos share.

namespace tlslens {

// client_share_size is how long a client's share of a group is, in bytes (RFC 8446 §4.2.8, and for
// hybrids with ML-KEM the sum of both parts); server_share_size the same for a server's. Nothing
// for groups that are not known.
std::optional<size_t> client_share_size(NamedGroup group);
std::optional<size_t> server_share_size(NamedGroup group);
// share_words says what a share has and should have.
std::string share_words(const Share& share, size_t size);

// what_is_wrong_with_point says why a value of the right length is no public value of its group; an
// empty view if nothing speaks against it. RFC 8446 §4.2.8.2, RFC 7748 §6.
std::string_view what_is_wrong_with_point(const Share& share);

// Weakness is what is weak in a cipher suite (RFC 9325 §4.1): the words for its offer and for its
// choice, and whether that choice is the milder offence.
struct Weakness {
  const char* offered;
  const char* selected;
  bool is_mild = false;
};
std::optional<Weakness> weakness_of(const SuiteParts& suite);

// kRenegotiationScsv stands for an empty renegotiation_info (RFC 5746 §3.3).
inline constexpr CipherSuite kRenegotiationScsv{0x00ff};

// kStrongPrime is the least length of a prime for Diffie-Hellman, in bits (RFC 9325 §4.4).
inline constexpr uint32_t kStrongPrime = 2048;
// Whether a signature of TLS 1.2 is made over MD5 or SHA-1 (RFC 5246 §7.4.1.4.1).
inline bool signs_md5(SignatureScheme scheme) { return scheme.value >> 8 == 1; }
inline bool signs_sha1(SignatureScheme scheme) { return scheme.value >> 8 == 2; }

// lacks_uncompressed tells an ec_point_formats that does not have the format every peer must have
// (RFC 8422 §5.1.2).
bool lacks_uncompressed(const Extensions& all);

// names_earlier_finished tells a renegotiation_info that is not empty: it holds the Finished of the
// handshake before (RFC 5746 §3.2).
bool names_earlier_finished(const Extensions& all);

// ends_with_sentinel tells a server's random whose last eight bytes say that it knows a higher
// version than it chose (RFC 8446 §4.1.3): TLS 1.3 with `last` 1, TLS 1.2 with 0.
bool ends_with_sentinel(Bytes random, uint8_t last);

// is_constant tells a random of which all bytes are equal.
bool is_constant(Bytes random);

}  // namespace tlslens
