// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/session.h"

#include <algorithm>
#include <string_view>

#include "diagnosis/causes.h"
#include "extensions/views.h"
#include "record/record.h"

namespace tlslens {
namespace {

constexpr AlertDescription kUserCanceled{90};
constexpr AlertDescription kNoCertificate{41};
constexpr AlertDescription kNoRenegotiation{100};
constexpr AlertDescription kUnrecognizedName{112};

constexpr HandshakeType kNewSessionTicket{4};
constexpr HandshakeType kCertificate{11};
constexpr HandshakeType kServerKeyExchange{12};
constexpr HandshakeType kServerHelloDone{14};
constexpr HandshakeType kFinished{20};

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

void note(Moment& moment, Moment now) {
  if (!moment) {
    moment = now;
  }
}

std::string stage_of(const Trail& trail) {
  std::string out;
  for (const Direction by : {Direction::client_to_server, Direction::server_to_client}) {
    const auto i = static_cast<size_t>(by);
    out += i == 0 ? "client: " : ", server: ";
    out += trail.has_last[i] ? shown_name(name(Registry::HandshakeType, trail.last[i].value))
                             : std::string("nothing");
  }
  return out;
}

std::string printable(Bytes bytes, size_t most) {
  std::string out;
  for (const uint8_t byte : bytes.first(std::min(bytes.size(), most))) {
    if (byte < 0x20 || byte >= 0x7f) {
      break;
    }
    out += static_cast<char>(byte);
  }
  return out;
}

bool is_http_request(std::string_view text) {
  constexpr std::string_view kMethods[] = {"GET ",     "POST ",    "HEAD ",  "PUT ",  "DELETE ",
                                           "OPTIONS ", "CONNECT ", "PATCH ", "TRACE "};
  return std::ranges::any_of(kMethods, [&](std::string_view m) { return text.starts_with(m); });
}

bool is_alert(Bytes bytes) {
  const auto header = peek_header(bytes);
  return header && header->type == content_type::alert && header->length == 2;
}

// refuses_plain_text tells an answer in HTTP that asks for TLS.
bool refuses_plain_text(Bytes bytes) {
  constexpr size_t kMost = 1024;
  const auto first = bytes.first(std::min(bytes.size(), kMost));
  const std::string text(first.begin(), first.end());
  const auto has_word = [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  };
  return text.starts_with("HTTP/1.") && text.size() > 12 && text.substr(9, 3) == "400" &&
         (has_word("HTTPS") || has_word("SSL") || has_word("TLS"));
}

// begins_row: a ClientHello in the middle of a handshake is a message out of place, unless some of
// the handshake may be missing.
bool begins_row(const MessageFacts& message, const Row& row) {
  return row.client_hello && (row.decided || message.protected_by_mac);
}

// offers_ticket tells a ClientHello that brings a ticket (RFC 5077 §3.2).
bool offers_ticket(const ClientHello& hello) {
  const Bytes* body = hello.extensions.body(extension::session_ticket);
  return body != nullptr && !body->empty();
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
  trail_.text[0].swap(text_[0]);
  trail_.text[1].swap(text_[1]);
  Row& made = capture.ledger.add();
  const bool a_is_client = connection.direction(Side::a) == Direction::client_to_server;
  made.client = ends_[a_is_client ? 0 : 1];
  made.server = ends_[a_is_client ? 1 : 0];
  made.begin = now;
  rows_.push_back(made.index);
  return made;
}

void Session::end(End kind, Direction by, Moment now, Alert alert) {
  if (!trail_.ending) {
    trail_.ending = Ending{kind, by, alert, now};
  }
}

void Session::take_look(const Look& look, const Delivery& delivery, const Connection& connection,
                        Moment now, Capture& capture) {
  const Facts& facts = look.reading.facts;
  delivered_[index(delivery.side)] = true;
  const Direction by = connection.direction(delivery.side);
  if (facts.steps.empty() && facts.events.empty()) {
    return;
  }
  if (rows_.empty()) {
    begin(connection, now, capture);
    const bool answers = !trail_.text[0].empty() && by == Direction::server_to_client;
    if (answers && !facts.alerts.empty()) {
      end(End::text, Direction::client_to_server, now);
    }
  }
  for (const Finding& finding : look.findings) {
    trail_.name_mismatch |= finding.id == FindingId::certificate_name_mismatch;
  }
  note_events(facts, delivery.side, row(capture));
  for (const Step& step : facts.steps) {
    switch (step.kind) {
      case Step::Kind::record:
        begin_if_hidden(facts.records[step.index], by, connection, now, capture);
        take_record(facts.records[step.index], by, connection.handshake(), now, row(capture));
        break;
      case Step::Kind::alert:
        take_alert(facts.alerts[step.index], by, now, row(capture));
        break;
      case Step::Kind::change:
        take_change(by, connection.handshake(), now, row(capture));
        break;
      case Step::Kind::heartbeat:
        add_letter(row(capture).history, 'B', by);
        break;
      case Step::Kind::message: {
        const MessageFacts& message = facts.messages[step.index];
        if (message.begins_handshake && begins_row(message, row(capture))) {
          begin(connection, now, capture);
          trail_.renegotiates = message.protected_by_mac;
        }
        take_message(message, by, now, row(capture));
        if (message.type == handshake_type::server_hello && !message.is_sslv2) {
          take_choice(message, connection.handshake(), now, row(capture), capture);
        }
        break;
      }
    }
  }
}

void Session::note_events(const Facts& facts, Side side, const Row& row) {
  for (const StreamFacts& fact : facts.events) {
    if (fact.event == StreamEvent::gap) {
      trail_.lost[index(side)] = true;
    } else {
      trail_.damaged |= fact.event != StreamEvent::cut || !row.decided;
    }
  }
}

void Session::take_message(const MessageFacts& fact, Direction by, Moment now, Row& row) {
  const bool by_client = by == Direction::client_to_server;
  const bool retry = fact.body != nullptr && fact.body->server_hello &&
                     fact.body->server_hello->is_hello_retry_request;
  add_letter(row.history, letter_of(fact.type, retry), by);
  note_last(fact.type, by);
  trail_.is_sslv2 |= fact.is_sslv2 && fact.type != handshake_type::client_hello;
  if (by_client && row.server_hello && fact.type != handshake_type::client_hello) {
    note(row.client_flight, now);
  } else if (!by_client && !row.client_flight) {
    row.server_flight = now;
  }
  if (fact.type == handshake_type::client_hello) {
    take_hello(fact, now, row);
  } else if (fact.type == kCertificate) {
    take_certificates(fact, by, now, row);
  } else if (fact.type == kServerKeyExchange && fact.body->server_key_exchange &&
             row.group_in == 0) {
    row.group = fact.body->server_key_exchange->group;
    row.group_in = row.group.value != 0 ? now.frame : 0;
  } else if (fact.type == kServerHelloDone && row.resumption == Resumption::unknown) {
    row.resumption = Resumption::none;
    row.resumption_in = now.frame;
  } else if (fact.type == kFinished) {
    note(by_client ? row.client_finished : row.server_finished, now);
  }
}

void Session::note_last(HandshakeType type, Direction by) {
  trail_.last[static_cast<size_t>(by)] = type;
  trail_.has_last[static_cast<size_t>(by)] = true;
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

void Session::take_hello(const MessageFacts& fact, Moment now, Row& row) {
  note(row.client_hello, now);
  trail_.hello_length = fact.length;
  if (!fact.body->client_hello || !row.server_name.empty()) {
    return;
  }
  const Bytes host = fact.body->client_hello->extensions.server_name;
  row.server_name = printable(host, 255);
  row.server_name_in = now.frame;
}

void Session::take_choice(const MessageFacts& fact, const Handshake& handshake, Moment now,
                          Row& row, Capture& capture) {
  if (fact.body->server_hello && fact.body->server_hello->is_hello_retry_request) {
    return;
  }
  note(row.server_hello, now);
  if (!fact.whole || !fact.body->server_hello || row.version != version::unknown) {
    return;
  }
  const ServerHello& chosen = *fact.body->server_hello;
  row.version_in = now.frame;
  row.version = chosen.version();
  row.suite = chosen.suite;
  const auto names = protocols(chosen.extensions);
  if (!names.empty()) {
    row.alpn = printable(names.front(), 255);
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
    const bool ticket = handshake.hello && offers_ticket(handshake.hello->view);
    row.resumption = ticket ? Resumption::ticket : Resumption::session_id;
    row.resumption_in = now.frame;
  }
}

// begin_if_hidden: a protected handshake message after both Finished begins another handshake
// (RFC 5246 §7.4.1.1), of which nothing can be read.
void Session::begin_if_hidden(const RecordFacts& fact, Direction by, const Connection& connection,
                              Moment now, Capture& capture) {
  const Row known = row(capture);
  if (!fact.encrypted || fact.type != content_type::handshake || !known.client_finished ||
      !known.server_finished || !known.decided || is_damaged(connection) ||
      known.outcome == Outcome::incomplete_capture || known.outcome == Outcome::one_sided) {
    return;
  }
  Row& made = begin(connection, now, capture);
  made.version_in = made.server_name_in = now.frame;
  made.version = known.version;
  made.suite = known.suite;
  made.server_name = known.server_name;
  trail_.is_hidden = true;
  trail_.renegotiates = true;
  trail_.server_spoke = true;
  trail_.asked_by = by;
}

void Session::take_record(const RecordFacts& fact, Direction by, const Handshake& handshake,
                          Moment now, Row& row) {
  const bool by_client = by == Direction::client_to_server;
  trail_.server_spoke |= !by_client;
  if (fact.encrypted && fact.type == content_type::change_cipher_spec) {
    trail_.changed[static_cast<size_t>(by)] = true;
  }
  if (!fact.encrypted || fact.type == content_type::change_cipher_spec) {
    return;
  }
  if (fact.sslv2) {
    note(by_client ? row.client_finished : row.server_finished, now);
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
    note_last(kFinished, by);
    note(by_client ? row.client_finished : row.server_finished, now);
  } else if (fact.type == content_type::alert) {
    add_letter(row.history, 'L', by);
    if (!trail_.ignored) {
      end(End::hidden_alert, by, now);
    }
  }
}

// take_protected_tls13 guesses from the length of a record what is in it (RFC 8446 §5.2 and
// §4.4.4).
void Session::take_protected_tls13(const RecordFacts& fact, Direction by,
                                   const Handshake& handshake, Moment now, Row& row) {
  constexpr uint32_t kAlert = 2;
  constexpr uint32_t kPadded = 16;  // JSSE adds so many bytes of padding to short messages
  constexpr uint32_t kEmptyCertificate = 8;
  const SuiteParts* suite = handshake.suite();
  const uint32_t content = protected_length(fact, suite);
  const auto is = [&](uint32_t n) { return content == n || content == n + kPadded; };
  const uint32_t finished = suite != nullptr && suite->mac == MacOrHash::sha384 ? 52 : 36;
  if (by == Direction::server_to_client) {
    if (!trail_.client_spoke) {
      row.server_flight = row.client_flight ? row.server_flight : now;
      trail_.maybe_alert = is(kAlert);  // a Finished, which should be the last, is longer
      ++trail_.server_records;
      return;
    }
    trail_.maybe_alert = !trail_.server_done && is(kAlert);
    trail_.server_done |= !trail_.maybe_alert;
    return;
  }
  if (!row.server_hello || (trail_.early_data && !is(finished))) {
    return;
  }
  note(row.client_flight, now);
  if (row.client_finished) {
    return;
  }
  if (is(kAlert) && !trail_.client_spoke) {
    end(End::hidden_alert, by, now);
  }
  trail_.client_spoke = true;
  if (is(kEmptyCertificate)) {
    trail_.empty_certificate = true;
  } else if (is(finished)) {
    note(row.client_finished, now);
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
    note(row.alert, now);
    end(what == kCloseNotify ? End::fin : End::alert, by, now, fact.alert);
    return;
  }
  trail_.canceled |= what == kUserCanceled;
  if (what == kCloseNotify) {
    end(End::fin, by, now);
  } else if (what == kNoCertificate) {
    trail_.empty_certificate = true;  // SSL 3.0, RFC 6101 §5.4.2
  } else if (what == kNoRenegotiation && trail_.renegotiates) {
    note(row.alert, now);
    end(End::alert, by, now, fact.alert);
  } else if (is_error && what != kUnrecognizedName) {
    trail_.warning = fact.alert;
    trail_.warned_by = by;
    note(row.alert, now);
  }
}

void Session::take_text(Side by, Bytes bytes, const Connection& connection, Moment now,
                        Capture& capture) {
  constexpr size_t kMost = 40;
  const Direction direction = connection.direction(by);
  const auto i = static_cast<size_t>(direction);
  std::string& text = rows_.empty() ? text_[i] : trail_.text[i];
  if (text.empty()) {
    text = printable(bytes, kMost);
  }
  if (rows_.empty()) {
    if (direction == Direction::server_to_client && !text_[0].empty() &&
        (refuses_plain_text(bytes) || is_alert(bytes))) {
      begin(connection, now, capture);
      end(End::text, Direction::client_to_server, now);
    }
  } else if (!row(capture).server_hello) {
    trail_.server_spoke |= direction == Direction::server_to_client;
    end(End::text, direction, now);
  }
}

// note_refused_text: a server that ends the connection on a request in plain text, without a word.
void Session::note_refused_text(const Connection& connection, Moment now, Capture& capture) {
  for (const Side side : {Side::a, Side::b}) {
    const bool is_server = connection.direction(side) == Direction::server_to_client;
    if (is_server && ended_[index(side)].at.frame == now.frame && is_http_request(text_[0]) &&
        text_[1].empty() && tcp_[index(side)].data_frames == 0) {
      begin(connection, now, capture);
      end(End::text, Direction::client_to_server, now);
      return;
    }
  }
}

void Session::take(const TcpFrame& frame, const Connection& connection) {
  const size_t side = index(frame.side);
  tcp_[side].take(frame);
  if (frame.ack) {
    tcp_[1 - side].take_ack(*frame.ack);
  }
  if (frame.fin || frame.rst) {
    const Moment now{frame.frame, frame.time};
    if (!ended_[side].at) {
      ended_[side] = {now, frame.rst};
    }
    end(frame.rst ? End::rst : End::fin, connection.direction(frame.side), now);
  }
}

bool Session::is_one_sided() const {
  return !(tcp_[0].seen || delivered_[0]) || !(tcp_[1].seen || delivered_[1]);
}

// note_loss: bytes that were acknowledged and are not in the capture have been lost by it. They may
// still come, but nothing reads them then.
void Session::note_loss() { trail_.damaged |= tcp_[0].misses() || tcp_[1].misses(); }

// is_damaged: a gap is the capture's fault, unless the side that should have got the bytes ends the
// connection and has not acknowledged them.
bool Session::is_damaged(const Connection& connection) const {
  if (trail_.damaged) {
    return true;
  }
  for (const Side side : {Side::a, Side::b}) {
    const TcpSide& tcp = tcp_[index(side)];
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
  const bool closed =
      trail_.ending && (trail_.ending->kind == End::fin || trail_.ending->kind == End::rst);
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
    return row.client_finished && row.server_finished;
  }
  const bool closed =
      trail_.ending && (trail_.ending->kind == End::fin || trail_.ending->kind == End::rst);
  const bool by_client = closed && trail_.ending->by == Direction::client_to_server;
  const bool goodbye = closed && trail_.ending->kind == End::fin && trail_.maybe_alert;
  const bool spoke = row.client_finished || trail_.client_certificate;
  return spoke && (trail_.server_done || (row.client_finished && (by_client || goodbye)));
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
  return trail_.name_mismatch || (own.not_after && *own.not_after < seconds) ||
         (own.not_before && *own.not_before > seconds);
}

Outcome Session::outcome_of(const Ending& ending, const Row& row) const {
  const bool by_client = ending.by == Direction::client_to_server;
  if (!trail_.text[1].empty() && !row.server_hello) {
    return Outcome::plaintext_peer;
  }
  switch (ending.kind) {
    case End::alert:
      return Outcome::failed_alert;
    case End::hidden_alert:
      return Outcome::failed_alert_encrypted_likely;
    case End::text:
      return Outcome::plaintext_peer;
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
                      const Capture& capture) {
  const size_t client = connection.direction(Side::a) == Direction::client_to_server ? 0 : 1;
  const Case c{ending,
               row,
               trail_,
               connection.handshake(),
               tcp_[client],
               tcp_[1 - client],
               capture.servers.find(row.server)};
  Diagnosis found = find_cause(c);
  row.cause = found.cause;
  row.explanation = std::move(found.explanation);
}

void Session::decide(const Connection& connection, Moment now, Row& row, const Capture& capture) {
  infer_end(row, now);
  row.cause = Cause::none;
  row.explanation.clear();
  const bool finished = is_done(row);
  const bool suspect = finished && !is_tls13(row.version) && is_suspect(connection, now);
  if (suspect && !trail_.ending) {
    return;
  }
  const bool done = finished && !(suspect && trail_.ending->by == Direction::client_to_server);
  const bool incomplete =
      is_damaged(connection) || (!row.client_hello && !is_text() && !trail_.is_hidden);
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
    guess(connection, now, row, capture);
    return;
  }
  if (done || trail_.ending) {
    row.decided = now;
    row.stage = stage_of(trail_);
    row.history_then = row.history;
  }
}

// guess says what would be true if nothing came any more.
void Session::guess(const Connection& connection, Moment now, Row& row, const Capture& capture) {
  row.outcome = Outcome::in_progress;
  row.is_silent = row.client_hello && !trail_.server_spoke;
  if (row.is_silent && now.frame != row.client_hello.frame) {
    explain(connection, Ending{End::silence, Direction::server_to_client, {}, now}, row, capture);
  }
}

void Session::settle(Connection& connection, Moment now, const Settings& settings,
                     Capture& capture) {
  if (rows_.empty()) {
    note_refused_text(connection, now, capture);
  }
  if (rows_.empty()) {
    return;
  }
  note_loss();
  Row& current = row(capture);
  if (current.client_hello.frame == now.frame) {
    const size_t client = connection.direction(Side::a) == Direction::client_to_server ? 0 : 1;
    trail_.hello_frames = tcp_[client].data_frames;
  }
  std::vector<Finding> findings;
  for (const Side side : {Side::a, Side::b}) {
    const EndOfSide& ended = ended_[index(side)];
    if (ended.at.frame != now.frame) {
      continue;
    }
    note(current.closed, now);
    const bool whole =
        !is_one_sided() && !is_damaged(connection) && !tcp_[0].had_gap && !tcp_[1].had_gap;
    const bool established = current.decided && !is_failure(current.outcome);
    connection.judge_closing(side, {ended.by_reset, whole, established}, now.frame, settings,
                             capture.memory, findings);
  }
  judge_times(connection, now, current, settings, capture, findings);
  if (!current.decided) {
    decide(connection, now, current, capture);
    if (current.decided && is_failure(current.outcome)) {
      connection.judge_failure({current.explanation, current.cause != Cause::user_canceled},
                               now.frame, now.time / 1'000'000, settings, capture.memory, findings);
    }
  }
  if (!findings.empty()) {
    closings_.push_back({now.frame, std::move(findings)});
  }
}

void Session::judge_times(Connection& connection, Moment now, const Row& row,
                          const Settings& settings, Capture& capture,
                          std::vector<Finding>& findings) const {
  if (is_damaged(connection) || is_one_sided()) {
    return;
  }
  if (row.client_hello && row.server_hello.frame == now.frame) {
    connection.judge_slow({"the server's hello", now.time - row.client_hello.time}, now.frame,
                          settings, capture.memory, findings);
  }
  if (row.server_flight && row.client_flight.frame == now.frame) {
    connection.judge_slow({"the client's answer", now.time - row.server_flight.time}, now.frame,
                          settings, capture.memory, findings);
  }
}

const Row* Session::row_at(uint32_t frame, const Ledger& ledger) const {
  const auto next = std::ranges::upper_bound(
      rows_, frame, {}, [&](uint32_t index) { return ledger.rows()[index].begin.frame; });
  return next == rows_.begin() ? nullptr : &ledger.rows()[*(next - 1)];
}

const std::vector<Finding>* Session::findings_at(uint32_t frame) const {
  const auto at = std::ranges::lower_bound(closings_, frame, {}, &Closing::frame);
  return at == closings_.end() || at->frame != frame ? nullptr : &at->findings;
}

}  // namespace tlslens
