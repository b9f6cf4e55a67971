// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handshake/message.h"

namespace tlslens {

// Each MESSAGE row of handshake.def has a reader of its body.
#define FIELD(...)
#define MESSAGE(code, read, reference) void read(Reader& r, const Context& context, Body& out);
#include "handshake/handshake.def"
#undef MESSAGE
#undef FIELD

// fits tells whether `read` reads the rest of `r` without a fault and to its last byte. Where bytes
// decide which of several forms they have.
template <typename Read>
bool fits(const Reader& r, Read read) {
  std::vector<Fault> faults;
  Parse silent{nullptr, &faults, r.rest().data()};
  Reader probe(silent, r.rest(), 0, 0);
  read(probe);
  return r.missing() == 0 && probe.ok() && !probe.more() && faults.empty();
}

// show_suite leaves the parts of a cipher suite below the leaf that was read last, whose bytes are
// `place`.
void show_suite(Reader& r, Span place, Registry registry, uint32_t suite, const SuiteParts* parts);

}  // namespace tlslens
