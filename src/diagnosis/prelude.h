// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <string>

#include "diagnosis/plain_text.h"
#include "diagnosis/row.h"
#include "session/tcp.h"

namespace tlslens {

// Prelude is what a connection carried before anything was read as TLS. It tells where one side
// speaks TLS and the other does not: then no TLS is ever read.
class Prelude {
 public:
  enum class Told : uint8_t {
    nothing,
    client_is_plain,  // a server that speaks TLS refused a request in plain text
    server_is_plain,  // a server answered a ClientHello in plain text
    refused,          // the client asked for TLS, was refused, and gave up
  };

  // take is for the payload of a segment; `is_read` if it went to the reading of TLS.
  Told take(Side by, Bytes payload, bool is_read, Moment now);
  // take_end is for a FIN or RST; `is_tls_port` if TLS was expected.
  Told take_end(Side by, bool is_tls_port) const;

  // text is the line that a side sent first, or by which it asked for TLS and refused that,
  // printable; empty for anything else.
  const std::string& text(Side side) const { return text_[index(side)]; }
  // hello is the ClientHello that was not read as one, request where TLS was asked for, client who
  // sent either.
  Moment hello() const { return hello_; }
  Moment request() const { return request_; }
  Asked asked() const { return asked_; }
  Side client() const { return client_; }

 private:
  void take_upgrade(Side by, Bytes payload, Moment now);

  std::array<std::string, 2> text_;
  bool sent_[2] = {};
  bool has_line_[2] = {};  // the text is complete
  uint8_t looked_at_ = 0;  // segments
  Asked asked_ = Asked::nothing;
  bool is_refused_ = false;
  Moment hello_;
  Moment request_;
  Side client_ = Side::a;
};

}  // namespace tlslens
