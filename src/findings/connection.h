// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "findings/notes.h"
#include "findings/rules.h"
#include "session/stream.h"

namespace tlslens {

// kMaxKept is how many bytes of messages and records that came in pieces are kept of a connection,
// and kMaxKeptFindings how many findings.
inline constexpr size_t kMaxKept = size_t{64} << 20;
inline constexpr size_t kMaxKeptFindings = 100'000;

// QuietLengths are those of records of protected data that no rule has anything to say of. A rule
// asks of the length of such a record whether it is too short, too long, or one that the blocks of
// the cipher cannot give. So between the shortest and the longest that were judged only the
// remainder counts.
class QuietLengths {
 public:
  bool has(uint32_t length) const {
    return length >= shortest_ && length <= longest_ && (remainders_ & bit(length)) != 0;
  }
  void add(uint32_t length) {
    shortest_ = std::min(shortest_, length);
    longest_ = std::max(longest_, length);
    remainders_ |= bit(length);
  }

 private:
  static constexpr uint32_t kBlock = 16;  // a multiple of the blocks of all ciphers, in bytes
  static constexpr uint32_t bit(uint32_t length) { return uint32_t{1} << length % kBlock; }

  uint32_t shortest_ = UINT32_MAX;
  uint32_t longest_ = 0;
  uint32_t remainders_ = 0;
};

// Connection is all that is kept of one connection. Deliveries come in the order of the capture for
// a first look; later looks may come in any order and give the same marks and findings.
class Connection {
 public:
  // continues tells whether a delivery that is looked at first goes on with a record whose
  // beginning is held back, or was read, so that it is no other protocol whatever it looks like.
  bool continues(const Delivery& delivery) const {
    const Stream& stream = streams_[index(delivery.side)];
    return stream.held || stream.is_in_rest(delivery.seq);
  }

  // set_ends says whose connection it is. Without it rules that compare peers are silent.
  void set_ends(const Endpoint& a, const Endpoint& b) {
    ends_[0] = a;
    ends_[1] = b;
  }
  const Endpoint& end(Side side) const { return ends_[index(side)]; }

  // first_look reads a delivery and remembers what a later look needs. `with_tape` is false if
  // nobody wants marks. The result is in `out`.
  // Findings depend on the user's settings, and on what `memory` has of other connections.
  void first_look(const Delivery& delivery, bool with_tape, const Settings& settings,
                  Memory& memory, Look& out);

  // pass does what first_look() would do, faster, for a delivery that is nothing but more of the
  // data that its side sends, where nobody wants marks. It returns false, and has changed nothing,
  // for all others. Of `out` it sets what after_first_look() asks for. A delivery that is but the
  // beginning of a record, of which asked_from is 0, it passes only if TCP gives the same bytes
  // again: if TCP does not, first_look() has to be called.
  bool pass(const Delivery& delivery, Look& out);

  // meet guesses who is the client, where nothing is known yet: a delivery that is no TLS.
  void meet(const Delivery& delivery);

  // after_first_look says which bytes of the same delivery will come again: those from offset
  // `again_from` on, delivery.reported for none. Bytes of an unfinished record that will not come
  // again are kept.
  void after_first_look(const Delivery& delivery, uint32_t again_from, const Look& look);

  // notes are what later looks start from. They may be taken away from a connection that is over,
  // and given to one that follows it in the same TCP connection.
  const Notes& notes() const { return notes_; }
  Notes take_notes() { return std::move(notes_); }
  void resume(Notes&& notes) { notes_ = std::move(notes); }
  // next is the sequence number behind what was read of a side.
  uint32_t next(Side side) const { return streams_[index(side)].next; }

  // Stage is what is the same of all scenes in a frame; `time` is in seconds since 1970, UTC.
  struct Stage {
    uint32_t frame;
    int64_t time;
    const Settings& settings;
    Memory& memory;
  };

  // judge_closing, judge_failure and judge_slow append what is found in a FIN or RST of a side, of
  // which the caller tells the first three facts, in a handshake that failed, and in one of its
  // steps.
  void judge_closing(Side side, ClosingFacts fact, const Stage& stage, std::vector<Finding>& out);
  void judge_failure(const FailureFacts& fact, const Stage& stage, std::vector<Finding>& out);
  void judge_slow(const SlowFacts& fact, const Stage& stage, std::vector<Finding>& out);

  // client is the side that is the client, and direction tells who a side is, as far as it is known
  // or guessed.
  Side client() const {
    return flows_[0].direction == Direction::client_to_server ? Side::a : Side::b;
  }
  Direction direction(Side side) const { return flows_[index(side)].direction; }
  const Handshake& handshake() const { return handshake_; }

 private:
  // Quiet is what is known of a direction that sends nothing but data, until anything else comes.
  struct Quiet {
    bool note_serves = false;  // the last one says all that a look at such a delivery starts from
    bool is_silent = false;    // it says that nothing is to be read
    QuietLengths lengths;
  };

  // MoreData is what a delivery has of records of data.
  struct MoreData {
    uint32_t records = 0;      // that were read
    uint32_t last_length = 0;  // of the last one of these, in bytes
    uint32_t read = 0;         // bytes of them that are there
    uint32_t need = 0;         // as in Reading
    uint32_t beyond = 0;       // the same
  };
  static std::optional<MoreData> read_more(Bytes bytes, Version version,
                                           const QuietLengths& lengths, bool steps);
  static void note_passed(uint32_t asked_from, uint32_t need, Look& out);
  bool pass_records(const Delivery& delivery, Look& out);
  void note_steps(const Delivery& delivery);
  void note_step(const Delivery& delivery, uint32_t skip);
  Note silent_note(const Delivery& delivery, const Flow& flow) const;
  void step(const Delivery& delivery);

  void take_first_look(const Delivery& delivery, const Settings& settings, Memory& memory,
                       Look& out);
  bool is_in_order(const Delivery& delivery) const;
  bool is_noted(Side side) const;
  void note_room(const Memory& memory);
  bool is_quiet(const DataRun& run, Side by, const Stage& stage, Quiet& known) const;
  bool offends(const RecordFacts& fact, Side by, const Stage& stage) const;
  bool pass_data(const Delivery& delivery, const Settings& settings, Memory& memory, Look& out);
  void find_place(const Delivery& delivery, Note& note, Look& out);
  void find_place_of_late(const Delivery& delivery, Note& note, Look& out) const;
  void lose_place(const Delivery& delivery, Note& note, Look& out);
  std::optional<uint32_t> jump_gap(const Delivery& delivery, Note& note, Look& out);
  void find_first_record(const Delivery& delivery, std::optional<uint32_t> expected, Note& note,
                         Look& out);
  void guess_roles(const Delivery& delivery);
  void postpone(const Delivery& delivery, const Note& note, Look& out);
  void read_late(const Delivery& delivery, const Note& note, Look& out);
  void move_on(const Delivery& delivery, uint32_t skip, uint32_t held, Look& out);
  void conclude(const Delivery& delivery, Note&& note, const Settings& settings, Memory& memory,
                Look& out);
  void judge_all(const Delivery& delivery, const Settings& settings, Memory& memory, Look& out);
  void judge_step(const Step& step, Scene& scene, bool misses, Look& out);
  bool misses_bytes(const Delivery& delivery) const;
  void hold(const Delivery& delivery, uint32_t again_from, const Look& look);
  void keep(size_t n, Memory& memory);
  void keep_findings(std::vector<Finding>& findings);
  void take_back(const Delivery& delivery, const Look& look);
  void restore(const Delivery& delivery, const Look& look);

  Scene scene_of(Direction by, bool whole, const Stage& stage) const;

  uint32_t number_ = 0;  // of the connection in memory, from 1; 0 before the first look
  Endpoint ends_[2];
  Flow flows_[2];
  Stream streams_[2];
  Handshake handshake_;
  bool opens_ = false;  // the delivery that is looked at begins its direction
  Made made_[2];
  Quiet quiet_[2];
  bool only_data_[2] = {};  // what was read of a side last is protected data, and nothing else
  size_t kept_ = 0;         // see kMaxKept
  size_t kept_findings_ = 0;
  Notes notes_;
};

}  // namespace tlslens
