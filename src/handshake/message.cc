// SPDX-License-Identifier: GPL-2.0-or-later
#include "handshake/message.h"

#include <algorithm>
#include <cctype>

#include "fields/fields.h"
#include "handshake/hello.h"

namespace tlslens {
namespace {

constexpr uint32_t kRandomTimeSize = 4;

std::string version_name(Version v) {
  const std::string_view known = name(Registry::Version, v.value);
  return known.empty() ? "version " + std::to_string(v.value) : std::string(known);
}

// versions_name gives the range of the versions offered: "TLS 1.2-1.3".
std::string versions_name(const ClientHello& hello) {
  Version low;
  Version high;
  for (const Version v : hello.extensions.versions) {
    if (is_grease(v.value) || draft_number(v) != 0) {
      continue;
    }
    low = low == version::unknown || v.value < low.value ? v : low;
    high = v.value > high.value ? v : high;
  }
  if (high == version::unknown) {
    return "up to " + version_name(hello.legacy_version);
  }
  if (low == high) {
    return version_name(high);
  }
  const std::string top = version_name(high);
  return version_name(low) + "-" + top.substr(top.find(' ') + 1);
}

// printable keeps what comes from the wire readable and harmless in one line.
std::string printable(Bytes bytes) {
  std::string out;
  for (const uint8_t b : bytes) {
    out += b >= 0x20 && b < 0x7f ? static_cast<char>(b) : '?';
  }
  return out;
}

}  // namespace

MessageHeader peek_message_header(Bytes bytes) {
  return {{bytes[0]}, uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3]};
}

Bytes read_random(Reader& r, bool split) {
  const Span place = r.here(kRandomSize);
  const Bytes random = r.opaque(Field::hello_random, kRandomSize);
  if (split && r.ok()) {
    r.inside(Field::hello_random_time, {place.offset, kRandomTimeSize});
    r.inside(Field::hello_random_bytes,
             {place.offset + kRandomTimeSize, kRandomSize - kRandomTimeSize});
  }
  return random;
}

bool fills_with_messages(Bytes bytes) {
  while (bytes.size() >= MessageHeader::kSize) {
    const MessageHeader header = peek_message_header(bytes);
    if (name(Registry::HandshakeType, header.type.value).empty() || header.total() > bytes.size()) {
      return false;
    }
    bytes = bytes.subspan(header.total());
  }
  return bytes.empty();
}

std::string describe(const ClientHello& hello) {
  std::string out;
  if (!hello.extensions.server_name.empty()) {
    out += ", " + printable(hello.extensions.server_name);
  }
  out += ", " + versions_name(hello) + ", " + std::to_string(hello.n_suites) + " suites";
  if (!hello.extensions.alpn.empty()) {
    out += ", " + printable(hello.extensions.alpn);
  }
  return out;
}

std::string describe(const ServerHello& hello) {
  std::string out = ", " + version_name(hello.version());
  const std::string_view suite = name(Registry::CipherSuite, hello.suite.value);
  out += ", " + (suite.empty() ? "suite " + std::to_string(hello.suite.value) : std::string(suite));
  if (!hello.extensions.alpn.empty()) {
    out += ", " + printable(hello.extensions.alpn);
  }
  return out;
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
