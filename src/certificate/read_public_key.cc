// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <iterator>
#include <string_view>

#include "certificate/algorithm_names.h"
#include "certificate/read_parts.h"

namespace tlslens {
namespace {

constexpr NamedGroup kX25519{29};
constexpr NamedGroup kX448{30};
constexpr NamedGroup kCurveSm2{41};

// The curves of the registry, by the contents of their object identifiers. GnuTLS knows few of
// them, and says of no other which it is.
struct Curve {
  std::string_view oid;
  NamedGroup group;
  uint16_t bits;
};

// SECG is 1.3.132.0.NUMBER (SEC 2, appendix A).
#define SECG(number) std::string_view("\x2b\x81\x04\x00" number, 5)
// BRAINPOOL is 1.3.36.3.3.2.8.1.1.NUMBER (RFC 5639 §4.1).
#define BRAINPOOL(number) "\x2b\x24\x03\x03\x02\x08\x01\x01" number
constexpr Curve kCurves[] = {
    {SECG("\x01"), {1}, 163},
    {SECG("\x02"), {2}, 163},
    {SECG("\x0f"), {3}, 163},
    {SECG("\x18"), {4}, 193},
    {SECG("\x19"), {5}, 193},
    {SECG("\x1a"), {6}, 233},
    {SECG("\x1b"), {7}, 233},
    {SECG("\x03"), {8}, 239},
    {SECG("\x10"), {9}, 283},
    {SECG("\x11"), {10}, 283},
    {SECG("\x24"), {11}, 409},
    {SECG("\x25"), {12}, 409},
    {SECG("\x26"), {13}, 571},
    {SECG("\x27"), {14}, 571},
    {SECG("\x09"), {15}, 160},
    {SECG("\x08"), {16}, 160},
    {SECG("\x1e"), {17}, 160},
    {SECG("\x1f"), {18}, 192},
    {"\x2a\x86\x48\xce\x3d\x03\x01\x01", {19}, 192},  // RFC 5480 §2.1.1.1
    {SECG("\x20"), {20}, 224},
    {SECG("\x21"), {21}, 224},
    {SECG("\x0a"), {22}, 256},
    {"\x2a\x86\x48\xce\x3d\x03\x01\x07", {23}, 256},  // RFC 5480 §2.1.1.1
    {SECG("\x22"), {24}, 384},
    {SECG("\x23"), {25}, 521},
    {BRAINPOOL("\x07"), {26}, 256},
    {BRAINPOOL("\x0b"), {27}, 384},
    {BRAINPOOL("\x0d"), {28}, 512},
    {"\x2a\x81\x1c\xcf\x55\x01\x82\x2d", kCurveSm2, 256},  // GM/T 0006
};
#undef SECG
#undef BRAINPOOL

// read_curve reads ECParameters (RFC 5480 §2.1.1), which stand behind the algorithm of the key.
void read_curve(const Element& info, CertificateFacts& facts) {
  Bytes content = info.content;
  Bytes algorithm = take_element(content).value_or(Element{}).content;
  take_element(algorithm, der_tag::oid);
  const Element parameters = take_element(algorithm).value_or(Element{});
  facts.explicit_curve = parameters.tag == der_tag::sequence;
  if (parameters.tag != der_tag::oid) {
    return;
  }
  const auto* curve = std::ranges::find_if(kCurves, [&](const Curve& row) {
    return std::ranges::equal(parameters.content, row.oid,
                              [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); });
  });
  if (curve != std::end(kCurves)) {
    facts.curve = curve->group;
    facts.key_bits = curve->bits;
  }
}

// is_weak_exponent: an exponent of 1 leaves the message as it is, one that is even has no inverse
// (RFC 8017 §3.1 asks for an odd one of at least 3).
bool is_weak_exponent(const ImportedCertificate& certificate) {
  gnutls_datum_t modulus = {nullptr, 0};
  Bytes exponent;
  const Allocated owner = read_datum(exponent, [&](gnutls_datum_t* out) {
    return gnutls_x509_crt_get_pk_rsa_raw(certificate.get(), &modulus, out);
  });
  const Allocated modulus_owner(modulus.data);
  if (exponent.empty()) {
    return false;
  }
  const Bytes high = exponent.first(exponent.size() - 1);
  const bool one_byte = std::ranges::all_of(high, [](uint8_t octet) { return octet == 0; });
  return exponent.back() % 2 == 0 || (one_byte && exponent.back() == 1);
}

}  // namespace

void read_public_key(const ImportedCertificate& certificate, const Element& info,
                     CertificateFacts& facts) {
  unsigned bits = 0;
  const int algorithm = gnutls_x509_crt_get_pk_algorithm(certificate.get(), &bits);
  const std::string identifier = oid_text(certificate, gnutls_x509_crt_get_pk_oid);
  facts.key_bits = algorithm <= 0 ? 0 : bits;
  facts.key_type = key_name(identifier, algorithm);
  facts.key_kind = key_kind(identifier, algorithm);
  facts.key_hash = info.whole.empty() ? 0 : short_hash(info.whole);
  if (facts.key_type == "X25519" || facts.key_type == "X448") {
    facts.curve = facts.key_type == "X448" ? kX448 : kX25519;
  } else if (facts.key_kind == KeyKind::ecdsa || facts.key_type == "ECDH") {
    read_curve(info, facts);
    facts.key_kind = facts.curve == kCurveSm2 ? KeyKind::sm2 : facts.key_kind;
  } else if (facts.key_kind == KeyKind::rsa || facts.key_kind == KeyKind::rsa_pss) {
    facts.exponent_weak = is_weak_exponent(certificate);
  }
}

}  // namespace tlslens
