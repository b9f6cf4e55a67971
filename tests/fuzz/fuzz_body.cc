// SPDX-License-Identifier: GPL-2.0-or-later
// The body of one handshake message: its type, what was negotiated, the bytes.
#include "handshake/message.h"
#include "support/checks.h"
#include "support/input.h"

using namespace tlslens;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr Version kVersions[] = {version::unknown, version::ssl3, Version{0x0301}, version::tls12,
                                   version::tls13};
  fuzz::Input in(data, size);
  const HandshakeType type{in.u8()};
  const uint8_t known = in.u8();
  const CipherSuite suite{in.u16()};
  const uint32_t missing = (known & 0x40) != 0 ? in.u8() : 0;
  Context context;
  context.version = kVersions[(known & 0x0f) % std::size(kVersions)];
  context.suite = suite_parts(suite);
  context.raw_key = (known & 0x80) != 0;
  test::Parsed run(in.all(), missing);
  Body body;
  read_body(run.reader, type, context, body);
  fuzz::check_reader(run, missing);
  fuzz::check(fuzz::is_shown_well(body.summary), "a summary can be shown: " + body.summary);
  return 0;
}
