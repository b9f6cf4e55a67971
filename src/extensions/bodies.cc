// SPDX-License-Identifier: GPL-2.0-or-later
#include "extensions/bodies.h"

#include "fields/fields.h"

namespace tlslens {

// RFC 6066 §3. A server answers with an empty body.
void read_server_name(Reader& r, Message, Extensions& out) {
  constexpr ServerNameType kHostName{0};
  if (!r.more()) {
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

// RFC 7301 §3.1
void read_alpn(Reader& r, Message, Extensions& out) {
  Reader list = r.vec(Field::alpn_length, Field::alpn_list, Vec{2, 2, 0xffff});
  while (list.more()) {
    const Bytes name = list.vec_bytes(Field::alpn_name_length, Field::alpn_name, Vec{1, 1, 0xff});
    if (out.alpn.empty()) {
      out.alpn = name;
    }
  }
}

// RFC 8446 §4.2.1. A server answers with the one version it chose.
void read_supported_versions(Reader& r, Message message, Extensions& out) {
  if (message != Message::client_hello) {
    out.selected_version = r.code<Version>(Field::supported_version);
    return;
  }
  Reader list = r.vec(Field::versions_length, Field::versions_list, Vec{1, 2, 254, 2});
  while (list.left() >= sizeof(uint16_t)) {
    out.versions.push_back(list.code<Version>(Field::supported_version));
  }
}

}  // namespace tlslens
