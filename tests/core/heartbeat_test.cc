// SPDX-License-Identifier: GPL-2.0-or-later
#include "heartbeat/heartbeat.h"

#include <gtest/gtest.h>

#include "fields/fields.h"
#include "support/mark_checks.h"
#include "support/runs.h"

namespace tlslens::test {
namespace {

using Kinds = std::vector<FaultKind>;
using Lines = std::vector<std::string>;

struct HeartbeatRun : Parsed {
  explicit HeartbeatRun(const ByteVec& of, uint32_t missing = 0)
      : Parsed(ByteVec(of.begin(), of.end()), missing), message(read_heartbeat(reader)) {}
  Heartbeat message;
};

// RFC 6520 §4: "The padding_length MUST be at least 16."
constexpr size_t kLeastPadding = 16;

ByteVec heartbeat(uint8_t type, size_t payload, size_t padding = kLeastPadding) {
  return Builder().u8(type).vec(2, ramp(payload, 1)).raw(ramp(padding, 2)).done();
}

TEST(Heartbeat, ReadsRequestAndResponse) {
  for (const uint8_t type : {uint8_t{1}, uint8_t{2}}) {
    HeartbeatRun run(heartbeat(type, 5));
    EXPECT_TRUE(run.faults.empty());
    EXPECT_EQ(run.message.type.value, type);
    EXPECT_EQ(run.message.payload_length, 5);
    EXPECT_EQ(run.values(Field::heartbeat_type), Lines{std::to_string(type)});
    EXPECT_EQ(run.values(Field::heartbeat_length), Lines{"5"});
    EXPECT_EQ(run.values(Field::heartbeat_payload), Lines{hex_digits(ramp(5, 1))});
    EXPECT_EQ(run.values(Field::heartbeat_padding), Lines{hex_digits(ramp(kLeastPadding, 2))});
  }
}

TEST(Heartbeat, ReadsMarksThatNestAndPartition) {
  for (const size_t payload : {0U, 1U, 300U}) {
    HeartbeatRun run(heartbeat(1, payload, 20));
    expect_nested(run.tape, "heartbeat");
    expect_partition(leaves(run.tape, 0), 0, run.bytes.size(), "heartbeat");
  }
}

TEST(Heartbeat, ToleratesEmptyPayload) {
  HeartbeatRun run(heartbeat(1, 0));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.values(Field::heartbeat_payload), Lines{});
}

// RFC 6520 §4: "If the payload_length of a received HeartbeatMessage is too large, the received
// HeartbeatMessage MUST be discarded silently." One that is not discarded gives away memory.
TEST(Heartbeat, ReportsPayloadBeyondTheRecord) {
  HeartbeatRun run(Builder().u8(1).u16(0x4000).raw(ramp(3, 1)).done());
  ASSERT_EQ(run.kinds(), Kinds{FaultKind::overrun});
  EXPECT_EQ(run.faults[0].field, Field::heartbeat_length);
  EXPECT_EQ(run.message.payload_length, 0x4000);
  EXPECT_EQ(run.values(Field::heartbeat_payload), Lines{hex_digits(ramp(3, 1))})
      << "what is there is shown";
}

TEST(Heartbeat, ReportsPaddingBelowSixteenBytes) {
  EXPECT_EQ(HeartbeatRun(heartbeat(1, 5, kLeastPadding)).kinds(), Kinds{});
  for (const size_t padding : {0U, 1U, 15U}) {
    EXPECT_EQ(HeartbeatRun(heartbeat(1, 5, padding)).kinds().size(), 1U) << padding;
  }
}

TEST(Heartbeat, ReportsEveryPrefixUpToThePayload) {
  const ByteVec message = heartbeat(1, 5);
  for (size_t n = 0; n < 1 + 2 + 5; ++n) {
    HeartbeatRun run(ByteVec(message.begin(), message.begin() + static_cast<ptrdiff_t>(n)));
    EXPECT_EQ(run.kinds(), Kinds{FaultKind::overrun}) << n;
  }
}

TEST(Heartbeat, ReportsEveryCutAsCut) {
  const ByteVec message = heartbeat(1, 5);
  for (size_t n = 0; n < message.size(); ++n) {
    HeartbeatRun run(ByteVec(message.begin(), message.begin() + static_cast<ptrdiff_t>(n)),
                     static_cast<uint32_t>(message.size() - n));
    EXPECT_EQ(run.kinds(), Kinds{FaultKind::cut}) << n;
  }
}

}  // namespace
}  // namespace tlslens::test
