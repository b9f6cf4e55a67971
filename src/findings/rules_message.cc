// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>

#include "alert/alert.h"
#include "findings/rules.h"
#include "findings/words.h"

namespace tlslens {

std::optional<Evidence> rule::alert_fatal(const AlertFacts& f, const Scene&) {
  if (!f.readable || f.alert.level != kFatal) {
    return std::nullopt;
  }
  return Evidence{f.place, named(Registry::AlertDescription, f.alert.description.value)};
}

// The two closure alerts end a connection in order and are no offence (RFC 8446 §6.1).
std::optional<Evidence> rule::alert_warning(const AlertFacts& f, const Scene&) {
  const bool closure = f.alert.description == alert_description::close_notify ||
                       f.alert.description == alert_description::user_canceled;
  if (!f.readable || !is_assigned(f.alert) || f.alert.level != kWarning || closure) {
    return std::nullopt;
  }
  return Evidence{f.place, named(Registry::AlertDescription, f.alert.description.value)};
}

std::optional<Evidence> rule::alert_malformed(const AlertFacts& f, const Scene&) {
  if (f.readable && is_assigned(f.alert)) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

std::optional<Evidence> rule::malformed_length(const FaultFacts& f, const Scene&) {
  if (f.kind != FaultKind::overrun && f.kind != FaultKind::out_of_range &&
      f.kind != FaultKind::ragged) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}, info(f.field).label};
}

std::optional<Evidence> rule::trailing_data(const FaultFacts& f, const Scene&) {
  if (f.kind != FaultKind::trailing) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}, info(f.field).label};
}

std::optional<Evidence> rule::duplicate_extension(const FaultFacts& f, const Scene&) {
  if (f.kind != FaultKind::repeated || f.field != Field::extension_type) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}};
}

std::optional<Evidence> rule::cut_short(const FaultFacts& f, const Scene&) {
  if (f.kind != FaultKind::cut) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}, info(f.field).label};
}

std::optional<Evidence> rule::handshake_type_unknown(const MessageFacts& f, const Scene&) {
  if (f.is_sslv2 || is_named(Registry::HandshakeType, f.type.value)) {
    return std::nullopt;
  }
  return Evidence{f.place, std::to_string(f.type.value)};
}

// RFC 6176 §3: clients must not send it.
std::optional<Evidence> rule::sslv2_client_hello(const MessageFacts& f, const Scene&) {
  const bool hello = f.type == handshake_type::client_hello;
  return f.is_sslv2 && hello ? std::optional(Evidence{f.place}) : std::nullopt;
}

// RFC 6066 §3: peers differ in what they make of these; Java takes unrecognized_name for fatal.
std::optional<Evidence> rule::alert_practically_fatal(const AlertFacts& f, const Scene&) {
  const uint8_t what = f.alert.description.value;
  const bool is_one = what == 112 || (what >= 42 && what <= 46) || what == 48;
  if (!f.readable || f.alert.level != kWarning || !is_one) {
    return std::nullopt;
  }
  return Evidence{f.place, named(Registry::AlertDescription, what)};
}

// RFC 8446 §6.2: in TLS 1.3 all but closure alerts are fatal. 21 and 60 were for drafts and export,
// 41 is of SSL 3.0 (RFC 5246 §7.2).
std::optional<Evidence> rule::alert_out_of_place(const AlertFacts& f, const Scene& scene) {
  const Version version = scene.handshake.version();
  if (!f.readable || !is_assigned(f.alert) || version == version::unknown) {
    return std::nullopt;
  }
  const uint8_t what = f.alert.description.value;
  const bool closure = f.alert.description == alert_description::close_notify ||
                       f.alert.description == alert_description::user_canceled;
  const bool mild = is_tls13(version) && f.alert.level == kWarning && !closure;
  const bool of_ssl3 = what == 41 && version != version::ssl3;
  const bool reserved = what == 21 || what == 60;
  if (!mild && !of_ssl3 && !reserved) {
    return std::nullopt;
  }
  return Evidence{f.place, named(Registry::AlertDescription, what) + " in " +
                               called(Registry::Version, version.value)};
}

// CVE-2016-8610: each costs the receiver work and never ends the handshake.
std::optional<Evidence> rule::alert_flood(const AlertFacts& f, const Scene& scene) {
  constexpr uint32_t kMany = 4;
  const bool warning = f.readable && f.alert.level == kWarning;
  if (!warning || scene.sender().warnings + 1 < kMany) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

// RFC 5246 §7.2.2
std::optional<Evidence> rule::renegotiation_refused(const AlertFacts& f, const Scene&) {
  if (!f.readable || f.alert.description != alert_description::no_renegotiation) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

// RFC 5246 §7.4.7.1: as long as the modulus of the key that it is encrypted with.
std::optional<Evidence> rule::premaster_length(const MessageFacts& f, const Scene& scene) {
  const auto& certificates = scene.handshake.server().certificates;
  if (!f.whole || !f.body->encrypted_secret_size || certificates.empty()) {
    return std::nullopt;
  }
  const CertificateFacts& own = *certificates.front();
  const uint32_t modulus = (own.key_bits + 7) / 8;
  if (!own.readable || !own.key_type.starts_with("RSA") || modulus == 0 ||
      *f.body->encrypted_secret_size == modulus) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::epms_length),
                  std::to_string(*f.body->encrypted_secret_size) + " bytes, the key has " +
                      std::to_string(modulus),
                  scene.handshake.server().certificates_in};
}

}  // namespace tlslens
