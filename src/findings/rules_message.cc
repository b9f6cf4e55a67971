// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>

#include "alert/alert.h"
#include "findings/finding.h"

namespace tlslens {
namespace {

constexpr AlertDescription kCloseNotify{0};
constexpr AlertDescription kUserCanceled{90};

}  // namespace

std::optional<Evidence> rule::alert_fatal(const AlertFacts& f) {
  if (!f.readable || f.alert.level != kFatal) {
    return std::nullopt;
  }
  return Evidence{f.place, f.alert.description.value};
}

// The two closure alerts end a connection in order and are no offence (RFC 8446 §6.1).
std::optional<Evidence> rule::alert_warning(const AlertFacts& f) {
  const bool closure = f.alert.description == kCloseNotify || f.alert.description == kUserCanceled;
  if (!f.readable || !is_assigned(f.alert) || f.alert.level != kWarning || closure) {
    return std::nullopt;
  }
  return Evidence{f.place, f.alert.description.value};
}

std::optional<Evidence> rule::alert_malformed(const AlertFacts& f) {
  if (f.readable && is_assigned(f.alert)) {
    return std::nullopt;
  }
  return Evidence{f.place, f.length};
}

std::optional<Evidence> rule::malformed_length(const FaultFacts& f) {
  if (f.kind != FaultKind::overrun && f.kind != FaultKind::out_of_range &&
      f.kind != FaultKind::ragged) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}};
}

std::optional<Evidence> rule::trailing_data(const FaultFacts& f) {
  if (f.kind != FaultKind::trailing) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}};
}

std::optional<Evidence> rule::duplicate_extension(const FaultFacts& f) {
  if (f.kind != FaultKind::repeated || f.field != Field::extension_type) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}};
}

std::optional<Evidence> rule::cut_short(const FaultFacts& f) {
  if (f.kind != FaultKind::cut) {
    return std::nullopt;
  }
  return Evidence{{f.field, f.source, f.span}};
}

std::optional<Evidence> rule::handshake_type_unknown(const MessageFacts& f) {
  if (f.is_sslv2 || !name(Registry::HandshakeType, f.type.value).empty()) {
    return std::nullopt;
  }
  return Evidence{f.place, f.type.value};
}

// RFC 6176 §3: clients must not send it.
std::optional<Evidence> rule::sslv2_client_hello(const MessageFacts& f) {
  return f.is_sslv2 ? std::optional(Evidence{f.place}) : std::nullopt;
}

std::optional<Evidence> rule::limit_reached(const MessageFacts& f) {
  return f.too_long ? std::optional(Evidence{f.place}) : std::nullopt;
}

}  // namespace tlslens
