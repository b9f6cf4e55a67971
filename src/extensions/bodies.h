// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "extensions/read_extensions.h"

namespace tlslens {

// Each EXTENSION row of extensions.def has a reader of its body. It reads from `r`, which ends
// where the body ends, and leaves what it learned in `out`.
#define FIELD(...)
#define EXTENSION_FORM(...)
#define EXTENSION(id, code, body, reference) void body(Reader& r, Message message, Extensions& out);
#include "extensions/extensions.def"
#undef EXTENSION
#undef EXTENSION_FORM
#undef FIELD

}  // namespace tlslens
