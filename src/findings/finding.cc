// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/finding.h"

#include <iterator>
#include <type_traits>

#include "findings/rules.h"

namespace tlslens {
namespace {

constexpr FindingInfo kFindings[] = {
#define ABOUT(...)
#define ALSO(...)
#define FINDING(id, severity, milder, group, often, when, at, text, reference)            \
  {FindingId::id, #id,  Severity::severity, Severity::milder, Group::group, Often::often, \
   When::when,    text, reference},
#include "findings/findings.def"
#undef FINDING
#undef ABOUT
#undef ALSO
};
static_assert(std::size(kFindings) == kFindingCount);

// chain_of puts each certificate beside what it says.
std::vector<Link> chain_of(const Certificates& certificates) {
  std::vector<Link> out;
  out.reserve(certificates.facts.size());
  for (size_t i = 0; i < certificates.facts.size(); ++i) {
    out.push_back({certificates.list[i], certificates.facts[i]});
  }
  return out;
}

bool is_wanted(When when, const Settings& settings) {
  switch (when) {
    case When::policy:
      return settings.policy;
    case When::close_notify:
      return settings.close_notify;
    default:
      return true;
  }
}

// may_be_made tells whether a rule is to be asked. Most rows leave nothing of it to be done.
template <FindingId kId>
bool may_be_made(const Settings& settings, const Made& made) {
  constexpr auto kBit = static_cast<size_t>(kId);
  constexpr const FindingInfo& kRow = kFindings[kBit];
  return (kRow.often != Often::once || !made[kBit]) &&
         (kRow.when == When::always || is_wanted(kRow.when, settings));
}

void add(Finding finding, Made& made, std::vector<Finding>& out) {
  made[static_cast<size_t>(finding.id)] = true;
  if (out.size() + 1 < kMaxFindings) {
    out.push_back(std::move(finding));
  } else if (out.size() < kMaxFindings) {
    out.push_back(limit_finding(Limit::findings));
  }
}

}  // namespace

std::span<const FindingInfo> findings() { return kFindings; }

const char* name(Severity severity) {
  constexpr const char* kNames[] = {"chat", "note", "warn", "error"};
  return kNames[static_cast<size_t>(severity)];
}

std::string text(const Finding& finding) {
  const std::string base = info(finding.id).text;
  const std::string& words = finding.evidence.words;
  return words.empty() ? base : base + ": " + words;
}

// judge asks the rules that look at facts of type F, in the table's order: it has a line for each.
template <typename F>
// NOLINTNEXTLINE(readability-function-size)
void judge(const F& fact, const Scene& scene, Made& made, std::vector<Finding>& out) {
#define ABOUT(...)
#define ALSO(id, at)                                                  \
  if constexpr (std::is_same_v<F, at##Facts>) {                       \
    if (may_be_made<FindingId::id>(scene.settings, made)) {           \
      if (std::optional<Evidence> evidence = rule::id(fact, scene)) { \
        add({FindingId::id, std::move(*evidence)}, made, out);        \
      }                                                               \
    }                                                                 \
  }
#define FINDING(id, severity, milder, group, often, when, at, text, reference) ALSO(id, at)
#include "findings/findings.def"
#undef FINDING
#undef ALSO
#undef ABOUT
}

#define JUDGES(Fact) template void judge(const Fact&, const Scene&, Made&, std::vector<Finding>&);
JUDGES(RecordFacts)
JUDGES(AlertFacts)
JUDGES(CcsFacts)
JUDGES(HeartbeatFacts)
JUDGES(FaultFacts)
JUDGES(LimitFacts)
JUDGES(StreamFacts)
JUDGES(ClosingFacts)
JUDGES(FailureFacts)
JUDGES(SlowFacts)
#undef JUDGES

void judge(const MessageFacts& fact, const Scene& scene, Made& made, std::vector<Finding>& out) {
  judge<MessageFacts>(fact, scene, made, out);
  if (!fact.whole || fact.is_sslv2) {
    return;
  }
  const Body& body = *fact.body;
  const WholeMessage message{fact.place, fact.bytes};
  const auto& offer = scene.handshake.hello;
  if (body.client_hello) {
    const ClientHello& hello = *body.client_hello;
    judge(ClientHelloFacts{message, hello, fact.begins_handshake, client_shares(hello.extensions)},
          scene, made, out);
  } else if (body.server_hello && offer && scene.whole) {
    const ServerHelloFacts hello{message, *body.server_hello, offer->view, offer->frame};
    judge(hello, scene, made, out);
    judge(AnswerFacts{hello}, scene, made, out);
  } else if (body.server_hello) {
    const ClientHello unknown;
    judge(ServerHelloFacts{message, *body.server_hello, unknown, 0}, scene, made, out);
  } else if (body.certificates) {
    judge(CertificatesFacts{message, *body.certificates, chain_of(*body.certificates)}, scene, made,
          out);
  } else if (body.certificate_request) {
    judge(CertificateRequestFacts{message, *body.certificate_request}, scene, made, out);
  } else if (body.server_key_exchange) {
    judge(KeyExchangeFacts{message, *body.server_key_exchange}, scene, made, out);
  }
}

Place WholeMessage::at(Field field, Bytes part) const {
  const auto offset = static_cast<uint32_t>(part.data() - bytes.data());
  return {field,
          place.source,
          {place.span.offset + MessageHeader::kSize + offset, static_cast<uint32_t>(part.size())}};
}

Place WholeMessage::at_extension(Bytes part) const {
  constexpr uint32_t kBack = 4;  // type and length stand before the body
  Place type = at(Field::extension_type, part);
  type.span.offset -= kBack;
  type.span.length = 2;
  return type;
}

}  // namespace tlslens
