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

// Detail is what the text of a finding adds to that of its row; it stays of few kinds, because
// Wireshark counts expert infos by their text.
enum class Detail : uint8_t { nothing, limit, type, number, version, alert, field, event };

enum class FindingId : uint8_t {
#define FIELD(...)
#define FINDING(id, severity, group, often, at, detail, text, reference) id,
#include "findings/findings.def"
#undef FINDING
#undef FIELD
  count,
};
inline constexpr size_t kFindingCount = static_cast<size_t>(FindingId::count);

// FindingInfo is one row. `name` states the offence, is the expert info's filter after
// "tlslens.finding.", and stays as it is once released.
struct FindingInfo {
  FindingId id;
  const char* name;
  Severity severity;
  Group group;
  Often often;
  Detail detail;
  const char* text;
  const char* reference;
};

// findings returns all rows, indexed by FindingId.
std::span<const FindingInfo> findings();
inline const FindingInfo& info(FindingId id) { return findings()[static_cast<size_t>(id)]; }
const char* name(Severity severity);

// Evidence is what a rule found: where, and the numbers that the row's Detail puts in words.
struct Evidence {
  Place place;
  uint32_t seen = 0;
  uint32_t limit = 0;
  bool operator==(const Evidence&) const = default;
};

struct Finding {
  FindingId id;
  Evidence evidence;
  bool operator==(const Finding&) const = default;
};

// text says a finding in one line.
std::string text(const Finding& finding);

// Made remembers which findings a direction of a handshake has.
using Made = std::bitset<kFindingCount>;

// kMaxFindings is how many findings one look at a segment can make.
inline constexpr size_t kMaxFindings = 64;

// judge applies every rule to the facts, appends what it finds to `out` and keeps `made` up to
// date.
void judge(const Facts& facts, Made& made, std::vector<Finding>& out);

// Each rule looks at one kind of fact and gives evidence if its offence is there.
namespace rule {
#define FIELD(...)
#define FINDING(id, severity, group, often, at, detail, text, reference) \
  std::optional<Evidence> id(const at##Facts&);
#include "findings/findings.def"
#undef FINDING
#undef FIELD
}  // namespace rule

}  // namespace tlslens
