// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/plain_text.h"

#include <algorithm>
#include <cctype>
#include <vector>

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
  return is_http_answer(text) && text.size() > 12 && text.substr(9, 3) == "400" &&
         (has_word("HTTPS") || has_word("SSL") || has_word("TLS"));
}

// words are a line's, in capitals.
std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  for (size_t at = 0; at < line.size();) {
    const size_t end = std::min(line.find(' ', at), line.size());
    if (end != at) {
      std::string& word = out.emplace_back(line.substr(at, end - at));
      std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::toupper(c); });
    }
    at = end + 1;
  }
  return out;
}

// names_tls tells a line that ends with "TLS" or "SSL", as all commands that ask for it do.
bool names_tls(Bytes line) {
  const auto is_space = [](uint8_t c) { return c == ' '; };
  while (!line.empty() && is_space(line.back())) {
    line = line.first(line.size() - 1);
  }
  const auto ends_with = [&](std::string_view word) {
    const auto is_capital_of = [](char capital, uint8_t c) { return capital == (c & ~0x20); };
    return line.size() >= word.size() &&
           std::ranges::equal(word, line.last(word.size()), is_capital_of);
  };
  return ends_with("TLS") || ends_with("SSL");
}

bool is_same(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

bool begins(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin());
}

constexpr uint8_t kSslRequest[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
constexpr uint8_t kTerminate[] = {'X', 0, 0, 0, 4};
constexpr std::string_view kStartTlsOid = "1.3.6.1.4.1.1466.20037";

// Tags of LDAP's messages: a SEQUENCE of an INTEGER and one of these (RFC 4511 §4.1.1).
constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kUnbind = 0x42;
constexpr uint8_t kExtendedResponse = 0x78;
constexpr uint8_t kEnumerated = 0x0a;
constexpr size_t kLdapResult = 4;  // of the result code in an ExtendedResponse

// ldap_operation returns what an LDAPMessage holds behind its number, tag and all; only the short
// forms of a length, which suffice for what is looked for.
Bytes ldap_operation(Bytes message) {
  constexpr size_t kHead = 4;  // tag, length, tag, length
  if (message.size() <= kHead || message[0] != kSequence || message[1] >= 0x80) {
    return {};
  }
  const size_t at = kHead + message[3];
  return at < message.size() ? message.subspan(at) : Bytes{};
}

bool asks_ldap(Bytes request) {
  constexpr uint8_t kExtendedRequest = 0x77;
  const Bytes operation = ldap_operation(request);
  return !operation.empty() && operation[0] == kExtendedRequest &&
         std::search(operation.begin(), operation.end(), kStartTlsOid.begin(),
                     kStartTlsOid.end()) != operation.end();
}

bool refuses_ldap(Bytes answer) {
  const Bytes operation = ldap_operation(answer);
  return operation.size() > kLdapResult && operation[0] == kExtendedResponse &&
         operation[2] == kEnumerated && operation[kLdapResult] != 0;
}

// refuses_in_text: a reply of 4xx or 5xx, or the words of IMAP, POP3, ManageSieve and XMPP.
bool refuses_in_text(std::string_view line) {
  const std::vector<std::string> all = words(line);
  if (all.empty()) {
    return false;
  }
  const std::string& first = all.front();
  const bool code = first.size() >= 3 && (first[0] == '4' || first[0] == '5') &&
                    std::isdigit(static_cast<unsigned char>(first[1])) != 0 &&
                    std::isdigit(static_cast<unsigned char>(first[2])) != 0;
  const bool tagged = all.size() > 1 && (all[1] == "NO" || all[1] == "BAD");
  return code || tagged || first == "-ERR" || first == "NO" || first.starts_with("<FAILURE");
}

}  // namespace

Bytes printable_start(Bytes bytes) {
  const Bytes most = bytes.first(std::min(bytes.size(), kMaxLine));
  const auto is_odd = [](uint8_t byte) { return byte < 0x20 || byte >= 0x7f; };
  return most.first(static_cast<size_t>(std::ranges::find_if(most, is_odd) - most.begin()));
}

std::string first_line(Bytes bytes) {
  constexpr uint8_t kProxy2[] = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
  const bool is_proxy2 =
      bytes.size() > sizeof kProxy2 && is_same(bytes.first(sizeof kProxy2), kProxy2);
  if (is_proxy2) {
    return "PROXY v2";
  }
  const Bytes line = printable_start(bytes);
  return {line.begin(), line.end()};
}

bool is_http_answer(std::string_view text) { return text.starts_with("HTTP/1."); }

bool is_http_refusal(std::string_view line) {
  const std::vector<std::string> all = words(line);
  return all.size() > 1 && is_http_answer(all[0]) && all[1] >= "300";
}

bool is_proxy_header(std::string_view text) { return text.starts_with("PROXY "); }

bool is_plain_request(std::string_view text) {
  constexpr std::string_view kMethods[] = {"GET ",     "POST ",    "HEAD ",  "PUT ",  "DELETE ",
                                           "OPTIONS ", "CONNECT ", "PATCH ", "TRACE "};
  return is_proxy_header(text) ||
         std::ranges::any_of(kMethods, [&](std::string_view m) { return text.starts_with(m); });
}

Asked asked_for(Bytes request) {
  if (is_same(request, kSslRequest)) {
    return Asked::postgres;
  }
  if (asks_ldap(request)) {
    return Asked::ldap;
  }
  if (begins(request, "CONNECT ")) {
    return Asked::tunnel;
  }
  if (begins(request, "<starttls")) {
    return Asked::tls;
  }
  if (request.size() > kMaxLine || !names_tls(printable_start(request))) {
    return Asked::nothing;  // the others are short; most segments are not
  }
  const std::vector<std::string> all = words(first_line(request));
  const bool is_auth = all.size() == 2 && all[0] == "AUTH" && (all[1] == "TLS" || all[1] == "SSL");
  const bool is_command = all.size() == 1 && (all[0] == "STARTTLS" || all[0] == "STLS");
  const bool is_tagged = all.size() == 2 && all[1] == "STARTTLS";
  return is_auth || is_command || is_tagged ? Asked::tls : Asked::nothing;
}

bool refuses(Asked asked, Bytes answer) {
  switch (asked) {
    case Asked::tunnel:
      return is_http_refusal(first_line(answer));
    case Asked::tls:
      return refuses_in_text(first_line(answer));
    case Asked::postgres:
      return answer.size() == 1 && answer.front() == 'N';
    case Asked::ldap:
      return refuses_ldap(answer);
    case Asked::nothing:
      break;
  }
  return false;
}

bool says_goodbye(Bytes request) {
  const Bytes operation = ldap_operation(request);
  if (is_same(request, kTerminate) || (!operation.empty() && operation[0] == kUnbind)) {
    return true;
  }
  const std::vector<std::string> all = words(first_line(request));
  const auto is_last = [&](std::string_view word) { return !all.empty() && all.back() == word; };
  return is_last("QUIT") || is_last("LOGOUT") || is_last("</STREAM:STREAM>");
}

bool refuses_plain_text(Bytes bytes) { return is_alert(bytes) || refuses_http(bytes); }

}  // namespace tlslens
