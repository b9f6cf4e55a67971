// SPDX-License-Identifier: GPL-2.0-or-later
#include <deque>

#include "certificate/certificate.h"
#include "plugin.h"

namespace tlslens::plugin {
namespace {

// A conversation of epan holds the number of its connection here, counted from 1, so that nothing
// with a destructor is in epan's memory.
std::deque<Connection> g_connections;
Memory g_memory;

Side side_of(const conversation_t* conversation, const packet_info* pinfo) {
  const address* first = conversation_key_addr1(conversation->key_ptr);
  const bool from_first = pinfo->srcport == conversation_key_port1(conversation->key_ptr) &&
                          addresses_equal(first, &pinfo->src);
  return from_first ? Side::a : Side::b;
}

// opens_direction: both SYNs were seen, and the bytes have the number behind the sender's. TCP
// counts from its SYN or not, as the user prefers.
bool opens_direction(conversation_t* conversation, packet_info* pinfo, uint32_t seq) {
  constexpr uint8_t kBothSyns = 0x03;
  const tcp_analysis* tcp = get_tcp_conversation_data(conversation, pinfo);
  return tcp != nullptr && tcp->fwd != nullptr &&
         (tcp->conversation_completeness & kBothSyns) == kBothSyns &&
         (seq == 1 || seq - tcp->fwd->base_seq == 1);
}

}  // namespace

Connection& connection_of(packet_info* pinfo) {
  conversation_t* conversation = find_or_create_conversation(pinfo);
  const size_t known = GPOINTER_TO_SIZE(conversation_get_proto_data(conversation, g.proto));
  if (known != 0) {
    return g_connections[known - 1];
  }
  g_connections.emplace_back();
  conversation_add_proto_data(conversation, g.proto, GSIZE_TO_POINTER(g_connections.size()));
  return g_connections.back();
}

Delivery delivery_of(packet_info* pinfo, tvbuff_t* tvb, const tcpinfo* data) {
  Delivery delivery;
  delivery.frame = pinfo->num;
  delivery.time = static_cast<int64_t>(pinfo->abs_ts.secs);
  delivery.side = side_of(find_or_create_conversation(pinfo), pinfo);
  delivery.looks_like_server = pinfo->srcport < pinfo->destport;
  if (data != nullptr) {
    delivery.seq = data->seq;
    delivery.opens = opens_direction(find_or_create_conversation(pinfo), pinfo, data->seq);
    if ((data->flags & TH_ACK) != 0) {
      delivery.ack = data->lastackseq;
    }
  }
  const unsigned captured = tvb_captured_length(tvb);
  delivery.bytes = {captured == 0 ? nullptr : tvb_get_ptr(tvb, 0, static_cast<int>(captured)),
                    captured};
  delivery.reported = tvb_reported_length(tvb);
  return delivery;
}

Memory& memory() { return g_memory; }

void forget_connections() {
  g_connections.clear();
  g_memory.clear();
  forget_certificates();
}

}  // namespace tlslens::plugin
