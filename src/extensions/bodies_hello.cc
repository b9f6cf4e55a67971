// SPDX-License-Identifier: GPL-2.0-or-later
// Extensions of ClientHello and ServerHello up to TLS 1.2, and those that stayed the same.
#include <optional>

#include "extensions/bodies.h"
#include "fields/fields.h"

namespace tlslens {
namespace {

bool is_server_choice(Message m) {
  return m == Message::server_hello || m == Message::encrypted_extensions;
}

// answers: a server that knows what the client asks says so with an empty body.
bool answers(Message m) { return m != Message::client_hello; }

// read_protocols reads a list of protocol names (RFC 7301 §3.1) and returns the first.
struct ProtocolFields {
  Field length;
  Field list;
  Field name_length;
  Field name;
};
Bytes read_protocols(Reader& r, const ProtocolFields& fields) {
  std::optional<Bytes> first;
  Reader list = r.vec(fields.length, fields.list, Vec{2, 2, 0xffff});
  while (list.more()) {
    const Bytes name = list.vec_bytes(fields.name_length, fields.name, Vec{1, 1, 0xff});
    first = first.value_or(name);
  }
  return first.value_or(Bytes{});
}

// read_ocsp_request reads an OCSPStatusRequest (RFC 6066 §8).
void read_ocsp_request(Reader& r) {
  Reader ids = r.vec_body(Field::status_ids_length, Vec{2, 0, 0xffff});
  while (ids.more()) {
    ids.vec_bytes(Field::status_id_length, Field::status_id, Vec{2, 1, 0xffff});
  }
  r.vec_bytes(Field::status_exts_length, Field::status_exts, Vec{2, 0, 0xffff});
}

constexpr CertificateStatusType kOcsp{1};
constexpr CertificateStatusType kOcspMulti{2};

// read_ocsp_response: in a list of RFC 6961 §2.2 it may be empty.
void read_ocsp_response(Reader& r, uint32_t min_size) {
  r.vec_bytes(Field::ocsp_response_length, Field::ocsp_response, Vec{3, min_size, 0xffffff});
}

}  // namespace

// RFC 6066 §3. A server answers with an empty body.
void read_server_name(Reader& r, Message message, Extensions& out) {
  constexpr ServerNameType kHostName{0};
  if (answers(message)) {
    return;
  }
  Reader list = r.vec(Field::sni_list_length, Field::sni_list, Vec{2, 1, 0xffff});
  while (list.more()) {
    const auto type = list.code<ServerNameType>(Field::sni_type);
    const Bytes host = list.vec_bytes(Field::sni_length, Field::sni_host, Vec{2, 1, 0xffff});
    if (type == kHostName && out.server_name.empty()) {
      out.server_name = host;
    }
  }
}

// RFC 6066 §6. A server answers with an empty body.
void read_trusted_ca_keys(Reader& r, Message message, Extensions&) {
  constexpr TrustedCaKeyType kPreAgreed{0};
  constexpr TrustedCaKeyType kKeyHash{1};
  constexpr TrustedCaKeyType kName{2};
  constexpr TrustedCaKeyType kCertificateHash{3};
  constexpr size_t kHashSize = 20;
  if (answers(message)) {
    return;
  }
  Reader list = r.vec(Field::trusted_ca_keys_length, Field::trusted_ca_keys, Vec{2, 0, 0xffff});
  while (list.more()) {
    const size_t group = list.open(Field::trusted_ca_key);
    const auto type = list.code<TrustedCaKeyType>(Field::trusted_ca_key_type);
    if (type == kName) {
      list.vec_bytes(Field::trusted_ca_name_length, Field::trusted_ca_name, Vec{2, 1, 0xffff});
    } else if (type == kKeyHash || type == kCertificateHash) {
      list.opaque(Field::trusted_ca_key_hash, kHashSize);
    } else if (type != kPreAgreed) {
      list.all(Field::extension_data);  // an identifier of unknown length
    }
    list.close(group);
  }
}

// RFC 6066 §8. A server of TLS 1.2 answers with an empty body; in TLS 1.3 the response is here
// (RFC 8446 §4.4.2.1).
void read_status_request(Reader& r, Message message, Extensions&) {
  if (message == Message::certificate) {
    read_status(r);
    return;
  }
  if (answers(message)) {
    return;
  }
  if (r.code<CertificateStatusType>(Field::status_type) == kOcsp) {
    read_ocsp_request(r);
  } else {
    r.all(Field::extension_data);
  }
}

void read_status(Reader& r) {
  const auto type = r.code<CertificateStatusType>(Field::status_type);
  if (type == kOcsp) {
    read_ocsp_response(r, 1);
  } else if (type == kOcspMulti) {
    Reader list = r.vec_body(Field::ocsp_list_length, Vec{3, 1, 0xffffff});
    while (list.more()) {
      read_ocsp_response(list, 0);
    }
  } else {
    r.all(Field::extension_data);
  }
}

// RFC 6961 §2.2. A server answers with an empty body.
void read_status_request_v2(Reader& r, Message message, Extensions&) {
  if (answers(message)) {
    return;
  }
  Reader list = r.vec_body(Field::status_list_length, Vec{2, 1, 0xffff});
  while (list.more()) {
    const auto type = list.code<CertificateStatusType>(Field::status_type);
    Reader item = list.vec_body(Field::status_length, Vec{2, 0, 0xffff});
    if (type == kOcsp || type == kOcspMulti) {
      read_ocsp_request(item);
    } else {
      item.all(Field::extension_data);
    }
    item.done(Field::extension_excess);
  }
}

// RFC 4681 §3
void read_user_mapping(Reader& r, Message, Extensions&) {
  r.list(Field::user_mapping_length, Field::none, Field::user_mapping_type, Vec{1, 1, 0xff});
}

// RFC 7250 §3 and RFC 6091 §3.1. A server answers with the one type it chose. The two extensions of
// RFC 7250 differ in whose certificate they are about.
void read_certificate_types(Reader& r, Message message, Extensions& out) {
  constexpr ExtensionType kClient{19};
  constexpr ExtensionType kServer{20};
  if (!is_server_choice(message)) {
    r.list(Field::certificate_types_length, Field::certificate_types, Field::certificate_type,
           Vec{1, 1, 0xff});
    return;
  }
  const auto type = r.code<CertificateType>(Field::certificate_type);
  const ExtensionType about = out.all.back().type;
  if (about == kClient) {
    out.client_certificate = type;
  } else if (about == kServer) {
    out.server_certificate = type;
  }
}

SignatureScheme read_scheme(Reader& r) {
  const Span place = r.here(2);
  const auto scheme = r.code<SignatureScheme>(Field::scheme);
  if (r.ok()) {
    r.inside(Field::scheme_hash, {place.offset, 1});
    r.inside(Field::scheme_signature, {place.offset + 1, 1});
  }
  return scheme;
}

// RFC 8446 §4.2.3
Codes<SignatureScheme> read_schemes(Reader& r) {
  Reader list = r.vec(Field::schemes_length, Field::schemes, Vec{2, 2, 0xfffe, 2});
  const Codes<SignatureScheme> all{list.rest()};
  size_t n = 0;
  for (; list.left() >= 2 && list.ok(); ++n) {
    read_scheme(list);
  }
  list.title_count(n);
  return all;
}

void read_signature_algorithms(Reader& r, Message, Extensions& out) {
  out.schemes = read_schemes(r);
}

void read_signature_algorithms_cert(Reader& r, Message, Extensions&) { read_schemes(r); }

// RFC 5764 §4.1
void read_use_srtp(Reader& r, Message, Extensions&) {
  r.list(Field::srtp_length, Field::none, Field::srtp_profile, Vec{2, 2, 0xfffe, 2});
  r.vec_bytes(Field::srtp_mki_length, Field::srtp_mki, Vec{1, 0, 0xff});
}

// RFC 7301 §3.1
void read_alpn(Reader& r, Message, Extensions& out) {
  out.alpn = read_protocols(
      r, {Field::alpn_length, Field::alpn_list, Field::alpn_name_length, Field::alpn_name});
}

// draft-agl-tls-nextprotoneg-04 §3. A client offers with an empty body.
void read_next_protocols(Reader& r, Message message, Extensions&) {
  while (answers(message) && r.more()) {
    r.vec_bytes(Field::npn_length, Field::npn_name, Vec{1, 1, 0xff});
  }
}

// draft-vvv-tls-alps-01 §4
void read_application_settings(Reader& r, Message message, Extensions&) {
  if (is_server_choice(message)) {
    r.all(Field::alps_settings);
    return;
  }
  read_protocols(r,
                 {Field::alps_length, Field::alps_list, Field::alps_name_length, Field::alps_name});
}

// RFC 8472 §2
void read_token_binding(Reader& r, Message, Extensions&) {
  r.u8(Field::token_binding_major);
  r.u8(Field::token_binding_minor);
  r.list(Field::token_binding_length, Field::token_binding_parameters,
         Field::token_binding_parameter, Vec{1, 1, 0xff});
}

// RFC 7924 §3. A server names types only.
void read_cached_info(Reader& r, Message message, Extensions&) {
  Reader list = r.vec_body(Field::cached_length, Vec{2, 1, 0xffff});
  while (list.more()) {
    const size_t group = list.open(Field::cached_object);
    list.u8(Field::cached_type);
    if (message == Message::client_hello) {
      list.vec_bytes(Field::cached_hash_length, Field::cached_hash, Vec{1, 1, 0xff});
    }
    list.close(group);
  }
}

// RFC 8672 §3. A client may have no ticket yet.
void read_ticket_pinning(Reader& r, Message message, Extensions&) {
  if (!answers(message) && !r.more()) {
    return;
  }
  if (answers(message)) {
    r.vec_bytes(Field::pinning_proof_length, Field::pinning_proof, Vec{1, 0, 0xff});
  }
  r.vec_bytes(Field::pinning_ticket_length, Field::pinning_ticket, Vec{2, 0, 0xffff});
  if (answers(message)) {
    r.u32(Field::pinning_lifetime);
  }
}

// RFC 8870 §5.2. A server answers with the one cipher it chose.
void read_ekt_ciphers(Reader& r, Message message, Extensions&) {
  if (answers(message)) {
    r.u8(Field::ekt_cipher);
  } else {
    r.list(Field::ekt_length, Field::none, Field::ekt_cipher, Vec{1, 1, 0xff});
  }
}

// RFC 5077 §3.2. An empty ticket asks for one.
void read_session_ticket(Reader& r, Message message, Extensions&) {
  if (answers(message) && r.more()) {
    return;  // a server says no more than that a ticket will come
  }
  const Span place = r.here(r.left());
  if (r.more() || r.missing() != 0) {
    r.need_all(Field::ticket_of_hello);
  } else {
    r.opaque(Field::ticket_of_hello, 0);
  }
  r.inside(Field::ticket_as_data, place);
}

// RFC 9102 §2.2
void read_dnssec_chain(Reader& r, Message message, Extensions&) {
  if (message == Message::client_hello) {
    r.u16(Field::dnssec_port);
    return;
  }
  r.u16(Field::dnssec_lifetime);
  r.vec_bytes(Field::dnssec_length, Field::dnssec_chain, Vec{2, 1, 0xffff});
}

}  // namespace tlslens
