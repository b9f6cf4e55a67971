// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>
#include <cstring>
#include <deque>
#include <memory>

#include "certificate/certificate.h"
#include "plugin.h"

namespace tlslens::plugin {
namespace {

// A conversation of epan holds the number of what we know of it, counted from 1, so that nothing
// with a destructor is in epan's memory.
std::deque<Tracked> g_tracked;

uint32_t g_streams = 0;
Capture g_capture;

// known_in returns what is known of a conversation, or null.
Tracked* known_in(const conversation_t* conversation) {
  const size_t number = GPOINTER_TO_SIZE(conversation_get_proto_data(conversation, g.proto));
  return number == 0 ? nullptr : &g_tracked[number - 1];
}

Endpoint endpoint_of(const address& from, uint32_t port) {
  Endpoint out;
  if (from.type == AT_IPv4 || from.type == AT_IPv6) {
    out.size = static_cast<uint8_t>(from.len);
    std::copy_n(static_cast<const uint8_t*>(from.data), out.size, out.address.begin());
  }
  out.port = static_cast<uint16_t>(port);
  return out;
}

// is_at tells whether an endpoint has the address that endpoint_of gives.
inline bool is_at(const Endpoint& end, const address& at) {
  constexpr uint8_t kIPv4 = 4;
  if (end.size == kIPv4) {
    return at.type == AT_IPv4 && std::memcmp(end.address.data(), at.data, kIPv4) == 0;
  }
  return end.size == 0 ? at.type != AT_IPv4 && at.type != AT_IPv6
                       : at.type == AT_IPv6 && is_address(end.address.data(), at);
}

// is_end tells whether an endpoint is the one that endpoint_of gives.
bool is_end(const Endpoint& end, const address& at, uint32_t port) {
  return end.port == static_cast<uint16_t>(port) && is_at(end, at);
}

// track begins to follow a conversation, of which a packet is at hand. Null above the preference
// max_connections.
Tracked* track(conversation_t* conversation, const packet_info* pinfo) {
  if (g_tracked.size() >= g_preferences.max_connections) {
    return nullptr;
  }
  Tracked& made = g_tracked.emplace_back();
  made.ends[0] = endpoint_of(pinfo->net_src, pinfo->srcport);
  made.ends[1] = endpoint_of(pinfo->net_dst, pinfo->destport);
  conversation_add_proto_data(conversation, g.proto, GSIZE_TO_POINTER(g_tracked.size()));
  return &made;
}

// sender_of tells which side sent a packet; nothing if its ends are not those of the conversation:
// epan takes all packets for one that PROXY headers with the same addresses lead.
std::optional<Side> sender_of(const Tracked& tracked, const packet_info* pinfo) {
  const auto sent_by = [&](Side side) {
    const Endpoint& from = tracked.ends[index(side)];
    const Endpoint& to = tracked.ends[index(other(side))];
    return from.port == static_cast<uint16_t>(pinfo->srcport) &&
           to.port == static_cast<uint16_t>(pinfo->destport) && is_at(from, pinfo->net_src) &&
           is_at(to, pinfo->net_dst);
  };
  return sent_by(Side::a)   ? std::optional(Side::a)
         : sent_by(Side::b) ? std::optional(Side::b)
                            : std::nullopt;
}

// g_recent has conversations that TCP's own hold, by the sum of their ports: looking one up costs
// more than all else that is done for a packet without payload.
std::array<Tracked*, 256> g_recent;

Tracked*& recent(const packet_info* pinfo) {
  return g_recent[(pinfo->srcport + pinfo->destport) % g_recent.size()];
}

// opens_direction: both SYNs were seen, and these are the first bytes after the sender's.
bool opens_direction(Tracked& tracked, Side side, uint32_t seq) {
  std::optional<uint32_t>& first = tracked.first_seq[index(side)];
  if (first || tracked.past() != nullptr) {
    return first == seq;
  }
  const TcpSides& tcp = tracked.tcp();
  if (tcp[side].opened && tcp[other(side)].opened && tcp[side].data_frames == 0) {
    first = seq;
  }
  return first == seq;
}

}  // namespace

Sent recent_of(const packet_info* pinfo) {
  Tracked* known = recent(pinfo);
  const std::optional<Side> by = known != nullptr ? sender_of(*known, pinfo) : std::nullopt;
  return by ? Sent{known, *by} : Sent{};
}

Sent sent_in(Tracked* tracked, const packet_info* pinfo) {
  const bool by_first =
      tracked != nullptr && is_end(tracked->ends[0], pinfo->net_src, pinfo->srcport);
  return {tracked, by_first ? Side::a : Side::b};
}

void note_recent(Tracked* tracked, const packet_info* pinfo) { recent(pinfo) = tracked; }

// The addresses of the network layer are taken everywhere here: HTTP's dissector replaces the
// others by the name of the host that a proxy is asked for, from Wireshark 4.6 on.
conversation_t* tcp_conversation(const packet_info* pinfo) {
  return pinfo->ptype == PT_TCP
             ? find_conversation(pinfo->num, &pinfo->net_src, &pinfo->net_dst, CONVERSATION_TCP,
                                 pinfo->srcport, pinfo->destport, 0)
             : nullptr;
}

Tracked* tracked_by_tcp(conversation_t* conversation, const packet_info* pinfo, bool wanted) {
  Tracked* known = known_in(conversation);
  return known != nullptr || !wanted ? known : track(conversation, pinfo);
}

Tracked* tracked_of(conversation_t* conversation, const packet_info* pinfo) {
  if (Tracked* known = known_in(conversation); known != nullptr && sender_of(*known, pinfo)) {
    return known;
  }
  conversation_t* tcp = tcp_conversation(pinfo);
  Tracked* carries = tcp == nullptr ? nullptr : known_in(tcp);
  return carries != nullptr ? carries : track(conversation, pinfo);
}

Talk& talk_of(Tracked& tracked) {
  if (Talk* known = tracked.talk()) {
    return *known;
  }
  auto made = std::make_unique<Talk>(tracked.ends[0], tracked.ends[1]);
  if (Past* past = tracked.past()) {
    past->hand_on(made->connection, made->session);
  } else {
    Untold& before = *tracked.untold();
    made->session.follow(before.sides, std::move(before.prelude));
  }
  tracked.phase = std::move(made);
  return *tracked.talk();
}

void end_talk(Tracked& tracked) {
  Talk& over = *tracked.talk();
  tracked.phase = std::make_unique<Past>(over.connection, over.session);
}

uint32_t stream_of(Tracked& tracked) {
  if (tracked.stream == 0) {
    tracked.stream = ++g_streams;
  }
  return tracked.stream - 1;
}

int64_t microseconds(const packet_info* pinfo) {
  return int64_t{pinfo->abs_ts.secs} * 1'000'000 + pinfo->abs_ts.nsecs / 1'000;
}

Moment moment_of(const packet_info* pinfo) { return {pinfo->num, microseconds(pinfo)}; }

Delivery delivery_of(const Sent& sent, const packet_info* pinfo, tvbuff_t* tvb,
                     const tcpinfo* data) {
  Delivery delivery;
  delivery.frame = pinfo->num;
  delivery.time = static_cast<int64_t>(pinfo->abs_ts.secs);
  delivery.side = sent.by;
  delivery.looks_like_server = pinfo->srcport < pinfo->destport;
  if (data != nullptr) {
    delivery.seq = data->seq;
    delivery.opens = opens_direction(*sent.tracked, delivery.side, data->seq);
    if ((data->flags & TH_ACK) != 0) {
      delivery.ack = data->lastackseq;
    }
  }
  const unsigned captured = tvb_captured_length(tvb);
  delivery.bytes = {captured == 0 ? nullptr : tvb_get_ptr(tvb, 0, static_cast<int>(captured)),
                    captured};
  delivery.reported = tvb_reported_length(tvb);
  constexpr unsigned kSaysMore = TH_FIN | TH_SYN | TH_RST;
  delivery.is_segment = data != nullptr && !data->is_reassembled &&
                        data->nxtseq == data->seq + delivery.reported &&
                        (data->flags & (kSaysMore | TH_ACK)) == TH_ACK;
  return delivery;
}

Capture& capture() { return g_capture; }

void conclude_connections() {
  for (const Tracked& tracked : g_tracked) {
    if (Talk* talk = tracked.talk()) {
      talk->session.conclude(talk->connection, g_capture);
    }
  }
}

void forget_connections() {
  note_dissected(0, {});
  note_followed(nullptr);
  g_recent = {};
  g_tracked.clear();
  g_streams = 0;
  g_capture.clear();
  forget_certificates();
}

}  // namespace tlslens::plugin
