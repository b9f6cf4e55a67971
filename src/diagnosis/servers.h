// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <vector>

#include "registry/code_point.h"
#include "session/tcp.h"

namespace tlslens {

// Accepted is what a server chose in handshakes of the capture up to here.
struct Accepted {
  uint32_t frame = 0;  // of the first ServerHello
  std::vector<Version> versions;
  std::vector<CipherSuite> suites;
  std::vector<NamedGroup> groups;
  uint32_t shortest_hello = 0;  // the shortest ClientHello that it answered, in bytes
};

// Servers remembers what servers accepted, by address and port: of kMaxServers at most, and of each
// no more than kMaxChoices of a kind. What comes above is not remembered.
class Servers {
 public:
  static constexpr size_t kMaxServers = 1 << 16;
  static constexpr size_t kMaxChoices = 16;

  // find returns null for a server that has accepted nothing.
  const Accepted* find(const Endpoint& server) const;
  void remember(const Endpoint& server, uint32_t frame, uint32_t hello_length, Version version,
                CipherSuite suite, NamedGroup group);
  void clear() { all_.clear(); }

 private:
  std::map<Endpoint, Accepted> all_;
};

}  // namespace tlslens
