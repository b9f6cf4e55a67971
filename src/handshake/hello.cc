// SPDX-License-Identifier: GPL-2.0-or-later
#include "handshake/hello.h"

#include "fields/fields.h"
#include "handshake/bodies.h"

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
  for (size_t i = 0; i < hello.extensions.versions.size(); ++i) {
    const Version v = hello.extensions.versions[i];
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

CipherSuite read_suite(Reader& r) {
  const Span place = r.here(sizeof(CipherSuite::value));
  const auto suite = r.code<CipherSuite>(Field::suite);
  if (r.wants_marks() && r.ok()) {
    show_suite(r, place, Registry::CipherSuite, suite.value, suite_parts(suite));
  }
  return suite;
}

void show_suite(Reader& r, Span place, Registry registry, uint32_t suite, const SuiteParts* parts) {
  if (parts == nullptr) {
    return;
  }
  const auto part = [&](Field f, auto value) {
    r.number_inside(f, place, static_cast<uint64_t>(value));
  };
  part(Field::suite_key_exchange, parts->key_exchange);
  part(Field::suite_authentication, parts->authentication);
  part(Field::suite_cipher, parts->cipher);
  part(Field::suite_mode, parts->mode);
  part(Field::suite_key_bits, parts->key_bits);
  part(Field::suite_mac, parts->mac);
  part(Field::suite_export, parts->is_export);
  part(Field::suite_recommended, recommended(registry, suite) == 'Y');
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
  std::string out = hello.is_hello_retry_request ? ", Hello Retry Request" : "";
  out += ", " + version_name(hello.version());
  const std::string_view suite = name(Registry::CipherSuite, hello.suite.value);
  out += ", " + (suite.empty() ? "suite " + std::to_string(hello.suite.value) : std::string(suite));
  if (hello.extensions.share_group != NamedGroup{}) {
    out += ", " + name_or_number(Registry::NamedGroup, hello.extensions.share_group.value);
  }
  if (!hello.extensions.alpn.empty()) {
    out += ", " + printable(hello.extensions.alpn);
  }
  return out;
}

}  // namespace tlslens
