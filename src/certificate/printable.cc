// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/printable.h"

#include <algorithm>

#include "certificate/certificate.h"

namespace tlslens {
namespace {

constexpr const char* kCut = "…";

// Character is a character of a text; `length` 0 means that its first byte begins none.
struct Character {
  uint32_t code = 0;
  size_t length = 0;
};

// length_from is how many bytes a character of UTF-8 has that begins with this one (RFC 3629 §3).
size_t length_from(uint8_t first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xc2 || first > 0xf4) {
    return 0;
  }
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

// first_character reads the character that a text, which is not empty, begins with.
Character first_character(Bytes text) {
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const size_t length = length_from(text[0]);
  if (length <= 1 || length > text.size()) {
    return {text[0], length == 1 ? 1U : 0U};
  }
  uint32_t code = text[0] & (0x7fU >> length);
  for (const uint8_t byte : text.subspan(1, length - 1)) {
    if ((byte & 0xc0) != 0x80) {
      return {};
    }
    code = code << 6 | (byte & 0x3f);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return {code, code < kLeast[length] || code > 0x10ffff || surrogate ? 0 : length};
}

// acts_on_text tells of characters that are not seen themselves: controls, the separators of lines
// and paragraphs, and those that change the direction of writing.
bool acts_on_text(uint32_t code) {
  const auto within = [code](uint32_t first, uint32_t last) {
    return code >= first && code <= last;
  };
  return code < 0x20 || within(0x7f, 0x9f) || within(0x200e, 0x200f) || within(0x2028, 0x202e) ||
         within(0x2066, 0x2069);
}

void append_digits(std::string& out, uint8_t byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 0xf];
}

void append_escaped(std::string& out, Bytes bytes) {
  for (const uint8_t byte : bytes) {
    out += "\\x";
    append_digits(out, byte);
  }
}

}  // namespace

std::string printable(Bytes text, Backslash backslash) {
  const auto is_plain = [](uint8_t byte) { return byte >= 0x20 && byte < 0x7f && byte != '\\'; };
  if (text.size() <= kMaxText && std::ranges::all_of(text, is_plain)) {
    return {text.begin(), text.end()};
  }
  std::string out;
  while (!text.empty()) {
    const Character character = first_character(text);
    const Bytes bytes = text.first(character.length == 0 ? 1 : character.length);
    const bool backslash_too = backslash == Backslash::escaped && character.code == '\\';
    const bool escape = character.length == 0 || acts_on_text(character.code) || backslash_too;
    if (out.size() + (escape ? 4 : 1) * bytes.size() > kMaxText) {
      return out + kCut;
    }
    if (escape) {
      append_escaped(out, bytes);
    } else {
      out.append(bytes.begin(), bytes.end());
    }
    text = text.subspan(bytes.size());
  }
  return out;
}

std::string hexadecimal(Bytes bytes) {
  std::string out;
  for (const uint8_t byte : bytes.first(std::min(bytes.size(), kMaxText / 2))) {
    append_digits(out, byte);
  }
  return bytes.size() > kMaxText / 2 ? out + kCut : out;
}

}  // namespace tlslens
