// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/case.h"

#include <algorithm>

#include "findings/words.h"

namespace tlslens {
namespace {

constexpr int64_t kSecond = 1'000'000;

}  // namespace

std::optional<AlertDescription> Case::alert() const {
  if (ending.kind == End::alert) {
    return ending.alert.description;
  }
  if (is_closed() && trail.warning && trail.warned_by == ending.by) {
    return trail.warning->description;
  }
  return std::nullopt;
}

bool is_one_of(const Case& c, std::initializer_list<AlertDescription> descriptions) {
  const auto alert = c.alert();
  return alert && std::ranges::find(descriptions, *alert) != descriptions.end();
}

std::string client(const Case& c) { return "client " + host(c.row.client); }
std::string server(const Case& c) { return "server " + host(c.row.server); }
std::string sender(const Case& c) { return c.by_client() ? client(c) : server(c); }
std::string receiver(const Case& c) { return c.by_client() ? server(c) : client(c); }

std::string span_of(int64_t microseconds) {
  if (microseconds < 0) {
    return "0 ms";
  }
  return microseconds < 10 * kSecond ? std::to_string(microseconds / 1000) + " ms"
                                     : std::to_string(microseconds / kSecond) + " s";
}

std::string after(const Case& c, Moment what) { return span_of(c.ending.at.time - what.time); }

std::string alert_text(const Case& c) {
  const auto alert = c.alert();
  return alert ? named(Registry::AlertDescription, alert->value) : std::string();
}

std::string how(const Case& c) {
  switch (c.ending.kind) {
    case End::alert:
      return "sent " + alert_text(c);
    case End::hidden_alert:
      return "sent an encrypted alert";
    case End::rst:
      return "reset the connection";
    default:
      return "closed the connection";
  }
}

bool before_server_hello(const Case& c) { return !c.row.server_hello; }

std::string name_of(const Case& c) {
  return c.row.server_name->empty() ? server(c) : *c.row.server_name;
}

}  // namespace tlslens
