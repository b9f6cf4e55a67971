// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings/shares.h"

#include <algorithm>
#include <array>

#include "findings/words.h"

namespace tlslens {
namespace {

struct Sizes {
  uint16_t group;
  uint16_t client;
  uint16_t server;
  bool is_point;  // begins with the byte 4, for the uncompressed form
};

constexpr Sizes kSizes[] = {
    {0x0017, 65, 65, true},      {0x0018, 97, 97, true},     {0x0019, 133, 133, true},
    {0x001d, 32, 32, false},     {0x001e, 56, 56, false},    {0x001f, 65, 65, true},
    {0x0020, 97, 97, true},      {0x0021, 129, 129, true},   {0x0100, 256, 256, false},
    {0x0101, 384, 384, false},   {0x0102, 512, 512, false},  {0x0103, 768, 768, false},
    {0x0104, 1024, 1024, false}, {0x0200, 800, 768, false},  {0x0201, 1184, 1088, false},
    {0x0202, 1568, 1568, false}, {0x11eb, 1249, 1153, true}, {0x11ec, 1216, 1120, false},
    {0x11ed, 1665, 1665, true},
};

const Sizes* sizes_of(NamedGroup group) {
  const auto* at = std::ranges::find(kSizes, group.value, &Sizes::group);
  return at == std::end(kSizes) ? nullptr : at;
}

}  // namespace

std::optional<size_t> client_share_size(NamedGroup group) {
  const Sizes* sizes = sizes_of(group);
  return sizes == nullptr ? std::nullopt : std::optional<size_t>(sizes->client);
}

std::optional<size_t> server_share_size(NamedGroup group) {
  const Sizes* sizes = sizes_of(group);
  return sizes == nullptr ? std::nullopt : std::optional<size_t>(sizes->server);
}

std::string share_words(const Share& share, size_t size) {
  return called(Registry::NamedGroup, share.group.value) + " has " +
         std::to_string(share.value.size()) + " bytes, not " + std::to_string(size);
}

std::string_view what_is_wrong_with_point(const Share& share) {
  constexpr uint8_t kUncompressed = 4;
  const Sizes* sizes = sizes_of(share.group);
  if (sizes == nullptr || share.value.empty() ||
      (share.value.size() != sizes->client && share.value.size() != sizes->server)) {
    return "";
  }
  if (sizes->is_point && share.value[0] != kUncompressed) {
    return "not in uncompressed form";
  }
  const bool zero = std::ranges::all_of(share.value, [](uint8_t b) { return b == 0; });
  return zero ? "all zero" : "";
}

std::optional<Weakness> weakness_of(const SuiteParts& suite) {
  if (suite.is_export) {
    return Weakness{"EXPORT", "export grade"};
  }
  if (suite.authentication == Authentication::anonymous) {
    return Weakness{"anonymous", "nobody is authenticated"};
  }
  switch (suite.cipher) {
    case BulkCipher::null:
      return Weakness{"NULL", "nothing is encrypted", suite.key_exchange == KeyExchange::tls13};
    case BulkCipher::rc4:
      return Weakness{"RC4", "RC4"};
    case BulkCipher::rc2:
    case BulkCipher::des:
      return Weakness{"DES or RC2", "DES or RC2"};
    case BulkCipher::triple_des:
      return Weakness{"3DES", "3DES", true};
    default:
      return suite.mac == MacOrHash::md5 ? std::optional(Weakness{"MD5", "MAC with MD5"})
                                         : std::nullopt;
  }
}

bool lacks_uncompressed(const Extensions& all) {
  constexpr EcPointFormat kUncompressed{0};
  const auto formats = point_formats(all);
  return formats.size() != 0 && !formats.contains(kUncompressed);
}

bool names_earlier_finished(const Extensions& all) {
  const auto info = opaque(all, extension::renegotiation_info, 1);
  return info && !info->empty();
}

bool ends_with_sentinel(Bytes random, uint8_t last) {
  const std::array<uint8_t, 8> sentinel = {'D', 'O', 'W', 'N', 'G', 'R', 'D', last};
  return random.size() >= sentinel.size() &&
         std::ranges::equal(random.last(sentinel.size()), sentinel);
}

bool is_constant(Bytes random) {
  return !random.empty() && std::ranges::all_of(random, [&](uint8_t b) { return b == random[0]; });
}

}  // namespace tlslens
