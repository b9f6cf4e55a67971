// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/connection.h"

#include <gtest/gtest.h>

#include "diagnosis/session.h"
#include "support/conversation.h"

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;

// Plan is a conversation cut into segments, of which a test can leave some out.
struct Plan {
  struct Segment {
    Side side;
    uint32_t seq;
    ByteVec bytes;
  };
  Plan(const Conversation& conversation, size_t size) {
    uint32_t next[2] = {Tap::kFirst, Tap::kFirst};
    for (const Sent& sent : conversation) {
      for (const ByteVec& piece : Segmenter::every(size).cut(sent.bytes)) {
        uint32_t& seq = next[static_cast<size_t>(sent.side)];
        segments.push_back({sent.side, seq, piece});
        seq += static_cast<uint32_t>(piece.size());
      }
    }
  }
  std::vector<Segment> segments;
};

void deliver(Tap& tap, const Plan::Segment& segment) {
  tap.deliver_at(segment.side, segment.seq, segment.bytes);
}

// rejects_errors expects none of the findings that only a peer's mistake may cause.
void rejects_errors(const Tap& tap, const std::string& what) {
  EXPECT_EQ(tap.errors(), Lines{}) << what;
}

TEST(Connection, ReportsNothingOnPlainConversations) {
  for (const Conversation& conversation : {conversation_tls12(), conversation_tls13()}) {
    Tap tap;
    tap.send(conversation, Segmenter::whole());
    EXPECT_EQ(tap.findings(), Lines{});
    for (const Seen& seen : tap.seen()) {
      EXPECT_TRUE(seen.shown.showable);
    }
  }
}

TEST(Connection, ReadsRecordHeldBackOverDeliveries) {
  Tap tap;
  const ByteVec hello = handshake_record(client_hello());
  tap.send(Side::a, ByteVec(hello.begin(), hello.begin() + 30));
  EXPECT_FALSE(tap.last().showable);
  tap.send(Side::a, ByteVec(hello.begin() + 30, hello.end()));
  EXPECT_TRUE(tap.last().showable);
  EXPECT_EQ(tap.last().consumed, hello.size());
}

TEST(Connection, AsksForBytesThatTcpGivesAgain) {
  Tap tap(Mode::again);
  const ByteVec hello = handshake_record(client_hello());
  tap.send(Side::a, ByteVec(hello.begin(), hello.begin() + 30));
  EXPECT_EQ(tap.last_look().asked_from, 0U);
  EXPECT_EQ(tap.last_look().need, hello.size() - 30);
  tap.send(Side::a, ByteVec(hello.begin() + 30, hello.end()));
  EXPECT_EQ(tap.last().consumed, hello.size());
  EXPECT_EQ(tap.seen().back().bytes.size(), hello.size());
}

// TCP may give bytes again now and not then: its reassembly is off for segments that are out of
// order or cut, and another dissector may decide.
TEST(Connection, ReadsAllRecordsWhenTcpChangesWhatItGivesAgain) {
  const ByteVec hello = handshake_record(client_hello());
  for (const bool first_again : {false, true}) {
    Tap tap;
    tap.set_mode(first_again ? Mode::again : Mode::keep);
    tap.send(Side::a, ByteVec(hello.begin(), hello.begin() + 30));
    tap.set_mode(first_again ? Mode::keep : Mode::again);
    tap.send(Side::a, ByteVec(hello.begin() + 30, hello.begin() + 60));
    tap.send(Side::a, ByteVec(hello.begin() + 60, hello.end()));
    const Lines values = tap.values(Side::a);
    EXPECT_EQ(std::ranges::count(values, "handshake.extensions_server_name: server.example"), 1)
        << (first_again ? "again, then kept" : "kept, then again");
    EXPECT_EQ(tap.findings(), Lines{});
  }
}

TEST(Connection, ReadsRecordThatTcpGivesAgainFromBeforeWhatWasRead) {
  Tap tap;
  Connection& c = tap.connection();
  const ByteVec bytes = handshake_record(client_hello()) + ByteVec{20, 3};
  const ByteVec rest = bytes + ByteVec{3, 0, 1, 1};
  Memory memory;
  Look look;
  const Delivery first{1, Side::a, false, 500, bytes, static_cast<uint32_t>(bytes.size())};
  c.first_look(first, true, {}, memory, look);
  c.after_first_look(first, 0, look);
  const Delivery second{2, Side::a, false, 500, rest, static_cast<uint32_t>(rest.size())};
  c.first_look(second, true, {}, memory, look);
  const Shown shown = show(second, look);
  EXPECT_EQ(std::ranges::count(shown.values, "record.content_type: 20"), 1);
  EXPECT_EQ(std::ranges::count(shown.values, "record.content_type: 22"), 0);
}

// A snap length can leave nothing of a segment's payload; here 30 bytes of it came before.
TEST(Connection, ToleratesSegmentOfWhichNothingWasCaptured) {
  const ByteVec hello = handshake_record(client_hello());
  Tap tap;
  tap.deliver_at(Side::a, 100, hello);
  tap.set_seq(Side::a, 70 + static_cast<uint32_t>(hello.size()));
  tap.send_cut(Side::a, ByteVec(60, 0), 0);
  rejects_errors(tap, "nothing captured");
}

TEST(Connection, ReadsWithoutSequenceNumbers) {
  Connection c;
  Memory memory;
  Look look;
  const Conversation conversation = conversation_tls12();
  uint32_t frame = 0;
  for (const Sent& sent : conversation) {
    const Delivery d{++frame,      sent.side,  sent.side == Side::b,
                     std::nullopt, sent.bytes, static_cast<uint32_t>(sent.bytes.size())};
    c.first_look(d, true, {}, memory, look);
    c.after_first_look(d, d.reported, look);
    EXPECT_TRUE(look.showable);
    EXPECT_TRUE(look.findings.empty());
  }
}

TEST(Connection, ToleratesRetransmission) {
  const Plan plan(conversation_tls12(), 100);
  Tap tap;
  for (const Plan::Segment& segment : plan.segments) {
    deliver(tap, segment);
    deliver(tap, segment);
  }
  EXPECT_EQ(tap.findings(), Lines{});
  Tap once;
  once.send(conversation_tls12(), Segmenter::whole());
  EXPECT_EQ(tap.values(Side::b), once.values(Side::b));
}

TEST(Connection, ReadsOnlyTheNewPartOfOverlappingSegments) {
  const ByteVec first = handshake_record(client_hello());
  Tap tap;
  tap.deliver_at(Side::a, 100, first);
  const auto overlap = static_cast<uint32_t>(first.size() - 20);
  const ByteVec again(first.begin() + overlap, first.end());
  tap.deliver_at(Side::a, 100 + overlap, again + alert_record(2, 40));
  EXPECT_TRUE(tap.found("alert_fatal"));
  EXPECT_EQ(tap.last().consumed, 7U);
}

TEST(Connection, ReportsPlaceOfFindingBehindOverlap) {
  const ByteVec first = handshake_record(client_hello());
  Tap tap;
  tap.deliver_at(Side::a, 100, first);
  const ByteVec again(first.end() - 20, first.end());
  tap.deliver_at(Side::a, 100 + static_cast<uint32_t>(first.size() - 20), again + record(22, {}));
  ASSERT_EQ(tap.last_look().findings.size(), 1U);
  const Place& place = tap.last_look().findings[0].evidence.place;
  EXPECT_EQ(place.field, Field::record_length);
  EXPECT_EQ(place.span, (Span{23, 2})) << "20 bytes of overlap, type and version before it";
}

TEST(Connection, ReportsLossInHandshakeAsIncompleteCapture) {
  const Conversation conversation = conversation_tls12(3000, 1000);
  for (const size_t size : {60U, 100U, 333U, 536U, 1400U}) {
    const Plan plan(conversation, size);
    for (size_t lost = 0; lost + 1 < plan.segments.size(); ++lost) {
      Tap tap;
      for (size_t i = 0; i < plan.segments.size(); ++i) {
        if (i != lost) {
          deliver(tap, plan.segments[i]);
        }
      }
      ASSERT_EQ(tap.errors(), Lines{}) << "segments of " << size << ", lost: " << lost;
    }
  }
}

// Where the server's first segment is missing nothing says so but what comes: no sequence number
// was seen before it.
TEST(Connection, ReportsLossOfTheFirstSegmentOfTheServer) {
  Tap tap;
  tap.send(Side::a, handshake_record(client_hello()));
  const ByteVec flight =
      records(22, server_hello_tls12() + certificate_message(500) + handshake(14, {}), 60);
  tap.send(Side::b, ByteVec(flight.begin() + 100, flight.end()));
  rejects_errors(tap, "the server's first 100 bytes are missing");
  EXPECT_TRUE(tap.found("capture_incomplete"));
}

// The ChangeCipherSpec is among the bytes that were not captured.
TEST(Connection, ReadsProtectedAlertBehindChangeThatTheSnapLengthCut) {
  Tap tap;
  tap.send(Side::a, handshake_record(client_hello()));
  tap.send(Side::b, handshake_record(server_hello_tls12() + certificate_message(90) +
                                     server_key_exchange(300) + handshake(14, {})));
  tap.send_cut(Side::a,
               handshake_record(client_key_exchange()) + ccs_record() + record(22, ramp(40, 1)),
               20);
  tap.send(Side::a, record(21, ramp(26, 1)));
  EXPECT_EQ(tap.last().summary, "Encrypted Alert");
  rejects_errors(tap, "an encrypted alert");
}

TEST(Connection, ReportsGapByName) {
  const Plan plan(conversation_tls12(3000), 400);
  Tap tap;
  for (size_t i = 0; i < plan.segments.size(); ++i) {
    if (i != 3) {
      deliver(tap, plan.segments[i]);
    }
  }
  ASSERT_TRUE(tap.found("capture_incomplete"));
  EXPECT_NE(tap.findings()[0].find("bytes are missing before this segment"), std::string::npos);
}

TEST(Connection, ReadsRecordsBehindGap) {
  Tap tap;
  tap.send(conversation_tls13(), Segmenter::whole());
  tap.lose(Side::b, 700);
  tap.send(Side::b, ramp(50, 0x80) + data_record(40) + data_record(41));
  EXPECT_TRUE(tap.found("capture_incomplete"));
  EXPECT_EQ(tap.last().summary, "Application Data x2");
}

TEST(Connection, ReadsRecordThatIsExpectedBehindGap) {
  Tap tap;
  tap.send(conversation_tls13(), Segmenter::whole());
  const ByteVec data = data_record(1000);
  tap.send(Side::b, ByteVec(data.begin(), data.begin() + 200));
  tap.lose(Side::b, 300);
  tap.send(Side::b, ByteVec(data.begin() + 500, data.end()) + data_record(40));
  EXPECT_EQ(tap.last().summary, "Application Data");
}

TEST(Connection, ReportsLateSegment) {
  const Plan plan(conversation_tls13(), 5000);
  Tap tap;
  deliver(tap, plan.segments[0]);
  deliver(tap, plan.segments[1]);
  const uint32_t seq =
      tap.seen().back().delivery.seq.value() + static_cast<uint32_t>(plan.segments[1].bytes.size());
  const ByteVec early = data_record(100) + data_record(101);
  tap.deliver_at(Side::b, seq + static_cast<uint32_t>(early.size()), data_record(102));
  tap.deliver_at(Side::b, seq, early);
  EXPECT_EQ(tap.last().summary, "Application Data x2") << "the late segment is read by itself";
  tap.deliver_at(Side::b, seq + static_cast<uint32_t>(early.size()) + 107, data_record(103));
  EXPECT_EQ(tap.last().summary, "Application Data");
  rejects_errors(tap, "late segment");
}

TEST(Connection, ReportsSegmentsOutOfOrderWithoutErrors) {
  const Plan plan(conversation_tls12(3000, 1000), 400);
  for (size_t i = 0; i + 1 < plan.segments.size(); ++i) {
    Tap tap;
    std::vector<Plan::Segment> segments = plan.segments;
    std::swap(segments[i], segments[i + 1]);
    for (const Plan::Segment& segment : segments) {
      deliver(tap, segment);
    }
    rejects_errors(tap, "swapped: " + std::to_string(i));
  }
}

TEST(Connection, ReportsCaptureThatBeginsLate) {
  const Plan plan(conversation_tls12(3000, 1000), 400);
  for (size_t from = 1; from < plan.segments.size(); ++from) {
    Tap tap;
    for (size_t i = from; i < plan.segments.size(); ++i) {
      deliver(tap, plan.segments[i]);
    }
    rejects_errors(tap, "from segment " + std::to_string(from));
  }
}

TEST(Connection, ReportsCaptureThatBeginsInEncryptedData) {
  Tap tap;
  tap.send(Side::b, ramp(300, 0x80) + data_record(100) + data_record(101));
  EXPECT_TRUE(tap.found("capture_incomplete"));
  EXPECT_EQ(tap.last().summary, "Application Data x2");
  tap.send(Side::a, record(22, ramp(40, 5)) + record(21, ramp(26, 5)));
  EXPECT_EQ(tap.last().summary, "Encrypted Handshake Message; Encrypted Alert");
  rejects_errors(tap, "mid-stream");
}

// Every segment is cut to the same number of bytes, as a snap length does.
TEST(Connection, ReportsSnapLengthWithoutErrors) {
  for (const size_t fragment : {16384U, 1000U, 200U}) {
    const Plan plan(conversation_tls12(3000, fragment), 1400);
    for (size_t snap = 1; snap < 1400; snap = snap * 21 / 20 + 1) {
      Tap tap;
      for (const Plan::Segment& segment : plan.segments) {
        tap.set_seq(segment.side, segment.seq);
        tap.send_cut(segment.side, segment.bytes, snap);
      }
      ASSERT_EQ(tap.errors(), Lines{}) << "records of " << fragment << ", snap length " << snap;
    }
  }
}

// One segment is cut, all others are whole.
TEST(Connection, ReportsOneSegmentCutWithoutErrors) {
  for (const size_t fragment : {16384U, 1000U, 200U}) {
    const Plan plan(conversation_tls12(3000, fragment), 1400);
    for (size_t i = 0; i < plan.segments.size(); ++i) {
      for (size_t snap = 0; snap < plan.segments[i].bytes.size(); ++snap) {
        Tap tap(Mode::keep, false);
        for (size_t k = 0; k < plan.segments.size(); ++k) {
          const Plan::Segment& segment = plan.segments[k];
          tap.set_seq(segment.side, segment.seq);
          tap.send_cut(segment.side, segment.bytes, k == i ? snap : SIZE_MAX);
        }
        ASSERT_EQ(tap.errors(), Lines{})
            << "records of " << fragment << ", segment " << i << ", captured " << snap;
      }
    }
  }
}

TEST(Connection, ReportsHelloThatTheSnapLengthCuts) {
  const ByteVec hello = handshake_record(client_hello());
  for (size_t captured = 9; captured < hello.size(); ++captured) {
    Tap tap;
    tap.send_cut(Side::a, hello, captured);
    EXPECT_TRUE(tap.found("cut_short")) << captured;
    EXPECT_TRUE(tap.found("capture_incomplete")) << captured;
    rejects_errors(tap, std::to_string(captured));
  }
}

TEST(Connection, ReportsServerHelloThatTheSnapLengthCuts) {
  const ByteVec hello = handshake_record(server_hello_tls13());
  for (size_t captured = 9; captured < hello.size(); ++captured) {
    Tap tap;
    tap.send(Side::a, handshake_record(client_hello_tls13()));
    tap.send_cut(Side::b, hello, captured);
    EXPECT_TRUE(tap.found("cut_short")) << captured;
    tap.send(Side::b, ccs_record() + data_record(900));
    tap.send(Side::a, ccs_record() + data_record(53));
    rejects_errors(tap, std::to_string(captured));
  }
}

TEST(Connection, ReportsOneSidedCaptureWithoutErrors) {
  for (const Side side : {Side::a, Side::b}) {
    for (const bool ports_help : {false, true}) {
      for (const Conversation& conversation :
           {conversation_tls12(), conversation_tls13(), conversation_tls12(3000, 500)}) {
        Tap tap;
        tap.set_looks_like_server(ports_help ? Side::b : Side::a);
        for (const Sent& sent : conversation) {
          if (sent.side == side) {
            tap.send(sent.side, sent.bytes);
          } else {
            tap.lose(sent.side, sent.bytes.size());
          }
        }
        rejects_errors(tap, side == Side::a ? "client only" : "server only");
      }
    }
  }
}

TEST(Connection, ReadsEncryptedFinishedInOneSidedCapture) {
  Tap tap;
  for (const Sent& sent : conversation_tls12()) {
    if (sent.side == Side::a) {
      tap.send(sent.side, sent.bytes);
    } else {
      tap.lose(sent.side, sent.bytes.size());
    }
  }
  EXPECT_EQ(tap.seen()[1].shown.summary,
            "Client Key Exchange, likely ECDHE; Change Cipher Spec; Encrypted Handshake Message");
}

TEST(Connection, ReportsOnceFindingsAgainInNewHandshake) {
  Tap tap;
  tap.send(Side::a, handshake_record(client_hello()) + record(22, {}) + record(22, {}));
  EXPECT_EQ(tap.findings().size(), 1U);
  tap.send(Side::a, handshake_record(client_hello()) + record(22, {}));
  const Lines found = tap.findings();
  const auto is_empty_record = [](const std::string& line) {
    return line.starts_with("record_empty");
  };
  EXPECT_EQ(std::ranges::count_if(found, is_empty_record), 2);
}

TEST(Connection, ReadsNothingOfDeliveryThatWasNeverSeen) {
  Connection c;
  Look look;
  const ByteVec hello = handshake_record(client_hello());
  c.notes().look_again({1, Side::a, false, 7, hello, static_cast<uint32_t>(hello.size())}, true,
                       look);
  EXPECT_TRUE(look.tape.marks.empty());
  EXPECT_FALSE(look.showable);
}

// What is left of a connection that is over shows the same, and reads nothing of what was sent
// before its end.
TEST(Connection, ShowsTheSameWhenItIsOver) {
  Tap tap;
  tap.send(conversation_tls12(), Segmenter::whole());
  Session session;
  Past past(tap.connection(), session);
  Look look;
  for (const Seen& seen : tap.seen()) {
    past.notes.look_again(seen.delivery, true, look);
    EXPECT_EQ(show(seen.delivery, look).tape, seen.shown.tape);
    EXPECT_TRUE(past.repeats(seen.delivery));
  }
  Delivery again = tap.seen().front().delivery;
  again.frame = 1000;
  past.notes.remember_repetition(again);
  past.notes.look_again(again, true, look);
  EXPECT_TRUE(look.tape.marks.empty());
  past.notes.look_again(tap.seen().front().delivery, true, look);
  EXPECT_FALSE(look.tape.marks.empty());
  again.seq = tap.next_seq(again.side);
  EXPECT_FALSE(past.repeats(again));
  again.seq.reset();
  EXPECT_FALSE(past.repeats(again));
}

}  // namespace
}  // namespace tlslens::test
