// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "extensions/views.h"
#include "findings/finding.h"
#include "findings/memory.h"
#include "session/handshake.h"
#include "session/tcp.h"

namespace tlslens {

// Settings are the user's, as far as findings depend on them.
struct Settings {
  bool policy = false;        // make findings of good practice, beside those of protocol
  bool close_notify = false;  // tell a FIN without close_notify
  uint32_t expiry_days = 30;  // before the end of a certificate's validity
};

// Scene is what a rule may look at beside its fact.
struct Scene {
  const Handshake& handshake;  // as it was before the fact
  Direction by;                // who sent it
  uint32_t frame;              // in which it is
  int64_t time;                // of that frame, in seconds since 1970, UTC
  bool whole;                  // nothing of either direction is missing since the ClientHello
  const Settings& settings;
  Memory& memory;
  uint32_t connection;  // its number in memory
  const Endpoint& client;
  const Endpoint& server;

  bool by_client() const { return by == Direction::client_to_server; }
  const Sender& sender() const { return handshake.sender(by); }
  const Sender& peer() const { return by_client() ? handshake.server() : handshake.client(); }
};

// What a message that was captured whole says to the rules for its kind.
struct WholeMessage {
  Place place;
  Bytes bytes;  // of the body, which begins behind the header of `place`

  // at names a field that has the bytes `part` of the body.
  Place at(Field field, Bytes part) const;
  // at_extension names the type of an extension whose body is `part`.
  Place at_extension(Bytes part) const;
};

struct ClientHelloFacts : WholeMessage {
  const ClientHello& hello;
  bool begins_handshake;
  std::vector<Share> shares;  // as client_shares has them
};
// A ServerHello or HelloRetryRequest, and the ClientHello that it answers: an empty one where that
// is not known, because something between the two may be missing.
struct ServerHelloFacts : WholeMessage {
  const ServerHello& hello;
  const ClientHello& offer;
  uint32_t offer_in;  // the frame of the ClientHello; 0 if it is not known
};
// The same for rules that compare the two: it is known.
struct AnswerFacts : ServerHelloFacts {};
// Link is a certificate of a list, and what it says.
struct Link {
  Bytes der;
  std::shared_ptr<const CertificateFacts> facts;
};
struct CertificatesFacts : WholeMessage {
  const Certificates& certificates;
  std::vector<Link> chain;  // the first kMaxChain of them; empty for a raw public key
};
struct CertificateRequestFacts : WholeMessage {
  const CertificateRequest& request;
};
struct KeyExchangeFacts : WholeMessage {
  const ServerKeyExchange& exchange;
};

// judge applies the rules for a fact, those for its kind of message among them, appends what they
// find to `out` and keeps `made` up to date.
template <typename Fact>
void judge(const Fact& fact, const Scene& scene, Made& made, std::vector<Finding>& out);
void judge(const MessageFacts& fact, const Scene& scene, Made& made, std::vector<Finding>& out);

// note_message keeps in the scene's memory what later connections are compared with.
void note_message(const MessageFacts& fact, const Scene& scene);

// note_failure keeps there that a handshake failed.
void note_failure(const Scene& scene);

// Each rule looks at one kind of fact and gives evidence if its offence is there.
namespace rule {
#define ABOUT(...)
#define FINDING(id, severity, milder, group, often, when, at, text, reference) \
  std::optional<Evidence> id(const at##Facts&, const Scene&);
#define ALSO(id, at) std::optional<Evidence> id(const at##Facts&, const Scene&);
#include "findings/findings.def"
#undef FINDING
#undef ABOUT
#undef ALSO
}  // namespace rule

}  // namespace tlslens
