// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/prelude.h"

#include <gtest/gtest.h>

#include "diagnosis/session.h"
#include "support/wire_builder.h"

namespace tlslens::test {
namespace {

using Told = Prelude::Told;
constexpr Moment kNow{7, 1'000'000};

ByteVec line(std::string_view text) { return {text.begin(), text.end()}; }
ByteVec hello() { return handshake_record(client_hello()); }

TEST(Prelude, TellsServerThatGreetsAndAnswersInPlainText) {
  Prelude prelude;
  EXPECT_EQ(prelude.take(Side::b, line("220 mail.example ESMTP\r\n"), false, kNow), Told::nothing);
  EXPECT_EQ(prelude.take(Side::a, hello(), false, kNow), Told::nothing);
  EXPECT_EQ(prelude.take(Side::b, line("500 unknown command\r\n"), false, kNow),
            Told::server_is_plain);
  EXPECT_EQ(prelude.text(Side::b), "220 mail.example ESMTP");
  EXPECT_EQ(prelude.client(), Side::a);
}

TEST(Prelude, TellsServerThatGreetsInPlainTextAndCloses) {
  Prelude prelude;
  prelude.take(Side::b, line("SSH-2.0-Example\r\n"), false, kNow);
  EXPECT_EQ(prelude.take_end(Side::b, false), Told::nothing);
  prelude.take(Side::a, hello(), false, kNow);
  EXPECT_EQ(prelude.take_end(Side::b, false), Told::server_is_plain);
}

TEST(Prelude, JoinsLineThatComesInPieces) {
  Prelude prelude;
  for (const char c : std::string_view("220 mail.example ESMTP\r\n more")) {
    prelude.take(Side::b, ByteVec{static_cast<uint8_t>(c)}, false, kNow);
  }
  EXPECT_EQ(prelude.text(Side::b), "220 mail.example ESMTP");
}

TEST(Prelude, ToleratesTlsThatNobodyReads) {
  Prelude prelude;
  prelude.take(Side::b, line("220 mail.example ESMTP\r\n"), false, kNow);
  prelude.take(Side::a, hello(), false, kNow);
  EXPECT_EQ(prelude.take(Side::b, handshake_record(server_hello_tls12()), false, kNow),
            Told::nothing);
  EXPECT_EQ(prelude.take(Side::b, line("more"), false, kNow), Told::nothing);
}

TEST(Prelude, ToleratesHelloThatIsReadAsTls) {
  Prelude prelude;
  prelude.take(Side::a, hello(), true, kNow);
  EXPECT_EQ(prelude.take(Side::b, line("plain"), false, kNow), Told::nothing);
}

// RFC 8446 §6: an alert in the clear.
TEST(Prelude, TellsClientWhoseRequestIsRefused) {
  Prelude by_alert;
  by_alert.take(Side::a, line("GET / HTTP/1.1\r\n"), false, kNow);
  EXPECT_EQ(by_alert.take(Side::b, record(21, {2, 10}), false, kNow), Told::client_is_plain);
  Prelude by_text;
  by_text.take(Side::a, line("GET / HTTP/1.1\r\n"), false, kNow);
  EXPECT_EQ(by_text.take(Side::b, line("HTTP/1.1 400 Bad Request\r\n\r\nsent to HTTPS port"), false,
                         kNow),
            Told::client_is_plain);
  Prelude by_end;
  by_end.take(Side::a, line("GET / HTTP/1.1\r\n"), false, kNow);
  EXPECT_EQ(by_end.take_end(Side::b, true), Told::client_is_plain);
}

TEST(Prelude, ToleratesPlainHttp) {
  Prelude prelude;
  prelude.take(Side::a, line("GET / HTTP/1.1\r\n"), false, kNow);
  EXPECT_EQ(prelude.take(Side::b, line("HTTP/1.1 400 Bad Request\r\n\r\n"), false, kNow),
            Told::nothing);
  EXPECT_EQ(prelude.take_end(Side::b, true), Told::nothing);
}

// Conversation is what is said before TLS, the client (a) first, and how it ends.
struct Conversation {
  std::string_view request;
  std::string_view answer;
  std::string_view next;  // of the client
};

Told told_of(const Conversation& said) {
  Prelude prelude;
  prelude.take(Side::b, line("220 greeting\r\n"), false, kNow);
  EXPECT_EQ(prelude.take(Side::a, line(said.request), false, kNow), Told::nothing);
  EXPECT_EQ(prelude.take(Side::b, line(said.answer), false, kNow), Told::nothing);
  if (!said.next.empty()) {
    EXPECT_EQ(prelude.take(Side::a, line(said.next), false, kNow), Told::nothing);
    prelude.take(Side::b, line("221 bye\r\n"), false, kNow);
  }
  return prelude.take_end(Side::a, false);
}

// RFC 3207 §4, RFC 2595 §3.1 and §4, RFC 4217 §4, RFC 5804 §2.2, RFC 6120 §5.4.2.2, RFC 9110 §9.3.6
constexpr Conversation kRefused[] = {
    {"STARTTLS\r\n", "454 TLS not available\r\n", ""},
    {"starttls\r\n", "502 5.5.1 unknown\r\n", "QUIT\r\n"},
    {"A002 STARTTLS\r\n", "A002 BAD no\r\n", "A003 LOGOUT\r\n"},
    {"STLS\r\n", "-ERR no\r\n", "QUIT\r\n"},
    {"AUTH TLS\r\n", "504 no\r\n", "QUIT\r\n"},
    {"auth ssl \r\n", "504 no\r\n", "QUIT\r\n"},
    {"STARTTLS\r\n", "NO \"not here\"\r\n", ""},
    {"<starttls xmlns='x'/>", "<failure xmlns='x'/>", "</stream:stream>"},
    {"CONNECT a.example:443 HTTP/1.1\r\n", "HTTP/1.1 403 Forbidden\r\n", ""},
};

TEST(Prelude, TellsTlsThatWasRefused) {
  for (const Conversation& said : kRefused) {
    EXPECT_EQ(told_of(said), Told::refused) << said.request;
  }
}

TEST(Prelude, ToleratesClientThatGoesOnWithoutTls) {
  for (Conversation said : kRefused) {
    said.next = "MAIL FROM:<a@mail.example>\r\n";
    EXPECT_EQ(told_of(said), Told::nothing) << said.request;
  }
}

TEST(Prelude, ToleratesTlsThatIsGranted) {
  constexpr Conversation kGranted[] = {
      {"STARTTLS\r\n", "220 go\r\n", ""},
      {"A002 STARTTLS\r\n", "A002 OK\r\n", ""},
      {"STLS\r\n", "+OK\r\n", ""},
      {"AUTH TLS\r\n", "234 go\r\n", ""},
      {"<starttls xmlns='x'/>", "<proceed xmlns='x'/>", ""},
      {"CONNECT a.example:443 HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", ""},
      {"NOOP\r\n", "500 unknown\r\n", ""},
      {"STARTTLS now\r\n", "501 no parameters\r\n", ""},
  };
  for (const Conversation& said : kGranted) {
    EXPECT_EQ(told_of(said), Told::nothing) << said.request;
  }
}

// The numbers of PostgreSQL's protocol, and RFC 4511 §4.14: the object identifier of StartTLS.
TEST(Prelude, TellsBinaryRefusals) {
  const ByteVec ssl_request{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
  ByteVec start_tls{0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16};
  const ByteVec oid = line("1.3.6.1.4.1.1466.20037");
  start_tls.insert(start_tls.end(), oid.begin(), oid.end());
  const auto refused = [&](const ByteVec& request, const ByteVec& answer) {
    Prelude prelude;
    prelude.take(Side::a, request, false, kNow);
    prelude.take(Side::b, answer, false, kNow);
    return prelude.take_end(Side::a, false) == Told::refused;
  };
  EXPECT_TRUE(refused(ssl_request, line("N")));
  EXPECT_FALSE(refused(ssl_request, line("S")));
  EXPECT_FALSE(refused(ssl_request, line("No")));
  EXPECT_TRUE(refused(start_tls, {0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 2, 4, 0, 4, 0}));
  EXPECT_FALSE(refused(start_tls, {0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0}));
  for (size_t n = 0; n < start_tls.size(); ++n) {
    EXPECT_EQ(asked_for(Bytes(start_tls).first(n)), Asked::nothing) << n;
  }
}

// The header of the PROXY protocol, versions 1 and 2.
TEST(Prelude, TellsProxyHeaderThatIsRefused) {
  const ByteVec second{'\r', '\n', '\r', '\n', 0,    '\r', '\n', 'Q',
                       'U',  'I',  'T',  '\n', 0x20, 0,    0,    0};
  for (const ByteVec& header : {line("PROXY UNKNOWN\r\n"), second}) {
    Prelude closed;
    closed.take(Side::a, header, false, kNow);
    EXPECT_EQ(closed.take_end(Side::b, true), Told::client_is_plain);
    EXPECT_TRUE(is_proxy_header(closed.text(Side::a)));
    Prelude answered;
    answered.take(Side::a, header, false, kNow);
    answered.take(Side::b, line("HTTP/1.1 400 Bad Request\r\n"), false, kNow);
    EXPECT_EQ(answered.take(Side::a, hello(), false, kNow), Told::client_is_plain);
    Prelude taken;
    taken.take(Side::a, header, false, kNow);
    EXPECT_EQ(taken.take(Side::a, hello(), false, kNow), Told::nothing);
    Prelude tunnelled;
    tunnelled.take(Side::a, header, false, kNow);
    tunnelled.take(Side::b, line("HTTP/1.1 200 Connection established\r\n"), false, kNow);
    EXPECT_EQ(tunnelled.take(Side::a, hello(), false, kNow), Told::nothing);
  }
}

// From 4.4 on Wireshark reads the header, and gives what follows it to TLS whatever was answered.
class ProxyHeader {
 public:
  ProxyHeader() {
    take_syn(Side::a, 100, std::nullopt);
    take_syn(Side::b, 200, 101);
    session_.follow(tcp_, nullptr);
  }
  void say(Side by, std::string_view text) {
    if (!session_.prelude()) {
      session_.prelude() = std::make_unique<Prelude>();
    }
    session_.prelude()->take(by, line(text), false, kNow);
  }
  const Row& send_hello() {
    const ByteVec bytes = hello();
    Delivery delivery{kNow.frame, Side::a, false, 145, bytes, static_cast<uint32_t>(bytes.size()),
                      201};
    Look look;
    connection_.first_look(delivery, false, {}, capture_.memory, look);
    session_.take_look(look, delivery, connection_, kNow, capture_);
    session_.settle(connection_, kNow, {}, capture_);
    return capture_.ledger.rows().back();
  }

 private:
  void take_syn(Side side, uint32_t seq, std::optional<uint32_t> ack) {
    TcpFrame frame;
    frame.side = side;
    frame.seq = seq;
    frame.ack = ack;
    frame.syn = true;
    tcp_.take(frame);
  }

  TcpSides tcp_;
  Capture capture_;
  Connection connection_;
  Session session_;
};

TEST(Prelude, TellsRefusedProxyHeaderWhereWhatFollowsIsReadAsTls) {
  ProxyHeader refused;
  refused.say(Side::a, "PROXY TCP4 192.0.2.7 203.0.113.9 50123 443\r\n");
  refused.say(Side::b, "HTTP/1.1 400 Bad Request\r\n");
  EXPECT_EQ(refused.send_hello().cause, Cause::proxy_header_refused);
  ProxyHeader tunnelled;
  tunnelled.say(Side::a, "PROXY TCP4 192.0.2.7 203.0.113.9 50123 443\r\n");
  tunnelled.say(Side::b, "HTTP/1.1 200 Connection established\r\n");
  EXPECT_EQ(tunnelled.send_hello().outcome, Outcome::in_progress);
  ProxyHeader silent;
  silent.say(Side::a, "PROXY TCP4 192.0.2.7 203.0.113.9 50123 443\r\n");
  EXPECT_EQ(silent.send_hello().outcome, Outcome::in_progress);
}

}  // namespace
}  // namespace tlslens::test
