// SPDX-License-Identifier: GPL-2.0-or-later
// One segment of one direction. The first byte is what is known before it.
#include "support/checks.h"
#include "support/input.h"

using namespace tlslens;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input in(data, size);
  const uint8_t known = in.u8();
  test::SegmentRun run;
  Flow& self = run.flows[known & 1];
  self.protection = static_cast<Protection>((known >> 1) % 3);
  self.sslv2 = (known & 0x08) != 0;
  self.mac = (known & 0x10) != 0 ? 20 : 0;
  self.negotiated.version = (known & 0x20) != 0   ? version::tls12
                            : (known & 0x40) != 0 ? version::tls13
                                                  : version::unknown;
  const size_t cut_off = (known & 0x80) != 0 ? in.u8() : 0;
  const test::ByteVec bytes = in.all();
  const Reading& reading =
      run.read(known & 1, bytes, static_cast<uint32_t>(std::min(cut_off, bytes.size())));
  std::vector<uint64_t> sizes{bytes.size()};
  for (const Pieces& pieces : reading.sources) {
    sizes.push_back(pieces.have);
  }
  fuzz::check(reading.consumed <= bytes.size(), "no more is consumed than is there");
  fuzz::check_tape(run.tape, sizes);
  return 0;
}
