// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/tcp.h"

#include <gtest/gtest.h>

#include <random>

namespace tlslens::test {
namespace {

TcpFrame segment(uint32_t seq, uint32_t length) {
  TcpFrame frame;
  frame.frame = 1;
  frame.seq = seq;
  frame.length = length;
  frame.ttl = 64;
  return frame;
}

TEST(Tcp, WritesEndpoints) {
  const Endpoint v4{{10, 0, 0, 5}, 4, 443};
  EXPECT_EQ(host(v4), "10.0.0.5");
  EXPECT_EQ(text(v4), "10.0.0.5:443");
  const Endpoint v6{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 16, 443};
  EXPECT_EQ(text(v6), "[2001:db8::1]:443");
  EXPECT_EQ(text(Endpoint{{}, 0, 7}), "?:7");
}

// RFC 9293 §3.4: a SYN counts as one.
TEST(Tcp, CountsFromTheSyn) {
  TcpSide side;
  TcpFrame syn = segment(100, 0);
  syn.syn = true;
  side.take(syn);
  EXPECT_TRUE(side.opened);
  EXPECT_EQ(side.next, 101U);
  side.take(segment(101, 10));
  EXPECT_EQ(side.next, 111U);
  EXPECT_EQ(side.data_frames, 1U);
  EXPECT_EQ(side.ttl, 64);
}

TEST(Tcp, ReportsGapUntilItIsFilled) {
  TcpSide side;
  side.take(segment(1, 10));
  side.take(segment(21, 10));
  EXPECT_TRUE(side.has_gap());
  side.take_ack(11);
  EXPECT_TRUE(side.lost_on_the_way());
  side.take_ack(31);
  EXPECT_FALSE(side.lost_on_the_way());
  EXPECT_FALSE(side.is_complete());
  side.opened = true;
  EXPECT_FALSE(side.is_complete());
  side.take(segment(11, 10));
  EXPECT_FALSE(side.has_gap());
  EXPECT_TRUE(side.is_complete());
  EXPECT_FALSE(side.is_whole());
}

TcpFrame reset_at(uint32_t seq, uint8_t ttl) {
  TcpFrame frame = segment(seq, 0);
  frame.rst = true;
  frame.ttl = ttl;
  return frame;
}

TEST(Tcp, ReportsGapBeforeReset) {
  TcpSide side;
  side.take(segment(1, 10));
  side.take(reset_at(18, 64));
  EXPECT_TRUE(side.has_gap());
}

TEST(Tcp, ToleratesNumbersOfResets) {
  TcpFrame fin = segment(11, 0);
  fin.fin = true;
  for (const TcpFrame& reset : {reset_at(11, 64), reset_at(12, 64), reset_at(1, 64),
                                reset_at(1471, 50), reset_at(0x40000000, 64)}) {
    TcpSide side;
    side.take(segment(1, 10));
    side.take(fin);
    side.take(reset);
    EXPECT_FALSE(side.had_gap) << reset.seq;
  }
}

// RFC 9293 §3.4: a FIN has a number; who has sent it goes on behind that, and acknowledges.
TEST(Tcp, CountsTheFin) {
  TcpSide side;
  side.take(segment(1, 10));
  TcpFrame fin = segment(11, 0);
  fin.fin = true;
  fin.frame = 1;
  side.take(fin);
  side.take(segment(12, 0));
  EXPECT_FALSE(side.had_gap);
  EXPECT_FALSE(side.is_closed());
  side.take_ack(12);
  EXPECT_TRUE(side.is_closed());
  side.take(segment(13, 0));
  EXPECT_TRUE(side.has_gap());
  EXPECT_FALSE(side.is_closed());
  TcpSide gap;
  gap.take(segment(1, 10));
  fin.seq = 12;
  gap.take(fin);
  EXPECT_TRUE(gap.has_gap());
}

TEST(Tcp, ReportsBytesThatOnlyTheOtherSideSaw) {
  TcpSide side;
  side.take(segment(1, 10));
  side.take_ack(11);
  EXPECT_FALSE(side.misses());
  side.take_ack(12);
  EXPECT_TRUE(side.misses());
  TcpFrame fin = segment(11, 0);
  fin.fin = true;
  side.take(fin);
  EXPECT_FALSE(side.misses()) << "a FIN counts as one";
}

TEST(Tcp, ReportsBytesBeforeTheFirstSegment) {
  TcpSide side;
  side.take_ack(1);
  EXPECT_FALSE(side.misses());
  side.take_ack(811);
  EXPECT_TRUE(side.misses());
  side.take(segment(811, 10));
  EXPECT_TRUE(side.misses());
}

TEST(Tcp, ToleratesLateStart) {
  TcpSide side;
  side.take_ack(811);
  side.take(segment(811, 10));
  side.take_ack(821);
  EXPECT_FALSE(side.misses());
}

TEST(Tcp, CountsRepetitionsOfWhatWasNotAcknowledged) {
  TcpSide side;
  side.take(segment(1, 1448));
  side.take_ack(1);
  side.take(segment(1, 1448));
  side.take(segment(1, 1448));
  EXPECT_EQ(side.repeats, 2U);
  EXPECT_EQ(side.repeated_length, 1448U);
  EXPECT_TRUE(side.waits());
  side.take_ack(1449);
  EXPECT_EQ(side.repeats, 0U);
  EXPECT_FALSE(side.waits());
  side.take(segment(1, 1448));
  EXPECT_EQ(side.repeats, 0U) << "it has been acknowledged";
}

TEST(Tcp, ToleratesNumbersThatWrap) {
  TcpSide side;
  side.take(segment(0xfffffff0, 0x20));
  EXPECT_EQ(side.next, 0x10U);
  side.take(segment(0x10, 1));
  EXPECT_FALSE(side.has_gap());
}

// stormy_segment mostly is what comes next, and sometimes anything else.
TcpFrame stormy_segment(std::mt19937& chance, const TcpSide& from, const TcpSide& to) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(chance() % n); };
  const auto odd = [&] { return below(20) == 0; };
  const auto about = [&](uint32_t number) { return odd() ? number + below(3000) - 1500 : number; };
  TcpFrame out = segment(about(from.next), below(3) == 0 ? 0 : below(1500));
  out.frame = 1 + below(1000);
  out.ack = odd() ? std::nullopt : std::optional(about(to.next));
  out.syn = odd() && odd();
  out.fin = odd() && odd();
  out.rst = odd() && odd();
  return out;
}

// What comes next is taken in a shorter way.
TEST(Tcp, PassesAsItTakes) {
  std::mt19937 chance(9293);
  size_t passed = 0;
  for (int connection = 0; connection < 200; ++connection) {
    TcpSides sides;
    TcpSide expected[2];
    for (int i = 0; i < 60; ++i) {
      const Side by = chance() % 2 == 0 ? Side::a : Side::b;
      TcpFrame frame = stormy_segment(chance, sides[by], sides[other(by)]);
      frame.side = by;
      TcpSides copy = sides;
      passed += copy.pass(frame) ? 1 : 0;
      sides.take(frame);
      expected[index(by)].take(frame);
      if (frame.ack) {
        expected[index(other(by))].take_ack(*frame.ack);
      }
      ASSERT_EQ(sides[Side::a], expected[0]) << connection << ", " << i;
      ASSERT_EQ(sides[Side::b], expected[1]) << connection << ", " << i;
    }
  }
  EXPECT_GT(passed, 3000U);
}

}  // namespace
}  // namespace tlslens::test
