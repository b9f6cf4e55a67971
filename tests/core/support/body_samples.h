// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fields/fields.h"
#include "handshake/message.h"
#include "handshake/sslv2.h"
#include "support/runs.h"
#include "support/tape_printer.h"
#include "support/wire_builder.h"

namespace tlslens::test {

// Values is what the marks of fields say, in order: see said() in SampleRun.
using Values = std::vector<std::pair<Field, std::vector<std::string>>>;

// BodySample is one well-formed body, written from the RFC that defines it.
struct BodySample {
  std::string name;
  std::function<void(Reader&, Body&)> read;
  ByteVec body;
  // in_place gives a body with the headers before it, which fit.
  std::function<ByteVec(const ByteVec&)> in_place;
  Values values;
  // The lengths at which a body that is cut off is well-formed, too.
  std::set<size_t> legal_prefixes;
  uint16_t code = 0;  // of the extension or of the message

  ByteVec bytes() const { return in_place(body); }

  // ends_anywhere is for a body whose last part has no length of its own; it begins at `from`.
  BodySample ends_anywhere(size_t from = 0) && {
    for (size_t n = from; n < body.size(); ++n) {
      legal_prefixes.insert(n);
    }
    return std::move(*this);
  }
  // may_end_at is for a body of which the RFC lets the end be absent.
  BodySample may_end_at(std::set<size_t> lengths) && {
    legal_prefixes = std::move(lengths);
    return std::move(*this);
  }
  BodySample called(const std::string& variant) && {
    name += ", " + variant;
    return std::move(*this);
  }
};
using BodySamples = std::vector<BodySample>;

inline void append(BodySamples& all, BodySamples more) {
  std::ranges::move(more, std::back_inserter(all));
}

// SampleRun reads bytes as the reader of a sample does.
struct SampleRun : Parsed {
  SampleRun(const BodySample& sample, const ByteVec& of, uint32_t missing = 0)
      : Parsed(ByteVec(of.begin(), of.end()), missing) {
    sample.read(reader, out);
  }
  explicit SampleRun(const BodySample& sample) : SampleRun(sample, sample.bytes()) {}

  // said gives numbers as the tree shows them, text as text, and all else in hexadecimal digits.
  std::vector<std::string> said(Field field) const {
    std::vector<std::string> all;
    for (const Mark& mark : tape.marks) {
      if (mark.field == field && mark.kind != MarkKind::title) {
        const bool group = info(field).shape == Shape::group && mark.kind == MarkKind::wire;
        all.push_back(group ? hex_digits(Bytes(bytes).subspan(mark.span.offset, mark.span.length))
                            : value_text(tape, mark, {Bytes(bytes)}));
      }
    }
    return all;
  }

  Body out;
};

// The parts that samples are made of.
inline ByteVec as_bytes(std::string_view text) { return Builder().text(text).done(); }
inline ByteVec vec1(const ByteVec& body) { return Builder().vec(1, body).done(); }
inline ByteVec vec2(const ByteVec& body) { return Builder().vec(2, body).done(); }
inline ByteVec vec3(const ByteVec& body) { return Builder().vec(3, body).done(); }
using U8List = std::initializer_list<uint8_t>;
using U16List = std::initializer_list<uint16_t>;
inline ByteVec u16s(std::initializer_list<uint32_t> values) {
  Builder out;
  for (const uint32_t v : values) {
    out.u16(v);
  }
  return out.done();
}
inline ByteVec u32_bytes(uint32_t v) { return Builder().u32(v).done(); }
inline ByteVec prefix_of(const ByteVec& bytes, size_t n) {
  return {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(n)};
}
inline std::string hex_of(const ByteVec& bytes) { return hex_digits(bytes); }
inline std::vector<std::string> hexes(std::initializer_list<ByteVec> all) {
  std::vector<std::string> out;
  for (const ByteVec& bytes : all) {
    out.push_back(hex_of(bytes));
  }
  return out;
}

// Extensions.

inline std::string_view name_of(Message message) {
  constexpr std::string_view kNames[] = {"ClientHello",         "ServerHello", "HelloRetryRequest",
                                         "EncryptedExtensions", "Certificate", "CertificateRequest",
                                         "NewSessionTicket"};
  return kNames[static_cast<size_t>(message)];
}

// extension_in is an extension alone in the list of a message.
inline BodySample extension_in(Message message, uint16_t type, const ByteVec& body,
                               Values values = {}) {
  BodySample out;
  out.name = name_or_number(Registry::ExtensionType, type) + " in " + std::string(name_of(message));
  out.read = [message](Reader& r, Body&) { read_extensions(r, message); };
  out.body = body;
  out.in_place = [type](const ByteVec& of) { return vec2(extension(type, of)); };
  out.values = std::move(values);
  out.code = type;
  return out;
}

// extension_in_each is one form that is the same in several messages.
inline BodySamples extension_in_each(std::initializer_list<Message> messages, uint16_t type,
                                     const ByteVec& body, const Values& values = {}) {
  BodySamples out;
  for (const Message message : messages) {
    out.push_back(extension_in(message, type, body, values));
  }
  return out;
}

// raw_extension is one without a form of its own: any length will do.
inline BodySamples raw_extension(std::initializer_list<Message> messages, uint16_t type,
                                 Field field = Field::extension_data) {
  BodySamples out;
  for (const Message message : messages) {
    const ByteVec data = ramp(11, static_cast<uint8_t>(type));
    out.push_back(extension_in(message, type, data, {{field, {hex_of(data)}}}).ends_anywhere());
  }
  return out;
}

inline constexpr Message kCh = Message::client_hello;
inline constexpr Message kSh = Message::server_hello;
inline constexpr Message kHrr = Message::hello_retry_request;
inline constexpr Message kEe = Message::encrypted_extensions;
inline constexpr Message kCt = Message::certificate;
inline constexpr Message kCr = Message::certificate_request;
inline constexpr Message kNst = Message::new_session_ticket;

// RFC 6066 §8
inline ByteVec ocsp_request() {
  return vec2(vec2(ramp(5, 1)) + vec2(ramp(6, 2))) + vec2(ramp(7, 3));
}

// RFC 6066
inline BodySamples rfc6066_samples() {
  const ByteVec sha1 = ramp(20, 9);
  const ByteVec dn = ramp(13, 7);
  const ByteVec response = ramp(50, 4);
  BodySamples out;
  out.push_back(extension_in(kCh, 0, vec2(ByteVec{0} + vec2(as_bytes("a.example"))),
                             {{Field::sni_type, {"0"}}, {Field::sni_host, {"a.example"}}}));
  append(out, extension_in_each({kSh, kEe}, 0, {}));
  append(out, extension_in_each({kCh, kSh, kEe}, 1, {2}, {{Field::max_fragment_length, {"2"}}}));
  append(out, extension_in_each({kCh, kSh}, 2, {}));
  out.push_back(extension_in(kCh, 3,
                             vec2(ByteVec{0, 1} + sha1 + ByteVec{2} + vec2(dn) + ByteVec{3} + sha1),
                             {{Field::trusted_ca_key_type, {"0", "1", "2", "3"}},
                              {Field::trusted_ca_key_hash, hexes({sha1, sha1})},
                              {Field::trusted_ca_name, hexes({dn})}}));
  out.push_back(extension_in(kCh, 3, vec2({})).called("none"));
  out.push_back(extension_in(kSh, 3, {}));
  append(out, extension_in_each({kCh, kSh}, 4, {}));
  out.push_back(extension_in(kCh, 5, ByteVec{1} + ocsp_request(),
                             {{Field::status_type, {"1"}},
                              {Field::status_id, hexes({ramp(5, 1), ramp(6, 2)})},
                              {Field::status_exts, hexes({ramp(7, 3)})}}));
  append(out, extension_in_each({kSh, kCr}, 5, {}));
  out.push_back(
      extension_in(kCt, 5, ByteVec{1} + vec3(response),
                   {{Field::status_type, {"1"}}, {Field::ocsp_response, hexes({response})}}));
  return out;
}

// What RFCs 4681, 5878 and 6091 and those after them added to the hellos of TLS 1.2.
inline BodySamples tls12_list_samples() {
  BodySamples out;
  append(out, extension_in_each({kCh, kSh}, 6, vec1({64}), {{Field::user_mapping_type, {"64"}}}));
  for (const uint16_t type : U16List{7, 8}) {
    append(out, extension_in_each({kCh, kSh}, type, vec1({0, 1, 2}),
                                  {{Field::authz_format, {"0", "1", "2"}}}));
  }
  for (const uint16_t type : U16List{9, 19, 20}) {
    out.push_back(
        extension_in(kCh, type, vec1({2, 0}), {{Field::certificate_type, {"0x02", "0x00"}}}));
    out.push_back(extension_in(kSh, type, {2}, {{Field::certificate_type, {"0x02"}}}));
  }
  append(out, extension_in_each({kEe}, 19, {2}, {{Field::certificate_type, {"0x02"}}}));
  append(out, extension_in_each({kEe}, 20, {2}, {{Field::certificate_type, {"0x02"}}}));
  append(out, extension_in_each({kCh, kEe}, 10, vec2(u16s({0x001d, 0x0017})),
                                {{Field::group, {"0x001d", "0x0017"}}}));
  append(out, extension_in_each({kCh, kSh}, 11, vec1({0, 1, 2}),
                                {{Field::point_format, {"0", "1", "2"}}}));
  out.push_back(extension_in(kCh, 12, vec1(as_bytes("alice")), {{Field::srp_username, {"alice"}}}));
  for (const uint16_t type : U16List{13, 50}) {
    append(out, extension_in_each({kCh, kCr}, type, vec2(u16s({0x0403, 0x0804})),
                                  {{Field::scheme, {"0x0403", "0x0804"}},
                                   {Field::scheme_hash, {"4", "8"}},
                                   {Field::scheme_signature, {"3", "4"}}}));
  }
  append(out, extension_in_each({kCh, kSh, kEe}, 14, vec2(u16s({1, 7})) + vec1(ramp(3, 8)),
                                {{Field::srtp_profile, {"0x0001", "0x0007"}},
                                 {Field::srtp_mki, hexes({ramp(3, 8)})}}));
  append(out, extension_in_each({kCh, kSh, kEe}, 15, {1}, {{Field::heartbeat_mode, {"1"}}}));
  return out;
}

// RFC 6962 §3.2
inline ByteVec sct(uint8_t seed) {
  return ByteVec{0} + ramp(32, seed) + ramp(8, 17) + vec2(ramp(4, 2)) + u16s({0x0403}) +
         vec2(ramp(70, 3));
}

inline BodySamples tls12_record_samples() {
  const ByteVec v2 = vec2(ByteVec{1} + vec2(ocsp_request()) + ByteVec{2} + vec2(ocsp_request()));
  const ByteVec scts = vec2(vec2(sct(40)) + vec2(sct(50)));
  BodySamples out;
  append(out, extension_in_each({kCh, kSh, kEe}, 16,
                                vec2(vec1(as_bytes("h2")) + vec1(as_bytes("http/1.1"))),
                                {{Field::alpn_name, {"h2", "http/1.1"}}}));
  out.push_back(extension_in(kCh, 17, v2,
                             {{Field::status_type, {"1", "2"}},
                              {Field::status_length, {"26", "26"}},
                              {Field::status_exts, hexes({ramp(7, 3), ramp(7, 3)})}}));
  append(out, extension_in_each({kSh}, 17, {}));
  append(out, extension_in_each({kCh, kCr}, 18, {}));
  append(out, extension_in_each({kSh, kCt}, 18, scts,
                                {{Field::sct_version, {"0", "0"}},
                                 {Field::sct_log, hexes({ramp(32, 40), ramp(32, 50)})},
                                 {Field::sct_time, hexes({ramp(8, 17), ramp(8, 17)})},
                                 {Field::sct_exts, hexes({ramp(4, 2), ramp(4, 2)})},
                                 {Field::scheme, {"0x0403", "0x0403"}},
                                 {Field::sct_signature, hexes({ramp(70, 3), ramp(70, 3)})}}));
  append(out, raw_extension({kCh}, 21, Field::padding_data));
  for (const uint16_t type : U16List{22, 23}) {
    append(out, extension_in_each({kCh, kSh}, type, {}));
  }
  append(out, extension_in_each({kCh, kSh}, 24, ByteVec{1, 0} + vec1({2}),
                                {{Field::token_binding_major, {"0x01"}},
                                 {Field::token_binding_minor, {"0x00"}},
                                 {Field::token_binding_parameter, {"2"}}}));
  out.push_back(extension_in(
      kCh, 25, vec2(ByteVec{1} + vec1(ramp(32, 6)) + ByteVec{2} + vec1(ramp(32, 7))),
      {{Field::cached_type, {"1", "2"}}, {Field::cached_hash, hexes({ramp(32, 6), ramp(32, 7)})}}));
  out.push_back(extension_in(kSh, 25, vec2({1, 2}), {{Field::cached_type, {"1", "2"}}}));
  return out;
}

// RFC 8879, RFC 8449, RFC 8492, RFC 8672, RFC 8773
inline BodySamples later_samples() {
  const ByteVec ticket = ramp(30, 5);
  const ByteVec proof = ramp(32, 6);
  BodySamples out;
  append(out, extension_in_each({kCh, kCr}, 27, vec1(u16s({2, 1})),
                                {{Field::compress_algorithm, {"2", "1"}}}));
  append(out, extension_in_each({kCh, kSh, kEe}, 28, u16s({16385}),
                                {{Field::record_size_limit, {"16385"}}}));
  out.push_back(
      extension_in(kCh, 29, vec1(ramp(40, 8)), {{Field::pwd_name, hexes({ramp(40, 8)})}}));
  out.push_back(
      extension_in(kCh, 30, vec1(as_bytes("bob")), {{Field::pwd_name, hexes({as_bytes("bob")})}}));
  append(out, extension_in_each({kCh, kHrr}, 31, vec2(ramp(32, 9)),
                                {{Field::pwd_salt, hexes({ramp(32, 9)})}}));
  // The ticket is omitted on a first connection.
  out.push_back(extension_in(kCh, 32, vec2(ticket), {{Field::pinning_ticket, hexes({ticket})}})
                    .may_end_at({0}));
  out.push_back(extension_in(kEe, 32, vec1(proof) + vec2(ticket) + u32_bytes(86400),
                             {{Field::pinning_proof, hexes({proof})},
                              {Field::pinning_ticket, hexes({ticket})},
                              {Field::pinning_lifetime, {"86400"}}}));
  append(out, extension_in_each({kCh, kSh}, 33, {}));
  return out;
}

// RFC 9345 §4, RFC 5077 §3.2, RFC 8870 §5.2
inline BodySamples credential_and_ticket_samples() {
  const ByteVec credential =
      u32_bytes(604800) + u16s({0x0403}) + vec3(ramp(91, 1)) + u16s({0x0804}) + vec2(ramp(256, 2));
  const ByteVec ticket = ramp(160, 3);
  BodySamples out;
  append(out,
         extension_in_each({kCh, kCr}, 34, vec2(u16s({0x0403})), {{Field::scheme, {"0x0403"}}}));
  out.push_back(extension_in(kCt, 34, credential,
                             {{Field::credential_time, {"604800"}},
                              {Field::scheme, {"0x0403", "0x0804"}},
                              {Field::credential_key, hexes({ramp(91, 1)})},
                              {Field::credential_signature, hexes({ramp(256, 2)})}}));
  out.push_back(
      extension_in(kCh, 35, ticket, {{Field::ticket_of_hello, hexes({ticket})}}).ends_anywhere());
  append(out, extension_in_each({kSh}, 35, {}));
  out.push_back(extension_in(kCh, 39, vec1({1, 2}), {{Field::ekt_cipher, {"1", "2"}}}));
  append(out, extension_in_each({kSh, kEe}, 39, {2}, {{Field::ekt_cipher, {"2"}}}));
  return out;
}

// RFC 8446 §4.2.8
inline ByteVec key_share(uint16_t group, size_t size) {
  return u16s({group}) + vec2(ramp(size, static_cast<uint8_t>(group)));
}

// RFC 8446 §4.2
inline BodySamples tls13_key_samples() {
  const ByteVec identity = ramp(40, 4);
  BodySamples out;
  for (const uint16_t type : U16List{40, 51}) {
    out.push_back(extension_in(kCh, type, vec2(key_share(29, 32) + key_share(23, 65)),
                               {{Field::share_group, {"29", "23"}},
                                {Field::share_value, hexes({ramp(32, 29), ramp(65, 23)})}}));
    out.push_back(
        extension_in(kSh, type, key_share(29, 32),
                     {{Field::share_group, {"29"}}, {Field::share_value, hexes({ramp(32, 29)})}}));
    out.push_back(extension_in(kHrr, type, u16s({24}), {{Field::share_selected, {"24"}}}));
  }
  out.push_back(extension_in(kCh, 41,
                             vec2(vec2(identity) + u32_bytes(7) + vec2({1}) + u32_bytes(0)) +
                                 vec2(vec1(ramp(32, 5)) + vec1(ramp(48, 6))),
                             {{Field::psk_identity, hexes({identity, {1}})},
                              {Field::psk_age, {"7", "0"}},
                              {Field::psk_binder, hexes({ramp(32, 5), ramp(48, 6)})}}));
  out.push_back(extension_in(kSh, 41, u16s({1}), {{Field::psk_selected, {"1"}}}));
  append(out, extension_in_each({kCh, kEe}, 42, {}));
  out.push_back(extension_in(kNst, 42, u32_bytes(16384), {{Field::max_early_data, {"16384"}}}));
  out.push_back(extension_in(kCh, 43, vec1(u16s({0x0304, 0x0303})),
                             {{Field::supported_version, {"0x0304", "0x0303"}}}));
  append(out, extension_in_each({kSh, kHrr}, 43, u16s({0x0304}),
                                {{Field::supported_version, {"0x0304"}}}));
  append(out, extension_in_each({kCh, kHrr}, 44, vec2(ramp(16, 7)),
                                {{Field::cookie, hexes({ramp(16, 7)})}}));
  out.push_back(extension_in(kCh, 45, vec1({1, 0}), {{Field::psk_mode, {"1", "0"}}}));
  return out;
}

inline BodySamples tls13_certificate_samples() {
  const ByteVec dn = ramp(14, 8);
  const ByteVec oid = {0x55, 0x1d, 0x25};
  const ByteVec der = ByteVec{6, 3} + oid;
  BodySamples out;
  append(out, extension_in_each({kCh, kCr}, 47, vec2(vec2(dn) + vec2({1})),
                                {{Field::name, hexes({dn, {1}})}}));
  out.push_back(extension_in(kCr, 48, vec2(vec1(der) + vec2(ramp(10, 9)) + vec1(der) + vec2({})),
                             {{Field::oid_der, hexes({der, der})},
                              {Field::oid_oid, hexes({oid, oid})},
                              {Field::oid_values, hexes({ramp(10, 9)})}}));
  append(out, extension_in_each({kCh}, 49, {}));
  append(out, raw_extension({kSh, kCt}, 52));
  return out;
}

// What came after RFC 8446: for DTLS, WebRTC, QUIC, and for any use.
inline BodySamples newer_samples() {
  const ByteVec chain = ramp(300, 5);
  BodySamples out;
  for (const uint16_t type : U16List{53, 54}) {
    append(out, extension_in_each({kCh, kSh, kEe}, type, vec1(ramp(8, 1)),
                                  {{Field::connection_id, hexes({ramp(8, 1)})}}));
    append(out, {extension_in(kCh, type, vec1({})).called("empty")});
  }
  append(out, extension_in_each({kCh, kSh, kEe}, 55, vec1(ramp(32, 2)),
                                {{Field::external_id, hexes({ramp(32, 2)})}}));
  append(out, extension_in_each({kCh, kSh, kEe}, 56, vec1(ramp(20, 3)),
                                {{Field::external_session, hexes({ramp(20, 3)})}}));
  append(out, raw_extension({kCh, kEe}, 57, Field::quic_parameters));
  out.push_back(extension_in(kCh, 58, {2, 1},
                             {{Field::tickets_new, {"2"}}, {Field::tickets_resumed, {"1"}}}));
  out.push_back(extension_in(kEe, 58, {2}, {{Field::tickets_expected, {"2"}}}));
  out.push_back(extension_in(kCh, 59, u16s({443}), {{Field::dnssec_port, {"443"}}}));
  append(out, extension_in_each(
                  {kSh, kCt}, 59, u16s({168}) + vec2(chain),
                  {{Field::dnssec_lifetime, {"168"}}, {Field::dnssec_chain, hexes({chain})}}));
  append(out, raw_extension({kCh, kEe}, 60));
  append(out, extension_in_each({kCh, kSh, kEe}, 61, {}));
  append(out, extension_in_each({kCh, kSh, kEe, kCt, kCr, kNst}, 62, vec1({0, 2}),
                                {{Field::flags, {"0002"}}}));
  return out;
}

// Extensions that no registry has.
inline BodySamples private_samples() {
  BodySamples out;
  append(out, extension_in_each({kCh}, 13172, {}));
  // A list without a length may end behind each of its names.
  out.push_back(extension_in(kSh, 13172, vec1(as_bytes("spdy/2")) + vec1(as_bytes("http/1.1")),
                             {{Field::npn_name, {"spdy/2", "http/1.1"}}})
                    .may_end_at({0, 7}));
  for (const uint16_t type : U16List{17513, 17613}) {
    out.push_back(extension_in(kCh, type, vec2(vec1(as_bytes("h2")) + vec1(as_bytes("h3"))),
                               {{Field::alps_name, {"h2", "h3"}}}));
    append(out, raw_extension({kEe}, type, Field::alps_settings));
  }
  append(out, raw_extension({kCh, kSh}, 30031));
  append(out, raw_extension({kCh, kSh, kEe}, 30032));
  append(out, extension_in_each({kCh, kSh}, 65281, vec1(ramp(12, 4)),
                                {{Field::renegotiation, hexes({ramp(12, 4)})}}));
  out.push_back(extension_in(kSh, 65281, vec1({})).called("first handshake"));
  append(out, raw_extension({kCh, kEe}, 65445, Field::quic_parameters));
  append(out, raw_extension({kCh, kSh, kHrr, kEe, kCt, kCr, kNst}, 0xfe77));
  return out;
}

// RFC 9849 §4
inline ByteVec ech_config() {
  return u16s({0xfe0d}) +
         vec2(ByteVec{7} + u16s({0x0020}) + vec2(ramp(32, 1)) + vec2(u16s({1, 1, 1, 3})) +
              ByteVec{64} + vec1(as_bytes("public.example")) + vec2(ramp(6, 2)));
}

inline BodySample ech_retry_sample() {
  return extension_in(kEe, 65037, vec2(ech_config() + u16s({0x1234}) + vec2(ramp(5, 3))),
                      {{Field::ech_config_version, {"0xfe0d", "0x1234"}},
                       {Field::ech_key_id, {"7"}},
                       {Field::ech_kem, {"32"}},
                       {Field::ech_key, hexes({ramp(32, 1)})},
                       {Field::ech_kdf, {"1", "1"}},
                       {Field::ech_aead, {"1", "3"}},
                       {Field::ech_name_max, {"64"}},
                       {Field::ech_public_name, {"public.example"}},
                       {Field::ech_exts, hexes({ramp(6, 2)})},
                       {Field::extension_data, hexes({ramp(5, 3)})}});
}

// RFC 9849 §5 and draft-ietf-tls-esni-02 §4.2, §5.1
inline BodySamples hidden_hello_samples() {
  BodySamples out;
  out.push_back(
      extension_in(kCh, 64768, vec1(u16s({10, 51})), {{Field::ech_outer_extension, {"10", "51"}}}));
  out.push_back(extension_in(
      kCh, 65037, ByteVec{0} + u16s({1, 3}) + ByteVec{9} + vec2(ramp(32, 4)) + vec2(ramp(200, 5)),
      {{Field::ech_type, {"0"}},
       {Field::ech_kdf, {"1"}},
       {Field::ech_aead, {"3"}},
       {Field::ech_config_id, {"9"}},
       {Field::ech_enc, hexes({ramp(32, 4)})},
       {Field::ech_payload, hexes({ramp(200, 5)})}}));
  out.push_back(extension_in(kCh, 65037, {1}, {{Field::ech_type, {"1"}}}).called("inner"));
  out.push_back(
      extension_in(kHrr, 65037, ramp(8, 6), {{Field::ech_confirmation, hexes({ramp(8, 6)})}}));
  out.push_back(ech_retry_sample());
  out.push_back(extension_in(
      kCh, 65486, u16s({0x1301}) + key_share(29, 32) + vec2(ramp(32, 7)) + vec2(ramp(292, 8)),
      {{Field::esni_suite, {"0x1301"}},
       {Field::share_group, {"29"}},
       {Field::esni_digest, hexes({ramp(32, 7)})},
       {Field::esni_sni, hexes({ramp(292, 8)})}}));
  out.push_back(extension_in(kEe, 65486, ramp(16, 9), {{Field::esni_nonce, hexes({ramp(16, 9)})}}));
  return out;
}

inline BodySamples extension_samples() {
  BodySamples out;
  for (const auto& more :
       {rfc6066_samples, tls12_list_samples, tls12_record_samples, later_samples,
        credential_and_ticket_samples, tls13_key_samples, tls13_certificate_samples, newer_samples,
        private_samples, hidden_hello_samples}) {
    append(out, more());
  }
  return out;
}

// Messages.

inline constexpr Version kSsl3{0x0300};
inline constexpr Version kTls10{0x0301};
inline constexpr Version kTls11{0x0302};
inline constexpr Version kTls12{0x0303};
inline constexpr Version kTls13{0x0304};
inline constexpr Version kGmtls{0x0101};

inline Context in_version(Version version, bool raw_key = false) {
  return {version, nullptr, raw_key};
}
inline Context with_suite(Version version, uint16_t suite) {
  return {version, suite_parts(CipherSuite{suite}), false};
}

inline std::string name_of(Version version) {
  return version == version::unknown ? "unknown version"
                                     : name_or_number(Registry::Version, version.value);
}

// message_of is the body of a message, without its header.
inline BodySample message_of(uint8_t type, const Context& context, const ByteVec& body,
                             Values values = {}) {
  BodySample out;
  out.name = name_or_number(Registry::HandshakeType, type) + " in " + name_of(context.version);
  out.read = [type, context](Reader& r, Body& b) { read_body(r, HandshakeType{type}, context, b); };
  out.body = body;
  out.in_place = [](const ByteVec& of) { return of; };
  out.values = std::move(values);
  out.code = type;
  return out;
}

inline BodySamples hello_samples() {
  HelloSpec client;
  client.session_id = ramp(32, 4);
  HelloSpec server = client;
  server.suites = {0xc02f};
  server.extensions = alpn({"h2"});
  HelloSpec retry = server;
  retry.suites = {0x1301};
  retry.random = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                  0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                  0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
  retry.extensions = selected_version(0x0304) + extension(51, u16s({23}));
  const Values ids = {{Field::session_id, hexes({ramp(32, 4)})}};
  // Before TLS 1.3 a hello may have no extensions (RFC 5246 §7.4.1.2).
  const size_t fixed = 2 + 32 + 33;
  BodySamples out;
  out.push_back(message_of(0, in_version(kTls12), {}));
  out.push_back(message_of(1, {}, client_hello_body(client), ids).may_end_at({fixed + 2 + 4 + 2}));
  out.push_back(message_of(2, {}, server_hello_body(server), ids).may_end_at({fixed + 2 + 1}));
  out.push_back(message_of(2, {}, server_hello_body(retry), {{Field::share_selected, {"23"}}})
                    .called("HelloRetryRequest")
                    .may_end_at({fixed + 2 + 1}));
  return out;
}

// RFC 8446 §4.4.2, RFC 5246 §7.4.2, RFC 7250 §3
inline BodySamples certificate_samples() {
  const ByteVec one = ramp(60, 1);
  const ByteVec two = ramp(70, 2);
  const ByteVec list = vec3(vec3(one) + vec3(two));
  const ByteVec entries =
      vec3(vec3(one) + vec2(extension(18, vec2(vec2(sct(3))))) + vec3(two) + vec2({}));
  const Values both = {{Field::certificate, hexes({one, two})}};
  BodySamples out;
  for (const Version version : {kSsl3, kTls10, kTls12, Version{}}) {
    out.push_back(message_of(11, in_version(version), list, both));
  }
  out.push_back(message_of(11, in_version(kTls12), vec3({})).called("none"));
  out.push_back(message_of(11, in_version(kTls13), vec1({5, 6}) + entries,
                           {{Field::context, {"0506"}},
                            {Field::certificate, hexes({one, two})},
                            {Field::sct_log, hexes({ramp(32, 3)})}}));
  out.push_back(message_of(11, in_version(kTls13), vec1({}) + vec3({})).called("none"));
  out.push_back(
      message_of(11, in_version(kTls12, true), vec3(one), {{Field::raw_key, hexes({one})}})
          .called("raw public key"));
  out.push_back(message_of(11, in_version(kTls13, true), vec1({}) + vec3(vec3(one) + vec2({})),
                           {{Field::raw_key, hexes({one})}})
                    .called("raw public key"));
  return out;
}

// RFC 8446 §4.3.2, RFC 5246 §7.4.4, RFC 4346 §7.4.4
inline BodySamples certificate_request_samples() {
  const ByteVec dn = ramp(20, 3);
  const ByteVec types = vec1({1, 2, 64});
  const Values old = {{Field::client_type, {"1", "2", "64"}}, {Field::name, hexes({dn, dn})}};
  Values with_schemes = old;
  with_schemes.emplace_back(Field::scheme, std::vector<std::string>{"0x0401", "0x0203"});
  BodySamples out;
  for (const Version version : {kSsl3, kTls10, kTls11, kGmtls}) {
    out.push_back(message_of(13, in_version(version), types + vec2(vec2(dn) + vec2(dn)), old));
  }
  out.push_back(message_of(13, in_version(kTls12),
                           types + vec2(u16s({0x0401, 0x0203})) + vec2(vec2(dn) + vec2(dn)),
                           with_schemes));
  out.push_back(message_of(13, in_version(kTls13),
                           vec1({9}) + vec2(extension(13, vec2(u16s({0x0403})))),
                           {{Field::context, {"09"}}, {Field::scheme, {"0x0403"}}}));
  return out;
}

// RFC 8446 §4.4.3, RFC 5246 §7.4.8, RFC 4346 §7.4.8
inline BodySamples verify_samples() {
  const ByteVec signature = ramp(72, 4);
  BodySamples out;
  for (const Version version : {kSsl3, kTls10, kTls11, kGmtls}) {
    out.push_back(message_of(15, in_version(version), vec2(signature),
                             {{Field::scheme, {}}, {Field::verify_signature, hexes({signature})}}));
  }
  for (const Version version : {kTls12, kTls13}) {
    out.push_back(
        message_of(15, in_version(version), u16s({0x0804}) + vec2(signature),
                   {{Field::scheme, {"0x0804"}}, {Field::verify_signature, hexes({signature})}}));
  }
  return out;
}

// RFC 6066 §5, §8; RFC 6961 §2.2; RFC 8879 §4; RFC 4680 §2
inline BodySamples certificate_extra_samples() {
  const ByteVec sha1 = ramp(20, 1);
  const ByteVec response = ramp(40, 2);
  const Context tls12 = in_version(kTls12);
  BodySamples out;
  out.push_back(message_of(21, tls12,
                           ByteVec{1} + vec2(vec2(as_bytes("http://a/b")) + ByteVec{1} + sha1),
                           {{Field::url_chain_type, {"1"}},
                            {Field::url, {"http://a/b"}},
                            {Field::url_padding, {"01"}},
                            {Field::url_sha1, hexes({sha1})}}));
  out.push_back(message_of(22, tls12, ByteVec{1} + vec3(response),
                           {{Field::status_type, {"1"}}, {Field::ocsp_response, hexes({response})}})
                    .called("ocsp"));
  out.push_back(message_of(22, tls12, ByteVec{2} + vec3(vec3(response) + vec3({}) + vec3({7})),
                           {{Field::status_type, {"2"}},
                            {Field::ocsp_response_length, {"40", "0", "1"}},
                            {Field::ocsp_response, hexes({response, {7}})}})
                    .called("ocsp_multi"));
  out.push_back(message_of(23, tls12,
                           vec3(u16s({0}) + vec2(ramp(9, 3)) + u16s({16386}) + vec2(ramp(4, 4))),
                           {{Field::supplement_type, {"0", "16386"}},
                            {Field::supplement_data, hexes({ramp(9, 3), ramp(4, 4)})}}));
  out.push_back(message_of(25, in_version(kTls13),
                           u16s({2}) + Builder().u24(1000).done() + vec3(ramp(300, 5)),
                           {{Field::compress_algorithm, {"2"}},
                            {Field::uncompressed_length, {"1000"}},
                            {Field::compressed, hexes({ramp(300, 5)})}}));
  return out;
}

inline BodySamples small_message_samples() {
  const Context tls12 = in_version(kTls12);
  const Context tls13 = in_version(kTls13);
  const ByteVec hash = ramp(36, 7);
  BodySamples out;
  out.push_back(message_of(14, tls12, {}));
  out.push_back(message_of(5, tls13, {}));
  out.push_back(message_of(8, tls13, vec2({})).called("empty"));
  out.push_back(message_of(8, tls13, vec2(alpn({"h2"}) + extension(0, {})),
                           {{Field::alpn_name, {"h2"}}, {Field::extension_type, {"16", "0"}}}));
  out.push_back(message_of(24, tls13, {1}, {{Field::key_update, {"1"}}}));
  out.push_back(
      message_of(67, tls12, vec1(as_bytes("http/1.1")) + vec1(ramp(22, 6)),
                 {{Field::next_name, {"http/1.1"}}, {Field::next_padding, hexes({ramp(22, 6)})}}));
  out.push_back(message_of(20, in_version(kSsl3), hash,
                           {{Field::finished_md5, {hex_of(hash).substr(0, 32)}},
                            {Field::finished_sha, {hex_of(hash).substr(32)}}}));
  for (const Context& context : {in_version(kTls10), tls12, tls13}) {
    const ByteVec data = ramp(context.version == kTls13 ? 32 : 12, 8);
    out.push_back(
        message_of(20, context, data, {{Field::verify_data, hexes({data})}}).ends_anywhere());
  }
  const ByteVec group = extension(40, u16s({0x001d}));
  out.push_back(message_of(6, in_version(Version{0x7f12}), u16s({0x7f12}) + vec2(group),
                           {{Field::hello_version, {"0x7f12"}}, {Field::share_selected, {"29"}}}));
  out.push_back(message_of(6, in_version(Version{0x7f13}), u16s({0x7f13, 0x1301}) + vec2(group),
                           {{Field::suite, {"0x1301"}}, {Field::share_selected, {"29"}}}));
  for (const uint8_t type : U8List{3, 9, 10, 17, 26, 99, 254}) {
    out.push_back(
        message_of(type, tls12, ramp(9, type), {{Field::handshake_body, hexes({ramp(9, type)})}})
            .ends_anywhere());
  }
  return out;
}

// RFC 8446 §4.6.1, RFC 5077 §3.3
inline BodySamples ticket_samples() {
  const ByteVec ticket = ramp(100, 3);
  const ByteVec early = extension(42, u32_bytes(16384));
  BodySamples out;
  for (const Version version : {kTls10, kTls12}) {
    out.push_back(message_of(4, in_version(version), u32_bytes(7200) + vec2(ticket),
                             {{Field::ticket_lifetime, {"7200"}},
                              {Field::ticket_age_add, {}},
                              {Field::ticket, hexes({ticket})}}));
  }
  out.push_back(message_of(4, in_version(kTls12), u32_bytes(0) + vec2({})).called("no ticket"));
  out.push_back(message_of(
      4, in_version(kTls13),
      u32_bytes(7200) + u32_bytes(0x01020304) + vec1({1, 2}) + vec2(ticket) + vec2(early),
      {{Field::ticket_lifetime, {"7200"}},
       {Field::ticket_age_add, {"16909060"}},
       {Field::ticket_nonce, {"0102"}},
       {Field::ticket, hexes({ticket})},
       {Field::max_early_data, {"16384"}}}));
  return out;
}

// Key exchanges.

inline const ByteVec kPrime = ramp(128, 0xf1);
inline const ByteVec kPublic = ramp(128, 0x31);
inline const ByteVec kPoint = ByteVec{4} + ramp(64, 0x51);
inline const ByteVec kSignature = ramp(128, 0x71);
inline const ByteVec kHint = as_bytes("hint");

inline ByteVec dh_parameters() { return vec2(kPrime) + vec2({2}) + vec2(kPublic); }
inline ByteVec ecdh_parameters() { return ByteVec{3} + u16s({23}) + vec1(kPoint); }
inline ByteVec old_signature() { return vec2(kSignature); }
inline ByteVec new_signature() { return u16s({0x0401}) + vec2(kSignature); }

inline Values dh_values() {
  return {{Field::dh_p, hexes({kPrime})}, {Field::dh_g, {"02"}}, {Field::dh_ys, hexes({kPublic})}};
}
inline Values ecdh_values() {
  return {{Field::curve_type, {"0x03"}},
          {Field::named_curve, {"0x0017"}},
          {Field::server_point, hexes({kPoint})}};
}
inline Values operator+(Values a, const Values& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
inline Values unsigned_values() { return {{Field::scheme, {}}, {Field::signature, {}}}; }
inline Values old_values() {
  return {{Field::scheme, {}}, {Field::signature, hexes({kSignature})}};
}
inline Values new_values() {
  return {{Field::scheme, {"0x0401"}}, {Field::signature, hexes({kSignature})}};
}

inline BodySample server_exchange(Version version, uint16_t suite, const ByteVec& body,
                                  const Values& values) {
  return message_of(12, with_suite(version, suite), body, values)
      .called(std::string(name(Registry::CipherSuite, suite)));
}

// signed_exchange is one that is signed, in the versions with a scheme and without.
inline BodySamples signed_exchange(std::initializer_list<uint16_t> suites,
                                   const ByteVec& parameters, const Values& values) {
  BodySamples out;
  for (const uint16_t suite : suites) {
    out.push_back(
        server_exchange(kTls12, suite, parameters + new_signature(), values + new_values()));
    for (const Version version : {kTls10, kTls11}) {
      out.push_back(
          server_exchange(version, suite, parameters + old_signature(), values + old_values()));
    }
  }
  return out;
}

// RFC 4492 §5.4: the two ways to spell a curve out. The types of basis have no numbers there; these
// are the ones in use.
inline ByteVec curve_rest() {
  return vec1(ramp(20, 2)) + vec1(ramp(21, 3)) + vec1(ramp(41, 4)) + vec1(ramp(22, 5)) + vec1({1}) +
         vec1(kPoint);
}
inline Values curve_rest_values() {
  return {{Field::curve_a, hexes({ramp(20, 2)})},    {Field::curve_b, hexes({ramp(21, 3)})},
          {Field::curve_base, hexes({ramp(41, 4)})}, {Field::curve_order, hexes({ramp(22, 5)})},
          {Field::curve_cofactor, {"01"}},           {Field::server_point, hexes({kPoint})}};
}

inline BodySamples explicit_curve_samples() {
  const ByteVec prime = ByteVec{1} + vec1(ramp(20, 1)) + curve_rest();
  const ByteVec m = ByteVec{2} + u16s({163});
  const ByteVec trinomial = m + ByteVec{1} + vec1({7}) + curve_rest();
  const ByteVec pentanomial = m + ByteVec{2} + vec1({3}) + vec1({6}) + vec1({7}) + curve_rest();
  BodySamples out;
  out.push_back(server_exchange(kTls12, 0xc02b, prime + new_signature(),
                                Values{{Field::curve_type, {"0x01"}},
                                       {Field::curve_prime, hexes({ramp(20, 1)})}} +
                                    curve_rest_values() + new_values())
                    .called("prime curve"));
  out.push_back(
      server_exchange(
          kTls12, 0xc02b, trinomial + new_signature(),
          Values{{Field::curve_m, {"163"}}, {Field::curve_basis, {"1"}}, {Field::curve_k, {"07"}}} +
              curve_rest_values() + new_values())
          .called("trinomial"));
  out.push_back(server_exchange(kTls10, 0xc02b, pentanomial + old_signature(),
                                Values{{Field::curve_m, {"163"}},
                                       {Field::curve_basis, {"2"}},
                                       {Field::curve_k, {"03", "06", "07"}}} +
                                    curve_rest_values() + old_values())
                    .called("pentanomial"));
  return out;
}

// RFC 5246 §7.4.3, RFC 4279, RFC 5489, RFC 8422 §5.4, RFC 2246 §7.4.3 for RSA_EXPORT
inline BodySamples common_server_exchanges() {
  const ByteVec rsa = vec2(ramp(64, 0x81)) + vec2({1, 0, 1});
  const Values rsa_values = {{Field::modulus, hexes({ramp(64, 0x81)})},
                             {Field::exponent, {"010001"}}};
  const Values hint = {{Field::psk_hint, hexes({kHint})}};
  BodySamples out;
  out.push_back(server_exchange(kSsl3, 0x0003, rsa + old_signature(), rsa_values + old_values()));
  append(out, signed_exchange({0x0003}, rsa, rsa_values));
  append(out, signed_exchange({0x0033, 0x0032, 0x0014}, dh_parameters(), dh_values()));
  append(out, signed_exchange({0xc02f, 0xc02b}, ecdh_parameters(), ecdh_values()));
  for (const Version version : {kTls10, kTls12}) {
    out.push_back(
        server_exchange(version, 0x0034, dh_parameters(), dh_values() + unsigned_values()));
    out.push_back(
        server_exchange(version, 0xc018, ecdh_parameters(), ecdh_values() + unsigned_values()));
    out.push_back(server_exchange(version, 0x008c, vec2(kHint), hint + unsigned_values()));
    out.push_back(server_exchange(version, 0x0094, vec2(kHint), hint + unsigned_values()));
    out.push_back(server_exchange(version, 0x0090, vec2(kHint) + dh_parameters(),
                                  hint + dh_values() + unsigned_values()));
    out.push_back(server_exchange(version, 0xc035, vec2(kHint) + ecdh_parameters(),
                                  hint + ecdh_values() + unsigned_values()));
  }
  out.push_back(server_exchange(kTls12, 0x008c, vec2({}), unsigned_values()).called("no hint"));
  append(out, explicit_curve_samples());
  return out;
}

// RFC 5054 §2.5.3, draft-cragie-tls-ecjpake-01 §7.3, RFC 8492 §4.5.1.2, GB/T 38636 §6.4.5.4
inline BodySamples rare_server_exchanges() {
  const ByteVec srp = vec2(kPrime) + vec2({2}) + vec1(ramp(16, 1)) + vec2(kPublic);
  const Values srp_values = {{Field::srp_n, hexes({kPrime})},
                             {Field::srp_g, {"02"}},
                             {Field::srp_s, hexes({ramp(16, 1)})},
                             {Field::srp_b, hexes({kPublic})}};
  const ByteVec curve = ByteVec{3} + u16s({23});
  BodySamples out;
  out.push_back(server_exchange(kTls12, 0xc01d, srp, srp_values + unsigned_values()));
  append(out, signed_exchange({0xc01e, 0xc01f}, srp, srp_values));
  out.push_back(server_exchange(kTls12, 0xc0ff,
                                curve + vec1(kPoint) + vec1(ramp(65, 2)) + vec1(ramp(32, 3)),
                                Values{{Field::named_curve, {"0x0017"}},
                                       {Field::jpake_xs, hexes({kPoint})},
                                       {Field::jpake_vs, hexes({ramp(65, 2)})},
                                       {Field::jpake_rs, hexes({ramp(32, 3)})}} +
                                    unsigned_values()));
  out.push_back(server_exchange(kTls12, 0xc0b0,
                                vec1(ramp(32, 4)) + curve + vec1(kPoint) + vec1(ramp(32, 5)),
                                Values{{Field::pwd_salt_of_server, hexes({ramp(32, 4)})},
                                       {Field::named_curve, {"0x0017"}},
                                       {Field::pwd_element, hexes({kPoint})},
                                       {Field::pwd_scalar, hexes({ramp(32, 5)})}} +
                                    unsigned_values()));
  out.push_back(server_exchange(kGmtls, 0xe011, ecdh_parameters() + old_signature(),
                                ecdh_values() + old_values()));
  for (const uint16_t suite : U16List{0xe013, 0xe019}) {
    out.push_back(server_exchange(kGmtls, suite, old_signature(), old_values()));
  }
  out.push_back(
      server_exchange(kTls12, 0x16b7, ramp(80, 6), {{Field::handshake_body, hexes({ramp(80, 6)})}})
          .ends_anywhere());
  return out;
}

inline BodySample client_exchange(Version version, uint16_t suite, const ByteVec& body,
                                  const Values& values) {
  return message_of(16, with_suite(version, suite), body, values)
      .called(std::string(name(Registry::CipherSuite, suite)));
}

// RFC 5246 §7.4.7, RFC 8422 §5.7, RFC 4279, RFC 5489. A client whose certificate has a suitable key
// sends none (RFC 5246 §7.4.7.2); with elliptic curves that is for ECDH with fixed keys only
// (RFC 4492 §3).
inline BodySamples common_client_exchanges() {
  const ByteVec secret = ramp(128, 9);
  const Values epms = {{Field::epms, hexes({secret})}};
  const Values yc = {{Field::dh_yc, hexes({kPublic})}};
  const Values point = {{Field::client_point, hexes({kPoint})}};
  const Values identity = {{Field::psk_id, hexes({kHint})}};
  BodySamples out;
  out.push_back(client_exchange(kSsl3, 0x002f, secret, epms).ends_anywhere());
  for (const Version version : {kTls10, kTls12}) {
    for (const uint16_t suite : U16List{0x002f, 0x0003}) {
      out.push_back(client_exchange(version, suite, vec2(secret), epms));
    }
    for (const uint16_t suite : U16List{0x0031, 0x0033, 0x0032, 0x0014}) {
      out.push_back(client_exchange(version, suite, vec2(kPublic), yc).may_end_at({0}));
    }
    out.push_back(client_exchange(version, 0x0034, vec2(kPublic), yc));
    for (const uint16_t suite : U16List{0xc02f, 0xc02b, 0xc018}) {
      out.push_back(client_exchange(version, suite, vec1(kPoint), point));
    }
    out.push_back(client_exchange(version, 0xc00e, vec1(kPoint), point).may_end_at({0}));
    out.push_back(client_exchange(version, 0x008c, vec2(kHint), identity));
    out.push_back(client_exchange(version, 0x0094, vec2(kHint) + vec2(secret), identity + epms));
    out.push_back(client_exchange(version, 0x0090, vec2(kHint) + vec2(kPublic), identity + yc));
    out.push_back(client_exchange(version, 0xc035, vec2(kHint) + vec1(kPoint), identity + point));
  }
  return out;
}

// RFC 5054 §2.5.4, RFC 2712 §3, RFC 8492 §4.5.1.3, RFC 9189 §4.2.4, GB/T 38636 §6.4.5.8
inline BodySamples rare_client_exchanges() {
  const ByteVec secret = ramp(155, 9);
  BodySamples out;
  for (const uint16_t suite : U16List{0xc01d, 0xc01e}) {
    out.push_back(
        client_exchange(kTls12, suite, vec2(kPublic), {{Field::srp_a, hexes({kPublic})}}));
  }
  for (const uint16_t suite : U16List{0x001e, 0x0026}) {
    out.push_back(client_exchange(kTls10, suite, vec2(ramp(90, 1)) + vec2({}) + vec2(ramp(56, 2)),
                                  {{Field::krb5_ticket, hexes({ramp(90, 1)})},
                                   {Field::krb5_authenticator, {}},
                                   {Field::krb5_secret, hexes({ramp(56, 2)})}}));
  }
  out.push_back(client_exchange(kTls12, 0xc0ff,
                                vec1(kPoint) + vec1(ramp(65, 2)) + vec1(ramp(32, 3)),
                                {{Field::jpake_xc, hexes({kPoint})},
                                 {Field::jpake_vc, hexes({ramp(65, 2)})},
                                 {Field::jpake_rc, hexes({ramp(32, 3)})}}));
  out.push_back(client_exchange(
      kTls12, 0xc0b0, vec1(kPoint) + vec1(ramp(32, 5)),
      {{Field::pwd_element, hexes({kPoint})}, {Field::pwd_scalar, hexes({ramp(32, 5)})}}));
  for (const uint16_t suite : U16List{0x0081, 0xc100, 0xc102}) {
    out.push_back(client_exchange(kTls12, suite, secret, {{Field::key_blob, hexes({secret})}})
                      .ends_anywhere());
  }
  out.push_back(
      client_exchange(kGmtls, 0xe011, ByteVec{3} + u16s({41}) + vec1(kPoint),
                      {{Field::named_curve, {"0x0029"}}, {Field::client_point, hexes({kPoint})}}));
  for (const uint16_t suite : U16List{0xe013, 0xe019}) {
    out.push_back(client_exchange(kGmtls, suite, vec2(secret), {{Field::epms, hexes({secret})}}));
  }
  out.push_back(client_exchange(kSsl3, 0x001c, secret, {{Field::handshake_body, hexes({secret})}})
                    .ends_anywhere());
  return out;
}

inline BodySamples message_samples() {
  BodySamples out;
  for (const auto& more :
       {hello_samples, certificate_samples, certificate_request_samples, verify_samples,
        certificate_extra_samples, small_message_samples, ticket_samples, common_server_exchanges,
        rare_server_exchanges, common_client_exchanges, rare_client_exchanges}) {
    append(out, more());
  }
  return out;
}

// SSLv2: draft-hickman-netscape-ssl-00 §2.5 to §2.7.

inline BodySample sslv2_of(uint8_t type, const ByteVec& body, Values values) {
  BodySample out;
  out.name = "SSLv2 " + name_or_number(Registry::Sslv2MessageType, type);
  out.read = [](Reader& r, Body& b) { read_sslv2(r, b); };
  out.body = ByteVec{type} + body;
  out.in_place = [](const ByteVec& of) { return of; };
  out.values = std::move(values);
  out.values.emplace_back(Field::sslv2_type, std::vector<std::string>{std::to_string(type)});
  out.code = type;
  return out;
}

inline BodySamples sslv2_hello_samples() {
  const ByteVec certificate = ramp(90, 1);
  const ByteVec kinds = {1, 0, 0x80, 7, 0, 0xc0};
  Sslv2Spec client;
  client.session_id = ramp(16, 3);
  const ByteVec message = sslv2_hello_message(client);
  BodySamples out;
  out.push_back(sslv2_of(1, ByteVec(message.begin() + 1, message.end()),
                         {{Field::hello_version, {"0x0303"}},
                          {Field::v2_spec, {"0x00002f", "0x010080"}},
                          {Field::session_id, hexes({client.session_id})},
                          {Field::v2_challenge, hexes({client.challenge})}}));
  out.push_back(sslv2_of(4,
                         ByteVec{0, 1} + u16s({2, 90, 6, 16}) + certificate + kinds + ramp(16, 2),
                         {{Field::v2_hit, {"false"}},
                          {Field::v2_certificate_type, {"1"}},
                          {Field::hello_version, {"0x0002"}},
                          {Field::certificate, hexes({certificate})},
                          {Field::v2_spec, {"0x010080", "0x0700c0"}},
                          {Field::v2_connection_id, hexes({ramp(16, 2)})}}));
  out.push_back(sslv2_of(4, ByteVec{1, 0} + u16s({2, 0, 0, 16}) + ramp(16, 2),
                         {{Field::v2_hit, {"true"}}, {Field::v2_spec, {}}})
                    .called("known session"));
  return out;
}

inline BodySamples sslv2_samples() {
  const ByteVec certificate = ramp(90, 1);
  BodySamples out = sslv2_hello_samples();
  out.push_back(sslv2_of(0, u16s({6}), {{Field::v2_error, {"6"}}}));
  out.push_back(
      sslv2_of(2, ByteVec{6, 0, 0x40} + u16s({3, 64, 8}) + ramp(3, 2) + ramp(64, 3) + ramp(8, 4),
               {{Field::v2_spec, {"0x060040"}},
                {Field::v2_clear_key, hexes({ramp(3, 2)})},
                {Field::v2_encrypted_key, hexes({ramp(64, 3)})},
                {Field::v2_key_arg, hexes({ramp(8, 4)})}}));
  for (const uint8_t type : U8List{3, 5, 6}) {
    out.push_back(sslv2_of(type, ramp(16, type), {{Field::v2_finished, hexes({ramp(16, type)})}})
                      .ends_anywhere(1));
  }
  out.push_back(
      sslv2_of(7, ByteVec{1} + ramp(16, 5),
               {{Field::v2_authentication, {"1"}}, {Field::v2_challenge, hexes({ramp(16, 5)})}})
          .ends_anywhere(2));
  out.push_back(sslv2_of(8, ByteVec{1} + u16s({90, 64}) + certificate + ramp(64, 6),
                         {{Field::v2_certificate_type, {"1"}},
                          {Field::certificate, hexes({certificate})},
                          {Field::v2_response, hexes({ramp(64, 6)})}}));
  out.push_back(
      sslv2_of(99, ramp(7, 7), {{Field::handshake_body, hexes({ramp(7, 7)})}}).ends_anywhere(1));
  return out;
}

// body_samples are all of them.
inline const BodySamples& body_samples() {
  static const BodySamples all = [] {
    BodySamples out = extension_samples();
    append(out, message_samples());
    append(out, sslv2_samples());
    return out;
  }();
  return all;
}

}  // namespace tlslens::test
