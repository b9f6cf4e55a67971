// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

#include "registry/code_point.h"
#include "registry/suite.h"
#include "wire/bytes.h"
#include "wire/reader.h"

namespace tlslens {

// The largest lengths that a record may announce (RFC 8446 §5.1 and §5.2, RFC 5246 §6.2).
inline constexpr uint32_t kMaxPlaintext = 1 << 14;
inline constexpr uint32_t kMaxTls13Expansion = 256;
inline constexpr uint32_t kMaxCompressionExpansion = 1024;
inline constexpr uint32_t kMaxProtectionExpansion = 2048;

inline constexpr Sslv2MessageType kSslv2ClientHello{1};
inline constexpr Sslv2MessageType kSslv2ClientMasterKey{2};
inline constexpr Sslv2MessageType kSslv2ServerHello{4};

// RecordHeader is the header of a record of SSL 3.0 and later (RFC 8446 §5.1: 5 bytes) or of SSLv2
// (draft-hickman-netscape-ssl-00: 2 or 3 bytes; type and version stay zero).
struct RecordHeader {
  static constexpr uint8_t kSize = 5;

  ContentType type;
  Version version;
  uint16_t length = 0;
  uint8_t size = kSize;
  bool sslv2 = false;

  uint32_t total() const { return uint32_t{size} + length; }
};

// peek_header reads the header at the start of `bytes`; nothing if fewer than 5 bytes are there.
std::optional<RecordHeader> peek_header(Bytes bytes);

// is_assigned tells the content types that a record over TCP may have (RFC 8446 §5.1, RFC 6520,
// RFC 9146, RFC 9147).
constexpr bool is_assigned(ContentType type) {
  return type.value >= content_type::change_cipher_spec.value &&
         type.value <= content_type::ack.value;
}

// is_record_version tells the values that stacks put in a record header: SSL 3.0 to TLS 1.3, and
// GMTLS.
bool is_record_version(Version v);

// is_plausible tells whether bytes at an unknown place in a stream may be a header: an assigned
// type below tls12_cid, a version in use, and a length within the widest limit.
bool is_plausible(const RecordHeader& h);

// may_follow tells whether a header is one, given that a record is known to begin there: a damaged
// field is then the peer's doing. Only what has neither a known type nor a known version, or an
// odd version and an impossible length, is another protocol.
bool may_follow(const RecordHeader& h);

// begins_hello tells whether `bytes`, a record with its header, holds the start of a ClientHello or
// ServerHello, whatever version the header has: type, the hello's own version, and lengths agree.
bool begins_hello(Bytes bytes);

// peek_sslv2_hello returns the header of the SSLv2 record at the start of `bytes` if an
// SSLv2-format ClientHello begins there: its three lengths have to add up to the record's (RFC 5246
// §E.2). 11 bytes are enough to tell; nothing if they are not there.
std::optional<RecordHeader> peek_sslv2_hello(Bytes bytes);

// is_part_of_sslv2_hello tells whether bytes that are too few for peek_sslv2_hello may begin such a
// hello with a header of two bytes.
bool is_part_of_sslv2_hello(Bytes bytes);

// peek_sslv2_server_hello is the same for an SSLv2 ServerHello, with its three lengths.
std::optional<RecordHeader> peek_sslv2_server_hello(Bytes bytes);

// peek_sslv2 reads an SSLv2 record header (draft-hickman-netscape-ssl-00); nothing if it is not
// whole.
std::optional<RecordHeader> peek_sslv2(Bytes bytes);

// null_cipher_mac returns the length of the MAC, in bytes, of a suite that does not encrypt; 0 for
// all others (RFC 5246 §6.2.3.1).
uint8_t null_cipher_mac(CipherSuite suite);

// ProtectedShape is what lengths the records of a suite can have, in bytes: `outside` and a
// multiple of `block`, `least` or more.
struct ProtectedShape {
  uint32_t least;
  uint32_t outside;  // beside what is encrypted in blocks
  uint32_t block;
};
// protected_shape returns it for a suite without compression (RFC 5246 §6.2.3, RFC 7366 §3,
// RFC 8446 §5.2); nothing for one whose records are not known well enough.
std::optional<ProtectedShape> protected_shape(const SuiteParts& suite, Version version,
                                              bool encrypt_then_mac);

// read_header reads the header that was peeked, for its marks.
void read_header(Reader& r, const RecordHeader& h, bool opaque_type);

}  // namespace tlslens
