// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/order.h"

#include <gtest/gtest.h>

#include "support/conversation.h"
#include "support/vector_file.h"

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;

// sequence_findings are those about order that a conversation gives.
Lines sequence_findings(const Conversation& conversation) {
  Tap tap;
  tap.send(conversation, Segmenter::whole());
  Lines out;
  for (const std::string& line : tap.findings()) {
    if (line.starts_with("unexpected_message") || line.starts_with("early_ccs")) {
      out.push_back(line);
    }
  }
  return out;
}

ByteVec finished() { return record(22, ramp(40, 200)); }
ByteVec messages(const std::vector<ByteVec>& all) {
  ByteVec out;
  for (const ByteVec& one : all) {
    out = out + handshake_record(one);
  }
  return out;
}
ByteVec certificate_request() {
  return handshake(13, Builder().vec(1, {1, 64}).vec(2, {4, 3, 8, 4}).vec(2, {}).done());
}
ByteVec verify() { return handshake(15, Builder().u16(0x0804).vec(2, ramp(64, 9)).done()); }
ByteVec status() { return handshake(22, Builder().u8(1).vec(3, ramp(20, 8)).done()); }
ByteVec hello_done() { return handshake(14, {}); }

// server_flight is that of ECDHE_RSA with `more` in front of ServerHelloDone.
ByteVec server_flight(const std::vector<ByteVec>& more = {}) {
  std::vector<ByteVec> all = {server_hello_tls12(), certificate_message(90),
                              server_key_exchange(120)};
  all.insert(all.end(), more.begin(), more.end());
  all.push_back(hello_done());
  return messages(all);
}
Conversation full(ByteVec server, ByteVec client) {
  return {from_client(handshake_record(client_hello())), from_server(std::move(server)),
          from_client(std::move(client) + ccs_record() + finished()),
          from_server(ccs_record() + finished()), from_client(data_record(60))};
}

// RFC 5246 §7.3
TEST(Order, ToleratesFullHandshakes) {
  const ByteVec key = handshake_record(client_key_exchange());
  EXPECT_EQ(sequence_findings(full(server_flight(), key)), Lines{});
  EXPECT_EQ(
      sequence_findings(full(server_flight({certificate_request()}),
                             messages({certificate_message(90), client_key_exchange(), verify()}))),
      Lines{});
  const ByteVec empty = handshake(11, {0, 0, 0});
  EXPECT_EQ(sequence_findings(full(server_flight({certificate_request()}),
                                   messages({empty, client_key_exchange()}))),
            Lines{});
}

TEST(Order, ToleratesResumption) {
  HelloSpec offer;
  offer.session_id = ramp(32, 50);
  HelloSpec answer;
  answer.random = ramp(32, 99);
  answer.session_id = offer.session_id;
  answer.suites = {0xc02f};
  answer.extensions = server_extensions();
  EXPECT_EQ(sequence_findings(
                {from_client(handshake_record(client_hello(offer))),
                 from_server(handshake_record(server_hello(answer)) + ccs_record() + finished()),
                 from_client(ccs_record() + finished())}),
            Lines{});
}

TEST(Order, ToleratesTls13WithCompatibility) {
  EXPECT_EQ(sequence_findings(conversation_tls13()), Lines{});
  EXPECT_EQ(sequence_findings({from_client(handshake_record(client_hello_tls13()) + ccs_record()),
                               from_client(data_record(80)),
                               from_server(handshake_record(server_hello_tls13()) + ccs_record() +
                                           data_record(90))}),
            Lines{});
}

TEST(Order, ReportsEachMessageOutOfItsPlace) {
  const ByteVec key = handshake_record(client_key_exchange());
  const struct {
    const char* what;
    Conversation sent;
    const char* seen;
  } cases[] = {
      {"no certificate",
       full(messages({server_hello_tls12(), server_key_exchange(120), hello_done()}), key),
       "Server Key Exchange, expected Certificate"},
      {"no key exchange",
       full(messages({server_hello_tls12(), certificate_message(90), hello_done()}), key),
       "Server Hello Done, expected Server Key Exchange"},
      {"key exchange twice", full(server_flight({server_key_exchange(120)}), key),
       "Server Key Exchange, expected Certificate Request or Server Hello Done"},
      {"hello twice", full(messages({server_hello_tls12(), server_hello_tls12()}), key),
       "Server Hello, expected"},
      {"certificate of a client that was not asked",
       full(server_flight(), messages({certificate_message(90), client_key_exchange()})),
       "Certificate, expected none without a request"},
      {"no certificate of a client that was asked",
       full(server_flight({certificate_request()}), key),
       "Client Key Exchange, expected Certificate"},
      {"a signature without a certificate",
       full(server_flight(), messages({client_key_exchange(), verify()})),
       "Certificate Verify, expected none without a certificate"},
      {"Finished in the clear without ChangeCipherSpec",
       {from_client(handshake_record(client_hello())), from_server(server_flight()),
        from_client(messages({client_key_exchange(), handshake(20, ramp(12, 3))}))},
       "Finished, expected Certificate Verify or Change Cipher Spec"},
      {"status too late", full(server_flight({status()}), key), "Certificate Status, expected"},
  };
  for (const auto& c : cases) {
    const Lines found = sequence_findings(c.sent);
    ASSERT_EQ(found.size(), 1U) << c.what;
    EXPECT_NE(found[0].find(c.seen), std::string::npos) << c.what << ": " << found[0];
  }
}

// CVE-2014-0224
TEST(Order, ReportsEarlyChange) {
  const Lines of_server =
      sequence_findings({from_client(handshake_record(client_hello())),
                         from_server(handshake_record(server_hello_tls12()) + ccs_record())});
  ASSERT_EQ(of_server.size(), 1U);
  EXPECT_TRUE(of_server[0].starts_with("early_ccs (error)"));
  const Lines of_client =
      sequence_findings({from_client(handshake_record(client_hello())),
                         from_server(server_flight()), from_client(ccs_record())});
  ASSERT_EQ(of_client.size(), 1U);
  EXPECT_TRUE(of_client[0].starts_with("early_ccs (error)"));
}

// RFC 8446 §D.4: a server sends it behind its HelloRetryRequest, and the client's second hello may
// cross it on the way. The hellos are those of RFC 8448 §5.
TEST(Order, ToleratesChangeThatCrossesTheSecondHello) {
  const auto vector = std::ranges::find(vectors(), "rfc8448-5-hello-retry", &VectorFile::name);
  ASSERT_NE(vector, vectors().end());
  Conversation sent = vector->sent;
  sent.insert(sent.begin() + 3, from_server(ccs_record()));
  EXPECT_EQ(sequence_findings(sent), Lines{});
  sent.insert(sent.begin() + 4, from_server(ccs_record()));
  ASSERT_EQ(sequence_findings(sent).size(), 1U);
  EXPECT_TRUE(sequence_findings(sent)[0].ends_with("a second time in TLS 1.3"));
  sent = vector->sent;
  sent.insert(sent.begin() + 1, from_server(ccs_record()));
  ASSERT_EQ(sequence_findings(sent).size(), 1U);
  EXPECT_TRUE(sequence_findings(sent)[0].starts_with("early_ccs (error)"));
}

TEST(Order, ReportsSecondChange) {
  Conversation twice = conversation_tls12();
  twice.push_back(from_client(ccs_record()));
  ASSERT_EQ(sequence_findings(twice).size(), 1U);
  Conversation tls13 = conversation_tls13();
  tls13.push_back(from_client(ccs_record()));
  const Lines mild = sequence_findings(tls13);
  ASSERT_EQ(mild.size(), 1U);
  EXPECT_TRUE(mild[0].starts_with("unexpected_message (warn)")) << mild[0];
}

// What is missing may be what was expected: all is silent from there on.
TEST(Order, ToleratesLossOfAnyPart) {
  const Conversation whole =
      full(server_flight({certificate_request()}),
           messages({certificate_message(90), client_key_exchange(), verify()}));
  for (size_t lost = 0; lost < whole.size(); ++lost) {
    Tap tap;
    for (size_t i = 0; i < whole.size(); ++i) {
      if (i == lost) {
        tap.lose(whole[i].side, whole[i].bytes.size());
      } else {
        tap.send(whole[i].side, whole[i].bytes);
      }
    }
    EXPECT_EQ(tap.errors(), Lines{}) << lost;
  }
}

TEST(Order, NamesWhatIsExpected) {
  EXPECT_EQ(expected(HandshakeState::certificate_request), "Server Hello Done");
  EXPECT_EQ(expected(HandshakeState::client_key_exchange),
            "Certificate Verify or Change Cipher Spec");
  EXPECT_EQ(expected(HandshakeState::unknown), "");
}

TEST(Order, NeedsWhatTheSuiteNeeds) {
  const auto parts = [](uint16_t suite) { return *suite_parts(CipherSuite{suite}); };
  EXPECT_EQ(server_certificate_of(parts(0xc02f)), Need::mandatory);  // ECDHE_RSA
  EXPECT_EQ(server_key_exchange_of(parts(0xc02f)), Need::mandatory);
  EXPECT_EQ(server_certificate_of(parts(0x0018)), Need::forbidden);  // DH_anon
  EXPECT_EQ(server_key_exchange_of(parts(0x0018)), Need::mandatory);
  EXPECT_EQ(server_certificate_of(parts(0x008c)), Need::forbidden);  // PSK
  EXPECT_EQ(server_key_exchange_of(parts(0x008c)), Need::optional);
  EXPECT_EQ(server_certificate_of(parts(0x0095)), Need::mandatory);   // RSA_PSK
  EXPECT_EQ(server_key_exchange_of(parts(0xc004)), Need::forbidden);  // ECDH_ECDSA
}

}  // namespace
}  // namespace tlslens::test
