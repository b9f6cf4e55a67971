// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tlslens {

// Bytes is a view of captured bytes. It owns nothing; whoever made the view keeps them alive.
using Bytes = std::span<const uint8_t>;

// Span is a place: `offset` and `length` in bytes within one source (see Parse::source).
struct Span {
  uint32_t offset = 0;
  uint32_t length = 0;
  bool operator==(const Span&) const = default;
};

}  // namespace tlslens
