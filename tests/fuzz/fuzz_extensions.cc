// SPDX-License-Identifier: GPL-2.0-or-later
// A list of extensions: the message it stands in, the bytes with their length.
#include "extensions/read_extensions.h"
#include "extensions/views.h"
#include "support/checks.h"
#include "support/input.h"

using namespace tlslens;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr uint8_t kMessages = 7;
  fuzz::Input in(data, size);
  const auto message = static_cast<Message>(in.u8() % kMessages);
  test::Parsed run(in.all());
  const Extensions found = read_extensions(run.reader, message);
  fuzz::check_reader(run);
  size_t used = 0;
  for (const Extension& extension : found.all) {
    used += extension.body.size();
  }
  fuzz::check(used <= run.bytes.size(), "the bodies are parts of the list");
  groups(found);
  protocols(found);
  server_share(found);
  return 0;
}
