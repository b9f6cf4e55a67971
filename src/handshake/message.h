// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certificate/certificate.h"
#include "extensions/read_extensions.h"
#include "registry/code_point.h"
#include "registry/suite.h"
#include "wire/reader.h"

namespace tlslens {

// The messages below are views: their Bytes point into the buffer that was read.

// ClientHello, RFC 8446 §4.1.2 and RFC 5246 §7.4.1.2; also the SSLv2 form of RFC 5246 §E.2, whose
// kinds of cipher are counted in `n_suites` only.
struct ClientHello {
  Version legacy_version;
  Bytes random;
  Bytes session_id;
  Codes<CipherSuite> suites;
  size_t n_suites = 0;
  Bytes compressions;  // methods of a byte each
  Extensions extensions;

  // for_each_view is that of Extensions for all of the message.
  template <typename Change>
  void for_each_view(Change change) {
    for (Bytes* view : {&random, &session_id, &suites.bytes, &compressions}) {
      change(*view);
    }
    extensions.for_each_view(change);
  }
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

  // for_each_view is that of ClientHello.
  template <typename Change>
  void for_each_view(Change change) {
    change(random);
    change(session_id);
    extensions.for_each_view(change);
  }

  // version is the one negotiated (RFC 8446 §4.2.1).
  Version version() const {
    return extensions.selected_version == version::unknown ? legacy_version
                                                           : extensions.selected_version;
  }
};

// kMaxChain is how many certificates of a list are looked at.
inline constexpr size_t kMaxChain = 16;

// Certificates is what a Certificate message has in its list, the sender's own first.
struct Certificates {
  std::vector<Bytes> list;  // DER; only those that were captured whole
  // What the first kMaxChain of them say; none of a raw key.
  std::vector<std::shared_ptr<const CertificateFacts>> facts;
  bool raw_key = false;  // the only element is a SubjectPublicKeyInfo (RFC 7250)

  // add appends a certificate and looks into it.
  void add(Bytes der);
};

// ServerKeyExchange, RFC 5246 §7.4.3 and RFC 8422 §5.4.
struct ServerKeyExchange {
  KeyExchange kind = KeyExchange::unknown;  // unknown: it was not read
  bool guessed = false;                     // the kind, because the suite is not known
  EcCurveType curve_type;                   // of ECDHE
  NamedGroup group;                         // of ECDHE with a named curve
  Bytes point;                              // the server's public value of ECDHE
  uint32_t bits = 0;                        // of the prime of DHE or the modulus of RSA_EXPORT
  Bytes prime;                              // of DHE
  Bytes generator;                          // the same
  Bytes value;                              // the server's public value of DHE
  SignatureScheme scheme;                   // of its signature, from TLS 1.2 on
};

// CertificateRequest, RFC 5246 §7.4.4 and RFC 8446 §4.3.2.
struct CertificateRequest {
  Codes<SignatureScheme> schemes;  // from TLS 1.2 on
  bool names_schemes = false;      // the form has a list of schemes
  size_t n_types = 0;              // of client certificates; before TLS 1.3
  Bytes authorities;               // the list of distinguished names, with their lengths
};

// Context is what the form of a message depends on beside its bytes.
struct Context {
  Version version;                    // negotiated; version::unknown where no ServerHello was seen
  const SuiteParts* suite = nullptr;  // of the chosen suite, or null if that is not known
  bool raw_key = false;               // the sender's Certificate is a raw public key (RFC 7250)
};

// Body is what a message says for those that come after it; nothing for what does not matter.
struct Body {
  std::optional<ClientHello> client_hello;
  std::optional<ServerHello> server_hello;
  std::optional<Certificates> certificates;
  std::optional<ServerKeyExchange> server_key_exchange;
  std::optional<CertificateRequest> certificate_request;
  std::optional<SignatureScheme> verify_scheme;   // of CertificateVerify, from TLS 1.2 on
  std::optional<uint32_t> encrypted_secret_size;  // of ClientKeyExchange with RSA, in bytes
  std::optional<uint32_t> ticket_lifetime;        // of NewSessionTicket, in seconds
  // What a person wants to read of it, if marks are wanted: ", 3 certificates".
  std::string summary;
};

struct MessageHeader {
  static constexpr uint32_t kSize = 4;

  HandshakeType type;
  uint32_t length = 0;

  uint32_t total() const { return kSize + length; }
};

// peek_message_header reads the header of a message (RFC 8446 §4); `bytes` has at least 4 bytes.
MessageHeader peek_message_header(Bytes bytes);

// read_body reads the body of a message, without its header, from `r`, which ends where the message
// ends. A type that has no reader becomes bytes.
void read_body(Reader& r, HandshakeType type, const Context& context, Body& out);

// read_client_hello and read_server_hello are those parts of read_body. `split_random` asks for the
// time in the random of hellos before TLS 1.3 (RFC 5246 §7.4.1.2).
ClientHello read_client_hello(Reader& r, bool split_random);
ServerHello read_server_hello(Reader& r);

// fills_with_messages tells whether the bytes of a record are whole handshake messages of assigned
// types, to the last byte. For bytes that may as well be encrypted.
bool fills_with_messages(Bytes bytes);

// shown_name turns a registry's name into what people say: client_hello becomes Client Hello.
std::string shown_name(std::string_view registered);

// name_or_number is a registry's name for a value, or the value itself.
std::string name_or_number(Registry registry, uint32_t value);

}  // namespace tlslens
