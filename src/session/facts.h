// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"
#include "session/flow.h"
#include "wire/reader.h"

namespace tlslens {

// Facts are what a look at a segment established. They state, and judge nothing.

// Place is where something stands: the field shown there, and its bytes in a source.
struct Place {
  Field field;
  uint8_t source = 0;
  Span span;
  bool operator==(const Place&) const = default;
};

struct RecordFacts {
  ContentType type;
  Version version;
  uint32_t length;  // without the header, in bytes
  uint8_t source;   // in which the record lies
  uint32_t offset;  // of its header there
  bool encrypted;   // the content is protected
  bool in_clear;    // the direction is known to be unprotected
  bool sslv2;
  Negotiated negotiated;
};

struct AlertFacts {
  Alert alert;
  bool readable;    // false: the bytes at `place` are no alert of two bytes; `alert` says nothing
  uint32_t length;  // of the record's content, in bytes
  Place place;
};

struct CcsFacts {
  uint8_t value;    // 0 if there is no byte
  uint32_t length;  // of the record's content, in bytes
  Place place;
};

struct MessageFacts {
  HandshakeType type;
  uint32_t length;  // without the header, in bytes
  bool too_long;    // above the cap: only its beginning was read
  bool is_sslv2;
  Place place;
};

using FaultFacts = Fault;

// StreamEvent is what happened to the bytes of a direction before this segment.
enum class StreamEvent : uint8_t {
  joined_late,   // the capture begins after the ClientHello
  gap,           // bytes were sent that the capture does not have here
  out_of_order,  // bytes came after later ones
  cut,           // the capture's snap length cut the segment
};

struct StreamFacts {
  StreamEvent event;
};

struct Facts {
  std::vector<RecordFacts> records;
  std::vector<AlertFacts> alerts;
  std::vector<CcsFacts> changes;
  std::vector<MessageFacts> messages;
  std::vector<FaultFacts> faults;
  std::vector<StreamFacts> events;
  bool new_handshake = false;  // a ClientHello began a handshake

  void clear();
};

inline void Facts::clear() {
  records.clear();
  alerts.clear();
  changes.clear();
  messages.clear();
  faults.clear();
  events.clear();
  new_handshake = false;
}

}  // namespace tlslens
