// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "handshake/hello.h"
#include "handshake/sslv2.h"
#include "support/runs.h"

namespace tlslens::test {
namespace {

using Kinds = std::vector<FaultKind>;
using Lines = std::vector<std::string>;

struct ClientRun : Parsed {
  explicit ClientRun(ByteVec of, uint32_t missing = 0, bool split = true)
      : Parsed(std::move(of), missing), hello(read_client_hello(reader, split)) {}
  ClientHello hello;
};

struct ServerRun : Parsed {
  explicit ServerRun(ByteVec of, uint32_t missing = 0)
      : Parsed(std::move(of), missing), hello(read_server_hello(reader)) {}
  ServerHello hello;
};

struct Sslv2Run : Parsed {
  explicit Sslv2Run(ByteVec of, uint32_t missing = 0) : Parsed(std::move(of), missing) {
    Body body;
    read_sslv2(reader, body);
    hello = body.client_hello.value_or(ClientHello{});
  }
  ClientHello hello;
};

// Drafts of TLS 1.3 before 22 have neither a session id nor compression in a ServerHello.
ByteVec draft_server_hello(uint16_t draft) {
  return Builder().u16(draft).raw(ramp(32, 5)).u16(0x1301).u16(0).done();
}

TEST(ClientHello, ReadsAllFields) {
  HelloSpec spec;
  spec.session_id = ramp(32, 9);
  ClientRun run(client_hello_body(spec));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.hello.legacy_version, version::tls12);
  EXPECT_EQ(run.hello.random.size(), 32U);
  EXPECT_EQ(run.hello.session_id.size(), 32U);
  EXPECT_EQ(run.hello.n_suites, 2);
  EXPECT_EQ(run.values(Field::suite), (Lines{"0xc02f", "0xc030"}));
  EXPECT_EQ(run.values(Field::comp_method), Lines{"0"});
  EXPECT_EQ(run.values(Field::sni_host), Lines{"server.example"});
  EXPECT_EQ(describe(run.hello), ", server.example, up to TLS 1.2, 2 suites");
}

// RFC 5246 §7.4.1.2: "The presence of extensions can be detected by determining whether there are
// bytes following the compression_methods at the end of the ClientHello."
TEST(ClientHello, ToleratesNoExtensions) {
  HelloSpec spec;
  spec.extensions = std::nullopt;
  ClientRun run(client_hello_body(spec));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_TRUE(run.values(Field::extensions_length).empty());
}

TEST(ClientHello, ToleratesEmptyListOfExtensions) {
  HelloSpec spec;
  spec.extensions = ByteVec{};
  ClientRun run(client_hello_body(spec));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.values(Field::extensions_length), Lines{"0"});
}

TEST(ClientHello, ReadsTimeInRandomOnlyIfAsked) {
  ClientRun split(client_hello_body({}), 0, true);
  EXPECT_EQ(split.values(Field::hello_random_time).size(), 1U);
  EXPECT_EQ(split.values(Field::hello_random_bytes)[0].size(), 56U);
  ClientRun whole(client_hello_body({}), 0, false);
  EXPECT_TRUE(whole.values(Field::hello_random_time).empty());
  EXPECT_EQ(whole.values(Field::hello_random).size(), 1U);
}

TEST(ClientHello, ReportsSessionIdAboveThirtyTwoBytes) {
  HelloSpec spec;
  spec.session_id = ramp(32, 9);
  EXPECT_TRUE(ClientRun(client_hello_body(spec)).faults.empty());
  spec.session_id = ramp(33, 9);
  ClientRun run(client_hello_body(spec));
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(run.faults[0].field, Field::session_id_length);
  EXPECT_EQ(run.hello.n_suites, 2) << "what follows is read all the same";
}

TEST(ClientHello, ReportsEmptySuites) {
  HelloSpec spec;
  spec.suites = {};
  EXPECT_EQ(ClientRun(client_hello_body(spec)).kinds(), Kinds{FaultKind::out_of_range});
}

TEST(ClientHello, ReportsOddSuites) {
  const ByteVec body =
      Builder().u16(0x0303).raw(ramp(32, 1)).u8(0).vec(2, {1, 2, 3}).u16(0x100).done();
  ClientRun run(body);
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::ragged});
  EXPECT_EQ(run.hello.n_suites, 1);
}

TEST(ClientHello, ReportsEmptyCompressionMethods) {
  HelloSpec spec;
  spec.compressions = {};
  EXPECT_EQ(ClientRun(client_hello_body(spec)).kinds(), Kinds{FaultKind::out_of_range});
}

TEST(ClientHello, ReportsBytesAfterExtensions) {
  ClientRun run(client_hello_body({}) + ByteVec{0xee});
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::trailing});
}

TEST(ClientHello, ReportsExtensionsThatReachBeyondTheMessage) {
  HelloSpec spec;
  spec.extensions = std::nullopt;
  ClientRun run(client_hello_body(spec) + Builder().u16(1).done());
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::overrun});
}

TEST(ClientHello, DescribesVersionsOfferedInExtension) {
  const ByteVec message = client_hello_tls13();
  ClientRun run(ByteVec(message.begin() + 4, message.end()));
  EXPECT_EQ(describe(run.hello), ", server.example, TLS 1.2-1.3, 2 suites, h2");
}

TEST(ClientHello, DescribesHostileNameWithoutControlCharacters) {
  HelloSpec spec;
  spec.extensions = server_name("a\nb\x01\x80");
  ClientRun run(client_hello_body(spec));
  EXPECT_EQ(describe(run.hello), ", a?b??, up to TLS 1.2, 2 suites");
}

TEST(ServerHello, ReadsAllFields) {
  HelloSpec spec;
  spec.session_id = ramp(32, 7);
  spec.suites = {0xc02f};
  spec.extensions = alpn({"h2"});
  ServerRun run(server_hello_body(spec));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.hello.version(), version::tls12);
  EXPECT_EQ(run.hello.suite.value, 0xc02f);
  EXPECT_EQ(run.hello.session_id.size(), 32U);
  EXPECT_EQ(run.values(Field::hello_random_time).size(), 1U);
  EXPECT_EQ(describe(run.hello), ", TLS 1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, h2");
}

TEST(ServerHello, ReadsNegotiatedVersionFromExtension) {
  const ByteVec message = server_hello_tls13();
  ServerRun run(ByteVec(message.begin() + 4, message.end()));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.hello.legacy_version, version::tls12);
  EXPECT_EQ(run.hello.version(), version::tls13);
  EXPECT_TRUE(run.values(Field::hello_random_time).empty()) << "TLS 1.3 has no time in its random";
}

TEST(ServerHello, ToleratesNoExtensions) {
  HelloSpec spec;
  spec.extensions = std::nullopt;
  EXPECT_TRUE(ServerRun(server_hello_body(spec)).faults.empty());
}

TEST(ServerHello, ReadsDraftsOfTls13WithoutSessionId) {
  for (const uint16_t draft : std::vector<uint16_t>{0x7f0e, 0x7f12, 0x7f15}) {
    ServerRun run(draft_server_hello(draft));
    EXPECT_TRUE(run.faults.empty()) << draft;
    EXPECT_EQ(run.hello.suite.value, 0x1301);
    EXPECT_EQ(run.hello.version().value, draft);
    EXPECT_TRUE(run.values(Field::session_id_length).empty());
  }
}

TEST(ServerHello, ReportsBytesAfterExtensions) {
  HelloSpec spec;
  spec.extensions = ByteVec{};
  EXPECT_EQ(ServerRun(server_hello_body(spec) + ByteVec{1}).kinds(), Kinds{FaultKind::trailing});
}

// A cut right before the extensions looks like a hello without any; the bytes missing tell.
TEST(ServerHello, ReportsCutBeforeItsExtensions) {
  const ByteVec message = server_hello_tls13();
  const size_t fixed = 2 + 32 + 1 + 32 + 2 + 1;
  ServerRun run(ByteVec(message.begin() + 4, message.begin() + 4 + fixed),
                static_cast<uint32_t>(message.size() - 4 - fixed));
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::cut});
}

TEST(ClientHello, ReportsCutBeforeItsExtensions) {
  const ByteVec body = client_hello_body({});
  const size_t fixed = 2 + 32 + 1 + 2 + 4 + 1 + 1;
  ClientRun run(ByteVec(body.begin(), body.begin() + fixed),
                static_cast<uint32_t>(body.size() - fixed));
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::cut});
}

TEST(Sslv2Hello, ReadsAllFields) {
  Sslv2Spec spec;
  spec.session_id = ramp(16, 4);
  Sslv2Run run(sslv2_hello_message(spec));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.hello.n_suites, 2);
  EXPECT_EQ(run.hello.session_id.size(), 16U);
  EXPECT_EQ(run.hello.random.size(), 32U);
  EXPECT_EQ(run.values(Field::sslv2_type), Lines{"1"});
  EXPECT_EQ(run.values(Field::v2_spec), (Lines{"0x00002f", "0x010080"}));
}

TEST(Sslv2Hello, ReportsEveryPrefix) {
  const ByteVec message = sslv2_hello_message({});
  for (size_t n = 0; n < message.size(); ++n) {
    const ByteVec prefix(message.begin(), message.begin() + static_cast<ptrdiff_t>(n));
    EXPECT_FALSE(Sslv2Run(prefix).faults.empty()) << n;
    Sslv2Run cut(prefix, static_cast<uint32_t>(message.size() - n));
    ASSERT_FALSE(cut.faults.empty()) << n;
    EXPECT_EQ(cut.kinds()[0], FaultKind::cut) << n;
  }
}

TEST(Message, ReadsHeader) {
  const MessageHeader h = peek_message_header(ByteVec{0x0b, 0x01, 0x02, 0x03});
  EXPECT_EQ(h.type.value, 11);
  EXPECT_EQ(h.length, 0x010203U);
  EXPECT_EQ(h.total(), 0x010207U);
}

TEST(Message, ReadsBytesThatAreWholeMessages) {
  EXPECT_TRUE(fills_with_messages(client_hello() + handshake(14, {})));
  EXPECT_TRUE(fills_with_messages({}));
  EXPECT_FALSE(fills_with_messages(client_hello() + ByteVec{14}));
  EXPECT_FALSE(fills_with_messages(handshake(99, {})));
  EXPECT_FALSE(fills_with_messages(Builder().u8(1).u24(5).fill(4, 0).done()));
}

}  // namespace
}  // namespace tlslens::test
