// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace tlslens {

// PageIndex finds a row of a table by its value of 16 bits in two steps: `page` has, for each high
// byte that rows have, where its 256 low bytes stand in `rows`, which are numbers of rows from 1.
template <size_t kPages>
class PageIndex {
 public:
  template <typename Row>
  constexpr explicit PageIndex(std::span<const Row> table) {
    size_t pages = 0;
    for (size_t i = 0; i < table.size(); ++i) {
      uint8_t& page = page_[table[i].value >> 8];
      if (page == 0) {
        page = static_cast<uint8_t>(++pages);
      }
      rows_[page][table[i].value & 0xff] = static_cast<uint16_t>(i + 1);
    }
  }

  // find returns the number of the row counted from 1, or 0 if there is none.
  constexpr size_t find(uint32_t value) const {
    return value > 0xffff ? 0 : rows_[page_[value >> 8]][value & 0xff];
  }

 private:
  std::array<uint8_t, 256> page_{};
  std::array<std::array<uint16_t, 256>, kPages + 1> rows_{};  // of the first nothing is used
};

// pages_of counts the high bytes that a table has, which is sorted by value.
template <typename Row>
constexpr size_t pages_of(std::span<const Row> table) {
  size_t pages = 0;
  for (size_t i = 0; i < table.size(); ++i) {
    pages += i == 0 || table[i].value >> 8 != table[i - 1].value >> 8 ? 1 : 0;
  }
  return pages;
}

// indexed_row returns the row of a table that has a value, or null.
template <const auto& kTable>
const auto* indexed_row(uint32_t value) {
  using Row = std::remove_reference_t<decltype(kTable[0])>;
  constexpr std::span<Row> kRows(kTable);
  static constexpr PageIndex<pages_of(kRows)> kIndex(kRows);
  const size_t number = kIndex.find(value);
  return number == 0 ? nullptr : &kRows[number - 1];
}

}  // namespace tlslens
