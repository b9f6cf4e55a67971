// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/record.h"

#include <gtest/gtest.h>

#include "support/runs.h"

namespace tlslens::test {
namespace {

RecordHeader header(uint8_t type, uint16_t version, uint16_t length) {
  return {{type}, {version}, length};
}

TEST(Record, ReadsHeaderFieldsInOrder) {
  const auto h = peek_header(ByteVec{0x16, 0x03, 0x01, 0x01, 0x02});
  ASSERT_TRUE(h);
  EXPECT_EQ(h->type, content_type::handshake);
  EXPECT_EQ(h->version.value, 0x0301);
  EXPECT_EQ(h->length, 0x0102);
  EXPECT_EQ(h->total(), 5U + 0x0102U);
}

TEST(Record, RejectsHeaderThatIsNotWhole) {
  EXPECT_FALSE(peek_header(ByteVec{0x16, 0x03, 0x01, 0x00}));
  EXPECT_FALSE(peek_header({}));
}

TEST(Record, ReadsAssignedTypesOnly) {
  for (int type = 0; type < 256; ++type) {
    EXPECT_EQ(is_assigned(ContentType{static_cast<uint8_t>(type)}), type >= 20 && type <= 26);
  }
}

TEST(Record, ReadsVersionsInUse) {
  for (const uint16_t v : std::vector<uint16_t>{0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0101}) {
    EXPECT_TRUE(is_record_version(Version{v})) << v;
  }
  for (const uint16_t v : std::vector<uint16_t>{0x0000, 0x0002, 0x02ff, 0x0305, 0x0505, 0x7f1c}) {
    EXPECT_FALSE(is_record_version(Version{v})) << v;
  }
}

TEST(Record, RejectsImplausibleHeaders) {
  EXPECT_TRUE(is_plausible(header(22, 0x0301, 18432)));
  EXPECT_TRUE(is_plausible(header(20, 0x0303, 1)));
  EXPECT_TRUE(is_plausible(header(24, 0x0303, 1)));
  EXPECT_FALSE(is_plausible(header(22, 0x0301, 18433)));
  EXPECT_FALSE(is_plausible(header(25, 0x0303, 1)));
  EXPECT_FALSE(is_plausible(header(19, 0x0303, 1)));
  EXPECT_FALSE(is_plausible(header(22, 0x0305, 1)));
}

TEST(Record, ToleratesOneDamagedFieldWhereARecordFollows) {
  EXPECT_TRUE(may_follow(header(22, 0x0303, 65535)));
  EXPECT_TRUE(may_follow(header(99, 0x0303, 10)));
  EXPECT_TRUE(may_follow(header(22, 0x0505, 10)));
  EXPECT_FALSE(may_follow(header(99, 0x0505, 10)));
  EXPECT_FALSE(may_follow(header(22, 0x0505, 18433)));
  EXPECT_FALSE(may_follow(header(99, 0x0303, 18433)));
}

TEST(Record, ReadsBeginOfHelloUnderAnyVersion) {
  const ByteVec hello = client_hello();
  EXPECT_TRUE(begins_hello(record(22, hello, 0x0505)));
  EXPECT_TRUE(begins_hello(record(22, server_hello_tls12(), 0x0000)));
  EXPECT_FALSE(begins_hello(record(23, hello)));
  EXPECT_FALSE(begins_hello(record(22, handshake(11, ramp(100, 1)))));
  EXPECT_FALSE(begins_hello(record(22, handshake(1, ramp(100, 1)))));
  EXPECT_FALSE(begins_hello(record(22, Builder().u8(1).u24(37).u16(0x0303).done())));
  EXPECT_TRUE(begins_hello(record(22, Builder().u8(1).u24(38).u16(0x0303).done())));
  EXPECT_FALSE(begins_hello(record(22, Builder().u8(1).u24(1 << 17).u16(0x0303).done())));
}

TEST(Record, ReadsSslv2Headers) {
  const auto two = peek_sslv2(ByteVec{0x81, 0x02, 0x01});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->size, 2);
  EXPECT_EQ(two->length, 0x0102);
  const auto three = peek_sslv2(ByteVec{0x41, 0x02, 0x07});
  ASSERT_TRUE(three);
  EXPECT_EQ(three->size, 3);
  EXPECT_EQ(three->length, 0x0102);
  EXPECT_FALSE(peek_sslv2(ByteVec{0x41, 0x02}));
  EXPECT_FALSE(peek_sslv2(ByteVec{0x81}));
}

TEST(Record, ReadsSslv2HelloFromElevenBytes) {
  const ByteVec whole = sslv2_hello_record();
  EXPECT_TRUE(peek_sslv2_hello(whole));
  EXPECT_TRUE(peek_sslv2_hello(Bytes(whole).first(11)));
  EXPECT_FALSE(peek_sslv2_hello(Bytes(whole).first(10)));
}

TEST(Record, ReadsSslv2HelloWithPadding) {
  Sslv2Spec spec;
  spec.padding = 5;
  const auto h = peek_sslv2_hello(sslv2_hello_record(spec));
  ASSERT_TRUE(h);
  EXPECT_EQ(h->size, 3);
}

TEST(Record, RejectsSslv2HelloWhoseLengthsDoNotAddUp) {
  const ByteVec good = sslv2_hello_record();
  for (const size_t at : {1, 6, 8, 10}) {
    ByteVec bad = good;
    ++bad[at];
    EXPECT_FALSE(peek_sslv2_hello(bad)) << at;
  }
}

TEST(Record, RejectsSslv2HelloWithChallengeBelowSixteen) {
  Sslv2Spec spec;
  spec.challenge = ramp(15, 1);
  EXPECT_FALSE(peek_sslv2_hello(sslv2_hello_record(spec)));
  spec.challenge = ramp(16, 1);
  EXPECT_TRUE(peek_sslv2_hello(sslv2_hello_record(spec)));
}

TEST(Record, RejectsTlsRecordsAsSslv2) {
  EXPECT_FALSE(peek_sslv2_hello(handshake_record(client_hello())));
  EXPECT_FALSE(peek_sslv2_hello(data_record(100)));
}

TEST(Record, ReadsOpaqueTypeForProtectedTls13) {
  const ByteVec bytes = data_record(20);
  Parsed plain(bytes);
  read_header(plain.reader, *peek_header(bytes), false);
  EXPECT_EQ(plain.values(Field::record_content_type), std::vector<std::string>{"23"});
  Parsed opaque(bytes);
  read_header(opaque.reader, *peek_header(bytes), true);
  EXPECT_EQ(opaque.values(Field::record_opaque_type), std::vector<std::string>{"23"});
  EXPECT_TRUE(opaque.values(Field::record_content_type).empty());
}

}  // namespace
}  // namespace tlslens::test
