// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/finding.h"

#include <string_view>
#include <type_traits>

namespace tlslens {
namespace {

constexpr FindingInfo kFindings[] = {
#define FIELD(...)
#define FINDING(id, severity, group, often, at, detail, text, reference) \
  {FindingId::id,  #id,  Severity::severity, Group::group, Often::often, \
   Detail::detail, text, reference},
#include "findings/findings.def"
#undef FINDING
#undef FIELD
};
static_assert(std::size(kFindings) == kFindingCount);

template <typename F>
struct Row {
  FindingId id;
  std::optional<Evidence> (*rule)(const F&);
};

// rules_for collects the rules that look at facts of type F, in the table's order.
template <typename F>
constexpr auto rules_for() {
  constexpr size_t n = 0
#define FIELD(...)
#define FINDING(id, severity, group, often, at, detail, text, reference) \
  +std::is_same_v<F, at##Facts>
#include "findings/findings.def"
#undef FINDING
      ;
  std::array<Row<F>, n> rows{};
  size_t next = 0;
#define FINDING(id, severity, group, often, at, detail, text, reference) \
  if constexpr (std::is_same_v<F, at##Facts>) {                          \
    rows[next++] = {FindingId::id, rule::id};                            \
  }
#include "findings/findings.def"
#undef FINDING
#undef FIELD
  return rows;
}

template <typename F>
void judge_all(const std::vector<F>& facts, Made& made, std::vector<Finding>& out) {
  static constexpr auto kRules = rules_for<F>();
  for (const F& fact : facts) {
    for (const Row<F>& row : kRules) {
      const auto bit = static_cast<size_t>(row.id);
      if (out.size() >= kMaxFindings || (made[bit] && info(row.id).often == Often::once)) {
        continue;
      }
      if (const auto evidence = row.rule(fact)) {
        made[bit] = true;
        out.push_back({row.id, *evidence});
      }
    }
  }
}

std::string named(Registry registry, uint32_t value) {
  const std::string_view known = name(registry, value);
  const std::string number = std::to_string(value);
  return known.empty() ? number : std::string(known) + " (" + number + ")";
}

std::string hex(uint32_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kDigits[value >> shift & 0xf];
  }
  return out;
}

constexpr const char* kEvents[] = {
    "it begins after the ClientHello",
    "bytes are missing before this segment",
    "segments are out of order (the TCP preference \"Reassemble out-of-order segments\" helps)",
    "the snap length cut this segment",
};

std::string detail(const Finding& finding) {
  const Evidence& e = finding.evidence;
  switch (info(finding.id).detail) {
    case Detail::nothing:
      return {};
    case Detail::limit:
      return std::to_string(e.seen) + " bytes, the limit is " + std::to_string(e.limit);
    case Detail::type:
      return named(Registry::ContentType, e.seen);
    case Detail::number:
      return std::to_string(e.seen);
    case Detail::version:
      return hex(e.seen);
    case Detail::alert:
      return named(Registry::AlertDescription, e.seen);
    case Detail::field:
      return info(e.place.field).label;
    case Detail::event:
      return kEvents[e.seen];
  }
  return {};
}

}  // namespace

std::span<const FindingInfo> findings() { return kFindings; }

const char* name(Severity severity) {
  constexpr const char* kNames[] = {"chat", "note", "warn", "error"};
  return kNames[static_cast<size_t>(severity)];
}

std::string text(const Finding& finding) {
  const std::string more = detail(finding);
  const std::string base = info(finding.id).text;
  return more.empty() ? base : base + ": " + more;
}

void judge(const Facts& facts, Made& made, std::vector<Finding>& out) {
  judge_all(facts.events, made, out);
  judge_all(facts.records, made, out);
  judge_all(facts.changes, made, out);
  judge_all(facts.alerts, made, out);
  judge_all(facts.messages, made, out);
  judge_all(facts.faults, made, out);
}

}  // namespace tlslens
