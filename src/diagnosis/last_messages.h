// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>

#include "registry/code_point.h"
#include "session/flow.h"

namespace tlslens {

// LastMessages are the last handshake messages of both sides.
struct LastMessages {
  std::array<std::optional<HandshakeType>, 2> types;  // by Direction
  bool is_retry = false;                              // that of the server is a HelloRetryRequest

  // name names that of a side: "Client Hello", or "nothing".
  std::string name(Direction by) const;
  // text is "client: Client Hello, server: nothing".
  std::string text() const;
};

}  // namespace tlslens
