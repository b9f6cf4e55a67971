// SPDX-License-Identifier: GPL-2.0-or-later
// An arbitrary sequence of messages, in whole records, in either direction. Each step is a byte
// that says what it is and a second one that says more:
//   0..5  a handshake message of a real conversation, with some of its bytes changed
//   6     a handshake message of any type and up to 255 bytes
//   7     an alert        8  ChangeCipherSpec      9  application data of some length
//   10    FIN or RST      11 time passes           12 bytes are lost
//   13    a record of any type, version and length
#include <array>

#include "support/body_samples.h"
#include "support/play.h"

using namespace tlslens;
using namespace tlslens::test;

namespace {

// messages are those that a change is made to.
const std::vector<ByteVec>& messages() {
  static const std::vector<ByteVec> all = {
      client_hello(),        client_hello_tls13(),       server_hello_tls12(),
      server_hello_tls13(),  certificate_message(64),    server_key_exchange(64),
      client_key_exchange(), session_ticket(32),         handshake(14, {}),
      handshake(0, {}),      handshake(20, ramp(12, 1)), handshake(16, ramp(66, 1)),
  };
  return all;
}

ByteVec changed(ByteVec message, fuzz::Input& in) {
  for (int i = in.u8() % 4; i > 0 && message.size() > 4; --i) {
    const size_t at = 4 + in.u16() % (message.size() - 4);
    message[at] = in.u8();
  }
  return message;
}

void step(fuzz::Play& play, fuzz::Input& in) {
  constexpr uint8_t kKinds = 14;
  const uint8_t what = in.u8();
  const Side side = (what & 0x80) != 0 ? Side::b : Side::a;
  const size_t cut_off = (what & 0x40) != 0 ? in.u8() : 0;
  const uint8_t kind = (what & 0x3f) % kKinds;
  const uint8_t more = in.u8();
  switch (kind) {
    case 6:
      play.send(side, record(22, handshake(more, in.take(in.u8()))), cut_off);
      break;
    case 7:
      play.send(side, record(21, {static_cast<uint8_t>(1 + (more & 1)), in.u8()}), cut_off);
      break;
    case 8:
      play.send(side, ccs_record(), cut_off);
      break;
    case 9:
      play.send(side, data_record(more), cut_off);
      break;
    case 10:
      play.end(side, (more & 1) != 0);
      break;
    case 11:
      play.wait(int64_t{more} * 100'000);
      break;
    case 12:
      play.lose(side, more);
      break;
    case 13: {
      ByteVec bytes{more, 3, in.u8(), 0, in.u8()};
      const ByteVec content = in.take(bytes[4]);
      bytes.insert(bytes.end(), content.begin(), content.end());
      play.send(side, bytes, cut_off);
      break;
    }
    default:
      play.send(side, record(22, changed(messages()[more % messages().size()], in)), cut_off);
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::play_steps({data, size}, step);
  return 0;
}
