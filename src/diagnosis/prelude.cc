// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/prelude.h"

#include <algorithm>

#include "record/record.h"

namespace tlslens {
namespace {

constexpr size_t kEnough = 4;    // printable bytes that make a text
constexpr uint8_t kLookAt = 64;  // segments; who wants TLS asks for it before

}  // namespace

// take_upgrade follows a request for TLS. A client that goes on without it has not given up.
void Prelude::take_upgrade(Side by, Bytes payload, Moment now) {
  const Asked asked = asked_for(payload);
  if (asked != Asked::nothing) {
    asked_ = asked;
    is_refused_ = false;
    client_ = by;
    request_ = now;
    text_[index(by)] = first_line(payload);
    has_line_[index(by)] = true;
  } else if (asked_ != Asked::nothing && by != client_ && !is_refused_) {
    is_refused_ = refuses(asked_, payload);
    asked_ = is_refused_ ? asked_ : Asked::nothing;
    text_[index(by)] = first_line(payload);
    has_line_[index(by)] = true;
  } else if (by == client_ && is_refused_ && !says_goodbye(payload) && !begins_hello(payload)) {
    is_refused_ = false;
    asked_ = Asked::nothing;
  }
}

Prelude::Told Prelude::take(Side by, Bytes payload, bool is_read, Moment now) {
  if (looked_at_ == kLookAt) {
    is_refused_ = false;  // whether the client goes on is not looked at any more
    return Told::nothing;
  }
  ++looked_at_;
  take_upgrade(by, payload, now);
  const bool first = !sent_[index(by)];
  sent_[index(by)] = true;
  if (!has_line_[index(by)]) {
    // The line may come in pieces, even byte by byte.
    std::string& line = text_[index(by)];
    line.append(first_line(payload), 0, kMaxLine - line.size());
    has_line_[index(by)] =
        printable_start(payload).size() != payload.size() || line.size() == kMaxLine;
  }
  const Side peer = other(by);
  if (!is_read && begins_hello(payload)) {
    hello_ = now;
    client_ = by;
    return is_proxy_header(text_[index(by)]) && is_http_refusal(text_[index(peer)])
               ? Told::client_is_plain
               : Told::nothing;
  }
  if (hello_ && by != client_) {
    const bool answers = printable_start(payload).size() >= std::min(kEnough, payload.size());
    hello_ = answers ? hello_ : Moment{};  // it is something else: TLS that nobody reads
    return is_refused_ ? Told::refused : answers ? Told::server_is_plain : Told::nothing;
  }
  if (first && is_plain_request(text_[index(peer)]) && refuses_plain_text(payload)) {
    client_ = peer;
    return Told::client_is_plain;
  }
  return Told::nothing;
}

Prelude::Told Prelude::take_end(Side by, bool is_tls_port) const {
  if (is_refused_) {
    return Told::refused;
  }
  const Side peer = other(by);
  if (hello_ && by != client_ && text(by).size() >= kEnough && text(peer).empty()) {
    return Told::server_is_plain;
  }
  const bool silent = is_tls_port && !sent_[index(by)] && is_plain_request(text(peer));
  return silent ? Told::client_is_plain : Told::nothing;
}

}  // namespace tlslens
