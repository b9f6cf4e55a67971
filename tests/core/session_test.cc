// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/session.h"

#include <gtest/gtest.h>

#include <random>

#include "support/conversation.h"

namespace tlslens::test {
namespace {

// Follower is one of two that see the same: it follows segments by their headers, or, if it is
// `short_way`, by what TCP tells of their bytes where that is enough.
class Follower {
 public:
  explicit Follower(bool short_way) : short_way_(short_way) {}

  void take(const TcpFrame& frame, const Delivery* delivery) {
    const Moment now{frame.frame, frame.time};
    if (delivery != nullptr && look(*delivery, now) && session_.pass_segment(*delivery, now)) {
      ++passed_;
      return;
    }
    session_.take(frame, connection_);
    session_.settle(connection_, now, {}, capture_);
  }

  const TcpSide& tcp(Side side) const { return session_.tcp()[side]; }
  bool is_over() const { return session_.is_over(); }
  size_t passed() const { return passed_; }

 private:
  // look tells whether the short way is open to the segment.
  bool look(const Delivery& delivery, Moment now) {
    const bool passed = short_way_ && session_.pass(delivery, connection_, look_);
    if (!passed) {
      connection_.first_look(delivery, false, {}, capture_.memory, look_);
      session_.take_look(look_, delivery, connection_, now, capture_);
    }
    connection_.after_first_look(delivery, delivery.reported, look_);
    return passed;
  }

  bool short_way_;
  Connection connection_;
  Session session_;
  Capture capture_;
  Look look_;
  size_t passed_ = 0;
};

// Wire sends to two followers; TCP's own numbers begin elsewhere than those on the wire.
class Wire {
 public:
  explicit Wire(uint32_t seed) : chance_(seed), origin_{below(~0U), below(~0U)} {
    for (const Side side : {Side::a, Side::b}) {
      TcpFrame frame = next_frame(side, {});
      frame.syn = true;
      frame.seq -= 1;
      frame.ack = side == Side::a ? std::nullopt : frame.ack;
      take(frame, nullptr);
    }
  }

  void send(Side side, const ByteVec& bytes, bool fin = false) {
    TcpFrame frame = next_frame(side, bytes);
    frame.fin = fin;
    const auto size = static_cast<uint32_t>(bytes.size());
    Delivery d{frame.frame, side, side == Side::b, sent_[index(side)], bytes, size};
    d.ack = *frame.ack - origin_[index(other(side))];
    d.opens = sent_[index(side)] == 1;
    d.is_segment = !fin;
    take(frame, bytes.empty() ? nullptr : &d);
    sent_[index(side)] += size + (fin ? 1 : 0);
  }
  // send_again is for a segment of which TCP hands nothing over.
  void send_again(Side side, uint32_t length) {
    TcpFrame frame = next_frame(side, ByteVec(length));
    frame.seq -= length;
    take(frame, nullptr);
  }
  void lose(Side side, uint32_t length) { sent_[index(side)] += length; }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(chance_() % n); }

  void expect_same(const std::string& where) const {
    EXPECT_EQ(long_.tcp(Side::a), short_.tcp(Side::a)) << where;
    EXPECT_EQ(long_.tcp(Side::b), short_.tcp(Side::b)) << where;
    EXPECT_EQ(long_.is_over(), short_.is_over()) << where;
  }
  size_t passed() const { return short_.passed(); }
  bool is_over() const { return short_.is_over(); }

 private:
  TcpFrame next_frame(Side side, Bytes bytes) {
    TcpFrame frame;
    frame.frame = ++frame_;
    frame.side = side;
    frame.time = int64_t{frame_} * 1000;
    frame.seq = sent_[index(side)] + origin_[index(side)];
    frame.ack = sent_[index(other(side))] + origin_[index(other(side))];
    frame.ttl = 64;
    frame.length = static_cast<uint32_t>(bytes.size());
    frame.payload = bytes;
    return frame;
  }
  void take(const TcpFrame& frame, const Delivery* delivery) {
    long_.take(frame, delivery);
    short_.take(frame, delivery);
  }

  std::mt19937 chance_;
  uint32_t origin_[2];
  uint32_t sent_[2] = {1, 1};
  uint32_t frame_ = 0;
  Follower long_{false};
  Follower short_{true};
};

// storm sends mostly data, with a segment lost, sent again or without payload now and then, and the
// ends of both sides.
void storm(Wire& wire, bool lossy, const std::string& where) {
  for (const Sent& one : conversation_tls12()) {
    wire.send(one.side, one.bytes);
  }
  for (int i = 0; i < 60; ++i) {
    const Side side = wire.below(3) == 0 ? Side::a : Side::b;
    switch (wire.below(lossy ? 12 : 30)) {
      case 0:
        wire.send(side, {});
        break;
      case 1:
        wire.send_again(side, 10);
        break;
      case 2:
        wire.lose(side, lossy ? 1 + wire.below(500) : 0);
        break;
      default:
        wire.send(side, record(23, ramp(40 + wire.below(200), 1)));
    }
    wire.expect_same(where + ", step " + std::to_string(i));
  }
  wire.send(Side::a, {}, true);
  wire.send(Side::b, record(23, ramp(40, 1)), true);
  wire.send(Side::a, {});
  wire.expect_same(where + ", at the end");
}

TEST(Session, FollowsSegmentByItsDelivery) {
  size_t passed = 0;
  size_t over = 0;
  for (uint32_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    Wire wire(seed);
    storm(wire, seed % 2 == 0, "seed " + std::to_string(seed));
    passed += wire.passed();
    over += wire.is_over() ? 1 : 0;
  }
  EXPECT_GT(passed, 500U) << "the short way is taken, too";
  EXPECT_GT(over, 0U);
}

}  // namespace
}  // namespace tlslens::test
