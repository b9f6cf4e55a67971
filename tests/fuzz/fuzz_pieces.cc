// SPDX-License-Identifier: GPL-2.0-or-later
// One conversation in segments as they come, and cut anew: it shows the same. The first byte says
// how it is cut and what comes first, the rest is as for fuzz_stream, of which bit 0 of the flags
// counts only. Two hellos come before it: where nothing is known yet, what a piece is may depend on
// how much of it there is.
#include <algorithm>

#include "support/checks.h"
#include "support/conversation.h"
#include "support/input.h"

using namespace tlslens;
using namespace tlslens::test;

namespace {

Conversation conversation(fuzz::Input& in, bool is_tls13) {
  constexpr size_t kMost = 64;
  Conversation out = {
      from_client(handshake_record(is_tls13 ? client_hello_tls13() : client_hello())),
      from_server(handshake_record(is_tls13 ? server_hello_tls13() : server_hello_tls12()))};
  while (in.more() && out.size() < kMost) {
    const Side side = (in.u8() & 1) != 0 ? Side::b : Side::a;
    const ByteVec bytes = in.take(in.u16() % 4096);
    if (!bytes.empty()) {
      out.push_back({side, bytes});
    }
  }
  return out;
}

bool is_no_tls(const std::string& line) { return line.starts_with("record.not_tls"); }

// shown_as_tls is what a side showed before its bytes were no TLS any more: how the rest is
// searched for records depends on the segments.
std::vector<std::string> shown_as_tls(const Tap& tap, Side side) {
  std::vector<std::string> out = tap.values(side);
  out.erase(std::ranges::find_if(out, is_no_tls), out.end());
  return out;
}

// send_tls sends a conversation up to the first bytes that are no TLS, and returns what it sent: in
// what comes behind them a hello may be found, which says who is who on both sides.
Conversation send_tls(const Conversation& conversation, Tap& tap) {
  Conversation out;
  const auto left = [](const Seen& seen) {
    return std::ranges::any_of(seen.shown.values, is_no_tls);
  };
  for (const Sent& sent : conversation) {
    if (std::ranges::none_of(tap.seen(), left)) {
      tap.send(sent.side, sent.bytes);
      out.push_back(sent);
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input in(data, size);
  const uint8_t how = in.u8();
  Tap whole(Mode::again);
  const Conversation sent = send_tls(conversation(in, (how & 2) != 0), whole);
  Tap pieces((how & 1) != 0 ? Mode::again : Mode::keep);
  pieces.send(sent, how < 128 ? Segmenter::every(1 + how / 16) : Segmenter::random(how, 40));
  for (const Side side : {Side::a, Side::b}) {
    const std::vector<std::string> one = shown_as_tls(whole, side);
    const std::vector<std::string> other = shown_as_tls(pieces, side);
    if (one != other) {
      fuzz::check(false, "the same in pieces:\n" + join(one) + "---\n" + join(other));
    }
  }
  return 0;
}
