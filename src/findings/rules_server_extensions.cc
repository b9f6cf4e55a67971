// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about the extensions of a ServerHello.
#include <algorithm>

#include "extensions/views.h"
#include "findings/hello_places.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

bool is_aead(const SuiteParts& suite) {
  return suite.mode != CipherMode::cbc && suite.mode != CipherMode::none &&
         suite.mode != CipherMode::unknown && suite.mode != CipherMode::cfb;
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
  if (f.hello.is_hello_retry_request || !size || *size == share->value.size()) {
    return std::nullopt;
  }
  return at(f, extension::key_share, true, share_words(*share, *size));
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
  const auto answer = protocols(f.hello.extensions);
  if (answer.empty() || !has(f.offer.extensions, extension::alpn)) {
    return std::nullopt;
  }
  const auto offered = protocols(f.offer.extensions);
  for (const Bytes chosen : answer) {
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
  if (suite == nullptr || !is_aead(*suite) || is_tls13(f.hello.version()) ||
      !has(f.hello.extensions, extension::encrypt_then_mac)) {
    return std::nullopt;
  }
  return at(f, extension::encrypt_then_mac, true,
            called(Registry::CipherSuite, f.hello.suite.value));
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
  return at(
      f, extension::renegotiation_info,
      names_earlier_finished(f.hello.extensions) && scene.whole && !scene.handshake.renegotiates);
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

}  // namespace tlslens
