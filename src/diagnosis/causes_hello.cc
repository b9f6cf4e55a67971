// SPDX-License-Identifier: GPL-2.0-or-later
// Causes that show before the ServerHello.
#include <algorithm>
#include <vector>

#include "diagnosis/case.h"
#include "extensions/views.h"
#include "findings/words.h"

namespace tlslens {
namespace {

bool server_alert_to_hello(const Case& c, std::initializer_list<AlertDescription> descriptions) {
  return !c.by_client() && before_server_hello(c) && is_one_of(c, descriptions);
}

// spoken lists code points by name, the first few of them.
template <typename Point>
std::string spoken(Registry registry, const std::vector<Point>& all) {
  constexpr size_t kMost = 2;
  std::vector<std::string> words;
  for (const Point& one : all) {
    if (words.size() < kMost) {
      words.push_back(called(registry, one.value));
    }
  }
  return listed(words);
}

std::vector<Version> offered_versions(const Case& c) {
  std::vector<Version> out;
  if (!c.handshake.hello) {
    return out;
  }
  const ClientHello& hello = c.handshake.hello->view;
  const Codes<Version>& list = hello.extensions.versions;
  for (size_t i = 0; i < list.size(); ++i) {
    if (!is_grease(list[i].value)) {
      out.push_back(list[i]);
    }
  }
  if (out.empty()) {
    out.push_back(hello.legacy_version);
  }
  return out;
}

// offers_no_version_of tells that the server chose versions elsewhere, and none of them is offered.
bool offers_no_version_of(const Case& c) {
  if (c.accepted == nullptr || c.accepted->versions.empty() || !c.handshake.hello) {
    return false;
  }
  const ClientHello& hello = c.handshake.hello->view;
  const bool has_list = hello.extensions.versions.size() != 0;
  return std::ranges::none_of(c.accepted->versions, [&](Version v) {
    return has_list ? hello.extensions.versions.contains(v)
                    : v.value <= hello.legacy_version.value && !is_tls13(v);
  });
}

// what_differs says what the server chose elsewhere and this client does not offer.
std::string what_differs(const Case& c) {
  if (c.accepted == nullptr || !c.handshake.hello) {
    return {};
  }
  const ClientHello& hello = c.handshake.hello->view;
  const std::string where = " (frame " + std::to_string(c.accepted->frame) + ")";
  const auto offered = groups(hello.extensions);
  const bool no_suite =
      !c.accepted->suites.empty() && std::ranges::none_of(c.accepted->suites, [&](CipherSuite s) {
        return hello.suites.contains(s);
      });
  if (no_suite) {
    return "; elsewhere it chose suite " + spoken(Registry::CipherSuite, c.accepted->suites) +
           where;
  }
  const bool no_group =
      !c.accepted->groups.empty() && offered.size() != 0 &&
      std::ranges::none_of(c.accepted->groups, [&](NamedGroup g) { return offered.contains(g); });
  if (no_group) {
    return "; elsewhere it chose group " + spoken(Registry::NamedGroup, c.accepted->groups) + where;
  }
  return {};
}

bool waited(const Case& c) { return c.ending.at.time - c.row.client_hello.time >= kMinWait; }

bool is_silent(const Case& c) {
  return !c.trail.server_spoke && c.row.client_hello && before_server_hello(c) &&
         (c.ending.kind == End::silence || (c.by_client() && c.is_closed() && waited(c)));
}

// is_stuck: the last segments of a side were sent again and again without an acknowledgement.
bool is_stuck(const TcpSide& side) {
  constexpr uint32_t kFull = 1000;
  return side.repeats >= 2 && side.waits() && side.repeated_length == side.longest &&
         side.longest >= kFull;
}

const std::string& of_client(const Case& c) { return c.trail.text[Direction::client_to_server]; }
const std::string& of_server(const Case& c) { return c.trail.text[Direction::server_to_client]; }

}  // namespace

std::optional<std::string> cause::plaintext_server(const Case& c) {
  const std::string& sent = of_server(c);
  const bool answered = c.ending.kind == End::text && !c.by_client();
  if ((!answered && !c.trail.greeted_in_plain()) || !before_server_hello(c) ||
      !c.row.client_hello) {
    return std::nullopt;
  }
  return server(c) + " port " + std::to_string(c.row.server.port) + " does not speak TLS" +
         (sent.empty() ? std::string() : ": it sent \"" + sent + "\"");
}

std::optional<std::string> cause::tunnel_refused(const Case& c) {
  if (c.ending.kind != End::refused || c.trail.asked != Asked::tunnel) {
    return std::nullopt;
  }
  const std::string& asked = of_client(c);
  const size_t from = asked.find(' ') + 1;
  return "proxy " + host(c.row.server) + " refused " + client(c) + " a tunnel to " +
         asked.substr(from, asked.find(' ', from) - from) + ": \"" + of_server(c) + "\"";
}

std::optional<std::string> cause::starttls_refused(const Case& c) {
  if (c.ending.kind != End::refused) {
    return std::nullopt;
  }
  const std::string said =
      c.trail.asked == Asked::tls ? ": it sent \"" + of_server(c) + "\"" : std::string();
  return server(c) + " port " + std::to_string(c.row.server.port) + " refused " + client(c) +
         ", which asked for TLS" + said;
}

std::optional<std::string> cause::proxy_header_refused(const Case& c) {
  if (!is_proxy_header(of_client(c)) || !before_server_hello(c) ||
      (c.by_client() && c.ending.kind != End::text)) {
    return std::nullopt;
  }
  return server(c) + " does not take the PROXY header that " + client(c) +
         " sent before its ClientHello";
}

std::optional<std::string> cause::plaintext_client(const Case& c) {
  if (c.ending.kind != End::text || !c.by_client()) {
    return std::nullopt;
  }
  return client(c) + " does not speak TLS to port " + std::to_string(c.row.server.port) +
         ": it sent \"" + of_client(c) + "\"";
}

// RFC 7507 §3
std::optional<std::string> cause::inappropriate_fallback(const Case& c) {
  if (!is_one_of(c, {alert_description::inappropriate_fallback})) {
    return std::nullopt;
  }
  const auto offered = offered_versions(c);
  return server(c) + " knows a higher version than " +
         (offered.empty() ? "the one" : called(Registry::Version, offered.front().value)) +
         ", to which " + client(c) + " fell back after an earlier failure";
}

// RFC 6066 §3
std::optional<std::string> cause::unknown_server_name(const Case& c) {
  if (!is_one_of(c, {alert_description::unrecognized_name})) {
    return std::nullopt;
  }
  const std::string asked =
      c.row.server_name->empty() ? "a hello without a name" : "the name " + *c.row.server_name;
  return c.by_client() ? client(c) + " gave up because the name is unknown"
                       : server(c) + " has nothing for " + asked + " that " + client(c) + " sent";
}

// RFC 7301 §3.2
std::optional<std::string> cause::no_shared_alpn(const Case& c) {
  if (!is_one_of(c, {alert_description::no_application_protocol})) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  if (c.handshake.hello) {
    for (const Bytes one : protocols(c.handshake.hello->view.extensions)) {
      names.emplace_back(one.begin(), one.end());
    }
  }
  return server(c) + " speaks none of the protocols that " + client(c) +
         " offers: " + listed(names);
}

// RFC 8446 §6.2
std::optional<std::string> cause::no_shared_version(const Case& c) {
  const bool told = is_one_of(c, {alert_description::protocol_version});
  const bool shown = server_alert_to_hello(c, {alert_description::handshake_failure,
                                               alert_description::internal_error}) &&
                     offers_no_version_of(c);
  if (!told && !shown) {
    return std::nullopt;
  }
  if (c.by_client()) {
    return client(c) + " does not allow " + called(Registry::Version, c.row.version.value) +
           ", which " + server(c) + " chose";
  }
  const std::string elsewhere =
      c.accepted == nullptr || c.accepted->versions.empty()
          ? std::string()
          : "; elsewhere it chose " + spoken(Registry::Version, c.accepted->versions);
  return server(c) + " allows none of the versions that " + client(c) +
         " offers: " + spoken(Registry::Version, offered_versions(c)) + elsewhere;
}

std::optional<std::string> cause::no_shared_parameters(const Case& c) {
  if (!server_alert_to_hello(
          c, {alert_description::handshake_failure, alert_description::insufficient_security})) {
    return std::nullopt;
  }
  const bool stronger = is_one_of(c, {alert_description::insufficient_security});
  const std::string n =
      c.handshake.hello ? std::to_string(c.handshake.hello->view.n_suites) + " suites" : "";
  const std::string found = stronger ? " wants stronger suites or groups than "
                                     : " found no suite, group or signature to use in what ";
  return server(c) + found + client(c) + " offers (" + n + ")" + what_differs(c);
}

std::optional<std::string> cause::client_hello_rejected(const Case& c) {
  if (!server_alert_to_hello(
          c, {alert_description::decode_error, alert_description::illegal_parameter,
              alert_description::unexpected_message, alert_description::missing_extension,
              alert_description::unknown_psk_identity, alert_description::internal_error})) {
    return std::nullopt;
  }
  const std::string versions = spoken(Registry::Version, offered_versions(c));
  const std::string why =
      is_one_of(c, {alert_description::unknown_psk_identity}) ? "the PSK is unknown to it"
      : is_one_of(c, {alert_description::internal_error})     ? "an error of its own or its policy"
                                                              : "it takes it for wrong";
  return server(c) + " refused the ClientHello of " + client(c) + " (" + versions + ") with " +
         alert_text(c) + ": " + why;
}

// RFC 2923 §2.1
std::optional<std::string> cause::path_mtu(const Case& c) {
  const bool to_server = is_stuck(c.client);
  if (c.alert() || c.ending.kind == End::hidden_alert || (!to_server && !is_stuck(c.server))) {
    return std::nullopt;
  }
  const TcpSide& side = to_server ? c.client : c.server;
  return (to_server ? client(c) : server(c)) + " sent a segment of " +
         std::to_string(side.longest) + " bytes " + std::to_string(side.repeats + 1) +
         " times without an answer; shorter ones arrive";
}

// The sender's machine may have recorded as one what went out as several segments.
std::optional<std::string> cause::large_client_hello_lost(const Case& c) {
  constexpr uint32_t kSegment = 1460;  // payload of a full one on Ethernet, in bytes
  const bool ended = c.ending.kind == End::silence || c.is_closed();
  const bool several = c.trail.hello_frames >= 2;
  if (!ended || c.trail.server_spoke || (!several && c.trail.hello_length <= kSegment)) {
    return std::nullopt;
  }
  const bool repeated = c.client.repeats != 0 && c.client.waits();
  const bool shorter = c.accepted != nullptr && c.trail.hello_length > kSegment &&
                       c.accepted->shortest_hello < c.trail.hello_length;
  if (!repeated && !shorter) {
    return std::nullopt;
  }
  return "the ClientHello of " + client(c) + ", " + std::to_string(c.trail.hello_length) +
         " bytes" + (several ? " in " + std::to_string(c.trail.hello_frames) + " segments" : "") +
         ", got no answer from " + server(c) + (shorter ? "; a shorter one did" : "");
}

std::optional<std::string> cause::no_server_answer(const Case& c) {
  if (!is_silent(c)) {
    return std::nullopt;
  }
  const std::string end = c.ending.kind == End::silence
                              ? std::string()
                              : "; the client gave up after " + after(c, c.row.client_hello);
  return server(c) + " took the ClientHello of " + client(c) + " and did not answer" + end;
}

std::optional<std::string> cause::reset_after_client_hello(const Case& c) {
  if (!c.is_closed() || c.by_client() || !before_server_hello(c) || !c.row.client_hello ||
      c.alert()) {
    return std::nullopt;
  }
  if (c.server.fin_in != 0 && c.server.fin_in < c.row.client_hello.frame) {
    return server(c) + " had closed the connection before the ClientHello of " + client(c) +
           " came: it may have a time limit";
  }
  const bool foreign = c.ending.kind == End::rst && c.server.rst_ttl != 0 && c.server.ttl != 0 &&
                       c.server.rst_ttl != c.server.ttl;
  const std::string ttl = foreign ? "; its TTL is " + std::to_string(c.server.rst_ttl) + ", not " +
                                        std::to_string(c.server.ttl) + " as before: somebody else?"
                                  : std::string();
  return server(c) + " " + how(c) + " " + after(c, c.row.client_hello) +
         " after the ClientHello, without an alert" + ttl;
}

}  // namespace tlslens
