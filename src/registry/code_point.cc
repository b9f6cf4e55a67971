// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/code_point.h"

#include <algorithm>

#include "registry/page_index.h"

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

// RFC 8701 §2
constexpr uint32_t kGrease[] = {0x0a0a, 0x1a1a, 0x2a2a, 0x3a3a, 0x4a4a, 0x5a5a, 0x6a6a, 0x7a7a,
                                0x8a8a, 0x9a9a, 0xaaaa, 0xbaba, 0xcaca, 0xdada, 0xeaea, 0xfafa};
constexpr uint32_t kGreasePskModes[] = {0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4};

// find_row returns the row of a value, or null. The values of these registries are looked for
// several times in each handshake.
const CodePoint* find_row(Registry registry, uint32_t value) {
  switch (registry) {
    case Registry::CipherSuite:
      return indexed_row<kCipherSuites>(value);
    case Registry::ExtensionType:
      return indexed_row<kExtensionTypes>(value);
    case Registry::NamedGroup:
      return indexed_row<kSupportedGroups>(value);
    case Registry::HandshakeType:
      return indexed_row<kHandshakeTypes>(value);
    default:
      break;
  }
  const auto rows = code_points(registry);
  const auto row = std::ranges::lower_bound(rows, value, {}, &CodePoint::value);
  return row != rows.end() && row->value == value ? &*row : nullptr;
}

bool is_grease_of(Registry registry, uint32_t value) {
  return std::ranges::binary_search(grease_values(registry), value);
}

}  // namespace

std::span<const CodePoint> code_points(Registry registry) {
  return kTables[static_cast<size_t>(registry)];
}

std::span<const uint32_t> grease_values(Registry registry) {
  switch (registry) {
    case Registry::Version:
    case Registry::ExtensionType:
    case Registry::CipherSuite:
    case Registry::NamedGroup:
    case Registry::SignatureScheme:
      return kGrease;
    case Registry::PskKeyExchangeMode:
      return kGreasePskModes;
    default:
      return {};
  }
}

std::string_view name(Registry registry, uint32_t value) {
  if (const CodePoint* row = find_row(registry, value)) {
    return row->name;
  }
  return is_grease_of(registry, value) ? "GREASE" : std::string_view{};
}

bool is_named(Registry registry, uint32_t value) {
  return find_row(registry, value) != nullptr || is_grease_of(registry, value);
}

char recommended(Registry registry, uint32_t value) {
  const CodePoint* row = find_row(registry, value);
  return row == nullptr ? '\0' : row->recommended;
}

}  // namespace tlslens
