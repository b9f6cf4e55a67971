// SPDX-License-Identifier: GPL-2.0-or-later
// The rules for causes. Each looks at how a handshake ended, and at what is known of it.
#include "diagnosis/causes.h"

#include <algorithm>
#include <initializer_list>

#include "extensions/views.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kSecond = 1'000'000;

namespace alert_of {
constexpr uint8_t unexpected_message = 10;
constexpr uint8_t bad_record_mac = 20;
constexpr uint8_t record_overflow = 22;
constexpr uint8_t handshake_failure = 40;
constexpr uint8_t no_certificate = 41;
constexpr uint8_t bad_certificate = 42;
constexpr uint8_t unsupported_certificate = 43;
constexpr uint8_t certificate_revoked = 44;
constexpr uint8_t certificate_expired = 45;
constexpr uint8_t certificate_unknown = 46;
constexpr uint8_t illegal_parameter = 47;
constexpr uint8_t unknown_ca = 48;
constexpr uint8_t access_denied = 49;
constexpr uint8_t decode_error = 50;
constexpr uint8_t decrypt_error = 51;
constexpr uint8_t protocol_version = 70;
constexpr uint8_t insufficient_security = 71;
constexpr uint8_t internal_error = 80;
constexpr uint8_t inappropriate_fallback = 86;
constexpr uint8_t user_canceled = 90;
constexpr uint8_t no_renegotiation = 100;
constexpr uint8_t missing_extension = 109;
constexpr uint8_t unrecognized_name = 112;
constexpr uint8_t bad_status = 113;
constexpr uint8_t unknown_psk_identity = 115;
constexpr uint8_t certificate_required = 116;
constexpr uint8_t no_application_protocol = 120;
}  // namespace alert_of

bool is_one_of(const Case& c, std::initializer_list<uint8_t> descriptions) {
  const auto alert = c.alert();
  return alert && std::ranges::find(descriptions, alert->value) != descriptions.end();
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

bool server_alert_to_hello(const Case& c, std::initializer_list<uint8_t> descriptions) {
  return !c.by_client() && before_server_hello(c) && is_one_of(c, descriptions);
}

const CertificateFacts* leaf(const Case& c) {
  const auto& all = c.handshake.server().certificates;
  return all.empty() || !all.front()->readable ? nullptr : all.front().get();
}

// refused_certificate: the client gave up behind the server's certificate, and did not say more
// than that it did.
bool refused_certificate(const Case& c) {
  const bool silently = (c.is_closed() && !c.alert()) || c.ending.kind == End::hidden_alert;
  return c.by_client() && c.row.certificate &&
         (silently || is_one_of(c, {alert_of::bad_certificate, alert_of::certificate_unknown}));
}

std::string name_of(const Case& c) {
  return c.row.server_name.empty() ? server(c) : c.row.server_name;
}

std::string rejected(const Case& c) {
  return client(c) + " rejected the certificate of " + name_of(c) + " " +
         after(c, c.row.certificate) + " after it";
}

std::string days(int64_t seconds) { return std::to_string(seconds / kDay) + " days"; }

// validity says what is wrong with the time of any of the server's certificates; else it is empty.
std::string validity(const Case& c) {
  const int64_t now = c.ending.at.time / kSecond;
  bool first = true;
  for (const auto& one : c.handshake.server().certificates) {
    const std::string whose = first ? "" : "an issuer's ";
    first = false;
    if (one->readable && one->not_after && *one->not_after < now) {
      return whose + "expired " + days(now - *one->not_after) + " before the capture";
    }
    if (one->readable && one->not_before && *one->not_before > now) {
      return whose + "not valid until " + days(*one->not_before - now) + " after the capture";
    }
  }
  return {};
}

// chain says what the list of certificates shows about trust.
std::string chain(const Case& c) {
  const CertificateFacts* own = leaf(c);
  if (own == nullptr) {
    return "";
  }
  const auto& all = c.handshake.server().certificates;
  if (own->self_signed) {
    return ", self-signed";
  }
  const CertificateFacts& last = *all.back();
  const std::string n = std::to_string(all.size());
  if (all.size() == 1 && last.readable) {
    return ", issued by " + last.issuer + ", no intermediate sent";
  }
  return last.readable ? ", " + n + " certificates, the last issued by " + last.issuer
                       : std::string();
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

bool waited(const Case& c) { return c.ending.at.time - c.row.client_hello.time >= kMinWait; }

bool is_silent(const Case& c) {
  return !c.trail.server_spoke && c.row.client_hello && before_server_hello(c) &&
         (c.ending.kind == End::silence || (c.by_client() && c.is_closed() && waited(c)));
}

bool has_weak_key_exchange(const Case& c) {
  if (!c.handshake.key_exchange) {
    return false;
  }
  constexpr uint32_t kStrong = 2048;
  constexpr uint16_t kSha1 = 2;
  const ServerKeyExchange& exchange = *c.handshake.key_exchange;
  const uint16_t hash = exchange.scheme.value >> 8;
  return (exchange.bits != 0 && exchange.bits < kStrong) || hash == kSha1 || hash == 1;
}

// is_stuck: the last segments of a side were sent again and again without an acknowledgement.
bool is_stuck(const TcpSide& side) {
  constexpr uint32_t kFull = 1000;
  return side.repeats >= 2 && side.waits() && side.repeated_length == side.longest &&
         side.longest >= kFull;
}

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

std::optional<std::string> cause::plaintext_server(const Case& c) {
  constexpr size_t kServer = 1;
  const std::string& sent = c.trail.text[kServer];
  if (sent.empty() || !before_server_hello(c) || !c.row.client_hello) {
    return std::nullopt;
  }
  return server(c) + " port " + std::to_string(c.row.server.port) +
         " does not speak TLS: it sent \"" + sent + "\"";
}

std::optional<std::string> cause::plaintext_client(const Case& c) {
  if (c.ending.kind != End::text || !c.by_client()) {
    return std::nullopt;
  }
  return client(c) + " does not speak TLS to port " + std::to_string(c.row.server.port) +
         ": it sent \"" + c.trail.text[0] + "\"";
}

// RFC 8446 §6.1
std::optional<std::string> cause::user_canceled(const Case& c) {
  const bool canceled = c.trail.canceled && c.is_closed();
  if (!canceled && !is_one_of(c, {alert_of::user_canceled})) {
    return std::nullopt;
  }
  return sender(c) + " cancelled the handshake " + after(c, c.row.begin) + " after its begin";
}

std::optional<std::string> cause::record_overflow(const Case& c) {
  if (!is_one_of(c, {alert_of::record_overflow})) {
    return std::nullopt;
  }
  return sender(c) + " got a record longer than it takes from " + receiver(c);
}

std::optional<std::string> cause::renegotiation_refused(const Case& c) {
  const bool hidden = c.trail.is_hidden && c.ending.kind == End::hidden_alert &&
                      c.ending.by != c.trail.asked_by && !c.trail.changed[0] && !c.trail.changed[1];
  if (!is_one_of(c, {alert_of::no_renegotiation}) && !hidden) {
    return std::nullopt;
  }
  return sender(c) + " refused to renegotiate" +
         (hidden ? ", by an encrypted alert" : std::string()) + "; " + receiver(c) +
         " asked for it";
}

// RFC 7507 §3
std::optional<std::string> cause::inappropriate_fallback(const Case& c) {
  if (!is_one_of(c, {alert_of::inappropriate_fallback})) {
    return std::nullopt;
  }
  const auto offered = offered_versions(c);
  return server(c) + " knows a higher version than " +
         (offered.empty() ? "the one" : called(Registry::Version, offered.front().value)) +
         ", to which " + client(c) + " fell back after an earlier failure";
}

// RFC 6066 §3
std::optional<std::string> cause::unknown_server_name(const Case& c) {
  if (!is_one_of(c, {alert_of::unrecognized_name})) {
    return std::nullopt;
  }
  const std::string asked =
      c.row.server_name.empty() ? "a hello without a name" : "the name " + c.row.server_name;
  return c.by_client() ? client(c) + " gave up because the name is unknown"
                       : server(c) + " has nothing for " + asked + " that " + client(c) + " sent";
}

// RFC 7301 §3.2
std::optional<std::string> cause::no_shared_alpn(const Case& c) {
  if (!is_one_of(c, {alert_of::no_application_protocol})) {
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

// RFC 8446 §4.1.3
std::optional<std::string> cause::downgrade_detected(const Case& c) {
  constexpr uint8_t kFromTls13 = 1;
  if (!c.by_client() || !c.handshake.choice || !c.handshake.hello ||
      !is_one_of(c, {alert_of::illegal_parameter, alert_of::inappropriate_fallback,
                     alert_of::protocol_version, alert_of::handshake_failure})) {
    return std::nullopt;
  }
  const Bytes random = c.handshake.choice->view.random;
  const bool tls13 = ends_with_sentinel(random, kFromTls13);
  const Version known = tls13 ? version::tls13 : version::tls12;
  if ((!tls13 && !ends_with_sentinel(random, 0)) || c.row.version.value >= known.value ||
      highest_version(c.handshake.hello->view).value < known.value) {
    return std::nullopt;
  }
  return client(c) + " refused " + called(Registry::Version, c.row.version.value) +
         ": the random of " + server(c) + " says that it knows a higher version";
}

// RFC 8446 §6.2
std::optional<std::string> cause::no_shared_version(const Case& c) {
  const bool told = is_one_of(c, {alert_of::protocol_version});
  const bool shown =
      server_alert_to_hello(c, {alert_of::handshake_failure, alert_of::internal_error}) &&
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
  if (!server_alert_to_hello(c, {alert_of::handshake_failure, alert_of::insufficient_security})) {
    return std::nullopt;
  }
  const bool stronger = is_one_of(c, {alert_of::insufficient_security});
  const std::string n =
      c.handshake.hello ? std::to_string(c.handshake.hello->view.n_suites) + " suites" : "";
  const std::string found = stronger ? " wants stronger suites or groups than "
                                     : " found no suite, group or signature to use in what ";
  return server(c) + found + client(c) + " offers (" + n + ")" + what_differs(c);
}

std::optional<std::string> cause::client_hello_rejected(const Case& c) {
  if (!server_alert_to_hello(c, {alert_of::decode_error, alert_of::illegal_parameter,
                                 alert_of::unexpected_message, alert_of::missing_extension,
                                 alert_of::unknown_psk_identity, alert_of::internal_error})) {
    return std::nullopt;
  }
  const std::string versions = spoken(Registry::Version, offered_versions(c));
  const std::string why =
      is_one_of(c, {alert_of::unknown_psk_identity}) ? "the PSK is unknown to it"
      : is_one_of(c, {alert_of::internal_error})     ? "an error of its own or its policy"
                                                     : "it takes it for wrong";
  return server(c) + " refused the ClientHello of " + client(c) + " (" + versions + ") with " +
         alert_text(c) + ": " + why;
}

// RFC 5746 §3.4
std::optional<std::string> cause::no_secure_renegotiation(const Case& c) {
  if (!c.by_client() || !c.handshake.choice || is_tls13(c.row.version) || c.row.client_flight ||
      !is_one_of(c, {alert_of::handshake_failure}) ||
      has(c.handshake.choice->view.extensions, extension::renegotiation_info)) {
    return std::nullopt;
  }
  return client(c) + " insists on secure renegotiation, which " + server(c) +
         " does not have; OpenSSL 3 clients end here";
}

// RFC 9325 §4.5
std::optional<std::string> cause::weak_key_exchange_rejected(const Case& c) {
  if (!c.by_client() || !has_weak_key_exchange(c) || c.row.client_finished ||
      !is_one_of(c, {alert_of::handshake_failure, alert_of::insufficient_security,
                     alert_of::illegal_parameter, alert_of::internal_error})) {
    return std::nullopt;
  }
  const ServerKeyExchange& exchange = *c.handshake.key_exchange;
  const std::string what =
      exchange.bits != 0 && exchange.bits < 2048
          ? "a prime of " + std::to_string(exchange.bits) + " bits"
          : "a signature with " + called(Registry::SignatureScheme, exchange.scheme.value);
  return client(c) + " rejected the key exchange of " + server(c) + " with " + alert_text(c) +
         ": it has " + what;
}

// RFC 5280 §4.1.2.5
std::optional<std::string> cause::server_certificate_expired(const Case& c) {
  const std::string wrong = validity(c);
  if (c.by_client() && is_one_of(c, {alert_of::certificate_expired})) {
    return rejected(c) + ": " +
           (wrong.empty() ? "as expired, but it is valid at the time of the capture" : wrong);
  }
  if (!refused_certificate(c) || wrong.empty()) {
    return std::nullopt;
  }
  return rejected(c) + ": " + wrong;
}

// RFC 9525 §6
std::optional<std::string> cause::server_certificate_name_mismatch(const Case& c) {
  const CertificateFacts* own = leaf(c);
  if (!refused_certificate(c) || !c.trail.name_mismatch || own == nullptr) {
    return std::nullopt;
  }
  return rejected(c) + ": it is for " +
         (own->dns_names.empty() ? own->subject : own->dns_names.front());
}

std::optional<std::string> cause::untrusted_server_certificate(const Case& c) {
  if (!c.by_client() || !is_one_of(c, {alert_of::unknown_ca})) {
    return std::nullopt;
  }
  return client(c) + " does not trust the certificate of " + name_of(c) + chain(c);
}

std::optional<std::string> cause::server_certificate_rejected(const Case& c) {
  if (!c.by_client() || before_server_hello(c) ||
      !is_one_of(c, {alert_of::bad_certificate, alert_of::unsupported_certificate,
                     alert_of::certificate_revoked, alert_of::certificate_unknown,
                     alert_of::bad_status})) {
    return std::nullopt;
  }
  return rejected(c) + " with " + alert_text(c) + chain(c);
}

// RFC 8446 §5.2: the length of the record is all there is.
std::optional<std::string> cause::encrypted_alert_after_server_flight(const Case& c) {
  if (c.ending.kind != End::hidden_alert || !c.by_client() || c.trail.is_hidden ||
      (!is_tls13(c.row.version) && !c.row.certificate)) {
    return std::nullopt;
  }
  return client(c) + " sent an encrypted alert " + after(c, c.row.server_flight) +
         " after the messages of " + name_of(c) + ": it rejected the certificate most likely";
}

// RFC 5246 §7.4.6, RFC 8446 §4.4.2.4
std::optional<std::string> cause::client_certificate_missing(const Case& c) {
  const bool told = is_one_of(c, {alert_of::certificate_required});
  const bool verified = is_one_of(c, {alert_of::bad_record_mac, alert_of::decrypt_error});
  if (c.by_client() || before_server_hello(c) || (!told && !c.trail.empty_certificate) ||
      verified) {
    return std::nullopt;
  }
  return server(c) + " wants a client certificate, " + client(c) +
         " has none to send; the server " + how(c);
}

std::optional<std::string> cause::client_certificate_rejected(const Case& c) {
  const bool about_certificates =
      is_one_of(c, {alert_of::bad_certificate, alert_of::unsupported_certificate,
                    alert_of::certificate_revoked, alert_of::certificate_expired,
                    alert_of::certificate_unknown, alert_of::unknown_ca, alert_of::access_denied});
  const bool silently = !c.alert() && (c.is_closed() || c.ending.kind == End::hidden_alert);
  if (c.by_client() || !c.trail.client_certificate || (!about_certificates && !silently)) {
    return std::nullopt;
  }
  const auto& all = c.handshake.client().certificates;
  const std::string what = all.empty() || !all.front()->readable
                               ? "the client certificate"
                               : "the client certificate of " + all.front()->subject;
  return server(c) + " rejected " + what + " from " + client(c) + ": it " + how(c);
}

std::optional<std::string> cause::keys_differ(const Case& c) {
  if (!is_one_of(c, {alert_of::bad_record_mac, alert_of::decrypt_error})) {
    return std::nullopt;
  }
  return sender(c) + " could not verify what " + receiver(c) + " sent, and said " + alert_text(c);
}

std::optional<std::string> cause::unexpected_message(const Case& c) {
  if (!is_one_of(c, {alert_of::unexpected_message})) {
    return std::nullopt;
  }
  const auto peer = static_cast<size_t>(c.by_client() ? 1 : 0);
  const std::string last = c.trail.has_last[peer]
                               ? shown_name(name(Registry::HandshakeType, c.trail.last[peer].value))
                               : std::string("nothing");
  return sender(c) + " did not expect what " + receiver(c) + " sent; its last message was " + last;
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

std::optional<std::string> cause::large_client_hello_lost(const Case& c) {
  const bool ended = c.ending.kind == End::silence || c.is_closed();
  if (!ended || c.trail.server_spoke || c.trail.hello_frames < 2) {
    return std::nullopt;
  }
  const bool repeated = c.client.repeats != 0 && c.client.waits();
  const bool shorter = c.accepted != nullptr && c.accepted->shortest_hello < c.trail.hello_length;
  if (!repeated && !shorter) {
    return std::nullopt;
  }
  return "the ClientHello of " + client(c) + ", " + std::to_string(c.trail.hello_length) +
         " bytes in " + std::to_string(c.trail.hello_frames) + " segments, got no answer from " +
         server(c) + (shorter ? "; a shorter one did" : "");
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
  const bool foreign = c.ending.kind == End::rst && c.server.rst_ttl != 0 && c.server.ttl != 0 &&
                       c.server.rst_ttl != c.server.ttl;
  const std::string ttl = foreign ? "; its TTL is " + std::to_string(c.server.rst_ttl) + ", not " +
                                        std::to_string(c.server.ttl) + " as before: somebody else?"
                                  : std::string();
  return server(c) + " " + how(c) + " " + after(c, c.row.client_hello) +
         " after the ClientHello, without an alert" + ttl;
}

std::optional<std::string> cause::closed_after_certificate(const Case& c) {
  const bool shown = c.row.certificate && !c.row.client_finished;
  const bool hidden =
      is_tls13(c.row.version) && c.trail.server_records != 0 && !c.trail.client_spoke;
  if (!c.is_closed() || !c.by_client() || c.alert() || (!shown && !hidden)) {
    return std::nullopt;
  }
  return client(c) + " " + how(c) + " " +
         after(c, shown ? c.row.certificate : c.row.server_flight) + " after the certificate of " +
         name_of(c) + ", without an alert" + chain(c);
}

std::optional<std::string> cause::unknown_failure(const Case& c) {
  if (c.ending.kind == End::silence) {
    return server(c) + " did not answer " + client(c);
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
      return {rule.cause, std::move(*explanation)};
    }
  }
  return {Cause::unknown_failure, {}};
}

}  // namespace tlslens
