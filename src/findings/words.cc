// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/words.h"

#include <algorithm>

namespace tlslens {

std::string hex(uint32_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kDigits[value >> shift & 0xf];
  }
  return out;
}

std::string named(Registry registry, uint32_t value) {
  const std::string_view known = name(registry, value);
  const std::string number = std::to_string(value);
  return known.empty() ? number : std::string(known) + " (" + number + ")";
}

std::string called(Registry registry, uint32_t value) {
  const std::string_view known = name(registry, value);
  return known.empty() ? hex(value) : std::string(known);
}

std::string listed(const std::vector<std::string>& words) {
  std::vector<std::string> once;
  std::string out;
  for (const std::string& word : words) {
    if (std::ranges::find(once, word) == once.end()) {
      once.push_back(word);
      out += out.empty() ? word : ", " + word;
    }
  }
  return out;
}

}  // namespace tlslens
