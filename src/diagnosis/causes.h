// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

#include "diagnosis/servers.h"
#include "diagnosis/trail.h"
#include "session/handshake.h"
#include "session/tcp.h"

namespace tlslens {

// Case is what the rules for causes look at: a handshake that failed, and how it ended.
struct Case {
  const Ending& ending;
  const Row& row;
  const Trail& trail;
  const Handshake& handshake;
  const TcpSide& client;
  const TcpSide& server;
  const Accepted* accepted;  // by the same server elsewhere in the capture; null for nothing

  bool by_client() const { return ending.by == Direction::client_to_server; }
  bool is_closed() const { return ending.is_closed(); }
  // alert is the one in the clear that ended the handshake, or came as a warning before it ended.
  std::optional<AlertDescription> alert() const;
};

// Finding out is done once: what a rule returns is the explanation, of kMaxExplanation bytes at
// most.
struct Diagnosis {
  Cause cause;
  std::string explanation;
};
Diagnosis find_cause(const Case& c);

// Each cause has a rule that explains a case, or returns nothing.
namespace cause {
#define OUTCOME(...)
#define ABOUT(...)
#define CAUSE(id, verdict, hint) std::optional<std::string> id(const Case& c);
#include "diagnosis/causes.def"
#undef OUTCOME
#undef ABOUT
#undef CAUSE
}  // namespace cause

}  // namespace tlslens
