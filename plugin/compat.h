// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// Everything that differs between the Wireshark versions that this source builds for stands here:
// no other file asks for a version.

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/exceptions.h>
#include <epan/expert.h>
#include <epan/exported_pdu.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/proto_data.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>

extern "C" {
#include <epan/dissectors/packet-tcp.h>
#include <epan/show_exception.h>
}

#if TLSLENS_WANT_MAJOR > 4 || (TLSLENS_WANT_MAJOR == 4 && TLSLENS_WANT_MINOR >= 4)
using ws_bool = bool;
#else
using ws_bool = gboolean;
#endif

// From which frame on the built-in's heuristic takes a conversation; 0: all of them.
#if TLSLENS_WANT_MAJOR > 4 || (TLSLENS_WANT_MAJOR == 4 && TLSLENS_WANT_MINOR >= 4)
constexpr uint32_t claimed_from(uint32_t frame) { return frame; }
#else
constexpr uint32_t claimed_from(uint32_t) { return 0; }
#endif

#if __has_include(<wsutil/plugins.h>)
#include <wsutil/plugins.h>
#endif

// What starts a statistic tells whether it could.
#if TLSLENS_WANT_MAJOR > 4 || (TLSLENS_WANT_MAJOR == 4 && TLSLENS_WANT_MINOR >= 6)
using StatStarted = bool;
#else
using StatStarted = void;
#endif

#ifndef STATS_TREE_MENU_SEPARATOR
#define STATS_TREE_MENU_SEPARATOR "/"
#endif

// ext_value_strings is value_string_ext_new for strings that live as long as the program.
inline value_string_ext* ext_value_strings(const value_string* rows, unsigned n, const char* name) {
#if TLSLENS_WANT_MAJOR > 4 || (TLSLENS_WANT_MAJOR == 4 && TLSLENS_WANT_MINOR >= 6)
  return value_string_ext_new(wmem_epan_scope(), rows, n, name);
#else
  return value_string_ext_new(rows, n, name);
#endif
}
