// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about certificates, at the time of the packet.
#include <algorithm>

#include "certificate/certificate.h"
#include "extensions/views.h"
#include "findings/rules.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr int64_t kDay = 86'400;

Place place_of(const CertificatesFacts& f, const Link& link) {
  return f.at(Field::certificate, link.der);
}

// whose tells the sender's own certificate from those of its issuers.
std::string whose(size_t i) { return i == 0 ? std::string() : "of an issuer"; }

std::string joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + ", " + b;
}

// find_link returns evidence for the first certificate for which `wrong` has words.
template <typename Wrong>
std::optional<Evidence> find_link(const CertificatesFacts& f, Wrong wrong) {
  const std::vector<Link>& chain = f.chain;
  for (size_t i = 0; i < chain.size(); ++i) {
    if (!chain[i].facts->readable) {
      continue;
    }
    if (const std::optional<std::string> words = wrong(*chain[i].facts)) {
      return Evidence{place_of(f, chain[i]), joined(*words, whose(i)), 0, i != 0};
    }
  }
  return std::nullopt;
}

// own is the sender's certificate; null if there is none that can be read.
const Link* own(const CertificatesFacts& f) {
  return f.chain.empty() || !f.chain.front().facts->readable ? nullptr : &f.chain.front();
}

std::optional<std::string> if_so(bool wrong, std::string words = {}) {
  return wrong ? std::optional(std::move(words)) : std::nullopt;
}

// key_fits tells whether a key can do what the suite asks of it (RFC 5246 §7.4.2, RFC 8422 §2).
bool key_fits(Authentication authentication, KeyKind key) {
  switch (authentication) {
    case Authentication::rsa:
      return key == KeyKind::rsa || key == KeyKind::rsa_pss;
    case Authentication::ecdsa:
      return key == KeyKind::ecdsa || key == KeyKind::ed25519 || key == KeyKind::ed448;
    case Authentication::dss:
      return key == KeyKind::dsa;
    default:
      return true;
  }
}

bool signs_key_exchange(KeyExchange kind) {
  return kind == KeyExchange::dhe || kind == KeyExchange::ecdhe || kind == KeyExchange::dhe_export;
}

bool offers_group(const ClientHello& hello, NamedGroup group) {
  const auto offered = groups(hello.extensions);
  return offered.size() == 0 || offered.contains(group);
}

}  // namespace

// RFC 5280 §4.1.2.5
std::optional<Evidence> rule::certificate_expired(const CertificatesFacts& f, const Scene& scene) {
  return find_link(f, [&](const CertificateFacts& c) { return if_so(c.has_expired(scene.time)); });
}

std::optional<Evidence> rule::certificate_not_yet_valid(const CertificatesFacts& f,
                                                        const Scene& scene) {
  return find_link(
      f, [&](const CertificateFacts& c) { return if_so(c.is_not_yet_valid(scene.time)); });
}

std::optional<Evidence> rule::certificate_expires_soon(const CertificatesFacts& f,
                                                       const Scene& scene) {
  const Link* link = own(f);
  if (!link || !link->facts->not_after) {
    return std::nullopt;
  }
  const int64_t left = *link->facts->not_after - scene.time;
  if (left < 0 || left >= scene.settings.expiry_days * kDay) {
    return std::nullopt;
  }
  return Evidence{place_of(f, *link)};
}

// RFC 9525 §6. Behind an encrypted hello the name in the clear is not the one that is meant.
std::optional<Evidence> rule::certificate_name_mismatch(const CertificatesFacts& f,
                                                        const Scene& scene) {
  const Link* link = own(f);
  const auto& hello = scene.handshake.hello;
  if (scene.by_client() || !scene.whole || !hello || !link) {
    return std::nullopt;
  }
  const Bytes name = hello->view.extensions.server_name;
  const std::string host(name.begin(), name.end());
  if (host.empty() || has(hello->view.extensions, extension::encrypted_client_hello) ||
      matches_host(link->der, host)) {
    return std::nullopt;
  }
  const bool plain = std::ranges::all_of(host, [](char c) { return c > 0x20 && c < 0x7f; });
  const std::string found =
      link->facts->dns_names.empty() ? link->facts->subject : link->facts->dns_names.front();
  return Evidence{place_of(f, *link),
                  (plain ? host : std::string("the name")) + " was asked for, it is for " + found,
                  hello->frame};
}

std::optional<Evidence> rule::certificate_self_signed(const CertificatesFacts& f,
                                                      const Scene& scene) {
  const Link* link = own(f);
  if (scene.by_client() || !link || !link->facts->self_signed) {
    return std::nullopt;
  }
  return Evidence{place_of(f, *link)};
}

// RFC 5246 §7.4.2: each certificate certifies the one before it; RFC 8446 §4.4.2 asks for less.
std::optional<Evidence> rule::certificate_chain_order(const CertificatesFacts& f, const Scene&) {
  const std::vector<Link>& chain = f.chain;
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    const CertificateFacts& subject = *chain[i].facts;
    const CertificateFacts& next = *chain[i + 1].facts;
    if (!subject.readable || !next.readable || issued(next, subject)) {
      continue;
    }
    const auto issues = [&](const Link& link) {
      return link.facts->readable && issued(*link.facts, subject);
    };
    const bool elsewhere = std::ranges::any_of(chain, issues);
    return Evidence{place_of(f, chain[i + 1]), elsewhere && !subject.self_issued
                                                   ? "the issuer comes later"
                                                   : "it did not issue the one before it"};
  }
  return std::nullopt;
}

// Whether an issuer is a root cannot be seen: a certificate alone that does not sign itself may
// lack intermediates.
std::optional<Evidence> rule::certificate_chain_incomplete(const CertificatesFacts& f,
                                                           const Scene& scene) {
  const Link* link = own(f);
  if (scene.by_client() || !link || f.certificates.list.size() != 1 || link->facts->self_issued) {
    return std::nullopt;
  }
  return Evidence{place_of(f, *link)};
}

// RFC 9325 §4.5
std::optional<Evidence> rule::certificate_key_weak(const CertificatesFacts& f, const Scene&) {
  const std::vector<Link>& chain = f.chain;
  for (size_t i = 0; i < chain.size(); ++i) {
    const CertificateFacts& c = *chain[i].facts;
    const bool rsa = c.key_kind == KeyKind::rsa || c.key_kind == KeyKind::rsa_pss;
    const bool small_rsa = rsa && c.key_bits != 0 && c.key_bits < 2048;
    const bool small_ec = c.key_kind == KeyKind::ecdsa && c.key_bits != 0 && c.key_bits < 224;
    const bool dsa = c.key_kind == KeyKind::dsa;
    if (!c.readable || (!small_rsa && !small_ec && !dsa && !c.exponent_weak)) {
      continue;
    }
    const bool mild = !c.exponent_weak && (dsa || (small_rsa && c.key_bits >= 1024));
    const std::string words = c.exponent_weak
                                  ? "public exponent"
                                  : c.key_type + ", " + std::to_string(c.key_bits) + " bits";
    return Evidence{place_of(f, chain[i]), joined(words, whose(i)), 0, mild};
  }
  return std::nullopt;
}

// RFC 9155 §1. Nobody has to trust the signature of a root.
std::optional<Evidence> rule::certificate_signature_weak(const CertificatesFacts& f, const Scene&) {
  const std::vector<Link>& chain = f.chain;
  for (size_t i = 0; i < chain.size(); ++i) {
    const CertificateFacts& c = *chain[i].facts;
    const bool broken =
        c.digest == DigestKind::md2 || c.digest == DigestKind::md4 || c.digest == DigestKind::md5;
    if (c.readable && !c.self_signed && (broken || c.digest == DigestKind::sha1)) {
      return Evidence{place_of(f, chain[i]), joined(c.signature, whose(i)), 0, !broken};
    }
  }
  return std::nullopt;
}

// RFC 5246 §7.4.2 and §7.4.6
std::optional<Evidence> rule::certificate_list_empty(const CertificatesFacts& f,
                                                     const Scene& scene) {
  if (!f.certificates.list.empty()) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::certificates_length),
                  scene.by_client() ? "from the client" : "from the server", 0, scene.by_client()};
}

// RFC 5280 §4.1
std::optional<Evidence> rule::certificate_nonconformant(const CertificatesFacts& f, const Scene&) {
  constexpr int kVersion3 = 3;
  return find_link(f, [](const CertificateFacts& c) -> std::optional<std::string> {
    if (c.signature_mismatch) {
      return "two signature algorithms";
    }
    if (c.has_extensions && c.version != kVersion3) {
      return "extensions in a version before 3";
    }
    // Many old roots have the number 0, and nobody minds.
    return if_so(c.serial_invalid && !c.self_signed, "serial number");
  });
}

// RFC 5246 §7.4.2, RFC 5280 §4.2.1.3
std::optional<Evidence> rule::certificate_key_unusable(const CertificatesFacts& f,
                                                       const Scene& scene) {
  const Link* link = own(f);
  const SuiteParts* suite = scene.handshake.suite();
  if (scene.by_client() || !link || suite == nullptr || is_tls13(scene.handshake.version()) ||
      link->facts->key_kind == KeyKind::unknown) {
    return std::nullopt;
  }
  const KeyExchange kind = suite->key_exchange;
  const bool fixed = kind == KeyExchange::dh || kind == KeyExchange::ecdh;
  const auto evidence = [&](const std::string& wrong) {
    return Evidence{place_of(f, *link),
                    wrong + called(Registry::CipherSuite, scene.handshake.agreed.suite.value),
                    scene.handshake.agreed.in};
  };
  if (!fixed && !key_fits(suite->authentication, link->facts->key_kind)) {
    return evidence(link->facts->key_type + " with ");
  }
  if (kind == KeyExchange::rsa && !link->facts->may_encipher_keys()) {
    return evidence("no keyEncipherment for ");
  }
  if (signs_key_exchange(kind) && !link->facts->may_sign()) {
    return evidence("no digitalSignature for ");
  }
  return std::nullopt;
}

// RFC 5280 §4.2.1.12
std::optional<Evidence> rule::certificate_usage(const CertificatesFacts& f, const Scene& scene) {
  const Link* link = own(f);
  if (!link || (scene.by_client() ? link->facts->allows_client : link->facts->allows_server)) {
    return std::nullopt;
  }
  return Evidence{place_of(f, *link), scene.by_client() ? "not for clients" : "not for servers"};
}

// RFC 5280 §4.2.1.9
std::optional<Evidence> rule::certificate_ca_flag(const CertificatesFacts& f, const Scene&) {
  const std::vector<Link>& chain = f.chain;
  for (size_t i = 0; i < chain.size(); ++i) {
    const CertificateFacts& c = *chain[i].facts;
    if (!c.readable) {
      continue;
    }
    if (i == 0 && c.is_ca.value_or(false) && !c.self_signed) {
      return Evidence{place_of(f, chain[i]), "an authority's in place of its sender's"};
    }
    const bool issues = i != 0 && issued(c, *chain[i - 1].facts);
    if (issues && c.version == 3 && !c.is_ca.value_or(false)) {
      return Evidence{place_of(f, chain[i]), "an issuer that is no authority"};
    }
  }
  return std::nullopt;
}

// RFC 8422 §5.3
std::optional<Evidence> rule::certificate_curve_not_offered(const CertificatesFacts& f,
                                                            const Scene& scene) {
  const Link* link = own(f);
  const auto& hello = scene.handshake.hello;
  if (scene.by_client() || !link || !hello || !scene.whole ||
      link->facts->key_kind != KeyKind::ecdsa || link->facts->curve == NamedGroup{} ||
      is_tls13(scene.handshake.version()) || offers_group(hello->view, link->facts->curve)) {
    return std::nullopt;
  }
  return Evidence{place_of(f, *link), called(Registry::NamedGroup, link->facts->curve.value),
                  hello->frame};
}

// RFC 5480 §2.1.1; CVE-2020-0601
std::optional<Evidence> rule::certificate_explicit_curve(const CertificatesFacts& f, const Scene&) {
  return find_link(f, [](const CertificateFacts& c) { return if_so(c.explicit_curve); });
}

// What browsers have asked of public authorities since September 2020.
std::optional<Evidence> rule::certificate_long_lived(const CertificatesFacts& f,
                                                     const Scene& scene) {
  constexpr int64_t kMost = 398 * kDay;
  const Link* link = own(f);
  if (scene.by_client() || !link || !link->facts->not_before || !link->facts->not_after ||
      *link->facts->not_after - *link->facts->not_before <= kMost) {
    return std::nullopt;
  }
  return Evidence{place_of(f, *link)};
}

// RFC 7633 §4.2.2: known when the server's flight is over.
std::optional<Evidence> rule::certificate_status_missing(const MessageFacts& f,
                                                         const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  const auto& certificates = handshake.server().certificates;
  if (event_of(f.type) != HandshakeEvent::server_hello_done || !scene.whole ||
      handshake.status_in != 0 || !handshake.hello || certificates.empty() ||
      !certificates.front()->must_staple ||
      (!has(handshake.hello->view.extensions, extension::status_request) &&
       !has(handshake.hello->view.extensions, extension::status_request_v2))) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::handshake_type), {}, handshake.server().certificates_in};
}

// RFC 5246 §7.4.4: any certificate of the list may be what the server knows.
std::optional<Evidence> rule::client_certificate_issuer(const CertificatesFacts& f,
                                                        const Scene& scene) {
  const std::vector<uint64_t>& wanted = scene.handshake.authorities;
  const Link* link = own(f);
  if (!scene.by_client() || !scene.whole || wanted.empty() || wanted.size() >= kMaxNames || !link) {
    return std::nullopt;
  }
  const bool known = std::ranges::any_of(f.chain, [&](const Link& one) {
    return !one.facts->readable ||
           std::ranges::find(wanted, one.facts->issuer_hash) != wanted.end();
  });
  return known ? std::nullopt : std::optional(Evidence{place_of(f, *link), link->facts->issuer});
}

}  // namespace tlslens
