// SPDX-License-Identifier: GPL-2.0-or-later
#include "extensions/views.h"

#include "fields/fields.h"

namespace tlslens {
namespace {

// read_silently calls read(Reader&) with a reader over the body of an extension that leaves neither
// marks nor faults; not at all where there is none.
template <typename Read>
void read_silently(const Extensions& all, ExtensionType type, Read read) {
  if (const Bytes* body = all.body(type); body != nullptr) {
    Parse silent{nullptr, nullptr, body->data()};
    Reader r(silent, *body, 0, 0);
    read(r);
  }
}

// codes_behind are the code points of a body that is a list of them behind its length.
template <typename CodePoint>
Codes<CodePoint> codes_behind(const Extensions& all, ExtensionType type, uint8_t prefix) {
  return {opaque(all, type, prefix).value_or(Bytes{})};
}

Share read_share(Reader& r) {
  const auto group = r.code<NamedGroup>(Field::share_group);
  return {group, r.vec_bytes(Field::share_length, Field::share_value, Vec{2, 0, 0xffff})};
}

}  // namespace

Codes<NamedGroup> groups(const Extensions& all) {
  return codes_behind<NamedGroup>(all, extension::supported_groups, 2);
}

Codes<EcPointFormat> point_formats(const Extensions& all) {
  return codes_behind<EcPointFormat>(all, extension::ec_point_formats, 1);
}

Codes<PskKeyExchangeMode> psk_modes(const Extensions& all) {
  return codes_behind<PskKeyExchangeMode>(all, extension::psk_key_exchange_modes, 1);
}

std::vector<Share> client_shares(const Extensions& all) {
  std::vector<Share> out;
  read_silently(all, extension::key_share, [&](Reader& r) {
    Reader list = r.vec_body(Field::shares_length, Vec{2, 0, 0xffff});
    out.reserve(list.more() ? 2 : 0);
    while (list.more()) {
      const Share share = read_share(list);
      if (list.ok()) {
        out.push_back(share);
      }
    }
  });
  return out;
}

std::optional<Share> server_share(const Extensions& all) {
  std::optional<Share> out;
  read_silently(all, extension::key_share, [&](Reader& r) {
    const Share share = read_share(r);
    out = r.ok() ? std::optional(share) : std::nullopt;
  });
  return out;
}

std::optional<NamedGroup> retry_group(const Extensions& all) {
  const auto group = number(all, extension::key_share, 2);
  return group ? std::optional(NamedGroup{static_cast<uint16_t>(*group)}) : std::nullopt;
}

std::vector<Bytes> protocols(const Extensions& all) {
  std::vector<Bytes> out;
  read_silently(all, extension::alpn, [&](Reader& r) {
    Reader list = r.vec_body(Field::alpn_length, Vec{2, 0, 0xffff});
    out.reserve(list.more() ? 2 : 0);  // most name HTTP/2 and HTTP/1.1, or one of them
    while (list.more()) {
      const Bytes name = list.vec_bytes(Field::alpn_name_length, Field::alpn_name, Vec{1, 0, 0xff});
      if (list.ok()) {
        out.push_back(name);
      }
    }
  });
  return out;
}

size_t host_names(const Extensions& all) {
  constexpr ServerNameType kHostName{0};
  size_t n = 0;
  read_silently(all, extension::server_name, [&](Reader& r) {
    Reader list = r.vec_body(Field::sni_list_length, Vec{2, 0, 0xffff});
    while (list.more()) {
      const auto type = list.code<ServerNameType>(Field::sni_type);
      list.vec_bytes(Field::sni_length, Field::sni_host, Vec{2, 0, 0xffff});
      n += list.ok() && type == kHostName ? 1 : 0;
    }
  });
  return n;
}

PskCounts psk_counts(const Extensions& all) {
  PskCounts out;
  read_silently(all, extension::pre_shared_key, [&](Reader& r) {
    Reader identities = r.vec_body(Field::psk_identities_length, Vec{2, 0, 0xffff});
    while (identities.more()) {
      identities.vec_bytes(Field::psk_identity_length, Field::psk_identity, Vec{2, 0, 0xffff});
      identities.u32(Field::psk_age);
      out.identities += identities.ok() ? 1 : 0;
    }
    Reader binders = r.vec_body(Field::psk_binders_length, Vec{2, 0, 0xffff});
    while (binders.more()) {
      binders.vec_bytes(Field::psk_binder_length, Field::psk_binder, Vec{1, 0, 0xff});
      out.binders += binders.ok() ? 1 : 0;
    }
  });
  return out;
}

std::optional<uint32_t> number(const Extensions& all, ExtensionType type, size_t size) {
  std::optional<uint32_t> out;
  read_silently(all, type, [&](Reader& r) {
    const uint32_t value = r.integer(Field::extension_data, size);
    out = r.ok() ? std::optional(value) : std::nullopt;
  });
  return out;
}

std::optional<Bytes> opaque(const Extensions& all, ExtensionType type, uint8_t prefix) {
  std::optional<Bytes> out;
  read_silently(all, type, [&](Reader& r) {
    const Bytes body =
        r.vec_bytes(Field::extension_length, Field::extension_data, Vec{prefix, 0, 0xffffff});
    out = r.ok() ? std::optional(body) : std::nullopt;
  });
  return out;
}

}  // namespace tlslens
