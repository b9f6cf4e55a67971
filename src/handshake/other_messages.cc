// SPDX-License-Identifier: GPL-2.0-or-later
// Tickets, Finished, and messages with little in them.
#include "fields/fields.h"
#include "handshake/bodies.h"

namespace tlslens {

// read_nothing is for messages that have no body.
void read_nothing(Reader&, const Context&, Body&) {}

// RFC 8446 §4.6.1; RFC 5077 §3.3 for the form before TLS 1.3.
void read_new_session_ticket(Reader& r, const Context& context, Body& out) {
  const bool tls13 = is_tls13(context.version);
  const uint32_t lifetime = r.u32(Field::ticket_lifetime);
  if (tls13) {
    r.u32(Field::ticket_age_add);
  }
  if (tls13 && !is_draft_before(context.version, 21)) {
    r.vec_bytes(Field::ticket_nonce_length, Field::ticket_nonce, Vec{1, 0, 0xff});
  }
  r.vec_bytes(Field::ticket_length, Field::ticket, Vec{2, tls13 ? 1U : 0U, 0xffff});
  if (tls13) {
    read_extensions(r, Message::new_session_ticket);
  }
  out.ticket_lifetime = r.ok() ? std::optional(lifetime) : std::nullopt;
  if (r.wants_marks() && r.ok()) {
    out.summary = ", for " + std::to_string(lifetime) + " s";
  }
}

// RFC 8446 §4.3.1
void read_encrypted_extensions(Reader& r, const Context&, Body& out) {
  const Extensions extensions = read_extensions(r, Message::encrypted_extensions);
  if (r.wants_marks()) {
    out.summary = ", " + std::to_string(extensions.all.size()) + " extensions";
  }
}

// RFC 8446 §4.4.4; RFC 6101 §5.6.9 for SSL 3.0.
void read_finished(Reader& r, const Context& context, Body&) {
  constexpr size_t kMd5Size = 16;
  constexpr size_t kSha1Size = 20;
  if (context.version == version::ssl3) {
    r.opaque(Field::finished_md5, kMd5Size);
    r.opaque(Field::finished_sha, kSha1Size);
  } else {
    r.need_all(Field::verify_data);
  }
}

// RFC 4680 §2
void read_supplemental_data(Reader& r, const Context&, Body&) {
  Reader list = r.vec_body(Field::supplement_list_length, Vec{3, 1, 0xffffff});
  while (list.more()) {
    const size_t group = list.open(Field::supplement);
    list.u16(Field::supplement_type);
    list.vec_bytes(Field::supplement_length, Field::supplement_data, Vec{2, 0, 0xffff});
    list.close(group);
  }
}

// RFC 8446 §4.6.3
void read_key_update(Reader& r, const Context&, Body& out) {
  const auto request = r.code<KeyUpdateRequest>(Field::key_update);
  if (r.wants_marks()) {
    out.summary = ", " + name_or_number(Registry::KeyUpdateRequest, request.value);
  }
}

// draft-agl-tls-nextprotoneg-04 §3
void read_next_protocol(Reader& r, const Context&, Body&) {
  r.vec_bytes(Field::next_length, Field::next_name, Vec{1, 0, 0xff});
  r.vec_bytes(Field::next_padding_length, Field::next_padding, Vec{1, 0, 0xff});
}

}  // namespace tlslens
