// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/plain_text.h"

#include <algorithm>

#include "alert/alert.h"
#include "record/record.h"

namespace tlslens {
namespace {

bool is_alert(Bytes bytes) {
  const auto header = peek_header(bytes);
  return header && header->type == content_type::alert && header->length == kAlertSize;
}

// refuses_http tells an answer in HTTP that asks for TLS.
bool refuses_http(Bytes bytes) {
  constexpr size_t kMost = 1024;
  const auto first = bytes.first(std::min(bytes.size(), kMost));
  const std::string text(first.begin(), first.end());
  const auto has_word = [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  };
  return text.starts_with("HTTP/1.") && text.size() > 12 && text.substr(9, 3) == "400" &&
         (has_word("HTTPS") || has_word("SSL") || has_word("TLS"));
}

}  // namespace

std::string printable_start(Bytes bytes, size_t most) {
  std::string out;
  for (const uint8_t byte : bytes.first(std::min(bytes.size(), most))) {
    if (byte < 0x20 || byte >= 0x7f) {
      break;
    }
    out += static_cast<char>(byte);
  }
  return out;
}

std::string first_line(Bytes bytes) {
  constexpr size_t kMost = 40;
  return printable_start(bytes, kMost);
}

bool is_http_request(std::string_view text) {
  constexpr std::string_view kMethods[] = {"GET ",     "POST ",    "HEAD ",  "PUT ",  "DELETE ",
                                           "OPTIONS ", "CONNECT ", "PATCH ", "TRACE "};
  return std::ranges::any_of(kMethods, [&](std::string_view m) { return text.starts_with(m); });
}

bool refuses_plain_text(Bytes bytes) { return is_alert(bytes) || refuses_http(bytes); }

}  // namespace tlslens
