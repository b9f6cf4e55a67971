// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tlslens {

// HashTable keeps values by hashes, which are not 0. All entries lie in one piece, so that a
// look-up touches memory once, where std::unordered_map touches it for the bucket and for each
// entry of it.
template <typename Value>
class HashTable {
 public:
  // find returns null for a hash that there is no value for.
  const Value* find(uint64_t hash) const {
    const Slot* slot = slots_.empty() ? nullptr : place(slots_, hash);
    return slot == nullptr || slot->hash == 0 ? nullptr : &slot->value;
  }

  // at returns the value for a hash, which is `made` if there was none. Hashes of which more than
  // kFarthest share a place are made up: then all are forgotten.
  Value& at(uint64_t hash, const Value& made) {
    if (used_ >= slots_.size() / 4 * 3) {
      grow();
    }
    Slot* slot = place(slots_, hash);
    if (slot == nullptr) {
      clear();
      grow();
      slot = place(slots_, hash);
    }
    if (slot->hash == 0) {
      *slot = {hash, made};
      ++used_;
    }
    return slot->value;
  }

  size_t size() const { return used_; }
  bool empty() const { return used_ == 0; }
  void clear() {
    slots_ = {};
    used_ = 0;
  }

 private:
  static constexpr size_t kLeast = 16;
  static constexpr size_t kFarthest = 1024;

  struct Slot {
    uint64_t hash = 0;  // 0 where it is free
    Value value;
  };
  using Slots = std::vector<Slot>;  // a power of two

  // place returns the slot that has a hash, or the one that is free for it; null if all within
  // kFarthest have others.
  template <typename All>
  static auto place(All& slots, uint64_t hash) -> decltype(slots.data()) {
    for (size_t i = 0; i < kFarthest; ++i) {
      auto& slot = slots[(hash + i) & (slots.size() - 1)];
      if (slot.hash == hash || slot.hash == 0) {
        return &slot;
      }
    }
    return nullptr;
  }

  void grow() {
    Slots larger(slots_.empty() ? kLeast : 2 * slots_.size());
    for (const Slot& slot : slots_) {
      if (Slot* to = slot.hash == 0 ? nullptr : place(larger, slot.hash)) {
        *to = slot;
      }
    }
    slots_ = std::move(larger);
  }

  Slots slots_;
  size_t used_ = 0;
};

}  // namespace tlslens
