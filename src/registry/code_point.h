// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tlslens {

// A code point is an integer of the wire with a type of its own: values that no registry knows are
// kept and shown as numbers.
#define CODE_POINT_TYPE(Type, Integer)                      \
  struct Type {                                             \
    Integer value = 0;                                      \
    constexpr bool operator==(const Type&) const = default; \
  };
CODE_POINT_TYPE(ContentType, uint8_t)
CODE_POINT_TYPE(Version, uint16_t)
CODE_POINT_TYPE(AlertLevel, uint8_t)
CODE_POINT_TYPE(AlertDescription, uint8_t)
CODE_POINT_TYPE(HandshakeType, uint8_t)
CODE_POINT_TYPE(ExtensionType, uint16_t)
CODE_POINT_TYPE(CipherSuite, uint16_t)
CODE_POINT_TYPE(CompressionMethod, uint8_t)
CODE_POINT_TYPE(ServerNameType, uint8_t)
CODE_POINT_TYPE(Sslv2MessageType, uint8_t)
CODE_POINT_TYPE(Sslv2CipherKind, uint32_t)  // three bytes on the wire
CODE_POINT_TYPE(Sslv2CertificateType, uint8_t)
CODE_POINT_TYPE(Sslv2ErrorCode, uint16_t)
CODE_POINT_TYPE(NamedGroup, uint16_t)
CODE_POINT_TYPE(SignatureScheme, uint16_t)
CODE_POINT_TYPE(HashAlgorithm, uint8_t)
CODE_POINT_TYPE(SignatureAlgorithm, uint8_t)
CODE_POINT_TYPE(EcPointFormat, uint8_t)
CODE_POINT_TYPE(EcCurveType, uint8_t)
CODE_POINT_TYPE(CertificateType, uint8_t)
CODE_POINT_TYPE(ClientCertificateType, uint8_t)
CODE_POINT_TYPE(CertificateStatusType, uint8_t)
CODE_POINT_TYPE(CertificateCompression, uint16_t)
CODE_POINT_TYPE(CertChainType, uint8_t)
CODE_POINT_TYPE(PskKeyExchangeMode, uint8_t)
CODE_POINT_TYPE(KeyUpdateRequest, uint8_t)
CODE_POINT_TYPE(HeartbeatMode, uint8_t)
CODE_POINT_TYPE(HeartbeatMessageType, uint8_t)
CODE_POINT_TYPE(MaxFragmentLength, uint8_t)
CODE_POINT_TYPE(UserMappingType, uint8_t)
CODE_POINT_TYPE(AuthorizationDataFormat, uint8_t)
CODE_POINT_TYPE(SupplementalDataType, uint16_t)
CODE_POINT_TYPE(SrtpProfile, uint16_t)
CODE_POINT_TYPE(EktCipher, uint8_t)
CODE_POINT_TYPE(CachedInformationType, uint8_t)
CODE_POINT_TYPE(TrustedCaKeyType, uint8_t)
CODE_POINT_TYPE(TokenBindingKeyParameter, uint8_t)
CODE_POINT_TYPE(SctVersion, uint8_t)
CODE_POINT_TYPE(EchClientHelloType, uint8_t)
CODE_POINT_TYPE(HpkeKem, uint16_t)
CODE_POINT_TYPE(HpkeKdf, uint16_t)
CODE_POINT_TYPE(HpkeAead, uint16_t)
#undef CODE_POINT_TYPE

// Registry names a table of code points: one for each of the CSV files of this folder.
enum class Registry : uint8_t {
  none,
#define CODE_POINT_TABLE(Type, table) Type,
#define CODE_POINT(value, name, recommended)
#define CODE_POINT_TABLE_END
#include "registry/code_points.inc"
#undef CODE_POINT_TABLE
#undef CODE_POINT
#undef CODE_POINT_TABLE_END
  count,
};

// CodePoint is one row: the registry's name for a value, and its Recommended column ('Y', 'N', 'D',
// or '\0' where the registry has none).
struct CodePoint {
  uint32_t value;
  const char* name;
  char recommended;
};

// code_points returns a registry's rows, sorted by value; none for Registry::none.
std::span<const CodePoint> code_points(Registry registry);

// name returns the registry's name for a value, "GREASE" for one of its grease_values, or an empty
// view for one that is not assigned.
std::string_view name(Registry registry, uint32_t value);

// is_named tells whether name() has one for a value.
bool is_named(Registry registry, uint32_t value);

// recommended returns the Recommended column of a value: '\0' also for one that is not assigned.
char recommended(Registry registry, uint32_t value);

// is_grease tells the values 0x0a0a, 0x1a1a ... 0xfafa, which a peer sends so that others learn to
// ignore what they do not know (RFC 8701 §2).
constexpr bool is_grease(uint32_t value) {
  return value <= 0xffff && (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

// grease_values returns the values that RFC 8701 §2 reserves in a registry, sorted: for most those
// of is_grease, for PskKeyExchangeMode eight of one byte, for others none.
std::span<const uint32_t> grease_values(Registry registry);

// has_grease tells the registries that have grease_values.
inline bool has_grease(Registry registry) { return !grease_values(registry).empty(); }

namespace content_type {
inline constexpr ContentType change_cipher_spec{20};
inline constexpr ContentType alert{21};
inline constexpr ContentType handshake{22};
inline constexpr ContentType application_data{23};
inline constexpr ContentType heartbeat{24};
inline constexpr ContentType ack{26};
}  // namespace content_type

namespace version {
inline constexpr Version unknown{0};
inline constexpr Version ssl2{0x0002};
inline constexpr Version ssl3{0x0300};
inline constexpr Version tls12{0x0303};
inline constexpr Version tls13{0x0304};
inline constexpr Version gmtls{0x0101};
}  // namespace version

// is_tls13 tells TLS 1.3 and its drafts (RFC 8446 §4.2.1 reserves 0x7f00 and up for them).
constexpr bool is_tls13(Version v) {
  if (v.value <= version::tls13.value) {
    return v == version::tls13;
  }
  return (v.value >> 8 == 0x7f && (v.value & 0xff) >= 14) || v.value == 0xfb17 || v.value == 0xfb1a;
}
// draft_number returns n for draft n of TLS 1.3, else 0.
constexpr uint8_t draft_number(Version v) {
  const bool draft = v.value >> 8 == 0x7f || v.value == 0xfb17 || v.value == 0xfb1a;
  return draft ? static_cast<uint8_t>(v.value & 0xff) : 0;
}

// is_draft_before tells drafts of TLS 1.3 before draft n, whose messages had other forms.
constexpr bool is_draft_before(Version v, uint8_t n) {
  return draft_number(v) != 0 && draft_number(v) < n;
}

namespace handshake_type {
inline constexpr HandshakeType hello_request{0};
inline constexpr HandshakeType client_hello{1};
inline constexpr HandshakeType server_hello{2};
inline constexpr HandshakeType finished{20};
inline constexpr HandshakeType old_hello_retry{6};  // until draft 21 of TLS 1.3
}  // namespace handshake_type

}  // namespace tlslens
