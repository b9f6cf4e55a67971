// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "compat.h"
#include "diagnosis/session.h"
#include "fields/fields.h"
#include "findings/connection.h"

// What the files of the plugin share. Exceptions of epan are longjmp: in a function that calls into
// epan with a packet at hand, nothing with a destructor may be alive. So results of the core stand
// in static storage, and these functions hold pointers and integers only.

namespace tlslens::plugin {

inline constexpr size_t kFieldCount = static_cast<size_t>(Field::count);

// Registered is what epan gave out at registration; indexed by Field and FindingId.
struct Registered {
  int proto = -1;
  int no_layer = -1;  // TLSLens as a protocol in name only, which is no layer of a frame
  std::array<int, kFieldCount> hf;
  std::array<int, kFieldCount> ett;
  int ett_protocol = -1;
  std::array<expert_field, kFindingCount> ei;
  std::array<expert_field, kFindingCount> milder;  // of the same name; where a row has one
  dissector_handle_t handle = nullptr;             // of no_layer
  dissector_handle_t tls = nullptr;                // the built-in dissector's
  protocol_t* tls_protocol = nullptr;
  int tap = -1;
  int expert = -1;           // Wireshark's own protocol of expert infos
  int expert_tap = -1;       // and its tap
  int export_tap = -1;       // the one to which TCP gives payload to export
  bool names_ticket = true;  // the built-in has a field for the ticket in a hello
};
extern Registered g;

// Preferences as the user set them.
struct Preferences {
  ws_bool keep_builtin = TRUE;
  ws_bool take_over_ports = TRUE;
  ws_bool policy = FALSE;
  ws_bool close_notify = FALSE;
  unsigned expiry_days = 30;
  unsigned max_connections = 4'000'000;
};
extern Preferences g_preferences;

// register_fields registers hf, ett and ei for every row of the core's tables.
void register_fields();
void register_preferences();
// settings are the preferences that findings depend on.
Settings settings();

// encoding returns the ENC_ flags with which a field is read.
unsigned encoding(Field f);

// builtin_wanted tells whether the built-in dissector gets the bytes too.
bool builtin_wanted();

// show_der lets Wireshark's own dissectors show, below `item`, what a mark's bytes are in DER, if
// they are something of that kind. With the built-in dissector below, its tree has that already,
// and twice would double every field.
void show_der(Field field, tvbuff_t* tvb, int offset, int length, packet_info* pinfo,
              proto_item* item);

// wanted_tree returns `tree` if anybody asks for what TLSLens or Wireshark's expert infos add to
// it, else null: a filter or a coloring rule about something else needs none of it. Without the
// built-in dissector, fields of certificates and the like are there too, and `tree` is always
// wanted.
proto_tree* wanted_tree(proto_tree* tree);

// draw adds the tree of a look, and its expert infos even where `tree` is null.
void draw(const Look& look, uint32_t stream, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree);

// draw_session adds what is known of a handshake below the item that draw() made in the frame; it
// makes one if there is none.
void draw_session(const Look& look, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree);
// has_own_item tells whether draw() made an item in the frame that is dissected, found_in_frame is
// what was found in it; both have to be forgotten at its end.
bool has_own_item();
const std::vector<FindingId>& found_in_frame();
void forget_drawn();

// Talk is a connection that speaks TLS, or was asked to.
struct Talk {
  Connection connection;
  Session session;
  Talk(const Endpoint& a, const Endpoint& b) { connection.set_ends(a, b); }
};

// Untold is what is followed of a TCP conversation until there is a talk.
struct Untold {
  TcpSides sides;
  std::unique_ptr<Prelude> prelude;  // null where nothing was sent yet
};

// Tracked is what is kept of a TCP conversation.
struct Tracked {
  Endpoint ends[2];
  conversation_t* conversation = nullptr;  // TCP's, which lasts as long as the capture is open
  // None of these is null; past is of a talk that is over.
  std::variant<std::unique_ptr<Untold>, std::unique_ptr<Talk>, std::unique_ptr<Past>> phase =
      std::make_unique<Untold>();
  std::optional<uint32_t> first_seq[2];  // of the first bytes behind a SYN, as TCP numbers them
  // What a proxy carries in this conversation: another one, for which HTTP's dissector has changed
  // the packets' ports; its first side is the second one here if it is turned.
  Tracked* inner = nullptr;
  bool is_turned = false;
  bool may_be_led = true;  // lead() in dissect.cc was not asked yet
  bool is_led = false;     // epan hands over what comes without looking at its ports
  uint32_t stream = 0;     // see stream_of, from 1; 0 for none yet

  // All but one of these return null.
  Untold* untold() const { return phase_as<Untold>(); }
  Talk* talk() const { return phase_as<Talk>(); }
  Past* past() const { return phase_as<Past>(); }

  // tcp is not known of a talk that is over.
  const TcpSides& tcp() const {
    return talk() != nullptr ? talk()->session.tcp() : untold()->sides;
  }
  // notes and history are known where there is a talk, or was one.
  const Notes& notes() const {
    return past() != nullptr ? past()->notes : talk()->connection.notes();
  }
  const History& history() const {
    return past() != nullptr ? past()->history : talk()->session.history();
  }

 private:
  template <typename Phase>
  Phase* phase_as() const {
    const auto* held = std::get_if<std::unique_ptr<Phase>>(&phase);
    return held == nullptr ? nullptr : held->get();
  }
};

// tcp_conversation returns the one that TCP has for a packet, or null. What epan takes for the
// packet's may be another: behind a PROXY header its addresses are those that the header names.
conversation_t* tcp_conversation(const packet_info* pinfo);
// Sent is the conversation that a packet is of, null if it is not known, and who sent the packet.
struct Sent {
  Tracked* tracked = nullptr;
  Side by = Side::a;
};
// tracked_by_tcp returns what is known of TCP's conversation, of which a packet is at hand; made if
// it is `wanted`, else null if there is nothing yet. Null, too, above the preference
// max_connections.
Tracked* tracked_by_tcp(conversation_t* conversation, const packet_info* pinfo, bool wanted);
// tracked_of does so for any conversation whose bytes are handed over, and makes it.
Tracked* tracked_of(conversation_t* conversation, const packet_info* pinfo);
// recent_of returns what was noted last for a packet's ends: what TCP's conversation holds, unless
// the packet is a SYN, which may begin another one between the same ends.
Sent recent_of(const packet_info* pinfo);
void note_recent(Tracked* tracked, const packet_info* pinfo);
// talk_of returns the talk of a conversation, made if there is none. What follows one that is over
// is another one.
Talk& talk_of(Tracked& tracked);
// end_talk keeps of a talk that is over what later looks need.
void end_talk(Tracked& tracked);
// stream_of numbers the talks of a capture, from 0, in the order in which they are asked for: when
// bytes come to the dissector. The built-in dissector has such a number from Wireshark 4.6 on.
uint32_t stream_of(Tracked& tracked);
// sent_in tells who sent a packet of a conversation, which may be null.
Sent sent_in(Tracked* tracked, const packet_info* pinfo);
int64_t microseconds(const packet_info* pinfo);
Moment moment_of(const packet_info* pinfo);

// is_address compares bytes with an address of IPv4 or IPv6.
inline bool is_address(const uint8_t* bytes, const address& known) {
  // Of known sizes, so that it is a few instructions.
  return known.type == AT_IPv4 ? std::memcmp(bytes, known.data, 4) == 0
                               : std::memcmp(bytes, known.data, 16) == 0;
}

// read_headers reads the TCP header of a frame, but for the side that sent it; false if it has none
// that can be found.
bool read_headers(tvbuff_t* tvb, const packet_info* pinfo, TcpFrame& out);

// delivery_of describes what TCP handed over, and notes in its conversation, which is known, where
// its directions begin; `data` is its tcpinfo, or null.
Delivery delivery_of(const Sent& sent, const packet_info* pinfo, tvbuff_t* tvb,
                     const tcpinfo* data);
// capture is what is known across the connections of the capture.
Capture& capture();
// conclude_connections tells what would be true of connections if the capture ended here.
void conclude_connections();
// forget_connections is for the end of a capture.
void forget_connections();

// hand_over gives a conversation to TLSLens, from a frame on.
void hand_over(conversation_t* conversation, uint32_t frame);

// register_dissectors and hand_off put TLSLens in the path of TCP.
void register_dissectors();
void hand_off();

// after_every_packet is the postdissector: it follows TCP, and shows what became of handshakes.
int after_every_packet(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void*);
// note_dissected says in which frame bytes were dissected last, of which conversation, and who sent
// them there.
void note_dissected(uint32_t frame, const Sent& sent);
// note_followed says that a packet's segment was followed when its bytes were dissected; null for
// none.
void note_followed(const packet_info* pinfo);

// set_columns fills Protocol and Info where the built-in dissector does not.
void set_columns(const Look& look, packet_info* pinfo);

}  // namespace tlslens::plugin
