// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "registry/code_point.h"

namespace tlslens {

// named is a code point for a person: "handshake_failure (40)", or the number alone.
std::string named(Registry registry, uint32_t value);
// called is the name alone, or the number in hexadecimal.
std::string called(Registry registry, uint32_t value);
// hex writes a number as 0x and at least four digits.
std::string hex(uint32_t value);
// listed joins words with commas, without repeating one.
std::string listed(const std::vector<std::string>& words);

}  // namespace tlslens
