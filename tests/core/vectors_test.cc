// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/vector_file.h"

namespace tlslens::test {
namespace {

struct Printed {
  std::string tape;
  std::string findings;
};

Printed print(const VectorFile& vector) {
  Tap tap;
  tap.send(vector.sent, Segmenter::whole());
  Printed out;
  for (const Seen& seen : tap.seen()) {
    out.tape += (seen.delivery.side == Side::a ? "> " : "< ") + seen.shown.summary + "\n";
    out.tape += seen.shown.tape;
  }
  out.findings = tap.findings().empty() ? "none\n" : join(tap.findings());
  return out;
}

std::string indented(const std::string& lines) {
  std::string out = "  ";
  for (size_t i = 0; i < lines.size(); ++i) {
    out += lines[i];
    if (lines[i] == '\n' && i + 1 < lines.size()) {
      out += "  ";
    }
  }
  return out;
}

// rewrite puts what is shown now into a file. vectors/check.py then has to agree.
void rewrite(const VectorFile& vector, const Printed& now) {
  const auto path = std::filesystem::path(TLSLENS_VECTORS) / (vector.name + ".vec");
  std::string text;
  {
    std::ifstream file(path);
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  text.resize(std::min(text.find("\ntape:\n"), text.size()));
  std::ofstream(path) << text << "\ntape:\n"
                      << indented(now.tape) << "\nfindings:\n"
                      << indented(now.findings);
}

TEST(Vectors, ReadsEachFile) { EXPECT_GE(vectors().size(), 12U); }

TEST(Vectors, ReadsTapesAndFindings) {
  for (const VectorFile& vector : vectors()) {
    ASSERT_FALSE(vector.why.empty()) << vector.name;
    ASSERT_FALSE(vector.sent.empty()) << vector.name;
    const Printed now = print(vector);
    if (std::getenv("TLSLENS_REWRITE_VECTORS") != nullptr) {
      rewrite(vector, now);
      continue;
    }
    EXPECT_EQ(now.tape, vector.tape) << vector.name;
    EXPECT_EQ(now.findings, vector.findings) << vector.name;
  }
}

}  // namespace
}  // namespace tlslens::test
