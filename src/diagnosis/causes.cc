// SPDX-License-Identifier: GPL-2.0-or-later
// The order of the causes, and those that can show at any time.
#include "diagnosis/causes.h"

#include <string_view>

#include "diagnosis/case.h"
#include "extensions/views.h"
#include "findings/words.h"

namespace tlslens {
namespace {

// behind_retry tells of a HelloRetryRequest (RFC 8446 §4.1.4), behind which nothing came.
std::string behind_retry(const Case& c) {
  if (!c.trail.last.is_retry) {
    return {};
  }
  const auto& retry = c.handshake.retry;
  const auto group = retry ? retry_group(retry->view.extensions) : std::nullopt;
  return "; the server sent HelloRetryRequest" +
         (group ? " for " + called(Registry::NamedGroup, group->value) : std::string());
}

// cut shortens a text to kMaxExplanation bytes, between two characters of UTF-8.
void cut(std::string& text) {
  constexpr std::string_view kMore = "...";
  size_t end = kMaxExplanation - kMore.size();
  while ((static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  text.resize(end);
  text += kMore;
}

}  // namespace

// RFC 8446 §6.1
std::optional<std::string> cause::user_canceled(const Case& c) {
  const bool canceled = c.trail.canceled && c.is_closed();
  if (!canceled && !is_one_of(c, {alert_description::user_canceled})) {
    return std::nullopt;
  }
  return sender(c) + " cancelled the handshake " + after(c, c.row.begin) + " after its begin";
}

std::optional<std::string> cause::record_overflow(const Case& c) {
  if (!is_one_of(c, {alert_description::record_overflow})) {
    return std::nullopt;
  }
  return sender(c) + " got a record longer than it takes from " + receiver(c);
}

std::optional<std::string> cause::renegotiation_refused(const Case& c) {
  const bool hidden = c.trail.is_hidden && c.ending.kind == End::hidden_alert &&
                      c.ending.by != c.trail.asked_by && !c.trail.changed[0] && !c.trail.changed[1];
  if (!is_one_of(c, {alert_description::no_renegotiation}) && !hidden) {
    return std::nullopt;
  }
  return sender(c) + " refused to renegotiate" +
         (hidden ? ", by an encrypted alert" : std::string()) + "; " + receiver(c) +
         " asked for it";
}

std::optional<std::string> cause::keys_differ(const Case& c) {
  if (!is_one_of(c, {alert_description::bad_record_mac, alert_description::decrypt_error})) {
    return std::nullopt;
  }
  return sender(c) + " could not verify what " + receiver(c) + " sent, and said " + alert_text(c);
}

std::optional<std::string> cause::unexpected_message(const Case& c) {
  if (!is_one_of(c, {alert_description::unexpected_message})) {
    return std::nullopt;
  }
  const Direction peer = c.by_client() ? Direction::server_to_client : Direction::client_to_server;
  return sender(c) + " did not expect what " + receiver(c) + " sent; its last message was " +
         c.trail.last.name(peer);
}

std::optional<std::string> cause::unknown_failure(const Case& c) {
  if (c.ending.kind == End::silence) {
    return server(c) + " did not answer " + client(c);
  }
  if (c.is_closed() && c.by_client() && before_server_hello(c) && c.row.client_hello &&
      !c.alert()) {
    return sender(c) + " " + how(c) + " " + after(c, c.row.client_hello) +
           " after its ClientHello" + (c.trail.last.is_retry ? "" : ", before an answer came");
  }
  const AlertInfo* known = c.alert() ? alert_info(*c.alert()) : nullptr;
  return sender(c) + " " + how(c) + " " + after(c, c.row.begin) + " after the begin; " +
         (known != nullptr ? known->meaning : "the capture does not show why");
}

Diagnosis find_cause(const Case& c) {
  struct Rule {
    Cause cause;
    std::optional<std::string> (*explain)(const Case&);
  };
  constexpr Rule kRules[] = {
#define OUTCOME(...)
#define ABOUT(...)
#define CAUSE(id, verdict, hint) {Cause::id, cause::id},
#include "diagnosis/causes.def"
#undef OUTCOME
#undef ABOUT
#undef CAUSE
  };
  for (const Rule& rule : kRules) {
    if (auto explanation = rule.explain(c)) {
      if (explanation->size() > kMaxExplanation) {
        cut(*explanation);
      }
      const std::string more = behind_retry(c);
      if (explanation->size() + more.size() <= kMaxExplanation) {
        *explanation += more;
      }
      return {rule.cause, std::move(*explanation)};
    }
  }
  return {Cause::unknown_failure, {}};
}

}  // namespace tlslens
