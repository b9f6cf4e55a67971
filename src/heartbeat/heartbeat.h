// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "registry/code_point.h"
#include "wire/reader.h"

namespace tlslens {

// Heartbeat is a heartbeat message (RFC 6520 §4). `payload_length` is what the message says, which
// may be more than it has.
struct Heartbeat {
  HeartbeatMessageType type;
  uint16_t payload_length = 0;
};

// read_heartbeat reads a message that fills its record, from its type on.
Heartbeat read_heartbeat(Reader& r);

}  // namespace tlslens
