// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "handshake/message.h"
#include "session/flow.h"
#include "wire/reader.h"

namespace tlslens {

// Facts are what a look at a segment established. They state, and judge nothing.

// Place is where something stands: the field shown there, and its bytes in a source. With `within`
// the bytes are those of a message, and the place is the first of that field in it.
struct Place {
  Field field;
  uint8_t source = 0;
  Span span;
  bool within = false;
  bool operator==(const Place&) const = default;

  // in names a field of what stands here.
  Place in(Field part) const { return {part, source, span, true}; }
};

struct RecordFacts {
  ContentType type;
  Version version;
  uint32_t length;  // without the header, in bytes
  uint8_t source;   // in which the record lies
  uint32_t offset;  // of its header there
  bool encrypted;   // the content is protected
  bool in_clear;    // the direction is known to be unprotected
  bool sslv2;
  bool in_message;  // it comes where a handshake message of the direction is not finished
  Negotiated negotiated;

  // is_small tells an empty record, or one of a single byte of handshake.
  bool is_small() const {
    return length == 0 || (length == 1 && type == content_type::handshake && !encrypted);
  }
};

// DataRun is records of protected application data in a row, which are alike but for their lengths.
struct DataRun {
  RecordFacts first{};
  std::vector<uint32_t> lengths;  // of all of them, as in RecordFacts

  bool empty() const { return lengths.empty(); }
  // of_length stands for one of them, whose place is that of the first.
  RecordFacts of_length(uint32_t length) const {
    RecordFacts out = first;
    out.length = length;
    return out;
  }
  RecordFacts last() const { return of_length(lengths.back()); }
};

struct AlertFacts {
  Alert alert;
  bool readable;    // false: the bytes at `place` are no alert of two bytes; `alert` says nothing
  uint32_t length;  // of the record's content, in bytes
  Place place;
  bool in_message = false;  // it comes where a handshake message of the direction is not finished
};

struct CcsFacts {
  uint8_t value;    // 0 if there is no byte
  uint32_t length;  // of the record's content, in bytes
  Place place;
};

struct HeartbeatFacts {
  HeartbeatMessageType type;
  uint16_t payload_length;  // what the message says
  uint32_t length;          // what it has, in bytes
  Place place;
};

struct MessageFacts {
  HandshakeType type;  // of an SSLv2 message only client_hello is told
  uint32_t length;     // without the header, in bytes
  bool cut_off;        // by a limit: only its beginning was read
  bool is_sslv2;
  Place place;
  bool whole = false;             // all of it was captured and no length in it is wrong
  bool begins_handshake = false;  // a ClientHello that answers no HelloRetryRequest
  bool protected_by_mac = false;  // of a suite that does not encrypt
  Bytes bytes;                 // the body as far as it was captured; they last as long as the look
  const Body* body = nullptr;  // what it says; in Facts::bodies
};

using FaultFacts = Fault;

// Limit is a bound on what is read, judged or kept; docs/security.md has them all.
enum class Limit : uint8_t {
  message,        // kMaxMessage
  records,        // kMaxRecords
  alerts,         // kMaxAlerts
  messages,       // kMaxMessages
  joined,         // Reading::kMaxSources
  kept,           // kMaxKept, Memory::kMaxKept
  certificates,   // kMaxChain
  extensions,     // kMaxExtensions
  findings,       // kMaxFindings
  kept_findings,  // kMaxKeptFindings
  marks,          // Tape::kMaxMarks
  handshakes,     // Ledger::kMaxRows
  connections,    // the preference tlslens.max_connections
};

// LimitFacts is a limit that was reached at a place, behind which something is not read.
struct LimitFacts {
  Limit limit;
  Place place;
};

// StreamEvent is what happened to the bytes of a direction before this segment.
enum class StreamEvent : uint8_t {
  gap,           // bytes were sent that the capture does not have here
  out_of_order,  // bytes came after later ones
  cut,           // the capture's snap length cut the segment
  joined_late,   // the capture begins after the ClientHello
  not_kept,      // the beginning of a record was not kept, because of Limit::kept
  count,
};

// StreamEvents is a set of them.
class StreamEvents {
 public:
  void add(StreamEvent event) { bits_ = static_cast<uint8_t>(bits_ | bit(event)); }
  bool has(StreamEvent event) const { return (bits_ & bit(event)) != 0; }
  bool empty() const { return bits_ == 0; }
  void clear() { bits_ = 0; }
  // for_each calls back with each event that is in the set.
  template <typename Take>
  void for_each(Take take) const {
    for (int i = 0; (bits_ >> i) != 0; ++i) {
      if (has(static_cast<StreamEvent>(i))) {
        take(static_cast<StreamEvent>(i));
      }
    }
  }

 private:
  static constexpr int bit(StreamEvent event) { return 1 << static_cast<int>(event); }
  uint8_t bits_ = 0;
};

struct StreamFacts {
  StreamEvent event;
};

// ClosingFacts is the FIN or RST of one side.
struct ClosingFacts {
  bool by_reset;
  bool whole;         // nothing of either direction is missing in the capture
  bool established;   // the handshake was over
  bool unfinished;    // the side's last record, or a handshake message in it, has no end
  bool said_goodbye;  // its last record has the length of an alert, or is one
};

// SlowFacts is a step of a handshake that has ended.
struct SlowFacts {
  const char* what;  // the step took
  int64_t time;      // in microseconds
};

// FailureFacts is a handshake that failed.
struct FailureFacts {
  std::string explanation;
  bool refused;  // by one side, or by what is on the way; else somebody cancelled it
};

// Step names a fact: steps stand in the order in which the peer sent what they name.
struct Step {
  enum class Kind : uint8_t { record, alert, change, heartbeat, message };
  Kind kind;
  uint32_t index;  // in the vector of that kind
};

// Bodies are those of the messages of a look; a reference to one stays good until clear(). Their
// memory is used again.
class Bodies {
 public:
  Body& add() {
    if (used_ == all_.size()) {
      all_.emplace_back();
    }
    return all_[used_++];
  }
  void clear() {
    for (; used_ != 0; --used_) {
      forget(all_[used_ - 1]);
    }
  }

 private:
  static void forget(Body& body);

  std::deque<Body> all_;
  size_t used_ = 0;
};

inline void Bodies::forget(Body& body) {
  std::destroy_at(&body);
  new (&body) Body;  // std::construct_at would write zeros over all of it first
}

struct Facts {
  std::vector<RecordFacts> records;
  std::vector<AlertFacts> alerts;
  std::vector<CcsFacts> changes;
  std::vector<HeartbeatFacts> heartbeats;
  std::vector<MessageFacts> messages;
  std::vector<FaultFacts> faults;
  std::vector<LimitFacts> limits;
  StreamEvents events;
  std::vector<Step> steps;
  Bodies bodies;
  DataRun data;  // what read_data read; it is no step

  void add(const RecordFacts& fact) { add_to(records, Step::Kind::record, fact); }
  void add(const AlertFacts& fact) { add_to(alerts, Step::Kind::alert, fact); }
  void add(const CcsFacts& fact) { add_to(changes, Step::Kind::change, fact); }
  void add(const HeartbeatFacts& fact) { add_to(heartbeats, Step::Kind::heartbeat, fact); }
  void add(const MessageFacts& fact) { add_to(messages, Step::Kind::message, fact); }
  // begins_handshake tells whether a ClientHello began a handshake.
  bool begins_handshake() const;
  // skips_messages tells that a limit kept handshake messages from being read.
  bool skips_messages() const;
  // is_empty tells that nothing happened.
  bool is_empty() const { return steps.empty() && events.empty() && data.empty(); }
  void clear();

 private:
  template <typename Fact>
  void add_to(std::vector<Fact>& all, Step::Kind kind, const Fact& fact) {
    steps.push_back({kind, static_cast<uint32_t>(all.size())});
    all.push_back(fact);
  }
};

inline bool Facts::begins_handshake() const {
  return std::ranges::any_of(messages, &MessageFacts::begins_handshake);
}

inline bool Facts::skips_messages() const {
  return std::ranges::any_of(limits, [](const LimitFacts& f) { return f.limit != Limit::message; });
}

inline void Facts::clear() {
  records.clear();
  alerts.clear();
  changes.clear();
  heartbeats.clear();
  messages.clear();
  faults.clear();
  limits.clear();
  events.clear();
  steps.clear();
  bodies.clear();
  data.lengths.clear();
}

}  // namespace tlslens
