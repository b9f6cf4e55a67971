// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about what a server chooses, by what the client offered.
#include <algorithm>

#include "extensions/views.h"
#include "findings/hello_places.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr Version kTls10{0x0301};
constexpr Version kTls11{0x0302};

bool offers_version(const ClientHello& hello, Version version) {
  const auto& versions = hello.extensions.versions;
  if (versions.contains(version)) {
    return true;
  }
  // RFC 5246 §E.1: without the extension, any version up to the one in the field.
  return versions.size() == 0 &&
         (version == hello.legacy_version ||
          (version.value <= hello.legacy_version.value && version.value >= version::ssl3.value));
}

std::optional<Evidence> about_suite(const ServerHelloFacts& f, bool offence,
                                    const std::string& more = {}) {
  if (!offence) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::suite),
                  called(Registry::CipherSuite, f.hello.suite.value) + more, f.offer_in};
}

std::optional<Evidence> about_version(const ServerHelloFacts& f, bool offence) {
  if (!offence) {
    return std::nullopt;
  }
  const bool by_extension = f.hello.extensions.selected_version != version::unknown;
  return Evidence{f.place.in(by_extension ? Field::supported_version : Field::hello_version),
                  called(Registry::Version, f.hello.version().value), f.offer_in};
}

// is_newer_than_tls11 tells suites that TLS 1.2 brought: AEADs, and SHA-2 in the MAC
// (RFC 5288 §3, RFC 5289 §3.2, RFC 5246 §A.5). Those with a pre-shared key and SHA-2 go with
// TLS 1.0 as well (RFC 5487 §3).
bool is_newer_than_tls11(const SuiteParts& suite) {
  const bool in_blocks = suite.mode == CipherMode::cbc || suite.mode == CipherMode::none;
  const bool psk = suite.authentication == Authentication::psk ||
                   suite.key_exchange == KeyExchange::ecdhe_psk ||
                   suite.key_exchange == KeyExchange::rsa_psk;
  const bool aead = suite.mode == CipherMode::gcm || suite.mode == CipherMode::ccm ||
                    suite.mode == CipherMode::ccm_8 || suite.mode == CipherMode::poly1305;
  return aead || (in_blocks && !psk && suite.authentication != Authentication::sm2 &&
                  (suite.mac == MacOrHash::sha256 || suite.mac == MacOrHash::sha384));
}

bool lacks_forward_secrecy(KeyExchange kind) {
  switch (kind) {
    case KeyExchange::rsa:
    case KeyExchange::dh:
    case KeyExchange::ecdh:
    case KeyExchange::psk:
    case KeyExchange::rsa_psk:
    case KeyExchange::krb5:
      return true;
    default:
      return false;
  }
}

}  // namespace

// RFC 8446 §4.1.3, RFC 5246 §7.4.1.3
std::optional<Evidence> rule::suite_not_offered(const AnswerFacts& f, const Scene&) {
  return about_suite(f, f.offer.suites.size() != 0 && !is_grease(f.hello.suite.value) &&
                            !f.offer.suites.contains(f.hello.suite));
}

// RFC 8446 §B.4: those of TLS 1.3 are for nothing else.
std::optional<Evidence> rule::suite_wrong_for_version(const ServerHelloFacts& f, const Scene&) {
  const SuiteParts* suite = suite_parts(f.hello.suite);
  const Version version = f.hello.version();
  if (suite == nullptr || version.value >> 8 != 3) {
    return std::nullopt;
  }
  const bool of_tls13 = suite->key_exchange == KeyExchange::tls13;
  const bool elliptic = suite->key_exchange == KeyExchange::ecdhe ||
                        suite->key_exchange == KeyExchange::ecdh ||
                        suite->key_exchange == KeyExchange::ecdh_anon;
  const bool wrong = of_tls13 != is_tls13(version) ||
                     (version.value < version::tls12.value && is_newer_than_tls11(*suite)) ||
                     (version == version::ssl3 && elliptic);
  return wrong ? about_suite(f, true, " in " + called(Registry::Version, version.value))
               : std::nullopt;
}

// RFC 8446 §4.2.1, RFC 5246 §E.1
std::optional<Evidence> rule::version_not_offered(const AnswerFacts& f, const Scene&) {
  const Version chosen = f.hello.version();
  return about_version(f, !is_grease(chosen.value) && !offers_version(f.offer, chosen));
}

// RFC 7568 §3
std::optional<Evidence> rule::sslv3_selected(const ServerHelloFacts& f, const Scene&) {
  return about_version(f, f.hello.version() == version::ssl3);
}

// RFC 8996 §4 and §5
std::optional<Evidence> rule::tls10_selected(const ServerHelloFacts& f, const Scene&) {
  return about_version(f, f.hello.version() == kTls10);
}

std::optional<Evidence> rule::tls11_selected(const ServerHelloFacts& f, const Scene&) {
  return about_version(f, f.hello.version() == kTls11);
}

// RFC 8446 §4.2.1
std::optional<Evidence> rule::supported_versions_below_tls13(const ServerHelloFacts& f,
                                                             const Scene&) {
  const Version chosen = f.hello.extensions.selected_version;
  return about_version(f,
                       chosen != version::unknown && !is_tls13(chosen) && !is_grease(chosen.value));
}

// RFC 8446 §4.1.3. Drafts before 22 had their own number there.
std::optional<Evidence> rule::server_legacy_version_wrong(const ServerHelloFacts& f, const Scene&) {
  if (!is_tls13(f.hello.extensions.selected_version) || f.hello.legacy_version == version::tls12) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_version), hex(f.hello.legacy_version.value)};
}

// RFC 8446 §4.1.3: the client offered what the server could have chosen, but did not get there.
std::optional<Evidence> rule::downgrade_sentinel(const AnswerFacts& f, const Scene&) {
  constexpr uint8_t kFromTls13 = 1;
  constexpr uint8_t kFromTls12 = 0;
  const Version chosen = f.hello.version();
  const bool tls13 = offers_version(f.offer, version::tls13);
  const bool to_tls12 =
      tls13 && chosen == version::tls12 && ends_with_sentinel(f.hello.random, kFromTls13);
  const bool tls12 = tls13 || offers_version(f.offer, version::tls12);
  const bool to_older = tls12 && chosen.value < version::tls12.value &&
                        ends_with_sentinel(f.hello.random, kFromTls12);
  if (!to_tls12 && !to_older) {
    return std::nullopt;
  }
  constexpr size_t kSentinel = 8;
  return Evidence{f.at(Field::hello_random, f.hello.random.last(kSentinel)),
                  called(Registry::Version, chosen.value) + " selected", f.offer_in};
}

// RFC 8701 §3.1: what nobody may choose.
std::optional<Evidence> rule::grease_selected(const ServerHelloFacts& f, const Scene&) {
  if (is_grease(f.hello.suite.value)) {
    return Evidence{f.place.in(Field::suite), "cipher suite", f.offer_in};
  }
  if (is_grease(f.hello.version().value)) {
    return Evidence{f.place.in(Field::supported_version), "version", f.offer_in};
  }
  if (is_grease(f.hello.extensions.share_group.value)) {
    return Evidence{place_of(f, extension::key_share), "group", f.offer_in};
  }
  for (const Extension& one : f.hello.extensions.all) {
    if (is_grease(one.type.value)) {
      return Evidence{f.at_extension(one.body), "extension", f.offer_in};
    }
  }
  return std::nullopt;
}

// RFC 9325 §3.3: CRIME.
std::optional<Evidence> rule::compression_selected(const ServerHelloFacts& f, const Scene&) {
  if (f.hello.compression.value == 0) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::comp_method),
                  called(Registry::CompressionMethod, f.hello.compression.value), f.offer_in};
}

// RFC 5246 §7.4.1.3; RFC 8446 §4.1.3: zero in TLS 1.3.
std::optional<Evidence> rule::compression_not_offered(const AnswerFacts& f, const Scene&) {
  const uint8_t method = f.hello.compression.value;
  const Bytes offered = f.offer.compressions;
  const bool is_offered = std::ranges::find(offered, method) != offered.end();
  if (is_offered && (method == 0 || !is_tls13(f.hello.version()))) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::comp_method), std::to_string(method), f.offer_in};
}

// RFC 8446 §4.1.3. Drafts before 22 had no session id.
std::optional<Evidence> rule::session_id_echo_mismatch(const AnswerFacts& f, const Scene&) {
  if (!is_tls13(f.hello.extensions.selected_version) ||
      is_draft_before(f.hello.extensions.selected_version, 22) ||
      std::ranges::equal(f.hello.session_id, f.offer.session_id)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::session_id_length), {}, f.offer_in};
}

// RFC 5077 §3.4: with a ticket the client's id comes back; CVE-2016-9244 sent more than that.
std::optional<Evidence> rule::ticketbleed_echo(const AnswerFacts& f, const Scene&) {
  const Bytes sent = f.offer.session_id;
  const Bytes back = f.hello.session_id;
  const Bytes* ticket = f.offer.extensions.body(extension::session_ticket);
  const bool resumes = ticket != nullptr && !ticket->empty();
  if (!resumes || sent.empty() || back.size() <= sent.size() ||
      !std::ranges::equal(back.first(sent.size()), sent)) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::session_id, back),
                  std::to_string(back.size() - sent.size()) + " bytes more", f.offer_in};
}

// RFC 7457 §2.4
std::optional<Evidence> rule::cbc_without_etm(const ServerHelloFacts& f, const Scene&) {
  const SuiteParts* suite = suite_parts(f.hello.suite);
  return about_suite(f, suite != nullptr && suite->mode == CipherMode::cbc &&
                            !has(f.hello.extensions, extension::encrypt_then_mac));
}

// RFC 7457 §2.3
std::optional<Evidence> rule::beast(const ServerHelloFacts& f, const Scene&) {
  const SuiteParts* suite = suite_parts(f.hello.suite);
  return about_suite(
      f, suite != nullptr && suite->mode == CipherMode::cbc && f.hello.version() == kTls10);
}

// RFC 7568 §4.1
std::optional<Evidence> rule::poodle(const ServerHelloFacts& f, const Scene&) {
  const SuiteParts* suite = suite_parts(f.hello.suite);
  return about_suite(
      f, suite != nullptr && suite->mode == CipherMode::cbc && f.hello.version() == version::ssl3);
}

// RFC 9325 §4.1
std::optional<Evidence> rule::weak_cipher_selected(const ServerHelloFacts& f, const Scene&) {
  const SuiteParts* suite = suite_parts(f.hello.suite);
  const auto weakness = suite == nullptr ? std::nullopt : weakness_of(*suite);
  if (!weakness) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::suite),
                  called(Registry::CipherSuite, f.hello.suite.value) + ", " + weakness->selected,
                  f.offer_in, weakness->is_mild};
}

std::optional<Evidence> rule::no_forward_secrecy(const ServerHelloFacts& f, const Scene&) {
  const SuiteParts* suite = suite_parts(f.hello.suite);
  return about_suite(f, suite != nullptr && lacks_forward_secrecy(suite->key_exchange));
}

std::optional<Evidence> rule::random_constant(const ServerHelloFacts& f, const Scene&) {
  return is_constant(f.hello.random)
             ? std::optional(Evidence{f.at(Field::hello_random, f.hello.random)})
             : std::nullopt;
}

}  // namespace tlslens
