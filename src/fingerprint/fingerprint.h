// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "handshake/message.h"

namespace tlslens {

// ja3 and ja3s are the strings whose MD5 hashes are the fingerprints of that name: decimal numbers
// in the order of the message, without GREASE (RFC 8701).
std::string ja3(const ClientHello& hello);
std::string ja3s(const ServerHello& hello);

// Ja4 is the fingerprint of a ClientHello over TCP, and the same with the lists that it hashes.
struct Ja4 {
  std::string hashed;
  std::string raw;
};
Ja4 ja4(const ClientHello& hello);

// md5_text is the MD5 hash of a text, in lower-case hexadecimal; sha256_text the same.
std::string md5_text(const std::string& text);
std::string sha256_text(const std::string& text);

// show_fingerprints leaves the fingerprints of a hello that was read whole.
void show_fingerprints(Reader& r, const Body& body);

}  // namespace tlslens
