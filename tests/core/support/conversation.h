// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "findings/connection.h"
#include "support/segmenter.h"
#include "support/tape_printer.h"

namespace tlslens::test {

// Sent is a run of bytes that one side sends.
struct Sent {
  Side side;
  ByteVec bytes;
};
using Conversation = std::vector<Sent>;

inline Sent from_client(ByteVec bytes) { return {Side::a, std::move(bytes)}; }
inline Sent from_server(ByteVec bytes) { return {Side::b, std::move(bytes)}; }

// Shown is what a look showed, in text.
struct Shown {
  std::string tape;
  std::vector<std::string> values;  // "field: value" of each mark but fragments
  std::vector<std::string> findings;
  std::string summary;
  uint32_t consumed = 0;
  bool showable = false;

  bool operator==(const Shown&) const = default;
};

inline bool is_fragment(Field field) {
  return field == Field::handshake_fragment || field == Field::fragment_type ||
         field == Field::fragment_length || field == Field::fragment_have;
}

// values_of leaves out fragments with all that is below them.
inline std::vector<std::string> values_of(const Tape& tape, const Sources& sources) {
  std::vector<std::string> out;
  int fragment_depth = -1;
  for (const Mark& mark : tape.marks) {
    if (fragment_depth >= 0 && mark.depth > fragment_depth) {
      continue;
    }
    fragment_depth = mark.field == Field::handshake_fragment ? mark.depth : -1;
    if (!is_fragment(mark.field)) {
      out.push_back(line_of(tape, mark, sources));
    }
  }
  return out;
}

inline Shown show(const Delivery& delivery, const Look& look) {
  Sources sources{delivery.bytes};
  for (const Pieces& pieces : look.reading.sources) {
    sources.push_back(pieces.bytes());
  }
  Shown out;
  out.tape = print_tape(look.tape, sources);
  out.values = values_of(look.tape, sources);
  for (const Finding& finding : look.findings) {
    out.findings.push_back(print_finding(finding));
  }
  out.summary = look.reading.summary;
  out.consumed = look.reading.consumed;
  out.showable = look.showable;
  return out;
}

// Seen is a delivery that was looked at. It owns the bytes.
struct Seen {
  Delivery delivery;
  ByteVec bytes;
  Shown shown;
  bool passed = false;  // Connection::pass took it
};

// Mode is what TCP does with the bytes of a record that is not whole.
enum class Mode {
  keep,   // it gives nothing again: the connection keeps them
  again,  // it gives them again, with the bytes that were asked for
  step,   // the same, but records of data are stepped over
};

// Tap feeds a Connection as TCP would and keeps what each look showed.
class Tap {
 public:
  // kFirst is the sequence number of a side's first byte; it wraps around early.
  static constexpr uint32_t kFirst = 0xffffff00;

  explicit Tap(Mode mode = Mode::keep, bool with_tape = true)
      : mode_(mode), with_tape_(with_tape) {}

  void set_seq(Side side, uint32_t seq) { sequence(side).next = seq; }
  void set_looks_like_server(Side side) { server_side_ = side; }

  // send delivers the next segment of a side.
  void send(Side side, const ByteVec& bytes) {
    ++frame_;
    Sequence& s = sequence(side);
    s.waiting.insert(s.waiting.end(), bytes.begin(), bytes.end());
    flush(side);
  }
  void send(const Conversation& conversation, Segmenter segmenter) {
    for (const Sent& sent : conversation) {
      for (const ByteVec& piece : segmenter.cut(sent.bytes)) {
        send(sent.side, piece);
      }
    }
  }
  // send_cut delivers a segment of which the last bytes were not captured.
  void send_cut(Side side, const ByteVec& bytes, size_t captured) {
    ++frame_;
    Sequence& s = sequence(side);
    const ByteVec kept(bytes.begin(),
                       bytes.begin() + static_cast<ptrdiff_t>(std::min(captured, bytes.size())));
    deliver(side, s.next, kept, static_cast<uint32_t>(bytes.size()));
    s.next += static_cast<uint32_t>(bytes.size());
  }
  // lose lets bytes of a side go by unseen.
  void lose(Side side, size_t n) { sequence(side).next += static_cast<uint32_t>(n); }
  // deliver_at delivers bytes of any sequence number, out of the order of the stream.
  void deliver_at(Side side, uint32_t seq, const ByteVec& bytes) {
    ++frame_;
    deliver(side, seq, bytes, static_cast<uint32_t>(bytes.size()));
  }
  uint32_t next_seq(Side side) { return sequence(side).next; }
  // expect_again sets whether TCP gives bytes again from now on.
  void set_mode(Mode mode) { mode_ = mode; }

  const std::deque<Seen>& seen() const { return seen_; }
  const Shown& last() const { return seen_.back().shown; }
  Connection& connection() { return connection_; }
  Memory& memory() { return memory_; }
  const Look& last_look() const { return look_; }

  std::vector<std::string> findings() const {
    std::vector<std::string> out;
    for (const Seen& seen : seen_) {
      out.insert(out.end(), seen.shown.findings.begin(), seen.shown.findings.end());
    }
    return out;
  }
  bool found(std::string_view name) const {
    return std::ranges::any_of(findings(), [&](const std::string& line) {
      return line.starts_with(std::string(name) + " (");
    });
  }
  // errors gives the findings of severity error.
  std::vector<std::string> errors() const {
    std::vector<std::string> out;
    for (const std::string& line : findings()) {
      if (line.find(" (error): ") != std::string::npos) {
        out.push_back(line);
      }
    }
    return out;
  }
  std::vector<std::string> values(Side side) const {
    std::vector<std::string> out;
    for (const Seen& seen : seen_) {
      if (seen.delivery.side == side) {
        out.insert(out.end(), seen.shown.values.begin(), seen.shown.values.end());
      }
    }
    return out;
  }

 private:
  struct Sequence {
    uint32_t next = kFirst;  // of the first byte in `waiting`
    ByteVec waiting;
    size_t kept = 0;    // bytes at the start of `waiting` that were delivered and come again
    uint32_t need = 0;  // bytes behind them that TCP waits for
  };

  Sequence& sequence(Side side) { return sequences_[static_cast<size_t>(side)]; }

  static bool is_due(const Sequence& s) {
    const size_t wanted = s.need == Reading::kNeedUnknown ? 1 : s.need;
    return !s.waiting.empty() && s.waiting.size() >= s.kept + wanted;
  }

  void flush(Side side) {
    Sequence& s = sequence(side);
    while (is_due(s)) {
      const bool all = s.need == 0 || s.need == Reading::kNeedUnknown;
      const size_t n = all ? s.waiting.size() : s.kept + s.need;
      const auto end = s.waiting.begin() + static_cast<ptrdiff_t>(n);
      s.kept = deliver(side, s.next, {s.waiting.begin(), end}, static_cast<uint32_t>(n));
      s.need = s.kept == 0 ? 0 : look_.need;
      s.waiting.erase(s.waiting.begin(), end - static_cast<ptrdiff_t>(s.kept));
      s.next += static_cast<uint32_t>(n - s.kept);
    }
  }

  // deliver returns how many bytes at the end TCP keeps and gives again.
  uint32_t deliver(Side side, uint32_t seq, const ByteVec& bytes, uint32_t reported) {
    Seen& seen = seen_.emplace_back();
    seen.bytes = bytes;
    const Sequence& theirs = sequence(side == Side::a ? Side::b : Side::a);
    const auto ack = theirs.next + static_cast<uint32_t>(theirs.waiting.size());
    seen.delivery = {frame_, side, side == server_side_, seq, seen.bytes, reported};
    if (sequence(side).next == seq) {  // else the bytes come from outside the stream kept here
      seen.delivery.ack = ack;
    }
    seen.delivery.opens = seq == kFirst;
    seen.delivery.steps = mode_ == Mode::step;
    bool passed = !with_tape_ && connection_.pass(seen.delivery, look_);
    if (!passed) {
      connection_.first_look(seen.delivery, with_tape_, {}, memory_, look_);
    }
    const bool again = mode_ != Mode::keep && look_.need != 0;
    if (passed && look_.asked_from == 0 && !again) {  // it was but the beginning of a record
      passed = false;
      connection_.first_look(seen.delivery, with_tape_, {}, memory_, look_);
    }
    connection_.after_first_look(seen.delivery, again ? look_.asked_from : reported, look_);
    seen.passed = passed;
    if (passed) {
      seen.shown.consumed = look_.asked_from;
      seen.shown.showable = look_.asked_from != 0;
    } else {
      seen.shown = show(seen.delivery, look_);
    }
    return again ? reported - look_.asked_from : 0;
  }

  Mode mode_;
  bool with_tape_;
  Side server_side_ = Side::b;
  Connection connection_;
  Memory memory_;
  Look look_;
  Sequence sequences_[2];
  std::deque<Seen> seen_;
  uint32_t frame_ = 0;
};

// A TLS 1.2 handshake with data after it. The certificate takes `certificate` bytes and records
// carry at most `fragment` bytes.
inline Conversation conversation_tls12(size_t certificate = 800, size_t fragment = 16384) {
  const ByteVec finished = record(22, ramp(40, 200));
  return {
      from_client(records(22, client_hello(), fragment)),
      from_server(records(22,
                          server_hello_tls12() + certificate_message(certificate) +
                              server_key_exchange(300) + handshake(14, {}),
                          fragment)),
      from_client(records(22, client_key_exchange(), fragment) + ccs_record() + finished),
      from_server(records(22, session_ticket(180), fragment) + ccs_record() + finished),
      from_client(data_record(120)),
      from_server(data_record(900) + data_record(25)),
      from_client(record(21, ramp(26, 5))),
      from_server(record(21, ramp(26, 6))),
  };
}

inline Conversation conversation_tls13() {
  return {
      from_client(handshake_record(client_hello_tls13())),
      from_server(handshake_record(server_hello_tls13()) + ccs_record() + data_record(60) +
                  data_record(900)),
      from_client(ccs_record() + data_record(53)),
      from_server(data_record(250)),
      from_client(data_record(400)),
      from_server(data_record(1000) + data_record(19)),
  };
}

}  // namespace tlslens::test
