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
  prefs_register_bool_preference(
      module, "policy", "Make findings of class policy",
      "Tell also what is no offence and what good practice would do otherwise, such as CBC without "
      "encrypt-then-MAC.",
      &g_preferences.policy);
  prefs_register_bool_preference(
      module, "close_notify", "Report a missing close_notify",
      "Tell a connection that a side closed without close_notify, which is common.",
      &g_preferences.close_notify);
  prefs_register_uint_preference(
      module, "expiry_days", "Certificate expiry warning in days",
      "How many days before the end of its validity a certificate is noted.", 10,
      &g_preferences.expiry_days);
  prefs_register_uint_preference(module, "max_connections", "Connections followed at most",
                                 "How many TCP connections of a capture are followed; TLSLens says "
                                 "nothing about further ones.",
                                 10, &g_preferences.max_connections);
}

Settings settings() {
  return {g_preferences.policy != FALSE, g_preferences.close_notify != FALSE,
          g_preferences.expiry_days};
}

}  // namespace tlslens::plugin
