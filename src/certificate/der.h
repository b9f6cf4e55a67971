// SPDX-License-Identifier: GPL-2.0-or-later
// The little that is read of DER beside GnuTLS: what it has no call for.
#pragma once

#include <optional>

#include "wire/bytes.h"

namespace tlslens {

namespace der_tag {
inline constexpr uint8_t octet_string = 0x04;
inline constexpr uint8_t oid = 0x06;
inline constexpr uint8_t sequence = 0x30;
inline constexpr uint8_t context_0 = 0xa0;
}  // namespace der_tag

// Element is one value: the first byte of its tag, its contents, and all of its bytes.
struct Element {
  uint8_t tag = 0;
  Bytes content;
  Bytes whole;
};

// take_element takes the first element off `from`. Contents that would end behind `from`, or whose
// length is indefinite, end with it. Where `from` holds no whole tag and length there is nothing,
// and `from` is empty then.
std::optional<Element> take_element(Bytes& from);

// take_element of a tag is nothing for another tag, too; `from` is then as it was.
std::optional<Element> take_element(Bytes& from, uint8_t tag);

// has_more_elements tells whether der has more elements than `limit`, those inside of others
// included, and those inside an extension. The work is in proportion to the length of der.
bool has_more_elements(Bytes der, size_t limit);

// Outline is where a few parts of a certificate stand (RFC 5280 §4.1).
struct Outline {
  Element signed_part;       // tbsCertificate
  Element signed_algorithm;  // tbsCertificate.signature
  Element key;               // tbsCertificate.subjectPublicKeyInfo
  Element algorithm;         // signatureAlgorithm
  Element signature;
};

// outline is nothing if der has not the structure of a certificate, or something behind it.
std::optional<Outline> outline(Bytes der);

}  // namespace tlslens
