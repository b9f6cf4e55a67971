// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/columns.h"

#include <algorithm>

#include "findings/words.h"

namespace tlslens {
namespace {

std::string code(Registry registry, uint32_t value) {
  return value == 0 ? std::string() : called(registry, value);
}

std::string frame(const Moment& moment) {
  return moment ? std::to_string(moment.frame) : std::string();
}

// milliseconds writes a duration with three digits behind the point.
std::string milliseconds(const Moment& from, const Moment& to) {
  if (!from || !to || to.time < from.time) {
    return {};
  }
  const int64_t span = to.time - from.time;
  const std::string rest = std::to_string(span % 1000);
  return std::to_string(span / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

bool is_failed(const Row& row, int64_t end) { return is_failure(row.outcome_at(end)); }

Cause cause_at(const Row& row, int64_t end) {
  return is_failed(row, end) ? row.cause : Cause::none;
}

constexpr std::array<Column, kColumnCount> kColumns = {{
    {"Index", "index", true, [](const Row& r, int64_t) { return std::to_string(r.index); }},
    {"Client", "client", false, [](const Row& r, int64_t) { return text(r.client); }},
    {"Server", "server", false, [](const Row& r, int64_t) { return text(r.server); }},
    {"Server Name", "server_name", false, [](const Row& r, int64_t) { return *r.server_name; }},
    {"Version", "version", false,
     [](const Row& r, int64_t) { return code(Registry::Version, r.version.value); }},
    {"Cipher Suite", "cipher_suite", false,
     [](const Row& r, int64_t) { return code(Registry::CipherSuite, r.suite.value); }},
    {"Group", "group", false,
     [](const Row& r, int64_t) { return code(Registry::NamedGroup, r.group.value); }},
    {"ALPN", "alpn", false, [](const Row& r, int64_t) { return *r.alpn; }},
    {"Resumption", "resumption", false,
     [](const Row& r, int64_t) { return std::string(name(r.resumption)); }},
    {"Outcome", "outcome", false,
     [](const Row& r, int64_t end) { return std::string(name(r.outcome_at(end))); }},
    {"Cause", "cause", false,
     [](const Row& r, int64_t end) { return std::string(name(cause_at(r, end))); }},
    {"Explanation", "explanation", false,
     [](const Row& r, int64_t end) { return is_failed(r, end) ? *r.explanation : std::string(); }},
    {"ClientHello", "client_hello_in", true,
     [](const Row& r, int64_t) { return frame(r.client_hello); }},
    {"Decided", "decided_in", true, [](const Row& r, int64_t) { return frame(r.decided); }},
    {"ServerHello ms", "server_hello_ms", true,
     [](const Row& r, int64_t) { return milliseconds(r.client_hello, r.server_hello); }},
    {"Duration ms", "duration_ms", true,
     [](const Row& r, int64_t) { return milliseconds(r.client_hello, r.decided); }},
}};

// quoted writes a string of JSON; what is not ASCII is UTF-8 already.
std::string quoted(const std::string& text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xf];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

const std::array<Column, kColumnCount>& columns() { return kColumns; }

std::vector<const Row*> in_order(std::vector<const Row*> rows, int64_t end) {
  std::ranges::sort(rows, {}, [&](const Row* row) {
    return std::pair(is_failed(*row, end) ? 0 : 1, row->index);
  });
  return rows;
}

std::string json_line(const Row& row, int64_t end) {
  std::string out;
  const auto add = [&](const char* key, const std::string& value, bool is_number) {
    if (!value.empty()) {
      out += out.empty() ? "{\"" : ",\"";
      out += key;
      out += "\":";
      out += is_number ? value : quoted(value);
    }
  };
  for (const Column& column : columns()) {
    add(column.key, column.text(row, end), column.is_number);
  }
  add("history", row.decided ? row.history_then() : row.history, false);
  add("stage", row.decided ? row.last.text() : std::string(), false);
  add("hint", hint(cause_at(row, end)), false);
  return out + "}";
}

}  // namespace tlslens
