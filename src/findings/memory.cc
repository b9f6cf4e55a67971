// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/memory.h"

namespace tlslens {

std::optional<Memory::Seen> Memory::find(Kind kind, uint64_t hash, const Seen& now) const {
  const auto& all = seen_[static_cast<size_t>(kind)];
  const auto at = all.find(hash);
  if (at == all.end() || at->second.connection == now.connection) {
    return std::nullopt;
  }
  const bool is_relayed = now.context != 0 && at->second.context == now.context;
  return is_relayed ? std::nullopt : std::optional(at->second);
}

void Memory::remember(Kind kind, uint64_t hash, Seen where) {
  auto& all = seen_[static_cast<size_t>(kind)];
  if (all.size() >= kMaxRemembered) {
    all.clear();
  }
  all.emplace(hash, where);
}

const Memory::Session* Memory::session(uint64_t id) const {
  const auto at = sessions_.find(id);
  return at == sessions_.end() ? nullptr : &at->second;
}

void Memory::remember_session(uint64_t id, const Session& session) {
  if (sessions_.size() >= kMaxRemembered) {
    sessions_.clear();
  }
  sessions_.emplace(id, session);
}

void Memory::clear() {
  for (auto& all : seen_) {
    all.clear();
  }
  sessions_.clear();
}

// FNV-1a, of 64 bits.
uint64_t hash_of(Bytes bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const uint8_t byte : bytes) {
    hash = (hash ^ byte) * 0x100000001b3;
  }
  return hash == 0 ? 1 : hash;
}

}  // namespace tlslens
