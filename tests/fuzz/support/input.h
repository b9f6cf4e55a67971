// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "support/wire_builder.h"
#include "wire/bytes.h"

namespace tlslens::fuzz {

// Input hands out the bytes of a test case from the front; zeros when they are used up.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, size) {}

  bool more() const { return !rest_.empty(); }
  uint8_t u8() {
    if (rest_.empty()) {
      return 0;
    }
    const uint8_t out = rest_[0];
    rest_ = rest_.subspan(1);
    return out;
  }
  uint16_t u16() {
    const uint8_t high = u8();
    return static_cast<uint16_t>(high << 8 | u8());
  }
  // take hands out n bytes, or those that are left.
  test::ByteVec take(size_t n) {
    const Bytes out = rest_.first(std::min(n, rest_.size()));
    rest_ = rest_.subspan(out.size());
    return {out.begin(), out.end()};
  }
  test::ByteVec all() { return take(rest_.size()); }

 private:
  Bytes rest_;
};

}  // namespace tlslens::fuzz
