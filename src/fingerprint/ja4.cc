// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cctype>
#include <cstdio>

#include "fingerprint/fingerprint.h"

namespace tlslens {
namespace {

constexpr ExtensionType kServerName{0};
constexpr ExtensionType kAlpn{16};

std::string hex4(uint16_t value) {
  char out[8];
  std::snprintf(out, sizeof out, "%04x", value);
  return out;
}

std::string two_digits(size_t n) {
  constexpr size_t kMost = 99;
  n = std::min(n, kMost);
  return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
}

// numbers_of gives the values in hexadecimal, without GREASE.
template <typename CodePoint>
std::vector<std::string> numbers_of(Codes<CodePoint> codes) {
  std::vector<std::string> out;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (!is_grease(codes[i].value)) {
      out.push_back(hex4(codes[i].value));
    }
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : ",") + word;
  }
  return out;
}

std::string short_hash(const std::string& text) {
  constexpr size_t kDigits = 12;
  return text.empty() ? std::string(kDigits, '0') : sha256_text(text).substr(0, kDigits);
}

// version_code is that of the highest version offered.
std::string version_code(const ClientHello& hello) {
  Version highest = hello.extensions.versions.size() == 0 ? hello.legacy_version : Version{};
  for (size_t i = 0; i < hello.extensions.versions.size(); ++i) {
    const Version v = hello.extensions.versions[i];
    if (!is_grease(v.value) && v.value > highest.value) {
      highest = v;
    }
  }
  switch (highest.value) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    case 0x0002:
      return "s2";
    default:
      return "00";
  }
}

// alpn_code is the first and last character of the first protocol, or of its hexadecimal form if
// one of them is no letter or digit.
std::string alpn_code(Bytes name) {
  if (name.empty()) {
    return "00";
  }
  const uint8_t first = name.front();
  const uint8_t last = name.back();
  if (std::isalnum(first) != 0 && std::isalnum(last) != 0) {
    return {static_cast<char>(first), static_cast<char>(last)};
  }
  constexpr char kDigits[] = "0123456789abcdef";
  return {kDigits[first >> 4], kDigits[last & 15]};
}

}  // namespace

Ja4 ja4(const ClientHello& hello) {
  std::vector<std::string> suites = numbers_of(hello.suites);
  std::ranges::sort(suites);
  std::vector<std::string> extensions;
  size_t count = 0;
  for (const Extension& extension : hello.extensions.all) {
    if (is_grease(extension.type.value)) {
      continue;
    }
    ++count;
    if (extension.type != kServerName && extension.type != kAlpn) {
      extensions.push_back(hex4(extension.type.value));
    }
  }
  std::ranges::sort(extensions);
  const bool named = hello.extensions.body(kServerName) != nullptr;
  const std::string head = "t" + version_code(hello) + (named ? "d" : "i") +
                           two_digits(suites.size()) + two_digits(count) +
                           alpn_code(hello.extensions.alpn);
  std::string features = joined(extensions);
  if (const auto schemes = numbers_of(hello.extensions.schemes); !schemes.empty()) {
    features += "_" + joined(schemes);
  }
  const std::string list = joined(suites);
  return {head + "_" + short_hash(list) + "_" + short_hash(features),
          head + "_" + list + "_" + features};
}

}  // namespace tlslens
