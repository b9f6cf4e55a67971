// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/prelude.h"
#include "diagnosis/row.h"
#include "diagnosis/servers.h"
#include "diagnosis/trail.h"
#include "findings/connection.h"
#include "session/tcp.h"

namespace tlslens {

// Findings made of the end of a connection, in the frame that ends it.
struct Closing {
  uint32_t frame;
  std::vector<Finding> findings;
};

// History is which handshakes a connection had, and what was found at its ends. It may be asked in
// any order.
class History {
 public:
  void add_row(uint32_t frame, uint32_t index);
  void add_findings(uint32_t frame, std::vector<Finding>&& findings);
  // row_at returns the row of the handshake that a frame belongs to, or null.
  const Row* row_at(uint32_t frame, const Ledger& ledger) const;
  // findings_at are those about the end of the connection or handshake.
  const std::vector<Finding>* findings_at(uint32_t frame) const;
  // What follows is of the last row, which there is unless it is empty.
  bool is_empty() const { return last_.frame == 0; }
  bool has_one() const { return !is_empty() && (!more_ || more_->before.empty()); }
  uint32_t last_frame() const { return last_.frame; }
  uint32_t last_index() const { return last_.index; }

 private:
  // Begun is a row of the ledger, and the first frame that shows its handshake.
  struct Begun {
    uint32_t frame;
    uint32_t index;
  };
  // More is what few connections have: rows before the last one, and findings.
  struct More {
    std::vector<Begun> before;
    std::vector<Closing> closings;
  };
  More& with_more();

  Begun last_{};  // of frame 0 for none
  std::unique_ptr<More> more_;
};

// Capture is what is kept of a capture beside its connections.
struct Capture {
  Memory memory;
  Ledger ledger;
  Servers servers;
  int64_t last_time = 0;  // of the frames so far, in microseconds since 1970
  void clear();
};

// Session follows one connection and writes a row for each of its handshakes. For every frame comes
// first what it delivered, if anything, then its TCP header if that can be read, then settle().
class Session {
 public:
  // follow takes over what was known of the segments before anything was TLS; `prelude` may be
  // null.
  void follow(const TcpSides& tcp, std::unique_ptr<Prelude> prelude) {
    tcp_ = tcp;
    prelude_ = std::move(prelude);
  }

  // take_look is for a first look at a delivery.
  void take_look(const Look& look, const Delivery& delivery, const Connection& connection,
                 Moment now, Capture& capture);
  // take_text is for bytes of one side that are no TLS, behind such that are.
  void take_text(Side by, Bytes bytes, const Connection& connection, Moment now, Capture& capture);
  // take_prelude is for a connection of which nothing is TLS: `told` is not Told::nothing.
  void take_prelude(Prelude::Told told, const Connection& connection, Moment now, Capture& capture);
  void take(const TcpFrame& frame, const Connection& connection);

  // pass does what take_look() and all before it would do, faster, for a delivery that is nothing
  // but more of the data that its side sends, of a handshake that is decided. It returns false, and
  // has changed nothing, for all others.
  bool pass(const Delivery& delivery, Connection& connection, Look& out) {
    if (!is_settled_ || !connection.pass(delivery, out)) {
      return false;
    }
    delivered_[index(delivery.side)].take(delivery, tcp_[delivery.side]);
    return true;
  }
  // pass does what take() and settle() would do for a segment of which nothing is to be decided;
  // the same.
  bool pass(const TcpFrame& frame) {
    if (!is_settled_ || !tcp_.pass(frame)) {
      return false;
    }
    last_ = {frame.frame, frame.time};
    return true;
  }

  // pass_segment does so for the segment that a delivery is, which was passed before. TCP's numbers
  // and those on the wire have different origins: it must be known where each side's bytes began.
  bool pass_segment(const Delivery& delivery, Moment now) {
    const Delivered& from = delivered_[index(delivery.side)];
    const Delivered& to = delivered_[index(other(delivery.side))];
    if (!delivery.is_segment || !delivery.seq || !delivery.ack || !from.begin ||
        !to.is_all(tcp_[other(delivery.side)])) {
      return false;
    }
    TcpFrame segment;
    segment.frame = now.frame;
    segment.side = delivery.side;
    segment.time = now.time;
    segment.seq = from.on_the_wire(*delivery.seq);
    segment.ack = to.on_the_wire(*delivery.ack);
    segment.length = delivery.reported;
    return pass(segment);
  }

  // settle decides what can be decided after a frame.
  void settle(Connection& connection, Moment now, const Settings& settings, Capture& capture) {
    if (history_.is_empty()) {
      return;
    }
    last_ = now;
    note_loss();
    if (!is_settled_) {  // most of a capture is
      settle_row(connection, now, settings, capture);
    }
  }

  // conclude explains why a ClientHello that is the last thing that was sent has no answer, as far
  // as the capture goes; until something else comes.
  void conclude(const Connection& connection, Capture& capture);

  // is_over tells that both sides have ended the connection, and that all of it has been seen and
  // decided: what comes still was sent before.
  bool is_over() const {
    return is_settled_ && tcp_.is_closed() && delivered_[0].is_nothing_or_all(tcp_[Side::a]) &&
           delivered_[1].is_nothing_or_all(tcp_[Side::b]);
  }

  // is_decided tells that the last handshake is.
  bool is_decided() const { return is_decided_; }

  // The history may be taken away from a connection that is over, and given to one that follows it.
  const History& history() const { return history_; }
  History take_history() { return std::move(history_); }
  void resume(History&& history) { history_ = std::move(history); }

  const TcpSides& tcp() const { return tcp_; }
  // prelude is null where nothing was sent yet, and behind the first row.
  std::unique_ptr<Prelude>& prelude() { return prelude_; }

 private:
  Row& row(Capture& capture) { return capture.ledger.at(history_.last_index()); }
  Row& begin(const Connection& connection, Moment now, Capture& capture);
  bool refuses_what_came_first(const Facts& facts, Direction by) const;
  void note_events(const Facts& facts, Side side, const Row& row);
  void take_message(const MessageFacts& fact, Direction by, Moment now, Row& row, Capture& capture);
  void take_certificates(const MessageFacts& fact, Direction by, Moment now, Row& row);
  static void take_group(const MessageFacts& fact, Moment now, Row& row);
  void note_last(HandshakeType type, Direction by);
  void take_hello(const MessageFacts& fact, Moment now, Row& row, Capture& capture);
  void take_choice(const MessageFacts& fact, const Handshake& handshake, Moment now, Row& row,
                   Capture& capture);
  Row& begin_if_hidden(const RecordFacts& fact, Direction by, const Connection& connection,
                       Moment now, Row& before, Capture& capture);
  static void take_heartbeat(Direction by, Row& row);
  void take_change(Direction by, const Handshake& handshake, Moment now, Row& row);
  void take_record(const RecordFacts& fact, Direction by, const Handshake& handshake, Moment now,
                   Row& row);
  void take_data(const DataRun& run, Direction by, const Handshake& handshake, Moment now,
                 Row& row);
  void take_protected_tls13(const RecordFacts& fact, Direction by, const Handshake& handshake,
                            Moment now, Row& row);
  void take_alert(const AlertFacts& fact, Direction by, Moment now, Row& row);
  void end(End kind, Direction by, Moment now, Alert alert = {});
  void settle_row(Connection& connection, Moment now, const Settings& settings, Capture& capture);
  // note_loss: bytes that were acknowledged and are not in the capture have been lost by it. They
  // may still come, but nothing reads them then.
  void note_loss() { trail_.damaged |= tcp_.misses(); }
  bool is_damaged(const Connection& connection) const;
  bool is_one_sided() const;
  bool is_done(const Row& row) const;
  // is_before_tls: it ended before both sides spoke TLS.
  bool is_before_tls() const {
    return trail_.ending &&
           (trail_.ending->kind == End::text || trail_.ending->kind == End::refused);
  }
  bool is_suspect(const Connection& connection, Moment now) const;
  void infer_end(const Row& row, Moment now);
  void judge_ends(Connection& connection, Moment now, Row& row, const Connection::Stage& stage,
                  std::vector<Finding>& findings) const;
  void judge_times(Connection& connection, Moment now, const Row& row,
                   const Connection::Stage& stage, std::vector<Finding>& findings) const;
  Outcome outcome_of(const Ending& ending, const Row& row) const;
  void decide(const Connection& connection, Moment now, Row& row, Capture& capture);
  void guess(Row& row) const;
  void explain(const Connection& connection, const Ending& ending, Row& row, Capture& capture);

  // EndOfSide is the FIN or RST of a side.
  struct EndOfSide {
    Moment at;
    bool by_reset = false;
  };

  // Delivered is what TCP handed over of what a side sent. Its numbers and those of the headers may
  // have different origins.
  struct Delivered {
    bool any = false;
    std::optional<uint32_t> begin;  // the number of the first byte
    uint32_t end = 0;               // behind the last byte
    uint32_t sent_before = 0;       // by the headers, the number of the first byte

    void take(const Delivery& delivery, const TcpSide& tcp);
    // is_all tells that it is all that was sent since the first byte.
    bool is_all(const TcpSide& tcp) const {
      return begin && end - *begin == tcp.next - sent_before;
    }
    bool is_nothing_or_all(const TcpSide& tcp) const { return !any || is_all(tcp); }
    // on_the_wire translates one of TCP's numbers, where `begin` is known.
    uint32_t on_the_wire(uint32_t number) const { return sent_before + (number - *begin); }
  };

  TcpSides tcp_;
  Delivered delivered_[2];
  std::unique_ptr<Prelude> prelude_;
  Trail trail_;
  History history_;
  EndOfSide ended_[2];
  Moment last_;  // the last frame
  // The last row is decided, and nothing came since that settle() would look at.
  bool is_settled_ = false;
  bool is_decided_ = false;  // the last row
};

// Past is what is kept of a connection that is over.
struct Past {
  Notes notes;
  History history;
  uint32_t ends[2];  // the sequence numbers behind what was read of either side

  Past(Connection& connection, Session& session)
      : notes(connection.take_notes()),
        history(session.take_history()),
        ends{connection.next(Side::a), connection.next(Side::b)} {
    notes.shrink();
  }

  // hand_on gives all to the connection that follows.
  void hand_on(Connection& connection, Session& session) {
    connection.resume(std::move(notes));
    session.resume(std::move(history));
  }
  // repeats tells that all of a delivery was sent before the end.
  bool repeats(const Delivery& delivery) const {
    const uint32_t end = delivery.seq.value_or(0) + delivery.reported;
    return delivery.seq && static_cast<int32_t>(end - ends[index(delivery.side)]) <= 0;
  }
};

}  // namespace tlslens
