// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/columns.h"
#include "diagnosis/session.h"
#include "diagnosis/show_session.h"
#include "support/checks.h"
#include "support/conversation.h"
#include "support/input.h"

namespace tlslens::fuzz {

// Play brings the segments of one connection through the whole core, as the plugin does, and checks
// what comes out.
class Play {
 public:
  Play() {
    connection_.set_ends(kClient, kServer);
    settings_.policy = settings_.close_notify = true;
  }

  // send is a segment of which the last `cut_off` bytes were not captured.
  void send(Side side, const test::ByteVec& bytes, size_t cut_off) {
    step();
    const auto reported = static_cast<uint32_t>(bytes.size());
    const Bytes captured = Bytes(bytes).first(bytes.size() - std::min(cut_off, bytes.size()));
    look(side, captured, reported);
    follow(side, captured, reported, false, false);
    next_[index(side)] += reported;
  }
  // end is a FIN or RST.
  void end(Side side, bool reset) {
    step();
    follow(side, {}, 0, !reset, reset);
    next_[index(side)] += reset ? 0 : 1;  // a FIN has a number
  }
  // lose lets bytes go by unseen, wait lets time pass.
  void lose(Side side, uint32_t n) { next_[index(side)] += n; }
  void wait(int64_t microseconds) { time_ += microseconds; }

  // finish looks at what is left in the end, as the tables do.
  void finish() {
    for (const Row& row : capture_.ledger.rows()) {
      check_row(row);
      const std::string line = json_line(row, time_ + kMinWait);
      check(is_shown_well(line), "a line can be shown: " + line);
    }
    for (const Again& again : again_) {
      look_again(again);
    }
  }

 private:
  static constexpr Endpoint kClient{{10, 0, 0, 5}, 4, 50000};
  static constexpr Endpoint kServer{{10, 0, 0, 1}, 4, 443};

  // Again is a delivery that is looked at again in the end, and what it showed at first.
  struct Again {
    test::ByteVec bytes;
    Delivery delivery;
    test::Shown shown;
  };

  void step() {
    ++frame_;
    time_ += 1000;
  }
  Moment now() const { return {frame_, time_}; }

  void look(Side side, Bytes captured, uint32_t reported) {
    Again& again = again_.emplace_back();
    again.bytes.assign(captured.begin(), captured.end());
    Delivery& delivery = again.delivery;
    delivery = {frame_, side, side == Side::b, next_[index(side)], again.bytes, reported};
    delivery.ack = next_[index(other(side))];
    delivery.time = time_ / 1'000'000;
    delivery.opens = delivery.seq == kFirst;
    delivery.steps = frame_ % 4 != 0 && session_.is_decided();
    if (past_ && past_->repeats(delivery)) {
      past_->notes.remember_repetition(delivery);
      look_.clear(true);
    } else {
      go_on();
      connection_.first_look(delivery, true, settings_, capture_.memory, look_);
      check_look(delivery, look_);
      session_.take_look(look_, delivery, connection_, now(), capture_);
      connection_.after_first_look(delivery, reported, look_);
    }
    again.shown = test::show(delivery, look_);
  }

  // go_on begins another connection behind one that is over.
  void go_on() {
    if (past_) {
      past_->hand_on(connection_, session_);
      past_.reset();
    }
  }
  void end_if_over() {
    if (session_.is_over()) {
      past_.emplace(connection_, session_);
      connection_ = {};
      connection_.set_ends(kClient, kServer);
      session_ = {};
    }
  }
  const Notes& notes() const { return past_ ? past_->notes : connection_.notes(); }
  const History& history() const { return past_ ? past_->history : session_.history(); }

  static void check_look(const Delivery& delivery, const Look& look) {
    std::vector<uint64_t> sizes{delivery.reported};
    for (const Pieces& pieces : look.reading.sources) {
      sizes.push_back(pieces.have);
    }
    check_tape(look.tape, sizes);
    check(look.findings.size() <= kMaxFindings, "no more findings than allowed");
    for (const Finding& finding : look.findings) {
      check(is_shown_well(text(finding)), "a finding can be shown: " + text(finding));
      check(finding.evidence.place.source < sizes.size() &&
                test::end_of(finding.evidence.place.span) <= sizes[finding.evidence.place.source],
            std::string("the place of ") + info(finding.id).name + " is in its source");
    }
    check(is_shown_well(look.reading.summary), "a summary can be shown: " + look.reading.summary);
  }

  void look_again(const Again& again) {
    notes().look_again(again.delivery, true, look_);
    const test::Shown shown = test::show(again.delivery, look_);
    check(shown.tape == again.shown.tape,
          "a second look at frame " + std::to_string(again.delivery.frame) + " has the same marks");
    check(shown.findings == again.shown.findings, "a second look has the same findings");
    check(shown.summary == again.shown.summary, "a second look has the same summary");
  }

  void follow(Side side, Bytes captured, uint32_t length, bool fin, bool rst) {
    TcpFrame frame;
    frame.frame = frame_;
    frame.side = side;
    frame.time = time_;
    frame.seq = next_[index(side)];
    frame.ack = next_[index(other(side))];
    frame.fin = fin;
    frame.rst = rst;
    frame.ttl = 64;
    frame.length = length;
    frame.payload = captured;
    if (!past_) {
      session_.take(frame, connection_);
      session_.settle(connection_, now(), settings_, capture_);
      end_if_over();
    }
    if (const Row* row = history().row_at(frame_, capture_.ledger)) {
      Tape tape;
      show_session(*row, frame_, tape);
      check_tape(tape, {0});
    }
  }

  static constexpr uint32_t kFirst = 0xffffff00;  // wraps around early
  Connection connection_;
  Session session_;
  std::optional<Past> past_;
  Capture capture_;
  Settings settings_;
  Look look_;
  std::deque<Again> again_;
  uint32_t next_[2] = {kFirst, kFirst};
  uint32_t frame_ = 0;
  int64_t time_ = 1'700'000'000'000'000;
};

// play_steps plays a test case step by step, up to so many steps, and looks at what is left.
inline void play_steps(Bytes bytes, void (*step)(Play&, Input&)) {
  constexpr int kMostSteps = 200;
  Input in(bytes.data(), bytes.size());
  Play play;
  for (int i = 0; i < kMostSteps && in.more(); ++i) {
    step(play, in);
  }
  play.finish();
}

}  // namespace tlslens::fuzz
