// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about what a client offers.
#include <algorithm>
#include <string_view>

#include "extensions/views.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr CipherSuite kFallbackScsv{0x5600};
constexpr CipherSuite kRenegotiationScsv{0x00ff};
constexpr Version kTls10{0x0301};

bool offers_up_to_tls12(const ClientHello& hello) {
  const auto& versions = hello.extensions.versions;
  return versions.size() == 0 || versions.any([](Version v) {
    return v.value >> 8 == 3 && v.value <= version::tls12.value;
  });
}

// offers_key_share: drafts before 23 had another number for the extension (RFC 8446 §11).
bool offers_key_share(const ClientHello& hello) {
  constexpr uint8_t kFirstDraft = 23;
  return hello.extensions.versions.any(
      [](Version v) { return is_tls13(v) && !is_draft_before(v, kFirstDraft); });
}

bool has_suite_of_tls13(const ClientHello& hello) {
  return hello.suites.any([](CipherSuite one) {
    const SuiteParts* suite = suite_parts(one);
    return suite != nullptr && suite->key_exchange == KeyExchange::tls13;
  });
}

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](uint8_t b) { return b == 0; });
}

// place_of is that of an extension which is there, else of the message.
Place place_of(const ClientHelloFacts& f, ExtensionType type) {
  const Bytes* body = f.hello.extensions.body(type);
  return body == nullptr ? f.place : f.at_extension(*body);
}

std::optional<Evidence> at(const ClientHelloFacts& f, ExtensionType type, bool offence,
                           std::string words = {}) {
  return offence ? std::optional(Evidence{place_of(f, type), std::move(words)}) : std::nullopt;
}

void add_weak_suites(const ClientHello& hello, std::vector<std::string>& out) {
  for (size_t i = 0; i < hello.suites.size(); ++i) {
    const SuiteParts* suite = suite_parts(hello.suites[i]);
    if (const auto weakness = suite == nullptr ? std::nullopt : weakness_of(*suite)) {
      out.emplace_back(weakness->offered);
    }
  }
}

void add_weak_groups(const ClientHello& hello, std::vector<std::string>& out) {
  const auto all = groups(hello.extensions);
  for (size_t i = 0; i < all.size(); ++i) {
    if (recommended(Registry::NamedGroup, all[i].value) == 'D') {
      out.emplace_back("deprecated curves");
    }
  }
}

// RFC 9155 §2: MD5 and SHA-1 must not be offered; alone, they leave the server no choice.
void add_weak_schemes(const ClientHello& hello, std::vector<std::string>& out) {
  const auto& schemes = hello.extensions.schemes;
  bool only_sha1 = schemes.size() != 0;
  for (size_t i = 0; i < schemes.size(); ++i) {
    const uint32_t hash = schemes[i].value >> 8;
    const bool anonymous = hash <= 6 && (schemes[i].value & 0xff) == 0;
    only_sha1 &= hash == 1 || hash == 2;
    if (hash == 1) {
      out.emplace_back("MD5 signatures");
    }
    if (anonymous) {
      out.emplace_back("anonymous signatures");
    }
  }
  if (only_sha1) {
    out.emplace_back("no signatures but with MD5 or SHA-1");
  }
}

// what_is_wrong_with says why a name is no host name: those have letters, digits, hyphens,
// underscores and dots, and RFC 6066 §3 asks for a DNS name without a trailing dot.
std::string_view what_is_wrong_with(Bytes name) {
  const auto is_digit = [](uint8_t b) { return b >= '0' && b <= '9'; };
  const auto is_good = [&](uint8_t b) {
    return (b | 0x20) >= 'a' ? (b | 0x20) <= 'z' || b == '_'
                             : is_digit(b) || b == '-' || b == '.' || b == '_';
  };
  if (std::ranges::find(name, ':') != name.end() ||
      std::ranges::all_of(name, [&](uint8_t b) { return is_digit(b) || b == '.'; })) {
    return "an IP address";
  }
  if (!std::ranges::all_of(name, is_good)) {
    return "characters that no host name has";
  }
  return name.back() == '.' ? "a dot at its end" : "";
}

}  // namespace

// RFC 7568 §3
std::optional<Evidence> rule::sslv3_offered(const ClientHelloFacts& f, const Scene&) {
  const Version highest = highest_version(f.hello);
  if (highest.value > version::ssl3.value || offers_tls13(f.hello) || highest.value >> 8 != 3) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_version)};
}

// RFC 8996 §4 and §5
std::optional<Evidence> rule::tls11_offered(const ClientHelloFacts& f, const Scene&) {
  const Version highest = highest_version(f.hello);
  const bool old = highest.value == 0x0301 || highest.value == 0x0302;
  if (!old || offers_tls13(f.hello)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_version), called(Registry::Version, highest.value)};
}

// RFC 8446 §4.1.2
std::optional<Evidence> rule::legacy_version_wrong(const ClientHelloFacts& f, const Scene&) {
  const bool has_list = f.hello.extensions.versions.size() != 0;
  if (!has_list || !offers_tls13(f.hello) || f.hello.legacy_version == version::tls12) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_version), hex(f.hello.legacy_version.value)};
}

// RFC 8446 §4.2.1
std::optional<Evidence> rule::supported_versions_missing(const ClientHelloFacts& f, const Scene&) {
  const bool is_there = has(f.hello.extensions, extension::supported_versions);
  if (is_there || f.hello.legacy_version != version::tls13 || !has_suite_of_tls13(f.hello)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_version)};
}

std::optional<Evidence> rule::supported_versions_useless(const ClientHelloFacts& f, const Scene&) {
  const bool useful = highest_version(f.hello).value > version::ssl3.value || offers_tls13(f.hello);
  return at(f, extension::supported_versions, f.hello.extensions.versions.size() != 0 && !useful);
}

// RFC 8446 §9.2. With a pre-shared key alone none of them is needed.
std::optional<Evidence> rule::extension_missing(const ClientHelloFacts& f, const Scene&) {
  const Extensions& all = f.hello.extensions;
  if (!offers_key_share(f.hello)) {
    return std::nullopt;
  }
  const bool share = has(all, extension::key_share);
  const bool group = has(all, extension::supported_groups);
  if (share != group) {
    return Evidence{f.place, share ? "supported_groups" : "key_share"};
  }
  const bool psk = has(all, extension::pre_shared_key);
  if (!psk && (!share || !has(all, extension::signature_algorithms))) {
    return Evidence{f.place, share ? "signature_algorithms" : "supported_groups and key_share"};
  }
  return std::nullopt;
}

// RFC 8446 §4.2.8
std::optional<Evidence> rule::key_share_inconsistent(const ClientHelloFacts& f, const Scene&) {
  const auto offered = groups(f.hello.extensions);
  const auto shares = client_shares(f.hello.extensions);
  for (size_t i = 0; i < shares.size(); ++i) {
    const NamedGroup group = shares[i].group;
    if (is_grease(group.value)) {
      continue;
    }
    if (!offered.contains(group) && offered.size() != 0) {
      return Evidence{place_of(f, extension::key_share),
                      called(Registry::NamedGroup, group.value) + " is not among the groups"};
    }
    for (size_t j = 0; j < i; ++j) {
      if (shares[j].group == group) {
        return Evidence{place_of(f, extension::key_share),
                        called(Registry::NamedGroup, group.value) + " twice"};
      }
    }
  }
  return std::nullopt;
}

// RFC 8446 §4.2.8.1 and §4.2.8.2
std::optional<Evidence> rule::key_share_length(const ClientHelloFacts& f, const Scene&) {
  for (const Share& share : client_shares(f.hello.extensions)) {
    if (const auto size = client_share_size(share.group); size && *size != share.value.size()) {
      return Evidence{place_of(f, extension::key_share), share_words(share, *size)};
    }
  }
  return std::nullopt;
}

std::optional<Evidence> rule::point_invalid(const ClientHelloFacts& f, const Scene&) {
  for (const Share& share : client_shares(f.hello.extensions)) {
    if (const std::string_view wrong = what_is_wrong_with_point(share); !wrong.empty()) {
      return Evidence{f.at(Field::share_value, share.value),
                      called(Registry::NamedGroup, share.group.value) + ", " + std::string(wrong)};
    }
  }
  return std::nullopt;
}

std::optional<Evidence> rule::key_share_empty(const ClientHelloFacts& f, const Scene&) {
  const auto* body = f.hello.extensions.body(extension::key_share);
  return at(f, extension::key_share, body != nullptr && client_shares(f.hello.extensions).empty());
}

// RFC 8446 §4.2.11
std::optional<Evidence> rule::psk_not_last(const ClientHelloFacts& f, const Scene&) {
  const auto& all = f.hello.extensions.all;
  return at(f, extension::pre_shared_key,
            has(f.hello.extensions, extension::pre_shared_key) &&
                all.back().type != extension::pre_shared_key);
}

std::optional<Evidence> rule::psk_modes_missing(const ClientHelloFacts& f, const Scene&) {
  return at(f, extension::pre_shared_key,
            has(f.hello.extensions, extension::pre_shared_key) &&
                !has(f.hello.extensions, extension::psk_key_exchange_modes));
}

std::optional<Evidence> rule::psk_binders_mismatch(const ClientHelloFacts& f, const Scene&) {
  const PskCounts counts = psk_counts(f.hello.extensions);
  return at(f, extension::pre_shared_key, counts.identities != counts.binders,
            std::to_string(counts.identities) + " and " + std::to_string(counts.binders));
}

std::optional<Evidence> rule::psk_without_forward_secrecy(const ClientHelloFacts& f, const Scene&) {
  constexpr PskKeyExchangeMode kWithoutExchange{0};
  const auto modes = psk_modes(f.hello.extensions);
  bool only = modes.size() != 0;
  for (size_t i = 0; i < modes.size(); ++i) {
    only &= modes[i] == kWithoutExchange;
  }
  return at(f, extension::psk_key_exchange_modes, only);
}

// RFC 8446 §4.2.10
std::optional<Evidence> rule::early_data_offered(const ClientHelloFacts& f, const Scene&) {
  return at(f, extension::early_data, has(f.hello.extensions, extension::early_data));
}

std::optional<Evidence> rule::early_data_without_psk(const ClientHelloFacts& f, const Scene&) {
  return at(f, extension::early_data,
            has(f.hello.extensions, extension::early_data) &&
                !has(f.hello.extensions, extension::pre_shared_key));
}

// RFC 8446 §4.2.2. Where the HelloRetryRequest is not in the capture, this hello may answer it.
std::optional<Evidence> rule::cookie_unexpected(const ClientHelloFacts& f, const Scene& scene) {
  return at(
      f, extension::cookie,
      f.begins_handshake && scene.handshake.opens && has(f.hello.extensions, extension::cookie));
}

// RFC 5246 §7.4.1.2
std::optional<Evidence> rule::compression_null_missing(const ClientHelloFacts& f, const Scene&) {
  const Bytes methods = f.hello.compressions;
  const bool null = std::ranges::find(methods, 0) != methods.end();
  return null ? std::nullopt : std::optional(Evidence{f.place.in(Field::comp_methods)});
}

std::optional<Evidence> rule::compression_offered(const ClientHelloFacts& f, const Scene&) {
  const auto other = [](uint8_t method) { return method != 0; };
  const auto found = std::ranges::find_if(f.hello.compressions, other);
  if (found == f.hello.compressions.end()) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::comp_methods), called(Registry::CompressionMethod, *found)};
}

// RFC 8446 §4.1.2: exactly one byte, zero.
std::optional<Evidence> rule::compression_in_tls13(const ClientHelloFacts& f, const Scene&) {
  const Bytes methods = f.hello.compressions;
  if (!offers_tls13(f.hello) || (methods.size() == 1 && methods[0] == 0)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::comp_methods)};
}

// RFC 8446 §D.4
std::optional<Evidence> rule::session_id_unusual(const ClientHelloFacts& f, const Scene&) {
  const size_t size = f.hello.session_id.size();
  if (!offers_tls13(f.hello) || size == 0 || size == 32) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::session_id)};
}

// An offer is no choice: all that is weak in it is one finding.
std::optional<Evidence> rule::weak_offer(const ClientHelloFacts& f, const Scene&) {
  std::vector<std::string> weak;
  add_weak_suites(f.hello, weak);
  add_weak_groups(f.hello, weak);
  add_weak_schemes(f.hello, weak);
  if (weak.empty()) {
    return std::nullopt;
  }
  std::ranges::sort(weak);
  return Evidence{f.place.in(Field::suites), listed(weak)};
}

// RFC 7507 §4
std::optional<Evidence> rule::fallback_scsv(const ClientHelloFacts& f, const Scene&) {
  if (!f.hello.suites.contains(kFallbackScsv)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::suites),
                  called(Registry::Version, highest_version(f.hello).value)};
}

// RFC 5746 §3.4. TLS 1.3 has no renegotiation.
std::optional<Evidence> rule::secure_renegotiation_not_offered(const ClientHelloFacts& f,
                                                               const Scene&) {
  if (!offers_up_to_tls12(f.hello) || f.hello.suites.contains(kRenegotiationScsv) ||
      has(f.hello.extensions, extension::renegotiation_info)) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

// RFC 5746 §3.4: in the first handshake of a connection it is empty.
std::optional<Evidence> rule::renegotiation_info_not_empty(const ClientHelloFacts& f,
                                                           const Scene& scene) {
  const auto info = opaque(f.hello.extensions, extension::renegotiation_info, 1);
  return at(f, extension::renegotiation_info,
            info && !info->empty() && scene.whole && !scene.handshake.renegotiates);
}

// RFC 7627 §5.1
std::optional<Evidence> rule::extended_master_secret_not_offered(const ClientHelloFacts& f,
                                                                 const Scene&) {
  if (!offers_up_to_tls12(f.hello) || has(f.hello.extensions, extension::extended_main_secret) ||
      highest_version(f.hello).value <= version::ssl3.value) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

// RFC 6066 §3
std::optional<Evidence> rule::server_name_missing(const ClientHelloFacts& f, const Scene&) {
  const bool hidden = has(f.hello.extensions, extension::encrypted_server_name);
  if (has(f.hello.extensions, extension::server_name) || hidden ||
      highest_version(f.hello).value < kTls10.value) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

std::optional<Evidence> rule::server_name_invalid(const ClientHelloFacts& f, const Scene&) {
  const Bytes name = f.hello.extensions.server_name;
  if (host_names(f.hello.extensions) > 1) {
    return Evidence{place_of(f, extension::server_name), "several of one type"};
  }
  if (name.empty()) {
    return std::nullopt;
  }
  const std::string_view wrong = what_is_wrong_with(name);
  if (wrong.empty()) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::sni_host, name), std::string(wrong)};
}

// RFC 7301 §3.1
std::optional<Evidence> rule::alpn_invalid(const ClientHelloFacts& f, const Scene&) {
  const auto names = protocols(f.hello.extensions);
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (std::ranges::equal(names[i], names[j])) {
        return Evidence{f.at(Field::alpn_name, names[i])};
      }
    }
  }
  return std::nullopt;
}

// RFC 9113 §9.2: from TLS 1.2 on.
std::optional<Evidence> rule::http2_version_low(const ClientHelloFacts& f, const Scene&) {
  constexpr uint8_t kHttp2[] = {'h', '2'};
  if (offers_tls13(f.hello) || highest_version(f.hello).value >= version::tls12.value) {
    return std::nullopt;
  }
  for (const Bytes name : protocols(f.hello.extensions)) {
    if (std::ranges::equal(name, kHttp2)) {
      return Evidence{f.at(Field::alpn_name, name)};
    }
  }
  return std::nullopt;
}

// RFC 7685 §3
std::optional<Evidence> rule::padding_not_zero(const ClientHelloFacts& f, const Scene&) {
  const Bytes* padding = f.hello.extensions.body(extension::padding);
  return at(f, extension::padding, padding != nullptr && !is_zero(*padding));
}

// RFC 5246 §7.4.1.4.1: without the extension a server has to assume SHA-1.
std::optional<Evidence> rule::signature_algorithms_missing(const ClientHelloFacts& f,
                                                           const Scene&) {
  if (highest_version(f.hello) != version::tls12 || offers_tls13(f.hello) ||
      has(f.hello.extensions, extension::signature_algorithms)) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

// RFC 8422 §5.1.2
std::optional<Evidence> rule::point_formats_invalid(const ClientHelloFacts& f, const Scene&) {
  return at(f, extension::ec_point_formats, lacks_uncompressed(f.hello.extensions));
}

// RFC 6066 §4
std::optional<Evidence> rule::max_fragment_invalid(const ClientHelloFacts& f, const Scene&) {
  const auto code = number(f.hello.extensions, extension::max_fragment_length, 1);
  if (!code || (*code >= 1 && *code <= 4)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::max_fragment_length), std::to_string(*code)};
}

// RFC 8449 §4
std::optional<Evidence> rule::record_size_limit_invalid(const ClientHelloFacts& f, const Scene&) {
  constexpr uint32_t kLeast = 64;
  const auto limit = number(f.hello.extensions, extension::record_size_limit, 2);
  if (!limit || *limit >= kLeast) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::record_size_limit), std::to_string(*limit)};
}

std::optional<Evidence> rule::size_limits_both(const ClientHelloFacts& f, const Scene&) {
  return at(f, extension::record_size_limit,
            has(f.hello.extensions, extension::record_size_limit) &&
                has(f.hello.extensions, extension::max_fragment_length));
}

// RFC 6520 §2
std::optional<Evidence> rule::heartbeat_offered(const ClientHelloFacts& f, const Scene&) {
  return at(f, extension::heartbeat, has(f.hello.extensions, extension::heartbeat));
}

std::optional<Evidence> rule::obsolete_extension_offered(const ClientHelloFacts& f, const Scene&) {
  constexpr ExtensionType kObsolete[] = {extension::truncated_hmac,
                                         extension::next_protocol_negotiation,
                                         extension::encrypted_server_name};
  for (const ExtensionType type : kObsolete) {
    if (has(f.hello.extensions, type)) {
      return Evidence{place_of(f, type), called(Registry::ExtensionType, type.value)};
    }
  }
  return std::nullopt;
}

// RFC 9849 §5: GREASE looks the same.
std::optional<Evidence> rule::ech_offered(const ClientHelloFacts& f, const Scene&) {
  return at(f, extension::encrypted_client_hello,
            has(f.hello.extensions, extension::encrypted_client_hello));
}

// 1460 bytes are what a segment holds on Ethernet; a record header takes five.
std::optional<Evidence> rule::client_hello_large(const ClientHelloFacts& f, const Scene&) {
  constexpr uint32_t kSegment = 1460 - 5;
  if (f.place.span.length <= kSegment) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

// RFC 5246 §7.4.1.2. Most randoms have no time: only one that is near the packet's is taken for
// one.
std::optional<Evidence> rule::client_clock_wrong(const ClientHelloFacts& f, const Scene& scene) {
  constexpr int64_t kHour = 3600;
  constexpr int64_t kDay = 24 * kHour;
  int64_t clock = 0;
  for (const uint8_t byte : f.hello.random.first(4)) {
    clock = clock << 8 | byte;
  }
  const int64_t off = clock > scene.time ? clock - scene.time : scene.time - clock;
  if (offers_tls13(f.hello) || off <= kHour || off >= kDay) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_random), clock > scene.time ? "fast" : "slow"};
}

std::optional<Evidence> rule::random_constant(const ClientHelloFacts& f, const Scene&) {
  return is_constant(f.hello.random)
             ? std::optional(Evidence{f.at(Field::hello_random, f.hello.random)})
             : std::nullopt;
}

std::optional<Evidence> rule::unassigned_offered(const ClientHelloFacts& f, const Scene&) {
  for (const Extension& one : f.hello.extensions.all) {
    if (name(Registry::ExtensionType, one.type.value).empty()) {
      return Evidence{f.at_extension(one.body), "an extension"};
    }
  }
  for (size_t i = 0; i < f.hello.suites.size(); ++i) {
    if (name(Registry::CipherSuite, f.hello.suites[i].value).empty()) {
      return Evidence{f.place.in(Field::suites), "a cipher suite"};
    }
  }
  const auto all = groups(f.hello.extensions);
  for (size_t i = 0; i < all.size(); ++i) {
    if (name(Registry::NamedGroup, all[i].value).empty()) {
      return Evidence{place_of(f, extension::supported_groups), "a group"};
    }
  }
  return std::nullopt;
}

// RFC 9146 §3, and what it replaced
std::optional<Evidence> rule::dtls_extension_offered(const ClientHelloFacts& f, const Scene&) {
  const bool old = has(f.hello.extensions, extension::connection_id_old);
  return at(f, old ? extension::connection_id_old : extension::connection_id,
            old || has(f.hello.extensions, extension::connection_id));
}

}  // namespace tlslens
