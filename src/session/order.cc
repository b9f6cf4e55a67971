// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/order.h"

#include <array>
#include <iterator>
#include <vector>

namespace tlslens {
namespace {

struct Edge {
  HandshakeState from;
  HandshakeEvent what;
  Direction by;
  HandshakeState to;
};

constexpr Direction client = Direction::client_to_server;
constexpr Direction server = Direction::server_to_client;

constexpr Edge kEdges[] = {
#define STATE(id, seen)
#define EDGE(from, what, by, to, reference) \
  {HandshakeState::from, HandshakeEvent::what, by, HandshakeState::to},
#include "session/order.def"
#undef STATE
#undef EDGE
};

constexpr HandshakeState kStates[] = {
#define STATE(id, seen) HandshakeState::id,
#define EDGE(...)
#include "session/order.def"
#undef STATE
#undef EDGE
};

// Order has for each state, event and sender the number of the state that follows, counted from 1,
// or 0 if there is none.
class Order {
 public:
  constexpr Order() {
    for (const Edge& edge : kEdges) {
      uint8_t& to = next_[place(edge.from, edge.what, edge.by)];
      to = to == 0 ? static_cast<uint8_t>(static_cast<size_t>(edge.to) + 1) : to;
    }
  }
  constexpr size_t operator()(HandshakeState from, HandshakeEvent what, Direction by) const {
    return next_[place(from, what, by)];
  }

 private:
  static constexpr size_t place(HandshakeState from, HandshakeEvent what, Direction by) {
    return (static_cast<size_t>(from) * kHandshakeEvents + static_cast<size_t>(what)) * 2 +
           static_cast<size_t>(by);
  }
  std::array<uint8_t, std::size(kStates) * kHandshakeEvents * 2> next_{};
};
constexpr Order kOrder;

}  // namespace

std::optional<HandshakeEvent> event_of(HandshakeType type) {
  switch (type.value) {
    case 0:
      return std::nullopt;
    case 1:
      return HandshakeEvent::client_hello;
    case 2:
    case 6:
      return HandshakeEvent::server_hello;
    case 4:
      return HandshakeEvent::new_session_ticket;
    case 11:
      return HandshakeEvent::certificate;
    case 12:
      return HandshakeEvent::server_key_exchange;
    case 13:
      return HandshakeEvent::certificate_request;
    case 14:
      return HandshakeEvent::server_hello_done;
    case 15:
      return HandshakeEvent::certificate_verify;
    case 16:
      return HandshakeEvent::client_key_exchange;
    case 20:
      return HandshakeEvent::finished;
    case 21:
      return HandshakeEvent::certificate_url;
    case 22:
      return HandshakeEvent::certificate_status;
    case 23:
      return HandshakeEvent::supplemental_data;
    case 67:   // draft-agl-tls-nextprotoneg-04 §3
    case 203:  // draft-balfanz-tls-channelid-01 §3
      return HandshakeEvent::next_protocol;
    default:
      return is_named(Registry::HandshakeType, type.value) ? std::optional(HandshakeEvent::other)
                                                           : std::nullopt;
  }
}

std::optional<HandshakeState> next(HandshakeState state, HandshakeEvent event, Direction by) {
  if (state == HandshakeState::unknown) {
    return state;
  }
  const size_t to = kOrder(state, event, by);
  return to == 0 ? std::nullopt : std::optional(static_cast<HandshakeState>(to - 1));
}

const char* name(HandshakeEvent event) {
  constexpr const char* kNames[] = {
      "Client Hello",        "Server Hello",
      "Supplemental Data",   "Certificate",
      "Certificate URL",     "Certificate Status",
      "Server Key Exchange", "Certificate Request",
      "Server Hello Done",   "Client Key Exchange",
      "Certificate Verify",  "Change Cipher Spec",
      "Next Protocol",       "Finished",
      "New Session Ticket",  "this message",
  };
  return kNames[static_cast<size_t>(event)];
}

std::string expected(HandshakeState state) {
  std::vector<const char*> names;
  for (const Edge& edge : kEdges) {
    if (edge.from == state) {
      names.push_back(name(edge.what));
    }
  }
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    out += i == 0 ? "" : i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

Need server_certificate_of(const SuiteParts& suite) {
  switch (suite.authentication) {
    case Authentication::rsa:
    case Authentication::dss:
    case Authentication::ecdsa:
    case Authentication::gost_94:
    case Authentication::gost_2001:
    case Authentication::gost_2012:
    case Authentication::sm2:
      return Need::mandatory;
    case Authentication::anonymous:
    case Authentication::kerberos:
      return Need::forbidden;
    case Authentication::psk:
      return suite.key_exchange == KeyExchange::rsa_psk ? Need::mandatory : Need::forbidden;
    default:
      return Need::optional;
  }
}

Need server_key_exchange_of(const SuiteParts& suite) {
  switch (suite.key_exchange) {
    case KeyExchange::dh:
    case KeyExchange::dh_export:
    case KeyExchange::ecdh:
    case KeyExchange::krb5:
    case KeyExchange::krb5_export:
      return Need::forbidden;
    case KeyExchange::dhe:
    case KeyExchange::dhe_export:
    case KeyExchange::dh_anon:
    case KeyExchange::dh_anon_export:
    case KeyExchange::ecdhe:
    case KeyExchange::ecdh_anon:
    case KeyExchange::dhe_psk:
    case KeyExchange::ecdhe_psk:
    case KeyExchange::srp:
      return Need::mandatory;
    default:
      return Need::optional;
  }
}

}  // namespace tlslens
