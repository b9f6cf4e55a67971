// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/conversation.h"

namespace tlslens::test {

// VectorFile is a conversation with what it has to show. Its sections are `why`, `bytes` (hex; a
// line that begins with > or < starts a delivery of the client or of the server), `tape` and
// `findings` ("none" if there are none). What they hold is indented by two blanks.
struct VectorFile {
  std::string name;
  std::string why;
  Conversation sent;
  std::string tape;
  std::string findings;
};

inline void append_hex(ByteVec& out, const std::string& line) {
  std::string digits;
  std::ranges::copy_if(line, std::back_inserter(digits),
                       [](unsigned char c) { return std::isxdigit(c) != 0; });
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    out.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
}

inline void append_bytes(Conversation& sent, const std::string& line) {
  if (line[0] == '>') {
    sent.push_back(from_client({}));
  } else if (line[0] == '<') {
    sent.push_back(from_server({}));
  }
  append_hex(sent.at(sent.size() - 1).bytes, line);
}

inline VectorFile read_vector(const std::filesystem::path& path) {
  VectorFile out;
  out.name = path.stem().string();
  std::ifstream file(path);
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') {
      continue;
    }
    if (line[0] != ' ') {
      section = line;
    } else if (section == "why:") {
      out.why += line.substr(2) + "\n";
    } else if (section == "bytes:") {
      append_bytes(out.sent, line.substr(2));
    } else if (section == "tape:") {
      out.tape += line.substr(2) + "\n";
    } else if (section == "findings:") {
      out.findings += line.substr(2) + "\n";
    }
  }
  return out;
}

inline std::vector<VectorFile> read_vectors() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(TLSLENS_VECTORS)) {
    if (entry.path().extension() == ".vec") {
      paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths);
  std::vector<VectorFile> out;
  for (const auto& path : paths) {
    out.push_back(read_vector(path));
  }
  return out;
}

// vectors are all files, read once.
inline const std::vector<VectorFile>& vectors() {
  static const std::vector<VectorFile> all = read_vectors();
  return all;
}

}  // namespace tlslens::test
