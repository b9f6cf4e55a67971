// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/row.h"

#include <utility>

namespace tlslens {
namespace {

struct OutcomeInfo {
  const char* name;
  bool is_failure;
};
constexpr OutcomeInfo kOutcomes[] = {
#define OUTCOME(id, is_failure, meaning) {#id, is_failure},
#define CAUSE(...)
#define ABOUT(...)
#include "diagnosis/causes.def"
#undef OUTCOME
#undef CAUSE
#undef ABOUT
};

struct CauseInfo {
  const char* name;
  const char* verdict;
  const char* hint;
};
constexpr CauseInfo kCauses[] = {
    {"", "", ""},
#define OUTCOME(...)
#define CAUSE(id, verdict, hint) {#id, verdict, hint},
#define ABOUT(...)
#include "diagnosis/causes.def"
#undef OUTCOME
#undef CAUSE
#undef ABOUT
};

const CauseInfo& info(Cause cause) { return kCauses[static_cast<size_t>(cause)]; }

}  // namespace

const char* name(Outcome outcome) { return kOutcomes[static_cast<size_t>(outcome)].name; }
bool is_failure(Outcome outcome) { return kOutcomes[static_cast<size_t>(outcome)].is_failure; }
const char* name(Cause cause) { return info(cause).name; }
const char* verdict(Cause cause) { return info(cause).verdict; }
const char* hint(Cause cause) { return info(cause).hint; }

const char* name(Resumption resumption) {
  constexpr const char* kNames[] = {"", "none", "session_id", "ticket", "psk"};
  return kNames[static_cast<size_t>(resumption)];
}

Outcome Row::outcome_at(int64_t end) const {
  const bool silent = !decided && is_silent && outcome == Outcome::in_progress;
  return silent && end - client_hello.time >= kMinWait ? Outcome::no_response : outcome;
}

Row& Ledger::add() {
  const bool has_room = rows_.size() < most_;
  Row& made = has_room ? rows_.emplace_back() : not_kept_ = {};
  made.index = has_room ? static_cast<uint32_t>(rows_.size() - 1) : kNotKept;
  return made;
}

const std::string* Ledger::text(std::string text, const Row& row) {
  return row.index == kNotKept ? &kNoText : &*texts_.insert(std::move(text)).first;
}

void Ledger::clear() {
  rows_.clear();
  not_kept_ = {};
  texts_.clear();
}

}  // namespace tlslens
