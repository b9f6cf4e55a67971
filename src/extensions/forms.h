// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "extensions/read_extensions.h"
#include "fields/fields.h"

// The forms that most extensions have, so that a stanza of extensions.def is all they need.

namespace tlslens::form {

// size_of is the size of an integer field on the wire, in bytes; 1 for what is no integer.
constexpr uint8_t size_of(Shape shape) {
  switch (shape) {
    case Shape::u16:
    case Shape::x16:
      return 2;
    case Shape::u24:
    case Shape::x24:
      return 3;
    case Shape::u32:
      return 4;
    default:
      return 1;
  }
}

// nothing is an extension that says all by being there.
inline void nothing(Reader&, Message, Extensions&) {}

// number is one integer.
template <Field value>
void number(Reader& r, Message, Extensions&) {
  r.integer(value, size_of(info(value).shape));
}

// rest is a body that is one run of bytes without a length of its own.
template <Field value>
void rest(Reader& r, Message, Extensions&) {
  r.need_all(value);
}

constexpr uint32_t max_of(uint8_t prefix) { return prefix == 1 ? 0xff : 0xffff; }

// opaque is a run of bytes behind a length of `prefix` bytes, which lies between two limits.
template <uint8_t prefix, Field length, Field value, uint32_t min, uint32_t max = max_of(prefix)>
void opaque(Reader& r, Message, Extensions&) {
  r.vec_bytes(length, value, Vec{prefix, min, max});
}

// list is a list of integers behind a length of `prefix` bytes; it is not empty. Without a group
// (Field::none) the elements stand beside the length.
template <uint8_t prefix, Field length, Field group, Field element>
void list(Reader& r, Message, Extensions&) {
  const uint8_t size = size_of(info(element).shape);
  r.list(length, group, element, Vec{prefix, size, max_of(prefix), size});
}

}  // namespace tlslens::form
