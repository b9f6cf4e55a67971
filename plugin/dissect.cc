// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "plugin.h"
#include "record/record.h"

namespace tlslens::plugin {
namespace {

Look g_look;

// Call tells a call by the built-in dissector's own sub-dissectors, TLS within TLS, from one by
// TCP. It is plain data, because an exception of epan may leave it as it is.
struct Call {
  bool active;
  uint32_t frame;
  int layer;
};
Call g_call;

int layer_of(const packet_info* pinfo) { return pinfo->curr_layer_num; }

bool is_nested(const packet_info* pinfo) {
  return g_call.active && g_call.frame == pinfo->num && layer_of(pinfo) > g_call.layer;
}

// starts_with_text is the built-in's own test for what is not TLS; it declines such bytes.
bool starts_with_text(const Delivery& delivery) {
  if (delivery.bytes.size() <= 4) {
    return false;
  }
  for (size_t i = 0; i < 4; ++i) {
    if (!g_ascii_isprint(delivery.bytes[i])) {
      return false;
    }
  }
  return true;
}

// call_builtin hands the same bytes on. Only the dissector on top of TCP may ask for more bytes, so
// what the built-in asks for is passed on as it is.
int call_builtin(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* data) {
  pinfo->can_desegment = pinfo->saved_can_desegment;
  g_call = {true, pinfo->num, layer_of(pinfo)};
  const int result = call_dissector_only(g.tls, tvb, pinfo, tree, data);
  g_call.active = false;
  return result;
}

int ask_for_more(const Look& look, packet_info* pinfo, const Delivery& delivery) {
  pinfo->can_desegment = pinfo->saved_can_desegment;
  if (look.need != 0 && pinfo->can_desegment > 0) {
    pinfo->desegment_offset = static_cast<int>(look.asked_from);
    pinfo->desegment_len =
        look.need == Reading::kNeedUnknown ? DESEGMENT_ONE_MORE_SEGMENT : look.need;
  }
  return static_cast<int>(delivery.bytes.size());
}

// asked_again_from returns the offset from which TCP will hand over bytes again.
uint32_t asked_again_from(const packet_info* pinfo, const Delivery& delivery) {
  return pinfo->desegment_len != 0 ? static_cast<uint32_t>(pinfo->desegment_offset)
                                   : delivery.reported;
}

// TCP offers bytes that were declined to the next dissector that may take them, which can be
// TLSLens once more: by the conversation, then by the port. The mark lasts as long as the
// dissection of the frame, of which the number is kept, too: to look for a mark costs more.
uint32_t g_declined_in;

uint32_t key_of(const Delivery& delivery) { return delivery.seq.value_or(0); }

bool was_declined(packet_info* pinfo, const Delivery& delivery) {
  return g_declined_in == pinfo->num &&
         p_get_proto_data(pinfo->pool, pinfo, g.proto, key_of(delivery)) != nullptr;
}

void note_declined(packet_info* pinfo, const Delivery& delivery) {
  g_declined_in = pinfo->num;
  p_add_proto_data(pinfo->pool, pinfo, g.proto, key_of(delivery), &g);
}

// pass_on is for a connection that is not followed. The finding is made once in a frame.
int pass_on(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* data) {
  const std::vector<FindingId>& found = found_in_frame();
  if (std::ranges::find(found, FindingId::limit_reached) == found.end()) {
    g_look.clear(false);
    g_look.findings.push_back(limit_finding(Limit::connections));
    draw_session(g_look, tvb, pinfo, wanted_tree(tree));
  }
  return builtin_wanted() ? call_builtin(tvb, pinfo, tree, data) : 0;
}

// has_own_addresses: behind a PROXY header a packet's addresses are others than TCP's.
bool has_own_addresses(const packet_info* pinfo) {
  return pinfo->src.data == pinfo->net_src.data && pinfo->dst.data == pinfo->net_dst.data;
}

// followed_of returns the conversation that bytes come from; null as tracked_of.
Sent followed_of(packet_info* pinfo, const tcpinfo* data) {
  const bool is_plain = !PINFO_FD_VISITED(pinfo) && data != nullptr &&
                        (data->flags & TH_SYN) == 0 && has_own_addresses(pinfo);
  const Sent known = is_plain ? recent_of(pinfo) : Sent{};
  return known.tracked != nullptr
             ? known
             : sent_in(tracked_of(find_or_create_conversation(pinfo), pinfo), pinfo);
}

// continues tells that a delivery goes on with a record, as it was when it came.
bool continues(const Tracked& tracked, const Talk* talk, const Delivery& delivery, bool first) {
  if (!first) {
    return tracked.notes().continues(delivery);
  }
  return talk != nullptr && talk->connection.continues(delivery);
}

// shows_columns tells that there is a list of packets.
bool shows_columns(const packet_info* pinfo) {
  return col_get_writable(pinfo->cinfo, COL_INFO) || col_get_writable(pinfo->cinfo, COL_PROTOCOL);
}

void look_first(Talk& talk, const Delivery& delivery, bool with_tape, const packet_info* pinfo) {
  talk.connection.first_look(delivery, with_tape, settings(), capture().memory, g_look);
  talk.session.take_look(g_look, delivery, talk.connection, moment_of(pinfo), capture());
}

// look looks at a delivery; `talk` as in dissect. It tells whether nothing had to be read for that.
bool look(const Tracked& tracked, Talk* talk, const Delivery& delivery, bool with_tape,
          const packet_info* pinfo) {
  if (PINFO_FD_VISITED(pinfo)) {
    tracked.notes().look_again(delivery, with_tape, g_look);
  } else if (talk == nullptr) {
    tracked.past()->notes.remember_repetition(delivery);
    g_look.clear(false);
  } else if (!with_tape && talk->session.pass(delivery, talk->connection, g_look)) {
    return true;
  } else {
    look_first(*talk, delivery, with_tape, pinfo);
  }
  return false;
}

// after_look is for when it is known what TCP gives again of a delivery.
void after_look(Talk& talk, const Delivery& delivery, bool passed, const packet_info* pinfo) {
  const uint32_t again_from = asked_again_from(pinfo, delivery);
  if (passed && g_look.asked_from == 0 && again_from != 0) {
    look_first(talk, delivery, false, pinfo);  // it is but the beginning of a record
  }
  talk.connection.after_first_look(delivery, again_from, g_look);
}

// has_sole_claim tells that TCP asks nobody but TLSLens about a packet's bytes: by one of its
// ports, of which the user chose nothing.
bool has_sole_claim(const packet_info* pinfo) {
  const dissector_table_t table = find_dissector_table("tcp.port");
  const dissector_handle_t from = dissector_get_uint_handle(table, pinfo->srcport);
  const dissector_handle_t to = dissector_get_uint_handle(table, pinfo->destport);
  const bool is_sole = (from == g.handle && to == nullptr) || (from == nullptr && to == g.handle);
  return is_sole && !dissector_is_uint_changed(table, pinfo->srcport) &&
         !dissector_is_uint_changed(table, pinfo->destport);
}

// lead lets epan hand over what comes next without looking the ports up, which costs as much as all
// that is done for data; but not where TCP's payload is exported, which names the port then.
[[gnu::noinline]] void lead(Tracked& tracked, const packet_info* pinfo) {
  tracked.may_be_led = false;
  conversation_t* conversation = tracked.conversation;
  tracked.is_led = conversation != nullptr && has_own_addresses(pinfo) && has_sole_claim(pinfo) &&
                   conversation_get_dissector(conversation, pinfo->num) == nullptr &&
                   !have_tap_listener(g.export_tap);
  if (tracked.is_led) {
    hand_over(conversation, pinfo->num + 1);
  }
}

// follow_segment follows TCP where the segment can be told from a delivery that was passed: to read
// its headers is not needed then. What another conversation carries is followed as part of that.
void follow_segment(const Tracked& tracked, const Delivery& delivery, const packet_info* pinfo) {
  const bool is_outer = tracked.conversation != nullptr && tracked.inner == nullptr;
  const Moment now = moment_of(pinfo);
  if (is_outer && tracked.talk()->session.pass_segment(delivery, now)) {
    capture().last_time = now.time;
    note_followed(pinfo);
  }
}

int dissect(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* data) {
  if (is_nested(pinfo)) {
    return call_builtin(tvb, pinfo, tree, data);
  }
  const Sent sent = followed_of(pinfo, static_cast<const tcpinfo*>(data));
  if (sent.tracked == nullptr) {
    return pass_on(tvb, pinfo, tree, data);
  }
  const bool companion = builtin_wanted();
  Delivery delivery = delivery_of(sent, pinfo, tvb, static_cast<const tcpinfo*>(data));
  Tracked& tracked = *sent.tracked;
  const bool first = !PINFO_FD_VISITED(pinfo);
  // Null where nothing is to be learned from the delivery.
  Past* past = tracked.past();
  Talk* talk = past != nullptr && (!first || past->repeats(delivery)) ? nullptr : &talk_of(tracked);
  delivery.steps = first && !companion && talk != nullptr && talk->session.is_decided();
  const uint32_t stream = stream_of(tracked);
  note_dissected(pinfo->num, sent);
  if (was_declined(pinfo, delivery) ||
      (starts_with_text(delivery) && !continues(tracked, talk, delivery, first))) {
    if (first && talk != nullptr) {
      talk->session.take_text(delivery.side, delivery.bytes, talk->connection, moment_of(pinfo),
                              capture());
    }
    const bool again = tracked.is_led && was_declined(pinfo, delivery);  // now because of its port
    return companion && !again ? call_builtin(tvb, pinfo, tree, data) : 0;
  }
  proto_tree* own = wanted_tree(tree);
  const bool with_tape = own != nullptr || (!companion && shows_columns(pinfo));
  const bool passed = look(tracked, talk, delivery, with_tape, pinfo);
  pinfo->current_proto = "TLSLens";  // what expert infos are of; epan sets it back
  if (g_look.showable) {
    draw(g_look, stream, tvb, pinfo, own);
  }
  int result = 0;
  if (companion) {
    result = call_builtin(tvb, pinfo, tree, data);
  } else {
    set_columns(g_look, pinfo);
    result = ask_for_more(g_look, pinfo, delivery);
  }
  if (result == 0) {
    note_declined(pinfo, delivery);
  }
  if (first && talk != nullptr) {
    after_look(*talk, delivery, passed, pinfo);
  }
  if (passed && delivery.is_segment) {
    follow_segment(tracked, delivery, pinfo);
  }
  if (passed && tracked.may_be_led) {
    lead(tracked, pinfo);
  }
  return result;
}

// dissect_as_layer is for where epan has made TLSLens a layer of the frame: as where a port leads
// to it, it is none.
int dissect_as_layer(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* data) {
  wmem_list_remove_frame(pinfo->layers, wmem_list_tail(pinfo->layers));
  --pinfo->curr_layer_num;
  return dissect(tvb, pinfo, tree, data);
}

// may_be_tls accepts what the built-in's heuristic accepts, and more: an SSLv2-format hello of any
// length, a hello in a record with an odd version, a header that is split over two segments.
bool may_be_tls(Bytes bytes) {
  if (peek_sslv2_hello(bytes) || begins_hello(bytes)) {
    return true;
  }
  if (const auto header = peek_header(bytes)) {
    return (header->type == content_type::handshake ||
            header->type == content_type::application_data) &&
           is_plausible(*header) && header->length != 0;
  }
  constexpr size_t kTypeAndVersion = 3;
  return bytes.size() >= kTypeAndVersion && ContentType{bytes[0]} == content_type::handshake &&
         bytes[1] == 3 && bytes[2] <= 4;
}

ws_bool dissect_heuristic(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* data) {
  constexpr unsigned kEnough = 64;
  const unsigned n = std::min(tvb_captured_length(tvb), kEnough);
  if (n == 0 || is_nested(pinfo) || !may_be_tls({tvb_get_ptr(tvb, 0, static_cast<int>(n)), n})) {
    return FALSE;
  }
  hand_over(find_or_create_conversation(pinfo), claimed_from(pinfo->num));
  return dissect_as_layer(tvb, pinfo, tree, data) != 0;
}

bool g_builtin_wanted = true;

// ask_for_builtin runs whenever a capture is opened or read anew: neither the preference nor what
// is enabled changes in between.
void ask_for_builtin() {
  g_builtin_wanted = g_preferences.keep_builtin && proto_is_protocol_enabled(g.tls_protocol);
}

std::vector<uint32_t> g_taken_ports;

void note_if_builtin(const char*, ftenum_t, void* key, void* value, void*) {
  if (dtbl_entry_get_handle(static_cast<dtbl_entry_t*>(value)) == g.tls) {
    g_taken_ports.push_back(GPOINTER_TO_UINT(key));
  }
}

void give_ports_back(dissector_table_t table) {
  for (const uint32_t port : g_taken_ports) {
    if (dissector_get_uint_handle(table, port) == g.handle &&
        !dissector_is_uint_changed(table, port)) {
      dissector_add_uint("tcp.port", port, g.tls);
    }
  }
  g_taken_ports.clear();
}

// take_ports runs whenever a capture is opened: only then every dissector and preference has had
// its say about the ports.
void take_ports() {
  g_call = {};
  const dissector_table_t table = find_dissector_table("tcp.port");
  give_ports_back(table);
  if (!g_preferences.take_over_ports || !proto_is_protocol_enabled(find_protocol_by_id(g.proto))) {
    return;
  }
  dissector_table_foreach("tcp.port", note_if_builtin, nullptr);
  std::erase_if(g_taken_ports,
                [&](uint32_t port) { return dissector_is_uint_changed(table, port); });
  for (const uint32_t port : g_taken_ports) {
    dissector_add_uint("tcp.port", port, g.handle);
  }
}

// find_expert: Wireshark registers expert infos when all dissectors have been handed off. To ask
// for a protocol that is none would be a mistake.
void find_expert() {
  const int expert = proto_get_id_by_filter_name("_ws.expert");
  g.expert = expert == -1 ? g.proto : expert;
}

}  // namespace

bool builtin_wanted() { return g_builtin_wanted; }

void hand_over(conversation_t* conversation, uint32_t frame) {
  conversation_set_dissector_from_frame_number(conversation, frame, g.handle);
}

void set_columns(const Look& look, packet_info* pinfo) {
  if (!look.showable) {
    return;
  }
  col_set_str(pinfo->cinfo, COL_PROTOCOL, "TLS");
  col_clear(pinfo->cinfo, COL_INFO);
  if (!look.reading.summary.empty()) {
    col_add_str(pinfo->cinfo, COL_INFO, look.reading.summary.c_str());
  }
}

void register_dissectors() {
  register_dissector("tlslens", dissect_as_layer, g.proto);
  // By that name TCP exports the payload of a conversation that is TLSLens's.
  g.handle = create_dissector_handle_with_name(dissect, g.no_layer, "tls");
  register_init_routine(ask_for_builtin);
  register_init_routine(take_ports);
  register_init_routine(find_expert);
  register_cleanup_routine(forget_connections);
}

void hand_off() {
  g.tls = find_dissector("tls");
  g.tls_protocol = find_protocol_by_id(dissector_handle_get_protocol_index(g.tls));
  g.expert_tap = register_tap("expert");
  g.export_tap = register_tap(EXPORT_PDU_TAP_NAME_LAYER_4);
  g.names_ticket = proto_registrar_get_byname("tls.handshake.extensions.session_ticket") != nullptr;
  heur_dissector_add("tcp", dissect_heuristic, "TLSLens over TCP", "tlslens_tcp", g.proto,
                     HEURISTIC_ENABLE);
  dissector_add_for_decode_as("tcp.port", find_dissector("tlslens"));
  register_postdissector(create_dissector_handle(after_every_packet, g.no_layer));
}

}  // namespace tlslens::plugin
