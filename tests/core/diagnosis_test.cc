// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "diagnosis/causes.h"
#include "diagnosis/columns.h"
#include "diagnosis/servers.h"
#include "diagnosis/session.h"
#include "diagnosis/show_session.h"
#include "fields/fields.h"

namespace tlslens::test {
namespace {

Row failed() {
  Row row;
  row.client = {{10, 0, 0, 5}, 4, 50000};
  row.server = {{10, 0, 0, 1}, 4, 443};
  row.begin = row.client_hello = {4, 1'000'000};
  row.outcome = Outcome::failed_alert;
  row.cause = Cause::no_shared_version;
  static const std::string explanation = "a \"quoted\" \\ word\n";
  row.explanation = &explanation;
  row.decided = {6, 1'002'500};
  return row;
}

// RFC 8259 §7
TEST(Columns, WritesJson) {
  EXPECT_EQ(
      json_line(failed(), 0),
      R"({"index":0,"client":"10.0.0.5:50000","server":"10.0.0.1:443","outcome":"failed_alert",)"
      R"("cause":"no_shared_version","explanation":"a \"quoted\" \\ word\u000a",)"
      R"("client_hello_in":4,"decided_in":6,"duration_ms":2.500,)"
      R"("stage":"client: nothing, server: nothing","hint":")" +
          std::string(hint(Cause::no_shared_version)) + "\"}");
}

TEST(Columns, ShowsFailuresFirst) {
  Row well = failed();
  well.outcome = Outcome::established;
  Row bad = failed();
  bad.index = 1;
  const std::vector<const Row*> sorted = in_order({&well, &bad}, 0);
  EXPECT_EQ(sorted[0], &bad);
}

TEST(Row, CallsSilenceNoAnswerAfterASecond) {
  Row row;
  row.client_hello = {4, 5'000'000};
  row.is_silent = true;
  EXPECT_EQ(row.outcome_at(5'999'999), Outcome::in_progress);
  EXPECT_EQ(row.outcome_at(6'000'000), Outcome::no_response);
  row.decided = {9, 5'500'000};
  row.outcome = Outcome::closed_by_client;
  EXPECT_EQ(row.outcome_at(9'000'000), Outcome::closed_by_client);
}

TEST(Ledger, KeepsATextOnceAndNoneForRowsItDoesNotKeep) {
  Ledger ledger(2);
  const Row& first = ledger.add();
  const std::string* text = ledger.text("a.example", first);
  EXPECT_EQ(*text, "a.example");
  EXPECT_EQ(ledger.text("a.example", ledger.add()), text);
  EXPECT_EQ(*ledger.text("b.example", first), "b.example");
  EXPECT_EQ(*ledger.text("c.example", ledger.add()), "");
}

TEST(History, FindsTheRowOfAnyFrame) {
  Ledger ledger;
  History history;
  EXPECT_EQ(history.row_at(9, ledger), nullptr);
  for (const uint32_t frame : {4U, 8U, 8U, 12U}) {
    history.add_row(frame, ledger.add().index);
  }
  const std::deque<Row>& rows = ledger.rows();
  EXPECT_EQ(history.row_at(3, ledger), nullptr);
  EXPECT_EQ(history.row_at(7, ledger), &rows[0]);
  EXPECT_EQ(history.row_at(8, ledger), &rows[2]);
  EXPECT_EQ(history.row_at(11, ledger), &rows[2]);
  EXPECT_EQ(history.row_at(99, ledger), &rows[3]);
  history.add_row(20, Ledger::kNotKept);
  EXPECT_EQ(history.row_at(19, ledger), &rows[3]);
  EXPECT_EQ(history.row_at(20, ledger), nullptr);
}

TEST(Row, HasNamesForAll) {
  for (size_t i = 0; i < static_cast<size_t>(Outcome::count); ++i) {
    EXPECT_STRNE(name(static_cast<Outcome>(i)), "");
  }
  for (size_t i = 1; i < static_cast<size_t>(Cause::count); ++i) {
    EXPECT_STRNE(verdict(static_cast<Cause>(i)), "");
    EXPECT_STRNE(hint(static_cast<Cause>(i)), "");
  }
}

std::vector<Field> fields_at(const Row& row, uint32_t frame) {
  Tape tape;
  show_session(row, frame, tape);
  std::vector<Field> out;
  for (const Mark& mark : tape.marks) {
    out.push_back(mark.field);
  }
  return out;
}

TEST(ShowSession, TellsNothingBeforeItIsKnown) {
  const Row row = failed();
  const std::vector<Field> before = fields_at(row, 5);
  EXPECT_EQ(std::ranges::count(before, Field::session_client_hello), 1);
  EXPECT_EQ(std::ranges::count(before, Field::session_outcome), 0);
  const std::vector<Field> at = fields_at(row, 6);
  EXPECT_EQ(std::ranges::count(at, Field::session_outcome), 1);
  EXPECT_EQ(std::ranges::count(at, Field::session_duration), 1);
  EXPECT_EQ(std::ranges::count(fields_at(row, 7), Field::session_outcome), 0);
}

TEST(Causes, CutsLongExplanations) {
  Row row = failed();
  row.client_hello = {};
  Trail trail;
  trail.text.set(Direction::client_to_server, std::string(300, 'x'));
  const Ending ending{End::text, Direction::client_to_server, {}, row.decided};
  const Handshake handshake;
  const TcpSide side;
  const Case c{ending, row, trail, handshake, side, side, nullptr};
  const Diagnosis found = find_cause(c);
  EXPECT_EQ(found.cause, Cause::plaintext_client);
  EXPECT_EQ(found.explanation.size(), kMaxExplanation);
}

// RFC 3207 §4: what both sides say before STARTTLS is no refusal of TLS.
TEST(Causes, ToleratesTextBeforeTls) {
  const Row row = failed();
  Trail trail;
  trail.text.set(Direction::client_to_server, "EHLO client.example");
  trail.text.set(Direction::server_to_client, "220 mail.example ESMTP");
  const Ending ending{End::alert, Direction::server_to_client, {kFatal, {40}}, row.decided};
  const Handshake handshake;
  const TcpSide side;
  const Case c{ending, row, trail, handshake, side, side, nullptr};
  EXPECT_EQ(find_cause(c).cause, Cause::no_shared_parameters);
  trail.text.set(Direction::client_to_server, {});
  EXPECT_EQ(find_cause(c).cause, Cause::plaintext_server);
  trail.text.set(Direction::server_to_client,
                 "S");  // what PostgreSQL answers to its request for TLS
  EXPECT_EQ(find_cause(c).cause, Cause::no_shared_parameters);
}

TEST(Servers, RemembersWhatTheyChoseButNoMoreThanSoMuch) {
  Servers servers;
  const Endpoint server{{10, 0, 0, 1}, 4, 443};
  EXPECT_EQ(servers.find(server), nullptr);
  for (uint16_t i = 1; i <= 2 * Servers::kMaxChoices; ++i) {
    servers.remember(server, i, 500U - i, version::tls12, {i}, {});
  }
  const Accepted* known = servers.find(server);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->frame, 1U);
  EXPECT_EQ(known->versions.size(), 1U);
  EXPECT_EQ(known->suites.size(), Servers::kMaxChoices);
  EXPECT_TRUE(known->groups.empty());
  EXPECT_EQ(known->shortest_hello, 500U - 2 * Servers::kMaxChoices);
}

}  // namespace
}  // namespace tlslens::test
