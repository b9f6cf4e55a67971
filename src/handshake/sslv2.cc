// SPDX-License-Identifier: GPL-2.0-or-later
#include "handshake/sslv2.h"

#include "certificate/certificate.h"
#include "fields/fields.h"
#include "handshake/bodies.h"
#include "handshake/hello.h"

namespace tlslens {
namespace {

constexpr size_t kKindSize = 3;

// read_kind reads a kind of cipher. In a hello for later versions it may be a cipher suite behind a
// zero byte (RFC 5246 §E.2).
void read_kind(Reader& r) {
  const Span place = r.here(kKindSize);
  const uint32_t kind = r.u24(Field::v2_spec);
  if (!r.wants_marks() || !r.ok()) {
    return;
  }
  r.inside(Field::v2_own_spec, place);
  if (kind <= 0xffff) {
    const CipherSuite suite{static_cast<uint16_t>(kind)};
    show_suite(r, place, Registry::CipherSuite, kind, suite_parts(suite));
  } else {
    show_suite(r, place, Registry::Sslv2CipherKind, kind, suite_parts(Sslv2CipherKind{kind}));
  }
}

// blame_ragged is for a length of kinds, at `place`, that ends within one of them.
void blame_ragged(Reader& r, uint32_t length, Span place) {
  if (r.ok() && length % kKindSize != 0) {
    r.blame(FaultKind::ragged, Field::v2_spec_length, place);
  }
}

size_t read_kinds(Reader& r, uint32_t length) {
  Reader list = r.group(Field::suites, length);
  size_t n = 0;
  for (; list.left() >= kKindSize && list.ok(); ++n) {
    read_kind(list);
  }
  list.title_count(n);
  return n;
}

// opaque_if is for values whose length stands elsewhere and may be 0.
Bytes opaque_if(Reader& r, Field f, size_t length) {
  return length == 0 ? Bytes{} : r.opaque(f, length);
}

void read_client_hello(Reader& r, Body& out) {
  ClientHello hello;
  hello.legacy_version = r.code<Version>(Field::hello_version);
  const Span specs_place = r.here(2);
  const uint16_t specs = r.u16(Field::v2_spec_length);
  if (r.ok() && specs == 0) {
    r.blame(FaultKind::out_of_range, Field::v2_spec_length, specs_place);
  }
  blame_ragged(r, specs, specs_place);
  const uint16_t session_id = r.u16(Field::session_id_length);
  const uint16_t challenge = r.u16(Field::v2_challenge_length);
  hello.n_suites = read_kinds(r, specs);
  hello.session_id = opaque_if(r, Field::session_id, session_id);
  hello.random = opaque_if(r, Field::v2_challenge, challenge);
  if (r.wants_marks()) {
    out.summary = describe(hello);
  }
  out.client_hello = std::move(hello);
}

void read_server_hello(Reader& r, Body& out) {
  r.u8(Field::v2_hit);
  r.u8(Field::v2_certificate_type);
  r.u16(Field::hello_version);
  const uint32_t certificate = r.integer(Field::certificate_length, 2);
  const Span specs_place = r.here(2);
  const uint16_t specs = r.u16(Field::v2_spec_length);
  blame_ragged(r, specs, specs_place);
  const uint16_t connection_id = r.u16(Field::v2_connection_id_length);
  const Span place = r.here(certificate);
  if (const Bytes der = opaque_if(r, Field::certificate, certificate); !der.empty()) {
    show_certificate(r, place, der);
    out.certificates.emplace().add(der);
  }
  const size_t n = read_kinds(r, specs);
  opaque_if(r, Field::v2_connection_id, connection_id);
  if (r.wants_marks()) {
    out.summary = ", SSL 2.0, " + std::to_string(n) + " kinds of cipher";
  }
}

void read_client_master_key(Reader& r) {
  read_kind(r);
  const uint16_t clear = r.u16(Field::v2_clear_key_length);
  const uint16_t encrypted = r.u16(Field::v2_encrypted_key_length);
  const uint16_t argument = r.u16(Field::v2_key_arg_length);
  opaque_if(r, Field::v2_clear_key, clear);
  opaque_if(r, Field::v2_encrypted_key, encrypted);
  opaque_if(r, Field::v2_key_arg, argument);
}

void read_request_certificate(Reader& r) {
  r.u8(Field::v2_authentication);
  r.need_all(Field::v2_challenge);
}

void read_client_certificate(Reader& r, Body& out) {
  r.u8(Field::v2_certificate_type);
  const uint16_t certificate = r.u16(Field::v2_certificate_length);
  const uint16_t response = r.u16(Field::v2_response_length);
  const Span place = r.here(certificate);
  if (const Bytes der = opaque_if(r, Field::certificate, certificate); !der.empty()) {
    show_certificate(r, place, der);
    out.certificates.emplace().add(der);
  }
  opaque_if(r, Field::v2_response, response);
}

}  // namespace

void read_sslv2(Reader& r, Body& out) {
  enum : uint8_t {
    kError,
    kClientHello,
    kClientMasterKey,
    kClientFinished,
    kServerHello,
    kServerVerify,
    kServerFinished,
    kRequestCertificate,
    kClientCertificate
  };
  const Span place = r.here(1);
  const uint8_t type = r.u8(Field::sslv2_type);
  if (r.ok()) {
    r.inside(Field::sslv2_own_type, place);
  }
  switch (type) {
    case kError:
      r.u16(Field::v2_error);
      break;
    case kClientHello:
      read_client_hello(r, out);
      break;
    case kClientMasterKey:
      read_client_master_key(r);
      break;
    case kClientFinished:
    case kServerVerify:
    case kServerFinished:
      r.need_all(Field::v2_finished);
      break;
    case kServerHello:
      read_server_hello(r, out);
      break;
    case kRequestCertificate:
      read_request_certificate(r);
      break;
    case kClientCertificate:
      read_client_certificate(r, out);
      break;
    default:
      r.need_all(Field::handshake_body);
  }
  r.done(Field::handshake_excess);
}

}  // namespace tlslens
