// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "certificate/certificate.h"

namespace tlslens {

// kMaxHost is how long a host name may be (RFC 1035 §2.3.4).
inline constexpr size_t kMaxHost = 255;

// match_host is matches_host for a host of 1 to kMaxHost bytes, none of them 0; nothing is
// remembered.
bool match_host(Bytes der, const std::string& host);

}  // namespace tlslens
