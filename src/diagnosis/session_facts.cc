// SPDX-License-Identifier: GPL-2.0-or-later
// What a session learns from what was read: it fills the row, and the trail of the handshake.
#include <algorithm>
#include <iterator>

#include "certificate/match_host.h"
#include "certificate/printable.h"
#include "diagnosis/plain_text.h"
#include "diagnosis/session.h"
#include "extensions/views.h"

namespace tlslens {
namespace {

// letter_of is the letter that Zeek's ssl_history has for a message, of the client's case.
char letter_of(HandshakeType type, bool retry) {
  constexpr char kLetters[] = {'H', 'C', 'S', 'V', 'T', 'E', 'J', 'Z', 'O', 'Z', 'Z', 'X', 'K',
                               'R', 'N', 'Y', 'G', 'Z', 'Z', 'Z', 'F', 'W', 'U', 'A', 'P'};
  if (retry) {
    return 'J';
  }
  return type.value < std::size(kLetters) ? kLetters[type.value] : 'Z';
}

void add_letter(std::string& history, char letter, Direction by) {
  constexpr char kToSmall = 'a' - 'A';
  const char shown =
      by == Direction::client_to_server ? letter : static_cast<char>(letter + kToSmall);
  const bool repeats = letter == 'D' && !history.empty() && history.back() == shown;
  if (history.size() < kMaxHistory && !repeats) {
    history += shown;
  }
}

}  // namespace

void Session::note_events(const Facts& facts, Side side, const Row& row) {
  trail_.damaged |= facts.skips_messages() && !row.decided;
  facts.events.for_each([&](StreamEvent event) {
    if (event == StreamEvent::gap) {
      trail_.lost[index(side)] = true;
    } else if (event != StreamEvent::joined_late || !is_before_tls()) {
      trail_.damaged |= event != StreamEvent::cut || !row.decided;
    }
  });
}

void Session::take_message(const MessageFacts& fact, Direction by, Moment now, Row& row,
                           Capture& capture) {
  const bool by_client = by == Direction::client_to_server;
  const bool retry = fact.body != nullptr && fact.body->server_hello &&
                     fact.body->server_hello->is_hello_retry_request;
  add_letter(row.history, letter_of(fact.type, retry), by);
  note_last(fact.type, by);
  if (by_client && row.server_hello && fact.type != handshake_type::client_hello) {
    note(row.client_flight, now);
  } else if (!by_client && !row.client_flight) {
    row.server_flight = now;
  }
  switch (event_of(fact.type).value_or(HandshakeEvent::other)) {
    case HandshakeEvent::client_hello:
      take_hello(fact, now, row, capture);
      break;
    case HandshakeEvent::certificate:
      take_certificates(fact, by, now, row);
      break;
    case HandshakeEvent::server_key_exchange:
      take_group(fact, now, row);
      break;
    case HandshakeEvent::server_hello_done:
      if (row.resumption == Resumption::unknown) {
        row.resumption = Resumption::none;
        row.resumption_in = now.frame;
      }
      break;
    case HandshakeEvent::finished:
      note(by_client ? row.client_finished_in : row.server_finished_in, now);
      break;
    default:
      break;
  }
}

void Session::take_group(const MessageFacts& fact, Moment now, Row& row) {
  if (fact.body->server_key_exchange && row.group_in == 0) {
    row.group = fact.body->server_key_exchange->group;
    row.group_in = row.group.value != 0 ? now.frame : 0;
  }
}

void Session::note_last(HandshakeType type, Direction by) {
  trail_.last.types[static_cast<size_t>(by)] = type;
}

void Session::take_certificates(const MessageFacts& fact, Direction by, Moment now, Row& row) {
  if (!fact.body->certificates) {
    return;
  }
  if (by == Direction::server_to_client) {
    note(row.certificate, now);
    return;
  }
  const bool empty = fact.whole && fact.body->certificates->list.empty();
  (empty ? trail_.empty_certificate : trail_.client_certificate) = true;
}

void Session::take_hello(const MessageFacts& fact, Moment now, Row& row, Capture& capture) {
  note(row.client_hello, now);
  trail_.hello_length = fact.length;
  trail_.server_spoke &= !trail_.last.is_retry;  // it has not answered this one
  if (!fact.body->client_hello || !row.server_name->empty()) {
    return;
  }
  const Bytes host = fact.body->client_hello->extensions.server_name;
  row.server_name = capture.ledger.text(
      printable(host.first(std::min(host.size(), kMaxHost)), Backslash::escaped), row);
  row.server_name_in = now.frame;
}

void Session::take_choice(const MessageFacts& fact, const Handshake& handshake, Moment now,
                          Row& row, Capture& capture) {
  if (fact.body->server_hello && fact.body->server_hello->is_hello_retry_request) {
    trail_.last.is_retry = true;
    return;
  }
  trail_.last.is_retry = false;
  note(row.server_hello, now);
  if (!fact.whole || !fact.body->server_hello || row.version != version::unknown) {
    return;
  }
  const ServerHello& chosen = *fact.body->server_hello;
  row.version_in = now.frame;
  row.version = chosen.version();
  row.suite = chosen.suite;
  if (const Bytes protocol = chosen.extensions.alpn; !protocol.empty() && row.alpn_in == 0) {
    row.alpn = capture.ledger.text(printable(protocol, Backslash::escaped), row);
    row.alpn_in = now.frame;
  }
  if (is_tls13(row.version)) {
    if (const auto share = server_share(chosen.extensions); share && row.group_in == 0) {
      row.group = share->group;
      row.group_in = now.frame;
    }
    if (row.resumption_in == 0) {
      const bool psk = has(chosen.extensions, extension::pre_shared_key);
      row.resumption = psk ? Resumption::psk : Resumption::none;
      row.resumption_in = now.frame;
    }
    trail_.early_data =
        handshake.hello && has(handshake.hello->view.extensions, extension::early_data);
  }
  capture.servers.remember(row.server, now.frame, trail_.hello_length, row.version, row.suite,
                           row.group);
}

// take_change: up to TLS 1.2 a server that changes its keys right behind its hello resumes.
void Session::take_change(Direction by, const Handshake& handshake, Moment now, Row& row) {
  add_letter(row.history, 'I', by);
  if (!row.server_hello || is_tls13(row.version)) {
    return;
  }
  if (by == Direction::client_to_server) {
    note(row.client_flight, now);
  } else if (!row.certificate && !row.client_flight && row.resumption == Resumption::unknown) {
    const bool ticket = handshake.hello && brings_ticket(handshake.hello->view);
    row.resumption = ticket ? Resumption::ticket : Resumption::session_id;
    row.resumption_in = now.frame;
  }
}

// begin_if_hidden: a protected handshake message after both Finished begins another handshake
// (RFC 5246 §7.4.1.1), of which nothing can be read. It returns the row of the record.
Row& Session::begin_if_hidden(const RecordFacts& fact, Direction by, const Connection& connection,
                              Moment now, Row& before, Capture& capture) {
  if (!fact.encrypted || fact.type != content_type::handshake || before.client_finished_in == 0 ||
      before.server_finished_in == 0 || !before.decided || is_damaged(connection) ||
      before.outcome == Outcome::incomplete_capture || before.outcome == Outcome::one_sided) {
    return before;
  }
  Row& made = begin(connection, now, capture);
  made.version_in = made.server_name_in = now.frame;
  made.version = before.version;
  made.suite = before.suite;
  made.server_name = before.server_name;
  trail_.is_hidden = true;
  trail_.renegotiates = true;
  trail_.server_spoke = true;
  trail_.asked_by = by;
  return made;
}

void Session::take_record(const RecordFacts& fact, Direction by, const Handshake& handshake,
                          Moment now, Row& row) {
  if (row.decided && fact.type == content_type::application_data) {
    return;
  }
  const bool by_client = by == Direction::client_to_server;
  const bool is_change = fact.type == content_type::change_cipher_spec;
  trail_.server_spoke |= !by_client && !(is_change && trail_.last.is_retry);  // RFC 8446 §D.4
  if (fact.encrypted && is_change) {
    trail_.changed[static_cast<size_t>(by)] = true;
  }
  if (!fact.encrypted || is_change) {
    return;
  }
  if (fact.sslv2) {
    note(by_client ? row.client_finished_in : row.server_finished_in, now);
  } else if (fact.type == content_type::application_data) {
    add_letter(row.history, 'D', by);
    trail_.ignored |= trail_.is_hidden && by != trail_.asked_by;
    trail_.client_data |= by_client;
    if (is_tls13(row.version)) {
      take_protected_tls13(fact, by, handshake, now, row);
    }
  } else if (fact.type == content_type::handshake) {
    if (trail_.is_hidden && !trail_.changed[static_cast<size_t>(by)]) {
      return;  // what it is cannot be told
    }
    add_letter(row.history, 'F', by);
    note_last(handshake_type::finished, by);
    note(by_client ? row.client_finished_in : row.server_finished_in, now);
  } else if (fact.type == content_type::alert) {
    add_letter(row.history, 'L', by);
    if (!trail_.ignored) {
      end(End::hidden_alert, by, now);
    }
  }
}

void Session::take_data(const DataRun& run, Direction by, const Handshake& handshake, Moment now,
                        Row& row) {
  if (row.decided) {
    return;  // most of a capture is so
  }
  for (const uint32_t length : run.lengths) {
    take_record(run.of_length(length), by, handshake, now, row);
  }
}

// take_protected_tls13 guesses from the length of a record what is in it (RFC 8446 §5.2 and
// §4.4.4).
void Session::take_protected_tls13(const RecordFacts& fact, Direction by,
                                   const Handshake& handshake, Moment now, Row& row) {
  constexpr uint32_t kEmptyCertificate = 8;
  const SuiteParts* suite = handshake.suite();
  const uint32_t content = protected_length(fact.length, handshake.agreed);
  const uint32_t finished = suite != nullptr && suite->mac == MacOrHash::sha384 ? 52 : 36;
  if (by == Direction::server_to_client) {
    if (!trail_.client_spoke) {
      row.server_flight = row.client_flight ? row.server_flight : now;
      trail_.maybe_alert =
          may_hold(content, kAlertSize);  // a Finished, which should be the last, is longer
      ++trail_.server_records;
      return;
    }
    trail_.maybe_alert = !trail_.server_done && may_hold(content, kAlertSize);
    trail_.server_done |= !trail_.maybe_alert;
    return;
  }
  if (!row.server_hello || (trail_.early_data && !may_hold(content, finished))) {
    return;
  }
  note(row.client_flight, now);
  if (row.client_finished_in != 0) {
    return;
  }
  if (may_hold(content, kAlertSize) && !trail_.client_spoke) {
    end(End::hidden_alert, by, now);
  }
  trail_.client_spoke = true;
  if (may_hold(content, kEmptyCertificate)) {
    trail_.empty_certificate = true;
  } else if (may_hold(content, finished)) {
    note(row.client_finished_in, now);
  } else if (content > finished) {
    trail_.client_certificate = true;  // with the rest of the flight behind it, or in it
  }
}

void Session::take_alert(const AlertFacts& fact, Direction by, Moment now, Row& row) {
  if (!fact.readable) {
    return;
  }
  add_letter(row.history, 'L', by);
  trail_.server_spoke |= by == Direction::server_to_client;
  const AlertDescription what = fact.alert.description;
  const AlertInfo* known = alert_info(what);
  const bool is_error = known != nullptr && known->kind == AlertKind::error;
  if (fact.alert.level == kFatal || (is_error && is_tls13(row.version))) {
    note(row.alert_in, now);
    end(what == alert_description::close_notify ? End::fin : End::alert, by, now, fact.alert);
    return;
  }
  trail_.canceled |= what == alert_description::user_canceled;
  if (what == alert_description::close_notify) {
    end(End::fin, by, now);
  } else if (what == alert_description::no_certificate) {
    trail_.empty_certificate = true;  // SSL 3.0, RFC 6101 §5.4.2
  } else if (what == alert_description::no_renegotiation && trail_.renegotiates) {
    note(row.alert_in, now);
    end(End::alert, by, now, fact.alert);
  } else if (is_error && what != alert_description::unrecognized_name) {
    trail_.warning = fact.alert;
    trail_.warned_by = by;
    note(row.alert_in, now);
  }
}

void Session::take_heartbeat(Direction by, Row& row) { add_letter(row.history, 'B', by); }

}  // namespace tlslens
