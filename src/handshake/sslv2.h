// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handshake/message.h"

namespace tlslens {

// read_sslv2 reads a message of SSLv2 from its type on (draft-hickman-netscape-ssl-00 §2.5, and
// RFC 5246 §E.2 for its ClientHello). In `out` are a ClientHello and certificates.
void read_sslv2(Reader& r, Body& out);

}  // namespace tlslens
