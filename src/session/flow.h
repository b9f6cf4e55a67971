// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "registry/code_point.h"
#include "wire/bytes.h"

namespace tlslens {

// Direction is who sent: the client is the one that sends ClientHello.
enum class Direction : uint8_t { client_to_server = 0, server_to_client = 1 };

// Protection is what is known of a direction's cipher state. It is unknown where the capture began,
// or lost packets, after the point at which a ChangeCipherSpec may have gone by.
enum class Protection : uint8_t { unknown, clear, on };

// Buffer holds bytes of a handshake message or of records that came in pieces. It only grows, and
// whoever looked at a prefix of it finds that prefix unchanged.
using Buffer = std::vector<uint8_t>;

// Pieces are the first `have` bytes of a buffer; null where there are none. A later look at the
// same capture finds the buffer filled beyond that already.
struct Pieces {
  std::shared_ptr<Buffer> buffer;
  uint32_t have = 0;

  explicit operator bool() const { return buffer != nullptr; }
  Bytes bytes() const { return buffer ? Bytes(buffer->data(), have) : Bytes{}; }
  void append(Bytes more);
  bool operator==(const Pieces&) const = default;
};

inline void Pieces::append(Bytes more) {
  if (!buffer) {
    buffer = std::make_shared<Buffer>();
  }
  const size_t known = std::min<size_t>(buffer->size() - have, more.size());
  buffer->insert(buffer->end(), more.begin() + static_cast<ptrdiff_t>(known), more.end());
  have += static_cast<uint32_t>(more.size());
}

// Partial is a handshake message of which the end has not come yet.
struct Partial {
  [[no_unique_address]] Pieces pieces;  // of the message, from its header on
  uint32_t skip = 0;  // bytes of a message that is not kept: they are stepped over

  bool operator==(const Partial&) const = default;
};
inline const Partial kNoPartial;

// Negotiated is what both directions of a handshake know.
struct Negotiated {
  Version version;  // version::unknown until a ServerHello is seen
  CipherSuite suite;
  CompressionMethod compression;
  uint8_t null_cipher_mac = 0;  // bytes that the MAC of a suite that does not encrypt has, else 0
  bool client_hello_seen : 1 = false;
  bool server_hello_seen : 1 = false;  // or may have gone by unseen; then the version is unknown
  bool raw_client_key : 1 = false;     // a raw public key is in place of a certificate (RFC 7250)
  bool raw_server_key : 1 = false;     // the same
  bool hello_retry : 1 = false;        // a HelloRetryRequest was the last hello of the server

  bool operator==(const Negotiated&) const = default;
};

// FlowState is what a flow is between messages. It is in each note, so it is kept small.
struct FlowState {
  Direction direction = Direction::client_to_server;
  Protection protection = Protection::unknown;
  bool sslv2 = false;        // the records are those of SSLv2
  bool alert_begun = false;  // one byte of an alert came in a record of its own
  bool no_room = false;      // no more bytes are kept: a message in pieces is stepped over
  bool steps = false;        // data is stepped over: a record of it is read where it begins
  AlertLevel alert_level;    // that byte
  uint8_t mac = 0;           // bytes of the MAC of records that a suite without encryption protects
  Negotiated negotiated;

  bool operator==(const FlowState&) const = default;
};

// Flow is all that the reading of one direction depends on, apart from the bytes. Equal flows read
// equal bytes alike, on the first look and on every later one; so it is kept small, and copied.
struct Flow : FlowState {
  Partial partial;

  const FlowState& state() const { return *this; }
  bool operator==(const Flow&) const = default;
};

}  // namespace tlslens
