// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/reader.h"

#include <gtest/gtest.h>

#include "fields/fields.h"
#include "support/runs.h"

namespace tlslens::test {
namespace {

using Kinds = std::vector<FaultKind>;

TEST(Reader, ReadsIntegersInNetworkOrder) {
  Parsed p({0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a});
  EXPECT_EQ(p.reader.u8(Field::handshake_type), 0x01);
  EXPECT_EQ(p.reader.u16(Field::suite), 0x0203);
  EXPECT_EQ(p.reader.u24(Field::handshake_length), 0x040506U);
  EXPECT_EQ(p.reader.u32(Field::fragment_length), 0x0708090aU);
  EXPECT_TRUE(p.reader.ok());
  EXPECT_FALSE(p.reader.more());
  EXPECT_TRUE(p.faults.empty());
  ASSERT_EQ(p.tape.marks.size(), 4U);
  EXPECT_EQ(p.tape.marks[2].span, (Span{3, 3}));
}

TEST(Reader, ReadsCodePointsOfTheirOwnSize) {
  Parsed p({0x13, 0x01, 0x16});
  EXPECT_EQ(p.reader.code<CipherSuite>(Field::suite).value, 0x1301);
  EXPECT_EQ(p.reader.code<ContentType>(Field::record_content_type), content_type::handshake);
}

TEST(Reader, RejectsReadBehindTheEnd) {
  Parsed p({0x01});
  EXPECT_EQ(p.reader.u16(Field::suite), 0);
  EXPECT_FALSE(p.reader.ok());
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::overrun});
  EXPECT_EQ(p.faults[0].field, Field::suite);
  EXPECT_EQ(p.faults[0].span, (Span{0, 1}));
  EXPECT_TRUE(p.tape.marks.empty());
}

TEST(Reader, ReportsOneFaultOnlyWhenReadsFailOneAfterTheOther) {
  Parsed p({0x01, 0x02});
  p.reader.u32(Field::fragment_length);
  EXPECT_EQ(p.reader.u8(Field::handshake_type), 0);
  EXPECT_TRUE(p.reader.opaque(Field::session_id, 1).empty());
  EXPECT_FALSE(p.reader.vec(Field::suites_length, Field::suites, Vec{1, 0, 9}).ok());
  EXPECT_TRUE(
      p.reader.vec_bytes(Field::session_id_length, Field::session_id, Vec{1, 0, 9}).empty());
  EXPECT_EQ(p.faults.size(), 1U);
}

TEST(Reader, ReportsCutWhenTheMissingBytesWouldDo) {
  Parsed p({0x01}, 1);
  p.reader.u16(Field::suite);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::cut});
}

TEST(Reader, ReportsOverrunWhenTheMissingBytesWouldNotDo) {
  Parsed p({0x01}, 1);
  p.reader.u24(Field::handshake_length);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::overrun});
}

TEST(Reader, ReadsVectorAndStepsPastIt) {
  Parsed p({0x02, 0xaa, 0xbb, 0xcc});
  Reader body = p.reader.vec(Field::suites_length, Field::suites, Vec{1, 1, 9});
  EXPECT_EQ(body.left(), 2U);
  EXPECT_EQ(body.depth(), p.reader.depth() + 1);
  EXPECT_EQ(p.reader.u8(Field::comp_method), 0xcc);
  EXPECT_EQ(body.u16(Field::suite), 0xaabb);
  EXPECT_TRUE(p.faults.empty());
}

TEST(Reader, ReportsLengthOutsideItsLimits) {
  for (const uint8_t length : ByteVec{0, 3}) {
    Parsed p({length, 0xaa, 0xbb, 0xcc});
    Reader body = p.reader.vec(Field::suites_length, Field::suites, Vec{1, 1, 2});
    EXPECT_EQ(p.kinds(), Kinds{FaultKind::out_of_range});
    EXPECT_EQ(p.faults[0].span, (Span{0, 1}));
    EXPECT_EQ(body.left(), length) << "the body is read all the same";
    EXPECT_TRUE(p.reader.ok());
  }
}

TEST(Reader, ToleratesLengthAtItsLimits) {
  for (const uint8_t length : ByteVec{1, 2}) {
    Parsed p({length, 0xaa, 0xbb});
    p.reader.vec(Field::suites_length, Field::suites, Vec{1, 1, 2});
    EXPECT_TRUE(p.faults.empty());
  }
}

TEST(Reader, ReportsRaggedLength) {
  Parsed p({0x03, 0xaa, 0xbb, 0xcc});
  p.reader.vec(Field::suites_length, Field::suites, Vec{1, 2, 8, 2});
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::ragged});
}

TEST(Reader, ReadsWhatIsThereOfVectorThatDoesNotFit) {
  Parsed p({0x05, 0xaa, 0xbb});
  Reader body = p.reader.vec(Field::suites_length, Field::suites, Vec{1, 0, 9});
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::overrun});
  EXPECT_FALSE(p.reader.ok());
  EXPECT_EQ(body.u16(Field::suite), 0xaabb);
  EXPECT_TRUE(body.ok());
  EXPECT_EQ(body.missing(), 0U);
}

TEST(Reader, PassesMissingBytesToVectorThatIsCut) {
  Parsed p({0x05, 0xaa, 0xbb}, 10);
  Reader body = p.reader.vec(Field::suites_length, Field::suites, Vec{1, 0, 9});
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::cut});
  EXPECT_EQ(body.missing(), 3U);
  body.opaque(Field::session_id, 5);
  EXPECT_EQ(p.kinds(), (Kinds{FaultKind::cut, FaultKind::cut}));
}

TEST(Reader, KeepsMissingBytesFromVectorThatFits) {
  Parsed p({0x02, 0xaa, 0xbb}, 10);
  Reader body = p.reader.vec(Field::suites_length, Field::suites, Vec{1, 0, 9});
  EXPECT_EQ(body.missing(), 0U);
  body.opaque(Field::session_id, 3);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::overrun});
}

TEST(Reader, ReadsEmptyBytesWithoutMark) {
  Parsed p({0x00, 0x01});
  EXPECT_TRUE(
      p.reader.vec_bytes(Field::session_id_length, Field::session_id, Vec{1, 0, 9}).empty());
  EXPECT_EQ(p.tape.marks.size(), 1U);
  EXPECT_TRUE(p.reader.more());
}

TEST(Reader, ReportsTrailingBytes) {
  Parsed p({0x01, 0x02, 0x03});
  p.reader.u8(Field::handshake_type);
  p.reader.done(Field::handshake);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::trailing});
  EXPECT_EQ(p.faults[0].span, (Span{1, 2}));
  EXPECT_EQ(p.faults[0].field, Field::handshake);
  EXPECT_FALSE(p.reader.more());
}

TEST(Reader, ToleratesEndWithoutTrailingBytes) {
  Parsed p({0x01});
  p.reader.u8(Field::handshake_type);
  p.reader.done(Field::handshake);
  EXPECT_TRUE(p.faults.empty());
}

TEST(Reader, ReportsNoTrailingBytesAfterFailure) {
  Parsed p({0x01, 0x02});
  p.reader.u24(Field::handshake_length);
  p.reader.done(Field::handshake);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::overrun});
}

TEST(Reader, ReadsGroupWithLengthOfWhatIsReadInIt) {
  Parsed p({0x01, 0x02, 0x03});
  const size_t group = p.reader.open(Field::handshake);
  p.reader.u16(Field::suite);
  p.reader.inside(Field::hello_random_time, {0, 1});
  p.reader.close(group);
  p.reader.u8(Field::comp_method);
  ASSERT_EQ(p.tape.marks.size(), 4U);
  EXPECT_EQ(p.tape.marks[0].span, (Span{0, 2}));
  EXPECT_EQ(p.tape.marks[0].depth, 0);
  EXPECT_EQ(p.tape.marks[1].depth, 1);
  EXPECT_EQ(p.tape.marks[2].depth, 2);
  EXPECT_EQ(p.tape.marks[3].depth, 0);
}

TEST(Reader, ReadsAlikeWithoutTape) {
  const ByteVec bytes = {0x02, 0xaa, 0xbb, 0xcc};
  std::vector<Fault> faults;
  Parse parse{nullptr, &faults, bytes.data(), 0};
  Reader r(parse, bytes, 0, 0);
  EXPECT_FALSE(r.wants_marks());
  const size_t group = r.open(Field::handshake);
  EXPECT_EQ(r.vec(Field::suites_length, Field::suites, Vec{1, 1, 9}).u16(Field::suite), 0xaabb);
  r.number(Field::fragment_have, r.here(0), 1);
  r.text(Field::alert_meaning, "text");
  r.title("title");
  r.title_count(1);
  r.close(group);
  r.done(Field::handshake);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].kind, FaultKind::trailing);
}

TEST(Reader, ToleratesNobodyToTellFaultsTo) {
  const ByteVec bytes = {0x02};
  Parse parse{nullptr, nullptr, bytes.data(), 0};
  Reader r(parse, bytes, 0, 0);
  EXPECT_EQ(r.u32(Field::fragment_have), 0U);
  EXPECT_FALSE(r.ok());
}

TEST(Reader, ToleratesNoBytesAtAll) {
  Parsed p({});
  EXPECT_FALSE(p.reader.more());
  p.reader.done(Field::handshake);
  EXPECT_TRUE(p.faults.empty());
  EXPECT_EQ(p.reader.u8(Field::suite), 0);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::overrun});
}

TEST(Tape, RejectsMarksAboveItsLimit) {
  Tape tape;
  for (size_t i = 0; i < Tape::kMaxMarks; ++i) {
    ASSERT_EQ(tape.add({Field::suite}), i);
  }
  EXPECT_FALSE(tape.overflowed);
  EXPECT_EQ(tape.add({Field::suite}), Tape::kNotTaken);
  EXPECT_TRUE(tape.overflowed);
  tape.add_text({Field::alert_meaning}, "lost");
  EXPECT_TRUE(tape.texts.empty());
  EXPECT_EQ(tape.marks.size(), Tape::kMaxMarks);
  tape.clear();
  EXPECT_FALSE(tape.overflowed);
}

TEST(Tape, RejectsMarksBelowItsDepth) {
  Tape tape;
  EXPECT_EQ(tape.add({Field::suite, Tape::kMaxDepth}), 0U);
  EXPECT_EQ(tape.add({Field::suite, Tape::kMaxDepth + 1}), Tape::kNotTaken);
  EXPECT_TRUE(tape.overflowed);
}

TEST(Reader, ToleratesTapeThatIsFull) {
  Parsed p({0x01, 0x02});
  p.tape.marks.resize(Tape::kMaxMarks);
  const size_t group = p.reader.open(Field::handshake);
  EXPECT_EQ(p.reader.u16(Field::suite), 0x0102);
  p.reader.title("title");
  p.reader.close(group);
  EXPECT_TRUE(p.tape.overflowed);
  EXPECT_TRUE(p.tape.texts.empty());
}

}  // namespace
}  // namespace tlslens::test
