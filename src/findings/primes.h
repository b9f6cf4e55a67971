// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "wire/bytes.h"

namespace tlslens {

// name_of_prime returns what a prime of Diffie-Hellman is known as, if it is one of 1024 bits or
// less that many servers share (RFC 2409 §6.1 and §6.2, RFC 5114 §2.1); else an empty view. The
// number is without leading zeros.
std::string_view name_of_prime(Bytes prime);

// is_ffdhe tells the primes of RFC 7919 §A.
bool is_ffdhe(Bytes prime);

}  // namespace tlslens
