// SPDX-License-Identifier: GPL-2.0-or-later
// Causes that show after the ServerHello: keys and certificates.
#include <algorithm>

#include "diagnosis/case.h"
#include "extensions/views.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kSecond = 1'000'000;

const CertificateFacts* leaf(const Case& c) {
  const auto& all = c.handshake.server().certificates;
  return all.empty() || !all.front()->readable ? nullptr : all.front().get();
}

// refused_certificate: the client gave up behind the server's certificate, and did not say more
// than that it did.
bool refused_certificate(const Case& c) {
  const bool silently = (c.is_closed() && !c.alert()) || c.ending.kind == End::hidden_alert;
  return c.by_client() && c.row.certificate &&
         (silently || is_one_of(c, {alert_description::bad_certificate,
                                    alert_description::certificate_unknown}));
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
    if (one->readable && one->has_expired(now)) {
      return whose + "expired " + days(now - *one->not_after) + " before the capture";
    }
    if (one->readable && one->is_not_yet_valid(now)) {
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

bool has_short_prime(const ServerKeyExchange& exchange) {
  return exchange.bits != 0 && exchange.bits < kStrongPrime;
}

bool has_weak_key_exchange(const Case& c) {
  const auto& exchange = c.handshake.key_exchange;
  return exchange && (has_short_prime(*exchange) || signs_md5(exchange->scheme) ||
                      signs_sha1(exchange->scheme));
}

}  // namespace

// RFC 8446 §4.1.3
std::optional<std::string> cause::downgrade_detected(const Case& c) {
  constexpr uint8_t kFromTls13 = 1;
  if (!c.by_client() || !c.handshake.choice || !c.handshake.hello ||
      !is_one_of(c,
                 {alert_description::illegal_parameter, alert_description::inappropriate_fallback,
                  alert_description::protocol_version, alert_description::handshake_failure})) {
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

// RFC 5746 §3.4
std::optional<std::string> cause::no_secure_renegotiation(const Case& c) {
  if (!c.by_client() || !c.handshake.choice || is_tls13(c.row.version) || c.row.client_flight ||
      !is_one_of(c, {alert_description::handshake_failure}) ||
      has(c.handshake.choice->view.extensions, extension::renegotiation_info)) {
    return std::nullopt;
  }
  return client(c) + " insists on secure renegotiation, which " + server(c) +
         " does not have; OpenSSL 3 clients end here";
}

// RFC 9325 §4.5
std::optional<std::string> cause::weak_key_exchange_rejected(const Case& c) {
  if (!c.by_client() || !has_weak_key_exchange(c) || c.row.client_finished_in != 0 ||
      !is_one_of(c, {alert_description::handshake_failure, alert_description::insufficient_security,
                     alert_description::illegal_parameter, alert_description::internal_error})) {
    return std::nullopt;
  }
  const ServerKeyExchange& exchange = *c.handshake.key_exchange;
  const std::string what =
      has_short_prime(exchange)
          ? "a prime of " + std::to_string(exchange.bits) + " bits"
          : "a signature with " + called(Registry::SignatureScheme, exchange.scheme.value);
  return client(c) + " rejected the key exchange of " + server(c) + " with " + alert_text(c) +
         ": it has " + what;
}

// RFC 5280 §4.1.2.5
std::optional<std::string> cause::server_certificate_expired(const Case& c) {
  const std::string wrong = validity(c);
  if (c.by_client() && is_one_of(c, {alert_description::certificate_expired})) {
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
  if (!c.by_client() || !is_one_of(c, {alert_description::unknown_ca})) {
    return std::nullopt;
  }
  return client(c) + " does not trust the certificate of " + name_of(c) + chain(c);
}

std::optional<std::string> cause::server_certificate_rejected(const Case& c) {
  if (!c.by_client() || before_server_hello(c) ||
      !is_one_of(c, {alert_description::bad_certificate, alert_description::unsupported_certificate,
                     alert_description::certificate_revoked, alert_description::certificate_unknown,
                     alert_description::bad_status})) {
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
  const bool told = is_one_of(c, {alert_description::certificate_required});
  const bool verified =
      is_one_of(c, {alert_description::bad_record_mac, alert_description::decrypt_error});
  if (c.by_client() || before_server_hello(c) || (!told && !c.trail.empty_certificate) ||
      verified) {
    return std::nullopt;
  }
  return server(c) + " wants a client certificate, " + client(c) +
         " has none to send; the server " + how(c);
}

std::optional<std::string> cause::client_certificate_rejected(const Case& c) {
  const bool about_certificates =
      is_one_of(c, {alert_description::bad_certificate, alert_description::unsupported_certificate,
                    alert_description::certificate_revoked, alert_description::certificate_expired,
                    alert_description::certificate_unknown, alert_description::unknown_ca,
                    alert_description::access_denied});
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

std::optional<std::string> cause::closed_after_certificate(const Case& c) {
  const bool shown = c.row.certificate && c.row.client_finished_in == 0;
  const bool hidden =
      is_tls13(c.row.version) && c.trail.server_records != 0 && !c.trail.client_spoke;
  if (!c.is_closed() || !c.by_client() || c.alert() || (!shown && !hidden)) {
    return std::nullopt;
  }
  return client(c) + " " + how(c) + " " +
         after(c, shown ? c.row.certificate : c.row.server_flight) + " after the certificate of " +
         name_of(c) + ", without an alert" + chain(c);
}

}  // namespace tlslens
