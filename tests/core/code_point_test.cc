// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/code_point.h"
#include "registry/ct_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "fields/fields.h"
#include "handshake/message.h"

namespace tlslens::test {
namespace {

TEST(CodePoint, ReadsNamesOfTheRegistries) {
  EXPECT_EQ(name(Registry::ContentType, 22), "handshake");
  EXPECT_EQ(name(Registry::HandshakeType, 1), "client_hello");
  EXPECT_EQ(name(Registry::AlertDescription, 40), "handshake_failure");
  EXPECT_EQ(name(Registry::CipherSuite, 0x1301), "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(name(Registry::CipherSuite, 0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(name(Registry::ExtensionType, 43), "supported_versions");
  EXPECT_EQ(name(Registry::Version, 0x0304), "TLS 1.3");
  EXPECT_EQ(name(Registry::NamedGroup, 29), "x25519");
}

TEST(CodePoint, RejectsValuesThatAreNotAssigned) {
  EXPECT_TRUE(name(Registry::ContentType, 0).empty());
  EXPECT_TRUE(name(Registry::HandshakeType, 99).empty());
  EXPECT_TRUE(name(Registry::AlertDescription, 99).empty());
  EXPECT_TRUE(name(Registry::CipherSuite, 0xffff).empty());
  EXPECT_TRUE(name(Registry::CipherSuite, 0xffffffff).empty());
  EXPECT_TRUE(name(Registry::none, 1).empty());
  EXPECT_TRUE(code_points(Registry::none).empty());
}

TEST(CodePoint, ReadsTheSixteenGreaseValues) {
  int n = 0;
  for (uint32_t value = 0; value <= 0xffff; ++value) {
    n += is_grease(value) ? 1 : 0;
  }
  EXPECT_EQ(n, 16);
  EXPECT_TRUE(is_grease(0x0a0a));
  EXPECT_TRUE(is_grease(0xfafa));
  EXPECT_FALSE(is_grease(0x0a1a));
  EXPECT_FALSE(is_grease(0x10a0a));
  EXPECT_EQ(name(Registry::CipherSuite, 0x1a1a), "GREASE");
  EXPECT_TRUE(name(Registry::HandshakeType, 0x0a0a).empty());
}

TEST(CodePoint, ReadsGreaseOfTheRegistriesThatHaveIt) {
  for (const uint32_t value : grease_values(Registry::NamedGroup)) {
    EXPECT_TRUE(is_grease(value)) << value;
  }
  EXPECT_EQ(grease_values(Registry::SignatureScheme).size(), 16U);
  EXPECT_EQ(grease_values(Registry::PskKeyExchangeMode).size(), 8U);
  EXPECT_EQ(name(Registry::PskKeyExchangeMode, 0x0b), "GREASE");
  EXPECT_EQ(name(Registry::PskKeyExchangeMode, 0xe4), "GREASE");
  EXPECT_EQ(name(Registry::PskKeyExchangeMode, 1), "psk_dhe_ke");
  EXPECT_TRUE(name(Registry::PskKeyExchangeMode, 0x0a).empty());
  EXPECT_FALSE(has_grease(Registry::ContentType));
  EXPECT_FALSE(has_grease(Registry::none));
}

TEST(CodePoint, ReadsGreaseThatIsNoRow) {
  for (size_t i = 0; i < static_cast<size_t>(Registry::count); ++i) {
    for (const CodePoint& point : code_points(static_cast<Registry>(i))) {
      const auto values = grease_values(static_cast<Registry>(i));
      EXPECT_FALSE(std::ranges::binary_search(values, point.value)) << point.name;
    }
  }
}

TEST(CodePoint, ReadsRecommendedMarks) {
  EXPECT_EQ(recommended(Registry::CipherSuite, 0x1301), 'Y');
  EXPECT_EQ(recommended(Registry::CipherSuite, 0x1305), 'N');
  EXPECT_EQ(recommended(Registry::CipherSuite, 0x0005), 'D');
  EXPECT_EQ(recommended(Registry::CipherSuite, 0x1a1a), '\0');
  EXPECT_EQ(recommended(Registry::ContentType, 22), '\0');
  EXPECT_EQ(recommended(Registry::none, 1), '\0');
}

TEST(CodePoint, ReadsTablesSortedAndWithoutDoubles) {
  for (size_t i = 1; i < static_cast<size_t>(Registry::count); ++i) {
    const auto rows = code_points(static_cast<Registry>(i));
    EXPECT_FALSE(rows.empty()) << i;
    for (size_t row = 1; row < rows.size(); ++row) {
      EXPECT_LT(rows[row - 1].value, rows[row].value) << rows[row].name;
    }
  }
  EXPECT_GT(code_points(Registry::CipherSuite).size(), 300U);
}

TEST(CodePoint, ReadsVersionsOfTls13AndItsDrafts) {
  EXPECT_TRUE(is_tls13(Version{0x0304}));
  EXPECT_TRUE(is_tls13(Version{0x7f1c}));
  EXPECT_TRUE(is_tls13(Version{0xfb1a}));
  EXPECT_FALSE(is_tls13(Version{0x0303}));
  EXPECT_FALSE(is_tls13(Version{0x7f0d}));
  EXPECT_EQ(draft_number(Version{0x7f1c}), 28);
  EXPECT_EQ(draft_number(Version{0x0304}), 0);
}

TEST(Field, ReadsRowsThatAreWhole) {
  for (size_t i = 1; i < fields().size(); ++i) {
    const FieldInfo& row = fields()[i];
    EXPECT_STRNE(row.filter, "") << row.id;
    EXPECT_STRNE(row.label, "") << row.id;
    const std::string sentence = row.sentence;
    EXPECT_TRUE(sentence.ends_with('.')) << row.id;
  }
}

TEST(Message, ReadsShownNames) {
  EXPECT_EQ(shown_name("client_hello"), "Client Hello");
  EXPECT_EQ(shown_name("change_cipher_spec"), "Change Cipher Spec");
  EXPECT_EQ(shown_name(""), "");
}

// The ids are those that the logs have in public.
TEST(CtLog, NamesKnownLogs) {
  constexpr uint8_t kPilot[32] = {0xa4, 0xb9, 0x09, 0x90, 0xb4, 0x18, 0x58, 0x14, 0x87, 0xbb, 0x13,
                                  0xa2, 0xcc, 0x67, 0x70, 0x0a, 0x3c, 0x35, 0x98, 0x04, 0xf9, 0x1b,
                                  0xdf, 0xb8, 0xe3, 0x77, 0xcd, 0x0e, 0xc8, 0x0d, 0xdc, 0x10};
  EXPECT_EQ(ct_log_name(kPilot), "Google 'Pilot' log");
  EXPECT_EQ(ct_log_name(Bytes(kPilot).first(31)), "");
  constexpr uint8_t kNone[32] = {};
  EXPECT_EQ(ct_log_name(kNone), "");
}

}  // namespace
}  // namespace tlslens::test
