// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_set>

#include "diagnosis/last_messages.h"
#include "registry/code_point.h"
#include "session/flow.h"
#include "session/tcp.h"

namespace tlslens {

// Outcome is how a handshake ended, as far as the capture tells.
enum class Outcome : uint8_t {
#define OUTCOME(id, is_failure, meaning) id,
#define CAUSE(...)
#define ABOUT(...)
#include "diagnosis/causes.def"
#undef OUTCOME
#undef CAUSE
#undef ABOUT
  count,
};

// Cause is why a handshake failed.
enum class Cause : uint8_t {
  none,
#define OUTCOME(...)
#define CAUSE(id, verdict, hint) id,
#define ABOUT(...)
#include "diagnosis/causes.def"
#undef OUTCOME
#undef CAUSE
#undef ABOUT
  count,
};

const char* name(Outcome outcome);
bool is_failure(Outcome outcome);
// name is empty for Cause::none, as verdict and hint are. The verdict is a few words for the packet
// list, the hint says what to check next.
const char* name(Cause cause);
const char* verdict(Cause cause);
const char* hint(Cause cause);

// Resumption is what a handshake went on from.
enum class Resumption : uint8_t { unknown, none, session_id, ticket, psk };
const char* name(Resumption resumption);

// kMinWait is how long a peer has to be silent until that counts as no answer, in microseconds.
inline constexpr int64_t kMinWait = 1'000'000;
// kMaxExplanation is the length of an explanation in bytes.
inline constexpr size_t kMaxExplanation = 160;
// kMaxHistory is how many messages the history of a handshake has.
inline constexpr size_t kMaxHistory = 64;

// Moment is a frame, 0 for none, and its time in microseconds since 1970, UTC. A row has many, so
// it is packed.
struct [[gnu::packed, gnu::aligned(4)]] Moment {
  uint32_t frame = 0;
  int64_t time = 0;
  explicit operator bool() const { return frame != 0; }
};

// note sets a moment, or the number of a frame, that was not set before.
inline void note(Moment& moment, Moment now) {
  if (!moment) {
    moment = now;
  }
}
inline void note(uint32_t& frame, Moment now) {
  if (frame == 0) {
    frame = now.frame;
  }
}

// kNoText stands for a text that a row does not have.
inline const std::string kNoText;

// Row is one handshake of a capture. What is set stays, but for `outcome`, `cause` and
// `explanation`, which say what would be true if the capture ended here until `decided`. Its texts
// are the ledger's.
struct Row {
  uint32_t index = 0;  // from 0, in the order of the capture
  Endpoint client;
  Endpoint server;
  Moment begin;  // the first frame that shows it
  Moment client_hello;
  Moment server_hello;
  Moment certificate;    // the server's
  Moment server_flight;  // the last handshake message of the server before the client answered
  Moment client_flight;  // the first of the client behind a ServerHello
  Moment decided;        // what the outcome rests on
  // Frames, 0 for none.
  uint32_t client_finished_in = 0;
  uint32_t server_finished_in = 0;
  uint32_t alert_in = 0;
  uint32_t closed_in = 0;   // the first FIN or RST
  uint32_t version_in = 0;  // from here on version and suite are known
  Version version;
  CipherSuite suite;
  NamedGroup group;
  uint32_t group_in = 0;
  const std::string* alpn = &kNoText;
  uint32_t alpn_in = 0;
  const std::string* server_name = &kNoText;
  uint32_t server_name_in = 0;
  Resumption resumption = Resumption::unknown;
  uint32_t resumption_in = 0;
  std::string history;  // a letter for each message, a capital for the client
  // What was decided upon: the length of the history up to there, and the last messages.
  uint8_t history_length = 0;
  LastMessages last;
  Outcome outcome = Outcome::in_progress;
  Cause cause = Cause::none;
  const std::string* explanation = &kNoText;
  bool is_silent = false;  // the ClientHello is the last thing that was sent

  std::string history_then() const { return history.substr(0, history_length); }
  // outcome_at is the outcome if the capture ends at a time, in microseconds since 1970.
  Outcome outcome_at(int64_t end) const;
};

// Ledger has the rows of a capture; a reference to one stays good. No more than `most` are kept:
// what would be said in further ones is written into one that nobody reads, of index kNotKept.
class Ledger {
 public:
  static constexpr size_t kMaxRows = 4'000'000;
  static constexpr uint32_t kNotKept = UINT32_MAX;

  explicit Ledger(size_t most = kMaxRows) : most_(most) {}
  Row& add();
  Row& at(uint32_t index) { return index == kNotKept ? not_kept_ : rows_[index]; }
  const std::deque<Row>& rows() const { return rows_; }
  // text keeps a text for a row of the ledger, once for all that have it.
  const std::string* text(std::string text, const Row& row);
  void clear();

 private:
  size_t most_;
  std::deque<Row> rows_;
  std::unordered_set<std::string> texts_;
  Row not_kept_;
};

}  // namespace tlslens
