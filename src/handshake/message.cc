// SPDX-License-Identifier: GPL-2.0-or-later
#include "handshake/message.h"

#include <algorithm>
#include <cctype>

#include "fields/fields.h"
#include "handshake/bodies.h"

namespace tlslens {
namespace {

using ReadBody = void (*)(Reader&, const Context&, Body&);

struct Row {
  HandshakeType type;
  ReadBody read;
};

constexpr Row kRows[] = {
#define FIELD(...)
#define MESSAGE(code, read, reference) {{code}, read},
#include "handshake/handshake.def"
#undef MESSAGE
#undef FIELD
};

}  // namespace

void read_body(Reader& r, HandshakeType type, const Context& context, Body& out) {
  const auto* row = std::ranges::find(kRows, type, &Row::type);
  if (row == std::end(kRows)) {
    r.need_all(Field::handshake_body);
    return;
  }
  row->read(r, context, out);
  r.done(Field::handshake_excess);
}

MessageHeader peek_message_header(Bytes bytes) {
  return {{bytes[0]}, uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3]};
}

bool fills_with_messages(Bytes bytes) {
  while (bytes.size() >= MessageHeader::kSize) {
    const MessageHeader header = peek_message_header(bytes);
    if (!is_named(Registry::HandshakeType, header.type.value) || header.total() > bytes.size()) {
      return false;
    }
    bytes = bytes.subspan(header.total());
  }
  return bytes.empty();
}

std::string name_or_number(Registry registry, uint32_t value) {
  const std::string_view known = name(registry, value);
  return known.empty() ? std::to_string(value) : std::string(known);
}

std::string shown_name(std::string_view registered) {
  std::string out(registered);
  bool start = true;
  for (char& c : out) {
    if (c == '_') {
      c = ' ';
    }
    if (start) {
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    start = c == ' ';
  }
  return out;
}

}  // namespace tlslens
