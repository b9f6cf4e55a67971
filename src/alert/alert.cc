// SPDX-License-Identifier: GPL-2.0-or-later
#include "alert/alert.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "fields/fields.h"

namespace tlslens {
namespace {

constexpr AlertInfo kAlerts[] = {
#define FIELD(...)
#define ALERT(code, name, kind, meaning, reference) \
  {{code}, name, AlertKind::kind, meaning, reference},
#include "alert/alerts.def"
#undef ALERT
#undef FIELD
};

constexpr const char* kKindNames[] = {"closure", "error", "warning"};

void read_meaning(Reader& r, const Alert& alert) {
  const AlertInfo* row = alert_info(alert.description);
  if (row == nullptr || !r.wants_marks()) {
    return;
  }
  r.text(Field::alert_class, kKindNames[static_cast<size_t>(row->kind)]);
  r.text(Field::alert_meaning, row->meaning);
}

}  // namespace

const AlertInfo* alert_info(AlertDescription description) {
  const auto* row = std::ranges::find(kAlerts, description, &AlertInfo::description);
  return row == std::end(kAlerts) ? nullptr : row;
}

bool is_assigned(const Alert& alert) {
  return (alert.level == kWarning || alert.level == kFatal) &&
         alert_info(alert.description) != nullptr;
}

std::string describe(const Alert& alert) {
  const auto named = [](Registry registry, uint8_t value) {
    const std::string_view known = name(registry, value);
    return known.empty() ? std::to_string(value) : std::string(known);
  };
  return named(Registry::AlertLevel, alert.level.value) + ' ' +
         named(Registry::AlertDescription, alert.description.value);
}

Alert read_alert(Reader& r, std::optional<AlertLevel> level) {
  Alert alert;
  const size_t group = r.open(Field::alert_message);
  if (level) {
    alert.level = *level;
    r.number(Field::alert_level, r.here(0), level->value);
  } else {
    alert.level = r.code<AlertLevel>(Field::alert_level);
  }
  if (r.more()) {
    alert.description = r.code<AlertDescription>(Field::alert_desc);
    read_meaning(r, alert);
    if (r.wants_marks()) {
      r.title(": " + describe(alert));
    }
  }
  r.close(group);
  return alert;
}

}  // namespace tlslens
