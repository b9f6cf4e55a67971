// SPDX-License-Identifier: GPL-2.0-or-later
// The whole core on the bytes of both directions. Each segment is a byte of flags, a length of two
// bytes, and the bytes.
#include "support/play.h"

using namespace tlslens;

namespace {

constexpr uint8_t kServer = 1;
constexpr uint8_t kIsCut = 2;    // a byte follows: how many bytes at the end are not captured
constexpr uint8_t kIsLost = 4;   // not captured at all
constexpr uint8_t kEnds = 8;     // a FIN comes behind it
constexpr uint8_t kResets = 16;  // a RST comes behind it
constexpr uint8_t kWaits = 32;   // two seconds go by before it

void step(fuzz::Play& play, fuzz::Input& in) {
  constexpr size_t kLongest = 1 << 15;
  const uint8_t flags = in.u8();
  const Side side = (flags & kServer) != 0 ? Side::b : Side::a;
  const size_t cut_off = (flags & kIsCut) != 0 ? in.u8() : 0;
  const test::ByteVec bytes = in.take(in.u16() % kLongest);
  if ((flags & kWaits) != 0) {
    play.wait(2'000'000);
  }
  if ((flags & kIsLost) != 0) {
    play.lose(side, static_cast<uint32_t>(bytes.size()));
  } else if (!bytes.empty()) {
    play.send(side, bytes, cut_off);
  }
  if ((flags & (kEnds | kResets)) != 0) {
    play.end(side, (flags & kResets) != 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::play_steps({data, size}, step);
  return 0;
}
