// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

#include "registry/code_point.h"

namespace tlslens {

// The parts of a cipher suite. Each enumeration is also a registry of that name, whose names for
// the values are those people use; `unknown` has none.

// KeyExchange decides the form of ServerKeyExchange and ClientKeyExchange.
enum class KeyExchange : uint8_t {
  unknown,
  null,
  rsa,
  rsa_export,  // with a short RSA key in ServerKeyExchange if that of the certificate is too long
  dh,          // with the fixed key of the server's certificate
  dh_export,
  dhe,
  dhe_export,
  dh_anon,
  dh_anon_export,
  ecdh,  // with the fixed key of the server's certificate
  ecdhe,
  ecdh_anon,
  psk,
  dhe_psk,
  rsa_psk,
  ecdhe_psk,
  srp,
  krb5,
  krb5_export,
  fortezza_kea,
  cecpq1,
  eccpwd,
  ecjpake,
  gost,       // with a key transport blob: CNT_IMIT, and suites older than RFC 9189
  gost_2018,  // with an exported key: CTR_OMAC of RFC 9189
  ecdhe_sm2,  // this and those that follow are of GM/T 0024, all with a signed ServerKeyExchange
  ecc_sm2,
  ibsdh_sm9,
  ibc_sm9,
  rsa_gmtls,
  tls13,  // negotiated apart from the suite
};

// Authentication is what the server proves who it is with: the key of its certificate or, without a
// certificate, the shared secret.
enum class Authentication : uint8_t {
  unknown,
  null,
  anonymous,
  rsa,
  dss,
  ecdsa,
  psk,
  srp,
  kerberos,
  fortezza,
  password,
  gost_94,
  gost_2001,
  gost_2012,
  sm2,
  sm9,
  any,  // TLS 1.3: negotiated apart from the suite
};

enum class BulkCipher : uint8_t {
  unknown,
  null,
  rc2,
  rc4,
  des,
  triple_des,
  idea,
  seed,
  skipjack,
  aes,
  camellia,
  aria,
  chacha20,
  salsa20,
  salsa20_12,
  aegis_128l,
  aegis_256,
  ascon,
  sm1,
  sm4,
  gost_28147,
  kuznyechik,
  magma,
};

enum class CipherMode : uint8_t {
  unknown,
  none,  // nothing is encrypted
  stream,
  cbc,
  cfb,
  ctr,
  cnt,
  gcm,
  ccm,
  ccm_8,
  poly1305,
  aead,  // an AEAD that is a design of its own: AEGIS, Ascon
  mgm_l,
  mgm_s,
};

// MacOrHash is the MAC of the records or, for an AEAD, the hash of the key schedule.
enum class MacOrHash : uint8_t {
  unknown,
  null,
  md5,
  sha1,
  sha256,
  sha384,
  sha512,
  sm3,
  ascon_hash256,
  gost_94,
  gost_2012,
  imit,
  omac,
};

// SuiteParts is what a cipher suite consists of. `key_bits` is the effective length of the key: 40
// for EXPORT, 56 for DES, 168 for 3DES, 0 where nothing is encrypted.
struct SuiteParts {
  KeyExchange key_exchange;
  Authentication authentication;
  BulkCipher cipher;
  CipherMode mode;
  uint16_t key_bits;
  MacOrHash mac;
  bool is_export;

  constexpr bool operator==(const SuiteParts&) const = default;
};

// suite_parts returns what a suite's name tells, or null for a signalling value (SCSV, GREASE) and
// for a suite that the registry does not know.
const SuiteParts* suite_parts(CipherSuite suite);

// A cipher kind with a zero byte in front is a cipher suite (RFC 5246 §E.2).
const SuiteParts* suite_parts(Sslv2CipherKind kind);

}  // namespace tlslens
