// SPDX-License-Identifier: GPL-2.0-or-later
// Each limit: nothing at it, a finding above it, and what comes next is read as ever.
#include <gtest/gtest.h>

#include "diagnosis/session.h"
#include "fields/fields.h"
#include "support/conversation.h"

namespace tlslens::test {
namespace {

bool has_limit(const std::vector<Finding>& findings, Limit limit) {
  return std::ranges::any_of(findings, [&](const Finding& found) {
    return found.id == FindingId::limit_reached &&
           found.evidence.words == limit_finding(limit).evidence.words;
  });
}

// reaches tells whether the limit is told in the look at a server's bytes behind a ClientHello.
// What the server sends after them is read then.
bool reaches(Limit limit, const ByteVec& bytes) {
  Tap tap;
  tap.send(Side::a, handshake_record(client_hello()));
  tap.send(Side::b, bytes);
  const bool told = has_limit(tap.last_look().findings, limit);
  tap.send(Side::b, data_record(20) + data_record(30));
  EXPECT_EQ(tap.last_look().reading.facts.records.size(), 2U);
  return told;
}

TEST(Limits, OfRecordsInAFrame) {
  const ByteVec one = record(23, {1});
  EXPECT_FALSE(reaches(Limit::records, repeated(kMaxRecords, one)));
  EXPECT_TRUE(reaches(Limit::records, repeated(kMaxRecords + 1, one)));
}

// What comes behind the last record that is read may be the beginning of a header.
TEST(Limits, OfRecordsOfDataInAFrameWithoutATape) {
  for (const size_t more : {0U, 3U, 5U}) {
    Tap with(Mode::keep, true);
    Tap without(Mode::keep, false);
    for (Tap* tap : {&with, &without}) {
      tap->send(conversation_tls12(), Segmenter::whole());
      const ByteVec data = repeated(kMaxRecords, record(23, ramp(40, 1)));
      tap->send(Side::b, data + ByteVec(more, 23));
    }
    EXPECT_EQ(with.findings(), without.findings()) << more;
    EXPECT_EQ(with.last().consumed, without.last().consumed) << more;
    EXPECT_EQ(with.found("limit_reached"), more != 0) << more;
  }
}

TEST(Limits, OfAlertsInAFrame) {
  constexpr size_t kInRecord = 8192;
  const ByteVec warning{1, 100};
  const ByteVec half = record(21, repeated(kInRecord, warning));
  static_assert(kMaxAlerts == 2 * kInRecord);
  EXPECT_FALSE(reaches(Limit::alerts, half + half));
  EXPECT_TRUE(reaches(Limit::alerts, half + half + record(21, warning)));
}

TEST(Limits, OfMessagesInAFrame) {
  const ByteVec hello_request = handshake(0, {});
  EXPECT_FALSE(reaches(Limit::messages, records(22, repeated(kMaxMessages, hello_request), 16384)));
  EXPECT_TRUE(
      reaches(Limit::messages, records(22, repeated(kMaxMessages + 1, hello_request), 16384)));
}

TEST(Limits, OfMessagesInPiecesInAFrame) {
  const ByteVec pieces = records(22, handshake(0x63, {1, 2, 3, 4}), 5);
  EXPECT_FALSE(reaches(Limit::joined, repeated(Reading::kMaxSources, pieces)));
  EXPECT_TRUE(reaches(Limit::joined, repeated(Reading::kMaxSources + 1, pieces)));
}

// Chain is a Certificate message of so many certificates that say nothing.
ByteVec chain(size_t n) {
  const ByteVec list = repeated(n, Builder().vec(3, ramp(40, 0x30)).done());
  return handshake_record(server_hello_tls12() + handshake(11, Builder().vec(3, list).done()));
}

TEST(Limits, OfCertificatesThatAreJudged) {
  EXPECT_FALSE(reaches(Limit::certificates, chain(kMaxChain)));
  EXPECT_TRUE(reaches(Limit::certificates, chain(kMaxChain + 1)));
}

ByteVec many_extensions(size_t n) {
  HelloSpec spec;
  spec.extensions = ByteVec{};
  for (size_t i = 0; i < n; ++i) {
    *spec.extensions = *spec.extensions + extension(static_cast<uint16_t>(0x4000 + i), {});
  }
  return handshake_record(client_hello(spec));
}

TEST(Limits, OfExtensions) {
  Tap within;
  within.send(Side::a, many_extensions(kMaxExtensions));
  EXPECT_FALSE(has_limit(within.last_look().findings, Limit::extensions));
  Tap above;
  above.send(Side::a, many_extensions(kMaxExtensions + 1));
  EXPECT_TRUE(has_limit(above.last_look().findings, Limit::extensions));
}

TEST(Limits, OfFindingsInAFrame) {
  size_t reached = 0;
  for (size_t n = 1; n <= kMaxFindings + 1; ++n) {
    Tap tap;
    tap.send(Side::a, handshake_record(client_hello()));
    tap.send(Side::b, repeated(n, alert_record(2, 40)));
    const std::vector<Finding>& found = tap.last_look().findings;
    const bool full = found.size() == kMaxFindings;
    EXPECT_LE(found.size(), kMaxFindings);
    EXPECT_EQ(has_limit(found, Limit::findings), full) << n;
    reached += full ? 1 : 0;
  }
  EXPECT_GT(reached, 0U);
}

TEST(Limits, OfFindingsInAConnection) {
  Tap tap;
  size_t kept = 0;
  const ByteVec alerts = repeated(kMaxFindings, alert_record(2, 40));
  while (kept < kMaxKeptFindings) {
    tap.send(Side::b, alerts);
    kept += kMaxFindings;
    ASSERT_EQ(tap.last_look().findings.size(), kMaxFindings);
    EXPECT_EQ(has_limit(tap.last_look().findings, Limit::kept_findings), kept >= kMaxKeptFindings);
  }
  tap.send(Side::b, alerts);
  EXPECT_TRUE(tap.last_look().findings.empty());
  EXPECT_EQ(tap.last_look().reading.facts.alerts.size(), kMaxFindings);
}

TEST(Limits, OfMarks) {
  const auto last_look = [](size_t n) {
    const ByteVec list = repeated(n, Builder().vec(3, {1}).done());
    const ByteVec message = handshake(11, Builder().vec(3, list).done());
    Tap tap;
    tap.send(Side::a, handshake_record(client_hello()));
    tap.send(Side::b, handshake_record(server_hello_tls12()) + records(22, message, 16384));
    EXPECT_EQ(tap.last_look().reading.facts.messages.size(), 2U);
    EXPECT_EQ(tap.last().consumed, tap.seen().back().bytes.size());
    return tap.last_look();
  };
  const Look within = last_look(1000);
  EXPECT_FALSE(within.tape.overflowed);
  EXPECT_FALSE(has_limit(within.findings, Limit::marks));
  const Look above = last_look(100'000);
  EXPECT_TRUE(above.tape.overflowed);
  EXPECT_TRUE(has_limit(above.findings, Limit::marks));
  EXPECT_EQ(above.tape.marks.size(), Tape::kMaxMarks);
}

// One is the next delivery of a side of a connection.
struct One {
  Connection connection;
  Memory memory;
  Look look;
  uint32_t frame = 0;
  uint32_t next = 1;

  void send(const ByteVec& bytes) {
    const auto size = static_cast<uint32_t>(bytes.size());
    const Delivery d{++frame, Side::a, false, next, bytes, size};
    connection.first_look(d, false, {}, memory, look);
    connection.after_first_look(d, size, look);
    next += size;
  }
};

ByteVec long_message() { return records(22, handshake(11, ByteVec(kMaxMessage - 4, 0)), 16384); }

TEST(Limits, OfBytesKeptOfAConnection) {
  One one;
  one.send(handshake_record(client_hello()));
  const ByteVec message = long_message();
  for (size_t kept = 0; kept < kMaxKept; kept += kMaxMessage) {
    one.send(message);
    EXPECT_FALSE(has_limit(one.look.findings, Limit::kept));
    EXPECT_EQ(one.look.reading.facts.messages.size(), 1U);
  }
  one.send(message);
  EXPECT_TRUE(has_limit(one.look.findings, Limit::kept));
  EXPECT_EQ(one.look.reading.kept, 0U);
  ASSERT_EQ(one.look.reading.facts.messages.size(), 1U);
  EXPECT_TRUE(one.look.reading.facts.messages[0].cut_off);
  one.send(handshake_record(client_hello()));
  EXPECT_EQ(one.look.reading.facts.messages.size(), 1U);
}

TEST(Limits, OfBytesKeptOfAllConnections) {
  One one;
  one.send(handshake_record(client_hello()));
  const size_t before = one.memory.kept;
  const ByteVec message = long_message();
  one.send(message);
  EXPECT_EQ(one.memory.kept, before + kMaxMessage);
  one.memory.kept = Memory::kMaxKept;
  one.send(message);
  EXPECT_TRUE(has_limit(one.look.findings, Limit::kept));
}

// A record that is not whole is not kept either: the next one is looked for.
TEST(Limits, OfBytesKeptOfARecord) {
  const ByteVec bytes = data_record(1000);
  const ByteVec begins(bytes.begin(), bytes.begin() + 400);
  const ByteVec ends(bytes.begin() + 400, bytes.end());
  One one;
  one.send(handshake_record(client_hello()));
  one.memory.kept = Memory::kMaxKept;
  one.send(data_record(10) + begins);
  one.send(ends);
  EXPECT_TRUE(one.look.reading.facts.records.empty());
  one.send(data_record(10) + data_record(20));
  EXPECT_EQ(one.look.reading.facts.records.size(), 2U);
  EXPECT_TRUE(has_limit(one.look.findings, Limit::kept));
  EXPECT_TRUE(std::ranges::none_of(one.look.findings, [](const Finding& found) {
    return found.id == FindingId::capture_incomplete;
  })) << "nothing is missing in the capture";
}

TEST(Limits, OfHandshakes) {
  Capture capture;
  capture.ledger = Ledger(1);
  Look look;
  uint32_t frame = 0;
  const auto hello = [&](Session& session, Connection& connection) {
    const ByteVec bytes = handshake_record(client_hello());
    const Delivery d{++frame, Side::a, false, 1, bytes, static_cast<uint32_t>(bytes.size())};
    const Moment now{frame, int64_t{frame} * 1000};
    connection.first_look(d, false, {}, capture.memory, look);
    session.take_look(look, d, connection, now, capture);
    session.settle(connection, now, {}, capture);
  };
  Session first;
  Session second;
  Connection of_first;
  Connection of_second;
  hello(first, of_first);
  hello(second, of_second);
  ASSERT_EQ(capture.ledger.rows().size(), 1U);
  EXPECT_EQ(first.history().row_at(1, capture.ledger), &capture.ledger.rows()[0]);
  EXPECT_EQ(first.history().findings_at(1), nullptr);
  EXPECT_EQ(capture.ledger.rows()[0].client_hello.frame, 1U);
  EXPECT_EQ(second.history().row_at(2, capture.ledger), nullptr);
  ASSERT_NE(second.history().findings_at(2), nullptr);
  EXPECT_TRUE(has_limit(*second.history().findings_at(2), Limit::handshakes));
}

}  // namespace
}  // namespace tlslens::test
