// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>

#include "compat.h"
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
  std::array<int, kFieldCount> hf;
  std::array<int, kFieldCount> ett;
  int ett_protocol = -1;
  std::array<expert_field, kFindingCount> ei;
  std::array<expert_field, kFindingCount> milder;  // of the same name; where a row has one
  dissector_handle_t handle = nullptr;
  dissector_handle_t tls = nullptr;  // the built-in dissector's
  bool names_ticket = true;          // the built-in has a field for the ticket in a hello
};
extern Registered g;

// Preferences as the user set them.
struct Preferences {
  ws_bool keep_builtin = TRUE;
  ws_bool take_over_ports = TRUE;
  ws_bool policy = FALSE;
  unsigned expiry_days = 30;
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

// draw adds the tree of a look, and its expert infos even where `tree` is null.
void draw(const Look& look, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree);

// connection_of returns the connection of a packet, made if there is none yet.
Connection& connection_of(packet_info* pinfo);
// delivery_of describes what TCP handed over; `data` is its tcpinfo, or null.
Delivery delivery_of(packet_info* pinfo, tvbuff_t* tvb, const tcpinfo* data);
// memory is what is known across the connections of the capture.
Memory& memory();
// forget_connections is for the end of a capture.
void forget_connections();

// register_dissectors and hand_off put TLSLens in the path of TCP.
void register_dissectors();
void hand_off();

// set_columns fills Protocol and Info where the built-in dissector does not.
void set_columns(const Look& look, packet_info* pinfo);

}  // namespace tlslens::plugin
