// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "wire/bytes.h"

namespace tlslens {

// ct_log_name returns the name of a log of certificates by its id, the 32 bytes of the SHA-256 hash
// of its key (RFC 6962 §3.2); an empty view for a log that is not known.
std::string_view ct_log_name(Bytes log_id);

}  // namespace tlslens
