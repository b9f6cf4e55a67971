// SPDX-License-Identifier: GPL-2.0-or-later
// How a session tells that a handshake is over, and what became of it.
#include <algorithm>

#include "diagnosis/causes.h"
#include "diagnosis/session.h"

namespace tlslens {

bool Session::is_one_sided() const {
  return !(tcp_[Side::a].seen || delivered_[0].any) || !(tcp_[Side::b].seen || delivered_[1].any);
}

// is_damaged: a gap is the capture's fault, unless the side that should have got the bytes ends the
// connection and has not acknowledged them.
bool Session::is_damaged(const Connection& connection) const {
  if (trail_.damaged) {
    return true;
  }
  for (const Side side : {Side::a, Side::b}) {
    const TcpSide& tcp = tcp_[side];
    const bool ended_by_receiver = trail_.ending && trail_.ending->by != connection.direction(side);
    if ((tcp.has_gap() || trail_.lost[index(side)]) &&
        !(tcp.lost_on_the_way() && ended_by_receiver)) {
      return true;
    }
  }
  return false;
}

// infer_end finds an end of a TLS 1.3 handshake in the lengths of its records. A server that sends
// nothing but an alert after the client's flight refused what was in it; where that was no
// certificate, it may as well say goodbye.
void Session::infer_end(const Row& row, Moment now) {
  if (!is_tls13(row.version)) {
    return;
  }
  const bool closed = trail_.ending && trail_.ending->is_closed();
  const bool after_flight =
      trail_.client_spoke && (trail_.empty_certificate || trail_.client_certificate);
  const bool before_flight = !trail_.client_spoke && closed;
  if (trail_.maybe_alert && (after_flight || before_flight) && (!trail_.ending || closed)) {
    trail_.ending = Ending{End::hidden_alert, Direction::server_to_client, {}, now};
  }
}

// is_done: both sides are through; in TLS 1.3, as far as the lengths of records show it.
bool Session::is_done(const Row& row) const {
  if (!is_tls13(row.version)) {
    return row.client_finished_in != 0 && row.server_finished_in != 0;
  }
  const bool closed = trail_.ending && trail_.ending->is_closed();
  const bool by_client = closed && trail_.ending->by == Direction::client_to_server;
  const bool goodbye = closed && trail_.ending->kind == End::fin && trail_.maybe_alert;
  const bool spoke = row.client_finished_in != 0 || trail_.client_certificate;
  return spoke && (trail_.server_done || (row.client_finished_in != 0 && (by_client || goodbye)));
}

// is_suspect: up to TLS 1.2 many clients look at the certificate's time and names only when the
// handshake is over. Whether this one accepts it shows in what it sends next.
bool Session::is_suspect(const Connection& connection, Moment now) const {
  const auto& all = connection.handshake().server().certificates;
  if (all.empty() || !all.front()->readable || trail_.client_data) {
    return false;
  }
  const int64_t seconds = now.time / 1'000'000;
  const CertificateFacts& own = *all.front();
  return trail_.name_mismatch || own.has_expired(seconds) || own.is_not_yet_valid(seconds);
}

Outcome Session::outcome_of(const Ending& ending, const Row& row) const {
  const bool by_client = ending.by == Direction::client_to_server;
  if (trail_.greeted_in_plain() && !row.server_hello) {
    return Outcome::plaintext_peer;
  }
  switch (ending.kind) {
    case End::alert:
      return Outcome::failed_alert;
    case End::hidden_alert:
      return Outcome::failed_alert_encrypted_likely;
    case End::text:
      return Outcome::plaintext_peer;
    case End::refused:
      return Outcome::not_tls;
    case End::silence:
      return Outcome::no_response;
    default:
      break;
  }
  if (by_client && !trail_.server_spoke && row.client_hello &&
      ending.at.time - row.client_hello.time >= kMinWait) {
    return Outcome::no_response;
  }
  if (trail_.warning && trail_.warned_by == ending.by) {
    return Outcome::failed_alert;
  }
  if (ending.kind == End::rst) {
    return by_client ? Outcome::reset_by_client : Outcome::reset_by_server;
  }
  return by_client ? Outcome::closed_by_client : Outcome::closed_by_server;
}

void Session::explain(const Connection& connection, const Ending& ending, Row& row,
                      Capture& capture) {
  const Side client = connection.client();
  const Case c{ending,
               row,
               trail_,
               connection.handshake(),
               tcp_[client],
               tcp_[other(client)],
               capture.servers.find(row.server)};
  Diagnosis found = find_cause(c);
  row.cause = found.cause;
  row.explanation = capture.ledger.text(std::move(found.explanation), row);
}

void Session::decide(const Connection& connection, Moment now, Row& row, Capture& capture) {
  infer_end(row, now);
  row.cause = Cause::none;
  row.explanation = &kNoText;
  const bool finished = is_done(row);
  const bool suspect = finished && !is_tls13(row.version) && is_suspect(connection, now);
  if (suspect && !trail_.ending) {
    return;
  }
  const bool done = finished && !(suspect && trail_.ending->by == Direction::client_to_server);
  const bool incomplete =
      is_damaged(connection) || (!row.client_hello && !is_before_tls() && !trail_.is_hidden);
  if (is_one_sided()) {
    row.outcome = Outcome::one_sided;
  } else if (incomplete) {
    row.outcome = Outcome::incomplete_capture;
  } else if (done) {
    const bool resumed =
        row.resumption != Resumption::none && row.resumption != Resumption::unknown;
    row.outcome = resumed                 ? Outcome::established_resumed
                  : is_tls13(row.version) ? Outcome::established_inferred
                                          : Outcome::established;
  } else if (trail_.ending) {
    row.outcome = outcome_of(*trail_.ending, row);
    explain(connection, *trail_.ending, row, capture);
  } else {
    guess(row);
    return;
  }
  if (done || trail_.ending) {
    row.decided = now;
    row.last = trail_.last;
    row.history_length = static_cast<uint8_t>(row.history.size());
  }
}

// guess says what would be true if nothing came any more.
void Session::guess(Row& row) const {
  row.outcome = Outcome::in_progress;
  row.is_silent = row.client_hello && !trail_.server_spoke;
}

void Session::conclude(const Connection& connection, Capture& capture) {
  if (history_.is_empty()) {
    return;
  }
  Row& last = row(capture);
  const bool silent = last.is_silent && last.outcome == Outcome::in_progress;
  if (silent && last_.frame != last.client_hello.frame) {
    explain(connection, Ending{End::silence, Direction::server_to_client, {}, last_}, last,
            capture);
  }
}

}  // namespace tlslens
