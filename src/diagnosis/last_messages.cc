// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/trail.h"

#include "handshake/message.h"

namespace tlslens {

std::string Trail::last_message(Direction by) const {
  const auto& type = last[static_cast<size_t>(by)];
  if (by == Direction::server_to_client && retried) {
    return "Hello Retry Request";
  }
  return type ? shown_name(name(Registry::HandshakeType, type->value)) : "nothing";
}

}  // namespace tlslens
