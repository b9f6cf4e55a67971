// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <functional>

#include "plugin.h"

namespace tlslens::plugin {
namespace {

constexpr uint8_t kTcp = 6;
// kMaxHeaders is how far into a frame the headers of IP and TCP are looked for, in bytes.
constexpr size_t kMaxHeaders = 512;
constexpr size_t kNowhere = SIZE_MAX;

// Compilers make one load of these.
uint16_t number16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
uint32_t number32(const uint8_t* at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

// Packet is where TCP begins in a frame, and where its segment ends.
struct Packet {
  size_t tcp = 0;  // 0: not found
  size_t end = 0;
  uint8_t ttl = 0;
};

// read_ipv4 reads the header at `ip` (RFC 791 §3.1); nothing for a fragment.
inline Packet read_ipv4(Bytes bytes, size_t ip, size_t reported) {
  constexpr uint16_t kFragment = 0x3fff;
  const uint8_t* header = bytes.data() + ip;
  const size_t length = size_t{header[0] & 0x0fU} * 4;
  if (header[0] >> 4 != 4 || length < 20 || header[9] != kTcp ||
      (number16(header + 6) & kFragment) != 0) {
    return {};
  }
  const size_t total = number16(header + 2);
  return {ip + length, total == 0 ? reported : ip + total, header[8]};
}

// read_ipv6 reads the header at `ip` (RFC 8200 §3) and steps over those that follow it.
Packet read_ipv6(Bytes bytes, size_t ip, size_t reported) {
  constexpr size_t kHeader = 40;
  const size_t payload = number16(bytes.data() + ip + 4);
  uint8_t next = bytes[ip + 6];
  size_t at = ip + kHeader;
  const auto is_extension = [](uint8_t type) { return type == 0 || type == 43 || type == 60; };
  while (is_extension(next) && at + 2 <= bytes.size()) {
    next = bytes[at];
    at += (size_t{bytes[at + 1]} + 1) * 8;
  }
  if (bytes[ip] >> 4 != 6 || next != kTcp) {
    return {};
  }
  return {at, payload == 0 ? reported : ip + kHeader + payload, bytes[ip + 7]};
}

// read_at reads a header of IP whose addresses are at `at`; nothing if that is no offset of any.
inline Packet read_at(Bytes bytes, size_t at, size_t reported, int type) {
  const size_t before = type == AT_IPv4 ? 12 : 8;
  const size_t addresses = type == AT_IPv4 ? 8 : 32;
  if (at < before || at >= bytes.size() || bytes.size() - at < addresses) {
    return {};
  }
  return type == AT_IPv4 ? read_ipv4(bytes, at - before, reported)
                         : read_ipv6(bytes, at - before, reported);
}

// search_addresses looks for a header of IP with the packet's addresses, whatever is in front of
// it, and returns where these are.
[[gnu::noinline]] size_t search_addresses(Bytes bytes, size_t reported, const packet_info* pinfo) {
  const auto n = static_cast<size_t>(pinfo->net_src.len);
  for (size_t at = 0; at + 2 * n <= std::min(bytes.size(), kMaxHeaders); ++at) {
    if (is_address(bytes.data() + at, pinfo->net_src) &&
        is_address(bytes.data() + at + n, pinfo->net_dst) &&
        read_at(bytes, at, reported, pinfo->net_src.type).tcp != 0) {
      return at;
    }
  }
  return kNowhere;
}

// offset_in returns where in a frame something is that may be elsewhere: then kNowhere.
inline size_t offset_in(Bytes bytes, const void* data) {
  const auto* at = static_cast<const uint8_t*>(data);
  const bool here =
      std::greater_equal<>{}(at, bytes.data()) && std::less<>{}(at, bytes.data() + bytes.size());
  return here ? static_cast<size_t>(at - bytes.data()) : kNowhere;
}

// addresses_at returns where in a frame epan's addresses are: where they point to, unless the
// packet was put together from fragments or unpacked.
size_t addresses_at(Bytes bytes, size_t reported, const packet_info* pinfo) {
  const size_t at = offset_in(bytes, pinfo->net_src.data);
  const size_t next = offset_in(bytes, pinfo->net_dst.data);
  const bool here = at != kNowhere && next == at + static_cast<size_t>(pinfo->net_src.len);
  return here ? at : search_addresses(bytes, reported, pinfo);
}

[[gnu::noinline]] Packet find_any(Bytes bytes, size_t reported, const packet_info* pinfo) {
  const int type = pinfo->net_src.type;
  if ((type != AT_IPv4 && type != AT_IPv6) || pinfo->net_dst.type != type) {
    return {};
  }
  return read_at(bytes, addresses_at(bytes, reported, pinfo), reported, type);
}

// find_plain finds TCP behind a header of IPv4 without options, where epan's addresses point to:
// most packets are so.
inline Packet find_plain(Bytes bytes, size_t reported, const packet_info* pinfo) {
  constexpr size_t kAddress = 4;
  constexpr size_t kBefore = 12;
  constexpr size_t kHeader = 20;
  constexpr uint8_t kVersionAndLength = 0x45;
  const auto* source = static_cast<const uint8_t*>(pinfo->net_src.data);
  const size_t at = offset_in(bytes, source);
  const bool plain = pinfo->net_src.type == AT_IPv4 && at != kNowhere && at >= kBefore &&
                     pinfo->net_dst.data == source + kAddress &&
                     bytes.size() - at >= kHeader - kBefore &&
                     bytes[at - kBefore] == kVersionAndLength;
  return plain ? read_ipv4(bytes, at - kBefore, reported) : find_any(bytes, reported, pinfo);
}

}  // namespace

bool read_headers(tvbuff_t* tvb, const packet_info* pinfo, TcpFrame& out) {
  constexpr size_t kHeader = 20;
  const size_t captured = tvb_captured_length(tvb);
  if (captured < kHeader) {
    return false;
  }
  const Bytes bytes{tvb_get_ptr(tvb, 0, static_cast<int>(captured)), captured};
  const Packet packet = find_plain(bytes, tvb_reported_length(tvb), pinfo);
  const uint8_t* tcp = bytes.data() + packet.tcp;
  if (packet.tcp == 0 || packet.tcp + kHeader > captured ||
      number32(tcp) != (pinfo->srcport << 16 | pinfo->destport)) {
    return false;
  }
  const size_t data = packet.tcp + static_cast<size_t>(tcp[12] >> 4) * 4;
  const uint8_t flags = tcp[13];
  out.frame = pinfo->num;
  out.time = microseconds(pinfo);
  out.seq = number32(tcp + 4);
  out.ack = (flags & 0x10U) != 0 ? std::optional(number32(tcp + 8)) : std::nullopt;
  out.fin = (flags & 0x01U) != 0;
  out.syn = (flags & 0x02U) != 0;
  out.rst = (flags & 0x04U) != 0;
  out.ttl = packet.ttl;
  out.length = data < packet.end ? static_cast<uint32_t>(packet.end - data) : 0;
  out.payload = data < captured ? bytes.subspan(data, std::min<size_t>(out.length, captured - data))
                                : Bytes{};
  return true;
}

}  // namespace tlslens::plugin
