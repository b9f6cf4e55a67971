// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/handshake.h"

#include <algorithm>

#include "extensions/views.h"
#include "record/record.h"

namespace tlslens {
namespace {

// keep copies the body of a hello, and its view so that it points into the copy.
template <typename View>
KeptMessage<View> keep(Bytes body, uint32_t frame, View view) {
  Buffer copy(body.begin(), body.end());
  view.for_each_view([&](Bytes& part) {
    if (part.data() != nullptr) {
      part = {copy.data() + (part.data() - body.data()), part.size()};
    }
  });
  return std::make_unique<const Kept<View>>(Kept<View>{std::move(copy), std::move(view), frame});
}

// may_resume: whether ChangeCipherSpec right after this ServerHello can be a resumption
// (RFC 5246 §7.3 by session id, RFC 5077 §3.1 by ticket).
bool may_resume(const ClientHello& hello, const ServerHello& choice) {
  const bool echoed =
      !choice.session_id.empty() && std::ranges::equal(choice.session_id, hello.session_id);
  return echoed || brings_ticket(hello);
}

}  // namespace

bool brings_ticket(const ClientHello& hello) {
  const Bytes* body = hello.extensions.body(extension::session_ticket);
  return body != nullptr && !body->empty();
}

Version highest_version(const ClientHello& hello) {
  const auto& versions = hello.extensions.versions;
  if (versions.size() == 0) {
    return hello.legacy_version;
  }
  Version highest;
  for (size_t i = 0; i < versions.size(); ++i) {
    const Version v = versions[i];
    const bool known = !is_grease(v.value) && draft_number(v) == 0 && v.value >> 8 == 3 &&
                       v.value <= version::tls13.value;
    highest = known && v.value > highest.value ? v : highest;
  }
  return highest;
}

bool offers_tls13(const ClientHello& hello) {
  return hello.extensions.versions.any(is_tls13) || is_tls13(hello.legacy_version);
}

void Handshake::begin(bool renegotiation, bool first) {
  const uint32_t closed[] = {senders[0].closed_in, senders[1].closed_in};
  const bool unanswered = whole && (state == HandshakeState::client_hello ||
                                    state == HandshakeState::client_hello_tls13 ||
                                    state == HandshakeState::client_hello_again);
  // Where a part of a handshake that is not over is missing, it may be a HelloRetryRequest.
  const bool uncertain = !whole && hello;
  const uint32_t before = renegotiations;
  *this = Handshake{};
  repeats_hello = unanswered;
  renegotiates = renegotiation;
  renegotiations = renegotiation ? before + 1 : 0;
  opens = first;
  if (renegotiation) {
    senders[0].closed_in = closed[0];
    senders[1].closed_in = closed[1];
  }
  whole = !uncertain;
  state = uncertain ? HandshakeState::unknown : HandshakeState::start;
}

void Handshake::settle() {
  const bool both = client().protected_records != 0 && server().protected_records != 0;
  if (is_done() || (state == HandshakeState::tls13 && both)) {
    hello.reset();
    retry.reset();
    choice.reset();
    key_exchange.reset();
    authorities = {};
  }
}

void Handshake::lose() {
  whole = false;
  state = HandshakeState::unknown;
}

bool Handshake::is_done() const {
  return state == HandshakeState::established || state == HandshakeState::renegotiating;
}

HandshakeState Handshake::after_hello() const {
  if (retry) {
    return HandshakeState::client_hello_again;
  }
  return offers_tls13(hello->view) ? HandshakeState::client_hello_tls13
                                   : HandshakeState::client_hello;
}

HandshakeState Handshake::after_choice() const {
  if (is_tls13(version())) {
    return HandshakeState::tls13;
  }
  return hello && may_resume(hello->view, choice->view) ? HandshakeState::server_hello_resuming
                                                        : HandshakeState::server_hello;
}

// move follows the graph; what has no place in it ends what can be told of the order.
void Handshake::move(HandshakeEvent event, Direction by) {
  state = next(state, event, by).value_or(HandshakeState::unknown);
}

void Handshake::take_hello(const MessageFacts& fact, uint32_t frame) {
  if (!fact.whole || fact.is_sslv2 || !fact.body->client_hello) {
    lose();
    return;
  }
  hello = keep(fact.bytes, frame, *fact.body->client_hello);
  offers_next_protocol = has(hello->view.extensions, extension::next_protocol_negotiation);
  move(HandshakeEvent::client_hello, Direction::client_to_server);
  if (state != HandshakeState::unknown) {
    state = after_hello();
  }
}

void Handshake::take_choice(const MessageFacts& fact, uint32_t frame) {
  if (!fact.whole || !fact.body->server_hello) {
    lose();
    return;
  }
  auto kept = keep(fact.bytes, frame, *fact.body->server_hello);
  const bool retries = kept->view.is_hello_retry_request;
  (retries ? retry : choice) = std::move(kept);
  if (!retries) {
    agree(frame);
    agree_on_limits();
  }
  move(HandshakeEvent::server_hello, Direction::server_to_client);
  if (state != HandshakeState::unknown) {
    state = retries ? HandshakeState::hello_retry : after_choice();
  }
}

void Handshake::agree(uint32_t frame) {
  const ServerHello& chosen = choice->view;
  const auto has_one = [&](ExtensionType type) { return has(chosen.extensions, type); };
  agreed = {frame,
            chosen.version(),
            chosen.suite,
            chosen.compression,
            has_one(extension::truncated_hmac),
            has_one(extension::session_ticket),
            has_one(extension::status_request) || has_one(extension::status_request_v2),
            suite_parts(chosen.suite),
            std::nullopt};
  if (agreed.parts != nullptr) {
    agreed.shape =
        protected_shape(*agreed.parts, agreed.version, has_one(extension::encrypt_then_mac));
  }
}

// agree_on_limits: in TLS 1.3 the server's answer is not in the clear.
void Handshake::agree_on_limits() {
  if (!hello || is_tls13(version())) {
    return;
  }
  const Extensions& offer = hello->view.extensions;
  const Extensions& answer = choice->view.extensions;
  const auto code = number(answer, extension::max_fragment_length, 1);
  const auto of_client = number(offer, extension::record_size_limit, 2);
  const auto of_server = number(answer, extension::record_size_limit, 2);
  for (Sender& one : senders) {
    one.max_fragment = code && *code >= 1 && *code <= 4 ? uint32_t{1} << (8 + *code) : 0;
  }
  if (of_client && of_server) {
    sender(Direction::client_to_server).record_limit = *of_server;
    sender(Direction::server_to_client).record_limit = *of_client;
  }
}

void Handshake::take_certificates(const MessageFacts& fact, Direction by, uint32_t frame) {
  Sender& from = sender(by);
  from.certificates_in = frame;
  from.has_key = !fact.whole || !fact.body->certificates || !fact.body->certificates->list.empty();
  from.certificates.clear();
  if (fact.body->certificates) {
    from.certificates = fact.body->certificates->facts;
  }
}

void Handshake::take_request(const MessageFacts& fact) {
  constexpr size_t kLength = 2;  // of the list, in front of it
  wants_certificate = true;
  if (fact.whole && fact.body->certificate_request &&
      fact.body->certificate_request->authorities.size() > kLength) {
    authorities = name_hashes(fact.body->certificate_request->authorities.subspan(kLength));
  }
}

void Handshake::take(const MessageFacts& fact, Direction by, uint32_t frame) {
  if (fact.is_sslv2) {
    lose();
    return;
  }
  const auto event = event_of(fact.type);
  if (!event) {
    return;
  }
  switch (*event) {
    case HandshakeEvent::client_hello:
      take_hello(fact, frame);
      return;
    case HandshakeEvent::server_hello:
      take_choice(fact, frame);
      return;
    case HandshakeEvent::certificate:
      take_certificates(fact, by, frame);
      break;
    case HandshakeEvent::certificate_url:  // stands for a Certificate (RFC 6066 §5)
      sender(by).certificates_in = frame;
      sender(by).has_key = true;
      break;
    case HandshakeEvent::server_key_exchange:
      key_exchange =
          fact.body->server_key_exchange
              ? std::make_unique<const ServerKeyExchange>(*fact.body->server_key_exchange)
              : nullptr;
      break;
    case HandshakeEvent::certificate_request:
      take_request(fact);
      break;
    case HandshakeEvent::certificate_status:
      status_in = frame;
      break;
    default:
      break;
  }
  move(*event, by);
}

uint32_t protected_length(uint32_t length, const Agreed& agreed) {
  constexpr uint32_t kTagAndType = 17;
  return length - std::min(length, agreed.shape ? agreed.shape->least : kTagAndType);
}

bool may_be_alert(const RecordFacts& fact, const Agreed& agreed) {
  if (fact.type == content_type::alert || !is_tls13(fact.negotiated.version)) {
    return fact.type == content_type::alert;
  }
  return may_hold(protected_length(fact.length, agreed), kAlertSize);
}

void Handshake::take(const RecordFacts& fact, Direction by, uint32_t) {
  Sender& from = sender(by);
  from.record_version = fact.version;
  from.small_records = fact.is_small() ? from.small_records + 1 : 0;
  if (fact.type != content_type::alert) {
    from.warnings = 0;
  }
  from.last_may_be_alert = may_be_alert(fact, agreed);
  if (!fact.encrypted || fact.type == content_type::change_cipher_spec) {
    return;
  }
  ++from.protected_records;
  if (fact.type == content_type::handshake) {
    move(HandshakeEvent::finished, by);
  }
}

void Handshake::take(const DataRun& run, Direction by, uint32_t frame) {
  take(run.last(), by, frame);
  sender(by).protected_records += static_cast<uint32_t>(run.lengths.size() - 1);
}

void Handshake::take_more(uint32_t n, uint32_t last_length, Direction by, Version version) {
  Sender& from = sender(by);
  from.protected_records += n;
  from.last_may_be_alert =
      is_tls13(version) && may_hold(protected_length(last_length, agreed), kAlertSize);
}

void Handshake::take(const AlertFacts& fact, Direction by, uint32_t frame) {
  if (!fact.readable) {
    return;
  }
  Sender& from = sender(by);
  from.warnings = fact.alert.level == kWarning ? from.warnings + 1 : 0;
  if (fact.alert.level == kFatal || fact.alert.description == alert_description::close_notify) {
    from.closed_in = frame;
    state = HandshakeState::unknown;  // whatever comes after it begins anew
  }
}

void Handshake::take(const CcsFacts&, Direction by, uint32_t) {
  ++sender(by).changes;
  move(HandshakeEvent::change_cipher_spec, by);
}

void Handshake::take(const HeartbeatFacts& fact, Direction by, uint32_t frame) {
  constexpr HeartbeatMessageType kRequest{1};
  constexpr uint32_t kHeader = 3;
  if (fact.type == kRequest) {
    sender(by).heartbeat_in = frame;
    sender(by).heartbeat_length = fact.length - std::min<uint32_t>(fact.length, kHeader);
  }
}

}  // namespace tlslens
