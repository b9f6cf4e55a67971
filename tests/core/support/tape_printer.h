// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cctype>
#include <cstdio>
#include <string>
#include <vector>

#include "fields/fields.h"
#include "findings/finding.h"
#include "wire/tape.h"

namespace tlslens::test {

inline std::string hex_digits(Bytes bytes) {
  std::string out;
  for (const uint8_t b : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", b);
    out += digits;
  }
  return out;
}

// Sources are the bytes that the spans of a tape count in, source 0 first.
using Sources = std::vector<Bytes>;

inline std::string number_text(Shape shape, uint64_t value) {
  if (shape == Shape::flag) {
    return value != 0 ? "true" : "false";
  }
  if (shape == Shape::time) {
    return std::to_string(static_cast<int64_t>(value));
  }
  int digits = 0;
  if (shape == Shape::x8 || shape == Shape::x16 || shape == Shape::x24) {
    digits = shape == Shape::x8 ? 2 : shape == Shape::x16 ? 4 : 6;
  }
  if (digits == 0) {
    return std::to_string(value);
  }
  char out[24];
  std::snprintf(out, sizeof out, "0x%0*llx", digits, static_cast<unsigned long long>(value));
  return out;
}

inline std::string wire_text(Shape shape, Bytes bytes) {
  if (shape == Shape::text) {
    std::string out;
    for (const uint8_t b : bytes) {
      out += std::isprint(b) != 0 ? static_cast<char>(b) : '?';
    }
    return out;
  }
  if (shape == Shape::bytes || shape == Shape::oid || shape == Shape::time ||
      shape == Shape::time_ms || bytes.size() > 4) {
    return hex_digits(bytes);
  }
  uint32_t value = 0;
  for (const uint8_t b : bytes) {
    value = value << 8 | b;
  }
  return number_text(shape, value);
}

// value_text is what a mark says: empty for a group.
inline std::string value_text(const Tape& tape, const Mark& mark, const Sources& sources) {
  const Shape shape = info(mark.field).shape;
  switch (mark.kind) {
    case MarkKind::number:
      return number_text(shape, mark.value);
    case MarkKind::text:
    case MarkKind::title:
      return tape.texts.at(mark.value);
    case MarkKind::wire:
      break;
  }
  if (shape == Shape::group) {
    return {};
  }
  return wire_text(shape, sources.at(mark.source).subspan(mark.span.offset, mark.span.length));
}

inline std::string line_of(const Tape& tape, const Mark& mark, const Sources& sources) {
  const bool title = mark.kind == MarkKind::title;
  const std::string value = value_text(tape, mark, sources);
  const std::string field = title ? "(title)" : info(mark.field).filter;
  // Derived values stand in brackets, as the tree shows them.
  const bool derived = mark.kind == MarkKind::number || mark.kind == MarkKind::text;
  return (derived ? "[" + field + "]" : field) + ":" + (value.empty() ? "" : " " + value);
}

// print_tape gives one line a mark, two blanks for each level: "field: value".
inline std::string print_tape(const Tape& tape, const Sources& sources) {
  std::string out;
  for (const Mark& mark : tape.marks) {
    out += std::string(2 * size_t{mark.depth}, ' ') + line_of(tape, mark, sources) + "\n";
  }
  return out;
}

inline std::string print_finding(const Finding& finding) {
  return std::string(info(finding.id).name) + " (" + name(finding.severity()) +
         "): " + text(finding);
}

inline std::string join(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    out += line + "\n";
  }
  return out;
}

}  // namespace tlslens::test
