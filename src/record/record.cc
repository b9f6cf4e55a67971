// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/record.h"

#include <string_view>

#include "fields/fields.h"

namespace tlslens {
namespace {

uint16_t u16_at(Bytes bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

}  // namespace

std::optional<RecordHeader> peek_header(Bytes bytes) {
  if (bytes.size() < RecordHeader::kSize) {
    return std::nullopt;
  }
  return RecordHeader{{bytes[0]}, {u16_at(bytes, 1)}, u16_at(bytes, 3)};
}

bool is_record_version(Version v) {
  return (v.value >= version::ssl3.value && v.value <= version::tls13.value) || v == version::gmtls;
}

bool is_plausible(const RecordHeader& h) {
  return is_assigned(h.type) && h.type.value <= content_type::heartbeat.value &&
         is_record_version(h.version) && h.length <= kMaxPlaintext + kMaxProtectionExpansion;
}

bool may_follow(const RecordHeader& h) {
  if (is_record_version(h.version)) {
    return is_assigned(h.type) || h.length <= kMaxPlaintext + kMaxProtectionExpansion;
  }
  return is_assigned(h.type) && h.length <= kMaxPlaintext + kMaxProtectionExpansion;
}

bool begins_hello(Bytes bytes) {
  const auto header = peek_header(bytes);
  constexpr size_t kHandshakeHeader = 4;
  if (!header || header->type != content_type::handshake ||
      bytes.size() < RecordHeader::kSize + kHandshakeHeader + 2) {
    return false;
  }
  const Bytes message = bytes.subspan(RecordHeader::kSize);
  const HandshakeType type{message[0]};
  const uint32_t length = uint32_t{message[1]} << 16 | u16_at(message, 2);
  const uint8_t major = message[kHandshakeHeader];
  constexpr uint32_t kShortestHello = 38;
  return (type == handshake_type::client_hello || type == handshake_type::server_hello) &&
         length >= kShortestHello && length < uint32_t{1} << 17 && (major == 3 || major == 0x7f);
}

std::optional<RecordHeader> peek_sslv2(Bytes bytes) {
  if (bytes.size() < 2) {
    return std::nullopt;
  }
  RecordHeader h;
  h.sslv2 = true;
  h.size = (bytes[0] & 0x80) != 0 ? 2 : 3;
  h.length = static_cast<uint16_t>(u16_at(bytes, 0) & (h.size == 2 ? 0x7fff : 0x3fff));
  h.version = version::ssl2;
  if (bytes.size() < h.size) {
    return std::nullopt;
  }
  return h;
}

std::optional<RecordHeader> peek_sslv2_hello(Bytes bytes) {
  const auto h = peek_sslv2(bytes);
  constexpr size_t kFixed = 9;  // type, version and three lengths
  if (!h || bytes.size() < h->size + kFixed) {
    return std::nullopt;
  }
  const uint8_t padding = h->size == 3 ? bytes[2] : 0;
  const Bytes hello = bytes.subspan(h->size);
  const uint16_t wanted = u16_at(hello, 1);
  const uint16_t specs = u16_at(hello, 3);
  const uint16_t session_id = u16_at(hello, 5);
  const uint16_t challenge = u16_at(hello, 7);
  const bool known_version = wanted == version::ssl2.value || wanted >> 8 == 3;
  const bool sane = specs != 0 && specs % 3 == 0 && session_id <= 32 && challenge >= 16;
  const bool adds_up = kFixed + specs + session_id + challenge + padding == h->length;
  if (Sslv2MessageType{hello[0]} != kSslv2ClientHello || !known_version || !sane || !adds_up) {
    return std::nullopt;
  }
  return h;
}

bool is_part_of_sslv2_hello(Bytes bytes) {
  constexpr size_t kEnough = 11;  // for peek_sslv2_hello
  if (bytes.empty() || bytes.size() >= kEnough || (bytes[0] & 0x80) == 0) {
    return false;
  }
  const bool is_hello = bytes.size() < 3 || Sslv2MessageType{bytes[2]} == kSslv2ClientHello;
  return is_hello && (bytes.size() < 4 || bytes[3] == 0 || bytes[3] == 3);
}

std::optional<RecordHeader> peek_sslv2_server_hello(Bytes bytes) {
  const auto h = peek_sslv2(bytes);
  constexpr size_t kFixed = 11;  // type, session id hit, certificate type, version, three lengths
  if (!h || h->size != 2 || bytes.size() < h->size + kFixed) {
    return std::nullopt;
  }
  const Bytes hello = bytes.subspan(h->size);
  const bool adds_up = kFixed + u16_at(hello, 5) + u16_at(hello, 7) + u16_at(hello, 9) == h->length;
  const bool is_hello =
      Sslv2MessageType{hello[0]} == kSslv2ServerHello && u16_at(hello, 3) == version::ssl2.value;
  return is_hello && adds_up ? h : std::nullopt;
}

uint8_t null_cipher_mac(CipherSuite suite) {
  constexpr struct {
    std::string_view ending;
    uint8_t bytes;
  } kMacs[] = {{"_WITH_NULL_MD5", 16},
               {"_WITH_NULL_SHA", 20},
               {"_WITH_NULL_SHA256", 32},
               {"_WITH_NULL_SHA384", 48}};
  const std::string_view known = name(Registry::CipherSuite, suite.value);
  for (const auto& mac : kMacs) {
    if (known.ends_with(mac.ending)) {
      return mac.bytes;
    }
  }
  return 0;
}

namespace {

uint32_t mac_size(MacOrHash mac) {
  switch (mac) {
    case MacOrHash::md5:
      return 16;
    case MacOrHash::sha1:
      return 20;
    case MacOrHash::sha256:
    case MacOrHash::sm3:
      return 32;
    case MacOrHash::sha384:
      return 48;
    default:
      return 0;
  }
}

uint32_t block_size(BulkCipher cipher) {
  switch (cipher) {
    case BulkCipher::rc2:
    case BulkCipher::des:
    case BulkCipher::triple_des:
    case BulkCipher::idea:
      return 8;
    case BulkCipher::seed:
    case BulkCipher::aes:
    case BulkCipher::camellia:
    case BulkCipher::aria:
    case BulkCipher::sm4:
      return 16;
    default:
      return 0;
  }
}

std::optional<ProtectedShape> shape_of_cbc(const SuiteParts& suite, Version version, bool etm) {
  const uint32_t block = block_size(suite.cipher);
  const uint32_t mac = mac_size(suite.mac);
  if (block == 0 || mac == 0) {
    return std::nullopt;
  }
  constexpr Version kTls10{0x0301};
  const uint32_t iv = version == version::ssl3 || version == kTls10 ? 0 : block;
  if (etm) {
    return ProtectedShape{iv + block + mac, mac, block};
  }
  return ProtectedShape{iv + (mac / block + 1) * block, 0, block};
}

}  // namespace

std::optional<ProtectedShape> protected_shape(const SuiteParts& suite, Version version,
                                              bool encrypt_then_mac) {
  const bool tls13 = is_tls13(version);
  const uint32_t type = tls13 ? 1 : 0;  // the content type within
  const uint32_t nonce = tls13 ? 0 : 8;
  switch (suite.mode) {
    case CipherMode::gcm:
    case CipherMode::ccm:
      return ProtectedShape{nonce + 16 + type, 0, 1};
    case CipherMode::ccm_8:
      return ProtectedShape{nonce + 8 + type, 0, 1};
    case CipherMode::poly1305:
      return ProtectedShape{16 + type, 0, 1};
    case CipherMode::cbc:
      return shape_of_cbc(suite, version, encrypt_then_mac);
    case CipherMode::stream:
      return suite.cipher == BulkCipher::rc4 && mac_size(suite.mac) != 0
                 ? std::optional(ProtectedShape{mac_size(suite.mac), 0, 1})
                 : std::nullopt;
    default:
      return std::nullopt;
  }
}

void read_header(Reader& r, const RecordHeader& h, bool opaque_type) {
  if (!h.sslv2) {
    r.u8(opaque_type ? Field::record_opaque_type : Field::record_content_type);
    r.u16(Field::record_version);
    r.u16(Field::record_length);
    return;
  }
  const Span place = r.here(h.size);
  const uint8_t flags = r.rest()[0];
  r.number(Field::record_version, {place.offset, 0}, version::ssl2.value);
  r.number(Field::record_length, place, h.length);
  if (h.size == 3) {
    r.number(Field::record_is_escape, {place.offset, 1}, (flags & 0x40) != 0);
    r.number(Field::record_padding, {place.offset + 2, 1}, r.rest()[2]);
  }
  r.skip(h.size);
}

}  // namespace tlslens
