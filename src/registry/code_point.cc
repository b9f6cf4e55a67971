// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/code_point.h"

#include <algorithm>

namespace tlslens {
namespace {

#define CODE_POINT_TABLE(Type, table) constexpr CodePoint table[] = {
#define CODE_POINT(value, name, recommended) {value, name, recommended},
#define CODE_POINT_TABLE_END \
  }                          \
  ;
#include "registry/code_points.inc"
#undef CODE_POINT_TABLE
#undef CODE_POINT
#undef CODE_POINT_TABLE_END

constexpr std::span<const CodePoint> kTables[] = {
    {},
#define CODE_POINT_TABLE(Type, table) table,
#define CODE_POINT(value, name, recommended)
#define CODE_POINT_TABLE_END
#include "registry/code_points.inc"
#undef CODE_POINT_TABLE
#undef CODE_POINT
#undef CODE_POINT_TABLE_END
};

}  // namespace

std::span<const CodePoint> code_points(Registry registry) {
  return kTables[static_cast<size_t>(registry)];
}

bool has_grease(Registry registry) {
  return registry == Registry::Version || registry == Registry::ExtensionType ||
         registry == Registry::CipherSuite || registry == Registry::NamedGroup ||
         registry == Registry::SignatureScheme;
}

std::string_view name(Registry registry, uint32_t value) {
  const auto rows = code_points(registry);
  const auto row = std::ranges::lower_bound(rows, value, {}, &CodePoint::value);
  if (row != rows.end() && row->value == value) {
    return row->name;
  }
  return has_grease(registry) && is_grease(value) ? "GREASE" : std::string_view{};
}

}  // namespace tlslens
