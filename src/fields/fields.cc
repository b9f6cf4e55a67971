// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields/fields.h"

namespace tlslens {
namespace {

constexpr FieldInfo kFields[] = {
    {"none", "", "", Shape::group, Registry::none, "", ""},
#define FIELD(id, filter, label, shape, registry, reference, sentence) \
  {#id, filter, label, Shape::shape, Registry::registry, reference, sentence},
#include "fields/fields.def"
#undef FIELD
};
static_assert(std::size(kFields) == static_cast<size_t>(Field::count));

}  // namespace

std::span<const FieldInfo> fields() { return kFields; }

}  // namespace tlslens
