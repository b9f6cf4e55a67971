// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/hash_table.h"

#include <gtest/gtest.h>

#include <map>

namespace tlslens::test {
namespace {

// Hashes that are neighbours, and some that differ in high bits only, against std::map.
TEST(HashTable, FindsWhatWasPutThere) {
  constexpr uint64_t kMany = 20'000;
  HashTable<uint64_t> table;
  std::map<uint64_t, uint64_t> expected;
  EXPECT_EQ(table.find(1), nullptr);
  for (uint64_t i = 1; i <= kMany; ++i) {
    const uint64_t hash = i % 100 == 0 ? i << 40 : i * i;
    expected.emplace(hash, i);
    EXPECT_EQ(table.at(hash, i), expected.at(hash));
  }
  EXPECT_EQ(table.size(), expected.size());
  for (const auto& [hash, value] : expected) {
    ASSERT_NE(table.find(hash), nullptr);
    EXPECT_EQ(*table.find(hash), value);
  }
  EXPECT_EQ(table.find(kMany * kMany + 1), nullptr);
  table.clear();
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.find(1), nullptr);
}

TEST(HashTable, ChangesAValueInPlace) {
  HashTable<int> table;
  table.at(7, 1) = 2;
  EXPECT_EQ(table.at(7, 3), 2);
  EXPECT_EQ(table.size(), 1U);
}

// All share a place in any table of fewer than 2^32 slots: each would be compared with all before.
TEST(HashTable, ForgetsHashesThatAreMadeUp) {
  constexpr uint64_t kMany = 3000;
  HashTable<uint64_t> table;
  for (uint64_t i = 1; i <= kMany; ++i) {
    EXPECT_EQ(table.at(i << 32 | 5, i), i);
    ASSERT_NE(table.find(i << 32 | 5), nullptr);
  }
  EXPECT_LT(table.size(), kMany);
  EXPECT_EQ(table.find(uint64_t{1} << 32 | 5), nullptr);
}

}  // namespace
}  // namespace tlslens::test
