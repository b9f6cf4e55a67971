// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "extensions/read_extensions.h"
#include "registry/code_point.h"
#include "wire/reader.h"

namespace tlslens {

// The messages below are views: their Bytes point into the buffer that was read.

// ClientHello, RFC 8446 §4.1.2 and RFC 5246 §7.4.1.2; also the SSLv2 form of RFC 5246 §E.2.
struct ClientHello {
  Version legacy_version;
  Bytes random;
  Bytes session_id;
  uint16_t n_suites = 0;
  Extensions extensions;
};

// ServerHello, RFC 8446 §4.1.3 and RFC 5246 §7.4.1.3; a HelloRetryRequest has the same form.
struct ServerHello {
  Version legacy_version;
  Bytes random;
  Bytes session_id;
  CipherSuite suite;
  CompressionMethod compression;
  bool is_hello_retry_request = false;  // RFC 8446 §4.1.3, told by its random
  Extensions extensions;

  // version is the one negotiated (RFC 8446 §4.2.1).
  Version version() const {
    return extensions.selected_version == version::unknown ? legacy_version
                                                           : extensions.selected_version;
  }
};

struct MessageHeader {
  static constexpr uint32_t kSize = 4;

  HandshakeType type;
  uint32_t length = 0;

  uint32_t total() const { return kSize + length; }
};

// peek_message_header reads the header of a message (RFC 8446 §4); `bytes` has at least 4 bytes.
MessageHeader peek_message_header(Bytes bytes);

// read_client_hello and read_server_hello read the body of a message, without its header.
// `split_random` asks for the time in the random of hellos before TLS 1.3 (RFC 5246 §7.4.1.2).
ClientHello read_client_hello(Reader& r, bool split_random);
ServerHello read_server_hello(Reader& r);

// read_sslv2_client_hello reads an SSLv2-format ClientHello from its message type on
// (RFC 5246 §E.2).
ClientHello read_sslv2_client_hello(Reader& r);

// fills_with_messages tells whether the bytes of a record are whole handshake messages of assigned
// types, to the last byte. For bytes that may as well be encrypted.
bool fills_with_messages(Bytes bytes);

// describe says in one line what an engineer wants to read of a hello.
std::string describe(const ClientHello& hello);
std::string describe(const ServerHello& hello);

// shown_name turns a registry's name into what people say: client_hello becomes Client Hello.
std::string shown_name(std::string_view registered);

}  // namespace tlslens
