// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certificate/certificate.h"
#include "handshake/message.h"
#include "record/record.h"
#include "session/facts.h"
#include "session/order.h"

namespace tlslens {

// Kept is a message that outlives the bytes it was read from: `view` points into a copy of them.
template <typename View>
struct Kept {
  Buffer bytes;
  View view;
  uint32_t frame = 0;
};
template <typename View>
using KeptMessage = std::unique_ptr<const Kept<View>>;

// Sender is what is known of what one side of a handshake sent.
struct Sender {
  uint32_t changes = 0;            // ChangeCipherSpec messages
  uint32_t protected_records = 0;  // that are not ChangeCipherSpec
  uint32_t warnings = 0;           // warning alerts in a row
  uint32_t small_records = 0;      // empty ones, or of one byte of handshake, in a row
  uint32_t closed_in = 0;          // frame of its close_notify or fatal alert in the clear; else 0
  Version record_version;          // of its last record
  bool last_may_be_alert = false;  // that record is an alert, or has the length of one
  std::vector<std::shared_ptr<const CertificateFacts>> certificates;  // its own first
  uint32_t certificates_in = 0;   // frame of its Certificate message; 0 if there was none
  bool has_key = false;           // that message had a certificate or a raw public key
  uint32_t heartbeat_in = 0;      // frame of its last heartbeat request that is readable
  uint32_t heartbeat_length = 0;  // what that message had behind its header, in bytes
  uint32_t max_fragment = 0;      // agreed for all its records (RFC 6066 §4), in bytes; else 0
  uint32_t record_limit = 0;      // agreed for those that are protected (RFC 8449 §4); else 0
};

// Agreed is what a ServerHello settled, as far as what comes behind it is judged by that.
struct Agreed {
  uint32_t in = 0;  // frame of the ServerHello; 0 if none was seen whole
  Version version;
  CipherSuite suite;
  CompressionMethod compression;
  bool truncated_hmac = false;
  bool ticket = false;                  // the server may send a NewSessionTicket
  bool status = false;                  // the server may send a CertificateStatus
  const SuiteParts* parts = nullptr;    // of the suite; null if it is not known
  std::optional<ProtectedShape> shape;  // of protected records

  explicit operator bool() const { return in != 0; }
};

// Handshake is what is known of one handshake at a point of the capture: what was offered, chosen
// and sent so far. A ClientHello that answers no HelloRetryRequest begins a new one.
class Handshake {
 public:
  // begin starts a handshake whose ClientHello is about to be taken; `renegotiates` if it was
  // protected itself, `opens` if nothing can have come before it in the connection. What the
  // connection did before stays known as far as a rule needs it.
  void begin(bool renegotiates, bool opens);
  // take brings the handshake past a fact that `by` sent in frame `frame`.
  void take(const MessageFacts& fact, Direction by, uint32_t frame);
  void take(const RecordFacts& fact, Direction by, uint32_t frame);
  void take(const AlertFacts& fact, Direction by, uint32_t frame);
  void take(const CcsFacts& fact, Direction by, uint32_t frame);
  void take(const HeartbeatFacts& fact, Direction by, uint32_t frame);
  // take does for records of data what it would do for each of them, one after another.
  void take(const DataRun& run, Direction by, uint32_t frame);
  // take_more does so for n records behind such a run, where the flow's version is `version`; the
  // last one has so many bytes.
  void take_more(uint32_t n, uint32_t last_length, Direction by, Version version);
  // settle forgets what takes room, once the handshake is over and no rule asks for it any more.
  void settle();
  // lose says that the capture does not have all of the handshake: its order can no longer be told.
  void lose();

  // What follows is for reading.
  bool whole = false;  // nothing between the ClientHello and here is missing in the capture
  bool renegotiates = false;
  uint32_t renegotiations = 0;  // in a row, this handshake included
  bool opens = false;           // the ClientHello is the first thing in the connection
  bool repeats_hello = false;   // a ClientHello came right before this one, and no answer to it
  HandshakeState state = HandshakeState::unknown;
  KeptMessage<ClientHello> hello;   // the last one; null if there is none
  KeptMessage<ServerHello> retry;   // the HelloRetryRequest
  KeptMessage<ServerHello> choice;  // the ServerHello
  Agreed agreed;
  std::unique_ptr<const ServerKeyExchange> key_exchange;
  std::array<Sender, 2> senders;
  bool wants_certificate = false;     // a CertificateRequest was seen
  std::vector<uint64_t> authorities;  // hashes of the names it has; empty for any
  bool offers_next_protocol = false;  // of which a message shares the client's last flight
  uint32_t status_in = 0;             // frame of a CertificateStatus; 0 if there was none

  Sender& sender(Direction by) { return senders[static_cast<size_t>(by)]; }
  const Sender& sender(Direction by) const { return senders[static_cast<size_t>(by)]; }
  const Sender& client() const { return sender(Direction::client_to_server); }
  const Sender& server() const { return sender(Direction::server_to_client); }

  // version and suite are those negotiated; unknown and null until a ServerHello was seen whole.
  Version version() const { return agreed.version; }
  const SuiteParts* suite() const { return agreed.parts; }
  // is_done tells that both sides are through.
  bool is_done() const;

 private:
  void take_hello(const MessageFacts& fact, uint32_t frame);
  void take_choice(const MessageFacts& fact, uint32_t frame);
  void agree(uint32_t frame);
  void agree_on_limits();
  void take_request(const MessageFacts& fact);
  void take_certificates(const MessageFacts& fact, Direction by, uint32_t frame);
  void move(HandshakeEvent event, Direction by);
  HandshakeState after_hello() const;
  HandshakeState after_choice() const;
};

// protected_length is how many bytes of content and padding a protected record of TLS 1.3 has, of
// so many bytes behind its header (RFC 8446 §5.2), and may_hold tells whether that is a content of
// `n` bytes: as it is, or with the 16 bytes of padding that JSSE adds to short ones.
uint32_t protected_length(uint32_t length, const Agreed& agreed);
constexpr bool may_hold(uint32_t length, uint32_t n) { return length == n || length == n + 16; }
// may_be_alert tells a record that is an alert, or in TLS 1.3 one that may hold a protected alert.
bool may_be_alert(const RecordFacts& fact, const Agreed& agreed);

// brings_ticket tells a ClientHello with a ticket (RFC 5077 §3.2).
bool brings_ticket(const ClientHello& hello);
// highest_version is the highest one that a ClientHello offers, GREASE and drafts left out;
// offers_tls13 tells whether TLS 1.3 or a draft of it is among them.
Version highest_version(const ClientHello& hello);
bool offers_tls13(const ClientHello& hello);

}  // namespace tlslens
