// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "alert/alert.h"
#include "diagnosis/last_messages.h"
#include "diagnosis/plain_text.h"
#include "diagnosis/row.h"

namespace tlslens {

// How a handshake ended.
enum class End : uint8_t {
  done,          // both sides are through
  alert,         // in the clear
  hidden_alert,  // a protected record of the length of an alert
  fin,
  rst,
  text,     // what one side sent is no TLS
  refused,  // the server refused to begin
  silence,  // nothing came
};
struct Ending {
  End kind;
  Direction by;
  Alert alert{};  // for End::alert, and a warning that came before a FIN or RST
  Moment at;

  bool is_closed() const { return kind == End::fin || kind == End::rst; }
};

// PlainTexts are what each side sent instead of TLS, before or after the ClientHello: its first
// line, printable. Few connections have any.
class PlainTexts {
 public:
  const std::string& operator[](Direction by) const;
  void set(Direction by, std::string line);

 private:
  std::unique_ptr<std::array<std::string, 2>> lines_;
};

// Trail is what is known of the handshake at hand, beside its row, for telling why it failed.
struct Trail {
  std::optional<Ending> ending;  // the first one
  std::optional<Alert> warning;  // the last warning that is an error of the one who sent it
  Direction warned_by{};
  bool damaged = false;        // part of it is not in the capture
  std::array<bool, 2> lost{};  // the same, of a direction, by its TCP numbers
  bool renegotiates = false;
  bool canceled = false;            // user_canceled was sent
  bool empty_certificate = false;   // the client has none; in TLS 1.3 told by its length
  bool client_certificate = false;  // the client sent one; the same
  bool name_mismatch = false;       // of the server's certificate
  uint32_t hello_length = 0;        // of the ClientHello, in bytes
  uint32_t hello_frames = 0;        // segments that the client sent up to the end of its hello
  bool client_data = false;         // the client sent application data
  bool server_spoke = false;        // the server sent anything since the ClientHello
  PlainTexts text;
  Asked asked = Asked::nothing;  // before TLS, and refused
  LastMessages last;
  // This handshake is within a protected connection: who sent its first record, and what came
  // since.
  bool is_hidden = false;
  Direction asked_by{};
  std::array<bool, 2> changed{};  // a side sent its ChangeCipherSpec
  bool ignored = false;           // the other side went on with application data
  // TLS 1.3: what the lengths of protected records tell.
  bool early_data = false;      // the client offered some
  uint32_t server_records = 0;  // before the client's first
  bool client_spoke = false;    // a protected record of the client that is no early data
  bool maybe_alert = false;     // the server's last record may be an alert
  bool server_done = false;     // it sent more than an alert since the client spoke

  // greeted_in_plain: the server spoke first, in text, and the client said nothing before its
  // ClientHello. Where it did, as for STARTTLS, TLS may be just what they agreed on.
  bool greeted_in_plain() const {
    constexpr size_t kEnough = 4;
    return text[Direction::server_to_client].size() >= kEnough &&
           text[Direction::client_to_server].empty();
  }
};

}  // namespace tlslens
