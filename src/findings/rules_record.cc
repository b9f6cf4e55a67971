// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>

#include "findings/rules.h"
#include "findings/words.h"
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

constexpr const char* kEvents[] = {
    "bytes are missing before this segment",
    "segments are out of order (the TCP preference \"Reassemble out-of-order segments\" helps)",
    "the snap length cut this segment",
    "it begins after the ClientHello",
};

Place length_of(const RecordFacts& f) {
  return {Field::record_length, f.source, {f.offset + 3, 2}};
}

}  // namespace

std::optional<Evidence> rule::record_oversize(const RecordFacts& f, const Scene&) {
  const uint32_t limit = largest_record(f);
  if (f.sslv2 || f.length <= limit) {
    return std::nullopt;
  }
  return Evidence{length_of(f),
                  std::to_string(f.length) + " bytes, the limit is " + std::to_string(limit)};
}

// RFC 8446 §5.1, RFC 5246 §6.2.1: only application data may be empty.
std::optional<Evidence> rule::record_empty(const RecordFacts& f, const Scene&) {
  const bool must_not_be_empty = f.type == content_type::change_cipher_spec ||
                                 f.type == content_type::alert || f.type == content_type::handshake;
  if (f.sslv2 || f.length != 0 || !must_not_be_empty) {
    return std::nullopt;
  }
  return Evidence{length_of(f), named(Registry::ContentType, f.type.value)};
}

std::optional<Evidence> rule::record_type_unknown(const RecordFacts& f, const Scene&) {
  if (f.sslv2 || is_assigned(f.type)) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}},
                  std::to_string(f.type.value)};
}

std::optional<Evidence> rule::record_version_unknown(const RecordFacts& f, const Scene&) {
  if (f.sslv2 || is_record_version(f.version)) {
    return std::nullopt;
  }
  return Evidence{{Field::record_version, f.source, {f.offset + 1, 2}}, hex(f.version.value)};
}

// RFC 5246 §7.1
std::optional<Evidence> rule::ccs_malformed(const CcsFacts& f, const Scene&) {
  if (f.length == 1 && f.value == 1) {
    return std::nullopt;
  }
  return Evidence{f.place};
}

std::optional<Evidence> rule::capture_incomplete(const StreamFacts& f, const Scene&) {
  if (f.event == StreamEvent::not_kept) {
    return std::nullopt;
  }
  return Evidence{{Field::none}, kEvents[static_cast<size_t>(f.event)]};
}

// RFC 8446 §5.1: legacy_record_version is at most that of TLS 1.2.
std::optional<Evidence> rule::record_version_tls13(const RecordFacts& f, const Scene&) {
  if (f.sslv2 || f.version != version::tls13) {
    return std::nullopt;
  }
  return Evidence{{Field::record_version, f.source, {f.offset + 1, 2}}};
}

// The version of the records is fixed once the ServerHello told it; before, it says little
// (RFC 5246 §E.1). What comes behind missing bytes may be of another connection between the ports.
std::optional<Evidence> rule::record_version_changed(const RecordFacts& f, const Scene& scene) {
  const Version before = scene.sender().record_version;
  if (f.sslv2 || !scene.whole || !scene.handshake.agreed || f.version == before ||
      !is_record_version(f.version) || !is_record_version(before) || scene.sender().changes == 0) {
    return std::nullopt;
  }
  return Evidence{{Field::record_version, f.source, {f.offset + 1, 2}},
                  called(Registry::Version, f.version.value) + " after " +
                      called(Registry::Version, before.value)};
}

namespace {

// expansion_of is what protection may add: nonce and tag, or IV, MAC and padding.
uint32_t expansion_of(const RecordFacts& f, const SuiteParts* suite) {
  constexpr uint32_t kOfBlocks = 16 + 48 + 256;
  if (!f.encrypted) {
    return f.negotiated.null_cipher_mac;
  }
  const bool in_blocks = suite == nullptr || suite->mode == CipherMode::cbc;
  return in_blocks ? kOfBlocks : 24;
}

}  // namespace

// RFC 8449 §4, RFC 6066 §4
std::optional<Evidence> rule::record_limit_exceeded(const RecordFacts& f, const Scene& scene) {
  const Sender& sender = scene.sender();
  const uint32_t limit =
      f.encrypted && sender.record_limit != 0 ? sender.record_limit : sender.max_fragment;
  if (f.sslv2 || limit == 0 || f.length <= limit + expansion_of(f, scene.handshake.suite())) {
    return std::nullopt;
  }
  return Evidence{length_of(f),
                  std::to_string(f.length) + " bytes, agreed were " + std::to_string(limit)};
}

// RFC 5246 §6.2.3: what is protected has at least a MAC or a tag.
std::optional<Evidence> rule::record_empty_data(const RecordFacts& f, const Scene& scene) {
  if (f.sslv2 || f.length != 0 || f.type != content_type::application_data ||
      scene.sender().changes == 0) {
    return std::nullopt;
  }
  return Evidence{length_of(f)};
}

// RFC 8446 §5.1 has nothing against them. TLS 1.0 puts an empty record before data, but not in a
// row.
std::optional<Evidence> rule::many_small_records(const RecordFacts& f, const Scene& scene) {
  constexpr uint32_t kMany = 16;
  if (f.sslv2 || !f.is_small() || scene.sender().small_records + 1 < kMany) {
    return std::nullopt;
  }
  return Evidence{length_of(f)};
}

// RFC 8446 §5.1. A fatal alert may come at any time: it ends the message.
std::optional<Evidence> rule::handshake_interleaved(const AlertFacts& f, const Scene& scene) {
  if (!f.in_message || !f.readable || f.alert.level == kFatal || !scene.whole) {
    return std::nullopt;
  }
  return Evidence{f.place, named(Registry::ContentType, content_type::alert.value)};
}

std::optional<Evidence> rule::handshake_interleaved(const RecordFacts& f, const Scene& scene) {
  const bool other = f.type == content_type::application_data || f.type == content_type::heartbeat;
  if (!f.in_message || !other || f.encrypted || !scene.whole) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}},
                  named(Registry::ContentType, f.type.value)};
}

// RFC 8446 §5.1, RFC 5246 §7.1. In TLS 1.3 the ChangeCipherSpec changes no keys.
std::optional<Evidence> rule::handshake_crosses_key_change(const RecordFacts& f,
                                                           const Scene& scene) {
  const bool tls13 = is_tls13(scene.handshake.version());
  const bool changes = f.type == content_type::change_cipher_spec && !tls13;
  const bool is_protected = f.type == content_type::application_data && f.encrypted;
  if (!f.in_message || !scene.whole || (!changes && !is_protected)) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}}};
}

// RFC 5246 §7.4: in TLS 1.3 it is early data, and up to TLS 1.2 keys come with ChangeCipherSpec.
std::optional<Evidence> rule::early_application_data(const RecordFacts& f, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  if (!scene.whole || f.type != content_type::application_data || f.encrypted || f.length == 0 ||
      !handshake.agreed || is_tls13(handshake.version()) || handshake.is_done() ||
      scene.sender().changes != 0) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}}};
}

// RFC 8446 §6.1, RFC 5246 §7.2.1. Both sides may send their own alert.
std::optional<Evidence> rule::data_after_close(const RecordFacts& f, const Scene& scene) {
  const Sender& sender = scene.sender();
  if (sender.closed_in == 0 || f.type == content_type::alert || f.sslv2) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}},
                  named(Registry::ContentType, f.type.value),
                  sender.closed_in};
}

// A protected record of type alert before the handshake is over, or as the first that is protected:
// close_notify has the same form, but comes later (RFC 5246 §7.2.1).
std::optional<Evidence> rule::alert_probable_encrypted(const RecordFacts& f, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  if (f.type != content_type::alert || !f.encrypted || !scene.whole || handshake.is_done() ||
      !handshake.agreed || handshake.state == HandshakeState::unknown) {
    return std::nullopt;
  }
  return Evidence{{Field::record_content_type, f.source, {f.offset, 1}}};
}

// RFC 5246 §6.2.3.1 to §6.2.3.3, RFC 8446 §5.2: the suite's tag, nonce, blocks and MAC.
std::optional<Evidence> rule::record_length_impossible(const RecordFacts& f, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  const SuiteParts* suite = handshake.suite();
  const bool tls13 = is_tls13(handshake.version());
  if (suite == nullptr || !f.encrypted || f.sslv2 || !scene.whole || f.length == 0 ||
      handshake.version() == version::gmtls || f.type == content_type::change_cipher_spec ||
      (tls13 && f.type != content_type::application_data) ||
      (!tls13 && scene.sender().changes != 1) || handshake.state == HandshakeState::unknown ||
      handshake.state == HandshakeState::renegotiating || handshake.agreed.truncated_hmac ||
      (!tls13 && handshake.agreed.compression.value != 0)) {
    return std::nullopt;
  }
  const std::optional<ProtectedShape>& shape = handshake.agreed.shape;
  if (!shape || (f.length >= shape->least && (f.length - shape->outside) % shape->block == 0)) {
    return std::nullopt;
  }
  return Evidence{length_of(f), std::to_string(f.length) + " bytes"};
}

}  // namespace tlslens
