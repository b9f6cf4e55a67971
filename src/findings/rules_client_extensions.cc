// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about the extensions that a client sends.
#include <algorithm>
#include <string_view>

#include "extensions/views.h"
#include "findings/hello_places.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr Version kTls10{0x0301};

// offers_key_share: drafts before 23 had another number for the extension (RFC 8446 §11).
bool offers_key_share(const ClientHello& hello) {
  constexpr uint8_t kFirstDraft = 23;
  return hello.extensions.versions.any(
      [](Version v) { return is_tls13(v) && !is_draft_before(v, kFirstDraft); });
}

bool is_zero(Bytes bytes) {
  // The first one is, and each is like the one before it: that is one memcmp.
  return bytes.empty() ||
         (bytes[0] == 0 && std::ranges::equal(bytes.subspan(1), bytes.first(bytes.size() - 1)));
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
  const std::vector<Share>& shares = f.shares;
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
  for (const Share& share : f.shares) {
    if (const auto size = client_share_size(share.group); size && *size != share.value.size()) {
      return Evidence{place_of(f, extension::key_share), share_words(share, *size)};
    }
  }
  return std::nullopt;
}

std::optional<Evidence> rule::point_invalid(const ClientHelloFacts& f, const Scene&) {
  for (const Share& share : f.shares) {
    if (const std::string_view wrong = what_is_wrong_with_point(share); !wrong.empty()) {
      return Evidence{f.at(Field::share_value, share.value),
                      called(Registry::NamedGroup, share.group.value) + ", " + std::string(wrong)};
    }
  }
  return std::nullopt;
}

std::optional<Evidence> rule::key_share_empty(const ClientHelloFacts& f, const Scene&) {
  const auto* body = f.hello.extensions.body(extension::key_share);
  return at(f, extension::key_share, body != nullptr && f.shares.empty());
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
  if (counts.identities == counts.binders) {
    return std::nullopt;
  }
  return at(f, extension::pre_shared_key, true,
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

// RFC 5746 §3.4: in the first handshake of a connection it is empty.
std::optional<Evidence> rule::renegotiation_info_not_empty(const ClientHelloFacts& f,
                                                           const Scene& scene) {
  return at(
      f, extension::renegotiation_info,
      names_earlier_finished(f.hello.extensions) && scene.whole && !scene.handshake.renegotiates);
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

// RFC 9146 §3, and what it replaced
std::optional<Evidence> rule::dtls_extension_offered(const ClientHelloFacts& f, const Scene&) {
  const bool old = has(f.hello.extensions, extension::connection_id_old);
  return at(f, old ? extension::connection_id_old : extension::connection_id,
            old || has(f.hello.extensions, extension::connection_id));
}

}  // namespace tlslens
