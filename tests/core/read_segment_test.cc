// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/read_segment.h"

#include <gtest/gtest.h>

#include "support/runs.h"

namespace tlslens::test {
namespace {

// after_hellos brings a run to where both hellos of TLS 1.2 have gone by.
void after_hellos(SegmentRun& run, uint16_t suite = 0xc02f) {
  run.client(handshake_record(client_hello()));
  run.server(handshake_record(server_hello_tls12(suite)));
}
void after_hellos_tls13(SegmentRun& run) {
  run.client(handshake_record(client_hello_tls13()));
  run.server(handshake_record(server_hello_tls13()));
}

TEST(ReadSegment, ReadsSeveralRecords) {
  SegmentRun run;
  after_hellos(run);
  const Reading& reading =
      run.server(handshake_record(certificate_message(90)) + handshake_record(handshake(14, {})));
  EXPECT_EQ(reading.facts.records.size(), 2U);
  EXPECT_EQ(reading.facts.messages.size(), 2U);
  EXPECT_EQ(reading.consumed, run.bytes.size());
  EXPECT_EQ(reading.need, 0U);
  EXPECT_FALSE(reading.lost);
  EXPECT_TRUE(reading.facts.faults.empty());
}

TEST(ReadSegment, ReportsBytesThatTheLastRecordLacks) {
  SegmentRun run;
  const ByteVec whole = handshake_record(client_hello());
  for (size_t n = 5; n < whole.size(); ++n) {
    const Reading& reading =
        run.client(ByteVec(whole.begin(), whole.begin() + static_cast<long>(n)));
    EXPECT_EQ(reading.consumed, 0U);
    EXPECT_EQ(reading.need, whole.size() - n);
    EXPECT_TRUE(reading.facts.records.empty());
  }
}

TEST(ReadSegment, ReportsThatTheHeaderIsNotWhole) {
  SegmentRun run;
  const Reading& reading = run.client(handshake_record(client_hello()) + ByteVec{0x16, 0x03});
  EXPECT_EQ(reading.need, Reading::kNeedUnknown);
  EXPECT_EQ(reading.consumed, run.bytes.size() - 2);
}

TEST(ReadSegment, ReadsMessageOverManyRecords) {
  SegmentRun run;
  const ByteVec hello = client_hello();
  const Reading& reading = run.client(records(22, hello, 7));
  ASSERT_EQ(reading.facts.messages.size(), 1U);
  EXPECT_EQ(reading.facts.messages[0].place.source, 1);
  ASSERT_EQ(reading.sources.size(), 1U);
  EXPECT_TRUE(std::ranges::equal(reading.sources[0].bytes(), hello));
  EXPECT_EQ(run.count(Field::handshake_fragment), (hello.size() + 6) / 7);
  EXPECT_EQ(run.count(Field::handshake), 1U);
  EXPECT_TRUE(reading.facts.faults.empty());
}

TEST(ReadSegment, ReadsMessagesAcrossRecordBoundaries) {
  SegmentRun run;
  after_hellos(run);
  const ByteVec messages = certificate_message(90) + server_key_exchange(50) + handshake(14, {});
  for (size_t size = 1; size <= messages.size(); ++size) {
    const Reading& reading = run.server(records(22, messages, size));
    ASSERT_EQ(reading.facts.messages.size(), 3U) << size;
    EXPECT_EQ(reading.facts.messages[1].length, 50U);
    EXPECT_TRUE(reading.facts.faults.empty());
    EXPECT_FALSE(run.flows[1].partial.pieces);
  }
}

// draft-ietf-tls-tls13-18 §4.1.4: a message of its own, with a version and extensions.
TEST(ReadSegment, KeepsHandshakeBehindOldHelloRetryRequest) {
  SegmentRun run;
  EXPECT_TRUE(run.client(handshake_record(client_hello_tls13())).facts.begins_handshake());
  run.server(handshake_record(handshake(6, Builder().u16(0x7f12).u16(0).done())));
  EXPECT_FALSE(run.client(handshake_record(client_hello_tls13())).facts.begins_handshake());
}

// A capture that begins with a renegotiation under a suite that does not encrypt: SHA-1's MAC
// stands behind the hello (RFC 5246 §6.2.3.1).
TEST(ReadSegment, TakesWhatFollowsFirstHelloForMac) {
  SegmentRun run;
  const Reading& reading = run.client(handshake_record(client_hello() + ramp(20, 0xf1)));
  ASSERT_EQ(reading.facts.messages.size(), 1U);
  EXPECT_TRUE(reading.facts.faults.empty());
  EXPECT_EQ(run.count(Field::record_mac), 1U);
}

TEST(ReadSegment, TakesOtherLengthsBehindFirstHelloForMessage) {
  SegmentRun run;
  run.client(handshake_record(client_hello() + ByteVec{11, 0, 0, 40} + ramp(17, 0xf1)));
  EXPECT_EQ(run.count(Field::record_mac), 0U);
  EXPECT_EQ(run.count(Field::handshake_fragment), 1U);
}

TEST(ReadSegment, ToleratesEmptyRecordInsideMessage) {
  SegmentRun run;
  const ByteVec hello = client_hello();
  const ByteVec first(hello.begin(), hello.begin() + 20);
  const ByteVec second(hello.begin() + 20, hello.end());
  const Reading& reading = run.client(record(22, first) + record(22, {}) + record(22, second));
  EXPECT_EQ(reading.facts.records.size(), 3U);
  EXPECT_EQ(reading.facts.messages.size(), 1U);
}

TEST(ReadSegment, ReadsBeginningOfMessageThatAnotherRecordBreaksOff) {
  SegmentRun run;
  const ByteVec hello = client_hello();
  run.client(record(22, ByteVec(hello.begin(), hello.end() - 4)));
  const Reading& reading = run.client(ccs_record());
  ASSERT_EQ(reading.facts.messages.size(), 1U);
  EXPECT_FALSE(reading.facts.faults.empty());
}

TEST(ReadSegment, ReadsMessageAroundAnAlert) {
  SegmentRun run;
  const ByteVec hello = client_hello();
  run.client(record(22, ByteVec(hello.begin(), hello.end() - 4)) + alert_record(1, 0) +
             record(22, ByteVec(hello.end() - 4, hello.end())));
  EXPECT_EQ(run.reading.facts.messages.size(), 1U);
  EXPECT_TRUE(run.reading.facts.faults.empty());
}

TEST(ReadSegment, ReadsBeginningOfMessageAboveTheCap) {
  SegmentRun run;
  after_hellos(run);
  const ByteVec head = Builder().u8(11).u24(0xffffff).fill(16380, 0).done();
  run.server(record(22, head));
  ASSERT_EQ(run.reading.facts.messages.size(), 1U);
  EXPECT_TRUE(run.reading.facts.messages[0].cut_off);
  EXPECT_EQ(run.flows[1].partial.skip, 0xffffffU + 4 - 16384);
  EXPECT_FALSE(run.flows[1].partial.pieces);
  for (int i = 0; i < 1024; ++i) {
    run.server(record(22, ByteVec(16384, 0)));
  }
  EXPECT_EQ(run.flows[1].partial.skip, 0U) << "all of it but three bytes of the last record";
}

TEST(ReadSegment, ReadsMessageBehindOneAboveTheCap) {
  SegmentRun run;
  after_hellos(run);
  const size_t length = kMaxMessage;
  const ByteVec message = certificate_message(length) + handshake(14, {});
  std::vector<MessageFacts> seen;
  for (size_t at = 0; at < message.size(); at += 16384) {
    const size_t end = std::min(at + 16384, message.size());
    run.server(record(22, ByteVec(message.begin() + static_cast<long>(at),
                                  message.begin() + static_cast<long>(end))));
    const auto& messages = run.reading.facts.messages;
    seen.insert(seen.end(), messages.begin(), messages.end());
    EXPECT_TRUE(run.reading.facts.faults.empty());
  }
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen[0].cut_off);
  EXPECT_EQ(seen[1].type.value, 14);
}

TEST(ReadSegment, ReadsMessageAtTheCap) {
  SegmentRun run;
  after_hellos(run);
  const ByteVec message = certificate_message(kMaxMessage - 4);
  const ByteVec all = records(22, message, 16384);
  run.server(all);
  ASSERT_EQ(run.reading.facts.messages.size(), 1U);
  EXPECT_FALSE(run.reading.facts.messages[0].cut_off);
  EXPECT_EQ(run.reading.sources.at(0).have, kMaxMessage);
}

TEST(ReadSegment, ReadsWhatClientHelloTells) {
  SegmentRun run;
  run.client(handshake_record(client_hello()));
  EXPECT_TRUE(run.reading.facts.begins_handshake());
  EXPECT_TRUE(run.flows[0].negotiated.client_hello_seen);
  EXPECT_TRUE(run.flows[1].negotiated.client_hello_seen);
  EXPECT_EQ(run.flows[0].protection, Protection::clear);
  EXPECT_EQ(run.flows[1].protection, Protection::clear);
}

TEST(ReadSegment, ReadsDirectionFromHellosWhateverTheGuess) {
  SegmentRun run;
  run.server(handshake_record(client_hello()));
  EXPECT_EQ(run.flows[1].direction, Direction::client_to_server);
  EXPECT_EQ(run.flows[0].direction, Direction::server_to_client);
}

TEST(ReadSegment, ReadsWhatServerHelloTells) {
  SegmentRun run;
  after_hellos(run);
  for (const Flow& flow : run.flows) {
    EXPECT_EQ(flow.negotiated.version, version::tls12);
    EXPECT_EQ(flow.negotiated.suite.value, 0xc02f);
    EXPECT_TRUE(flow.negotiated.server_hello_seen);
  }
}

// hello_retry asks for another ClientHello; its random is SHA-256 of "HelloRetryRequest".
ByteVec hello_retry() {
  HelloSpec spec;
  spec.random = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
  spec.suites = {0x1301};
  spec.extensions = selected_version(0x0304);
  return handshake_record(server_hello(spec));
}

TEST(ReadSegment, ReadsSecondClientHelloAfterRetryInSameHandshake) {
  SegmentRun run;
  run.client(handshake_record(client_hello_tls13()));
  run.server(hello_retry());
  EXPECT_TRUE(run.flows[0].negotiated.hello_retry);
  EXPECT_FALSE(run.flows[0].negotiated.server_hello_seen);
  run.client(ccs_record() + handshake_record(client_hello_tls13()));
  EXPECT_FALSE(run.reading.facts.begins_handshake());
  run.server(handshake_record(server_hello_tls13()));
  EXPECT_TRUE(run.flows[0].negotiated.server_hello_seen);
  EXPECT_EQ(run.flows[0].protection, Protection::clear);
}

// RFC 8446 §D.4: a client that offers early data sends its ChangeCipherSpec right after its first
// ClientHello, before anyone knows the version.
TEST(ReadSegment, ReadsSecondClientHelloInPiecesAfterEarlyChangeCipherSpec) {
  for (const size_t size : {16384U, 100U}) {
    SegmentRun run;
    run.client(handshake_record(client_hello_tls13()) + ccs_record() + data_record(50));
    run.server(hello_retry());
    run.client(records(22, client_hello_tls13(), size));
    EXPECT_EQ(run.reading.facts.messages.size(), 1U) << "records of " << size;
  }
}

TEST(ReadSegment, ReadsProtectedRecordsAfterChangeCipherSpec) {
  SegmentRun run;
  after_hellos(run);
  run.client(handshake_record(client_key_exchange()) + ccs_record() + record(22, ramp(40, 9)));
  EXPECT_EQ(run.flows[0].protection, Protection::on);
  EXPECT_EQ(run.flows[1].protection, Protection::clear);
  ASSERT_EQ(run.reading.facts.records.size(), 3U);
  EXPECT_FALSE(run.reading.facts.records[0].encrypted);
  EXPECT_FALSE(run.reading.facts.records[1].encrypted);
  EXPECT_TRUE(run.reading.facts.records[2].encrypted);
  EXPECT_EQ(run.reading.facts.messages.size(), 1U);
}

TEST(ReadSegment, ReadsChangeCipherSpecOfTls13AsNothing) {
  SegmentRun run;
  after_hellos_tls13(run);
  run.server(ccs_record() + data_record(50));
  EXPECT_EQ(run.flows[1].protection, Protection::clear);
  ASSERT_EQ(run.reading.facts.records.size(), 2U);
  EXPECT_FALSE(run.reading.facts.records[0].encrypted);
  EXPECT_TRUE(run.reading.facts.records[1].encrypted);
}

TEST(ReadSegment, ReadsDataBeforeChangeCipherSpecInTheClear) {
  SegmentRun run;
  after_hellos(run);
  run.client(data_record(5));
  EXPECT_FALSE(run.reading.facts.records.at(0).encrypted);
}

TEST(ReadSegment, ReadsEarlyDataAsProtected) {
  SegmentRun run;
  run.client(handshake_record(client_hello_tls13()) + ccs_record() + data_record(50));
  EXPECT_TRUE(run.reading.facts.records.at(2).encrypted);
}

TEST(ReadSegment, ReadsPlaintextAlertAfterChangeCipherSpec) {
  SegmentRun run;
  after_hellos(run);
  run.client(ccs_record() + alert_record(2, 40) + record(21, ramp(26, 1)));
  ASSERT_EQ(run.reading.facts.alerts.size(), 1U);
  EXPECT_EQ(run.reading.facts.alerts[0].alert.description.value, 40);
  EXPECT_TRUE(run.reading.facts.records.at(2).encrypted);
}

TEST(ReadSegment, ReadsNewClientHelloOnUsedConnection) {
  SegmentRun run;
  after_hellos(run);
  run.client(ccs_record() + record(22, ramp(40, 9)));
  run.client(handshake_record(client_hello()));
  EXPECT_TRUE(run.reading.facts.begins_handshake());
  EXPECT_EQ(run.flows[0].protection, Protection::clear);
  EXPECT_FALSE(run.flows[0].negotiated.server_hello_seen);
}

TEST(ReadSegment, ReadsTwoAlertsInOneRecord) {
  SegmentRun run;
  run.client(handshake_record(client_hello()));
  run.server(record(21, {1, 112, 2, 40}));
  ASSERT_EQ(run.reading.facts.alerts.size(), 2U);
  EXPECT_TRUE(run.reading.facts.alerts[0].readable);
  EXPECT_EQ(run.reading.facts.alerts[1].alert.description.value, 40);
}

TEST(ReadSegment, ReadsAlertOverTwoRecords) {
  SegmentRun run;
  run.client(handshake_record(client_hello()));
  run.server(record(21, {2}));
  EXPECT_TRUE(run.reading.facts.alerts.empty());
  EXPECT_TRUE(run.flows[1].alert_begun);
  run.server(record(21, {40}));
  ASSERT_EQ(run.reading.facts.alerts.size(), 1U);
  EXPECT_TRUE(run.reading.facts.alerts[0].readable);
  EXPECT_EQ(run.reading.facts.alerts[0].alert.level, kFatal);
  EXPECT_FALSE(run.flows[1].alert_begun);
}

TEST(ReadSegment, ReportsAlertWhoseSecondByteDoesNotCome) {
  SegmentRun run;
  after_hellos(run);
  run.server(record(21, {2}));
  run.server(handshake_record(handshake(14, {})));
  ASSERT_EQ(run.reading.facts.alerts.size(), 1U);
  EXPECT_FALSE(run.reading.facts.alerts[0].readable);
}

TEST(ReadSegment, ReportsLongAlertRecordThatHoldsNoAlerts) {
  SegmentRun run;
  run.client(handshake_record(client_hello()));
  run.server(record(21, ramp(8, 77)));
  ASSERT_EQ(run.reading.facts.alerts.size(), 1U);
  EXPECT_FALSE(run.reading.facts.alerts[0].readable);
  EXPECT_EQ(run.reading.facts.alerts[0].length, 8U);
}

TEST(ReadSegment, ReadsChangeCipherSpecOfOtherLengthOrValue) {
  SegmentRun run;
  after_hellos(run);
  run.client(record(20, {2}));
  ASSERT_EQ(run.reading.facts.changes.size(), 1U);
  EXPECT_EQ(run.reading.facts.changes[0].value, 2);
  SegmentRun other;
  after_hellos(other);
  other.client(record(20, {1, 1}));
  ASSERT_EQ(other.reading.facts.changes.size(), 1U);
  EXPECT_EQ(other.reading.facts.changes[0].length, 2U);
}

TEST(ReadSegment, ReadsSslv2Hello) {
  for (const bool padded : {false, true}) {
    Sslv2Spec spec;
    spec.padding = padded ? std::optional<uint8_t>(6) : std::nullopt;
    SegmentRun run;
    run.client(sslv2_hello_record(spec));
    ASSERT_EQ(run.reading.facts.messages.size(), 1U);
    EXPECT_TRUE(run.reading.facts.messages[0].is_sslv2);
    EXPECT_TRUE(run.reading.facts.begins_handshake());
    EXPECT_TRUE(run.reading.facts.faults.empty());
    EXPECT_EQ(run.reading.consumed, run.bytes.size());
    run.server(handshake_record(server_hello_tls12()));
    EXPECT_EQ(run.reading.facts.messages.size(), 1U);
  }
}

TEST(ReadSegment, RejectsBytesThatAreNoRecord) {
  SegmentRun run;
  run.client(Builder().text("HTTP/1.1 400 Bad Request\r\n\r\n").done());
  EXPECT_TRUE(run.reading.facts.records.empty());
  EXPECT_TRUE(run.reading.lost);
  EXPECT_EQ(run.reading.consumed, run.bytes.size());
  EXPECT_EQ(run.count(Field::record_not_tls), 1U);
}

TEST(ReadSegment, ReadsRecordOfUnknownTypeOrVersion) {
  SegmentRun run;
  after_hellos(run);
  run.client(record(99, {1, 2}) + record(22, client_key_exchange(), 0x0505));
  EXPECT_EQ(run.reading.facts.records.size(), 2U);
  EXPECT_EQ(run.reading.facts.messages.size(), 1U);
  EXPECT_FALSE(run.reading.lost);
}

TEST(ReadSegment, ReportsCutMessageWhoseRecordReachesBeyondTheSegment) {
  SegmentRun run;
  after_hellos(run);
  const ByteVec whole = handshake_record(certificate_message(3000));
  run.bytes = ByteVec(whole.begin(), whole.begin() + 100);
  run.reading.clear();
  read_segment({Bytes(run.bytes), 1400}, run.flows[1], run.flows[0], run.reading);
  EXPECT_EQ(run.reading.consumed, 1400U);
  EXPECT_EQ(run.reading.beyond, whole.size() - 1400);
  EXPECT_EQ(run.reading.facts.messages.size(), 1U);
}

TEST(ReadSegment, ReadsPlacesInTheSourceOfTheSegment) {
  SegmentRun run;
  const ByteVec junk = {9, 9, 9};
  run.bytes = junk + record(22, {});
  run.reading.tape = &run.tape;
  run.reading.clear();
  read_segment({Bytes(run.bytes).subspan(3), 5, 0, 3}, run.flows[0], run.flows[1], run.reading);
  ASSERT_EQ(run.tape.marks.empty(), false);
  EXPECT_EQ(run.tape.marks[0].span.offset, 3U);
  ASSERT_EQ(run.reading.facts.records.size(), 1U);
  EXPECT_EQ(run.reading.facts.records[0].offset, 3U) << "the header's offset in its source";
}

TEST(ReadSegment, ReadsSummary) {
  SegmentRun run;
  run.client(handshake_record(client_hello()));
  EXPECT_EQ(run.reading.summary, "Client Hello, server.example, up to TLS 1.2, 2 suites");
  run.server(handshake_record(server_hello_tls12()) + handshake_record(handshake(14, {})));
  EXPECT_EQ(run.reading.summary,
            "Server Hello, TLS 1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; Server Hello Done");
  run.client(ccs_record() + record(22, ramp(40, 3)));
  EXPECT_EQ(run.reading.summary, "Change Cipher Spec; Encrypted Handshake Message");
  run.client(data_record(3) + data_record(4) + data_record(5));
  EXPECT_EQ(run.reading.summary, "Application Data x3");
}

TEST(ReadSegment, ToleratesNoBytes) {
  SegmentRun run;
  run.client({});
  EXPECT_EQ(run.reading.consumed, 0U);
  EXPECT_TRUE(run.tape.marks.empty());
}

TEST(ReadSegment, ToleratesMoreAssembledMessagesThanSources) {
  SegmentRun run;
  after_hellos(run);
  ByteVec messages;
  for (int i = 0; i < 400; ++i) {
    messages = messages + handshake(14, {});
  }
  run.server(records(22, messages, 3));
  EXPECT_LE(run.reading.sources.size(), Reading::kMaxSources);
  EXPECT_EQ(run.reading.consumed, run.bytes.size());
  EXPECT_EQ(run.reading.need, 0U);
}

// The header of the message was not captured, so where the next one begins is told by the records
// alone: what comes after must not be read as the rest of it.
TEST(ReadSegment, ReadsNextMessageAfterOneCutInItsHeader) {
  for (const uint32_t captured : {0U, 1U, 2U, 3U}) {
    SegmentRun run;
    after_hellos(run);
    const ByteVec certificate = handshake_record(certificate_message(500));
    run.read(1, certificate, static_cast<uint32_t>(certificate.size() - 5 - captured));
    run.server(handshake_record(handshake(14, {})));
    ASSERT_EQ(run.reading.facts.messages.size(), 1U) << captured;
    EXPECT_EQ(run.reading.facts.messages[0].type.value, 14) << captured;
    EXPECT_TRUE(run.reading.facts.faults.empty()) << captured;
  }
}

TEST(ReadSegment, ReadsServerHelloCutBeforeItsExtensionsWithoutVersion) {
  SegmentRun run;
  run.client(handshake_record(client_hello_tls13()));
  const ByteVec hello = handshake_record(server_hello_tls13());
  const size_t fixed = 5 + 4 + 2 + 32 + 1 + 32 + 2 + 1;
  run.read(1, hello, static_cast<uint32_t>(hello.size() - fixed));
  EXPECT_TRUE(run.flows[1].negotiated.server_hello_seen);
  EXPECT_EQ(run.flows[1].negotiated.version, version::unknown)
      << "the extension that tells the version is in what is missing";
}

}  // namespace
}  // namespace tlslens::test
