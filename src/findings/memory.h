// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "findings/hash_table.h"
#include "session/handshake.h"

namespace tlslens {

// Memory is what is known across the connections of a capture, for findings that need two of them.
// It holds hashes, and of each kind no more than kMaxRemembered: then that kind is forgotten.
class Memory {
 public:
  static constexpr size_t kMaxRemembered = 1 << 16;

  // Seen is where something was seen first. `context` stands for the handshake it was part of:
  // where that is the same, a relay's two connections carry one handshake.
  struct Seen {
    uint32_t connection;
    uint32_t frame;
    uint64_t context = 0;
  };
  enum class Kind : uint8_t { random, server_value, sslv2_key, tls_key };

  // find returns where bytes of a kind were seen in another connection than this one, or null.
  const Seen* find(Kind kind, uint64_t hash, uint32_t connection) const;
  // remember keeps the first place of bytes.
  void remember(Kind kind, uint64_t hash, Seen where);

  // Session is what a session was negotiated with, by the id that its server gave it.
  struct Session {
    Version version;
    CipherSuite suite;
    bool extended_main_secret;
    uint32_t frame;
  };
  const Session* session(uint64_t id) const;
  void remember_session(uint64_t id, const Session& session);

  // Failure is a handshake that failed, by client and server.
  struct Failure {
    Version highest;  // that the client offered
    uint32_t frame;
    int64_t time;  // in seconds since 1970, UTC
  };
  bool has_failures() const { return !failures_.empty(); }
  const Failure* failure(uint64_t peers) const;
  void remember_failure(uint64_t peers, const Failure& failure);

  // Choice is the highest version that a server chose, by its address.
  struct Choice {
    Version highest;
    uint32_t frame;
  };
  const Choice* choice(uint64_t server) const;
  void remember_choice(uint64_t server, const Choice& choice);

  // Shown is the certificate that a server showed last, by its address and the name asked for.
  struct Shown {
    uint64_t certificate;
    uint32_t frame;
  };
  const Shown* shown(uint64_t server) const;
  void remember_shown(uint64_t server, const Shown& shown);

  // connections is how many have been looked at: they are numbered from 1.
  uint32_t connections = 0;

  // kMaxKept is how many bytes of messages and records that came in pieces are kept of all
  // connections together; `kept` is how many there are.
  static constexpr size_t kMaxKept = size_t{1} << 30;
  size_t kept = 0;

  void clear();

 private:
  HashTable<Seen> seen_[4];
  HashTable<Session> sessions_;
  HashTable<Failure> failures_;
  HashTable<Choice> choices_;
  HashTable<Shown> shown_;
};

// hash_of is a hash of bytes, never 0.
uint64_t hash_of(Bytes bytes);

}  // namespace tlslens
