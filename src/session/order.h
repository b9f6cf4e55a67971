// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/suite.h"
#include "session/flow.h"

namespace tlslens {

// HandshakeState is what was seen last of a handshake, as far as the order of messages goes
// (RFC 8446 §4, RFC 5246 §7.3).
enum class HandshakeState : uint8_t {
#define STATE(id, seen) id,
#define EDGE(...)
#include "session/order.def"
#undef STATE
#undef EDGE
};

// HandshakeEvent is what moves the state. A protected handshake message, which cannot be read, is
// `finished`; `other` is a message that has no place in any order, such as one of TLS 1.3 in the
// clear.
enum class HandshakeEvent : uint8_t {
  client_hello,
  server_hello,
  supplemental_data,
  certificate,
  certificate_url,
  certificate_status,
  server_key_exchange,
  certificate_request,
  server_hello_done,
  client_key_exchange,
  certificate_verify,
  change_cipher_spec,
  next_protocol,  // and the message of channel ids, which stands in the same place
  finished,
  new_session_ticket,
  other,
};
inline constexpr size_t kHandshakeEvents = static_cast<size_t>(HandshakeEvent::other) + 1;

// event_of returns the event that a message in the clear is; nothing for HelloRequest, which may
// come at any time (RFC 5246 §7.4.1.1), and for types that are not assigned.
std::optional<HandshakeEvent> event_of(HandshakeType type);

// next returns where an event leads, or nothing if it is out of order. From `unknown` every event
// leads to `unknown`.
std::optional<HandshakeState> next(HandshakeState state, HandshakeEvent event, Direction by);

// name is what people call an event: "Server Hello Done".
const char* name(HandshakeEvent event);
// expected names the events that may follow a state, as in "Certificate or Server Key Exchange".
std::string expected(HandshakeState state);

// What a suite's key exchange asks for (RFC 5246 §7.4.2 and §7.4.3, RFC 4279 §2 to §4). With plain
// RSA a ServerKeyExchange is an attack, and a finding of its own.
enum class Need : uint8_t { forbidden, optional, mandatory };
Need server_certificate_of(const SuiteParts& suite);
Need server_key_exchange_of(const SuiteParts& suite);

}  // namespace tlslens
