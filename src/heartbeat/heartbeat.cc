// SPDX-License-Identifier: GPL-2.0-or-later
#include "heartbeat/heartbeat.h"

#include "fields/fields.h"

namespace tlslens {

// RFC 6520 §4
Heartbeat read_heartbeat(Reader& r) {
  Heartbeat message;
  message.type = r.code<HeartbeatMessageType>(Field::heartbeat_type);
  const Span length_place = r.here(2);
  message.payload_length = r.u16(Field::heartbeat_length);
  Reader payload =
      r.body({Field::heartbeat_length, length_place}, message.payload_length, r.depth());
  payload.all(Field::heartbeat_payload);
  constexpr uint32_t kLeastPadding = 16;
  if (r.ok() && r.left() + r.missing() < kLeastPadding) {
    r.blame(FaultKind::overrun, Field::heartbeat_length, length_place);
  }
  r.need_all(Field::heartbeat_padding);
  return message;
}

}  // namespace tlslens
