// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/rules.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr HeartbeatMessageType kRequest{1};
constexpr HeartbeatMessageType kResponse{2};
constexpr uint32_t kHeaderAndPadding = 1 + 2 + 16;

}  // namespace

// RFC 6520 §4; CVE-2014-0160: a peer that believes the length answers with its memory.
std::optional<Evidence> rule::heartbleed_request(const HeartbeatFacts& f, const Scene&) {
  if (f.type != kRequest || f.payload_length + kHeaderAndPadding <= f.length) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::heartbeat_length),
                  "asks for " + std::to_string(f.payload_length) + " bytes in a message of " +
                      std::to_string(f.length)};
}

// The answer repeats the payload of the request; padding may differ.
std::optional<Evidence> rule::heartbleed_response(const HeartbeatFacts& f, const Scene& scene) {
  const Sender& peer = scene.peer();
  if (f.type != kResponse || peer.heartbeat_in == 0 || f.payload_length <= peer.heartbeat_length) {
    return std::nullopt;
  }
  return Evidence{
      f.place,
      std::to_string(f.payload_length - peer.heartbeat_length) + " bytes more than were sent",
      peer.heartbeat_in};
}

// RFC 6520 §3: not during a handshake.
std::optional<Evidence> rule::heartbeat_before_finished(const HeartbeatFacts& f,
                                                        const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  if (!scene.whole || handshake.is_done() || handshake.state == HandshakeState::unknown) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

}  // namespace tlslens
