// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "session/facts.h"
#include "session/flow.h"
#include "wire/tape.h"

namespace tlslens {

// kMaxMessage is the longest handshake message that is put together from pieces, in bytes; of a
// longer one the beginning is read.
inline constexpr uint32_t kMaxMessage = 1 << 20;

// How many records, alerts and handshake messages of a segment are looked at. What comes behind the
// last one is bytes.
inline constexpr size_t kMaxRecords = 1 << 14;
inline constexpr size_t kMaxAlerts = 1 << 14;
inline constexpr size_t kMaxMessages = 1 << 12;

// Reading is what reading a segment leaves behind. It is reused: clear() keeps the memory.
struct Reading {
  Tape* tape = nullptr;  // null: nobody looks, no marks and no summary are made
  Facts facts;
  // sources[i] is source i+1 of marks and places; source 0 is what TCP delivered.
  std::vector<Pieces> sources;
  std::string summary;  // one line: what the segment carries

  uint32_t consumed = 0;  // bytes of the segment that whole records account for
  uint32_t need = 0;      // bytes that the record at `consumed` lacks; kNeedUnknown if its header
                          // is not whole; 0 if nothing is pending
  bool lost = false;      // where the next record begins is not known
  uint64_t beyond = 0;    // bytes after the segment that belong to a record counted in `consumed`
  size_t kept = 0;        // bytes of messages that came in pieces and were kept

  static constexpr uint32_t kNeedUnknown = UINT32_MAX;
  static constexpr size_t kMaxSources = 254;

  void clear();
};

// Segment is bytes of one direction in order: `bytes` captured of `reported` sent.
struct Segment {
  Bytes bytes;
  uint32_t reported = 0;
  uint8_t source = 0;  // the source that the bytes are in
  uint32_t at = 0;     // their offset there
  bool opens = false;  // nothing of the direction was sent before them
};

// read_segment reads the records of a segment, which begins with a record, and brings both flows up
// to date: `self` sent it. The caller has cleared `out`.
void read_segment(const Segment& segment, Flow& self, Flow& peer, Reading& out);

// read_data does the same, faster, for a segment that is nothing but protected application data of
// one version behind the handshake, where nobody wants marks; the last record may not be whole. The
// records are in Facts::data. It returns false, and leaves `out` cleared, for all other segments.
bool read_data(const Segment& segment, const Flow& self, Reading& out);
// begins_with_data is a quick test for what read_data returns false for.
bool begins_with_data(Bytes bytes);

}  // namespace tlslens
