// SPDX-License-Identifier: GPL-2.0-or-later
#include "extensions/read_extensions.h"

#include <string_view>

#include "extensions/bodies.h"
#include "fields/fields.h"

namespace tlslens {
namespace {

using ReadBody = void (*)(Reader&, Message, Extensions&);

struct Stanza {
  ExtensionType type;
  ReadBody read;
};

constexpr Stanza kStanzas[] = {
#define FIELD(...)
#define EXTENSION(id, code, body, reference) {{code}, body},
#include "extensions/extensions.def"
#undef EXTENSION
#undef FIELD
};

ReadBody body_of(ExtensionType type) {
  for (const Stanza& stanza : kStanzas) {
    if (stanza.type == type) {
      return stanza.read;
    }
  }
  return nullptr;
}

// RFC 8446 §4.2
void read_extension(Reader& r, Message message, Extensions& out) {
  const size_t group = r.open(Field::extension);
  const auto type = r.code<ExtensionType>(Field::extension_type);
  Reader body = r.vec_body(Field::extension_length, Vec{2, 0, 0xffff});
  if (const ReadBody read = body_of(type); read != nullptr && body.ok()) {
    read(body, message, out);
    body.done(Field::extension_excess);
  } else if (body.left() != 0) {
    body.opaque(Field::extension_data, body.left());
  }
  if (r.wants_marks()) {
    const std::string_view known = name(Registry::ExtensionType, type.value);
    r.title(": " + (known.empty() ? std::to_string(type.value) : std::string(known)));
  }
  r.close(group);
}

}  // namespace

Extensions read_extensions(Reader& r, Message message) {
  Extensions out;
  Reader list = r.vec_body(Field::extensions_length, Vec{2, 0, 0xffff});
  while (list.more()) {
    read_extension(list, message, out);
  }
  return out;
}

}  // namespace tlslens
