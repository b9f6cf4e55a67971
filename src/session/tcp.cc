// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/tcp.h"

#include <arpa/inet.h>

#include <algorithm>

namespace tlslens {

std::string host(const Endpoint& endpoint) {
  if (endpoint.size == 4) {
    const auto part = [&](size_t i) { return std::to_string(endpoint.address[i]); };
    return part(0) + "." + part(1) + "." + part(2) + "." + part(3);
  }
  char out[INET6_ADDRSTRLEN] = "?";
  if (endpoint.size == 16) {
    inet_ntop(AF_INET6, endpoint.address.data(), out, sizeof(out));
  }
  return out;
}

std::string text(const Endpoint& endpoint) {
  const std::string address = host(endpoint);
  return (endpoint.size == 16 ? "[" + address + "]" : address) + ":" +
         std::to_string(endpoint.port);
}

void TcpSide::take(const TcpFrame& frame) {
  if (!seen) {
    ttl = frame.ttl;
  }
  seen = true;
  opened |= frame.syn;
  if (frame.rst) {
    take_rst(frame);
    return;
  }
  const uint32_t begin = frame.seq + (frame.syn ? 1 : 0);
  const uint32_t end = begin + frame.length;
  if (!begun) {
    begun = true;
    next = begin;
  }
  const int32_t counted = fin_in != 0 ? 1 : 0;  // a FIN has a number, too
  if (static_cast<int32_t>(begin - next) > counted) {
    open_gap(begin);
  }
  if (frame.fin) {
    fin_in = fin_in == 0 ? frame.frame : fin_in;
  }
  if (has_gap() && static_cast<int32_t>(begin - gap_begin) <= 0 &&
      static_cast<int32_t>(end - gap_end) >= 0) {
    gap_begin = gap_end;
  }
  longest = std::max(longest, frame.length);
  if (static_cast<int32_t>(end - next) > 0 && frame.length != 0) {
    next = end;
    ++data_frames;
  } else if (frame.length > 1 && (!is_acked || static_cast<int32_t>(end - acked) > 0)) {
    ++repeats;  // one byte is a probe of the window or of life (RFC 9293 §3.8.4)
    repeated_length = frame.length;
  }
}

void TcpSide::open_gap(uint32_t end) {
  had_gap = true;
  gap_begin = next;
  gap_end = end;
}

// take_rst: its number need not be the next one. One that is ahead tells of bytes that were not
// seen, unless another machine made it up.
void TcpSide::take_rst(const TcpFrame& frame) {
  constexpr int32_t kFarthest = 1 << 20;
  rst_ttl = frame.ttl;
  const auto ahead = static_cast<int32_t>(frame.seq - next) - (fin_in != 0 ? 1 : 0);
  if (begun && frame.ttl == ttl && ahead > 0 && ahead < kFarthest) {
    open_gap(frame.seq);
  }
}

void TcpSide::take_ack(uint32_t ack) {
  if (!is_acked || static_cast<int32_t>(ack - acked) > 0) {
    if (is_acked) {
      repeats = 0;
      begun_unseen |= !begun;
    }
    is_acked = true;
    acked = ack;
    was_acked_unseen |= misses();
  }
}

void TcpSides::take_any(const TcpFrame& frame) {
  sides_[index(frame.side)].take(frame);
  if (frame.ack) {
    sides_[index(other(frame.side))].take_ack(*frame.ack);
  }
}

}  // namespace tlslens
