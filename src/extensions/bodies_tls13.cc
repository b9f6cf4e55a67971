// SPDX-License-Identifier: GPL-2.0-or-later
// Extensions of TLS 1.3: versions, keys, and what hides a hello.
#include "extensions/bodies.h"
#include "fields/fields.h"

namespace tlslens {
namespace {

// RFC 8446 §4.2.8
NamedGroup read_share(Reader& r) {
  const size_t group = r.open(Field::share);
  const auto named = r.code<NamedGroup>(Field::share_group);
  r.vec_bytes(Field::share_length, Field::share_value, Vec{2, 1, 0xffff});
  if (r.wants_marks()) {
    const std::string_view known = name(Registry::NamedGroup, named.value);
    r.title(": " + (known.empty() ? std::to_string(named.value) : std::string(known)));
  }
  r.close(group);
  return named;
}

// RFC 8446 §4.2.11
void read_identities(Reader& r) {
  Reader list = r.vec_body(Field::psk_identities_length, Vec{2, 7, 0xffff});
  while (list.more()) {
    const size_t group = list.open(Field::psk_identity_item);
    list.vec_bytes(Field::psk_identity_length, Field::psk_identity, Vec{2, 1, 0xffff});
    list.u32(Field::psk_age);
    list.close(group);
  }
}

void read_binders(Reader& r) {
  Reader list = r.vec(Field::psk_binders_length, Field::psk_binders, Vec{2, 33, 0xffff});
  while (list.more()) {
    const size_t group = list.open(Field::psk_binder_item);
    list.vec_bytes(Field::psk_binder_length, Field::psk_binder, Vec{1, 32, 0xff});
    list.close(group);
  }
}

// read_hpke_suite reads a pair of algorithms (RFC 9849 §4).
void read_hpke_suite(Reader& r, Field as) {
  const size_t group = r.open(as);
  r.u16(Field::ech_kdf);
  r.u16(Field::ech_aead);
  r.close(group);
}

void read_key_config(Reader& r) {
  constexpr size_t kSuiteSize = 4;
  const size_t group = r.open(Field::ech_key_config);
  r.u8(Field::ech_key_id);
  r.u16(Field::ech_kem);
  r.vec_bytes(Field::ech_key_length, Field::ech_key, Vec{2, 1, 0xffff});
  Reader suites =
      r.vec(Field::ech_suites_length, Field::ech_suites, Vec{2, kSuiteSize, 0xfffc, kSuiteSize});
  while (suites.left() >= kSuiteSize && suites.ok()) {
    read_hpke_suite(suites, Field::ech_key_suite);
  }
  r.close(group);
}

// RFC 9849 §4
void read_ech_config(Reader& r) {
  constexpr uint16_t kVersion = 0xfe0d;
  const size_t group = r.open(Field::ech_config);
  const uint16_t version = r.u16(Field::ech_config_version);
  Reader config = r.vec_body(Field::ech_config_length, Vec{2, 0, 0xffff});
  if (version == kVersion) {
    read_key_config(config);
    config.u8(Field::ech_name_max);
    config.vec_bytes(Field::ech_public_length, Field::ech_public_name, Vec{1, 1, 0xff});
    config.vec_bytes(Field::ech_exts_length, Field::ech_exts, Vec{2, 0, 0xffff});
    config.done(Field::extension_excess);
  } else {
    config.all(Field::extension_data);
  }
  r.close(group);
}

void read_ech_offer(Reader& r) {
  constexpr EchClientHelloType kOuter{0};
  if (r.code<EchClientHelloType>(Field::ech_type) != kOuter) {
    return;
  }
  read_hpke_suite(r, Field::ech_suite);
  r.u8(Field::ech_config_id);
  r.vec_bytes(Field::ech_enc_length, Field::ech_enc, Vec{2, 0, 0xffff});
  r.vec_bytes(Field::ech_payload_length, Field::ech_payload, Vec{2, 1, 0xffff});
}

}  // namespace

// RFC 8446 §4.2.1. A server answers with the one version it chose.
void read_supported_versions(Reader& r, Message message, Extensions& out) {
  if (message != Message::client_hello) {
    out.selected_version = r.code<Version>(Field::supported_version);
    return;
  }
  out.versions.bytes = r.list(Field::versions_length, Field::versions_list,
                              Field::supported_version, Vec{1, 2, 254, 2});
}

// RFC 8446 §4.2.8
void read_key_share(Reader& r, Message message, Extensions& out) {
  if (message == Message::hello_retry_request) {
    r.u16(Field::share_selected);
  } else if (message == Message::server_hello) {
    out.share_group = read_share(r);
  } else {
    Reader list = r.vec_body(Field::shares_length, Vec{2, 0, 0xffff});
    while (list.more()) {
      read_share(list);
    }
  }
}

// RFC 8446 §4.2.11
void read_pre_shared_key(Reader& r, Message message, Extensions&) {
  if (message == Message::server_hello) {
    r.u16(Field::psk_selected);
    return;
  }
  read_identities(r);
  read_binders(r);
}

// RFC 8446 §4.2.10
void read_early_data(Reader& r, Message message, Extensions&) {
  if (message == Message::new_session_ticket) {
    r.u32(Field::max_early_data);
  }
}

// RFC 9149 §3
void read_ticket_request(Reader& r, Message message, Extensions&) {
  if (message != Message::client_hello) {
    r.u8(Field::tickets_expected);
    return;
  }
  r.u8(Field::tickets_new);
  r.u8(Field::tickets_resumed);
}

// RFC 9849 §5
void read_encrypted_client_hello(Reader& r, Message message, Extensions&) {
  constexpr size_t kConfirmationSize = 8;
  if (message == Message::client_hello) {
    read_ech_offer(r);
  } else if (message == Message::hello_retry_request) {
    r.opaque(Field::ech_confirmation, kConfirmationSize);
  } else {
    Reader list = r.vec(Field::ech_configs_length, Field::ech_retry_configs, Vec{2, 4, 0xffff});
    while (list.more()) {
      read_ech_config(list);
    }
  }
}

// draft-ietf-tls-esni-03 §4
void read_encrypted_server_name(Reader& r, Message message, Extensions&) {
  constexpr size_t kNonceSize = 16;
  if (message != Message::client_hello) {
    r.opaque(Field::esni_nonce, kNonceSize);
    return;
  }
  r.u16(Field::esni_suite);
  read_share(r);
  r.vec_bytes(Field::esni_digest_length, Field::esni_digest, Vec{2, 0, 0xffff});
  r.vec_bytes(Field::esni_length, Field::esni_sni, Vec{2, 0, 0xffff});
}

}  // namespace tlslens
