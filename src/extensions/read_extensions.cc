// SPDX-License-Identifier: GPL-2.0-or-later
#include "extensions/read_extensions.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "extensions/bodies.h"
#include "extensions/forms.h"
#include "registry/page_index.h"

namespace tlslens {
namespace {

using ReadBody = void (*)(Reader&, Message, Extensions&);

struct Stanza {
  uint16_t value;
  ReadBody read;
};

constexpr Stanza kStanzas[] = {
#define FIELD(...)
#define EXTENSION(id, code, body, reference) {code, body},
#define EXTENSION_FORM(id, code, body, reference) {code, body},
#include "extensions/extensions.def"
#undef EXTENSION
#undef EXTENSION_FORM
#undef FIELD
};
static_assert(std::ranges::is_sorted(kStanzas, {}, &Stanza::value));

ReadBody body_of(ExtensionType type) {
  const Stanza* known = indexed_row<kStanzas>(type.value);
  return known == nullptr ? nullptr : known->read;
}

// RFC 8446 §4.2
void read_extension(Reader& r, Message message, Extensions& out) {
  const size_t group = r.open(Field::extension);
  const Span place = r.here(std::min<size_t>(r.left(), sizeof(ExtensionType::value)));
  const auto type = r.code<ExtensionType>(Field::extension_type);
  if (!r.ok()) {
    r.close(group);
    return;
  }
  Reader body = r.vec_body(Field::extension_length, Vec{2, 0, 0xffff});
  if (body.ok() && out.body(type) != nullptr) {
    r.blame(FaultKind::repeated, Field::extension_type, place);
  }
  out.add(type, body.rest());
  if (const ReadBody read = body_of(type); read == nullptr && body.ok()) {
    body.opaque(Field::extension_data, body.left());
  } else if (body.ok()) {
    read(body, message, out);
    body.done(Field::extension_excess);
  } else {
    body.all(Field::extension_data);
  }
  if (r.wants_marks()) {
    const std::string_view known = name(Registry::ExtensionType, type.value);
    r.title(": " + (known.empty() ? std::to_string(type.value) : std::string(known)));
  }
  r.close(group);
}

}  // namespace

void Extensions::add(ExtensionType type, Bytes body) {
  all.push_back({type, body});
  if (type.value < kLow && first_[type.value] == 0) {
    first_[type.value] = static_cast<uint16_t>(all.size());
  }
}

Extensions read_extensions(Reader& r, Message message) {
  constexpr size_t kUsual = 20;
  Extensions out;
  // RFC 8446 §4.3.2: only a CertificateRequest must have one.
  const uint32_t min_size = message == Message::certificate_request ? 2 : 0;
  Reader list = r.vec_body(Field::extensions_length, Vec{2, min_size, 0xffff});
  out.all.reserve(list.more() ? kUsual : 0);
  while (list.more() && out.all.size() < kMaxExtensions) {
    read_extension(list, message, out);
  }
  if (list.more()) {
    out.unread = list.rest();
    list.all(Field::extension_data);
  }
  return out;
}

}  // namespace tlslens
