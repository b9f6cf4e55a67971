// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

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
    const void* connection;
    uint32_t frame;
    uint64_t context = 0;
  };
  enum class Kind : uint8_t { random, server_value, sslv2_key, tls_key };

  // find returns where bytes of a kind were seen in another connection than `now`, and in another
  // context.
  std::optional<Seen> find(Kind kind, uint64_t hash, const Seen& now) const;
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

  void clear();

 private:
  std::unordered_map<uint64_t, Seen> seen_[4];
  std::unordered_map<uint64_t, Session> sessions_;
};

// hash_of is a hash of bytes, never 0.
uint64_t hash_of(Bytes bytes);

}  // namespace tlslens
