// SPDX-License-Identifier: GPL-2.0-or-later
// Extensions about certificates.
#include "extensions/bodies.h"
#include "fields/fields.h"
#include "registry/ct_log.h"

namespace tlslens {
namespace {

// show_oid shows the identifier within its DER, behind a tag and a length of one byte; senders who
// leave these out are understood too.
void show_oid(Reader& r, uint32_t begin, Bytes der) {
  constexpr uint8_t kTag = 6;
  constexpr size_t kHeader = 2;
  if (der.empty()) {
    return;
  }
  const bool whole = der.size() > kHeader && der[0] == kTag && der[1] == der.size() - kHeader;
  const auto skip = static_cast<uint32_t>(whole ? kHeader : 0);
  r.inside(Field::oid_oid, {begin + skip, static_cast<uint32_t>(der.size()) - skip});
}

// RFC 6962 §3.2
void read_timestamp(Reader& r) {
  constexpr size_t kLogSize = 32;
  constexpr size_t kTimeSize = 8;
  constexpr SctVersion kV1{0};
  if (r.code<SctVersion>(Field::sct_version) != kV1) {
    r.all(Field::sct_data);
    return;
  }
  const Bytes log = r.opaque(Field::sct_log, kLogSize);
  if (r.wants_marks() && r.ok()) {
    if (const std::string_view known = ct_log_name(log); !known.empty()) {
      r.text(Field::sct_log_name, std::string(known));
      r.title(": " + std::string(known));
    }
  }
  r.opaque(Field::sct_time, kTimeSize);
  r.vec_bytes(Field::sct_exts_length, Field::sct_exts, Vec{2, 0, 0xffff});
  read_scheme(r);
  r.vec_bytes(Field::sct_signature_length, Field::sct_signature, Vec{2, 0, 0xffff});
  r.done(Field::extension_excess);
}

}  // namespace

// RFC 6962 §3.3.1. A client, and in TLS 1.3 a CertificateRequest, asks with an empty body.
void read_timestamps(Reader& r, Message message, Extensions&) {
  if (message == Message::server_hello || message == Message::certificate) {
    read_timestamp_list(r);
  }
}

void read_timestamp_list(Reader& r) {
  Reader list = r.vec_body(Field::scts_length, Vec{2, 1, 0xffff});
  while (list.more()) {
    const size_t group = list.open(Field::sct);
    Reader one = list.vec_body(Field::sct_length, Vec{2, 1, 0xffff});
    read_timestamp(one);
    list.close(group);
  }
}

// RFC 8879 §3
void read_compress_certificate(Reader& r, Message, Extensions&) {
  r.list(Field::compress_length, Field::none, Field::compress_algorithm, Vec{1, 2, 0xfe, 2});
}

// RFC 9345 §4.1. Where a certificate has it, it is the credential itself.
void read_delegated_credential(Reader& r, Message message, Extensions&) {
  if (message != Message::certificate) {
    read_schemes(r);
    return;
  }
  r.u32(Field::credential_time);
  read_scheme(r);
  r.vec_bytes(Field::credential_key_length, Field::credential_key, Vec{3, 1, 0xffffff});
  read_scheme(r);
  r.vec_bytes(Field::credential_signature_length, Field::credential_signature, Vec{2, 1, 0xffff});
}

void read_names(Reader& r, uint32_t min_size) {
  Reader list = r.vec(Field::names_length, Field::names, Vec{2, min_size, 0xffff});
  size_t n = 0;
  for (; list.more(); ++n) {
    list.vec_bytes(Field::name_length, Field::name, Vec{2, 1, 0xffff});
  }
  list.title_count(n);
}

void read_certificate_authorities(Reader& r, Message, Extensions&) {
  constexpr uint32_t kOneName = 3;
  read_names(r, kOneName);
}

// RFC 8446 §4.2.5
void read_oid_filters(Reader& r, Message, Extensions&) { read_oid_filters(r); }

void read_oid_filters(Reader& r) {
  Reader list = r.vec_body(Field::oid_filters_length, Vec{2, 0, 0xffff});
  while (list.more()) {
    const uint32_t begin = list.here(0).offset + 1;
    show_oid(list, begin, list.vec_bytes(Field::oid_length, Field::oid_der, Vec{1, 1, 0xff}));
    list.vec_bytes(Field::oid_values_length, Field::oid_values, Vec{2, 0, 0xffff});
  }
}

}  // namespace tlslens
