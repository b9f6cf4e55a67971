// SPDX-License-Identifier: GPL-2.0-or-later
// Eight times the input costs about eight times the work, whatever the input is. Measured is the
// processor's time for one against that for the other, in the same run.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <ctime>
#include <deque>
#include <functional>
#include <limits>
#include <memory>

#include "diagnosis/session.h"
#include "support/conversation.h"

namespace tlslens::test {
namespace {

constexpr size_t kSegment = 1460;

// Core is all that the plugin does with the bytes of connections, but for drawing.
class Core {
 public:
  struct One {
    Connection connection;
    Session session;
    uint32_t next[2] = {1, 1};
  };

  One& connect() { return all_.emplace_back(); }

  void send(One& one, Side side, Bytes bytes) {
    uint32_t& next = one.next[index(side)];
    const auto size = static_cast<uint32_t>(bytes.size());
    Delivery d{++frame_, side, side == Side::b, next, bytes, size, one.next[index(other(side))]};
    d.time = frame_ / 1000;
    d.opens = next == 1;
    const Moment now{frame_, int64_t{frame_} * 1000};
    one.connection.first_look(d, true, {}, capture_.memory, look_);
    one.session.take_look(look_, d, one.connection, now, capture_);
    one.connection.after_first_look(d, size, look_);
    TcpFrame frame;
    frame.frame = frame_;
    frame.side = side;
    frame.time = now.time;
    frame.seq = next;
    frame.ack = *d.ack;
    frame.ttl = 64;
    frame.length = size;
    frame.payload = bytes;
    one.session.take(frame, one.connection);
    one.session.settle(one.connection, now, {}, capture_);
    next += size;
  }
  void send_in(One& one, Side side, const ByteVec& bytes, size_t segment) {
    for (size_t at = 0; at < bytes.size(); at += segment) {
      send(one, side, Bytes(bytes).subspan(at, std::min(segment, bytes.size() - at)));
    }
  }

 private:
  std::deque<One> all_;
  Capture capture_;
  Look look_;
  uint32_t frame_ = 0;
};

double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  constexpr double kNano = 1e-9;
  return static_cast<double>(now.tv_sec) + kNano * static_cast<double>(now.tv_nsec);
}

double time_of(const std::function<void(Core&)>& play) {
  constexpr int kTimes = 2;
  double least = 1e9;
  for (int i = 0; i < kTimes; ++i) {
    const auto core = std::make_unique<Core>();
    const double begin = processor_time();
    play(*core);
    least = std::min(least, processor_time() - begin);
  }
  return least;
}

// Load is something that an attacker may send so much of as he likes: `make` gives what `n` of it
// are, to be played.
struct Load {
  const char* name;
  size_t most;
  std::function<void(Core&)> (*make)(size_t n);
};

std::function<void(Core&)> behind_a_hello(ByteVec bytes, size_t segment = kSegment) {
  return [bytes = std::move(bytes), segment](Core& core) {
    Core::One& one = core.connect();
    core.send(one, Side::a, handshake_record(client_hello()));
    core.send(one, Side::b, handshake_record(server_hello_tls12()));
    core.send_in(one, Side::b, bytes, segment);
  };
}

std::function<void(Core&)> hello_with(const HelloSpec& spec) {
  return [bytes = records(22, client_hello(spec), 16384)](Core& core) {
    for (int i = 0; i < 10; ++i) {
      core.send(core.connect(), Side::a, bytes);
    }
  };
}

ByteVec long_message(size_t n) { return Builder().u8(11).u24(900'000).fill(n, 0).done(); }

const Load kLoads[] = {
    {"empty records", 240'000,
     [](size_t n) { return behind_a_hello(repeated(n, record(23, {}))); }},
    {"records of one byte of a message", 48'000,
     [](size_t n) { return behind_a_hello(records(22, long_message(n), 1)); }},
    {"segments of one byte of a message", 24'000,
     [](size_t n) { return behind_a_hello(records(22, long_message(n), 16384), 1); }},
    {"bytes of a message of 16 MB that never ends", 4'000'000,
     [](size_t n) {
       const ByteVec message = Builder().u8(11).u24(0xffffff).fill(n, 0).done();
       return behind_a_hello(records(22, message, 16384));
     }},
    {"alerts", 24'000, [](size_t n) { return behind_a_hello(repeated(n, alert_record(1, 90))); }},
    {"messages of no length", 48'000,
     [](size_t n) { return behind_a_hello(records(22, repeated(n, handshake(0, {})), 1024)); }},
    {"cipher suites", 32'000,
     [](size_t n) {
       HelloSpec spec;
       spec.suites.clear();
       for (size_t i = 0; i < n; ++i) {
         spec.suites.push_back(static_cast<uint16_t>(i));
       }
       return hello_with(spec);
     }},
    {"extensions", 8'000,
     [](size_t n) {
       HelloSpec spec;
       spec.extensions = ByteVec{};
       for (size_t i = 0; i < n; ++i) {
         const ByteVec one = extension(static_cast<uint16_t>(i), {0, 0});
         spec.extensions->insert(spec.extensions->end(), one.begin(), one.end());
       }
       return hello_with(spec);
     }},
    {"key shares", 8'000,
     [](size_t n) {
       const ByteVec shares = repeated(n, Builder().u16(0x001d).vec(2, {1}).done());
       HelloSpec spec;
       spec.extensions = extension(51, Builder().vec(2, shares).done());
       return hello_with(spec);
     }},
    {"certificates of one list", 80'000,
     [](size_t n) {
       const ByteVec list = repeated(n, Builder().vec(3, {0x30, 0}).done());
       return behind_a_hello(records(22, handshake(11, Builder().vec(3, list).done()), 16384));
     }},
    {"elements of a certificate", 16'000,
     [](size_t n) {
       const ByteVec der = Builder().u8(0x30).u8(0x82).vec(2, repeated(n, {0x30, 0, 5, 0})).done();
       const ByteVec list = Builder().vec(3, der).done();
       return behind_a_hello(records(22, handshake(11, Builder().vec(3, list).done()), 16384));
     }},
    {"handshakes on one port pair", 4'000,
     [](size_t n) -> std::function<void(Core&)> {
       return [n](Core& core) {
         Core::One& one = core.connect();
         for (size_t i = 0; i < n; ++i) {
           core.send(one, Side::a, handshake_record(client_hello()));
           core.send(one, Side::b, alert_record(2, 40));
         }
       };
     }},
    {"connections with half a message each", 80'000,
     [](size_t n) -> std::function<void(Core&)> {
       return [n](Core& core) {
         ByteVec half = handshake_record(client_hello());
         half.resize(half.size() / 2);
         for (size_t i = 0; i < n; ++i) {
           core.send(core.connect(), Side::a, half);
         }
       };
     }},
};

// What grows with the square takes 64 times as long. Beside that, a small load fits into caches,
// which alone is a factor of 2.
constexpr double kMost = 32;

// growth_of is how many times as long the large load takes: the least of several, because what else
// the machine does can only add to it.
double growth_of(const Load& load) {
  constexpr int kTimes = 3;
  double least = 1e9;
  for (int i = 0; i < kTimes; ++i) {
    const double many = time_of(load.make(load.most));
    least = std::min(least, many / time_of(load.make(load.most / 8)));
  }
  return least;
}

// keep_memory: memory that was given back is had again for nothing, so that the large load does not
// pay for pages that the small one finds.
void keep_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

TEST(Growth, IsLinear) {
  keep_memory();
  for (const Load& load : kLoads) {
    const double growth = growth_of(load);
    RecordProperty(load.name, std::to_string(growth));
    EXPECT_LT(growth, kMost) << load.name;
  }
}

// The same test sees what grows with the square.
TEST(Growth, IsSeenWhereItIsNotLinear) {
  const auto square = [](size_t n) -> std::function<void(Core&)> {
    return [n](Core& core) {
      volatile size_t sum = 0;
      for (size_t i = 0; i < n * n; ++i) {
        sum = sum + i;
      }
      core.connect();
    };
  };
  // What else the machine does may lengthen the small load, of a millisecond, more than the large
  // one.
  double growth = 0;
  for (int i = 0; i < 5; ++i) {
    growth = std::max(growth, time_of(square(8000)) / time_of(square(1000)));
  }
  EXPECT_GT(growth, kMost);
}

}  // namespace
}  // namespace tlslens::test
