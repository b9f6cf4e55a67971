// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fields/fields.h"
#include "session/facts.h"

namespace tlslens {

enum class Severity : uint8_t { chat, note, warn, error };
enum class Group : uint8_t {
  protocol,
  security,
  sequence,
  response,
  malformed,
  undecoded,
  deprecated
};

// Often is how many times a finding is made: each time, or once per handshake and direction.
enum class Often : uint8_t { each, once };

// When is what a finding is made for: always, or only if a preference asks for it.
enum class When : uint8_t { always, policy, close_notify };

enum class FindingId : uint8_t {
#define ABOUT(...)
#define ALSO(...)
#define FINDING(id, severity, milder, group, often, when, at, text, reference) id,
#include "findings/findings.def"
#undef FINDING
#undef ABOUT
#undef ALSO
  count,
};
inline constexpr size_t kFindingCount = static_cast<size_t>(FindingId::count);

// FindingInfo is one row. `name` states the offence, is the expert info's filter after
// "tlslens.finding.", and stays as it is once released. A rule may say that its offence is here of
// the milder kind; for most findings `milder` is `severity`.
struct FindingInfo {
  FindingId id;
  const char* name;
  Severity severity;
  Severity milder;
  Group group;
  Often often;
  When when;
  const char* text;
  const char* reference;
};

// findings returns all rows, indexed by FindingId.
std::span<const FindingInfo> findings();
inline const FindingInfo& info(FindingId id) { return findings()[static_cast<size_t>(id)]; }
const char* name(Severity severity);

// Evidence is what a rule found: where, in which words, and the frame of what it contradicts.
struct Evidence {
  Place place;
  std::string words;   // what is added to the row's text: of few kinds, because Wireshark counts
                       // expert infos by their text; may be empty
  uint32_t frame = 0;  // 0 if there is none
  bool is_mild = false;
  bool operator==(const Evidence&) const = default;
};

struct Finding {
  FindingId id;
  Evidence evidence;
  bool operator==(const Finding&) const = default;

  Severity severity() const { return evidence.is_mild ? info(id).milder : info(id).severity; }
};

// text says a finding in one line.
std::string text(const Finding& finding);

// Made remembers which findings a direction of a handshake has.
using Made = std::bitset<kFindingCount>;

// kMaxFindings is how many findings one look at a segment can make; the last one of so many is that
// there are more.
inline constexpr size_t kMaxFindings = 64;

// limit_finding is limit_reached where no rule can tell it.
Finding limit_finding(Limit limit, Place place = {Field::none});

}  // namespace tlslens
