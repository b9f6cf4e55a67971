// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/reader.h"

#include <algorithm>
#include <utility>

namespace tlslens {

// miss notes a read that fails, once.
const uint8_t* Reader::miss(Field f, size_t n) {
  if (!failed_) {
    failed_ = true;
    fault(n <= left() + missing_ ? FaultKind::cut : FaultKind::overrun, f, here(left()));
  }
  return nullptr;
}

size_t Reader::add_mark(Field f, Span span) {
  return parse_->tape->add({f, depth_, MarkKind::wire, parse_->source, span});
}

void Reader::mark_next(Field f, size_t n) { add_mark(f, here(n)); }

Bytes Reader::opaque(Field f, size_t n) {
  const uint8_t* p = take(f, n);
  return p == nullptr ? Bytes{} : Bytes{p, n};
}

Bytes Reader::need_all(Field f) {
  if (missing_ != 0 && !failed_) {
    fault(FaultKind::cut, f, here(left()));
  }
  return all(f);
}

Reader Reader::vec(Field length, Field group, const Vec& v) {
  return this->group(group, checked_length(length, v));
}

Reader Reader::group(Field f, uint32_t n) {
  const Span place = here(std::min<size_t>(n, left()));
  if (!failed_) {
    mark(f, place);
  }
  return body({f, place}, n, static_cast<uint8_t>(depth_ + 1));
}

Reader Reader::body(Blame blame, uint32_t n, uint8_t depth) {
  if (failed_) {
    Reader none(*parse_, {at_, 0}, 0, depth);
    none.failed_ = true;
    return none;
  }
  if (n <= left()) {
    return {*parse_, {std::exchange(at_, at_ + n), n}, 0, depth};
  }
  const bool cut = n <= left() + missing_;
  fault(cut ? FaultKind::cut : FaultKind::overrun, blame.field, blame.place);
  failed_ = true;
  const Bytes there = rest();
  at_ = end_;
  return {*parse_, there, cut ? static_cast<uint32_t>(n - there.size()) : 0, depth};
}

Bytes Reader::list(Field length, Field group, Field element, const Vec& v) {
  Reader body = group == Field{} ? vec_body(length, v) : vec(length, group, v);
  const Bytes all = body.rest();
  const size_t n = all.size() / v.unit;
  if (wants_marks()) {
    for (size_t i = 0; i < n; ++i) {
      body.integer(element, v.unit);
    }
  }
  if (group != Field{}) {
    body.title_count(n);
  }
  return all;
}

void Reader::end_mark(size_t group) {
  Mark& opened = parse_->tape->marks[group];
  opened.span.length = static_cast<uint32_t>(at_ - parse_->base) - opened.span.offset;
}

void Reader::inside(Field f, Span span) {
  ++depth_;
  mark(f, span);
  --depth_;
}

void Reader::number_inside(Field f, Span span, uint64_t value) {
  ++depth_;
  number(f, span, value);
  --depth_;
}

void Reader::text_inside(Field f, Span span, std::string text) {
  if (parse_->tape != nullptr) {
    const auto depth = static_cast<uint8_t>(depth_ + 1);
    parse_->tape->add_text({f, depth, MarkKind::text, parse_->source, span}, std::move(text));
  }
}

void Reader::add_number(Field f, Span span, uint64_t value) {
  parse_->tape->add({f, depth_, MarkKind::number, parse_->source, span, value});
}

void Reader::text(Field f, std::string_view text) {
  if (parse_->tape != nullptr) {
    parse_->tape->add_text({f, depth_, MarkKind::text, parse_->source, here(0)}, std::string(text));
  }
}

void Reader::title(std::string_view text) {
  if (parse_->tape != nullptr) {
    parse_->tape->add_text({Field{}, depth_, MarkKind::title, parse_->source, here(0)},
                           std::string(text));
  }
}

void Reader::title_count(size_t n) {
  if (wants_marks() && ok()) {
    title(" (" + std::to_string(n) + ")");
  }
}

void Reader::fault(FaultKind kind, Field f, Span span) {
  if (parse_->faults != nullptr) {
    parse_->faults->push_back({kind, f, parse_->source, span});
  }
}

void Reader::note_trailing(Field f) {
  fault(FaultKind::trailing, f, here(left()));
  all(f);
}

}  // namespace tlslens
