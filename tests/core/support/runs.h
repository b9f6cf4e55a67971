// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "handshake/message.h"
#include "session/read_segment.h"
#include "support/tape_printer.h"
#include "support/wire_builder.h"

namespace tlslens::test {

// Parsed runs one reader over bytes and keeps its marks and faults.
struct Parsed {
  explicit Parsed(ByteVec of, uint32_t missing = 0)
      : bytes(std::move(of)),
        parse{&tape, &faults, bytes.data(), 0},
        reader(parse, bytes, missing, 0) {}

  // values gives what all marks of a field say, in order.
  std::vector<std::string> values(Field field) const {
    std::vector<std::string> out;
    for (const Mark& mark : tape.marks) {
      if (mark.field == field && mark.kind != MarkKind::title) {
        out.push_back(value_text(tape, mark, {Bytes(bytes)}));
      }
    }
    return out;
  }
  std::vector<FaultKind> kinds() const {
    std::vector<FaultKind> out;
    for (const Fault& fault : faults) {
      out.push_back(fault.kind);
    }
    return out;
  }

  ByteVec bytes;
  Tape tape;
  std::vector<Fault> faults;
  Parse parse;
  Reader reader;
};

// SegmentRun reads whole segments of two directions one after the other; the client has side 0.
struct SegmentRun {
  SegmentRun() {
    flows[0].direction = Direction::client_to_server;
    flows[1].direction = Direction::server_to_client;
  }

  const Reading& read(int side, ByteVec of, uint32_t cut_off = 0) {
    bytes = std::move(of);
    reading.tape = &tape;
    reading.clear();
    const auto reported = static_cast<uint32_t>(bytes.size());
    const Bytes captured = Bytes(bytes).first(bytes.size() - cut_off);
    read_segment({captured, reported}, flows[side], flows[1 - side], reading);
    return reading;
  }
  const Reading& client(ByteVec of) { return read(0, std::move(of)); }
  const Reading& server(ByteVec of) { return read(1, std::move(of)); }

  Sources sources() const {
    Sources out{bytes};
    for (const Pieces& pieces : reading.sources) {
      out.push_back(pieces.bytes());
    }
    return out;
  }
  std::string printed() const { return print_tape(tape, sources()); }
  size_t count(Field field) const {
    return static_cast<size_t>(
        std::ranges::count_if(tape.marks, [&](const Mark& m) { return m.field == field; }));
  }

  ByteVec bytes;
  Flow flows[2];
  Tape tape;
  Reading reading;
};

}  // namespace tlslens::test
