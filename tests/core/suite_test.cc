// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/suite.h"

#include <gtest/gtest.h>

#include <string_view>

namespace tlslens::test {
namespace {

using Kx = KeyExchange;
using Auth = Authentication;
using Cipher = BulkCipher;
using Mode = CipherMode;
using Mac = MacOrHash;

struct Known {
  uint32_t value;
  const char* name;
  SuiteParts parts;
};

// Written down from the documents named, not from the tables.
constexpr Known kSuites[] = {
    // RFC 5246 §A.5
    {0x0000,
     "TLS_NULL_WITH_NULL_NULL",
     {Kx::null, Auth::null, Cipher::null, Mode::none, 0, Mac::null, false}},
    {0x0001,
     "TLS_RSA_WITH_NULL_MD5",
     {Kx::rsa, Auth::rsa, Cipher::null, Mode::none, 0, Mac::md5, false}},
    // RFC 2246 §A.5, §C
    {0x0003,
     "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
     {Kx::rsa_export, Auth::rsa, Cipher::rc4, Mode::stream, 40, Mac::md5, true}},
    {0x0005,
     "TLS_RSA_WITH_RC4_128_SHA",
     {Kx::rsa, Auth::rsa, Cipher::rc4, Mode::stream, 128, Mac::sha1, false}},
    {0x0006,
     "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
     {Kx::rsa_export, Auth::rsa, Cipher::rc2, Mode::cbc, 40, Mac::md5, true}},
    {0x0007,
     "TLS_RSA_WITH_IDEA_CBC_SHA",
     {Kx::rsa, Auth::rsa, Cipher::idea, Mode::cbc, 128, Mac::sha1, false}},
    {0x0009,
     "TLS_RSA_WITH_DES_CBC_SHA",
     {Kx::rsa, Auth::rsa, Cipher::des, Mode::cbc, 56, Mac::sha1, false}},
    {0x000a,
     "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
     {Kx::rsa, Auth::rsa, Cipher::triple_des, Mode::cbc, 168, Mac::sha1, false}},
    {0x000b,
     "TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA",
     {Kx::dh_export, Auth::dss, Cipher::des, Mode::cbc, 40, Mac::sha1, true}},
    {0x0010,
     "TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA",
     {Kx::dh, Auth::rsa, Cipher::triple_des, Mode::cbc, 168, Mac::sha1, false}},
    {0x0014,
     "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
     {Kx::dhe_export, Auth::rsa, Cipher::des, Mode::cbc, 40, Mac::sha1, true}},
    {0x0017,
     "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5",
     {Kx::dh_anon_export, Auth::anonymous, Cipher::rc4, Mode::stream, 40, Mac::md5, true}},
    // RFC 6101 §A.6
    {0x001d,
     "SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA",
     {Kx::fortezza_kea, Auth::fortezza, Cipher::skipjack, Mode::cbc, 80, Mac::sha1, false}},
    // RFC 2712
    {0x0020,
     "TLS_KRB5_WITH_RC4_128_SHA",
     {Kx::krb5, Auth::kerberos, Cipher::rc4, Mode::stream, 128, Mac::sha1, false}},
    {0x0029,
     "TLS_KRB5_EXPORT_WITH_DES_CBC_40_MD5",
     {Kx::krb5_export, Auth::kerberos, Cipher::des, Mode::cbc, 40, Mac::md5, true}},
    // RFC 4785
    {0x002e,
     "TLS_RSA_PSK_WITH_NULL_SHA",
     {Kx::rsa_psk, Auth::rsa, Cipher::null, Mode::none, 0, Mac::sha1, false}},
    // RFC 3268
    {0x0032,
     "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
     {Kx::dhe, Auth::dss, Cipher::aes, Mode::cbc, 128, Mac::sha1, false}},
    // RFC 5246 §A.5
    {0x003d,
     "TLS_RSA_WITH_AES_256_CBC_SHA256",
     {Kx::rsa, Auth::rsa, Cipher::aes, Mode::cbc, 256, Mac::sha256, false}},
    // draft-ietf-tls-56-bit-ciphersuites
    {0x0064,
     "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA",
     {Kx::rsa_export, Auth::rsa, Cipher::rc4, Mode::stream, 56, Mac::sha1, true}},
    {0x006d,
     "TLS_DH_anon_WITH_AES_256_CBC_SHA256",
     {Kx::dh_anon, Auth::anonymous, Cipher::aes, Mode::cbc, 256, Mac::sha256, false}},
    // draft-chudov-cryptopro-cptls
    {0x0081,
     "TLS_GOSTR341001_WITH_28147_CNT_IMIT",
     {Kx::gost, Auth::gost_2001, Cipher::gost_28147, Mode::cnt, 256, Mac::imit, false}},
    // RFC 5932
    {0x0088,
     "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA",
     {Kx::dhe, Auth::rsa, Cipher::camellia, Mode::cbc, 256, Mac::sha1, false}},
    // RFC 4279
    {0x0091,
     "TLS_DHE_PSK_WITH_AES_256_CBC_SHA",
     {Kx::dhe_psk, Auth::psk, Cipher::aes, Mode::cbc, 256, Mac::sha1, false}},
    // RFC 4162
    {0x0096,
     "TLS_RSA_WITH_SEED_CBC_SHA",
     {Kx::rsa, Auth::rsa, Cipher::seed, Mode::cbc, 128, Mac::sha1, false}},
    // RFC 5288
    {0x009d,
     "TLS_RSA_WITH_AES_256_GCM_SHA384",
     {Kx::rsa, Auth::rsa, Cipher::aes, Mode::gcm, 256, Mac::sha384, false}},
    // RFC 5487
    {0x00a8,
     "TLS_PSK_WITH_AES_128_GCM_SHA256",
     {Kx::psk, Auth::psk, Cipher::aes, Mode::gcm, 128, Mac::sha256, false}},
    // RFC 8998
    {0x00c6,
     "TLS_SM4_GCM_SM3",
     {Kx::tls13, Auth::any, Cipher::sm4, Mode::gcm, 128, Mac::sm3, false}},
    // RFC 8446 §B.4
    {0x1302,
     "TLS_AES_256_GCM_SHA384",
     {Kx::tls13, Auth::any, Cipher::aes, Mode::gcm, 256, Mac::sha384, false}},
    {0x1303,
     "TLS_CHACHA20_POLY1305_SHA256",
     {Kx::tls13, Auth::any, Cipher::chacha20, Mode::poly1305, 256, Mac::sha256, false}},
    {0x1305,
     "TLS_AES_128_CCM_8_SHA256",
     {Kx::tls13, Auth::any, Cipher::aes, Mode::ccm_8, 128, Mac::sha256, false}},
    // draft-irtf-cfrg-aegis-aead
    {0x1306,
     "TLS_AEGIS_256_SHA512",
     {Kx::tls13, Auth::any, Cipher::aegis_256, Mode::aead, 256, Mac::sha512, false}},
    // RFC 8422 §6
    {0xc005,
     "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA",
     {Kx::ecdh, Auth::ecdsa, Cipher::aes, Mode::cbc, 256, Mac::sha1, false}},
    {0xc018,
     "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
     {Kx::ecdh_anon, Auth::anonymous, Cipher::aes, Mode::cbc, 128, Mac::sha1, false}},
    // RFC 5054 §2.7
    {0xc01d,
     "TLS_SRP_SHA_WITH_AES_128_CBC_SHA",
     {Kx::srp, Auth::srp, Cipher::aes, Mode::cbc, 128, Mac::sha1, false}},
    {0xc022,
     "TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA",
     {Kx::srp, Auth::dss, Cipher::aes, Mode::cbc, 256, Mac::sha1, false}},
    // RFC 5289
    {0xc02b,
     "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
     {Kx::ecdhe, Auth::ecdsa, Cipher::aes, Mode::gcm, 128, Mac::sha256, false}},
    {0xc02f,
     "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
     {Kx::ecdhe, Auth::rsa, Cipher::aes, Mode::gcm, 128, Mac::sha256, false}},
    // RFC 6209
    {0xc061,
     "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384",
     {Kx::ecdhe, Auth::rsa, Cipher::aria, Mode::gcm, 256, Mac::sha384, false}},
    // RFC 6655
    {0xc0a3,
     "TLS_DHE_RSA_WITH_AES_256_CCM_8",
     {Kx::dhe, Auth::rsa, Cipher::aes, Mode::ccm_8, 256, Mac::sha256, false}},
    {0xc0aa,
     "TLS_PSK_DHE_WITH_AES_128_CCM_8",
     {Kx::dhe_psk, Auth::psk, Cipher::aes, Mode::ccm_8, 128, Mac::sha256, false}},
    // RFC 8492
    {0xc0b3,
     "TLS_ECCPWD_WITH_AES_256_CCM_SHA384",
     {Kx::eccpwd, Auth::password, Cipher::aes, Mode::ccm, 256, Mac::sha384, false}},
    // RFC 9150
    {0xc0b4,
     "TLS_SHA256_SHA256",
     {Kx::tls13, Auth::any, Cipher::null, Mode::none, 0, Mac::sha256, false}},
    // draft-cragie-tls-ecjpake
    {0xc0ff,
     "TLS_ECJPAKE_WITH_AES_128_CCM_8",
     {Kx::ecjpake, Auth::password, Cipher::aes, Mode::ccm_8, 128, Mac::sha256, false}},
    // RFC 9189 §4
    {0xc100,
     "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC",
     {Kx::gost_2018, Auth::gost_2012, Cipher::kuznyechik, Mode::ctr, 256, Mac::omac, false}},
    {0xc102,
     "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT",
     {Kx::gost, Auth::gost_2012, Cipher::gost_28147, Mode::cnt, 256, Mac::imit, false}},
    // RFC 9367
    {0xc104,
     "TLS_GOSTR341112_256_WITH_MAGMA_MGM_L",
     {Kx::tls13, Auth::any, Cipher::magma, Mode::mgm_l, 256, Mac::gost_2012, false}},
    // draft-agl-tls-chacha20poly1305
    {0xcc13,
     "OLD_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
     {Kx::ecdhe, Auth::rsa, Cipher::chacha20, Mode::poly1305, 256, Mac::sha256, false}},
    // RFC 7905
    {0xccac,
     "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
     {Kx::ecdhe_psk, Auth::psk, Cipher::chacha20, Mode::poly1305, 256, Mac::sha256, false}},
    // RFC 8442
    {0xd003,
     "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256",
     {Kx::ecdhe_psk, Auth::psk, Cipher::aes, Mode::ccm_8, 128, Mac::sha256, false}},
    // GB/T 38636
    {0xe011,
     "ECDHE_SM4_CBC_SM3",
     {Kx::ecdhe_sm2, Auth::sm2, Cipher::sm4, Mode::cbc, 128, Mac::sm3, false}},
    {0xe01a,
     "RSA_SM4_CBC_SHA1",
     {Kx::rsa_gmtls, Auth::rsa, Cipher::sm4, Mode::cbc, 128, Mac::sha1, false}},
    // draft-josefsson-salsa20-tls
    {0xe412,
     "TLS_ECDHE_RSA_WITH_ESTREAM_SALSA20_SHA1",
     {Kx::ecdhe, Auth::rsa, Cipher::salsa20_12, Mode::stream, 256, Mac::sha1, false}},
    // NSS
    {0xfeff,
     "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA",
     {Kx::rsa, Auth::rsa, Cipher::triple_des, Mode::cbc, 168, Mac::sha1, false}},
};

// draft-hickman-netscape-ssl, and SSLeay
constexpr Known kKinds[] = {
    {0x010080,
     "SSL_CK_RC4_128_WITH_MD5",
     {Kx::rsa, Auth::rsa, Cipher::rc4, Mode::stream, 128, Mac::md5, false}},
    {0x020080,
     "SSL_CK_RC4_128_EXPORT40_WITH_MD5",
     {Kx::rsa, Auth::rsa, Cipher::rc4, Mode::stream, 40, Mac::md5, true}},
    {0x040080,
     "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
     {Kx::rsa, Auth::rsa, Cipher::rc2, Mode::cbc, 40, Mac::md5, true}},
    {0x050080,
     "SSL_CK_IDEA_128_CBC_WITH_MD5",
     {Kx::rsa, Auth::rsa, Cipher::idea, Mode::cbc, 128, Mac::md5, false}},
    {0x060040,
     "SSL_CK_DES_64_CBC_WITH_MD5",
     {Kx::rsa, Auth::rsa, Cipher::des, Mode::cbc, 56, Mac::md5, false}},
    {0x0700c0,
     "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
     {Kx::rsa, Auth::rsa, Cipher::triple_des, Mode::cbc, 168, Mac::md5, false}},
    {0x0701c0,
     "SSL_CK_DES_192_EDE3_CBC_WITH_SHA",
     {Kx::rsa, Auth::rsa, Cipher::triple_des, Mode::cbc, 168, Mac::sha1, false}},
    {0x080080,
     "SSL_CK_RC4_64_WITH_MD5",
     {Kx::rsa, Auth::rsa, Cipher::rc4, Mode::stream, 64, Mac::md5, false}},
};

CipherSuite suite(uint32_t value) { return {static_cast<uint16_t>(value)}; }

bool is_signalling(std::string_view suite_name) { return suite_name.ends_with("_SCSV"); }

TEST(SuiteParts, AreThoseOfTheDocuments) {
  for (const Known& known : kSuites) {
    const SuiteParts* parts = suite_parts(suite(known.value));
    ASSERT_NE(parts, nullptr) << known.name;
    EXPECT_EQ(*parts, known.parts) << known.name;
    EXPECT_EQ(name(Registry::CipherSuite, known.value), known.name);
  }
}

TEST(SuiteParts, AreThoseOfTheDocumentsForSslv2) {
  for (const Known& known : kKinds) {
    const SuiteParts* parts = suite_parts(Sslv2CipherKind{known.value});
    ASSERT_NE(parts, nullptr) << known.name;
    EXPECT_EQ(*parts, known.parts) << known.name;
    EXPECT_EQ(name(Registry::Sslv2CipherKind, known.value), known.name);
  }
}

TEST(SuiteParts, AreKnownOfEverySuiteAndOfNothingElse) {
  for (uint32_t value = 0; value <= 0xffff; ++value) {
    const std::string_view known = name(Registry::CipherSuite, value);
    const bool is_suite = !known.empty() && known != "GREASE" && !is_signalling(known);
    EXPECT_EQ(suite_parts(suite(value)) != nullptr, is_suite) << known << ' ' << value;
  }
}

TEST(SuiteParts, AreKnownOfEverySslv2CipherKind) {
  for (const CodePoint& point : code_points(Registry::Sslv2CipherKind)) {
    EXPECT_NE(suite_parts(Sslv2CipherKind{point.value}), nullptr) << point.name;
  }
  EXPECT_EQ(suite_parts(Sslv2CipherKind{0x990000}), nullptr);
  EXPECT_EQ(suite_parts(Sslv2CipherKind{0xffffffff}), nullptr);
}

TEST(SuiteParts, OfAKindWithAZeroByteAreThoseOfTheSuite) {
  EXPECT_EQ(suite_parts(Sslv2CipherKind{0x00c02f}), suite_parts(CipherSuite{0xc02f}));
  EXPECT_EQ(suite_parts(Sslv2CipherKind{0x0000ff}), nullptr);
}

TEST(SuiteParts, AreOfExportWhereTheKeyExchangeIs) {
  for (const CodePoint& point : code_points(Registry::CipherSuite)) {
    if (const SuiteParts* parts = suite_parts(suite(point.value))) {
      const auto exchange = static_cast<uint32_t>(parts->key_exchange);
      const std::string_view shown = name(Registry::KeyExchange, exchange);
      EXPECT_EQ(shown.ends_with("_EXPORT"), parts->is_export) << point.name;
      EXPECT_TRUE(!parts->is_export || parts->key_bits <= 56) << point.name;
      EXPECT_EQ(parts->key_bits == 0, parts->cipher == Cipher::null) << point.name;
    }
  }
}

// Each enumeration has a name for all but `unknown`, and no more names than that.
void expect_names(Registry registry, uint32_t last) {
  EXPECT_TRUE(name(registry, 0).empty());
  EXPECT_EQ(code_points(registry).size(), last);
  for (uint32_t value = 1; value <= last; ++value) {
    EXPECT_FALSE(name(registry, value).empty()) << value;
  }
}

TEST(SuiteParts, HaveNames) {
  expect_names(Registry::KeyExchange, static_cast<uint32_t>(Kx::tls13));
  expect_names(Registry::Authentication, static_cast<uint32_t>(Auth::any));
  expect_names(Registry::BulkCipher, static_cast<uint32_t>(Cipher::magma));
  expect_names(Registry::CipherMode, static_cast<uint32_t>(Mode::mgm_s));
  expect_names(Registry::MacOrHash, static_cast<uint32_t>(Mac::omac));
  EXPECT_EQ(name(Registry::KeyExchange, static_cast<uint32_t>(Kx::ecdhe)), "ECDHE");
  EXPECT_EQ(name(Registry::KeyExchange, static_cast<uint32_t>(Kx::tls13)), "any");
  EXPECT_EQ(name(Registry::BulkCipher, static_cast<uint32_t>(Cipher::chacha20)), "ChaCha20");
  EXPECT_EQ(name(Registry::CipherMode, static_cast<uint32_t>(Mode::gcm)), "GCM");
  EXPECT_EQ(name(Registry::MacOrHash, static_cast<uint32_t>(Mac::sha256)), "SHA-256");
}

}  // namespace
}  // namespace tlslens::test
