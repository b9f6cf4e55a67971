// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about the end of a connection, and of a handshake.
#include "findings/rules.h"

namespace tlslens {
namespace {

constexpr Place kNowhere{Field::none, 0, {}};

}  // namespace

// RFC 8446 §6.1
std::optional<Evidence> rule::closed_inside_record(const ClosingFacts& f, const Scene& scene) {
  if (!f.whole || !f.unfinished) {
    return std::nullopt;
  }
  const std::string who = scene.by_client() ? "by the client" : "by the server";
  return Evidence{kNowhere, who + (f.by_reset ? ", with RST" : ", with FIN")};
}

// RFC 8446 §6.1: each party must send it before it closes its side.
std::optional<Evidence> rule::close_notify_missing(const ClosingFacts& f, const Scene& scene) {
  if (!f.whole || !f.established || f.by_reset || f.said_goodbye) {
    return std::nullopt;
  }
  return Evidence{kNowhere, scene.by_client() ? "by the client" : "by the server"};
}

std::optional<Evidence> rule::slow_handshake_step(const SlowFacts& f, const Scene&) {
  constexpr int64_t kSlow = 5'000'000;
  return f.time <= kSlow ? std::nullopt : std::optional(Evidence{kNowhere, f.what});
}

std::optional<Evidence> rule::handshake_failed(const FailureFacts& f, const Scene&) {
  return Evidence{kNowhere, f.explanation};
}

}  // namespace tlslens
