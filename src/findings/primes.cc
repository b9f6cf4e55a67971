// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/primes.h"

#include <algorithm>
#include <array>

namespace tlslens {
namespace {

// A prime of these families is told by its length and its first bytes: 64 bits that are set, then
// the digits of pi or e.
using Start = std::array<uint8_t, 16>;
constexpr Start kOakley = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                           0xc9, 0x0f, 0xda, 0xa2, 0x21, 0x68, 0xc2, 0x34};
constexpr Start kFfdhe = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                          0xad, 0xf8, 0x54, 0x58, 0xa2, 0xbb, 0x4a, 0x9a};
constexpr Start kRfc5114 = {0xb1, 0x0b, 0x8f, 0x96, 0xa0, 0x80, 0xe0, 0x1d,
                            0xde, 0x92, 0xde, 0x5e, 0xae, 0x5d, 0x54, 0xec};

bool starts_with(Bytes prime, const Start& start) {
  return prime.size() > start.size() && std::ranges::equal(prime.first(start.size()), start);
}

}  // namespace

std::string_view name_of_prime(Bytes prime) {
  constexpr size_t kOf768 = 96;
  constexpr size_t kOf1024 = 128;
  if (starts_with(prime, kOakley) && prime.size() == kOf768) {
    return "Oakley group 1";
  }
  if (starts_with(prime, kOakley) && prime.size() == kOf1024) {
    return "Oakley group 2";
  }
  return starts_with(prime, kRfc5114) && prime.size() == kOf1024 ? "the 1024-bit group of RFC 5114"
                                                                 : "";
}

bool is_ffdhe(Bytes prime) {
  constexpr size_t kLengths[] = {256, 384, 512, 768, 1024};
  return starts_with(prime, kFfdhe) &&
         std::ranges::find(kLengths, prime.size()) != std::end(kLengths);
}

}  // namespace tlslens
