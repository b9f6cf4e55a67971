// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "diagnosis/row.h"
#include "support/mark_checks.h"
#include "support/runs.h"

// What has to hold for any bytes. A check that fails ends the process, which is what a fuzzer and
// the replay of its corpus take for a failure.

namespace tlslens::fuzz {

inline void check(bool holds, const std::string& what) {
  if (!holds) {
    std::fprintf(stderr, "does not hold: %s\n", what.c_str());
    std::abort();
  }
}

// is_shown_well tells whether a text is valid UTF-8 (RFC 3629 §4) without control characters of
// ASCII.
inline bool is_shown_well(const std::string& text) {
  size_t rest = 0;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (rest != 0) {
      if (byte >> 6 != 2) {
        return false;
      }
      --rest;
    } else if (byte >= 0x80) {
      rest = byte >> 5 == 6 ? 1 : byte >> 4 == 14 ? 2 : byte >> 3 == 30 ? 3 : 0;
      if (rest == 0) {
        return false;
      }
    } else if (byte < 0x20 || byte == 0x7f) {
      return false;
    }
  }
  return rest == 0;
}

// check_tape: `sizes` has the size of each source, by which marks are bound.
inline void check_tape(const Tape& tape, const std::vector<uint64_t>& sizes) {
  const std::string broken = test::what_breaks_nesting(tape);
  check(broken.empty(), "marks nest: " + broken);
  for (const Mark& mark : tape.marks) {
    const std::string field = info(mark.field).id;
    check(mark.source < sizes.size(), field + " is in a source that there is");
    check(test::end_of(mark.span) <= sizes[mark.source], field + " lies in its source");
  }
  for (const std::string& text : tape.texts) {
    check(is_shown_well(text), "a text can be shown: " + text);
  }
}

// check_reader is for one reader that went over all of its bytes.
inline void check_reader(const test::Parsed& run, uint32_t missing = 0) {
  check_tape(run.tape, {uint64_t{run.bytes.size()} + missing});
  for (const Fault& fault : run.faults) {
    check(test::end_of(fault.span) <= uint64_t{run.bytes.size()} + missing,
          std::string("the fault of ") + info(fault.field).id + " lies in the bytes");
  }
}

inline void check_row(const Row& row) {
  check(row.explanation->size() <= kMaxExplanation, "an explanation has an end");
  check(is_shown_well(*row.explanation), "an explanation can be shown: " + *row.explanation);
  check(is_shown_well(*row.server_name), "a name can be shown: " + *row.server_name);
  check(is_shown_well(*row.alpn), "a protocol can be shown: " + *row.alpn);
  check(row.history.size() <= kMaxHistory, "a history has an end");
}

}  // namespace tlslens::fuzz
