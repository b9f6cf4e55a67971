// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <string>

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
  };

  // take is for the payload of a segment; `is_read` if it went to the reading of TLS.
  Told take(Side by, Bytes payload, bool is_read, Moment now);
  // take_end is for a FIN or RST; `is_tls_port` if TLS was expected.
  Told take_end(Side by, bool is_tls_port) const;

  // text is the line that a side sent first, printable; empty for anything else.
  const std::string& text(Side side) const { return text_[index(side)]; }
  // hello is the ClientHello that was not read as one, client who sent it or the request.
  Moment hello() const { return hello_; }
  Side client() const { return client_; }

 private:
  std::array<std::string, 2> text_;
  bool sent_[2] = {};
  Moment hello_;
  Side client_ = Side::a;
};

}  // namespace tlslens
