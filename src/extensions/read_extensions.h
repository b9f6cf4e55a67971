// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "registry/code_point.h"
#include "wire/reader.h"

namespace tlslens {

// Message names the messages whose extensions differ in form (RFC 8446 §4.2).
enum class Message : uint8_t { client_hello, server_hello, hello_retry_request };

// Extensions is what a list of extensions says, as far as it is decoded. Views point into the
// message; values stay empty for what is not there.
struct Extensions {
  Bytes server_name;              // RFC 6066 §3, the first host_name
  std::vector<Version> versions;  // RFC 8446 §4.2.1, offered
  Version selected_version;       // RFC 8446 §4.2.1, chosen by the server
  Bytes alpn;                     // RFC 7301 §3.1, the first protocol
};

// read_extensions reads a list with its length (RFC 8446 §4.2). Damage in one extension does not
// hide the next.
Extensions read_extensions(Reader& r, Message message);

}  // namespace tlslens
