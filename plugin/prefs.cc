// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin.h"

namespace tlslens::plugin {

void register_preferences() {
  module_t* module = prefs_register_protocol(g.proto, nullptr);
  prefs_register_bool_preference(module, "keep_builtin",
                                 "Keep the built-in TLS dissector below TLSLens",
                                 "Hand every record on to the built-in TLS dissector, which "
                                 "decrypts it and dissects what is in it.",
                                 &g_preferences.keep_builtin);
  prefs_register_bool_preference(
      module, "take_over_ports", "Take over the TLS ports",
      "Dissect the TCP ports that the built-in TLS dissector has by default; a port that Decode As "
      "gives to another dissector is left alone.",
      &g_preferences.take_over_ports);
}

}  // namespace tlslens::plugin
