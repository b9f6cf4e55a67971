// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/connection.h"

#include <algorithm>
#include <utility>

#include "session/handshake_stream.h"

namespace tlslens {
namespace {

// is_only_data tells that nothing but protected application data was read.
bool is_only_data(const Reading& reading) {
  const Facts& facts = reading.facts;
  return !facts.records.empty() && facts.steps.size() == facts.records.size() &&
         facts.faults.empty() && facts.events.empty() && !reading.lost &&
         std::ranges::all_of(facts.records, [](const RecordFacts& record) {
           return record.encrypted && record.type == content_type::application_data;
         });
}

// begin_rest says how much of the record that was read last, which ends at `next`, is to come.
void begin_rest(Stream& stream, uint32_t beyond) {
  stream.beyond = beyond;
  if (beyond != 0) {
    stream.rest_begin = stream.next - beyond;
    stream.rest = beyond;
  }
}

}  // namespace

void Connection::meet(const Delivery& delivery) {
  if (!streams_[0].begun && !streams_[1].begun) {
    guess_roles(delivery);
  }
}

void Connection::guess_roles(const Delivery& delivery) {
  const size_t server =
      delivery.looks_like_server ? index(delivery.side) : index(other(delivery.side));
  flows_[server].direction = Direction::server_to_client;
  flows_[1 - server].direction = Direction::client_to_server;
}

// find_place finds out where in a delivery reading starts, by its sequence number.
void Connection::find_place(const Delivery& delivery, Note& note, Look& out) {
  Stream& stream = streams_[index(delivery.side)];
  const int32_t ahead = delivery.seq && (stream.begun || stream.next_known)
                            ? static_cast<int32_t>(*delivery.seq - stream.next)
                            : 0;
  if (ahead < 0) {
    note.skip = std::min(static_cast<uint32_t>(-ahead), delivery.reported);
    if (note.skip == delivery.reported) {
      find_place_of_late(delivery, note, out);
      return;
    }
  }
  const std::optional<uint32_t> expected =
      ahead > 0 ? jump_gap(delivery, note, out) : std::optional<uint32_t>{};
  if (delivery.bytes.size() < delivery.reported) {
    out.reading.facts.events.add(StreamEvent::cut);
  }
  if (stream.synced) {
    if (stream.held) {
      note.with_more().held = std::move(stream.held);
    }
    stream.held = {};
  } else {
    find_first_record(delivery, expected, note, out);
  }
}

// find_place_of_late: all that lies behind what was read already is a repetition, unless it fills a
// gap.
void Connection::find_place_of_late(const Delivery& delivery, Note& note, Look& out) const {
  const Stream& stream = streams_[index(delivery.side)];
  note.reads = false;
  if (*delivery.seq - stream.gap_begin >= stream.gap_end - stream.gap_begin) {
    return;
  }
  out.reading.facts.events.add(StreamEvent::out_of_order);
  const auto found = find_record(delivery.bytes, std::nullopt, false);
  note.late = note.reads = found.has_value();
  note.skip = found.value_or(0);
  note.state.protection = Protection::unknown;
  if (note.more) {
    note.more->partial = {};
  }
}

// lose_place: bytes before the delivery are missing, or unknown.
void Connection::lose_place(const Delivery& delivery, Note& note, Look& out) {
  note.after_gap = true;
  out.flows_before = {flows_[0], flows_[1]};
  lose_sync(flows_[index(delivery.side)], flows_[index(other(delivery.side))], out.reading);
}

// jump_gap goes on behind missing bytes. It returns where in the delivery a record begins, if that
// can be told from the length of the last one before the gap.
std::optional<uint32_t> Connection::jump_gap(const Delivery& delivery, Note& note, Look& out) {
  Stream& stream = streams_[index(delivery.side)];
  lose_place(delivery, note, out);
  out.reading.facts.events.add(StreamEvent::gap);
  stream.synced = false;
  stream.held = {};
  stream.gap_begin = stream.next;
  stream.gap_end = *delivery.seq;
  return stream.record_end ? std::optional(*stream.record_end - *delivery.seq) : std::nullopt;
}

void Connection::find_first_record(const Delivery& delivery, std::optional<uint32_t> expected,
                                   Note& note, Look& out) {
  const bool first = !streams_[index(delivery.side)].begun;
  const bool first_of_all = first && !streams_[index(other(delivery.side))].begun;
  const Bytes bytes = delivery.bytes.subspan(std::min<size_t>(note.skip, delivery.bytes.size()));
  const auto found = find_record(bytes, expected, first && !note.after_gap);
  if (found != 0 && !note.after_gap) {
    // A direction begins with a record: what is here comes later, and what was before is unknown.
    lose_place(delivery, note, out);
    if (found && !first_of_all && !out.reading.facts.events.has(StreamEvent::not_kept)) {
      out.reading.facts.events.add(StreamEvent::gap);
    }
  }
  note.reads = found.has_value();
  note.skip += found.value_or(0);
  if (found && first_of_all && !begins_connection(bytes.subspan(*found))) {
    out.reading.facts.events.add(StreamEvent::joined_late);
  }
}

void Connection::first_look(const Delivery& delivery, bool with_tape, const Settings& settings,
                            Memory& memory, Look& out) {
  out.clear(with_tape);
  take_first_look(delivery, settings, memory, out);
  note_marks(out);
}

void Connection::take_first_look(const Delivery& delivery, const Settings& settings, Memory& memory,
                                 Look& out) {
  meet(delivery);
  if (number_ == 0) {
    number_ = ++memory.connections;
  }
  Stream& stream = streams_[index(delivery.side)];
  Flow& self = flows_[index(delivery.side)];
  Flow& peer = flows_[index(other(delivery.side))];
  note_room(memory);
  note_steps(delivery);
  if (pass_data(delivery, settings, memory, out)) {
    return;
  }
  quiet_[0] = quiet_[1] = {};
  out.stream_before = stream;
  out.reading.facts.events = std::exchange(stream.events, {});
  opens_ = delivery.opens || (opens_ && stream.held);
  Note note(delivery, self);
  find_place(delivery, note, out);
  if (Stream& theirs = streams_[index(other(delivery.side))];
      !theirs.begun && !theirs.next_known && delivery.ack) {
    theirs.next = *delivery.ack;
    theirs.next_known = true;
  }
  if (note.late) {
    read_late(delivery, note, out);
  } else if (note.reads) {
    const Pieces held = note.held();
    read_behind(held, delivery, note.skip, self, peer, out);
    keep(out.reading.kept + (held ? delivery.bytes.size() : 0), memory);
    move_on(delivery, note.skip, held.have, out);
    out.nothing_read = out.reading.consumed == 0 && out.need != 0;
    if (!out.nothing_read) {
      only_data_[index(delivery.side)] = is_only_data(out.reading);
    }
  } else if (note.skip != delivery.reported) {
    stream.begun = true;
    stream.next = delivery.seq.value_or(0) + delivery.reported;
    stream.beyond = 0;
    out.unread = true;
  } else {
    note = silent_note(delivery, note.flow());
    step(delivery);
  }
  if (out.nothing_read || out.unread) {
    postpone(delivery, note, out);
  } else {
    conclude(delivery, std::move(note), settings, memory, out);
  }
}

// note_room says whether bytes that come in pieces are kept. Flows have that, so notes do, too.
void Connection::note_room(const Memory& memory) {
  const bool no_room = kept_ >= kMaxKept || memory.kept >= Memory::kMaxKept;
  if (no_room != flows_[0].no_room) {
    flows_[0].no_room = flows_[1].no_room = no_room;
    quiet_[0] = quiet_[1] = {};
  }
}

// note_steps says whether records of data are stepped over. Flows have that, so notes do, too. The
// end of a record that was begun is stepped to.
void Connection::note_steps(const Delivery& delivery) {
  Flow& flow = flows_[index(delivery.side)];
  const bool begun = streams_[index(delivery.side)].beyond != 0;
  const bool steps = begun || (delivery.steps && only_data_[index(delivery.side)]);
  if (steps != flow.steps) {
    flow.steps = steps;
    quiet_[index(delivery.side)] = {};
  }
}

// step is for a delivery of which nothing is to be read: it may be of a record that was.
void Connection::step(const Delivery& delivery) {
  Stream& stream = streams_[index(delivery.side)];
  if (stream.beyond != 0 && delivery.seq) {
    stream.beyond = std::min(stream.beyond, stream.next - (*delivery.seq + delivery.reported));
    stream.unfinished = stream.beyond != 0;
  }
}

// note_step keeps where in a delivery reading starts, where data is stepped over.
void Connection::note_step(const Delivery& delivery, uint32_t skip) {
  Note note(delivery, flows_[index(delivery.side)]);
  note.skip = skip;
  notes_.remember(delivery.side, std::move(note));
  quiet_[index(delivery.side)].is_silent = false;
}

// silent_note says that nothing of a delivery is read; it speaks for all that a record that was
// read still has.
Note Connection::silent_note(const Delivery& delivery, const Flow& flow) const {
  const Stream& stream = streams_[index(delivery.side)];
  Note note(delivery, flow);
  note.reads = false;
  if (stream.is_in_rest(delivery.seq)) {
    note.seq = stream.rest_begin;
    note.skip = stream.rest;
  }
  return note;
}

// is_in_order tells that a delivery goes on where its direction's last one ended, and that nothing
// is missing.
bool Connection::is_in_order(const Delivery& delivery) const {
  const Stream& stream = streams_[index(delivery.side)];
  const Stream& theirs = streams_[index(other(delivery.side))];
  return stream.begun && stream.synced && !stream.held && stream.events.empty() &&
         (theirs.begun || theirs.next_known) && delivery.seq == stream.next - stream.beyond &&
         delivery.ack && !delivery.opens && !misses_bytes(delivery) &&
         delivery.bytes.size() == delivery.reported && !delivery.bytes.empty();
}

// is_noted tells that nothing is to be remembered for data that a side goes on with: the last note
// serves.
bool Connection::is_noted(Side side) const {
  const Flow& flow = flows_[index(side)];
  return quiet_[index(side)].note_serves ||
         notes_.last_serves(side, true, flow.state(), flow.partial);
}

// is_quiet tells that no rule has anything to say of records of data, and keeps of which lengths
// that is known. What one of them does to the handshake changes nothing for the next one then.
bool Connection::is_quiet(const DataRun& run, Side by, const Stage& stage, Quiet& known) const {
  if (run.first.version != handshake_.sender(direction(by)).record_version) {
    return false;
  }
  for (const uint32_t length : run.lengths) {
    if (known.lengths.has(length)) {
      continue;
    }
    if (length == 0 || offends(run.of_length(length), by, stage)) {
      return false;
    }
    known.lengths.add(length);
  }
  return true;
}

// offends tells whether there is a rule that a record breaks.
bool Connection::offends(const RecordFacts& fact, Side by, const Stage& stage) const {
  Made made = made_[index(by)];
  std::vector<Finding> found;
  judge(fact, scene_of(direction(by), handshake_.whole, stage), made, found);
  return !found.empty();
}

// pass_data takes a delivery that is in order and nothing but protected data of which no rule has
// anything to say: most of a capture is so. It does what the long way would, and only that. It
// returns false, and has changed nothing, for all others.
bool Connection::pass_data(const Delivery& delivery, const Settings& settings, Memory& memory,
                           Look& out) {
  const Flow& self = flows_[index(delivery.side)];
  const DataRun& run = out.reading.facts.data;
  Quiet& quiet = quiet_[index(delivery.side)];
  const uint32_t skip = streams_[index(delivery.side)].beyond;
  if (skip >= delivery.bytes.size() || !begins_with_data(delivery.bytes.subspan(skip)) ||
      !is_in_order(delivery) || (!self.steps && !is_noted(delivery.side))) {
    return false;
  }
  const Stage stage{delivery.frame, delivery.time, settings, memory};
  if (!read_data({delivery.bytes.subspan(skip), delivery.reported - skip, 0, skip}, self,
                 out.reading) ||
      !is_quiet(run, delivery.side, stage, quiet)) {
    out.reading.clear();
    return false;
  }
  handshake_.take(run, self.direction, delivery.frame);
  if (!quiet.note_serves) {
    quiet.note_serves = true;
    handshake_.settle();  // more data settles nothing
  }
  if (self.steps) {
    note_step(delivery, skip);
  }
  opens_ = false;
  only_data_[index(delivery.side)] = true;
  move_on(delivery, skip, 0, out);
  out.showable = true;
  return true;
}

// read_more reads records of data of the lengths that are known to be quiet; nothing if there is
// anything else. The last record need not be whole.
std::optional<Connection::MoreData> Connection::read_more(Bytes bytes, Version version,
                                                          const QuietLengths& lengths, bool steps) {
  MoreData out;
  Bytes rest = bytes;
  while (!rest.empty() && out.need == 0) {
    if (ContentType{rest[0]} != content_type::application_data || out.records == kMaxRecords) {
      return std::nullopt;
    }
    const auto header = peek_header(rest);
    if (!header) {
      out.need = Reading::kNeedUnknown;
      break;
    }
    if (header->version != version || !lengths.has(header->length)) {
      return std::nullopt;
    }
    const uint32_t total = header->total();
    const auto there = static_cast<uint32_t>(std::min<size_t>(total, rest.size()));
    if (there != total && !steps) {
      out.need = total - there;
      break;
    }
    ++out.records;
    out.last_length = header->length;
    out.beyond = total - there;
    rest = rest.subspan(there);
  }
  out.read = static_cast<uint32_t>(bytes.size() - rest.size());
  return out;
}

bool Connection::pass(const Delivery& delivery, Look& out) {
  Stream& stream = streams_[index(delivery.side)];
  Quiet& quiet = quiet_[index(delivery.side)];
  const Flow& flow = flows_[index(delivery.side)];
  const bool steps = delivery.steps || stream.beyond != 0;
  if (!quiet.note_serves || steps != flow.steps || !is_in_order(delivery)) {
    return false;
  }
  if (stream.beyond < delivery.reported) {
    return pass_records(delivery, out);
  }
  if (!quiet.is_silent) {
    notes_.remember(delivery.side, silent_note(delivery, flow));
    quiet.is_silent = true;
  }
  note_passed(delivery.reported, 0, out);
  stream.beyond -= delivery.reported;
  stream.unfinished = stream.beyond != 0;
  return true;
}

// note_passed says of a look what after_first_look() asks for.
void Connection::note_passed(uint32_t asked_from, uint32_t need, Look& out) {
  out.unread = out.nothing_read = out.showable = false;
  out.joined = {};
  out.asked_from = asked_from;
  out.need = need;
}

bool Connection::pass_records(const Delivery& delivery, Look& out) {
  Stream& stream = streams_[index(delivery.side)];
  const Flow& flow = flows_[index(delivery.side)];
  const uint32_t skip = stream.beyond;
  const auto more =
      read_more(delivery.bytes.subspan(skip), handshake_.sender(flow.direction).record_version,
                quiet_[index(delivery.side)].lengths, flow.steps);
  if (!more || (more->records == 0 && skip != 0)) {
    return false;
  }
  note_passed(skip + more->read, more->need, out);
  stream.unfinished = more->need != 0 || more->beyond != 0;
  if (more->records != 0) {
    if (flow.steps) {
      note_step(delivery, skip);
    }
    handshake_.take_more(more->records, more->last_length, flow.direction, flow.negotiated.version);
    stream.next += more->read + more->beyond;
    stream.record_end = more->need == 0 || more->need == Reading::kNeedUnknown
                            ? std::nullopt
                            : std::optional(*delivery.seq + delivery.reported + more->need);
    begin_rest(stream, more->beyond);
  }
  return true;
}

// postpone: what is known of bytes in which nothing was read is said when something is. They may
// come again, with more.
void Connection::postpone(const Delivery& delivery, const Note& note, Look& out) {
  Stream& stream = streams_[index(delivery.side)];
  stream.events = out.reading.facts.events;
  if (!stream.events.empty()) {
    handshake_.lose();
  }
  out.tape.clear();
  out.reading.summary.clear();
  Note silent = silent_note(delivery, note.flow());
  // Behind a note by which data is stepped over the beginning of a record would be read.
  const bool stepped = notes_.steps(delivery.side) && !note.state.steps;
  out.noted = notes_.remember(delivery.side, std::move(silent)) && !stepped;
}

// read_late reads a delivery that fills a gap, by itself.
void Connection::read_late(const Delivery& delivery, const Note& note, Look& out) {
  Flow alone = note.flow();
  Flow nobody;
  read_behind({}, delivery, note.skip, alone, nobody, out);
  for (MessageFacts& message : out.reading.facts.messages) {
    message.begins_handshake = false;
  }
  if (flows_[0].negotiated.version == version::unknown &&
      alone.negotiated.version != version::unknown) {
    flows_[0].negotiated = alone.negotiated;  // the ServerHello was what came late
    flows_[1].negotiated = alone.negotiated;
  }
}

void Connection::keep(size_t n, Memory& memory) {
  kept_ += n;
  memory.kept += n;
}

// keep_findings counts what a note will keep; above the limit it keeps nothing.
void Connection::keep_findings(std::vector<Finding>& findings) {
  const bool was_full = kept_findings_ >= kMaxKeptFindings;
  kept_findings_ += findings.size();
  if (was_full) {
    findings.clear();
  } else if (kept_findings_ >= kMaxKeptFindings) {
    findings.back() = limit_finding(Limit::kept_findings);
  }
}

// conclude judges a look and keeps what a later one needs.
void Connection::conclude(const Delivery& delivery, Note&& note, const Settings& settings,
                          Memory& memory, Look& out) {
  judge_all(delivery, settings, memory, out);
  keep_findings(out.findings);
  handshake_.settle();
  out.showable = !out.reading.facts.records.empty() || !out.findings.empty();
  if (!out.findings.empty()) {
    if (!note.reads && note.skip != 0) {  // it speaks for this delivery only
      note.seq = delivery.seq.value_or(0);
      note.skip = delivery.reported;
    }
    note.with_more().findings = out.findings;
  }
  notes_.remember(delivery.side, std::move(note));
}

// misses_bytes tells that this side acknowledges bytes of the other that no look has seen: they are
// not in the capture, or come later in it; or numbers them otherwise. Of a record that is not whole
// TCP may hold bytes back. A FIN counts as one.
bool Connection::misses_bytes(const Delivery& delivery) const {
  const Stream& theirs = streams_[index(other(delivery.side))];
  if (!delivery.ack || (!theirs.begun && !theirs.next_known)) {
    return false;
  }
  constexpr int32_t kMuch = 1 << 24;  // more than a handshake has
  const uint32_t most = theirs.record_end ? *theirs.record_end - 1 : theirs.next + 1;
  const auto ahead = static_cast<int32_t>(*delivery.ack - most);
  return ahead > 0 || ahead < -kMuch;
}

// judge_all goes through the facts in the order in which they were sent: each is judged by what was
// known before it.
void Connection::judge_all(const Delivery& delivery, const Settings& settings, Memory& memory,
                           Look& out) {
  const Facts& facts = out.reading.facts;
  bool misses = misses_bytes(delivery) || facts.skips_messages();
  facts.events.for_each([&](StreamEvent event) { misses |= event != StreamEvent::cut; });
  if (misses || !delivery.ack) {
    handshake_.lose();
  }
  const Direction by = flows_[index(delivery.side)].direction;
  const Stage stage{delivery.frame, delivery.time, settings, memory};
  const Scene scene = scene_of(by, handshake_.whole, stage);
  Made& made = made_[index(delivery.side)];
  facts.events.for_each(
      [&](StreamEvent event) { judge(StreamFacts{event}, scene, made, out.findings); });
  for (const LimitFacts& limit : facts.limits) {
    judge(limit, scene, made, out.findings);
  }
  Scene at_step = scene;
  for (const Step& step : facts.steps) {
    judge_step(step, at_step, misses, out);
  }
  for (const FaultFacts& fault : facts.faults) {
    judge(fault, scene, made, out.findings);
  }
  if (out.reading.lost || !facts.events.empty() || facts.skips_messages()) {
    handshake_.lose();  // what comes next is found by looking for it, or behind what is missing
  }
}

// judge_step brings the scene to where it is before the step.
void Connection::judge_step(const Step& step, Scene& scene, bool misses, Look& out) {
  const Facts& facts = out.reading.facts;
  Made& made = made_[scene.by == flows_[0].direction ? 0 : 1];
  const auto take = [&](const auto& fact) {
    scene.whole = handshake_.whole;
    judge(fact, scene, made, out.findings);
    handshake_.take(fact, scene.by, scene.frame);
  };
  switch (step.kind) {
    case Step::Kind::record:
      take(facts.records[step.index]);
      break;
    case Step::Kind::alert:
      take(facts.alerts[step.index]);
      break;
    case Step::Kind::change:
      take(facts.changes[step.index]);
      break;
    case Step::Kind::heartbeat:
      take(facts.heartbeats[step.index]);
      break;
    case Step::Kind::message:
      if (facts.messages[step.index].begins_handshake) {
        made_[0].reset();
        made_[1].reset();
        handshake_.begin(facts.messages[step.index].protected_by_mac, opens_);
        if (misses) {
          handshake_.lose();  // a HelloRetryRequest may be among what is missing
        }
      }
      take(facts.messages[step.index]);
      scene.whole = handshake_.whole;
      note_message(facts.messages[step.index], scene);
      break;
  }
}

void Connection::judge_closing(Side side, ClosingFacts fact, const Stage& stage,
                               std::vector<Finding>& out) {
  const Sender& sender = handshake_.sender(direction(side));
  fact.unfinished = streams_[index(side)].unfinished;
  fact.said_goodbye = sender.last_may_be_alert || sender.closed_in != 0;
  judge(fact, scene_of(direction(side), fact.whole, stage), made_[index(side)], out);
}

void Connection::judge_failure(const FailureFacts& fact, const Stage& stage,
                               std::vector<Finding>& out) {
  const Scene scene = scene_of(direction(Side::a), true, stage);
  judge(fact, scene, made_[0], out);
  if (fact.refused) {
    note_failure(scene);
  }
}

void Connection::judge_slow(const SlowFacts& fact, const Stage& stage, std::vector<Finding>& out) {
  judge(fact, scene_of(direction(Side::a), true, stage), made_[0], out);
}

Scene Connection::scene_of(Direction by, bool whole, const Stage& stage) const {
  const size_t c = index(client());
  return {handshake_,     by,           stage.frame, stage.time, whole,
          stage.settings, stage.memory, number_,     ends_[c],   ends_[1 - c]};
}

// move_on brings the stream to where the reading of a delivery ended, of which `skip` bytes were
// left out, behind `held` bytes.
void Connection::move_on(const Delivery& delivery, uint32_t skip, uint32_t held, Look& out) {
  Stream& stream = streams_[index(delivery.side)];
  const Reading& reading = out.reading;
  const uint32_t start = delivery.seq.value_or(0);
  const uint32_t read_to = skip + std::max(reading.consumed, held) - held;
  stream.begun = true;
  stream.synced = !reading.lost;
  stream.next = start + read_to + static_cast<uint32_t>(reading.beyond);
  stream.record_end = std::nullopt;
  const Flow& flow = flows_[index(delivery.side)];
  begin_rest(stream, flow.steps ? static_cast<uint32_t>(reading.beyond) : 0);
  stream.unfinished = reading.need != 0 || stream.beyond != 0 || flow.partial.pieces;
  if (reading.need == 0) {
    return;
  }
  out.asked_from = read_to;
  out.need = reading.need;
  if (reading.need != Reading::kNeedUnknown) {
    stream.record_end = start + delivery.reported + reading.need;
  }
}

void Connection::after_first_look(const Delivery& delivery, uint32_t again_from, const Look& look) {
  Stream& stream = streams_[index(delivery.side)];
  if ((look.unread || look.nothing_read) && again_from == 0) {
    take_back(delivery, look);
    stream.unfinished = look.nothing_read;
    return;
  }
  if (look.unread) {
    stream.next = delivery.seq.value_or(0) + again_from;
  }
  if (look.need == 0 || delivery.bytes.size() < delivery.reported) {
    return;
  }
  if (again_from > look.asked_from) {
    hold(delivery, again_from, look);
  } else if (look.nothing_read) {
    restore(delivery, look);
    stream.beyond -= std::min(stream.beyond, again_from);
  }
}

// take_back undoes a look at bytes that come again.
void Connection::take_back(const Delivery& delivery, const Look& look) {
  restore(delivery, look);
  if (look.noted) {
    notes_.forget_last(delivery.side);
  }
}

// restore brings back what was known before a look at bytes in which nothing was read.
void Connection::restore(const Delivery& delivery, const Look& look) {
  if (look.flows_before) {
    flows_[0] = look.flows_before->at(0);
    flows_[1] = look.flows_before->at(1);
  }
  streams_[index(delivery.side)] = look.stream_before;
}

// hold keeps the bytes of an unfinished record that will not come again.
void Connection::hold(const Delivery& delivery, uint32_t again_from, const Look& look) {
  Stream& stream = streams_[index(delivery.side)];
  stream.next = delivery.seq.value_or(0) + again_from;
  if (flows_[index(delivery.side)].no_room) {
    stream.synced = false;
    stream.events.add(StreamEvent::not_kept);
    return;
  }
  const Bytes all = look.joined ? look.joined.bytes() : delivery.bytes;
  const size_t from = look.joined ? look.reading.consumed : look.asked_from;
  const size_t to = all.size() - (delivery.reported - again_from);
  if (look.joined && from == 0) {
    stream.held = look.joined;
    stream.held.have = static_cast<uint32_t>(to);
  } else {
    stream.held = {};
    stream.held.append(all.subspan(from, to - from));
  }
}

}  // namespace tlslens
