// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/suite.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "registry/page_index.h"

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

}  // namespace

const SuiteParts* suite_parts(CipherSuite suite) {
  const Suite* row = indexed_row<kCipherSuites>(suite.value);
  return row == nullptr ? nullptr : &row->parts;
}

const SuiteParts* suite_parts(Sslv2CipherKind kind) {
  if (kind.value <= 0xffff) {
    return suite_parts(CipherSuite{static_cast<uint16_t>(kind.value)});
  }
  const auto* row = std::ranges::find(kSslv2CipherKinds, kind.value, &Suite::value);
  return row == std::end(kSslv2CipherKinds) ? nullptr : &row->parts;
}

}  // namespace tlslens
