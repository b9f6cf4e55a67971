// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "registry/code_point.h"
#include "wire/reader.h"

namespace tlslens {

// Message names the messages whose extensions differ in form (RFC 8446 §4.2).
enum class Message : uint8_t {
  client_hello,
  server_hello,
  hello_retry_request,
  encrypted_extensions,
  certificate,
  certificate_request,
  new_session_ticket,
};

// Codes is a view of code points in a row, as they stand on the wire.
template <typename CodePoint>
struct Codes {
  static constexpr size_t kSize = sizeof(CodePoint::value);
  static_assert(kSize <= 2);

  Bytes bytes;

  size_t size() const { return bytes.size() / kSize; }
  CodePoint operator[](size_t i) const {
    const uint8_t* p = bytes.data() + i * kSize;
    return {static_cast<decltype(CodePoint::value)>(kSize == 1 ? p[0] : p[0] << 8 | p[1])};
  }

  // any tells whether one of them is as `is_it` asks; contains, whether one is `wanted`.
  template <typename IsIt>
  bool any(IsIt is_it) const {
    for (size_t i = 0; i < size(); ++i) {
      if (is_it((*this)[i])) {
        return true;
      }
    }
    return false;
  }
  bool contains(CodePoint wanted) const {
    return any([&](CodePoint one) { return one == wanted; });
  }
};

// kMaxExtensions is how many extensions of a list are read; the rest is bytes.
inline constexpr size_t kMaxExtensions = 1 << 10;

// Extension is one of a list: its body as far as it was captured.
struct Extension {
  ExtensionType type;
  Bytes body;
};

// Extensions is what a list of extensions says, as far as the meaning of other messages depends on
// it. Views point into the message; values stay empty for what is not there.
struct Extensions {
  std::vector<Extension> all;          // in the order of the message; by add() only
  Bytes unread;                        // those above kMaxExtensions
  Bytes server_name;                   // RFC 6066 §3, the first host_name
  Codes<Version> versions;             // RFC 8446 §4.2.1, offered
  Version selected_version;            // RFC 8446 §4.2.1, chosen by the server
  Codes<SignatureScheme> schemes;      // RFC 8446 §4.2.3
  NamedGroup share_group;              // RFC 8446 §4.2.8, of the server's key share
  CertificateType client_certificate;  // RFC 7250 §3, chosen by the server
  CertificateType server_certificate;  // the same
  Bytes alpn;                          // RFC 7301 §3.1, the first protocol

  // for_each_view calls `change` with each view into the message.
  template <typename Change>
  void for_each_view(Change change) {
    for (Extension& one : all) {
      change(one.body);
    }
    for (Bytes* view : {&unread, &server_name, &versions.bytes, &schemes.bytes, &alpn}) {
      change(*view);
    }
  }

  void add(ExtensionType type, Bytes body);
  // body returns the body of the first extension of a type, or null if there is none.
  const Bytes* body(ExtensionType type) const;

 private:
  static constexpr uint16_t kLow = 64;  // types below it are most of those that are asked for
  std::array<uint16_t, kLow> first_{};  // of each, where its first one is, from 1; 0 for none
};

inline const Bytes* Extensions::body(ExtensionType type) const {
  if (type.value < kLow) {
    const size_t at = first_[type.value];
    return at == 0 ? nullptr : &all[at - 1].body;
  }
  const auto at = std::ranges::find(all, type, &Extension::type);
  return at == all.end() ? nullptr : &at->body;
}

// codes_in returns the code points of a body that is nothing but a list of them behind a length of
// `prefix` bytes; those that are there, if the body was cut.
template <typename CodePoint>
Codes<CodePoint> codes_in(const Bytes* body, size_t prefix) {
  return {body == nullptr || body->size() < prefix ? Bytes{} : body->subspan(prefix)};
}

// read_extensions reads a list with its length (RFC 8446 §4.2). Damage in one extension does not
// hide the next. A type that stands twice is the fault `repeated`.
Extensions read_extensions(Reader& r, Message message);

// read_names reads a list of distinguished names with its length, which is at least `min_size`
// (RFC 8446 §4.2.4, RFC 5246 §7.4.4), and read_schemes one of signature schemes (RFC 8446 §4.2.3),
// and read_scheme one of them.
void read_names(Reader& r, uint32_t min_size);
Codes<SignatureScheme> read_schemes(Reader& r);
SignatureScheme read_scheme(Reader& r);

// read_oid_filters reads a list of filters for the extensions of certificates (RFC 8446 §4.2.5).
void read_oid_filters(Reader& r);

// read_timestamp_list reads a list of signed certificate timestamps (RFC 6962 §3.3).
void read_timestamp_list(Reader& r);

// read_status reads a CertificateStatus (RFC 6066 §8, RFC 6961 §2.2).
void read_status(Reader& r);

}  // namespace tlslens
