// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "wire/bytes.h"

namespace tlslens {

// printable_start returns the printable ASCII that bytes begin with, `most` characters of it at
// most, and first_line as much of it as an explanation has room for.
std::string printable_start(Bytes bytes, size_t most);
std::string first_line(Bytes bytes);

// is_http_request tells the beginning of a request in HTTP (RFC 9112 §3).
bool is_http_request(std::string_view text);

// refuses_plain_text tells a server's answer to plain text that asks for TLS: an alert in the
// clear, or an error in HTTP that says so.
bool refuses_plain_text(Bytes bytes);

}  // namespace tlslens
