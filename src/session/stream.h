// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

#include "session/facts.h"
#include "session/flow.h"
#include "wire/bytes.h"

namespace tlslens {

// Stream is where the reading of one direction has got to, in TCP sequence numbers. It matters on
// the first look only.
struct Stream {
  bool begun = false;       // a segment of this direction was seen
  bool synced = false;      // a record begins at `next`
  bool next_known = false;  // before it has begun: `next` is what the other side waits for
  bool unfinished = false;  // what was read ends in a record or message without end
  StreamEvents events;      // that no look has shown yet
  uint32_t next = 0;        // of the first byte that was not read
  // Where data is stepped over: the part of the last such record that was to come behind the
  // delivery that it begins in, from a number on; and how much of that has not come, before `next`.
  // What is missing there is no gap, since nothing that is read is missing.
  uint32_t rest_begin = 0;
  uint32_t rest = 0;
  uint32_t beyond = 0;
  std::optional<uint32_t> record_end;  // of the record whose beginning was read, not its end
  Pieces held;                         // bytes before `next` that the next segment completes
  uint32_t gap_begin = 0;              // the last gap, from here ...
  uint32_t gap_end = 0;                // ... to here; no gap if they are equal

  // is_in_rest tells bytes that belong to a record that was read before they came.
  bool is_in_rest(std::optional<uint32_t> seq) const { return seq && *seq - rest_begin < rest; }
};

// find_record looks for the start of a record in bytes at an unknown place of a stream and returns
// its offset. A single header proves little, so two that follow each other are asked for, or one
// that ends where the bytes end. `expected` is an offset at which an earlier header says that one
// begins; `first` is true for the first bytes of a direction, which begin a record if any do.
std::optional<uint32_t> find_record(Bytes bytes, std::optional<uint32_t> expected, bool first);

// begins_with_hello tells the first bytes of a ClientHello of a length and a version that one can
// have, as far as they are there (RFC 8446 §4.1.2).
bool begins_with_hello(Bytes content);

// begins_connection tells whether bytes are what comes first in a connection: a ClientHello, or the
// start of one, or a server's HelloRequest.
bool begins_connection(Bytes bytes);

}  // namespace tlslens
