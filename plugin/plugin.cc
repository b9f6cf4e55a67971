// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin.h"
#include "statistics.h"

// In C++ a const at namespace scope is internal; the declaration makes it visible.
extern "C" {
WS_DLL_PUBLIC const char plugin_version[];
WS_DLL_PUBLIC const int plugin_want_major;
WS_DLL_PUBLIC const int plugin_want_minor;
WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);
}

const char plugin_version[] = TLSLENS_VERSION;
const int plugin_want_major = TLSLENS_WANT_MAJOR;
const int plugin_want_minor = TLSLENS_WANT_MINOR;

namespace tlslens::plugin {

Registered g;
Preferences g_preferences;

namespace {

void register_protocol() {
  g.proto = proto_register_protocol("TLSLens", "TLSLens", "tlslens");
  // What TLSLens runs as: to make a layer of a frame costs as much as to look at it, and the
  // frame's protocols stay what they are without TLSLens. It is enabled as TLSLens is, and Decode
  // As has both.
  g.no_layer =
      proto_register_protocol_in_name_only("TLSLens, as no layer of a frame", "TLSLens (default)",
                                           "tlslens_default", g.proto, FT_PROTOCOL);
  register_fields();
  register_preferences();
  register_dissectors();
  g.tap = register_tap("tlslens");
  register_statistics();
}

}  // namespace
}  // namespace tlslens::plugin

void plugin_register(void) {
  static proto_plugin plugin;
  plugin.register_protoinfo = tlslens::plugin::register_protocol;
  plugin.register_handoff = tlslens::plugin::hand_off;
  proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void) {
#ifdef WS_PLUGIN_DESC_DISSECTOR
  return WS_PLUGIN_DESC_DISSECTOR;
#else
  return 1;
#endif
}
