// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "registry/code_point.h"
#include "wire/tape.h"

namespace tlslens {

// Shape is how a field is read and shown.
enum class Shape : uint8_t {
  group,  // holds other fields
  u8,     // unsigned integers, shown in decimal
  u16,
  u24,
  u32,
  x8,  // unsigned integers, shown in hexadecimal
  x16,
  x24,
  bytes,
  text,     // UTF-8 or ASCII
  oid,      // an ASN.1 object identifier
  time,     // seconds since 1970: 4 bytes on the wire; a derived value may be negative as int64_t
  time_ms,  // milliseconds since 1970, 8 bytes
  flag,     // a boolean
  frame,    // the number of a frame
  milliseconds,  // a derived duration, which Mark::value has in microseconds
};

// Field names every field there is; the rows stand in the .def file of the room that reads them.
enum class Field : uint16_t {
  none,
#define FIELD(id, filter, label, shape, registry, reference, sentence) id,
#include "fields/fields.def"
#undef FIELD
  count,
};

// FieldInfo is one row: `filter` is the name without the protocol's prefix, `registry` names the
// code points of an integer, `reference` is the section that defines the field.
struct FieldInfo {
  const char* id;
  const char* filter;
  const char* label;
  Shape shape;
  Registry registry;
  const char* reference;
  const char* sentence;
};

// fields returns all rows, indexed by Field; the row of Field::none is empty.
std::span<const FieldInfo> fields();

inline const FieldInfo& info(Field f) { return fields()[static_cast<size_t>(f)]; }

}  // namespace tlslens
