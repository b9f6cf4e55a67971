// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/prelude.h"

#include <algorithm>

#include "diagnosis/plain_text.h"
#include "record/record.h"

namespace tlslens {
namespace {

constexpr size_t kEnough = 4;  // printable bytes that make a text

}  // namespace

Prelude::Told Prelude::take(Side by, Bytes payload, bool is_read, Moment now) {
  const bool first = !sent_[index(by)];
  sent_[index(by)] = true;
  const std::string text = first_line(payload);
  if (first) {
    text_[index(by)] = text;
  }
  if (!is_read && begins_hello(payload)) {
    hello_ = now;
    client_ = by;
    return Told::nothing;
  }
  if (hello_ && by != client_) {
    const bool answers = text.size() >= std::min(kEnough, payload.size());
    hello_ = answers ? hello_ : Moment{};  // it is something else: TLS that nobody reads
    return answers ? Told::server_is_plain : Told::nothing;
  }
  const Side peer = other(by);
  if (first && is_http_request(text_[index(peer)]) && refuses_plain_text(payload)) {
    client_ = peer;
    return Told::client_is_plain;
  }
  return Told::nothing;
}

Prelude::Told Prelude::take_end(Side by, bool is_tls_port) const {
  const Side peer = other(by);
  if (hello_ && by != client_ && text(by).size() >= kEnough && text(peer).empty()) {
    return Told::server_is_plain;
  }
  const bool silent = is_tls_port && !sent_[index(by)] && is_http_request(text(peer));
  return silent ? Told::client_is_plain : Told::nothing;
}

}  // namespace tlslens
