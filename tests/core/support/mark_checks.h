// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <climits>
#include <string>
#include <vector>

#include "fields/fields.h"
#include "support/wire_builder.h"
#include "wire/tape.h"

namespace tlslens::test {

inline uint64_t end_of(const Span& span) { return uint64_t{span.offset} + span.length; }

inline bool lies_in(const Mark& mark, const Mark& outer) {
  return outer.source != mark.source || mark.kind != MarkKind::wire ||
         (mark.span.offset >= outer.span.offset && end_of(mark.span) <= end_of(outer.span));
}

// what_breaks_nesting says which mark does not lie in the one above it; empty if all do.
inline std::string what_breaks_nesting(const Tape& tape) {
  std::vector<Mark> open;
  for (const Mark& mark : tape.marks) {
    const std::string field = info(mark.field).id;
    if (mark.depth > open.size()) {
      return field + ": a level is left out";
    }
    open.resize(mark.depth);
    if (!open.empty() && !lies_in(mark, open.back())) {
      return field + " is not within " + info(open.back().field).id;
    }
    if (mark.kind != MarkKind::title) {
      open.push_back(mark);
    } else if (open.empty() || info(open.back().field).shape != Shape::group) {
      return "the title" + tape.texts[mark.value] + " is of no group";
    }
  }
  return {};
}

inline void expect_nested(const Tape& tape, const std::string& what) {
  EXPECT_EQ(what_breaks_nesting(tape), "") << what;
}

inline bool has_wire_child(const std::vector<Mark>& marks, size_t i) {
  for (size_t k = i + 1; k < marks.size() && marks[k].depth > marks[i].depth; ++k) {
    if (marks[k].kind == MarkKind::wire && marks[k].source == marks[i].source) {
      return true;
    }
  }
  return false;
}

// leaves gives the spans of one source that no other mark divides, in reading order. A value is not
// divided by what stands inside it: the identifier within its DER, say.
inline std::vector<Span> leaves(const Tape& tape, uint8_t source) {
  std::vector<Span> out;
  int value_depth = INT_MAX;
  for (size_t i = 0; i < tape.marks.size(); ++i) {
    const Mark& mark = tape.marks[i];
    if (mark.kind != MarkKind::wire || mark.source != source || mark.depth > value_depth) {
      continue;
    }
    const bool is_value = info(mark.field).shape != Shape::group;
    value_depth = is_value ? mark.depth : INT_MAX;
    if (mark.span.length != 0 && (is_value || !has_wire_child(tape.marks, i))) {
      out.push_back(mark.span);
    }
  }
  return out;
}

inline void expect_partition(const std::vector<Span>& spans, uint64_t begin, uint64_t end,
                             const std::string& what) {
  uint64_t at = begin;
  for (const Span& span : spans) {
    ASSERT_EQ(span.offset, at) << what;
    at = end_of(span);
  }
  EXPECT_EQ(at, end) << what;
}

// is_length tells the fields that say how many bytes follow.
inline bool is_length(const Mark& mark) {
  const std::string id = info(mark.field).id;
  return mark.kind == MarkKind::wire &&
         (id.ends_with("_length") || id.ends_with("_len") || id.ends_with("_count"));
}

inline ByteVec with_length_changed(ByteVec bytes, const Span& place, int by) {
  uint32_t value = 0;
  for (uint32_t i = 0; i < place.length; ++i) {
    value = value << 8 | bytes[place.offset + i];
  }
  value += static_cast<uint32_t>(by);
  for (uint32_t i = place.length; i-- > 0; value >>= 8) {
    bytes[place.offset + i] = static_cast<uint8_t>(value);
  }
  return bytes;
}

}  // namespace tlslens::test
