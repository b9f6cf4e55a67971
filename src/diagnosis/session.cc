// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/session.h"

#include <algorithm>

#include "diagnosis/plain_text.h"

namespace tlslens {
namespace {

// begins_row: a ClientHello in the middle of a handshake is a message out of place, unless some of
// the handshake may be missing.
bool begins_row(const MessageFacts& message, const Row& row) {
  return row.client_hello && (row.decided || message.protected_by_mac);
}

}  // namespace

void Capture::clear() {
  memory.clear();
  ledger.clear();
  servers.clear();
  last_time = 0;
}

Row& Session::begin(const Connection& connection, Moment now, Capture& capture) {
  trail_ = {};
  is_settled_ = is_decided_ = false;
  if (history_.is_empty() && prelude_) {
    for (const Side side : {Side::a, Side::b}) {
      trail_.text.set(connection.direction(side), prelude_->text(side));
    }
  }
  Row& made = capture.ledger.add();
  made.client = connection.end(connection.client());
  made.server = connection.end(other(connection.client()));
  made.begin = now;
  if (history_.is_empty() || history_.last_index() != Ledger::kNotKept) {
    history_.add_row(now.frame, made.index);
  }
  return made;
}

void Session::end(End kind, Direction by, Moment now, Alert alert) {
  if (!trail_.ending) {
    trail_.ending = Ending{kind, by, alert, now};
  }
}

void Session::Delivered::take(const Delivery& delivery, const TcpSide& tcp) {
  if (!any && tcp.begun) {
    begin = delivery.seq;
    sent_before = tcp.next;
  }
  any = true;
  if (delivery.seq) {
    end = *delivery.seq + delivery.reported;
  }
}

// refuses_what_came_first tells, at the first records of a connection, that the server has refused
// what the client sent in plain text before: by an alert, or, what a proxy sent, by HTTP.
bool Session::refuses_what_came_first(const Facts& facts, Direction by) const {
  const std::string& asked = trail_.text[Direction::client_to_server];
  if (by == Direction::server_to_client) {
    return is_plain_request(asked) && !facts.alerts.empty();
  }
  return is_proxy_header(asked) && is_http_refusal(trail_.text[Direction::server_to_client]) &&
         facts.begins_handshake();
}

void Session::take_look(const Look& look, const Delivery& delivery, const Connection& connection,
                        Moment now, Capture& capture) {
  const Facts& facts = look.reading.facts;
  delivered_[index(delivery.side)].take(delivery, tcp_[delivery.side]);
  const Direction by = connection.direction(delivery.side);
  if (facts.is_empty()) {
    return;
  }
  is_settled_ &= facts.steps.empty();
  if (history_.is_empty()) {
    begin(connection, now, capture);
    if (tcp_.is_whole() && refuses_what_came_first(facts, by)) {
      end(End::text, Direction::client_to_server, now);
    }
  }
  for (const Finding& finding : look.findings) {
    trail_.name_mismatch |= finding.id == FindingId::certificate_name_mismatch;
  }
  Row* current = &row(capture);
  note_events(facts, delivery.side, *current);
  take_data(facts.data, by, connection.handshake(), now, *current);
  for (const Step& step : facts.steps) {
    switch (step.kind) {
      case Step::Kind::record:
        current =
            &begin_if_hidden(facts.records[step.index], by, connection, now, *current, capture);
        take_record(facts.records[step.index], by, connection.handshake(), now, *current);
        break;
      case Step::Kind::alert:
        take_alert(facts.alerts[step.index], by, now, *current);
        break;
      case Step::Kind::change:
        take_change(by, connection.handshake(), now, *current);
        break;
      case Step::Kind::heartbeat:
        take_heartbeat(by, *current);
        break;
      case Step::Kind::message: {
        const MessageFacts& message = facts.messages[step.index];
        if (message.begins_handshake && begins_row(message, *current)) {
          const bool unread = trail_.damaged && message.protected_by_mac;
          current = &begin(connection, now, capture);
          trail_.renegotiates = message.protected_by_mac;
          trail_.damaged = unread;  // what was lost may have changed the keys
        }
        take_message(message, by, now, *current, capture);
        if (message.type == handshake_type::server_hello && !message.is_sslv2) {
          take_choice(message, connection.handshake(), now, *current, capture);
        }
        break;
      }
    }
  }
}

void Session::take_text(Side by, Bytes bytes, const Connection& connection, Moment now,
                        Capture& capture) {
  // In the middle of a connection any bytes may look like text.
  if (history_.is_empty() || row(capture).server_hello ||
      !(row(capture).client_hello || tcp_[by].opened)) {
    return;
  }
  is_settled_ = false;
  const Direction direction = connection.direction(by);
  if (trail_.text[direction].empty()) {
    trail_.text.set(direction, first_line(bytes));
  }
  trail_.server_spoke |= direction == Direction::server_to_client;
  end(End::text, direction, now);
}

void Session::take_prelude(Prelude::Told told, const Connection& connection, Moment now,
                           Capture& capture) {
  if (told == Prelude::Told::refused) {
    begin(connection, prelude_->request(), capture);
    trail_.asked = prelude_->asked();
    end(End::refused, Direction::server_to_client, now);
    return;
  }
  Row& made = begin(connection, now, capture);
  if (told == Prelude::Told::server_is_plain) {
    made.client_hello = prelude_->hello();
    trail_.server_spoke = true;
    end(End::text, Direction::server_to_client, now);
  } else {
    end(End::text, Direction::client_to_server, now);
  }
}

void Session::take(const TcpFrame& frame, const Connection& connection) {
  tcp_.take(frame);
  const Direction by = connection.direction(frame.side);
  if (!history_.is_empty() && history_.last_frame() == frame.frame && history_.has_one() &&
      trail_.text[by].empty()) {
    std::string line = first_line(frame.payload);
    if (is_proxy_header(line)) {
      trail_.text.set(by, std::move(line));
    }
  }
  if (frame.fin || frame.rst) {
    is_settled_ = false;
    const Moment now{frame.frame, frame.time};
    EndOfSide& ended = ended_[index(frame.side)];
    if (!ended.at) {
      ended = {now, frame.rst};
    }
    end(frame.rst ? End::rst : End::fin, by, now);
  }
}

void Session::settle_row(Connection& connection, Moment now, const Settings& settings,
                         Capture& capture) {
  constexpr int64_t kSecond = 1'000'000;
  const Connection::Stage stage{now.frame, now.time / kSecond, settings, capture.memory};
  prelude_.reset();
  if (history_.last_index() == Ledger::kNotKept) {
    if (history_.last_frame() == now.frame) {
      history_.add_findings(now.frame, {limit_finding(Limit::handshakes)});
    }
    return;
  }
  Row& current = row(capture);
  if (current.client_hello.frame == now.frame) {
    trail_.hello_frames = tcp_[connection.client()].data_frames;
  }
  std::vector<Finding> findings;
  judge_ends(connection, now, current, stage, findings);
  judge_times(connection, now, current, stage, findings);
  if (!current.decided) {
    decide(connection, now, current, capture);
    if (current.decided && is_failure(current.outcome)) {
      connection.judge_failure({*current.explanation, current.cause != Cause::user_canceled}, stage,
                               findings);
    }
  }
  if (!findings.empty()) {
    history_.add_findings(now.frame, std::move(findings));
  }
  is_settled_ = is_decided_ = static_cast<bool>(current.decided);
}

void Session::judge_ends(Connection& connection, Moment now, Row& row,
                         const Connection::Stage& stage, std::vector<Finding>& findings) const {
  for (const Side side : {Side::a, Side::b}) {
    const EndOfSide& ended = ended_[index(side)];
    if (ended.at.frame != now.frame) {
      continue;
    }
    note(row.closed_in, now);
    const bool whole = !is_one_sided() && !is_damaged(connection) && !tcp_.had_gap() &&
                       delivered_[index(side)].is_all(tcp_[side]);
    const bool established = row.decided && !is_failure(row.outcome);
    connection.judge_closing(side, {ended.by_reset, whole, established}, stage, findings);
  }
}

void Session::judge_times(Connection& connection, Moment now, const Row& row,
                          const Connection::Stage& stage, std::vector<Finding>& findings) const {
  const bool answered = row.client_hello && row.server_hello.frame == now.frame;
  const bool went_on = row.server_flight && row.client_flight.frame == now.frame;
  if ((!answered && !went_on) || is_damaged(connection) || is_one_sided()) {
    return;
  }
  if (answered) {
    connection.judge_slow({"the server's hello", now.time - row.client_hello.time}, stage,
                          findings);
  }
  if (went_on) {
    connection.judge_slow({"the client's answer", now.time - row.server_flight.time}, stage,
                          findings);
  }
}

History::More& History::with_more() {
  if (!more_) {
    more_ = std::make_unique<More>();
  }
  return *more_;
}

void History::add_row(uint32_t frame, uint32_t index) {
  if (!is_empty()) {
    with_more().before.push_back(last_);
  }
  last_ = {frame, index};
}

void History::add_findings(uint32_t frame, std::vector<Finding>&& findings) {
  with_more().closings.push_back({frame, std::move(findings)});
}

const Row* History::row_at(uint32_t frame, const Ledger& ledger) const {
  Begun at = last_;
  if (frame < last_.frame && more_) {
    const auto next = std::ranges::upper_bound(more_->before, frame, {}, &Begun::frame);
    at = next == more_->before.begin() ? last_ : *(next - 1);
  }
  const bool known = !is_empty() && at.frame <= frame && at.index != Ledger::kNotKept;
  return known ? &ledger.rows()[at.index] : nullptr;
}

const std::vector<Finding>* History::findings_at(uint32_t frame) const {
  if (!more_) {
    return nullptr;
  }
  const std::vector<Closing>& closings = more_->closings;
  const auto at = std::ranges::lower_bound(closings, frame, {}, &Closing::frame);
  return at == closings.end() || at->frame != frame ? nullptr : &at->findings;
}

}  // namespace tlslens
