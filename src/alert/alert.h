// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

#include "registry/code_point.h"
#include "wire/reader.h"

namespace tlslens {

// AlertKind tells alerts apart by what follows them (RFC 8446 §6).
enum class AlertKind : uint8_t { closure, error, warning };

// AlertInfo is one row of alerts.def: what an alert means for whoever reads a capture.
struct AlertInfo {
  AlertDescription description;
  const char* name;
  AlertKind kind;
  const char* meaning;
  const char* reference;
};

// alert_info returns the row of a description, or null for one that is not assigned.
const AlertInfo* alert_info(AlertDescription description);

inline constexpr AlertLevel kWarning{1};
inline constexpr AlertLevel kFatal{2};
inline constexpr uint32_t kAlertSize = 2;  // in bytes (RFC 8446 §6)

namespace alert_description {
inline constexpr AlertDescription close_notify{0};
inline constexpr AlertDescription unexpected_message{10};
inline constexpr AlertDescription bad_record_mac{20};
inline constexpr AlertDescription record_overflow{22};
inline constexpr AlertDescription handshake_failure{40};
inline constexpr AlertDescription no_certificate{41};
inline constexpr AlertDescription bad_certificate{42};
inline constexpr AlertDescription unsupported_certificate{43};
inline constexpr AlertDescription certificate_revoked{44};
inline constexpr AlertDescription certificate_expired{45};
inline constexpr AlertDescription certificate_unknown{46};
inline constexpr AlertDescription illegal_parameter{47};
inline constexpr AlertDescription unknown_ca{48};
inline constexpr AlertDescription access_denied{49};
inline constexpr AlertDescription decode_error{50};
inline constexpr AlertDescription decrypt_error{51};
inline constexpr AlertDescription protocol_version{70};
inline constexpr AlertDescription insufficient_security{71};
inline constexpr AlertDescription internal_error{80};
inline constexpr AlertDescription inappropriate_fallback{86};
inline constexpr AlertDescription user_canceled{90};
inline constexpr AlertDescription no_renegotiation{100};
inline constexpr AlertDescription missing_extension{109};
inline constexpr AlertDescription unrecognized_name{112};
inline constexpr AlertDescription bad_status{113};
inline constexpr AlertDescription unknown_psk_identity{115};
inline constexpr AlertDescription certificate_required{116};
inline constexpr AlertDescription no_application_protocol{120};
}  // namespace alert_description

struct Alert {
  AlertLevel level;
  AlertDescription description;
};

// is_assigned tells whether both values are in IANA's registries.
bool is_assigned(const Alert& alert);

// describe names both values in a few words: "fatal handshake_failure".
std::string describe(const Alert& alert);

// read_alert reads one alert of two bytes (RFC 8446 §6). If `level` is given, an earlier record
// held that first byte, and only the description is read here.
Alert read_alert(Reader& r, std::optional<AlertLevel> level);

}  // namespace tlslens
