// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields/fields.h"
#include "handshake/bodies.h"
#include "handshake/hello.h"

namespace tlslens {

// RFC 8446 §4.1.2. Before TLS 1.3 the extensions may be absent (RFC 5246 §7.4.1.2).
ClientHello read_client_hello(Reader& r, bool split_random) {
  ClientHello hello;
  hello.legacy_version = r.code<Version>(Field::hello_version);
  hello.random = read_random(r, split_random);
  hello.session_id = r.vec_bytes(Field::session_id_length, Field::session_id, Vec{1, 0, 32});
  Reader suites = r.vec(Field::suites_length, Field::suites, Vec{2, 2, 0xfffe, 2});
  hello.suites.bytes = suites.rest();
  hello.n_suites = hello.suites.size();
  while (r.wants_marks() && suites.left() >= sizeof(uint16_t)) {
    read_suite(suites);
  }
  suites.title_count(hello.n_suites);
  hello.compressions =
      r.list(Field::comp_length, Field::comp_methods, Field::comp_method, Vec{1, 1, 0xff});
  if (r.more() || r.missing() != 0) {
    hello.extensions = read_extensions(r, Message::client_hello);
  }
  r.done(Field::handshake_excess);
  return hello;
}

void read_client_hello_body(Reader& r, const Context& context, Body& out) {
  out.client_hello = read_client_hello(r, !is_tls13(context.version));
  if (r.wants_marks()) {
    out.summary = describe(*out.client_hello);
  }
}

}  // namespace tlslens
