// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about key exchanges and signatures up to TLS 1.2.
#include <algorithm>

#include "extensions/views.h"
#include "findings/primes.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr EcCurveType kNamedCurve{3};

// The suite tells the kind for sure; a guess is no ground for a finding.
bool is_sure(const KeyExchangeFacts& f) { return !f.exchange.guessed; }

bool is_dh(const KeyExchangeFacts& f) { return is_sure(f) && !f.exchange.prime.empty(); }

Bytes trimmed(Bytes number) {
  const auto first = std::ranges::find_if(number, [](uint8_t b) { return b != 0; });
  return number.subspan(static_cast<size_t>(first - number.begin()));
}

bool is_small(Bytes number, uint8_t up_to) {
  const Bytes digits = trimmed(number);
  return digits.empty() || (digits.size() == 1 && digits[0] <= up_to);
}

// is_last_of tells p - 1, and what is not below p.
bool is_last_of(Bytes value, Bytes prime) {
  const Bytes a = trimmed(value);
  const Bytes b = trimmed(prime);
  if (a.size() != b.size() || a.empty() || (b.back() & 1) == 0) {
    return a.size() > b.size();
  }
  const bool same_start = std::ranges::equal(a.first(a.size() - 1), b.first(b.size() - 1));
  return std::ranges::lexicographical_compare(b, a) ||
         (same_start && (a.back() == b.back() || a.back() == b.back() - 1));
}

std::string bits(uint32_t n) { return std::to_string(n) + " bits"; }

bool offers_ffdhe(const ClientHello& hello) {
  return groups(hello.extensions).any([](NamedGroup group) { return group.value >> 8 == 1; });
}

// weak_hash: only from TLS 1.2 on is there a choice.
std::optional<Evidence> weak_hash(Place place, SignatureScheme scheme) {
  if (!signs_md5(scheme) && !signs_sha1(scheme)) {
    return std::nullopt;
  }
  return Evidence{place, called(Registry::SignatureScheme, scheme.value), 0, signs_sha1(scheme)};
}

}  // namespace

// RFC 9325 §4.4; Logjam is about 512 bits
std::optional<Evidence> rule::dh_prime_small(const KeyExchangeFacts& f, const Scene&) {
  constexpr uint32_t kBroken = 1024;
  const uint32_t n = f.exchange.bits;
  if (!is_dh(f) || n >= kStrongPrime) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::dh_p, f.exchange.prime), bits(n), 0, n >= kBroken};
}

// RFC 7457 §2.7; CVE-2015-4000: an export prime where the client asked for none is Logjam.
std::optional<Evidence> rule::dh_export(const KeyExchangeFacts& f, const Scene& scene) {
  constexpr uint32_t kExport = 512;
  const SuiteParts* suite = scene.handshake.suite();
  if (!is_dh(f) || suite == nullptr || f.exchange.bits > kExport) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::dh_p, f.exchange.prime), suite->is_export
                                                           ? "with a suite for export"
                                                           : "with a suite that is not for export"};
}

std::optional<Evidence> rule::dh_prime_common(const KeyExchangeFacts& f, const Scene&) {
  if (!is_dh(f)) {
    return std::nullopt;
  }
  const auto known = name_of_prime(trimmed(f.exchange.prime));
  if (known.empty()) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::dh_p, f.exchange.prime), std::string(known)};
}

std::optional<Evidence> rule::dh_weaker_than_certificate(const KeyExchangeFacts& f,
                                                         const Scene& scene) {
  const auto& certificates = scene.handshake.server().certificates;
  if (!is_dh(f) || certificates.empty() || certificates.front()->key_kind != KeyKind::rsa ||
      f.exchange.bits >= certificates.front()->key_bits) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::dh_p, f.exchange.prime),
                  bits(f.exchange.bits) + " and " + bits(certificates.front()->key_bits),
                  scene.handshake.server().certificates_in};
}

// RFC 7919 §3, RFC 5246 §F.1.1.3
std::optional<Evidence> rule::dh_value_invalid(const KeyExchangeFacts& f, const Scene&) {
  const ServerKeyExchange& e = f.exchange;
  if (!is_dh(f) || e.generator.empty() || e.value.empty()) {
    return std::nullopt;
  }
  if ((e.prime.back() & 1) == 0) {
    return Evidence{f.at(Field::dh_p, e.prime), "the prime is even"};
  }
  if (is_small(e.generator, 1) || is_last_of(e.generator, e.prime)) {
    return Evidence{f.at(Field::dh_g, e.generator), "the generator"};
  }
  if (is_small(e.value, 1) || is_last_of(e.value, e.prime)) {
    return Evidence{f.at(Field::dh_ys, e.value), "the server's public value"};
  }
  return std::nullopt;
}

// RFC 7919 §4
std::optional<Evidence> rule::dh_group_not_offered(const KeyExchangeFacts& f, const Scene& scene) {
  const auto& hello = scene.handshake.hello;
  if (!is_dh(f) || !hello || !offers_ffdhe(hello->view) || is_ffdhe(trimmed(f.exchange.prime))) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::dh_p, f.exchange.prime), bits(f.exchange.bits), hello->frame};
}

// RFC 8422 §5.4. A client that sends no list takes any curve.
std::optional<Evidence> rule::group_not_offered(const KeyExchangeFacts& f, const Scene& scene) {
  const auto& hello = scene.handshake.hello;
  const NamedGroup group = f.exchange.group;
  if (!is_sure(f) || f.exchange.curve_type != kNamedCurve || !hello) {
    return std::nullopt;
  }
  const auto offered = groups(hello->view.extensions);
  if (offered.size() == 0 || offered.contains(group) || is_grease(group.value)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::named_curve), called(Registry::NamedGroup, group.value),
                  hello->frame};
}

std::optional<Evidence> rule::grease_selected(const KeyExchangeFacts& f, const Scene&) {
  if (!is_sure(f) || f.exchange.curve_type != kNamedCurve || !is_grease(f.exchange.group.value)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::named_curve), "group"};
}

// RFC 8422 §5.1.1
std::optional<Evidence> rule::group_deprecated(const KeyExchangeFacts& f, const Scene&) {
  const uint32_t group = f.exchange.group.value;
  if (!is_sure(f) || f.exchange.curve_type != kNamedCurve ||
      recommended(Registry::NamedGroup, group) != 'D') {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::named_curve), called(Registry::NamedGroup, group)};
}

// RFC 8422 §5.4
std::optional<Evidence> rule::explicit_curve(const KeyExchangeFacts& f, const Scene&) {
  constexpr EcCurveType kExplicitPrime{1};
  constexpr EcCurveType kExplicitChar2{2};
  if (!is_sure(f) ||
      (f.exchange.curve_type != kExplicitPrime && f.exchange.curve_type != kExplicitChar2)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::curve_type)};
}

// RFC 8422 §5.11: the length and form that the curve gives.
std::optional<Evidence> rule::point_invalid(const KeyExchangeFacts& f, const Scene&) {
  const Share share{f.exchange.group, f.exchange.point};
  if (!is_sure(f) || share.value.empty() || f.exchange.curve_type != kNamedCurve) {
    return std::nullopt;
  }
  const Place place = f.at(Field::server_point, share.value);
  const auto size = server_share_size(share.group);
  constexpr uint8_t kCompressed = 3;
  if (size && *size != share.value.size() && share.value[0] > kCompressed) {
    return Evidence{place, share_words(share, *size)};
  }
  const std::string_view wrong = what_is_wrong_with_point(share);
  return wrong.empty() ? std::nullopt : std::optional(Evidence{place, std::string(wrong)});
}

// RFC 5246 §7.4.3. A client that sends no list takes SHA-1 with the suite's algorithm.
std::optional<Evidence> rule::signature_not_offered(const KeyExchangeFacts& f, const Scene& scene) {
  const auto& hello = scene.handshake.hello;
  const SignatureScheme scheme = f.exchange.scheme;
  if (!is_sure(f) || !hello || scheme == SignatureScheme{} ||
      scene.handshake.version() != version::tls12) {
    return std::nullopt;
  }
  const auto& offered = hello->view.extensions.schemes;
  if (offered.size() == 0 || offered.contains(scheme)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::scheme), called(Registry::SignatureScheme, scheme.value),
                  hello->frame};
}

// RFC 9155 §4
std::optional<Evidence> rule::signature_weak(const KeyExchangeFacts& f, const Scene& scene) {
  if (!is_sure(f) || scene.handshake.version() != version::tls12) {
    return std::nullopt;
  }
  return weak_hash(f.place.in(Field::scheme), f.exchange.scheme);
}

std::optional<Evidence> rule::signature_weak(const MessageFacts& f, const Scene& scene) {
  if (!f.whole || f.body == nullptr || !f.body->verify_scheme ||
      scene.handshake.version() != version::tls12) {
    return std::nullopt;
  }
  return weak_hash(f.place.in(Field::scheme), *f.body->verify_scheme);
}

// CVE-2015-0204: RFC 5246 has no ServerKeyExchange for plain RSA; RFC 2246 §7.4.3 had it for
// export.
std::optional<Evidence> rule::freak_export_key(const KeyExchangeFacts& f, const Scene& scene) {
  const SuiteParts* suite = scene.handshake.suite();
  if (suite == nullptr || suite->key_exchange != KeyExchange::rsa || !is_sure(f) ||
      f.exchange.bits == 0) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::modulus), bits(f.exchange.bits)};
}

// RFC 5246 §7.4.4. Schannel cuts its list of authorities at 16 KiB.
std::optional<Evidence> rule::certificate_request_unusual(const CertificateRequestFacts& f,
                                                          const Scene&) {
  constexpr size_t kMuch = (size_t{12} << 10) + 2;  // with its own length
  const CertificateRequest& request = f.request;
  if (request.n_types == 0) {
    return Evidence{f.place, "no type of certificate"};
  }
  if (request.names_schemes && request.schemes.size() == 0) {
    return Evidence{f.place, "no signature algorithm"};
  }
  if (request.authorities.size() > kMuch) {
    return Evidence{f.place.in(Field::names), "a list of authorities above 12 KiB"};
  }
  return std::nullopt;
}

}  // namespace tlslens
