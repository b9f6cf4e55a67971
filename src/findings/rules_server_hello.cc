// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about what a server chooses, by what the client offered.
#include <algorithm>
#include <array>

#include "extensions/views.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr Version kTls10{0x0301};
constexpr Version kTls11{0x0302};
constexpr CipherSuite kRenegotiationScsv{0x00ff};

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

Place place_of(const ServerHelloFacts& f, ExtensionType type) {
  const Bytes* body = f.hello.extensions.body(type);
  return body == nullptr ? f.place : f.at_extension(*body);
}

std::optional<Evidence> at(const ServerHelloFacts& f, ExtensionType type, bool offence,
                           std::string words = {}) {
  return offence ? std::optional(Evidence{place_of(f, type), std::move(words), f.offer_in})
                 : std::nullopt;
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

bool is_aead(const SuiteParts& suite) {
  return suite.mode != CipherMode::cbc && suite.mode != CipherMode::none &&
         suite.mode != CipherMode::unknown && suite.mode != CipherMode::cfb;
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

// goes_into_server_hello: RFC 8446 §4.2, the column SH; pre-standard ones are left alone.
bool goes_into_server_hello(ExtensionType type) {
  return type == extension::pre_shared_key || type == extension::key_share ||
         type == extension::supported_versions;
}
bool goes_into_retry(ExtensionType type) {
  return type == extension::key_share || type == extension::supported_versions ||
         type == extension::cookie || type == extension::encrypted_client_hello;
}

// belongs_elsewhere names extensions of which RFC 8446 §4.2 says that they go into
// EncryptedExtensions or nowhere.
bool belongs_elsewhere(ExtensionType type) {
  constexpr ExtensionType kElsewhere[] = {extension::server_name,
                                          extension::max_fragment_length,
                                          extension::status_request,
                                          extension::supported_groups,
                                          extension::ec_point_formats,
                                          extension::signature_algorithms,
                                          extension::heartbeat,
                                          extension::alpn,
                                          extension::padding,
                                          extension::encrypt_then_mac,
                                          extension::extended_main_secret,
                                          extension::record_size_limit,
                                          extension::session_ticket,
                                          extension::early_data,
                                          extension::psk_key_exchange_modes,
                                          extension::signature_algorithms_cert,
                                          extension::renegotiation_info};
  return std::ranges::find(kElsewhere, type) != std::end(kElsewhere);
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
  return about_suite(f, wrong, " in " + called(Registry::Version, version.value));
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

// RFC 8446 §4.2, RFC 5246 §7.4.1.4. RFC 5746 §3.6: the signalling suite asks for its extension, and
// RFC 8446 §4.2.2: a cookie comes unasked.
std::optional<Evidence> rule::extension_not_offered(const AnswerFacts& f, const Scene&) {
  const bool retry = f.hello.is_hello_retry_request;
  for (const Extension& one : f.hello.extensions.all) {
    const bool asked =
        has(f.offer.extensions, one.type) || is_grease(one.type.value) ||
        (retry && one.type == extension::cookie) ||
        (one.type == extension::renegotiation_info && f.offer.suites.contains(kRenegotiationScsv));
    if (!asked) {
      return Evidence{f.at_extension(one.body), called(Registry::ExtensionType, one.type.value),
                      f.offer_in};
    }
  }
  return std::nullopt;
}

// RFC 8446 §4.2
std::optional<Evidence> rule::extension_not_for_server_hello(const ServerHelloFacts& f,
                                                             const Scene&) {
  if (f.hello.extensions.selected_version != version::tls13) {
    return std::nullopt;
  }
  for (const Extension& one : f.hello.extensions.all) {
    const bool fits = f.hello.is_hello_retry_request ? goes_into_retry(one.type)
                                                     : goes_into_server_hello(one.type);
    if (!fits && belongs_elsewhere(one.type)) {
      return Evidence{f.at_extension(one.body), called(Registry::ExtensionType, one.type.value)};
    }
  }
  return std::nullopt;
}

// RFC 8446 §4.2.8
std::optional<Evidence> rule::group_not_offered(const AnswerFacts& f, const Scene&) {
  const auto share = server_share(f.hello.extensions);
  if (f.hello.is_hello_retry_request || !share || is_grease(share->group.value)) {
    return std::nullopt;
  }
  for (const Share& offered : client_shares(f.offer.extensions)) {
    if (offered.group == share->group) {
      return std::nullopt;
    }
  }
  return Evidence{place_of(f, extension::key_share),
                  called(Registry::NamedGroup, share->group.value), f.offer_in};
}

std::optional<Evidence> rule::key_share_length(const ServerHelloFacts& f, const Scene&) {
  const auto share = server_share(f.hello.extensions);
  const auto size = share ? server_share_size(share->group) : std::nullopt;
  return at(f, extension::key_share,
            !f.hello.is_hello_retry_request && size && *size != share->value.size(),
            size ? share_words(*share, *size) : std::string());
}

std::optional<Evidence> rule::point_invalid(const ServerHelloFacts& f, const Scene&) {
  const auto share = server_share(f.hello.extensions);
  if (f.hello.is_hello_retry_request || !share) {
    return std::nullopt;
  }
  const std::string_view wrong = what_is_wrong_with_point(*share);
  return wrong.empty() ? std::nullopt
                       : std::optional(Evidence{f.at(Field::share_value, share->value),
                                                called(Registry::NamedGroup, share->group.value) +
                                                    ", " + std::string(wrong)});
}

// RFC 8446 §4.2.11
std::optional<Evidence> rule::psk_selected_invalid(const AnswerFacts& f, const Scene&) {
  const auto identity = number(f.hello.extensions, extension::pre_shared_key, 2);
  const size_t offered = psk_counts(f.offer.extensions).identities;
  if (!identity || *identity < offered) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::psk_selected),
                  "number " + std::to_string(*identity) + " of " + std::to_string(offered),
                  f.offer_in};
}

// RFC 7301 §3.2
std::optional<Evidence> rule::alpn_not_offered(const AnswerFacts& f, const Scene&) {
  const auto offered = protocols(f.offer.extensions);
  if (!has(f.offer.extensions, extension::alpn)) {
    return std::nullopt;
  }
  for (const Bytes chosen : protocols(f.hello.extensions)) {
    const auto is_it = [&](Bytes name) { return std::ranges::equal(name, chosen); };
    if (std::ranges::none_of(offered, is_it)) {
      return Evidence{f.at(Field::alpn_name, chosen), {}, f.offer_in};
    }
  }
  return std::nullopt;
}

std::optional<Evidence> rule::alpn_several(const ServerHelloFacts& f, const Scene&) {
  return at(f, extension::alpn, protocols(f.hello.extensions).size() > 1);
}

// RFC 7366 §3
std::optional<Evidence> rule::etm_with_aead(const ServerHelloFacts& f, const Scene&) {
  const SuiteParts* suite = suite_parts(f.hello.suite);
  return at(f, extension::encrypt_then_mac,
            suite != nullptr && is_aead(*suite) && !is_tls13(f.hello.version()) &&
                has(f.hello.extensions, extension::encrypt_then_mac),
            called(Registry::CipherSuite, f.hello.suite.value));
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

// RFC 7627 §5.2
std::optional<Evidence> rule::no_extended_master_secret(const AnswerFacts& f, const Scene&) {
  if (is_tls13(f.hello.version()) || f.hello.version() == version::ssl3 ||
      !has(f.offer.extensions, extension::extended_main_secret) ||
      has(f.hello.extensions, extension::extended_main_secret)) {
    return std::nullopt;
  }
  return Evidence{f.place, {}, f.offer_in};
}

// RFC 5746 §3.4
std::optional<Evidence> rule::no_secure_renegotiation(const AnswerFacts& f, const Scene&) {
  const bool asked = has(f.offer.extensions, extension::renegotiation_info) ||
                     f.offer.suites.contains(kRenegotiationScsv);
  if (is_tls13(f.hello.version()) || !asked ||
      has(f.hello.extensions, extension::renegotiation_info)) {
    return std::nullopt;
  }
  return Evidence{f.place, {}, f.offer_in};
}

std::optional<Evidence> rule::renegotiation_info_not_empty(const ServerHelloFacts& f,
                                                           const Scene& scene) {
  const auto info = opaque(f.hello.extensions, extension::renegotiation_info, 1);
  return at(f, extension::renegotiation_info,
            info && !info->empty() && scene.whole && !scene.handshake.renegotiates);
}

// RFC 8422 §5.1.2
std::optional<Evidence> rule::point_formats_invalid(const ServerHelloFacts& f, const Scene&) {
  return at(f, extension::ec_point_formats, lacks_uncompressed(f.hello.extensions));
}

// RFC 6066 §4
std::optional<Evidence> rule::max_fragment_mismatch(const AnswerFacts& f, const Scene&) {
  const auto asked = number(f.offer.extensions, extension::max_fragment_length, 1);
  const auto given = number(f.hello.extensions, extension::max_fragment_length, 1);
  return at(
      f, extension::max_fragment_length, asked && given && *asked != *given,
      asked && given ? std::to_string(*given) + " for " + std::to_string(*asked) : std::string());
}

// RFC 6066 §3
std::optional<Evidence> rule::server_name_echo_not_empty(const ServerHelloFacts& f, const Scene&) {
  const Bytes* body = f.hello.extensions.body(extension::server_name);
  return at(f, extension::server_name, body != nullptr && !body->empty());
}

// RFC 6520 §2
std::optional<Evidence> rule::heartbeat_accepted(const ServerHelloFacts& f, const Scene&) {
  return at(f, extension::heartbeat, has(f.hello.extensions, extension::heartbeat));
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
