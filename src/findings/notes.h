// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "findings/finding.h"
#include "session/read_segment.h"
#include "session/stream.h"
#include "session/tcp.h"

namespace tlslens {

// Delivery is a run of bytes as TCP hands them over: `bytes` captured of `reported` sent, in frame
// `frame`, from sequence number `seq` on (nothing where there is none). The bytes stay the
// caller's.
struct Delivery {
  uint32_t frame = 0;
  Side side = Side::a;
  bool looks_like_server = false;  // a guess by ports, for captures without a ClientHello
  std::optional<uint32_t> seq;
  Bytes bytes;
  uint32_t reported = 0;
  std::optional<uint32_t> ack;  // the next sequence number expected from the other side
  int64_t time = 0;             // of the frame, in seconds since 1970, UTC
  bool opens = false;           // TCP saw this side's SYN, and these bytes come right after it
  // Records of data are to be read where they begin, and what comes of them later is to be left
  // out: nobody needs all of one. It may be set where the handshake is over, for a first look.
  bool steps = false;
  // They are all that is new in a segment, which says nothing else but what it acknowledges.
  bool is_segment = false;
};

// Note is what a later look at a delivery, and at all after it until the next note, starts from.
struct Note {
  uint32_t frame;
  uint32_t seq;
  // Bytes at the delivery's start that are not read. Of a note that reads nothing it is how many
  // from `seq` on are of a record that was read before: it speaks for all deliveries in them.
  uint32_t skip;
  bool reads = true;       // false: nothing of the delivery is read
  bool after_gap = false;  // bytes before it are missing
  bool late = false;       // it fills a gap: read by itself
  FlowState state;
  struct More {
    Partial partial;
    Pieces held;  // bytes in front of the delivery
    std::vector<Finding> findings;
  };
  std::unique_ptr<More> more;  // few notes have any of it

  Note(const Delivery& delivery, const Flow& flow);

  More& with_more();
  // held is null where there are none.
  Pieces held() const { return more ? more->held : Pieces{}; }
  // partial and flow are the sender's, before the delivery.
  const Partial& partial() const { return more ? more->partial : kNoPartial; }
  Flow flow() const { return {state, partial()}; }
  bool is_at(const FlowState& other, const Partial& begun) const {
    return state == other && partial() == begun;
  }
  // is_within tells that a delivery is of a record that was read before.
  bool is_within(const Delivery& delivery) const {
    return !reads && delivery.seq && *delivery.seq - seq < skip;
  }
  // repeats tells that it says what one before it says.
  bool repeats(const Note& before) const {
    return !reads && !before.reads && !late && !before.late && !after_gap && seq == before.seq &&
           skip == before.skip && !more && !before.more && state == before.state;
  }
  // is_plain tells that it says nothing of the delivery itself.
  bool is_plain() const {
    return skip == 0 && !after_gap && !late && (!more || (!more->held && more->findings.empty()));
  }
};

// Look is what looking at a delivery gave. Marks and places count within their source: source 0 is
// the delivery.
struct Look {
  Tape tape;
  Reading reading;
  std::vector<Finding> findings;
  Pieces joined;              // the delivery behind bytes held back before it, if there were any
  bool showable = false;      // a record was read, or something found
  bool noted = false;         // a note was kept that is only needed if the bytes do not come again
  bool unread = false;        // no record was found
  bool nothing_read = false;  // all that was found is the beginning of a record
  uint32_t asked_from = 0;    // offset in the delivery from which bytes are wanted again, with more
  uint32_t need = 0;          // how many more; Reading::kNeedUnknown for at least one; 0 for none

  // What the connection knew before, for the case that nothing was read and the same bytes come
  // again. Then the flows are others only where bytes are missing before them.
  std::optional<std::array<Flow, 2>> flows_before;
  Stream stream_before;

  void clear(bool with_tape);
};

// read_behind reads a delivery from `skip` on, behind the bytes held back from earlier ones if
// there are.
void read_behind(const Pieces& held, const Delivery& delivery, uint32_t skip, Flow& self,
                 Flow& peer, Look& out);
// note_marks: that there are more marks than a tape takes shows only where somebody wants marks.
void note_marks(Look& look);

// Notes are those of both sides of a connection: what later looks at its deliveries, in any order,
// start from.
class Notes {
 public:
  // last_serves tells whether a plain note would say nothing that the last one of a side does not.
  bool last_serves(Side side, bool reads, const FlowState& state, const Partial& partial) const;
  // steps tells whether data is stepped over by the last note of a side.
  bool steps(Side side) const {
    const std::vector<Note>& notes = all_[index(side)];
    return !notes.empty() && notes.back().state.steps;
  }
  // remember keeps a note unless the one before it serves as well; it tells whether it did.
  bool remember(Side side, Note&& note);
  void forget_last(Side side) { all_[index(side)].pop_back(); }
  // shrink gives back the room that was kept for more.
  void shrink();
  // remember_repetition is for a delivery of a connection that is over: nothing of it is read.
  void remember_repetition(const Delivery& delivery);

  // continues tells whether a delivery that was looked at before goes on with a record whose
  // beginning was held back, or read.
  bool continues(const Delivery& delivery) const;
  // look_again repeats a look that was made before.
  void look_again(const Delivery& delivery, bool with_tape, Look& out) const;

 private:
  const Note* note_for(const Delivery& delivery) const;

  std::array<std::vector<Note>, 2> all_;
};

}  // namespace tlslens
