// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/ct_log.h"

#include <algorithm>
#include <array>

namespace tlslens {
namespace {

struct Log {
  std::array<uint8_t, 32> id;
  std::string_view name;
};

#define CT_LOG_ID(...) __VA_ARGS__
#define CT_LOG(id, name) {{CT_LOG_ID id}, name},
constexpr Log kLogs[] = {
#include "registry/ct_logs.inc"
};
#undef CT_LOG
#undef CT_LOG_ID

}  // namespace

std::string_view ct_log_name(Bytes log_id) {
  const auto before = [](const Log& log, Bytes id) {
    return std::ranges::lexicographical_compare(log.id, id);
  };
  const auto* log = std::lower_bound(std::begin(kLogs), std::end(kLogs), log_id, before);
  return log != std::end(kLogs) && std::ranges::equal(log->id, log_id) ? log->name
                                                                       : std::string_view{};
}

}  // namespace tlslens
