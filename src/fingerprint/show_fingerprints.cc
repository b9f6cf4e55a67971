// SPDX-License-Identifier: GPL-2.0-or-later
#include <gnutls/crypto.h>

#include "fields/fields.h"
#include "fingerprint/fingerprint.h"

namespace tlslens {
namespace {

std::string hash_text(gnutls_digest_algorithm_t algorithm, const std::string& text) {
  constexpr size_t kLargest = 64;
  uint8_t digest[kLargest];
  if (gnutls_hash_fast(algorithm, text.data(), text.size(), digest) < 0) {
    return {};
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < gnutls_hash_get_len(algorithm); ++i) {
    out += kDigits[digest[i] >> 4];
    out += kDigits[digest[i] & 15];
  }
  return out;
}

}  // namespace

std::string md5_text(const std::string& text) { return hash_text(GNUTLS_DIG_MD5, text); }
std::string sha256_text(const std::string& text) { return hash_text(GNUTLS_DIG_SHA256, text); }

void show_fingerprints(Reader& r, const Body& body) {
  if (!r.wants_marks() || !r.ok()) {
    return;
  }
  if (body.client_hello) {
    const Ja4 four = ja4(*body.client_hello);
    const std::string three = ja3(*body.client_hello);
    r.text(Field::ja4, four.hashed);
    r.text(Field::ja4_r, four.raw);
    r.text(Field::ja3_full, three);
    r.text(Field::ja3, md5_text(three));
  } else if (body.server_hello) {
    const std::string three = ja3s(*body.server_hello);
    r.text(Field::ja3s_full, three);
    r.text(Field::ja3s, md5_text(three));
  }
}

}  // namespace tlslens
