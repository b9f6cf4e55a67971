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
inline constexpr AlertDescription kCloseNotify{0};

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
