// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/certificate.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "certificate/import.h"
#include "certificate/match_host.h"
#include "certificate/read_certificate.h"
#include "fields/fields.h"

namespace tlslens {
namespace {

// Certificates differ in their first bytes, mostly, so to compare a few costs less than a hash of
// the one that is looked for.
struct Shorter {
  using is_transparent = void;
  bool operator()(Bytes a, Bytes b) const {
    return a.size() != b.size() ? a.size() < b.size()
                                : std::memcmp(a.data(), b.data(), a.size()) < 0;
  }
};
using Cache = std::map<std::vector<uint8_t>, std::shared_ptr<const CertificateFacts>, Shorter>;

Cache& cache() {
  static Cache all;
  return all;
}

// Asked is a certificate of the cache and a host.
using Asked = std::pair<const CertificateFacts*, std::string>;
using Answers = std::map<Asked, bool>;

Answers& answers() {
  static Answers all;
  return all;
}

void show_text(Reader& r, Field f, Span span, const std::string& text) {
  if (!text.empty()) {
    r.text_inside(f, span, text);
  }
}

void show_time(Reader& r, Field f, Span span, std::optional<int64_t> time) {
  if (time) {
    r.number_inside(f, span, static_cast<uint64_t>(*time));
  }
}

void show_names(Reader& r, Field f, Span span, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    show_text(r, f, span, name);
  }
}

}  // namespace

std::shared_ptr<const CertificateFacts> certificate_facts(Bytes der) {
  if (der.empty() || der.size() > kMaxCertificate) {
    return std::make_shared<CertificateFacts>();
  }
  if (const auto known = cache().find(der); known != cache().end()) {
    return known->second;
  }
  auto facts = std::make_shared<const CertificateFacts>(read_certificate(der));
  if (cache().size() >= kMaxCachedCertificates) {
    forget_certificates();
  }
  cache().emplace(std::vector<uint8_t>(der.begin(), der.end()), facts);
  return facts;
}

std::vector<uint64_t> name_hashes(Bytes authorities) {
  std::vector<uint64_t> out;
  constexpr size_t kLength = 2;
  while (authorities.size() >= kLength && out.size() < kMaxNames) {
    const size_t length = size_t{authorities[0]} << 8 | authorities[1];
    const Bytes rest = authorities.subspan(kLength);
    const Bytes name = rest.first(std::min(rest.size(), length));
    out.push_back(short_hash(name));
    authorities = rest.subspan(name.size());
  }
  return out;
}

bool issued(const CertificateFacts& issuer, const CertificateFacts& subject) {
  const bool ids = issuer.subject_key_id && subject.authority_key_id;
  return issuer.readable && subject.readable && issuer.subject_hash == subject.issuer_hash &&
         (!ids || issuer.subject_key_id == subject.authority_key_id);
}

bool matches_host(Bytes der, std::string_view host) {
  const bool name = !host.empty() && host.size() <= kMaxHost && host.find('\0') == host.npos;
  if (!name || der.empty() || der.size() > kMaxCertificate) {
    return false;
  }
  const Asked asked{certificate_facts(der).get(), host};
  if (const auto known = answers().find(asked); known != answers().end()) {
    return known->second;
  }
  const bool matches = match_host(der, asked.second);
  if (answers().size() >= kMaxCachedHosts) {
    answers().clear();
  }
  return answers().emplace(asked, matches).first->second;
}

void forget_certificates() {
  cache().clear();
  answers().clear();
}

void show_certificate(Reader& r, Span span, Bytes der) {
  if (!r.wants_marks()) {
    return;
  }
  const auto facts = certificate_facts(der);
  if (!facts->readable) {
    return;
  }
  show_text(r, Field::certificate_subject, span, facts->subject);
  show_text(r, Field::certificate_issuer, span, facts->issuer);
  show_text(r, Field::certificate_serial, span, facts->serial);
  show_time(r, Field::certificate_not_before, span, facts->not_before);
  show_time(r, Field::certificate_not_after, span, facts->not_after);
  show_names(r, Field::certificate_dns_name, span, facts->dns_names);
  show_names(r, Field::certificate_ip, span, facts->ips);
  show_text(r, Field::certificate_key_type, span, facts->key_type);
  if (facts->key_bits != 0) {
    r.number_inside(Field::certificate_key_bits, span, facts->key_bits);
  }
  show_text(r, Field::certificate_signature, span, facts->signature);
}

}  // namespace tlslens
