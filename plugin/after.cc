// SPDX-License-Identifier: GPL-2.0-or-later
// What is done when all dissectors of a frame are through.
#include "diagnosis/show_session.h"
#include "plugin.h"
#include "statistics.h"

namespace tlslens::plugin {
namespace {

Look g_session_look;
TcpFrame g_frame;

// g_dissected is of what bytes were dissected last, in g_dissected_in.
Sent g_dissected;
uint32_t g_dissected_in;

// Followed is the packet of which the segment was followed last when its bytes were dissected: a
// frame may carry several, which are told apart by where their addresses are.
struct Followed {
  uint32_t frame = 0;
  const void* at = nullptr;
};
Followed g_followed;

bool was_dissected(const packet_info* pinfo) {
  return g_dissected.tracked != nullptr && g_dissected_in == pinfo->num;
}

// step_in_unless_dissected: after STARTTLS an application's dissector gives the conversation to the
// built-in. TLSLens then steps in front of it, from the next frame on. It does so at payload only.
void step_in_unless_dissected(const Tracked& tracked, const packet_info* pinfo) {
  conversation_t* conversation = tracked.conversation;
  if (!was_dissected(pinfo) && conversation_get_dissector(conversation, pinfo->num) == g.tls) {
    hand_over(conversation, pinfo->num + 1);
  }
}

bool has_rows(const Talk* talk) { return talk != nullptr && !talk->session.history().is_empty(); }

// is_certain: who said what first shows only where nothing is missing or out of order. A
// ClientHello that is all the client sent was first, or did not wait.
bool is_certain(Prelude::Told told, const Prelude& prelude, TcpSides tcp) {
  tcp.take(g_frame);
  const bool any_order =
      told == Prelude::Told::server_is_plain && prelude.text(prelude.client()).empty();
  return any_order ? tcp.is_complete() : tcp.is_whole();
}

// says_something: most frames that do not are bare acknowledgements.
bool says_something() { return !g_frame.payload.empty() || g_frame.fin || g_frame.rst; }

// tell begins a talk by what its prelude tells.
[[gnu::noinline]] void tell(Tracked& tracked, Prelude::Told told, Moment now) {
  Talk& talk = talk_of(tracked);
  Delivery delivery;
  delivery.side = g_frame.side;
  delivery.looks_like_server = g_frame.side != talk.session.prelude()->client();
  talk.connection.meet(delivery);
  talk.session.take_prelude(told, talk.connection, now, capture());
}

// take_prelude looks at g_frame, which says something, of a conversation in which nothing has been
// read as TLS.
void take_prelude(Tracked& tracked, bool is_read, Moment now) {
  const Talk* talk = tracked.talk();
  auto& known = talk != nullptr ? tracked.talk()->session.prelude() : tracked.untold()->prelude;
  if (!known) {
    known = std::make_unique<Prelude>();
  }
  Prelude::Told told = Prelude::Told::nothing;
  if (!g_frame.payload.empty()) {
    told = known->take(g_frame.side, g_frame.payload, is_read, now);
  }
  if (told == Prelude::Told::nothing && (g_frame.fin || g_frame.rst)) {
    told = known->take_end(g_frame.side, talk != nullptr);
  }
  if (told != Prelude::Told::nothing && is_certain(told, *known, tracked.tcp())) {
    tell(tracked, told, now);
  }
}

// carried is what a conversation carries: another one, or itself.
Tracked& carried(Tracked& outer) { return outer.inner != nullptr ? *outer.inner : outer; }

// link is for the first bytes of a conversation within another one.
[[gnu::noinline]] void link(Tracked& outer, Tracked& inner, bool is_turned) {
  outer.inner = &inner;
  outer.is_turned = is_turned;
  TcpSides tcp = outer.tcp();
  if (is_turned) {
    tcp.turn();
  }
  talk_of(inner).session.follow(tcp, nullptr);
}

// take_packet is for a packet by which something may change, and tells whether anything can have
// come of it. Its headers are in g_frame if they are readable.
[[gnu::noinline]] bool take_packet(Tracked& tracked, bool readable, bool is_read, Moment now) {
  if (readable && says_something() && !has_rows(tracked.talk())) {
    take_prelude(tracked, is_read, now);
  }
  if (Talk* talk = tracked.talk()) {
    if (readable) {
      talk->session.take(g_frame, talk->connection);
    }
    talk->session.settle(talk->connection, now, settings(), capture());
    return true;
  }
  if (readable) {
    tracked.untold()->sides.take(g_frame);
  }
  return false;
}

// passes tells that the packet in g_frame is one of many by which nothing changes but how far both
// sides have got, and moves on past it.
bool passes(const Tracked& tracked) {
  if (Talk* talk = tracked.talk()) {
    return talk->session.pass(g_frame);
  }
  Untold* untold = tracked.untold();
  return untold == nullptr || (g_frame.payload.empty() && untold->sides.pass(g_frame));
}

// follow is for a packet whose conversation is known; the rest as take_packet.
bool follow(const Sent& sent, bool readable, const packet_info* pinfo) {
  Tracked& outer = *sent.tracked;
  const bool is_read = was_dissected(pinfo);
  if (is_read && g_dissected.tracked != &outer && outer.inner == nullptr &&
      outer.past() == nullptr) {
    link(outer, *g_dissected.tracked, g_dissected.by != sent.by);
  }
  Tracked& tracked = carried(outer);
  if (!readable) {
    const Moment now = moment_of(pinfo);
    capture().last_time = now.time;
    return tracked.past() == nullptr && take_packet(tracked, false, is_read, now);
  }
  g_frame.side = outer.is_turned ? other(sent.by) : sent.by;
  capture().last_time = g_frame.time;
  return !passes(tracked) && take_packet(tracked, true, is_read, {g_frame.frame, g_frame.time});
}

// show is for a frame of a handshake; `row` is null if the handshake has none.
void show(const History& history, const Row* row, tvbuff_t* tvb, packet_info* pinfo,
          proto_tree* tree) {
  const std::vector<Finding>* findings = history.findings_at(pinfo->num);
  const bool decides = row != nullptr && row->decided.frame == pinfo->num;
  const bool shown = decides || findings != nullptr;
  if (!shown && (row == nullptr || tree == nullptr || !has_own_item())) {
    return;
  }
  g_session_look.clear(true);
  if (findings != nullptr) {
    g_session_look.findings = *findings;
  }
  if (row != nullptr && tree != nullptr) {
    show_session(*row, pinfo->num, g_session_look.tape);
  }
  pinfo->current_proto = "TLSLens";  // what expert infos are of; epan sets it back
  draw_session(g_session_look, tvb, pinfo, tree);
  if (decides && is_failure(row->outcome)) {
    col_append_fstr(pinfo->cinfo, COL_INFO, " [%s]", verdict(row->cause));
  }
}

// outer_of returns what is known of a packet's TCP conversation; null as tracked_by_tcp.
[[gnu::noinline]] Sent outer_of(const packet_info* pinfo, bool first) {
  conversation_t* conversation = tcp_conversation(pinfo);
  if (conversation == nullptr) {
    return {};
  }
  const Sent outer = sent_in(tracked_by_tcp(conversation, pinfo, first), pinfo);
  if (first) {
    note_recent(outer.tracked, pinfo);  // null, too: what was there may have the same ends
  }
  if (outer.tracked != nullptr && first) {
    outer.tracked->conversation = conversation;
    step_in_unless_dissected(*outer.tracked, pinfo);
  }
  return outer;
}

// may_begin_another: a SYN may begin another conversation between the same ends, unless it answers
// one and is the first of its side.
bool may_begin_another(const Sent& known) {
  if (!g_frame.syn || !g_frame.ack) {
    return g_frame.syn;
  }
  return known.tracked->past() != nullptr || known.tracked->tcp()[known.by].seen;
}

// dissected_outer tells that what was dissected in a packet is of TCP's conversation itself, not of
// one that is carried in it: that one's ports are others.
bool dissected_outer(const packet_info* pinfo) {
  const auto [tracked, by] = g_dissected;
  return was_dissected(pinfo) && tracked->conversation != nullptr &&
         tracked->ends[index(by)].port == pinfo->srcport &&
         tracked->ends[index(other(by))].port == pinfo->destport;
}

bool was_followed(const packet_info* pinfo) {
  return g_followed.frame == pinfo->num && g_followed.at == pinfo->net_src.data;
}

// outer_at_first is outer_of for a packet that is seen for the first time.
Sent outer_at_first(const packet_info* pinfo, bool readable) {
  const Sent known = !readable ? Sent{} : dissected_outer(pinfo) ? g_dissected : recent_of(pinfo);
  if (known.tracked == nullptr || may_begin_another(known)) {
    return outer_of(pinfo, true);
  }
  if (g_frame.length != 0) {
    step_in_unless_dissected(*known.tracked, pinfo);
  }
  return known;
}

// tapped lives as long as the packet.
const Tapped* tapped(packet_info* pinfo, const Row& row) {
  const std::vector<FindingId>& found = found_in_frame();
  auto* out = wmem_new0(pinfo->pool, Tapped);
  auto* ids = static_cast<FindingId*>(
      wmem_memdup(pinfo->pool, found.data(), found.size() * sizeof(FindingId)));
  *out = {&row, ids, found.size()};
  return out;
}

// show_packet shows what is known of the handshake that a packet is of; nothing is known of one
// that is untold.
[[gnu::noinline]] void show_packet(const Tracked& tracked, tvbuff_t* tvb, packet_info* pinfo,
                                   proto_tree* tree) {
  if (tracked.untold() != nullptr) {
    return;
  }
  const Row* row = tracked.history().row_at(pinfo->num, capture().ledger);
  show(tracked.history(), row, tvb, pinfo, wanted_tree(tree));
  if (row != nullptr && have_tap_listener(g.tap)) {
    tap_queue_packet(g.tap, pinfo, tapped(pinfo, *row));
  }
}

// conclude_packet is for a packet of which something may have come, or that somebody looks at.
[[gnu::noinline]] void conclude_packet(Tracked& outer, tvbuff_t* tvb, packet_info* pinfo,
                                       proto_tree* tree) {
  Tracked& tracked = carried(outer);
  show_packet(tracked, tvb, pinfo, tree);
  if (&tracked == &outer && tracked.talk() != nullptr && tracked.talk()->session.is_over()) {
    end_talk(tracked);
  }
}

// is_looked_at tells that somebody wants to see what is known of any packet.
bool is_looked_at(const proto_tree* tree) { return tree != nullptr || have_tap_listener(g.tap); }

void after_first_time(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree) {
  const bool readable = read_headers(tvb, pinfo, g_frame);
  const Sent outer = outer_at_first(pinfo, readable);
  if (outer.tracked != nullptr && (follow(outer, readable, pinfo) || is_looked_at(tree))) {
    conclude_packet(*outer.tracked, tvb, pinfo, tree);
  }
}

[[gnu::noinline]] void after_again(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree) {
  const Sent outer = outer_of(pinfo, false);
  if (outer.tracked == nullptr) {
    return;
  }
  Tracked& tracked = carried(*outer.tracked);
  if (Talk* talk = tracked.talk()) {
    talk->session.conclude(talk->connection, capture());
  }
  show_packet(tracked, tvb, pinfo, tree);
}

}  // namespace

void note_dissected(uint32_t frame, const Sent& sent) {
  g_dissected = sent;
  g_dissected_in = frame;
}

void note_followed(const packet_info* pinfo) {
  g_followed = pinfo == nullptr ? Followed{} : Followed{pinfo->num, pinfo->net_src.data};
}

int after_every_packet(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void*) {
  if (pinfo->ptype == PT_TCP) {
    if (PINFO_FD_VISITED(pinfo)) {
      after_again(tvb, pinfo, tree);
    } else if (!was_followed(pinfo)) {
      after_first_time(tvb, pinfo, tree);
    } else if (is_looked_at(tree)) {
      conclude_packet(*g_dissected.tracked, tvb, pinfo, tree);
    }
  }
  forget_drawn();
  return 0;
}

}  // namespace tlslens::plugin
