// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/der.h"

#include <algorithm>
#include <vector>

namespace tlslens {
namespace {

constexpr uint8_t kConstructed = 0x20;
constexpr uint8_t kLongTag = 0x1f;
// The high bit: of a length, that it is a number of bytes; of a byte of a tag, that more follow.
constexpr uint8_t kMore = 0x80;

size_t tag_size(Bytes from) {
  if ((from[0] & kLongTag) != kLongTag) {
    return 1;
  }
  const auto last = std::find_if(from.begin() + 1, from.end(), [](uint8_t b) { return b < kMore; });
  return static_cast<size_t>(last - from.begin()) + 1;
}

// holds_elements: an extension has its elements within an OCTET STRING (RFC 5280 §4.2), whose tag
// libtasn1 takes in its long form, too; it is told by the tag of a SEQUENCE, in either form, that
// its contents begin with.
bool holds_elements(const Element& element) {
  if ((element.tag & kConstructed) != 0) {
    return true;
  }
  const uint8_t first = element.content.empty() ? 0 : element.content.front();
  return first == der_tag::sequence || first == (kConstructed | kLongTag);
}

}  // namespace

std::optional<Element> take_element(Bytes& from) {
  const Bytes all = from;
  from = {};
  size_t at = all.empty() ? 0 : tag_size(all);
  if (at >= all.size()) {
    return std::nullopt;
  }
  const uint8_t first = all[at++];
  size_t length = first;
  if (first == kMore) {
    length = all.size();
  } else if (first > kMore) {
    const size_t digits = first - kMore;
    if (digits > all.size() - at) {
      return std::nullopt;
    }
    length = 0;
    for (const uint8_t digit : all.subspan(at, digits)) {
      length = std::min(length << 8 | digit, all.size());
    }
    at += digits;
  }
  length = std::min(length, all.size() - at);
  from = all.subspan(at + length);
  return Element{all[0], all.subspan(at, length), all.first(at + length)};
}

std::optional<Element> take_element(Bytes& from, uint8_t tag) {
  return from.empty() || from.front() != tag ? std::nullopt : take_element(from);
}

bool has_more_elements(Bytes der, size_t limit) {
  // What is left to look at of the elements around, the innermost last.
  std::vector<Bytes> around{der};
  size_t count = 0;
  while (!around.empty()) {
    const std::optional<Element> element = take_element(around.back());
    if (!element) {
      around.pop_back();
      continue;
    }
    if (++count > limit) {
      return true;
    }
    if (holds_elements(*element)) {
      around.push_back(element->content);
    }
  }
  return false;
}

std::optional<Outline> outline(Bytes der) {
  const auto certificate = take_element(der, der_tag::sequence);
  if (!certificate || !der.empty()) {
    return std::nullopt;
  }
  Bytes parts = certificate->content;
  const auto signed_part = take_element(parts, der_tag::sequence);
  const auto algorithm = take_element(parts, der_tag::sequence);
  const auto signature = take_element(parts);
  if (!signed_part || !algorithm || !signature || !parts.empty()) {
    return std::nullopt;
  }
  Bytes fields = signed_part->content;
  take_element(fields, der_tag::context_0);  // version
  take_element(fields);                      // serialNumber
  const auto signed_algorithm = take_element(fields, der_tag::sequence);
  take_element(fields);  // issuer
  take_element(fields);  // validity
  take_element(fields);  // subject
  const auto key = take_element(fields, der_tag::sequence);
  if (!signed_algorithm || !key) {
    return std::nullopt;
  }
  return Outline{*signed_part, *signed_algorithm, *key, *algorithm, *signature};
}

}  // namespace tlslens
