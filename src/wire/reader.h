// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/bytes.h"
#include "wire/tape.h"

namespace tlslens {

// FaultKind is what can be wrong with a length, as far as bytes alone tell.
enum class FaultKind : uint8_t {
  overrun,       // a length asks for more than the enclosing one holds
  out_of_range,  // a vector's length is outside the limits its definition sets
  ragged,        // a vector's length is no multiple of its elements' size
  trailing,      // bytes are left after the last field
  repeated,      // an element stands twice where it may stand once
  cut,           // the bytes were sent but not captured
};

// Fault is damage found by a read: which field could not be read, and the bytes concerned.
struct Fault {
  FaultKind kind;
  Field field;
  uint8_t source;
  Span span;
  bool operator==(const Fault&) const = default;
};

// Vec is a vector with a length prefix as RFC 8446 §3.4 writes it: opaque body<min..max>, where
// `prefix` is the number of bytes of the length and each element has `unit` bytes.
struct Vec {
  uint8_t prefix;
  uint32_t min;
  uint32_t max;
  uint8_t unit = 1;
};

// Parse is what all readers of one parse share. `tape` may be null: then nobody looks and nothing
// is recorded. `base` is the first byte of the source; spans count from it.
struct Parse {
  Tape* tape = nullptr;
  std::vector<Fault>* faults = nullptr;
  const uint8_t* base = nullptr;
  uint8_t source = 0;
};

// Reader is a cursor over a structure that cannot read past its end and never throws. Once a read
// fails, a fault is noted and every later read returns zero or nothing: look at ok() before a
// decision is made on a value. It owns nothing.
//
// The structure's end as captured and as sent may differ (snap length, lost segment): `missing` is
// the number of bytes that were sent and not captured. A read that fails for them is `cut`, not
// `overrun`.
class Reader {
 public:
  Reader(Parse& parse, Bytes bytes, uint32_t missing, uint8_t depth)
      : parse_(&parse),
        at_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        missing_(missing),
        depth_(depth) {}

  // u8, u16, u24 and u32 read a big-endian integer; 0 after a failure.
  uint8_t u8(Field f) { return static_cast<uint8_t>(integer(f, 1)); }
  uint16_t u16(Field f) { return static_cast<uint16_t>(integer(f, 2)); }
  uint32_t u24(Field f) { return integer(f, 3); }
  uint32_t u32(Field f) { return integer(f, 4); }
  // integer is the same for a size of 1 to 4 bytes that is not known here.
  uint32_t integer(Field f, size_t size);
  // code reads a code point: a type that holds one integer of its own size.
  template <typename CodePoint>
  CodePoint code(Field f) {
    return CodePoint{static_cast<decltype(CodePoint::value)>(integer(f, sizeof(CodePoint::value)))};
  }

  // opaque reads n bytes; empty after a failure.
  Bytes opaque(Field f, size_t n);
  // all reads what is left, if anything is; need_all notes a fault if some of it was not captured.
  Bytes all(Field f) { return left() == 0 ? Bytes{} : opaque(f, left()); }
  Bytes need_all(Field f);
  // vec reads a length prefix (`length`) and returns a reader over the vector's body, which becomes
  // the group `body`; this reader steps past it. A length outside v's limits is a fault, and the
  // body is read all the same. If the body does not fit, the returned reader has what is there,
  // this one has failed.
  Reader vec(Field length, Field body, const Vec& v);
  // vec_body is vec for a body that is no group of its own: its fields keep this reader's depth.
  Reader vec_body(Field length, const Vec& v);
  // body returns a reader over the next n bytes, of the given depth, as vec does for its body;
  // `blame` is the mark that a fault names if they are not there.
  struct Blame {
    Field field;
    Span place;
  };
  Reader body(Blame blame, uint32_t n, uint8_t depth);
  // group is body for the n bytes of a group with a mark of its own, one level deeper.
  Reader group(Field f, uint32_t n);
  // vec_bytes is vec for a body that is one leaf; an empty body leaves no mark.
  Bytes vec_bytes(Field length, Field body, const Vec& v);

  // list is vec for a vector of integers of v.unit bytes each: each becomes a leaf `element`. It
  // returns the body as far as it was captured. Without a group (Field{}) the elements stand beside
  // the length.
  Bytes list(Field length, Field group, Field element, const Vec& v);

  // skip steps over n bytes that other marks account for; n is at most left().
  void skip(size_t n) { at_ += n; }

  // open begins a group that takes its length from what is read until close.
  size_t open(Field group);
  void close(size_t group);
  // inside leaves a mark for a part of what was read last, one level below it.
  void inside(Field f, Span span);
  // number_inside is the same for a derived mark.
  void number_inside(Field f, Span span, uint64_t value);
  // text_inside is number_inside for a text.
  void text_inside(Field f, Span span, std::string text);
  // number, text and title leave derived marks of this depth (see MarkKind).
  void number(Field f, Span span, uint64_t value);
  void text(Field f, std::string_view text);
  void title(std::string_view text);
  void title_count(size_t n);  // of the group's elements: " (n)"

  // blame notes a fault that is not one of a read.
  void blame(FaultKind kind, Field f, Span span) { fault(kind, f, span); }
  // done reads bytes that are left as the leaf `f` and notes them as trailing.
  void done(Field f);

  // more is the loop condition for lists.
  bool more() const { return !failed_ && at_ != end_; }
  bool ok() const { return !failed_; }
  bool wants_marks() const { return parse_->tape != nullptr; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  uint32_t missing() const { return missing_; }
  Bytes rest() const { return {at_, end_}; }
  Span here(size_t length) const {
    return {static_cast<uint32_t>(at_ - parse_->base), static_cast<uint32_t>(length)};
  }
  Parse& parse() { return *parse_; }
  uint8_t depth() const { return depth_; }

 private:
  const uint8_t* take(Field f, size_t n);
  [[gnu::noinline]] const uint8_t* miss(Field f, size_t n);
  size_t mark(Field f, Span span);
  // These are for a tape that is there, mark_next for the next n bytes, note_trailing for bytes
  // that are left. In line they would take the registers of those who call them, mostly for
  // nothing.
  [[gnu::noinline]] size_t add_mark(Field f, Span span);
  [[gnu::noinline]] void mark_next(Field f, size_t n);
  [[gnu::noinline]] void add_number(Field f, Span span, uint64_t value);
  [[gnu::noinline]] void end_mark(size_t group);
  [[gnu::noinline]] void note_trailing(Field f);
  void fault(FaultKind kind, Field f, Span span);
  uint32_t checked_length(Field length, const Vec& v);
  // behind is the place of the n bytes that were read last.
  Span behind(uint8_t n) const { return {static_cast<uint32_t>(at_ - n - parse_->base), n}; }

  Parse* parse_;
  const uint8_t* at_;
  const uint8_t* end_;
  uint32_t missing_;
  uint8_t depth_;
  bool failed_ = false;
};

// What follows is done for every field of every message, mostly while nobody looks.

inline size_t Reader::mark(Field f, Span span) {
  return parse_->tape == nullptr ? Tape::kNotTaken : add_mark(f, span);
}

inline size_t Reader::open(Field group) {
  const size_t index = mark(group, here(0));
  ++depth_;
  return index;
}

inline void Reader::close(size_t group) {
  --depth_;
  if (group != Tape::kNotTaken) {
    end_mark(group);
  }
}

inline void Reader::number(Field f, Span span, uint64_t value) {
  if (wants_marks()) {
    add_number(f, span, value);
  }
}

inline void Reader::done(Field f) {
  if (more()) {
    note_trailing(f);
  }
}

inline const uint8_t* Reader::take(Field f, size_t n) {
  if (failed_ || n > left()) [[unlikely]] {
    return miss(f, n);
  }
  if (wants_marks()) [[unlikely]] {
    mark_next(f, n);
  }
  const uint8_t* taken = at_;
  at_ += n;
  return taken;
}

inline uint32_t Reader::integer(Field f, size_t n) {
  const uint8_t* p = take(f, n);
  if (p == nullptr) [[unlikely]] {
    return 0;
  }
  uint32_t value = p[0];
  for (size_t i = 1; i < n; ++i) {
    value = value << 8 | p[i];
  }
  return value;
}

inline uint32_t Reader::checked_length(Field length, const Vec& v) {
  const uint32_t n = integer(length, v.prefix);
  const bool in_range = n >= v.min && n <= v.max;
  if (!failed_ && (!in_range || n % v.unit != 0)) {
    fault(in_range ? FaultKind::ragged : FaultKind::out_of_range, length, behind(v.prefix));
  }
  return n;
}

inline Reader Reader::vec_body(Field length, const Vec& v) {
  const uint32_t n = checked_length(length, v);
  return body({length, failed_ ? Span{} : behind(v.prefix)}, n, depth_);
}

inline Bytes Reader::vec_bytes(Field length, Field body, const Vec& v) {
  const uint32_t n = checked_length(length, v);
  return failed_ || n == 0 ? Bytes{} : opaque(body, n);
}

}  // namespace tlslens
