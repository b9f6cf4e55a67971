// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about the order of messages. They are silent where part of the handshake is not in the
// capture: what is missing may be what was expected.
#include "findings/rules.h"
#include "findings/words.h"

namespace tlslens {
namespace {

using State = HandshakeState;
using Event = HandshakeEvent;

std::string seen_and_expected(Event seen, const std::string& wanted) {
  const std::string saw = name(seen);
  return wanted.empty() ? saw : saw + ", expected " + wanted;
}

bool has_certificate(const Sender& sender) { return sender.certificates_in != 0; }

// before_keys tells the states in which no key exchange can be over.
bool before_keys(State state, Direction by) {
  switch (state) {
    case State::start:
    case State::client_hello:
    case State::client_hello_tls13:
    case State::client_hello_again:
    case State::server_hello:
    case State::server_certificate:
    case State::certificate_status:
    case State::server_key_exchange:
    case State::certificate_request:
    case State::server_hello_done:
    case State::client_certificate:
      return true;
    case State::server_hello_resuming:
      return by == Direction::client_to_server;
    case State::client_key_exchange:
    case State::certificate_verify:
      return by == Direction::server_to_client;
    default:
      return false;
  }
}

// unfit_for_suite: what the suite's key exchange asks for or forbids, as the words for what was
// expected; nothing if the message fits.
std::optional<std::string> unfit_for_suite(Event seen, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  const SuiteParts* suite = handshake.suite();
  if (suite == nullptr || scene.by_client() || handshake.state == State::tls13) {
    return std::nullopt;
  }
  const Need certificate = server_certificate_of(*suite);
  const Need key_exchange = server_key_exchange_of(*suite);
  switch (seen) {
    case Event::certificate:
      return certificate == Need::forbidden
                 ? std::optional<std::string>("none for a suite without certificates")
                 : std::nullopt;
    case Event::certificate_request:
      return certificate == Need::forbidden
                 ? std::optional<std::string>("none from a server without a certificate")
                 : std::nullopt;
    case Event::server_key_exchange:
      if (key_exchange == Need::forbidden) {
        return "none for the key exchange of this suite";
      }
      return certificate == Need::mandatory && !has_certificate(handshake.server())
                 ? std::optional<std::string>("Certificate")
                 : std::nullopt;
    case Event::server_hello_done:
      if (certificate == Need::mandatory && !has_certificate(handshake.server())) {
        return "Certificate";
      }
      return key_exchange == Need::mandatory && !handshake.key_exchange
                 ? std::optional<std::string>("Server Key Exchange")
                 : std::nullopt;
    default:
      return std::nullopt;
  }
}

// unfit_for_client: RFC 5246 §7.4.6 and §7.4.8. In SSL 3.0 an alert takes the place of an empty
// Certificate, and keys for fixed Diffie-Hellman cannot sign.
std::optional<std::string> unfit_for_client(Event seen, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  if (!scene.by_client() || handshake.version() == version::ssl3) {
    return std::nullopt;
  }
  const bool sent = has_certificate(handshake.client());
  switch (seen) {
    case Event::certificate:
      return handshake.wants_certificate ? std::nullopt
                                         : std::optional<std::string>("none without a request");
    case Event::client_key_exchange:
      return handshake.wants_certificate && !sent ? std::optional<std::string>("Certificate")
                                                  : std::nullopt;
    case Event::certificate_verify:
      return handshake.client().has_key ? std::nullopt
                                        : std::optional<std::string>("none without a certificate");
    default:
      return std::nullopt;
  }
}

// misplaced returns the words for what was expected in place of an event; nothing if it is in
// order.
std::optional<std::string> misplaced(Event seen, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  if (!scene.whole || handshake.state == State::unknown) {
    return std::nullopt;
  }
  if (!next(handshake.state, seen, scene.by)) {
    return expected(handshake.state);
  }
  const auto unfit = unfit_for_suite(seen, scene);
  return unfit ? unfit : unfit_for_client(seen, scene);
}

}  // namespace

// RFC 5246 §7.3, RFC 8446 §4
std::optional<Evidence> rule::unexpected_message(const MessageFacts& f, const Scene& scene) {
  const auto event = event_of(f.type);
  if (f.is_sslv2 || !event) {
    return std::nullopt;
  }
  if (*event == Event::client_hello && f.begins_handshake) {
    // A new connection on used ports begins like this, too; RFC 8446 §4.1.2 forbids a hello that
    // comes again before any answer.
    return scene.handshake.repeats_hello && scene.whole
               ? std::optional(Evidence{f.place.in(Field::handshake_type),
                                        seen_and_expected(*event, name(Event::server_hello))})
               : std::nullopt;
  }
  const auto wanted = misplaced(*event, scene);
  if (!wanted) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::handshake_type), seen_and_expected(*event, *wanted)};
}

// RFC 5246 §7.1: up to TLS 1.2 a second one; RFC 8446 §D.4: peers of TLS 1.3 ignore it.
std::optional<Evidence> rule::unexpected_message(const CcsFacts& f, const Scene& scene) {
  const State state = scene.handshake.state;
  const bool tls13 =
      state == State::tls13 || state == State::hello_retry || state == State::client_hello_again;
  if (tls13 && scene.whole && scene.sender().changes != 0) {
    return Evidence{f.place, "Change Cipher Spec a second time in TLS 1.3", 0, true};
  }
  const auto wanted = misplaced(Event::change_cipher_spec, scene);
  if (!wanted || before_keys(state, scene.by)) {
    return std::nullopt;
  }
  return Evidence{f.place, seen_and_expected(Event::change_cipher_spec, *wanted)};
}

// RFC 5246 §7.1; CVE-2014-0224 is about peers that take it.
std::optional<Evidence> rule::early_ccs(const CcsFacts& f, const Scene& scene) {
  const State state = scene.handshake.state;
  if (!misplaced(Event::change_cipher_spec, scene) || !before_keys(state, scene.by)) {
    return std::nullopt;
  }
  return Evidence{f.place, scene.by_client() ? "from the client" : "from the server"};
}

// RFC 5077 §3.3
std::optional<Evidence> rule::ticket_not_negotiated(const MessageFacts& f, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  const bool ticket = event_of(f.type) == Event::new_session_ticket;
  if (!ticket || !handshake.agreed || is_tls13(handshake.version()) || handshake.agreed.ticket) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::handshake_type), {}, handshake.agreed.in};
}

// RFC 6066 §8: a server that will send one says so in its hello.
std::optional<Evidence> rule::status_not_negotiated(const MessageFacts& f, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  if (event_of(f.type) != Event::certificate_status || !handshake.agreed ||
      handshake.agreed.status) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::handshake_type), {}, handshake.agreed.in};
}

// RFC 5246 §7.4.1.1: a HelloRequest asks for one; a hello within a protected connection is one.
std::optional<Evidence> rule::renegotiation(const MessageFacts& f, const Scene& scene) {
  constexpr HandshakeType kHelloRequest{0};
  const bool asks = f.type == kHelloRequest && scene.handshake.agreed;
  const bool begins = f.begins_handshake && f.protected_by_mac;
  if (f.is_sslv2 || (!asks && !begins)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::handshake_type),
                  f.type == kHelloRequest ? "asked for by the server" : "begun by the client"};
}

// CVE-2011-1473
std::optional<Evidence> rule::renegotiation_repeated(const ClientHelloFacts& f,
                                                     const Scene& scene) {
  constexpr uint32_t kMany = 10;
  if (!f.begins_handshake || scene.handshake.renegotiations < kMany) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::handshake_type)};
}

// A protected handshake message behind both Finished, up to TLS 1.2.
std::optional<Evidence> rule::renegotiation(const RecordFacts& f, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  if (handshake.state != State::established || !scene.whole || !f.encrypted ||
      f.type != content_type::handshake) {
    return std::nullopt;
  }
  // Other messages share the client's last flight.
  if (scene.by_client() && handshake.offers_next_protocol) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}}, "probable"};
}

// RFC 8446 §4: no stack accepts such lengths.
std::optional<Evidence> rule::message_length_unusual(const MessageFacts& f, const Scene&) {
  constexpr uint32_t kMaxHello = 0xffff;
  constexpr uint32_t kMaxCertificates = 1 << 17;
  const auto event = event_of(f.type);
  const bool hello = event == Event::client_hello && f.length > kMaxHello;
  const bool certificates = event == Event::certificate && f.length > kMaxCertificates;
  if (f.is_sslv2 || (!hello && !certificates)) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::handshake_length), name(*event)};
}

// RFC 8446 §4.6.1: no ticket of TLS 1.3 lasts longer; a ticket key that lives as long opens all.
std::optional<Evidence> rule::ticket_lifetime_long(const MessageFacts& f, const Scene&) {
  constexpr uint32_t kWeek = 604'800;
  if (f.body == nullptr || !f.body->ticket_lifetime || *f.body->ticket_lifetime <= kWeek) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::ticket_lifetime)};
}

// RFC 6176 §3: the answer to an SSLv2 hello, or what comes after it.
std::optional<Evidence> rule::sslv2_negotiated(const MessageFacts& f, const Scene&) {
  if (!f.is_sslv2 || f.type == handshake_type::client_hello) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

}  // namespace tlslens
