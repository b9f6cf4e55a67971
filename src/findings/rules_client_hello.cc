// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about what a client offers.
#include <algorithm>

#include "extensions/views.h"
#include "findings/hello_places.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr CipherSuite kFallbackScsv{0x5600};

bool offers_up_to_tls12(const ClientHello& hello) {
  const auto& versions = hello.extensions.versions;
  return versions.size() == 0 || versions.any([](Version v) {
    return v.value >> 8 == 3 && v.value <= version::tls12.value;
  });
}

bool has_suite_of_tls13(const ClientHello& hello) {
  return hello.suites.any([](CipherSuite one) {
    const SuiteParts* suite = suite_parts(one);
    return suite != nullptr && suite->key_exchange == KeyExchange::tls13;
  });
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

// RFC 7627 §5.1
std::optional<Evidence> rule::extended_master_secret_not_offered(const ClientHelloFacts& f,
                                                                 const Scene&) {
  if (!offers_up_to_tls12(f.hello) || has(f.hello.extensions, extension::extended_main_secret) ||
      highest_version(f.hello).value <= version::ssl3.value) {
    return std::nullopt;
  }
  return Evidence{f.place};
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
    if (!is_named(Registry::ExtensionType, one.type.value)) {
      return Evidence{f.at_extension(one.body), "an extension"};
    }
  }
  for (size_t i = 0; i < f.hello.suites.size(); ++i) {
    if (!is_named(Registry::CipherSuite, f.hello.suites[i].value)) {
      return Evidence{f.place.in(Field::suites), "a cipher suite"};
    }
  }
  const auto all = groups(f.hello.extensions);
  for (size_t i = 0; i < all.size(); ++i) {
    if (!is_named(Registry::NamedGroup, all[i].value)) {
      return Evidence{place_of(f, extension::supported_groups), "a group"};
    }
  }
  return std::nullopt;
}

}  // namespace tlslens
