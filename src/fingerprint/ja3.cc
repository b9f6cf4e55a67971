// SPDX-License-Identifier: GPL-2.0-or-later
#include "fingerprint/fingerprint.h"

namespace tlslens {
namespace {

// Joined puts numbers in a row, with dashes between them and without GREASE.
class Joined {
 public:
  void add(uint32_t value) {
    if (!is_grease(value)) {
      text_ += text_.empty() ? "" : "-";
      text_ += std::to_string(value);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

template <typename CodePoint>
std::string joined(Codes<CodePoint> codes) {
  Joined out;
  for (size_t i = 0; i < codes.size(); ++i) {
    out.add(codes[i].value);
  }
  return out.text();
}

std::string joined(const Extensions& extensions) {
  Joined out;
  for (const Extension& extension : extensions.all) {
    out.add(extension.type.value);
  }
  return out.text();
}

}  // namespace

std::string ja3(const ClientHello& hello) {
  constexpr ExtensionType kGroups{10};
  constexpr ExtensionType kPointFormats{11};
  const Extensions& extensions = hello.extensions;
  return std::to_string(hello.legacy_version.value) + "," + joined(hello.suites) + "," +
         joined(extensions) + "," + joined(codes_in<NamedGroup>(extensions.body(kGroups), 2)) +
         "," + joined(codes_in<EcPointFormat>(extensions.body(kPointFormats), 1));
}

std::string ja3s(const ServerHello& hello) {
  return std::to_string(hello.legacy_version.value) + "," + std::to_string(hello.suite.value) +
         "," + joined(hello.extensions);
}

}  // namespace tlslens
