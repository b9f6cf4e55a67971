// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>

#include "plugin.h"

namespace tlslens::plugin {
namespace {

constexpr uint8_t kTcp = 6;
// kMaxHeaders is how far into a frame the headers of IP and TCP are looked for, in bytes.
constexpr size_t kMaxHeaders = 512;

uint16_t number16(Bytes bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
uint32_t number32(Bytes bytes, size_t at) {
  std::array<uint8_t, 4> raw;  // the compiler makes one load of it
  std::copy_n(bytes.data() + at, raw.size(), raw.begin());
  return ntohl(std::bit_cast<uint32_t>(raw));
}

// Packet is where TCP begins in a frame, and where its segment ends.
struct Packet {
  size_t tcp = 0;  // 0: not found
  size_t end = 0;
  uint8_t ttl = 0;
};

inline bool has_addresses(Bytes bytes, size_t at, const packet_info* pinfo) {
  const auto n = static_cast<size_t>(pinfo->net_src.len);
  return is_address(bytes.data() + at, pinfo->net_src) &&
         is_address(bytes.data() + at + n, pinfo->net_dst);
}

// read_ipv4 reads the header at `ip` (RFC 791 §3.1); nothing for a fragment.
inline Packet read_ipv4(Bytes bytes, size_t ip, size_t reported) {
  constexpr uint16_t kFragment = 0x3fff;
  const size_t header = size_t{bytes[ip] & 0x0fU} * 4;
  const size_t total = number16(bytes, ip + 2);
  if (bytes[ip] >> 4 != 4 || header < 20 || bytes[ip + 9] != kTcp ||
      (number16(bytes, ip + 6) & kFragment) != 0) {
    return {};
  }
  return {ip + header, total == 0 ? reported : ip + total, bytes[ip + 8]};
}

// read_ipv6 reads the header at `ip` (RFC 8200 §3) and steps over those that follow it.
Packet read_ipv6(Bytes bytes, size_t ip, size_t reported) {
  constexpr size_t kHeader = 40;
  const size_t payload = number16(bytes, ip + 4);
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

// read_at reads a header of IP whose addresses are at `at`, if they are the packet's.
inline Packet read_at(Bytes bytes, size_t at, size_t reported, const packet_info* pinfo) {
  const bool v4 = pinfo->net_src.type == AT_IPv4;
  const size_t before = v4 ? 12 : 8;
  const size_t addresses = v4 ? 8 : 32;
  if (at < before || at + addresses > std::min(bytes.size(), kMaxHeaders) ||
      !has_addresses(bytes, at, pinfo)) {
    return {};
  }
  return v4 ? read_ipv4(bytes, at - before, reported) : read_ipv6(bytes, at - before, reported);
}

// g_last is where the addresses were found last: most frames of a capture have the same headers in
// front of them.
size_t g_last;

[[gnu::noinline]] Packet search_tcp(Bytes bytes, size_t reported, const packet_info* pinfo) {
  for (size_t at = 0; at < std::min(bytes.size(), kMaxHeaders); ++at) {
    if (const Packet found = read_at(bytes, at, reported, pinfo); found.tcp != 0) {
      g_last = at;
      return found;
    }
  }
  return {};
}

// find_tcp looks for the header of IP with the packet's addresses, whatever is in front of it.
inline Packet find_tcp(Bytes bytes, size_t reported, const packet_info* pinfo) {
  const int type = pinfo->net_src.type;
  if ((type != AT_IPv4 && type != AT_IPv6) || pinfo->net_dst.type != type) {
    return {};
  }
  const Packet found = read_at(bytes, g_last, reported, pinfo);
  return found.tcp != 0 ? found : search_tcp(bytes, reported, pinfo);
}

}  // namespace

bool read_headers(tvbuff_t* tvb, const packet_info* pinfo, TcpFrame& out) {
  constexpr size_t kHeader = 20;
  const unsigned captured = tvb_captured_length(tvb);
  if (captured == 0) {
    return false;
  }
  const Bytes bytes{tvb_get_ptr(tvb, 0, static_cast<int>(captured)), captured};
  const Packet packet = find_tcp(bytes, tvb_reported_length(tvb), pinfo);
  const size_t at = packet.tcp;
  if (at == 0 || at + kHeader > bytes.size() ||
      number32(bytes, at) != (pinfo->srcport << 16 | pinfo->destport)) {
    return false;
  }
  const size_t data = at + static_cast<size_t>(bytes[at + 12] >> 4) * 4;
  const unsigned flags = bytes[at + 13];
  out = {};
  out.frame = pinfo->num;
  out.time = microseconds(pinfo);
  out.seq = number32(bytes, at + 4);
  if ((flags & 0x10U) != 0) {
    out.ack = number32(bytes, at + 8);
  }
  out.fin = (flags & 0x01U) != 0;
  out.syn = (flags & 0x02U) != 0;
  out.rst = (flags & 0x04U) != 0;
  out.ttl = packet.ttl;
  out.length = static_cast<uint32_t>(packet.end - std::min(packet.end, data));
  if (data < bytes.size()) {
    out.payload = bytes.subspan(data, std::min<size_t>(out.length, bytes.size() - data));
  }
  return true;
}

}  // namespace tlslens::plugin
