// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/memory.h"

namespace tlslens {
namespace {

// entry returns what is remembered for a key, `made` if nothing is.
template <typename Value>
Value& entry(HashTable<Value>& all, uint64_t key, const Value& made) {
  if (all.size() >= Memory::kMaxRemembered) {
    all.clear();
  }
  return all.at(key, made);
}

// word_at takes the first 8 bytes as a number; written so, the compiler makes one load of it.
uint64_t word_at(Bytes bytes) {
  const auto part = [&](size_t i) { return uint64_t{bytes[i]} << (8 * i); };
  return part(0) | part(1) | part(2) | part(3) | part(4) | part(5) | part(6) | part(7);
}

}  // namespace

const Memory::Seen* Memory::find(Kind kind, uint64_t hash, uint32_t connection) const {
  const Seen* seen = seen_[static_cast<size_t>(kind)].find(hash);
  return seen == nullptr || seen->connection == connection ? nullptr : seen;
}

void Memory::remember(Kind kind, uint64_t hash, Seen where) {
  entry(seen_[static_cast<size_t>(kind)], hash, where);
}

const Memory::Session* Memory::session(uint64_t id) const { return sessions_.find(id); }

void Memory::remember_session(uint64_t id, const Session& session) {
  entry(sessions_, id, session);
}

const Memory::Failure* Memory::failure(uint64_t peers) const { return failures_.find(peers); }

void Memory::remember_failure(uint64_t peers, const Failure& failure) {
  entry(failures_, peers, failure) = failure;
}

const Memory::Choice* Memory::choice(uint64_t server) const { return choices_.find(server); }

void Memory::remember_choice(uint64_t server, const Choice& choice) {
  Choice& known = entry(choices_, server, choice);
  if (known.highest.value < choice.highest.value) {
    known = choice;
  }
}

const Memory::Shown* Memory::shown(uint64_t server) const { return shown_.find(server); }

void Memory::remember_shown(uint64_t server, const Shown& shown) {
  entry(shown_, server, shown) = shown;
}

void Memory::clear() {
  for (auto& all : seen_) {
    all.clear();
  }
  sessions_.clear();
  failures_.clear();
  choices_.clear();
  shown_.clear();
  kept = 0;
  connections = 0;
}

// Like FNV-1a of 64 bits, but of 8 bytes at a time, with a shift so that high bits count, too.
uint64_t hash_of(Bytes bytes) {
  constexpr uint64_t kPrime = 0x100000001b3;
  uint64_t hash = 0xcbf29ce484222325 ^ bytes.size();
  const auto mix = [&](uint64_t word) {
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 29;
  };
  constexpr size_t kWord = sizeof(uint64_t);
  for (; bytes.size() >= 4 * kWord; bytes = bytes.subspan(4 * kWord)) {
    mix(word_at(bytes));
    mix(word_at(bytes.subspan(kWord)));
    mix(word_at(bytes.subspan(2 * kWord)));
    mix(word_at(bytes.subspan(3 * kWord)));
  }
  for (; bytes.size() >= kWord; bytes = bytes.subspan(kWord)) {
    mix(word_at(bytes));
  }
  for (const uint8_t byte : bytes) {
    mix(byte);
  }
  return hash == 0 ? 1 : hash;
}

}  // namespace tlslens
