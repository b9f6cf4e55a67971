// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

#include "findings/rules.h"

// Where in a hello the evidence of a rule lies.

namespace tlslens {

// place_of is that of an extension which is there, else of the message.
template <typename HelloFacts>
Place place_of(const HelloFacts& f, ExtensionType type) {
  const Bytes* body = f.hello.extensions.body(type);
  return body == nullptr ? f.place : f.at_extension(*body);
}

// at is the evidence of an offence there, for a ServerHello with a link to the ClientHello.
template <typename HelloFacts>
std::optional<Evidence> at(const HelloFacts& f, ExtensionType type, bool offence,
                           std::string words = {}) {
  if (!offence) {
    return std::nullopt;
  }
  Evidence evidence{place_of(f, type), std::move(words)};
  if constexpr (requires { f.offer_in; }) {
    evidence.frame = f.offer_in;
  }
  return evidence;
}

}  // namespace tlslens
