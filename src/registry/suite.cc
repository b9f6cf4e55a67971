// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/suite.h"

#include <algorithm>
#include <span>

namespace tlslens {
namespace {

struct Suite {
  uint32_t value;
  SuiteParts parts;
};

// The names in the tables of parts and the enumerators of suite.h agree.
#define SUITE_PART(Type, id, number) static_assert(static_cast<uint32_t>(Type::id) == (number));

#define SUITE_TABLE(Type, table) constexpr Suite table[] = {
#define SUITE(value, exchange, auth, cipher, mode, bits, mac, is_export)                     \
  {value,                                                                                    \
   {KeyExchange::exchange, Authentication::auth, BulkCipher::cipher, CipherMode::mode, bits, \
    MacOrHash::mac, is_export}},
#define SUITE_TABLE_END \
  }                     \
  ;
#include "registry/suite_parts.inc"
#undef SUITE_PART
#undef SUITE_TABLE
#undef SUITE
#undef SUITE_TABLE_END

const SuiteParts* find_parts(std::span<const Suite> suites, uint32_t value) {
  const auto row = std::ranges::lower_bound(suites, value, {}, &Suite::value);
  return row != suites.end() && row->value == value ? &row->parts : nullptr;
}

}  // namespace

const SuiteParts* suite_parts(CipherSuite suite) { return find_parts(kCipherSuites, suite.value); }

const SuiteParts* suite_parts(Sslv2CipherKind kind) {
  if (kind.value <= 0xffff) {
    return suite_parts(CipherSuite{static_cast<uint16_t>(kind.value)});
  }
  return find_parts(kSslv2CipherKinds, kind.value);
}

}  // namespace tlslens
