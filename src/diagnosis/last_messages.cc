// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/last_messages.h"

#include "handshake/message.h"

namespace tlslens {

std::string LastMessages::name(Direction by) const {
  const auto& type = types[static_cast<size_t>(by)];
  if (by == Direction::server_to_client && is_retry) {
    return "Hello Retry Request";
  }
  return type ? shown_name(tlslens::name(Registry::HandshakeType, type->value)) : "nothing";
}

std::string LastMessages::text() const {
  return "client: " + name(Direction::client_to_server) +
         ", server: " + name(Direction::server_to_client);
}

}  // namespace tlslens
