// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "diagnosis/row.h"
#include "wire/tape.h"

namespace tlslens {

// show_session leaves derived marks with what is known of a handshake at a frame. The outcome
// stands on the frame that decided it only.
void show_session(const Row& row, uint32_t frame, Tape& tape);

}  // namespace tlslens
