// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "plugin.h"

namespace tlslens::plugin {

// Tapped is what the tap "tlslens" hands on for a frame: the handshake it belongs to, and what was
// found in it. It lasts as long as the dissection of the frame.
struct Tapped {
  const Row* row;
  const FindingId* findings;
  size_t n_findings;
};

// register_statistics registers the table of handshakes and what else listens to the tap.
void register_statistics();

}  // namespace tlslens::plugin
