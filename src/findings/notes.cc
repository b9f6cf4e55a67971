// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/notes.h"

#include <algorithm>
#include <utility>

#include "session/handshake_stream.h"

namespace tlslens {

Note::Note(const Delivery& delivery, const Flow& flow)
    : frame(delivery.frame), seq(delivery.seq.value_or(0)), skip(0), state(flow.state()) {
  if (flow.partial != Partial{}) {
    with_more().partial = flow.partial;
  }
}

Note::More& Note::with_more() {
  if (!more) {
    more = std::make_unique<More>();
  }
  return *more;
}

void Look::clear(bool with_tape) {
  reading.tape = with_tape ? &tape : nullptr;
  tape.clear();
  reading.clear();
  findings.clear();
  joined = {};
  flows_before.reset();
  showable = false;
  nothing_read = false;
  unread = false;
  noted = false;
  asked_from = 0;
  need = 0;
}

void read_behind(const Pieces& held, const Delivery& delivery, uint32_t skip, Flow& self,
                 Flow& peer, Look& out) {
  const Bytes bytes = delivery.bytes.subspan(std::min<size_t>(skip, delivery.bytes.size()));
  const uint32_t reported = delivery.reported - skip;
  if (!held) {
    read_segment({bytes, reported, 0, skip, delivery.opens}, self, peer, out.reading);
    return;
  }
  out.joined = held;
  out.joined.append(bytes);
  out.reading.sources.push_back(out.joined);
  read_segment({out.joined.bytes(), reported + held.have, 1, 0, delivery.opens}, self, peer,
               out.reading);
}

void note_marks(Look& look) {
  if (!look.tape.overflowed) {
    return;
  }
  if (look.findings.size() == kMaxFindings) {
    look.findings.pop_back();
  }
  look.findings.push_back(limit_finding(Limit::marks));
}

bool Notes::last_serves(Side side, bool reads, const FlowState& state,
                        const Partial& partial) const {
  const std::vector<Note>& notes = all_[index(side)];
  return !notes.empty() && notes.back().reads == reads && !notes.back().late &&
         notes.back().is_at(state, partial);
}

bool Notes::remember(Side side, Note&& note) {
  if (note.is_plain() && last_serves(side, note.reads, note.state, note.partial())) {
    return false;
  }
  std::vector<Note>& notes = all_[index(side)];
  if (!notes.empty() && note.repeats(notes.back())) {
    return false;
  }
  if (notes.empty()) {
    notes.reserve(2);  // no side of a handshake has fewer
  }
  notes.push_back(std::move(note));
  return true;
}

void Notes::shrink() {
  for (std::vector<Note>& notes : all_) {
    notes.shrink_to_fit();
  }
}

void Notes::remember_repetition(const Delivery& delivery) {
  const std::vector<Note>& notes = all_[index(delivery.side)];
  Note silent(delivery, notes.empty() ? Flow{} : notes.back().flow());
  silent.reads = false;
  remember(delivery.side, std::move(silent));
}

const Note* Notes::note_for(const Delivery& delivery) const {
  const std::vector<Note>& notes = all_[index(delivery.side)];
  const uint32_t seq = delivery.seq.value_or(0);
  auto at = std::ranges::upper_bound(notes, delivery.frame, {}, &Note::frame);
  const auto after = [&](const Note& note) {
    return note.frame == delivery.frame && static_cast<int32_t>(note.seq - seq) > 0;
  };
  while (at != notes.begin() && after(*(at - 1))) {
    --at;
  }
  return at == notes.begin() ? nullptr : &*(at - 1);
}

bool Notes::continues(const Delivery& delivery) const {
  const Note* note = note_for(delivery);
  if (note == nullptr) {
    return false;
  }
  const bool exact = note->frame == delivery.frame && note->seq == delivery.seq.value_or(0);
  const bool stepped = exact && note->reads && note->skip != 0 && note->state.steps;
  return note->is_within(delivery) || stepped || (exact && note->held());
}

void Notes::look_again(const Delivery& delivery, bool with_tape, Look& out) const {
  out.clear(with_tape);
  const Note* note = note_for(delivery);
  if (note == nullptr) {
    return;
  }
  const bool exact = note->frame == delivery.frame && note->seq == delivery.seq.value_or(0);
  const uint32_t skip = exact ? note->skip : 0;
  if (exact && note->more) {
    out.findings = note->more->findings;
  }
  Flow self = note->flow();
  Flow peer;
  if (exact && note->after_gap) {
    lose_sync(self, peer, out.reading);
  }
  if (note->reads && with_tape) {
    read_behind(exact ? note->held() : Pieces{}, delivery, skip, self, peer, out);
  }
  note_marks(out);
  out.showable = !out.reading.facts.records.empty() || !out.findings.empty();
}

}  // namespace tlslens
