// SPDX-License-Identifier: GPL-2.0-or-later
#include "alert/alert.h"

#include <gtest/gtest.h>

#include "fields/fields.h"
#include "support/runs.h"

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;

TEST(Alert, ReadsLevelAndDescription) {
  Parsed p({2, 40});
  const Alert alert = read_alert(p.reader, std::nullopt);
  EXPECT_EQ(alert.level, kFatal);
  EXPECT_EQ(alert.description.value, 40);
  EXPECT_EQ(p.values(Field::alert_level), Lines{"2"});
  EXPECT_EQ(p.values(Field::alert_desc), Lines{"40"});
  EXPECT_EQ(p.values(Field::alert_class), Lines{"error"});
  EXPECT_EQ(p.values(Field::alert_meaning).size(), 1U);
}

TEST(Alert, ReadsDescriptionBehindLevelOfEarlierRecord) {
  Parsed p({40});
  const Alert alert = read_alert(p.reader, kWarning);
  EXPECT_EQ(alert.level, kWarning);
  EXPECT_EQ(alert.description.value, 40);
}

TEST(Alert, ReadsUnassignedValuesWithoutMeaning) {
  Parsed p({3, 99});
  const Alert alert = read_alert(p.reader, std::nullopt);
  EXPECT_EQ(alert.level.value, 3);
  EXPECT_EQ(alert.description.value, 99);
  EXPECT_TRUE(p.values(Field::alert_meaning).empty());
}

TEST(Alert, RejectsUnassignedLevelsAndDescriptions) {
  EXPECT_TRUE(is_assigned(Alert{kWarning, {0}}));
  EXPECT_TRUE(is_assigned(Alert{kFatal, {121}}));
  EXPECT_FALSE(is_assigned(Alert{{0}, {40}}));
  EXPECT_FALSE(is_assigned(Alert{{3}, {40}}));
  EXPECT_FALSE(is_assigned(Alert{kFatal, {99}}));
}

TEST(Alert, ReadsARowForEachRowOfTheRegistry) {
  for (const CodePoint& row : code_points(Registry::AlertDescription)) {
    const AlertInfo* alert = alert_info({static_cast<uint8_t>(row.value)});
    ASSERT_NE(alert, nullptr) << row.name;
    EXPECT_STREQ(alert->name, row.name);
    EXPECT_LE(std::string_view(alert->meaning).size(), 110U);
  }
  for (int value = 0; value < 256; ++value) {
    const auto description = static_cast<uint8_t>(value);
    EXPECT_EQ(alert_info({description}) != nullptr,
              !name(Registry::AlertDescription, description).empty());
  }
}

// RFC 8446 §6.1: both of them are closure alerts.
TEST(Alert, ReadsClosureAlerts) {
  EXPECT_EQ(alert_info({0})->kind, AlertKind::closure);
  EXPECT_EQ(alert_info({90})->kind, AlertKind::closure);
  EXPECT_EQ(alert_info({40})->kind, AlertKind::error);
}

}  // namespace
}  // namespace tlslens::test
