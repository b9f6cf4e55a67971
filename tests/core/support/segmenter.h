// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "support/wire_builder.h"

namespace tlslens::test {

// A segmenter cuts a run of bytes into the pieces in which TCP delivers them.
class Segmenter {
 public:
  static Segmenter whole() { return Segmenter(SIZE_MAX, 0); }
  static Segmenter every(size_t n) { return Segmenter(n, 0); }
  static Segmenter byte_by_byte() { return every(1); }
  // random cuts pieces of 1 to `longest` bytes; equal seeds cut alike.
  static Segmenter random(uint32_t seed, size_t longest) { return Segmenter(longest, seed); }

  std::vector<ByteVec> cut(const ByteVec& bytes) {
    std::vector<ByteVec> out;
    for (size_t at = 0; at < bytes.size();) {
      const size_t n = std::min(next(), bytes.size() - at);
      const auto begin = bytes.begin() + static_cast<ptrdiff_t>(at);
      out.emplace_back(begin, begin + static_cast<ptrdiff_t>(n));
      at += n;
    }
    return out;
  }

 private:
  Segmenter(size_t longest, uint32_t seed) : longest_(longest), seed_(seed), engine_(seed) {}

  size_t next() { return seed_ == 0 ? longest_ : 1 + engine_() % longest_; }

  size_t longest_;
  uint32_t seed_;  // 0: all pieces have `longest_` bytes
  std::mt19937 engine_;
};

}  // namespace tlslens::test
