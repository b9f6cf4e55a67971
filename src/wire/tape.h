// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "wire/bytes.h"

namespace tlslens {

// Field is opaque here: which fields there are is said in fields/fields.h.
enum class Field : uint16_t;

// MarkKind tells where the value of a mark comes from.
enum class MarkKind : uint8_t {
  wire,    // the bytes of the span
  number,  // Mark::value: derived, nothing on the wire says so
  text,    // Tape::texts[Mark::value]: derived
  title,  // Tape::texts[Mark::value] completes the title of the enclosing group; no item of its own
};

// Mark says that a span of a source is a field. Marks stand in reading order; a mark of depth n+1
// lies within the last mark of depth n before it, and within its span if both have one source.
struct Mark {
  Field field;
  uint8_t depth = 0;
  MarkKind kind = MarkKind::wire;
  uint8_t source = 0;
  Span span;
  uint64_t value = 0;
};

// Tape is what a parse leaves behind for whoever wants to show it. Past kMaxMarks it is full and
// takes no more; `overflowed` says so.
class Tape {
 public:
  static constexpr size_t kMaxMarks = 200'000;
  static constexpr uint8_t kMaxDepth = 15;

  std::vector<Mark> marks;
  std::vector<std::string> texts;
  bool overflowed = false;

  static constexpr size_t kNotTaken = SIZE_MAX;

  // add returns the mark's index, or kNotTaken if the tape is full.
  size_t add(const Mark& mark) {
    if (marks.size() >= kMaxMarks || mark.depth > kMaxDepth) {
      overflowed = true;
      return kNotTaken;
    }
    marks.push_back(mark);
    return marks.size() - 1;
  }
  // add_text is add() for the kinds `text` and `title`; mark.value is set here.
  void add_text(Mark mark, std::string text) {
    mark.value = texts.size();
    if (add(mark) != kNotTaken) {
      texts.push_back(std::move(text));
    }
  }
  void clear() {
    marks.clear();
    texts.clear();
    overflowed = false;
  }
};

}  // namespace tlslens
