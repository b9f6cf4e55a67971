// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>
#include <random>
#include <set>

#include "support/body_samples.h"
#include "support/mark_checks.h"
#include "support/runs.h"
#include "support/vector_file.h"

namespace {

// Work is measured by what it allocates, not by time: the sum of all sizes asked for.
std::atomic<size_t> g_allocated{0};

void* allocate(size_t n) {
  g_allocated += n;
  if (void* p = std::malloc(n == 0 ? 1 : n)) {
    return p;
  }
  std::abort();
}

}  // namespace

void* operator new(size_t n) { return allocate(n); }
void* operator new[](size_t n) { return allocate(n); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t) noexcept { std::free(p); }

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;

// pick gives a number below n.
uint32_t pick(std::mt19937& engine, size_t n) { return static_cast<uint32_t>(engine() % n); }

// Sample is one hello of a vector or of the builder, header included.
struct Sample {
  std::string name;
  ByteVec message;
};

uint32_t u24_at(const ByteVec& bytes, size_t at) {
  return uint32_t{bytes[at]} << 16 | uint32_t{bytes[at + 1]} << 8 | bytes[at + 2];
}

// hellos_in takes the hellos that stand at the start of deliveries and are whole in their record.
std::vector<Sample> hellos_in(const VectorFile& vector) {
  std::vector<Sample> out;
  for (const Sent& sent : vector.sent) {
    const ByteVec& b = sent.bytes;
    if (b.size() > 9 && b[0] == 22 && (b[5] == 1 || b[5] == 2) && b.size() >= 9 + u24_at(b, 6)) {
      const ByteVec message(b.begin() + 5, b.begin() + 9 + static_cast<long>(u24_at(b, 6)));
      out.push_back({vector.name + " #" + std::to_string(out.size()), message});
    }
  }
  return out;
}

std::vector<Sample> samples() {
  std::vector<Sample> out;
  for (const VectorFile& vector : vectors()) {
    const std::vector<Sample> more = hellos_in(vector);
    out.insert(out.end(), more.begin(), more.end());
  }
  out.push_back({"built ClientHello", client_hello()});
  out.push_back({"built ClientHello of TLS 1.3", client_hello_tls13()});
  out.push_back({"built ServerHello of TLS 1.2", server_hello_tls12()});
  out.push_back({"built ServerHello of TLS 1.3", server_hello_tls13()});
  return out;
}

// Body is a hello's body as read by its reader.
struct Body : Parsed {
  Body(const ByteVec& message, size_t n, uint32_t missing)
      : Parsed(ByteVec(message.begin() + 4, message.begin() + 4 + static_cast<long>(n)), missing) {
    if (message[0] == 1) {
      read_client_hello(reader, true);
    } else {
      read_server_hello(reader);
    }
  }
};

// size_without_extensions is the length of the body up to its extensions: the one legal prefix.
size_t size_without_extensions(const ByteVec& message) {
  Body body(message, message.size() - 4, 0);
  for (const Mark& mark : body.tape.marks) {
    if (mark.field == Field::extensions_length) {
      return mark.span.offset;
    }
  }
  return message.size() - 4;
}

TEST(Properties, ReportsEveryPrefixOfHello) {
  for (const Sample& sample : samples()) {
    const size_t legal = size_without_extensions(sample.message);
    for (size_t n = 0; n + 4 < sample.message.size(); ++n) {
      Body body(sample.message, n, 0);
      EXPECT_EQ(body.faults.empty(), n == legal) << sample.name << ", " << n << " bytes";
      EXPECT_EQ(std::ranges::count(body.kinds(), FaultKind::cut), 0) << sample.name;
    }
  }
}

TEST(Properties, ReportsEveryCutOfHelloAsCutOnly) {
  for (const Sample& sample : samples()) {
    for (size_t n = 0; n + 4 < sample.message.size(); ++n) {
      Body body(sample.message, n, static_cast<uint32_t>(sample.message.size() - 4 - n));
      EXPECT_FALSE(body.faults.empty()) << sample.name << ", " << n << " bytes";
      for (const FaultKind kind : body.kinds()) {
        EXPECT_EQ(kind, FaultKind::cut) << sample.name << ", " << n << " bytes";
      }
    }
  }
}

TEST(Properties, ReportsEveryPrefixOfHelloWithFixedUpLengths) {
  for (const Sample& sample : samples()) {
    const size_t legal = size_without_extensions(sample.message);
    for (size_t n = 0; n + 4 < sample.message.size(); ++n) {
      const ByteVec body(sample.message.begin() + 4,
                         sample.message.begin() + 4 + static_cast<long>(n));
      SegmentRun run;
      run.client(handshake_record(handshake(sample.message[0], body)));
      EXPECT_EQ(run.reading.facts.faults.empty(), n == legal) << sample.name << ", " << n;
    }
  }
}

// tolerated_lengths names the changes after which a hello still is well-formed: a byte moves from
// one opaque body to the next without breaking either.
const std::set<std::string>& tolerated_lengths() {
  static const std::set<std::string> kNames = {};
  return kNames;
}

TEST(Properties, ReportsEveryLengthThatIsOffByOne) {
  for (const Sample& sample : samples()) {
    const ByteVec body(sample.message.begin() + 4, sample.message.end());
    Body good(sample.message, body.size(), 0);
    for (const Mark& mark : good.tape.marks) {
      if (!is_length(mark)) {
        continue;
      }
      for (const int by : {-1, 1}) {
        const ByteVec bad = with_length_changed(body, mark.span, by);
        Body changed(handshake(sample.message[0], bad), bad.size(), 0);
        const std::string name = sample.name + ": " + info(mark.field).id + " at " +
                                 std::to_string(mark.span.offset) + (by < 0 ? " - 1" : " + 1");
        EXPECT_EQ(changed.faults.empty(), tolerated_lengths().contains(name)) << name;
      }
    }
  }
}

// read_hello reads records with a hello; before one of a server there is one of a client.
const Reading& read_hello(SegmentRun& run, const Sample& sample, const ByteVec& bytes) {
  if (sample.message[0] == 1) {
    return run.client(bytes);
  }
  run.client(handshake_record(client_hello_tls13()));
  return run.server(bytes);
}

// A message that is one byte longer than its header says has a byte behind it; one that is shorter
// goes on in the next record.
TEST(Properties, ReportsHandshakeLengthThatIsOffByOne) {
  for (const Sample& sample : samples()) {
    SegmentRun run;
    const ByteVec shorter = with_length_changed(sample.message, {1, 3}, -1);
    read_hello(run, sample, handshake_record(shorter));
    EXPECT_FALSE(run.reading.facts.faults.empty()) << sample.name << ", - 1";
    SegmentRun other;
    const ByteVec longer = with_length_changed(sample.message, {1, 3}, 1);
    read_hello(other, sample, handshake_record(longer) + data_record(9));
    EXPECT_FALSE(other.reading.facts.faults.empty()) << sample.name << ", + 1";
  }
}

// An SSLv2 header has no marks on the wire: its two values are derived from bits.
bool is_sslv2(const ByteVec& bytes) { return !bytes.empty() && (bytes[0] & 0x80) != 0; }

TEST(Properties, ReadsMarksThatNestAndPartition) {
  for (const VectorFile& vector : vectors()) {
    SegmentRun run;
    for (const Sent& sent : vector.sent) {
      run.read(static_cast<int>(sent.side), sent.bytes);
      expect_nested(run.tape, vector.name);
      const uint64_t begin = is_sslv2(sent.bytes) ? 2 : 0;
      expect_partition(leaves(run.tape, 0), begin, run.reading.consumed, vector.name);
      for (size_t i = 0; i < run.reading.sources.size(); ++i) {
        expect_partition(leaves(run.tape, static_cast<uint8_t>(i + 1)), 0,
                         run.reading.sources[i].have, vector.name + ", assembled");
      }
    }
  }
}

TEST(Properties, ReadsMarksOfMessagesInPiecesThatPartition) {
  for (const Sample& sample : samples()) {
    for (const size_t size : {1U, 2U, 5U, 50U}) {
      SegmentRun run;
      read_hello(run, sample, records(22, sample.message, size));
      expect_nested(run.tape, sample.name);
      expect_partition(leaves(run.tape, 0), 0, run.bytes.size(), sample.name);
      ASSERT_LE(run.reading.sources.size(), 1U);
      if (!run.reading.sources.empty()) {
        expect_partition(leaves(run.tape, 1), 0, sample.message.size(), sample.name);
      }
    }
  }
}

TEST(Properties, ReadsDamagedMessagesIntoMarksThatNest) {
  std::mt19937 engine(7);
  for (const Sample& sample : samples()) {
    for (int i = 0; i < 200; ++i) {
      ByteVec message = sample.message;
      message[4 + engine() % (message.size() - 4)] = static_cast<uint8_t>(engine());
      SegmentRun run;
      run.client(handshake_record(message));
      expect_nested(run.tape, sample.name);
    }
  }
}

TEST(Properties, ReadsPrefixesIntoMarksThatNest) {
  for (const Sample& sample : samples()) {
    for (size_t n = 0; n < sample.message.size(); ++n) {
      SegmentRun run;
      read_hello(run, sample,
                 record(22, ByteVec(sample.message.begin(),
                                    sample.message.begin() + static_cast<long>(n))) +
                     data_record(3));
      expect_nested(run.tape, sample.name + ", " + std::to_string(n) + " bytes");
    }
  }
}

// What follows is about the bodies of support/body_samples.h.

std::string at_length(const BodySample& sample, size_t n) {
  return sample.name + ", " + std::to_string(n) + " bytes";
}

TEST(Properties, ReportsEveryPrefixOfBodyWithFixedUpLengths) {
  for (const BodySample& sample : body_samples()) {
    for (size_t n = 0; n < sample.body.size(); ++n) {
      SampleRun run(sample, sample.in_place(prefix_of(sample.body, n)));
      EXPECT_EQ(run.faults.empty(), sample.legal_prefixes.contains(n)) << at_length(sample, n);
      EXPECT_EQ(std::ranges::count(run.kinds(), FaultKind::cut), 0) << at_length(sample, n);
    }
  }
}

TEST(Properties, ReportsEveryCutOfBodyAsCutOnly) {
  for (const BodySample& sample : body_samples()) {
    const ByteVec whole = sample.bytes();
    for (size_t n = 0; n < whole.size(); ++n) {
      SampleRun run(sample, prefix_of(whole, n), static_cast<uint32_t>(whole.size() - n));
      EXPECT_FALSE(run.faults.empty()) << at_length(sample, n);
      for (const FaultKind kind : run.kinds()) {
        EXPECT_EQ(kind, FaultKind::cut) << at_length(sample, n);
      }
      expect_nested(run.tape, at_length(sample, n));
    }
  }
}

// Two fields are lengths of something else: of what follows when it is decompressed (RFC 8879 §4),
// and of records to come (RFC 6066 §4).
bool is_length_in_body(const Mark& mark) {
  return is_length(mark) && mark.field != Field::uncompressed_length &&
         mark.field != Field::max_fragment_length;
}

// hides_the_next names the lengths behind which something of an unknown kind may begin, of which no
// length is known either, so all that follows is taken for it: an authority (RFC 6066 §6), a curve
// (RFC 8422 §5.4).
bool hides_the_next(const Mark& mark) {
  return mark.field == Field::trusted_ca_name_length || mark.field == Field::psk_hint_length ||
         mark.field == Field::pwd_salt_of_server_length;
}

TEST(Properties, ReportsEveryLengthOfBodyThatIsOffByOne) {
  for (const BodySample& sample : body_samples()) {
    const ByteVec whole = sample.bytes();
    SampleRun good(sample);
    for (const Mark& mark : good.tape.marks) {
      if (!is_length_in_body(mark) || hides_the_next(mark)) {
        continue;
      }
      for (const int by : {-1, 1}) {
        SampleRun run(sample, with_length_changed(whole, mark.span, by));
        EXPECT_FALSE(run.faults.empty()) << sample.name << ": " << info(mark.field).id << " at "
                                         << mark.span.offset << (by < 0 ? " - 1" : " + 1");
      }
    }
  }
}

TEST(Properties, ReadsMarksOfBodyThatNestAndPartition) {
  for (const BodySample& sample : body_samples()) {
    SampleRun run(sample);
    expect_nested(run.tape, sample.name);
    expect_partition(leaves(run.tape, 0), 0, run.bytes.size(), sample.name);
  }
}

std::vector<Fault> faults_without_tape(const BodySample& sample, const ByteVec& of,
                                       uint32_t missing = 0) {
  const ByteVec bytes(of.begin(), of.end());
  std::vector<Fault> faults;
  Parse parse{nullptr, &faults, bytes.data(), 0};
  Reader reader(parse, bytes, missing, 0);
  tlslens::Body unused;
  sample.read(reader, unused);
  return faults;
}

TEST(Properties, ReadsTheSameOfBodyWithoutTape) {
  for (const BodySample& sample : body_samples()) {
    const ByteVec whole = sample.bytes();
    for (size_t n = 0; n <= whole.size(); ++n) {
      const ByteVec part = prefix_of(whole, n);
      const auto missing = static_cast<uint32_t>(whole.size() - n);
      EXPECT_EQ(faults_without_tape(sample, part), SampleRun(sample, part).faults)
          << at_length(sample, n);
      EXPECT_EQ(faults_without_tape(sample, part, missing), SampleRun(sample, part, missing).faults)
          << at_length(sample, n) << ", cut";
    }
  }
}

// mutated changes some bytes, and sometimes the length.
ByteVec mutated(ByteVec bytes, std::mt19937& engine) {
  for (uint32_t i = 1 + pick(engine, 4); i-- > 0 && !bytes.empty();) {
    bytes[pick(engine, bytes.size())] = static_cast<uint8_t>(engine());
  }
  if (engine() % 4 == 0) {
    bytes.resize(pick(engine, 2 * bytes.size() + 2));
  }
  return bytes;
}

// expect_inside: no mark and no fault is about bytes that are not there.
void expect_inside(const SampleRun& run, const std::string& what) {
  for (const Mark& mark : run.tape.marks) {
    EXPECT_LE(end_of(mark.span), run.bytes.size()) << what << ": " << info(mark.field).id;
  }
  for (const Fault& fault : run.faults) {
    EXPECT_LE(end_of(fault.span), run.bytes.size()) << what << ": " << info(fault.field).id;
  }
}

TEST(Hostile, ToleratesMutatedBodies) {
  constexpr size_t kRounds = 20'000;
  std::mt19937 engine(9);
  for (size_t i = 0; i < kRounds; ++i) {
    const BodySample& sample = body_samples()[i % body_samples().size()];
    const ByteVec bytes = mutated(sample.bytes(), engine);
    const uint32_t missing = engine() % 3 == 0 ? pick(engine, 50) : 0;
    SampleRun run(sample, bytes, missing);
    expect_nested(run.tape, sample.name);
    expect_inside(run, sample.name);
    ASSERT_EQ(faults_without_tape(sample, bytes, missing), run.faults) << sample.name;
  }
}

// Conversations to cut in all ways.
struct Named {
  std::string name;
  Conversation sent;
};

std::vector<Named> conversations() {
  std::vector<Named> out = {
      {"built TLS 1.2", conversation_tls12()},
      {"built TLS 1.2 in small records", conversation_tls12(500, 60)},
      {"built TLS 1.3", conversation_tls13()},
  };
  for (const VectorFile& vector : vectors()) {
    out.push_back({vector.name, vector.sent});
  }
  return out;
}

void expect_same(const Tap& one, const Tap& other, const std::string& what) {
  EXPECT_EQ(one.findings(), other.findings()) << what;
  for (const Side side : {Side::a, Side::b}) {
    EXPECT_EQ(one.values(side), other.values(side)) << what;
  }
}

std::vector<std::pair<std::string, Segmenter>> segmenters() {
  std::vector<std::pair<std::string, Segmenter>> out = {{"byte by byte", Segmenter::byte_by_byte()},
                                                        {"by 2", Segmenter::every(2)},
                                                        {"by 5", Segmenter::every(5)},
                                                        {"by 100", Segmenter::every(100)}};
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    out.emplace_back("seed " + std::to_string(seed), Segmenter::random(seed, 3 + seed * seed * 4));
  }
  return out;
}

TEST(Properties, ReadsTheSameHoweverTheBytesAreCut) {
  for (const Named& named : conversations()) {
    if (is_sslv2(named.sent[0].bytes)) {
      continue;  // see ReadsSslv2HelloHoweverTheBytesAreCut
    }
    Tap whole;
    whole.send(named.sent, Segmenter::whole());
    for (const auto& [how, segmenter] : segmenters()) {
      for (const Mode mode : {Mode::keep, Mode::again}) {
        Tap cut(mode);
        cut.send(named.sent, segmenter);
        expect_same(whole, cut,
                    named.name + ", " + how + (mode == Mode::keep ? ", kept" : ", again"));
      }
    }
  }
}

TEST(Properties, ReadsSslv2HelloHoweverTheBytesAreCut) {
  const Conversation sent = {from_client(sslv2_hello_record()),
                             from_server(handshake_record(server_hello_tls12()))};
  Tap whole;
  whole.send(sent, Segmenter::whole());
  for (const size_t size : {40U, 20U, 11U, 10U, 3U, 1U}) {
    for (const Mode mode : {Mode::keep, Mode::again}) {
      Tap cut(mode);
      cut.send(sent, Segmenter::every(size));
      expect_same(
          whole, cut,
          "pieces of " + std::to_string(size) + (mode == Mode::keep ? ", kept" : ", again"));
    }
  }
}

TEST(Properties, ReadsTheSameWithoutTape) {
  for (const Named& named : conversations()) {
    for (const auto& [how, segmenter] : segmenters()) {
      Tap with(Mode::keep, true);
      Tap without(Mode::keep, false);
      with.send(named.sent, segmenter);
      without.send(named.sent, segmenter);
      ASSERT_EQ(with.seen().size(), without.seen().size());
      for (size_t i = 0; i < with.seen().size(); ++i) {
        EXPECT_EQ(with.seen()[i].shown.findings, without.seen()[i].shown.findings) << named.name;
        EXPECT_EQ(with.seen()[i].shown.consumed, without.seen()[i].shown.consumed) << named.name;
        EXPECT_EQ(with.seen()[i].shown.showable, without.seen()[i].shown.showable) << named.name;
        EXPECT_TRUE(without.seen()[i].shown.tape.empty());
      }
    }
  }
}

// stormy_data is what comes behind a handshake: mostly data, and sometimes, of so many, what is not
// in order.
ByteVec stormy_data(std::mt19937& chance, size_t of) {
  const auto pick = [&](size_t n) { return static_cast<size_t>(chance() % n); };
  switch (pick(of)) {
    case 0:
      return record(23, {});
    case 1:
      return record(23, ramp(40, 1), 0x0301);
    case 2:
      return record(21, ramp(26, 2));
    case 3:
      return record(21, {1, 0});
    case 4:
      return record(22, ramp(40, 3));
    case 5:
      return record(23, ramp(18500, 4));
    case 6:
      return record(20, {1});
    case 7:
      return record(23, ramp(3, 5));
    case 8:
      return ramp(pick(20), 6);  // no record
    default:
      return record(23, ramp(17 + pick(300), 7));
  }
}

void expect_same_state(const Handshake& one, const Handshake& other, const std::string& where) {
  EXPECT_EQ(one.state, other.state) << where;
  EXPECT_EQ(one.whole, other.whole) << where;
  EXPECT_EQ(one.hello != nullptr, other.hello != nullptr) << where;
  for (const Direction by : {Direction::client_to_server, Direction::server_to_client}) {
    const Sender& a = one.sender(by);
    const Sender& b = other.sender(by);
    EXPECT_EQ(a.protected_records, b.protected_records) << where;
    EXPECT_EQ(a.small_records, b.small_records) << where;
    EXPECT_EQ(a.warnings, b.warnings) << where;
    EXPECT_EQ(a.closed_in, b.closed_in) << where;
    EXPECT_EQ(a.record_version, b.record_version) << where;
    EXPECT_EQ(a.last_may_be_alert, b.last_may_be_alert) << where;
  }
}

// storm sends the same to all, mostly data, both ways; in a lossy one bytes are missing, too.
void storm(uint32_t seed, bool lossy, std::initializer_list<Tap*> taps,
           const std::function<void(const std::string&)>& check) {
  std::mt19937 chance(seed);
  const Conversation start = seed % 3 == 0 ? conversation_tls13() : conversation_tls12();
  for (Tap* tap : taps) {
    tap->send(start, Segmenter::every(200));
  }
  const uint32_t calm = seed % 4 == 0 ? 20 : 1;
  for (uint32_t i = 0; i < 40 + 8 * calm; ++i) {
    const Side side = chance() % 3 == 0 ? Side::a : Side::b;
    ByteVec bytes;
    for (size_t n = chance() % 6; n != 0; --n) {
      bytes = bytes + stormy_data(chance, 24 * calm);
    }
    const auto how = static_cast<uint32_t>(chance());
    for (Tap* tap : taps) {
      if (lossy && how % (16 * calm) == 0) {
        tap->lose(side, 1 + how % 500);
      }
      if (lossy && how % (23 * calm) == 0) {
        tap->send_cut(side, bytes, bytes.size() / 2);
      } else {
        tap->send({{side, bytes}}, Segmenter::random(how, 700));
      }
    }
    check("seed " + std::to_string(seed) + ", step " + std::to_string(i));
  }
}

// expect_same_without compares what a connection shows with what it shows where nobody wants marks,
// and counts what took the shortest way.
size_t expect_same_without(uint32_t seed, Mode mode) {
  Tap with(mode, true);
  Tap without(mode, false);
  storm(seed, true, {&with, &without}, [&](const std::string& where) {
    expect_same_state(with.connection().handshake(), without.connection().handshake(), where);
  });
  EXPECT_EQ(with.findings(), without.findings()) << seed;
  EXPECT_EQ(with.seen().size(), without.seen().size()) << seed;
  size_t passed = 0;
  for (size_t i = 0; i < std::min(with.seen().size(), without.seen().size()); ++i) {
    const Seen& seen = with.seen()[i];
    const Seen& other = without.seen()[i];
    const std::string where = std::to_string(seed) + ", delivery " + std::to_string(i);
    if (mode != Mode::step || !other.passed) {
      EXPECT_EQ(seen.shown.showable, other.shown.showable) << where;
      EXPECT_EQ(seen.shown.consumed, other.shown.consumed) << where;
    }
    passed += other.passed ? 1 : 0;
    Look look;
    without.connection().notes().look_again(seen.delivery, true, look);
    EXPECT_EQ(show(seen.delivery, look).tape, seen.shown.tape) << where;
  }
  return passed;
}

// Data that goes on as before is read in a shorter way where nobody wants marks.
TEST(Properties, ReadsStormyDataTheSameWithoutTape) {
  size_t passed = 0;
  size_t stepped = 0;
  for (uint32_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    passed += expect_same_without(seed, seed % 2 == 0 ? Mode::again : Mode::keep);
    stepped += expect_same_without(seed, Mode::step);
  }
  EXPECT_GT(passed, 500U) << "the shortest way is taken, too";
  EXPECT_GT(stepped, 1000U);
}

std::vector<std::string> lengths(const Tap& tap, Side side) {
  std::vector<std::string> out = tap.values(side);
  std::erase_if(out, [](const std::string& line) { return !line.starts_with("record.length"); });
  return out;
}

// Where data is stepped over the same records are read, and nothing more is found.
TEST(Properties, ReadsStormyDataTheSameInSteps) {
  size_t continued = 0;
  for (uint32_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    Tap again(Mode::again, true);
    Tap steps(Mode::step, true);
    storm(seed, false, {&again, &steps}, [](const std::string&) {});
    EXPECT_EQ(lengths(again, Side::a), lengths(steps, Side::a)) << seed;
    EXPECT_EQ(lengths(again, Side::b), lengths(steps, Side::b)) << seed;
    for (const Seen& seen : steps.seen()) {
      continued += seen.shown.tape.find("continued in later frames") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(again.findings().size(), steps.findings().size()) << seed;
  }
  EXPECT_GT(continued, 1000U);
}

// cbc_connection sends data of several lengths, all of them possible with CBC and SHA-1.
Tap cbc_connection() {
  constexpr uint16_t kEcdheRsaAes128CbcSha = 0xc013;
  const ByteVec finished = record(22, ramp(64, 1));
  const ByteVec flight = server_hello_tls12(kEcdheRsaAes128CbcSha) + certificate_message(800) +
                         server_key_exchange(300) + handshake(14, {});
  Tap tap(Mode::keep, false);
  tap.send({from_client(handshake_record(client_hello())), from_server(handshake_record(flight)),
            from_client(handshake_record(client_key_exchange()) + ccs_record() + finished),
            from_server(ccs_record() + finished)},
           Segmenter::whole());
  for (const size_t length : {64U, 1024U, 80U, 160U, 640U}) {
    tap.send({from_server(record(23, ramp(length, 2)))}, Segmenter::whole());
  }
  return tap;
}

// Known lengths speak for others only between the shortest and the longest, by the block.
TEST(Properties, FindsLengthsThatKnownOnesDoNotSpeakFor) {
  for (const size_t length : {32U, 65U, 100U, 648U, 1032U}) {
    Tap tap = cbc_connection();
    tap.send({from_server(record(23, ramp(length, 3)))}, Segmenter::whole());
    EXPECT_TRUE(tap.found("record_length_impossible")) << length;
  }
  for (const size_t length : {48U, 96U, 656U, 16384U}) {
    Tap tap = cbc_connection();
    tap.send({from_server(record(23, ramp(length, 3)))}, Segmenter::whole());
    EXPECT_FALSE(tap.found("record_length_impossible")) << length;
  }
  Tap tap = cbc_connection();
  tap.send({from_server(record(23, ramp(18448, 3)))}, Segmenter::whole());
  EXPECT_TRUE(tap.found("record_oversize"));
}

// expect_same_again looks at every delivery once more, in a random order.
void expect_same_again(Tap& tap, uint32_t seed, const std::string& what) {
  std::vector<const Seen*> order;
  for (const Seen& seen : tap.seen()) {
    order.push_back(&seen);
  }
  std::shuffle(order.begin(), order.end(), std::mt19937(seed));
  Look look;
  for (const Seen* seen : order) {
    tap.connection().notes().look_again(seen->delivery, true, look);
    const Shown shown = show(seen->delivery, look);
    const std::string where = what + ", frame " + std::to_string(seen->delivery.frame);
    ASSERT_EQ(shown.tape, seen->shown.tape) << where;
    ASSERT_EQ(shown.findings, seen->shown.findings) << where;
    ASSERT_EQ(shown.summary, seen->shown.summary) << where;
    ASSERT_EQ(shown.showable, seen->shown.showable) << where;
    tap.connection().notes().look_again(seen->delivery, false, look);
    ASSERT_EQ(show(seen->delivery, look).findings, seen->shown.findings) << where;
  }
}

TEST(Properties, ReadsTheSameOnEveryLaterLook) {
  for (const Named& named : conversations()) {
    uint32_t seed = 0;
    for (const auto& [how, segmenter] : segmenters()) {
      for (const Mode mode : {Mode::keep, Mode::again}) {
        Tap tap(mode);
        tap.send(named.sent, segmenter);
        expect_same_again(tap, ++seed, named.name + ", " + how);
        if (HasFatalFailure()) {
          return;
        }
      }
    }
  }
}

// Pieces of both sides, with what a capture can do to them.
void send_damaged(Tap& tap, const Conversation& sent, std::mt19937& engine) {
  for (const Sent& run : sent) {
    for (const ByteVec& piece : Segmenter::random(1 + pick(engine, 1000), 300).cut(run.bytes)) {
      switch (engine() % 8) {
        case 0:
          tap.lose(run.side, piece.size());
          break;
        case 1:
          tap.send_cut(run.side, piece, pick(engine, piece.size() + 1));
          break;
        case 2:
          tap.deliver_at(run.side, tap.next_seq(run.side) - pick(engine, 200), piece);
          break;
        default:
          tap.send(run.side, piece);
      }
    }
  }
}

TEST(Properties, ReadsDamagedCapturesTheSameOnEveryLaterLook) {
  std::mt19937 engine(11);
  for (const Named& named : conversations()) {
    for (int round = 0; round < 60; ++round) {
      Tap tap;
      send_damaged(tap, named.sent, engine);
      expect_same_again(tap, 5, named.name + ", round " + std::to_string(round));
      if (HasFatalFailure()) {
        return;
      }
    }
  }
}

TEST(Properties, ReportsDamagedCapturesWithoutErrors) {
  std::mt19937 engine(12);
  for (const Named& named : conversations()) {
    Tap whole;
    whole.send(named.sent, Segmenter::whole());
    if (!whole.errors().empty()) {
      continue;
    }
    for (int round = 0; round < 40; ++round) {
      Tap tap;
      for (const Sent& run : named.sent) {
        for (const ByteVec& piece : Segmenter::random(1 + pick(engine, 1000), 600).cut(run.bytes)) {
          if (engine() % 6 == 0) {
            tap.lose(run.side, piece.size());
          } else {
            tap.send(run.side, piece);
          }
        }
      }
      ASSERT_EQ(tap.errors(), Lines{}) << named.name << ", round " << round;
    }
  }
}

void expect_bounded(const Tap& tap) {
  const Look& look = tap.last_look();
  EXPECT_LE(look.tape.marks.size(), Tape::kMaxMarks);
  EXPECT_LE(look.findings.size(), kMaxFindings);
  EXPECT_LE(look.reading.sources.size(), Reading::kMaxSources);
  const uint64_t held = look.joined ? look.joined.have : 0;
  EXPECT_LE(look.reading.consumed, tap.seen().back().delivery.reported + held);
}

TEST(Hostile, ToleratesRandomBytes) {
  std::mt19937 engine(1);
  for (int round = 0; round < 3000; ++round) {
    Tap tap(round % 2 == 0 ? Mode::keep : Mode::again);
    for (int i = 0; i < 4; ++i) {
      ByteVec bytes(engine() % 200);
      std::ranges::generate(bytes, [&] { return static_cast<uint8_t>(engine()); });
      if (!bytes.empty() && round % 3 != 0) {
        bytes[0] = static_cast<uint8_t>(20 + engine() % 5);
      }
      if (bytes.size() > 2 && round % 3 == 1) {
        bytes[1] = 3;
        bytes[2] = 3;
      }
      tap.send(engine() % 2 == 0 ? Side::a : Side::b, bytes);
      if (!tap.seen().empty()) {
        expect_bounded(tap);
      }
    }
  }
}

TEST(Hostile, ToleratesMutatedConversations) {
  std::mt19937 engine(2);
  for (const Named& named : conversations()) {
    for (int round = 0; round < 150; ++round) {
      Conversation sent = named.sent;
      for (Sent& run : sent) {
        for (uint32_t n = pick(engine, 4); n-- > 0;) {
          run.bytes[engine() % run.bytes.size()] = static_cast<uint8_t>(engine());
        }
      }
      Tap tap(round % 2 == 0 ? Mode::keep : Mode::again);
      tap.send(sent, Segmenter::random(1 + pick(engine, 99), 700));
      expect_bounded(tap);
    }
  }
}

TEST(Hostile, ToleratesSegmentsThatAreCutAndMixedUp) {
  std::mt19937 engine(3);
  for (const Named& named : conversations()) {
    for (int round = 0; round < 60; ++round) {
      Tap tap(round % 2 == 0 ? Mode::keep : Mode::again);
      send_damaged(tap, named.sent, engine);
      if (!tap.seen().empty()) {
        expect_bounded(tap);
      }
    }
  }
}

TEST(Hostile, ToleratesRecordsOfOneByte) {
  Tap tap;
  tap.send({from_client(records(22, client_hello_tls13(), 1)),
            from_server(records(22, server_hello_tls13(), 1))},
           Segmenter::whole());
  for (const std::string& found : tap.findings()) {
    EXPECT_TRUE(found.starts_with("many_small_records")) << found;
  }
  EXPECT_EQ(std::ranges::count(tap.values(Side::b), "handshake.type: 2"), 1);
}

TEST(Hostile, ToleratesMessageOfSixteenMegabytes) {
  Tap tap;
  tap.send(Side::a, handshake_record(client_hello()));
  const size_t before = g_allocated;
  tap.send(Side::b, handshake_record(server_hello_tls12() +
                                     Builder().u8(11).u24(0xffffff).fill(100, 0).done()));
  EXPECT_TRUE(tap.found("limit_reached"));
  EXPECT_LT(g_allocated - before, 1U << 20) << "what is announced is not what is set aside";
}

// allocated_by gives what a run of deliveries of one byte each allocates.
size_t allocated_by(const ByteVec& bytes) {
  Connection connection;
  Memory memory;
  Look look;
  const size_t before = g_allocated;
  for (uint32_t i = 0; i < bytes.size(); ++i) {
    const Delivery d{i, Side::a, false, i, Bytes(bytes).subspan(i, 1), 1};
    connection.first_look(d, true, {}, memory, look);
    connection.after_first_look(d, 1, look);
  }
  return g_allocated - before;
}

TEST(Hostile, ToleratesManyDeliveriesOfOneByte) {
  const ByteVec hello = handshake_record(client_hello());
  ByteVec many = hello;
  while (many.size() < 640'000) {
    many = many + data_record(16384);
  }
  const ByteVec few(many.begin(), many.begin() + 80'000);
  many.resize(640'000);
  const size_t less = allocated_by(few);
  const size_t more = allocated_by(many);
  EXPECT_LT(more, 9 * less) << less << " bytes for an eighth, " << more << " for all";
}

TEST(Hostile, ToleratesManyHandshakeRecordsOfOneByte) {
  const auto work = [](size_t n) {
    const ByteVec message = Builder().u8(11).u24(900'000).fill(n, 0).done();
    const ByteVec bytes = handshake_record(client_hello()) + records(22, message, 1);
    Connection connection;
    Memory memory;
    Look look;
    const size_t before = g_allocated;
    uint32_t frame = 0;
    for (const ByteVec& piece : Segmenter::every(600).cut(bytes)) {
      const Delivery d{++frame,     Side::a, false,
                       frame * 600, piece,   static_cast<uint32_t>(piece.size())};
      connection.first_look(d, true, {}, memory, look);
      connection.after_first_look(d, d.reported, look);
    }
    return g_allocated - before;
  };
  const size_t less = work(2'000);
  const size_t more = work(16'000);
  EXPECT_LT(more, 9 * less) << less << " bytes for an eighth, " << more << " for all";
}

}  // namespace
}  // namespace tlslens::test
