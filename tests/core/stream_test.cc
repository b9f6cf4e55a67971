// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/stream.h"

#include <gtest/gtest.h>

#include "support/wire_builder.h"

namespace tlslens::test {
namespace {

constexpr auto kNothing = std::nullopt;

TEST(Stream, ReadsRecordAtTheStart) {
  EXPECT_EQ(find_record(handshake_record(client_hello()), kNothing, true), 0U);
  EXPECT_EQ(find_record(data_record(100), kNothing, false), 0U);
  EXPECT_EQ(find_record(sslv2_hello_record(), kNothing, true), 0U);
  EXPECT_EQ(find_record(record(22, client_hello(), 0x0505), kNothing, true), 0U);
}

TEST(Stream, ReadsFirstRecordThatIsNotWhole) {
  const ByteVec hello = handshake_record(client_hello());
  for (size_t n = 1; n < hello.size(); ++n) {
    EXPECT_EQ(find_record(Bytes(hello).first(n), kNothing, true), 0U) << n;
  }
}

TEST(Stream, ReadsTwoRecordsBehindTheRestOfAnother) {
  const ByteVec rest = ramp(77, 0x80);
  EXPECT_EQ(find_record(rest + data_record(40) + data_record(30), kNothing, false), 77U);
}

TEST(Stream, RejectsSingleHeaderInTheMiddle) {
  EXPECT_EQ(find_record(ramp(77, 0x80) + data_record(40), kNothing, false), kNothing);
}

TEST(Stream, ReadsSingleHeaderWhereOneIsExpected) {
  EXPECT_EQ(find_record(ramp(77, 0x80) + data_record(40), 77, false), 77U);
}

TEST(Stream, RejectsExpectedPlaceWithoutHeader) {
  const ByteVec bytes = ramp(77, 0x80) + data_record(40) + data_record(30);
  EXPECT_EQ(find_record(bytes, 10, false), 77U);
  EXPECT_EQ(find_record(bytes, 100000, false), 77U);
}

TEST(Stream, RejectsBytesWithoutRecords) {
  EXPECT_EQ(find_record(Builder().text("GET / HTTP/1.1\r\nHost: a\r\n\r\n").done(), kNothing, true),
            kNothing);
  EXPECT_EQ(find_record(ByteVec(5000, 0), kNothing, false), kNothing);
}

TEST(Stream, ReadsBeginOfConnection) {
  EXPECT_TRUE(begins_connection(handshake_record(client_hello())));
  EXPECT_TRUE(begins_connection(ByteVec{22}));
  EXPECT_TRUE(begins_connection(sslv2_hello_record()));
  EXPECT_FALSE(begins_connection(handshake_record(server_hello_tls12())));
  EXPECT_FALSE(begins_connection(data_record(10)));
  EXPECT_FALSE(begins_connection({}));
}

}  // namespace
}  // namespace tlslens::test
