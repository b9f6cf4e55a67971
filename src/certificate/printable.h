// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "wire/bytes.h"

namespace tlslens {

// Backslash tells what printable does with one: it stays in a text in which it begins an escape
// already (RFC 4514 §2.4).
enum class Backslash : uint8_t { as_it_is, escaped };

// printable makes valid UTF-8 of bytes that ought to be: each byte that is not, and of a character
// that is not to be seen but acts on the text around it (controls, line ends, changes of
// direction), becomes \xNN. A text above kMaxText bytes is cut and ends in "…".
std::string printable(Bytes text, Backslash backslash);

// hexadecimal writes bytes in lower case without separators, cut as printable does.
std::string hexadecimal(Bytes bytes);

}  // namespace tlslens
