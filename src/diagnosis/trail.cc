// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/trail.h"

namespace tlslens {

const std::string& PlainTexts::operator[](Direction by) const {
  static const std::string none;
  return lines_ ? (*lines_)[static_cast<size_t>(by)] : none;
}

void PlainTexts::set(Direction by, std::string line) {
  if (!lines_) {
    lines_ = std::make_unique<std::array<std::string, 2>>();
  }
  (*lines_)[static_cast<size_t>(by)] = std::move(line);
}

}  // namespace tlslens
