// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "handshake/message.h"
#include "session/flow.h"
#include "session/read_segment.h"
#include "wire/reader.h"

namespace tlslens {

// HandshakeStream reads the handshake messages of one direction from its records: several in one,
// or one over many (RFC 8446 §5.1). A message that lies whole in a record is read in place.
class HandshakeStream {
 public:
  HandshakeStream(Flow& self, Flow& peer, Reading& out) : self_(self), peer_(peer), out_(out) {}

  // read reads the content of one handshake record, which `r` stands at.
  void read(Reader& r);
  // read_incomplete reads what there is of the message in progress, whose rest will not come: it
  // was lost, or never sent.
  void read_incomplete(bool lost);

 private:
  void read_message(Parse& parse, Bytes bytes, uint32_t missing, uint8_t depth,
                    std::optional<Limit> limit);
  void read_body(Reader& r, const MessageHeader& header);
  void take_server_hello(const ServerHello& hello, bool whole);
  void continue_partial(Reader& r);
  void begin_partial(Reader& r);
  std::optional<Limit> limit_of(const MessageHeader& header, bool in_pieces) const;
  void stop_partial(Reader& r);
  void read_assembled(uint8_t depth, uint32_t missing, std::optional<Limit> limit);
  void step_over(uint32_t lacking, const Reader& r);
  void lose_place();
  void give_up(Limit limit, Reader& r);
  void show_fragment(Reader& r, size_t n);

  Flow& self_;
  Flow& peer_;
  Reading& out_;
};

// begin_handshake brings both flows to where a ClientHello leaves them.
void begin_handshake(Flow& self, Flow& peer, Reading& out);

// break_off gives up a message in progress when a record of `type` shows that its rest will not
// come: what there is of it is read.
void break_off(Flow& self, ContentType type, Reading& out);

// lose_sync forgets what missing bytes make uncertain: a message in progress, and whether a
// ChangeCipherSpec or a ServerHello was among them.
void lose_sync(Flow& self, Flow& peer, Reading& out);

// add_summary adds one thing to the line that says what the segment carries.
void add_summary(Reading& out, std::string_view what);

}  // namespace tlslens
