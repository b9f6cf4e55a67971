// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/prelude.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tlslens::test
