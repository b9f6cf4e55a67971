// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>

#include "findings/finding.h"
#include "record/record.h"

namespace tlslens {
namespace {

// largest_record is the limit for a record: RFC 8446 §5.1 and §5.2, RFC 5246 §6.2.1 to §6.2.3.
uint32_t largest_record(const RecordFacts& f) {
  if (!f.encrypted && f.in_clear) {
    return kMaxPlaintext;
  }
  if (is_tls13(f.negotiated.version)) {
    return kMaxPlaintext + kMaxTls13Expansion;
  }
  if (const uint32_t mac = f.negotiated.null_cipher_mac; mac != 0) {
    const bool compressed = f.negotiated.compression.value != 0;
    return kMaxPlaintext + (compressed ? kMaxCompressionExpansion : 0) + mac;
  }
  return kMaxPlaintext + kMaxProtectionExpansion;
}

Place length_of(const RecordFacts& f) {
  return {Field::record_length, f.source, {f.offset + 3, 2}};
}

}  // namespace

std::optional<Evidence> rule::record_oversize(const RecordFacts& f) {
  const uint32_t limit = largest_record(f);
  if (f.sslv2 || f.length <= limit) {
    return std::nullopt;
  }
  return Evidence{length_of(f), f.length, limit};
}

// RFC 8446 §5.1, RFC 5246 §6.2.1: only application data may be empty.
std::optional<Evidence> rule::record_empty(const RecordFacts& f) {
  const bool must_not_be_empty = f.type == content_type::change_cipher_spec ||
                                 f.type == content_type::alert || f.type == content_type::handshake;
  if (f.sslv2 || f.length != 0 || !must_not_be_empty) {
    return std::nullopt;
  }
  return Evidence{length_of(f), f.type.value};
}

std::optional<Evidence> rule::record_type_unknown(const RecordFacts& f) {
  if (f.sslv2 || is_assigned(f.type)) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}}, f.type.value};
}

std::optional<Evidence> rule::record_version_unknown(const RecordFacts& f) {
  if (f.sslv2 || is_record_version(f.version)) {
    return std::nullopt;
  }
  return Evidence{{Field::record_version, f.source, {f.offset + 1, 2}}, f.version.value};
}

// RFC 5246 §7.1
std::optional<Evidence> rule::ccs_malformed(const CcsFacts& f) {
  if (f.length == 1 && f.value == 1) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

std::optional<Evidence> rule::capture_incomplete(const StreamFacts& f) {
  return Evidence{{Field::none}, static_cast<uint32_t>(f.event)};
}

}  // namespace tlslens
