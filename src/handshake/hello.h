// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "handshake/message.h"

namespace tlslens {

inline constexpr uint32_t kRandomSize = 32;

// read_random reads the random of a hello, and if `split` its time and its other bytes too
// (RFC 5246 §7.4.1.2). Empty after a failure.
Bytes read_random(Reader& r, bool split);

// read_suite reads a cipher suite and shows its parts.
CipherSuite read_suite(Reader& r);

// describe says in one line what an engineer wants to read of a hello.
std::string describe(const ClientHello& hello);
std::string describe(const ServerHello& hello);

}  // namespace tlslens
