// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "findings/finding.h"
#include "support/conversation.h"

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;

struct Case {
  const char* what;
  Conversation sent;
};

std::vector<std::string> names(const Conversation& conversation) {
  Tap tap;
  tap.send(conversation, Segmenter::whole());
  Lines out = tap.findings();
  for (std::string& line : out) {
    line.resize(line.find(' '));
  }
  return out;
}

size_t count(const Conversation& conversation, const std::string& name) {
  return static_cast<size_t>(std::ranges::count(names(conversation), name));
}

// opened is a client's hello and a server's bytes after it.
Conversation opened(ByteVec server) {
  return {from_client(handshake_record(client_hello())), from_server(std::move(server))};
}
// protected_tls12 has the server send bytes after its ChangeCipherSpec.
Conversation protected_tls12(ByteVec server, uint16_t suite = 0xc02f, uint8_t compression = 0) {
  return opened(handshake_record(server_hello_tls12(suite, compression)) + ccs_record() +
                std::move(server));
}
Conversation protected_tls13(ByteVec server) {
  return {from_client(handshake_record(client_hello_tls13())),
          from_server(handshake_record(server_hello_tls13()) + std::move(server))};
}

ByteVec record_of(uint8_t type, size_t length) { return record(type, ByteVec(length, 0x5a)); }

TEST(Findings, ReadsRowsThatAreWhole) {
  ASSERT_EQ(findings().size(), kFindingCount);
  for (size_t i = 0; i < findings().size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(findings()[i].id), i);
    EXPECT_STRNE(findings()[i].text, "");
  }
}

// RFC 8446 §5.1: "The length MUST NOT exceed 2^14 bytes."
TEST(RecordOversize, ReportsPlaintextAboveItsLimit) {
  const ByteVec message = certificate_message(40000);
  EXPECT_EQ(count(opened(handshake_record(server_hello_tls12()) + records(22, message, 16384)),
                  "record_oversize"),
            0U);
  EXPECT_EQ(count(opened(handshake_record(server_hello_tls12()) + records(22, message, 16385)),
                  "record_oversize"),
            1U);
}

// RFC 5246 §6.2.3: "The length MUST NOT exceed 2^14 + 2048."
TEST(RecordOversize, ReportsProtectedTls12AboveItsLimit) {
  EXPECT_EQ(count(protected_tls12(record_of(23, 18432)), "record_oversize"), 0U);
  EXPECT_EQ(count(protected_tls12(record_of(23, 18433)), "record_oversize"), 1U);
}

// RFC 8446 §5.2: "The length MUST NOT exceed 2^14 + 256 bytes."
TEST(RecordOversize, ReportsProtectedTls13AboveItsLimit) {
  EXPECT_EQ(count(protected_tls13(record_of(23, 16640)), "record_oversize"), 0U);
  EXPECT_EQ(count(protected_tls13(record_of(23, 16641)), "record_oversize"), 1U);
}

// RFC 5246 §6.2.2 and §6.2.3.1: a NULL cipher adds its MAC only; compression may add 1024 bytes.
TEST(RecordOversize, ReportsNullCipherAboveItsLimit) {
  constexpr uint16_t kNullSha = 0x0002;
  EXPECT_EQ(count(protected_tls12(record_of(23, 16384 + 20), kNullSha), "record_oversize"), 0U);
  EXPECT_EQ(count(protected_tls12(record_of(23, 16384 + 21), kNullSha), "record_oversize"), 1U);
  EXPECT_EQ(count(protected_tls12(record_of(23, 17408 + 20), kNullSha, 1), "record_oversize"), 0U);
  EXPECT_EQ(count(protected_tls12(record_of(23, 17408 + 21), kNullSha, 1), "record_oversize"), 1U);
}

TEST(RecordOversize, ReportsMacOfEachNullCipher) {
  const std::pair<uint16_t, size_t> macs[] = {
      {0x0001, 16}, {0x0002, 20}, {0x003b, 32}, {0x00b1, 48}};
  for (const auto& [suite, mac] : macs) {
    EXPECT_EQ(count(protected_tls12(record_of(23, 16384 + mac), suite), "record_oversize"), 0U);
    EXPECT_EQ(count(protected_tls12(record_of(23, 16385 + mac), suite), "record_oversize"), 1U);
  }
}

TEST(RecordOversize, ReportsLimitInItsText) {
  Tap tap;
  tap.send(protected_tls13(record_of(23, 16641)), Segmenter::whole());
  ASSERT_EQ(tap.findings().size(), 1U);
  EXPECT_EQ(tap.findings()[0],
            "record_oversize (warn): Record longer than the protocol allows: 16641 bytes, the "
            "limit is 16640");
}

// RFC 8446 §5.1: "Zero-length fragments of Application Data MAY be sent".
TEST(RecordEmpty, ReportsAllTypesButApplicationData) {
  for (const uint8_t type : ByteVec{20, 21, 22}) {
    EXPECT_EQ(count(opened(record(type, {})), "record_empty"), 1U) << int{type};
    EXPECT_EQ(count(opened(record(type, {1})), "record_empty"), 0U) << int{type};
  }
  EXPECT_EQ(count(protected_tls12(record(23, {})), "record_empty"), 0U);
  EXPECT_EQ(count(opened(record(23, {})), "record_empty"), 0U);
}

TEST(RecordTypeUnknown, ReportsUnassignedTypes) {
  const ByteVec hello = handshake_record(server_hello_tls12());
  for (const uint8_t type : ByteVec{0, 19, 27, 99, 255}) {
    EXPECT_EQ(count(opened(hello + record(type, {1, 2})), "record_type_unknown"), 1U) << int{type};
  }
  for (const uint8_t type : ByteVec{20, 21, 22, 23, 24, 25, 26}) {
    EXPECT_EQ(count(opened(hello + record(type, {1, 2})), "record_type_unknown"), 0U) << int{type};
  }
}

TEST(RecordVersionUnknown, ReportsVersionsNotInUse) {
  const ByteVec hello = client_hello();
  for (const uint16_t version : std::vector<uint16_t>{0x0300, 0x0301, 0x0302, 0x0303, 0x0304}) {
    EXPECT_EQ(count({from_client(record(22, hello, version))}, "record_version_unknown"), 0U);
  }
  for (const uint16_t version : std::vector<uint16_t>{0x02ff, 0x0305, 0x0505, 0xffff}) {
    EXPECT_EQ(count({from_client(record(22, hello, version))}, "record_version_unknown"), 1U)
        << version;
  }
}

TEST(Alerts, ReportsFatalAndWarning) {
  EXPECT_EQ(names(opened(alert_record(2, 40))), Lines{"alert_fatal"});
  EXPECT_EQ(names(opened(alert_record(1, 110))), Lines{"alert_warning"});
  EXPECT_EQ(names(opened(alert_record(2, 40) + alert_record(2, 40))).size(), 2U);
}

TEST(Alerts, ToleratesClosure) {
  EXPECT_EQ(names(opened(alert_record(1, 0))), Lines{});
  EXPECT_EQ(names(opened(alert_record(1, 90))), Lines{});
}

TEST(Alerts, ReportsMalformedOnes) {
  for (const ByteVec& content : {ByteVec{0, 40}, ByteVec{3, 40}, ByteVec{2, 99}, ramp(9, 40)}) {
    EXPECT_EQ(count(opened(record(21, content)), "alert_malformed"), 1U);
  }
  EXPECT_EQ(count(opened(record(21, {2}) + record(21, {40})), "alert_malformed"), 0U);
}

TEST(Alerts, ReportsNothingOnEncryptedOnes) {
  for (const char* name : {"alert_fatal", "alert_warning", "alert_malformed"}) {
    EXPECT_EQ(count(protected_tls12(record(21, ramp(26, 1))), name), 0U);
  }
}

TEST(CcsMalformed, ReportsAllButTheSingleByteOne) {
  const ByteVec hello = handshake_record(server_hello_tls12());
  EXPECT_EQ(count(opened(hello + record(20, {1})), "ccs_malformed"), 0U);
  EXPECT_EQ(count(opened(hello + record(20, {0})), "ccs_malformed"), 1U);
  EXPECT_EQ(count(opened(hello + record(20, {2})), "ccs_malformed"), 1U);
  EXPECT_EQ(count(opened(hello + record(20, {1, 1})), "ccs_malformed"), 1U);
}

TEST(MalformedLength, ReportsEachKindOfLength) {
  HelloSpec long_id;
  long_id.session_id = ramp(33, 1);
  EXPECT_EQ(names({from_client(handshake_record(client_hello(long_id)))}),
            Lines{"malformed_length"});
  HelloSpec ragged;
  ragged.extensions = extension(43, {3, 3, 4, 3});
  EXPECT_EQ(names({from_client(handshake_record(client_hello(ragged)))}),
            Lines{"malformed_length"});
  HelloSpec overrun;
  overrun.extensions = extension(0, Builder().u16(9).u8(0).u16(1).text("a").done());
  EXPECT_EQ(names({from_client(handshake_record(client_hello(overrun)))}),
            Lines{"malformed_length"});
}

TEST(TrailingData, ReportsBytesAfterHello) {
  const ByteVec body = client_hello_body({});
  EXPECT_EQ(names({from_client(handshake_record(handshake(1, body)))}), Lines{});
  EXPECT_EQ(names({from_client(handshake_record(handshake(1, body + ByteVec{0})))}),
            Lines{"trailing_data"});
}

TEST(HandshakeTypeUnknown, ReportsUnassignedTypes) {
  const ByteVec hello = handshake_record(server_hello_tls12());
  EXPECT_EQ(count(opened(hello + handshake_record(handshake(99, {1}))), "handshake_type_unknown"),
            1U);
  for (const uint8_t type : ByteVec{0, 11, 12, 13, 14, 20, 22, 23}) {
    EXPECT_EQ(count(opened(hello + handshake_record(handshake(type, ramp(40, 1)))),
                    "handshake_type_unknown"),
              0U)
        << int{type};
  }
}

TEST(Sslv2ClientHello, ReportsSslv2FormatOnly) {
  EXPECT_EQ(names({from_client(sslv2_hello_record())}), Lines{"sslv2_client_hello"});
  EXPECT_EQ(names({from_client(handshake_record(client_hello()))}), Lines{});
}

TEST(LimitReached, ReportsMessageAboveTheCap) {
  const ByteVec hello = handshake_record(server_hello_tls12());
  const auto of = [&](size_t total) {
    return opened(hello + records(22, certificate_message(total - 4), 16384));
  };
  EXPECT_EQ(count(of(kMaxMessage), "limit_reached"), 0U);
  EXPECT_EQ(count(of(kMaxMessage + 1), "limit_reached"), 1U);
}

TEST(CutShort, ReportsMessageThatIsNotWhollyThere) {
  Tap tap;
  tap.send_cut(Side::a, handshake_record(client_hello()), 40);
  EXPECT_EQ(tap.findings().size(), 2U);
  EXPECT_TRUE(tap.found("cut_short"));
  EXPECT_TRUE(tap.found("capture_incomplete"));
}

// The peer went on without finishing the message: nothing is missing in the capture.
TEST(MalformedLength, ReportsMessageThatThePeerBreaksOff) {
  const ByteVec hello = client_hello();
  const ByteVec part(hello.begin(), hello.end() - 1);
  EXPECT_EQ(count({from_client(record(22, part) + ccs_record())}, "cut_short"), 0U)
      << "the message is cut, but not by the capture";
}

TEST(Findings, ReportsNoMoreThanTheirMost) {
  ByteVec many;
  for (int i = 0; i < 100; ++i) {
    many = many + alert_record(2, 40);
  }
  EXPECT_EQ(names(opened(many)).size(), kMaxFindings);
}

TEST(Findings, ReportsOnceInEachHandshakeAndDirection) {
  const ByteVec twice = record(22, {}) + record(22, {});
  EXPECT_EQ(count({from_client(handshake_record(client_hello()) + twice), from_server(twice)},
                  "record_empty"),
            2U);
}

// The plugin shows a finding at the mark that has its place; without one it is shown at the top.
TEST(Findings, ReportsPlacesThatAreShown) {
  HelloSpec beyond;
  beyond.extensions = Builder().u16(0xfe77).u16(5).raw({1, 2}).done();
  HelloSpec list;
  list.extensions = std::nullopt;
  const ByteVec short_list = client_hello_body(list) + Builder().u16(60).fill(10, 0).done();
  const Case cases[] = {
      {"empty record", {from_client(handshake_record(client_hello()) + record(22, {}))}},
      {"unknown type", opened(handshake_record(server_hello_tls12()) + record(99, {1, 2}))},
      {"alert", opened(alert_record(2, 40))},
      {"bad change", opened(handshake_record(server_hello_tls12()) + record(20, {2}))},
      {"fragmented hello", {from_client(records(22, client_hello(beyond), 9))}},
      {"extension beyond the list", {from_client(handshake_record(client_hello(beyond)))}},
      {"list beyond the hello", {from_client(handshake_record(handshake(1, short_list)))}},
      {"trailing",
       {from_client(handshake_record(handshake(1, client_hello_body({}) + ByteVec{0})))}},
  };
  for (const Case& c : cases) {
    Tap tap;
    tap.send(c.sent, Segmenter::whole());
    const Look& look = tap.last_look();
    ASSERT_FALSE(look.findings.empty()) << c.what;
    const Place& place = look.findings[0].evidence.place;
    const bool shown = std::ranges::any_of(look.tape.marks, [&](const Mark& mark) {
      return mark.field == place.field && mark.source == place.source && mark.span == place.span;
    });
    EXPECT_TRUE(shown) << c.what << ": " << info(place.field).id << " at " << place.span.offset
                       << "+" << place.span.length;
  }
}

}  // namespace
}  // namespace tlslens::test
