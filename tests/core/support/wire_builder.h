// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/bytes.h"

namespace tlslens::test {

using ByteVec = std::vector<uint8_t>;

// Builder writes a structure field by field, in network order. Nothing is checked: wrong values are
// what tests are after.
class Builder {
 public:
  Builder& u8(uint32_t v) { return integer(v, 1); }
  Builder& u16(uint32_t v) { return integer(v, 2); }
  Builder& u24(uint32_t v) { return integer(v, 3); }
  Builder& u32(uint32_t v) { return integer(v, 4); }
  Builder& raw(const ByteVec& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  Builder& text(std::string_view more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  Builder& fill(size_t n, uint8_t value) {
    bytes_.insert(bytes_.end(), n, value);
    return *this;
  }
  // vec writes a vector with a length prefix of `prefix` bytes.
  Builder& vec(int prefix, const ByteVec& body) {
    return integer(static_cast<uint32_t>(body.size()), prefix).raw(body);
  }
  ByteVec done() const { return bytes_; }

 private:
  Builder& integer(uint32_t v, int n) {
    while (n-- > 0) {
      bytes_.push_back(static_cast<uint8_t>(v >> (8 * n)));
    }
    return *this;
  }
  ByteVec bytes_;
};

inline ByteVec operator+(ByteVec a, const ByteVec& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// repeated gives the same bytes n times.
inline ByteVec repeated(size_t n, const ByteVec& one) {
  ByteVec out;
  out.reserve(n * one.size());
  for (size_t i = 0; i < n; ++i) {
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

// ramp gives n bytes that differ from their neighbours and from one seed to the next.
inline ByteVec ramp(size_t n, uint8_t seed) {
  ByteVec out(n);
  for (size_t i = 0; i < n; ++i) {
    out[i] = static_cast<uint8_t>(seed + 37 * i + (i >> 3));
  }
  return out;
}

inline ByteVec record(uint8_t type, const ByteVec& content, uint16_t version = 0x0303) {
  return Builder().u8(type).u16(version).vec(2, content).done();
}
inline ByteVec handshake(uint8_t type, const ByteVec& body) {
  return Builder().u8(type).vec(3, body).done();
}
inline ByteVec handshake_record(const ByteVec& messages) { return record(22, messages); }
inline ByteVec alert_record(uint8_t level, uint8_t description) {
  return record(21, {level, description});
}
inline ByteVec ccs_record() { return record(20, {1}); }
inline ByteVec data_record(size_t n) { return record(23, ramp(n, 11)); }

// records puts content into as many records of at most `size` bytes as it takes.
inline ByteVec records(uint8_t type, const ByteVec& content, size_t size) {
  ByteVec out;
  for (size_t at = 0; at < content.size(); at += size) {
    const size_t end = std::min(at + size, content.size());
    out = out + record(type, ByteVec(content.begin() + static_cast<ptrdiff_t>(at),
                                     content.begin() + static_cast<ptrdiff_t>(end)));
  }
  return out;
}

inline ByteVec extension(uint16_t type, const ByteVec& body) {
  return Builder().u16(type).vec(2, body).done();
}
inline ByteVec server_name(std::string_view host) {
  const ByteVec name = Builder().text(host).done();
  const ByteVec entry = Builder().u8(0).vec(2, name).done();
  return extension(0, Builder().vec(2, entry).done());
}
inline ByteVec alpn(std::initializer_list<std::string_view> names) {
  Builder list;
  for (const std::string_view name : names) {
    list.vec(1, Builder().text(name).done());
  }
  return extension(16, Builder().vec(2, list.done()).done());
}
inline ByteVec supported_versions(std::initializer_list<uint16_t> versions) {
  Builder list;
  for (const uint16_t version : versions) {
    list.u16(version);
  }
  return extension(43, Builder().vec(1, list.done()).done());
}
inline ByteVec selected_version(uint16_t version) {
  return extension(43, Builder().u16(version).done());
}

// usual_extensions are those that a healthy client of TLS 1.2 sends beside the server's name.
inline ByteVec usual_extensions() {
  const ByteVec groups = Builder().u16(0x001d).u16(0x0017).done();
  const ByteVec schemes = Builder().u16(0x0403).u16(0x0804).u16(0x0401).done();
  return extension(10, Builder().vec(2, groups).done()) + extension(11, {1, 0}) +
         extension(13, Builder().vec(2, schemes).done()) + extension(23, {}) + extension(35, {}) +
         extension(0xff01, {0});
}
// key_share is a share of X25519: of a client, or of a server.
inline ByteVec share() { return Builder().u16(0x001d).vec(2, ramp(32, 0x21)).done(); }
inline ByteVec client_key_share() { return extension(51, Builder().vec(2, share()).done()); }
inline ByteVec server_key_share() { return extension(51, share()); }
// server_extensions are a server's answers to usual_extensions in TLS 1.2.
inline ByteVec server_extensions() {
  return extension(23, {}) + extension(35, {}) + extension(0xff01, {0});
}

// HelloSpec is a ClientHello or ServerHello in parts. Without `extensions` there is no such block,
// not even its length.
struct HelloSpec {
  uint16_t version = 0x0303;
  ByteVec random = ramp(32, 1);
  ByteVec session_id;
  std::vector<uint16_t> suites = {0xc02f, 0xc030};
  ByteVec compressions = {0};
  std::optional<ByteVec> extensions = server_name("server.example") + usual_extensions();
};

inline ByteVec client_hello_body(const HelloSpec& spec) {
  Builder suites;
  for (const uint16_t suite : spec.suites) {
    suites.u16(suite);
  }
  Builder out;
  out.u16(spec.version).raw(spec.random).vec(1, spec.session_id).vec(2, suites.done());
  out.vec(1, spec.compressions);
  if (spec.extensions) {
    out.vec(2, *spec.extensions);
  }
  return out.done();
}
inline ByteVec server_hello_body(const HelloSpec& spec) {
  Builder out;
  out.u16(spec.version).raw(spec.random).vec(1, spec.session_id);
  out.u16(spec.suites.at(0)).u8(spec.compressions.at(0));
  if (spec.extensions) {
    out.vec(2, *spec.extensions);
  }
  return out.done();
}
inline ByteVec client_hello(const HelloSpec& spec = {}) {
  return handshake(1, client_hello_body(spec));
}
inline ByteVec server_hello(const HelloSpec& spec) { return handshake(2, server_hello_body(spec)); }

// The messages below are well-formed around bytes that mean nothing; `body` is the length of the
// message without its header. The key exchange is that of ECDHE_RSA in TLS 1.2.
inline ByteVec certificate_message(size_t body) {
  return handshake(11, Builder().vec(3, Builder().vec(3, ramp(body - 6, 0x30)).done()).done());
}
inline ByteVec server_key_exchange(size_t body) {
  const size_t signature = body - 1 - 2 - 33 - 2 - 2;
  return handshake(12, Builder()
                           .u8(3)
                           .u16(0x001d)
                           .vec(1, ramp(32, 0x41))
                           .u16(0x0804)
                           .vec(2, ramp(signature, 0x42))
                           .done());
}
inline ByteVec client_key_exchange() {
  return handshake(16, Builder().vec(1, ramp(65, 0x42)).done());
}
inline ByteVec session_ticket(size_t body) {
  return handshake(4, Builder().u32(7200).vec(2, ramp(body - 6, 0x11)).done());
}

inline ByteVec client_hello_tls13() {
  HelloSpec spec;
  spec.session_id = ramp(32, 7);
  spec.suites = {0x1301, 0x1302};
  spec.extensions = server_name("server.example") + usual_extensions() +
                    supported_versions({0x0304, 0x0303}) + alpn({"h2", "http/1.1"}) +
                    client_key_share();
  return client_hello(spec);
}
inline ByteVec server_hello_tls13() {
  HelloSpec spec;
  spec.random = ramp(32, 99);
  spec.session_id = ramp(32, 7);
  spec.suites = {0x1301};
  spec.extensions = selected_version(0x0304) + server_key_share();
  return server_hello(spec);
}
// server_hello_tls12 chooses one suite and compression method.
inline ByteVec server_hello_tls12(uint16_t suite = 0xc02f, uint8_t compression = 0) {
  HelloSpec spec;
  spec.random = ramp(32, 99);
  spec.suites = {suite};
  spec.compressions = {compression};
  spec.extensions = server_extensions();
  return server_hello(spec);
}

// Sslv2Spec is an SSLv2-format ClientHello; with `padding` the record header has three bytes.
struct Sslv2Spec {
  uint16_t version = 0x0303;
  ByteVec specs = {0, 0, 0x2f, 1, 0, 0x80};
  ByteVec session_id;
  ByteVec challenge = ramp(32, 3);
  std::optional<uint8_t> padding;
};

inline ByteVec sslv2_hello_message(const Sslv2Spec& spec) {
  Builder out;
  out.u8(1).u16(spec.version).u16(static_cast<uint32_t>(spec.specs.size()));
  out.u16(static_cast<uint32_t>(spec.session_id.size()));
  out.u16(static_cast<uint32_t>(spec.challenge.size()));
  return out.raw(spec.specs).raw(spec.session_id).raw(spec.challenge).done();
}
inline ByteVec sslv2_hello_record(const Sslv2Spec& spec = {}) {
  const ByteVec message = sslv2_hello_message(spec);
  const auto length = static_cast<uint32_t>(message.size());
  if (!spec.padding) {
    return Builder().u16(0x8000 | length).raw(message).done();
  }
  return Builder()
      .u16(length + *spec.padding)
      .u8(*spec.padding)
      .raw(message)
      .fill(*spec.padding, 0)
      .done();
}

}  // namespace tlslens::test
