// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/handshake_stream.h"

#include <algorithm>

#include "fields/fields.h"
#include "fingerprint/fingerprint.h"
#include "record/record.h"

namespace tlslens {
namespace {

// append_own appends those of the bytes that belong to the message and returns how many they are.
size_t append_own(Pieces& pieces, Bytes bytes) {
  size_t n = 0;
  if (pieces.have < MessageHeader::kSize) {
    n = std::min<size_t>(MessageHeader::kSize - pieces.have, bytes.size());
    pieces.append(bytes.first(n));
  }
  if (pieces.have >= MessageHeader::kSize) {
    const uint32_t lacking = peek_message_header(pieces.bytes()).total() - pieces.have;
    const size_t more = std::min<size_t>(lacking, bytes.size() - n);
    pieces.append(bytes.subspan(n, more));
    n += more;
  }
  return n;
}

// is_damaged tells whether one of the faults from index `first` on makes it doubtful what a message
// says. What stands behind the last field, or twice, does not.
bool is_damaged(const std::vector<Fault>& faults, size_t first) {
  return std::any_of(
      faults.begin() + static_cast<ptrdiff_t>(first), faults.end(), [](const Fault& fault) {
        return fault.kind != FaultKind::trailing && fault.kind != FaultKind::repeated;
      });
}

std::string type_name(HandshakeType type) {
  const std::string_view known = name(Registry::HandshakeType, type.value);
  return known.empty() ? "Handshake Type " + std::to_string(type.value) : shown_name(known);
}

}  // namespace

void add_summary(Reading& out, std::string_view what) {
  constexpr size_t kEnough = 300;
  if (out.tape == nullptr || out.summary.size() > kEnough) {
    return;
  }
  if (!out.summary.empty()) {
    out.summary += "; ";
  }
  out.summary += what;
}

// A second ClientHello after a HelloRetryRequest belongs to the same handshake (RFC 8446 §4.1.2).
void begin_handshake(Flow& self, Flow& peer, Reading& out) {
  const bool retried = self.negotiated.hello_retry;
  self.direction = Direction::client_to_server;
  peer.direction = Direction::server_to_client;
  const bool renegotiation = self.mac != 0;  // the hello itself was in a record with a MAC
  if (!retried) {
    self.negotiated = {};
    if (!renegotiation) {
      self.protection = peer.protection = Protection::clear;
      peer.mac = 0;
    }
    self.sslv2 = false;
    peer.sslv2 = false;
    peer.partial = {};
    out.facts.messages.back().begins_handshake = true;
  }
  self.negotiated.client_hello_seen = true;
  self.negotiated.hello_retry = false;
  peer.negotiated = self.negotiated;
}

void break_off(Flow& self, ContentType type, Reading& out) {
  if (!self.partial.pieces || type == content_type::alert) {
    return;
  }
  Flow unused;
  HandshakeStream(self, unused, out).read_incomplete(false);
  self.partial = {};
}

void lose_sync(Flow& self, Flow& peer, Reading& out) {
  if (self.partial.pieces) {
    Flow unused;
    HandshakeStream(self, unused, out).read_incomplete(true);
  }
  self.partial = {};
  self.alert_begun = false;
  if (self.protection == Protection::clear) {
    self.protection = Protection::unknown;
  }
  Negotiated& known = self.negotiated;
  if (self.direction == Direction::server_to_client && known.client_hello_seen &&
      !known.server_hello_seen) {
    known.server_hello_seen = true;
    peer.negotiated = known;
  }
}

void HandshakeStream::read(Reader& r) {
  if (self_.no_room && self_.partial.pieces) {
    stop_partial(r);
  }
  if (self_.partial.skip != 0) {
    const uint32_t n = std::min<uint32_t>(self_.partial.skip, static_cast<uint32_t>(r.left()));
    r.opaque(Field::handshake_body, n);
    step_over(self_.partial.skip - n, r);
  }
  if (self_.partial.pieces) {
    continue_partial(r);
  } else if (!r.more() && r.missing() != 0 && self_.partial.skip == 0) {
    lose_place();  // messages begin in it that nobody sees
  }
  while (r.more()) {
    if (out_.facts.messages.size() >= kMaxMessages) {
      give_up(Limit::messages, r);
      return;
    }
    if (r.left() < MessageHeader::kSize) {
      begin_partial(r);
      return;
    }
    const MessageHeader header = peek_message_header(r.rest());
    const bool in_pieces = header.total() > r.left() && r.missing() == 0;
    const std::optional<Limit> limit = limit_of(header, in_pieces);
    if (in_pieces && !limit) {
      begin_partial(r);
      return;
    }
    const auto here = static_cast<uint32_t>(std::min<size_t>(header.total(), r.left()));
    read_message(r.parse(), r.rest().first(here), header.total() - here, r.depth(), limit);
    r.skip(here);
    step_over(header.total() - here, r);
  }
}

// step_over gives up `lacking` bytes of a message that are not read. What the record has that was
// not captured is part of them; if it is more, messages begin there that nobody sees.
void HandshakeStream::step_over(uint32_t lacking, const Reader& r) {
  const uint32_t missing = r.more() ? 0 : r.missing();
  self_.partial = {{}, lacking - std::min(lacking, missing)};
  if (missing > lacking) {
    lose_place();
  }
}

// give_up leaves the rest of the record unread: where the next message begins is not known then.
void HandshakeStream::give_up(Limit limit, Reader& r) {
  out_.facts.limits.push_back({limit, {Field::handshake_body, r.parse().source, r.here(r.left())}});
  r.all(Field::handshake_body);
  lose_place();
}

// limit_of tells what keeps a message from being put together.
std::optional<Limit> HandshakeStream::limit_of(const MessageHeader& header, bool in_pieces) const {
  if (header.total() > kMaxMessage) {
    return Limit::message;
  }
  return in_pieces && self_.no_room ? std::optional(Limit::kept) : std::nullopt;
}

void HandshakeStream::begin_partial(Reader& r) {
  self_.partial = {};
  if (self_.no_room) {
    give_up(Limit::kept, r);
  } else {
    continue_partial(r);
  }
}

// stop_partial reads what was kept of a message of which no more is.
void HandshakeStream::stop_partial(Reader& r) {
  const Pieces& pieces = self_.partial.pieces;
  if (pieces.have < MessageHeader::kSize) {
    give_up(Limit::kept, r);
    return;
  }
  const uint32_t lacking = peek_message_header(pieces.bytes()).total() - pieces.have;
  read_assembled(r.depth(), lacking, Limit::kept);
  self_.partial = {{}, lacking};
}

void HandshakeStream::continue_partial(Reader& r) {
  Pieces& pieces = self_.partial.pieces;
  const size_t n = append_own(pieces, r.rest());
  out_.kept += n;
  show_fragment(r, n);
  if (pieces.have < MessageHeader::kSize) {
    if (r.missing() != 0) {
      lose_place();
    }
    return;
  }
  const MessageHeader header = peek_message_header(pieces.bytes());
  const uint32_t lacking = header.total() - pieces.have;
  const std::optional<Limit> limit = limit_of(header, false);
  if (lacking == 0 || limit || r.missing() != 0) {
    read_assembled(r.depth(), lacking, limit);
    step_over(lacking, r);
  }
}

// lose_place: where the length of a message is not in the capture, the next one may begin anywhere.
void HandshakeStream::lose_place() {
  self_.partial = {};
  if (self_.protection == Protection::clear) {
    self_.protection = Protection::unknown;
  }
}

void HandshakeStream::read_incomplete(bool lost) {
  const Pieces& pieces = self_.partial.pieces;
  if (pieces.have < MessageHeader::kSize) {
    return;
  }
  const MessageHeader header = peek_message_header(pieces.bytes());
  read_assembled(0, lost ? header.total() - pieces.have : 0, limit_of(header, false));
}

void HandshakeStream::read_assembled(uint8_t depth, uint32_t missing, std::optional<Limit> limit) {
  if (out_.sources.size() >= Reading::kMaxSources) {
    out_.facts.limits.push_back({Limit::joined, {Field::none}});
    return;
  }
  const Pieces pieces = self_.partial.pieces;
  out_.sources.push_back(pieces);
  Parse parse{out_.tape, &out_.facts.faults, pieces.buffer->data(),
              static_cast<uint8_t>(out_.sources.size())};
  read_message(parse, pieces.bytes(), missing, depth, limit);
}

void HandshakeStream::show_fragment(Reader& r, size_t n) {
  const Pieces& pieces = self_.partial.pieces;
  const size_t group = r.open(Field::handshake_fragment);
  const Span place = r.here(0);
  if (pieces.have >= MessageHeader::kSize) {
    const MessageHeader header = peek_message_header(pieces.bytes());
    r.number(Field::fragment_type, place, header.type.value);
    r.number(Field::fragment_length, place, header.length);
    r.number(Field::fragment_have, place, pieces.have);
    if (out_.tape != nullptr && pieces.have < header.total()) {
      r.title(": " + type_name(header.type) + ", " + std::to_string(pieces.have) + " of " +
              std::to_string(header.total()) + " bytes");
      add_summary(out_, type_name(header.type) + " (fragment)");
    }
  } else {
    add_summary(out_, "Handshake (fragment)");
  }
  r.skip(n);
  r.close(group);
}

void HandshakeStream::read_message(Parse& parse, Bytes bytes, uint32_t missing, uint8_t depth,
                                   std::optional<Limit> limit) {
  const MessageHeader header = peek_message_header(bytes);
  const bool broken_off = header.total() > bytes.size() + missing;
  Parse own = parse;
  if (limit || broken_off) {
    own.faults = nullptr;  // a cap of ours is no damage; a message broken off has one fault
  }
  Reader r(own, bytes, missing, depth);
  const Span span = r.here(bytes.size());
  const size_t group = r.open(Field::handshake);
  r.u8(Field::handshake_type);
  if (broken_off) {
    out_.facts.faults.push_back(
        {FaultKind::overrun, Field::handshake_length, own.source, r.here(3)});
  }
  r.u24(Field::handshake_length);
  if (out_.tape != nullptr) {
    r.title(": " + type_name(header.type));
    add_summary(out_, type_name(header.type));
  }
  MessageFacts fact{
      header.type, header.length, limit.has_value(), false, {Field::handshake, own.source, span}};
  fact.protected_by_mac = self_.mac != 0;
  fact.bytes = r.rest();
  out_.facts.add(fact);
  if (limit) {
    out_.facts.limits.push_back({*limit, fact.place});
  }
  const size_t faults = out_.facts.faults.size();
  read_body(r, header);
  out_.facts.messages.back().whole =
      r.ok() && missing == 0 && !limit && !broken_off && !is_damaged(out_.facts.faults, faults);
  r.close(group);
}

void HandshakeStream::read_body(Reader& r, const MessageHeader& header) {
  const Negotiated& known = self_.negotiated;
  Context context;
  context.version = known.version;
  context.suite = known.version == version::unknown ? nullptr : suite_parts(known.suite);
  context.raw_key =
      self_.direction == Direction::server_to_client ? known.raw_server_key : known.raw_client_key;
  Body& body = out_.facts.bodies.add();
  out_.facts.messages.back().body = &body;
  tlslens::read_body(r, header.type, context, body);
  if (out_.tape != nullptr && !body.summary.empty()) {
    r.title(body.summary);
    out_.summary += body.summary;
  }
  show_fingerprints(r, body);
  if (body.client_hello) {
    begin_handshake(self_, peer_, out_);
  } else if (body.server_hello) {
    take_server_hello(*body.server_hello, r.ok());
  } else if (header.type == handshake_type::old_hello_retry) {
    self_.negotiated.hello_retry = true;
    peer_.negotiated = self_.negotiated;
  }
}

// take_server_hello: of a hello that is not whole, the extension that tells the version may be in
// what is missing.
void HandshakeStream::take_server_hello(const ServerHello& hello, bool whole) {
  self_.direction = Direction::server_to_client;
  peer_.direction = Direction::client_to_server;
  Negotiated& known = self_.negotiated;
  if (!whole) {
    known.server_hello_seen = true;
    self_.protection = peer_.protection = Protection::unknown;
    peer_.negotiated = known;
    return;
  }
  constexpr CertificateType kRawPublicKey{2};
  known.version = hello.version();
  known.suite = hello.suite;
  known.compression = hello.compression;
  known.null_cipher_mac = null_cipher_mac(hello.suite);
  known.hello_retry = hello.is_hello_retry_request;
  known.server_hello_seen = !hello.is_hello_retry_request;
  known.raw_client_key = hello.extensions.client_certificate == kRawPublicKey;
  known.raw_server_key = hello.extensions.server_certificate == kRawPublicKey;
  peer_.negotiated = known;
}

}  // namespace tlslens
