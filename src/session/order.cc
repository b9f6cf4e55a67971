// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/order.h"

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
      return name(Registry::HandshakeType, type.value).empty()
                 ? std::nullopt
                 : std::optional(HandshakeEvent::other);
  }
}

std::optional<HandshakeState> next(HandshakeState state, HandshakeEvent event, Direction by) {
  if (state == HandshakeState::unknown) {
    return state;
  }
  for (const Edge& edge : kEdges) {
    if (edge.from == state && edge.what == event && edge.by == by) {
      return edge.to;
    }
  }
  return std::nullopt;
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
