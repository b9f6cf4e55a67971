// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "wire/bytes.h"

namespace tlslens {

// Side is one of the two ends of a connection; which of them is the client shows later.
enum class Side : uint8_t { a = 0, b = 1 };

inline constexpr size_t index(Side side) { return static_cast<size_t>(side); }
inline constexpr Side other(Side side) { return side == Side::a ? Side::b : Side::a; }

// Endpoint is an address, of 4 or 16 bytes in network order (0 for one of another kind), and a
// port.
struct Endpoint {
  std::array<uint8_t, 16> address{};
  uint8_t size = 0;
  uint16_t port = 0;
  bool operator<(const Endpoint& other) const {
    return std::tie(address, size, port) < std::tie(other.address, other.size, other.port);
  }
  bool operator==(const Endpoint&) const = default;
};

// host writes the address: "10.0.0.5", "2001:db8::1", or "?".
std::string host(const Endpoint& endpoint);
// text writes address and port: "10.0.0.5:443", "[2001:db8::1]:443".
std::string text(const Endpoint& endpoint);

// TcpFrame is what the headers of a segment say (RFC 9293 §3.1). Sequence numbers are those on the
// wire. `length` is the payload's as it was sent; `payload` is what was captured of it.
struct TcpFrame {
  uint32_t frame = 0;
  Side side = Side::a;  // who sent it
  int64_t time = 0;     // of the frame, in microseconds since 1970, UTC
  uint32_t seq = 0;
  std::optional<uint32_t> ack;
  bool syn = false;
  bool fin = false;
  bool rst = false;
  uint8_t ttl = 0;
  uint32_t length = 0;
  Bytes payload;
};

// TcpSide is what is known of the segments that one side of a connection sent.
struct TcpSide {
  bool seen = false;
  bool opened = false;  // its SYN was seen
  bool begun = false;   // `next` is known
  uint8_t ttl = 0;      // of its first segment
  uint32_t next = 0;    // the number behind the last byte that was sent
  uint32_t acked = 0;   // the highest number that the other side acknowledged
  bool is_acked = false;
  bool had_gap = false;           // also one that was filled later
  bool was_acked_unseen = false;  // bytes were acknowledged before they were seen
  bool begun_unseen = false;      // bytes before the first segment in the capture were acknowledged
  uint32_t gap_begin = 0;         // the last gap, from here ...
  uint32_t gap_end = 0;           // ... to here; no gap if they are equal
  uint32_t data_frames = 0;       // segments with payload that was not sent before
  uint32_t longest = 0;           // the longest payload, in bytes
  uint32_t repeats = 0;           // how often bytes not yet acknowledged were sent again
  uint32_t repeated_length = 0;   // the length of the segment that was sent again last
  uint32_t fin_in = 0;            // frame; 0 if there was none
  uint8_t rst_ttl = 0;

  // take brings this side past a segment it sent.
  void take(const TcpFrame& frame);
  // expects tells that a segment from `seq` on with no flag of its own is what comes next.
  bool expects(uint32_t seq) const { return begun && seq == next && fin_in == 0 && !has_gap(); }
  // may_have tells that the other side, which acknowledged before, acknowledges what was seen.
  bool may_have(uint32_t ack) const {
    return is_acked && begun && static_cast<int32_t>(next - ack) >= 0;
  }
  // take_ack is for an acknowledgement by the other side.
  void take_ack(uint32_t ack);

  bool has_gap() const { return gap_begin != gap_end; }
  // is_whole tells that all of it was seen, from its SYN on, and in order.
  bool is_whole() const { return opened && !had_gap && !was_acked_unseen; }
  // is_complete tells that nothing is missing by now, in whatever order it came.
  bool is_complete() const { return opened && !has_gap() && !misses(); }
  // misses tells that the other side acknowledged bytes that are not in the capture.
  bool misses() const {
    const auto ahead = static_cast<int32_t>(acked - next);
    const bool is_more = ahead > 0 && is_acked && begun && (ahead > 1 || fin_in == 0);
    return begun_unseen || is_more;
  }
  // is_closed tells that its FIN was seen, and acknowledged.
  bool is_closed() const { return fin_in != 0 && !has_gap() && is_acked && acked == next + 1; }
  // lost_on_the_way tells a gap of which nothing was acknowledged: the other side lacks it, too.
  bool lost_on_the_way() const {
    return has_gap() && is_acked && static_cast<int32_t>(acked - gap_begin) <= 0;
  }
  bool operator==(const TcpSide&) const = default;
  // waits tells that something was sent and not acknowledged.
  bool waits() const { return is_acked && begun && static_cast<int32_t>(next - acked) > 0; }

 private:
  void open_gap(uint32_t end);
  void take_rst(const TcpFrame& frame);
};

// TcpSides are both sides of a connection.
class TcpSides {
 public:
  // take brings both sides past a segment that one of them sent.
  void take(const TcpFrame& frame) {
    if (!pass(frame)) {
      take_any(frame);
    }
  }
  // pass does the same, faster, for a segment that is what was to come next, and tells nothing but
  // how far its side and the other have got: most are so. It returns false, and has changed
  // nothing, for all others.
  bool pass(const TcpFrame& frame);
  const TcpSide& operator[](Side side) const { return sides_[index(side)]; }
  // turn makes each side the other.
  void turn() { std::swap(sides_[0], sides_[1]); }

  // misses tells that bytes of either side are acknowledged and not in the capture.
  bool misses() const { return sides_[0].misses() || sides_[1].misses(); }
  bool had_gap() const { return sides_[0].had_gap || sides_[1].had_gap; }
  bool is_whole() const { return sides_[0].is_whole() && sides_[1].is_whole(); }
  bool is_complete() const { return sides_[0].is_complete() && sides_[1].is_complete(); }
  bool is_closed() const { return sides_[0].is_closed() && sides_[1].is_closed(); }

 private:
  void take_any(const TcpFrame& frame);

  TcpSide sides_[2];
};

inline bool TcpSides::pass(const TcpFrame& frame) {
  TcpSide& from = sides_[index(frame.side)];
  TcpSide& to = sides_[index(other(frame.side))];
  if (frame.syn || frame.fin || frame.rst || !frame.ack || !from.expects(frame.seq) ||
      !to.may_have(*frame.ack)) {
    return false;
  }
  from.next += frame.length;
  from.data_frames += frame.length != 0 ? 1 : 0;
  from.longest = std::max(from.longest, frame.length);
  if (static_cast<int32_t>(*frame.ack - to.acked) > 0) {
    to.acked = *frame.ack;
    to.repeats = 0;
  }
  return true;
}

}  // namespace tlslens
