// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "fields/fields.h"
#include "handshake/bodies.h"
#include "handshake/hello.h"

namespace tlslens {
namespace {

// RFC 8446 §4.1.3: SHA-256 of "HelloRetryRequest".
constexpr std::array<uint8_t, kRandomSize> kHelloRetryRandom = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

// Drafts of TLS 1.3 up to 21 had neither a session id nor a compression method in a ServerHello.
constexpr uint8_t kLastDraftWithoutSessionId = 21;

// selects_tls13 looks for the version before the fields are read in order, because a TLS 1.3 random
// has no time in it.
bool selects_tls13(const Reader& at_hello) {
  Parse silent{nullptr, nullptr, at_hello.rest().data()};
  Reader r(silent, at_hello.rest(), at_hello.missing(), 0);
  if (is_tls13(r.code<Version>(Field::hello_version))) {
    return true;
  }
  r.opaque(Field::hello_random, kRandomSize);
  r.vec_bytes(Field::session_id_length, Field::session_id, Vec{1, 0, 32});
  r.u16(Field::suite);
  r.u8(Field::comp_method);
  return is_tls13(read_extensions(r, Message::server_hello).selected_version);
}

bool is_hello_retry(Bytes random) { return std::ranges::equal(random, kHelloRetryRandom); }

}  // namespace

// RFC 8446 §4.1.3. Before TLS 1.3 the extensions may be absent (RFC 5246 §7.4.1.3).
ServerHello read_server_hello(Reader& r) {
  ServerHello hello;
  const bool splits = r.wants_marks() && !selects_tls13(r);  // marks are all that it is for
  hello.legacy_version = r.code<Version>(Field::hello_version);
  hello.random = read_random(r, splits);
  hello.is_hello_retry_request = is_hello_retry(hello.random);
  const uint8_t draft = draft_number(hello.legacy_version);
  const bool short_form = draft != 0 && draft <= kLastDraftWithoutSessionId;
  if (!short_form) {
    hello.session_id = r.vec_bytes(Field::session_id_length, Field::session_id, Vec{1, 0, 32});
  }
  hello.suite = read_suite(r);
  if (!short_form) {
    hello.compression = r.code<CompressionMethod>(Field::comp_method);
  }
  if (r.more() || r.missing() != 0) {
    hello.extensions = read_extensions(
        r, hello.is_hello_retry_request ? Message::hello_retry_request : Message::server_hello);
  }
  r.done(Field::handshake_excess);
  return hello;
}

// Until draft 21 of TLS 1.3 a HelloRetryRequest was a message of its own, before draft 19 without a
// suite.
void read_old_hello_retry(Reader& r, const Context&, Body& out) {
  const auto version = r.code<Version>(Field::hello_version);
  if (!is_draft_before(version, 19)) {
    read_suite(r);
  }
  read_extensions(r, Message::hello_retry_request);
  if (r.wants_marks()) {
    out.summary = ", " + name_or_number(Registry::Version, version.value);
  }
}

void read_server_hello_body(Reader& r, const Context&, Body& out) {
  out.server_hello = read_server_hello(r);
  if (r.wants_marks()) {
    out.summary = describe(*out.server_hello);
  }
}

}  // namespace tlslens
