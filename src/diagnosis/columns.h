// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <string>
#include <vector>

#include "diagnosis/row.h"

namespace tlslens {

// Column is one of the table of handshakes. `key` is its name in JSON.
struct Column {
  const char* title;
  const char* key;
  bool is_number;
  std::string (*text)(const Row& row, int64_t end);
};
inline constexpr size_t kColumnCount = 16;
const std::array<Column, kColumnCount>& columns();

// in_order returns rows as a table shows them: those that failed first, else by their index. `end`
// is the time of the last frame of the capture, in microseconds since 1970.
std::vector<const Row*> in_order(std::vector<const Row*> rows, int64_t end);

// json_line writes a row as one JSON object (RFC 8259), without what is not known.
std::string json_line(const Row& row, int64_t end);

}  // namespace tlslens
