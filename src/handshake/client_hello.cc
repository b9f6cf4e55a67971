// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields/fields.h"
#include "handshake/hello.h"
#include "handshake/message.h"

namespace tlslens {

// RFC 8446 §4.1.2. Before TLS 1.3 the extensions may be absent (RFC 5246 §7.4.1.2).
ClientHello read_client_hello(Reader& r, bool split_random) {
  ClientHello hello;
  hello.legacy_version = r.code<Version>(Field::hello_version);
  hello.random = read_random(r, split_random);
  hello.session_id = r.vec_bytes(Field::session_id_length, Field::session_id, Vec{1, 0, 32});
  Reader suites = r.vec(Field::suites_length, Field::suites, Vec{2, 2, 0xfffe, 2});
  while (suites.left() >= sizeof(uint16_t)) {
    suites.u16(Field::suite);
    ++hello.n_suites;
  }
  suites.title_count(hello.n_suites);
  Reader methods = r.vec(Field::comp_length, Field::comp_methods, Vec{1, 1, 0xff});
  while (methods.more()) {
    methods.u8(Field::comp_method);
  }
  if (r.more() || r.missing() != 0) {
    hello.extensions = read_extensions(r, Message::client_hello);
  }
  r.done(Field::handshake_excess);
  return hello;
}

// RFC 5246 §E.2
ClientHello read_sslv2_client_hello(Reader& r) {
  ClientHello hello;
  r.u8(Field::sslv2_type);
  hello.legacy_version = r.code<Version>(Field::hello_version);
  const uint16_t specs = r.u16(Field::v2_spec_length);
  const uint16_t session_id = r.u16(Field::session_id_length);
  const uint16_t challenge = r.u16(Field::v2_challenge_length);
  Reader list = r.group(Field::suites, specs);
  while (list.left() >= 3) {
    list.u24(Field::v2_spec);
    ++hello.n_suites;
  }
  list.title_count(hello.n_suites);
  if (session_id != 0) {
    hello.session_id = r.opaque(Field::session_id, session_id);
  }
  if (challenge != 0) {
    hello.random = r.opaque(Field::v2_challenge, challenge);
  }
  return hello;
}

}  // namespace tlslens
