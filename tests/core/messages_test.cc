// SPDX-License-Identifier: GPL-2.0-or-later
// The bodies of handshake messages, and what they say to those that come after them.
#include <gtest/gtest.h>

#include "support/body_samples.h"

namespace tlslens::test {
namespace {

using Kinds = std::vector<FaultKind>;
using Lines = std::vector<std::string>;

// MessageRun reads the body of a message.
struct MessageRun : Parsed {
  MessageRun(uint8_t type, const Context& context, const ByteVec& body) : Parsed(body) {
    read_body(reader, HandshakeType{type}, context, out);
  }
  tlslens::Body out;
};

MessageRun server_key(const Context& context, const ByteVec& body) { return {12, context, body}; }
MessageRun client_key(const Context& context, const ByteVec& body) { return {16, context, body}; }

struct Sslv2Run : Parsed {
  explicit Sslv2Run(const ByteVec& message) : Parsed(message) { read_sslv2(reader, out); }
  tlslens::Body out;
};

void expect_samples(const BodySamples& samples) {
  for (const BodySample& sample : samples) {
    SampleRun run(sample);
    EXPECT_TRUE(run.faults.empty()) << sample.name;
    for (const auto& [field, values] : sample.values) {
      EXPECT_EQ(run.said(field), values) << sample.name << ": " << info(field).id;
    }
  }
}

TEST(MessageBodies, ReadsEverySample) { expect_samples(message_samples()); }

TEST(MessageBodies, ReadsSampleOfEveryRow) {
#define FIELD(...)
#define MESSAGE(code, read, reference) code,
  constexpr uint8_t kTypes[] = {
#include "handshake/handshake.def"
  };
#undef MESSAGE
#undef FIELD
  const BodySamples samples = message_samples();
  for (const uint8_t type : kTypes) {
    EXPECT_TRUE(std::ranges::count(samples, type, &BodySample::code) != 0) << int{type};
  }
}

TEST(MessageBodies, ReportsBodyOfEmptyMessage) {
  for (const uint8_t type : U8List{0, 5, 14}) {
    EXPECT_EQ(MessageRun(type, {}, {1}).kinds(), Kinds{FaultKind::trailing}) << int{type};
  }
}

// Form is a body that breaks a rule of the definition that `rule` names.
struct Form {
  std::string rule;
  uint8_t type;
  Context context;
  ByteVec body;
};

TEST(MessageBodies, ReportsVectorsOutsideTheirLimits) {
  const Context tls12 = in_version(kTls12);
  const Context tls13 = in_version(kTls13);
  const std::vector<Form> forms = {
      {"ASN.1Cert<1..2^24-1>, RFC 5246 §7.4.2", 11, tls12, vec3(vec3({}))},
      {"cert_data<1..2^24-1>, RFC 8446 §4.4.2", 11, tls13, vec1({}) + vec3(vec3({}) + vec2({}))},
      {"ASN.1_subjectPublicKeyInfo<1..2^24-1>, RFC 7250 §3", 11, in_version(kTls12, true),
       vec3({})},
      {"certificate_types<1..2^8-1>, RFC 5246 §7.4.4", 13, tls12,
       vec1({}) + vec2({4, 1}) + vec2({})},
      {"supported_signature_algorithms<2..2^16-2>, RFC 5246 §7.4.4", 13, tls12,
       vec1({1}) + vec2({}) + vec2({})},
      {"DistinguishedName<1..2^16-1>, RFC 5246 §7.4.4", 13, in_version(kTls10),
       vec1({1}) + vec2(vec2({}))},
      {"ticket<1..2^16-1>, RFC 8446 §4.6.1", 4, tls13,
       u32_bytes(0) + u32_bytes(0) + vec1({}) + vec2({}) + vec2({})},
      {"url_and_hash_list<1..2^16-1>, RFC 6066 §5", 21, tls12, ByteVec{0} + vec2({})},
      {"url<1..2^16-1>, RFC 6066 §5", 21, tls12,
       ByteVec{0} + vec2(vec2({}) + ByteVec{1} + ramp(20, 1))},
      {"ocsp_response_list<1..2^24-1>, RFC 6961 §2.2", 22, tls12, ByteVec{2} + vec3({})},
      {"supp_data<1..2^24-1>, RFC 4680 §2", 23, tls12, vec3({})},
      {"compressed_certificate_message<1..2^24-1>, RFC 8879 §4", 25, tls13,
       u16s({1, 0}) + ByteVec{9} + vec3({})}};
  for (const Form& form : forms) {
    EXPECT_EQ(MessageRun(form.type, form.context, form.body).kinds(),
              Kinds{FaultKind::out_of_range})
        << form.rule;
  }
}

// RFC 6961 §2.2: an empty response in a list stands for a certificate without one; alone it has "a
// length of at least one byte".
TEST(CertificateStatus, ReportsEmptyResponseThatIsAlone) {
  const Context tls12 = in_version(kTls12);
  EXPECT_EQ(MessageRun(22, tls12, ByteVec{2} + vec3(vec3({}))).kinds(), Kinds{});
  EXPECT_EQ(MessageRun(22, tls12, ByteVec{1} + vec3({})).kinds(), Kinds{FaultKind::out_of_range});
}

TEST(CertificateStatus, ToleratesUnknownType) {
  EXPECT_EQ(MessageRun(22, in_version(kTls12), {9, 1, 2, 3}).kinds(), Kinds{});
}

TEST(CertificateMessage, TakesListWithSendersOwnFirst) {
  const ByteVec list = vec3(vec3({1, 2}) + vec3({3}));
  const MessageRun run(11, in_version(kTls12), list);
  ASSERT_TRUE(run.out.certificates.has_value());
  ASSERT_EQ(run.out.certificates->list.size(), 2U);
  EXPECT_EQ(hex_digits(run.out.certificates->list[0]), "0102");
  EXPECT_FALSE(run.out.certificates->raw_key);
  EXPECT_EQ(run.out.summary, ", 2 certificates, unreadable");
}

TEST(CertificateMessage, TakesRawPublicKey) {
  for (const Context& context : {in_version(kTls12, true), in_version(kTls13, true)}) {
    const ByteVec body =
        context.version == kTls12 ? vec3({7}) : vec1({}) + vec3(vec3({7}) + vec2({}));
    const MessageRun run(11, context, body);
    ASSERT_TRUE(run.out.certificates.has_value());
    EXPECT_TRUE(run.out.certificates->raw_key);
    EXPECT_EQ(hex_digits(run.out.certificates->list.at(0)), "07");
    EXPECT_EQ(run.out.summary, ", raw public key");
  }
}

// Where the ServerHello was not seen: a key is a sequence (RFC 5280 §4.1.2.7), and what stands in
// its place in a list is the first byte of a length.
TEST(CertificateMessage, TellsRawPublicKeyFromListOfUnknownVersion) {
  const ByteVec key = ByteVec{0x30, 40} + ramp(40, 1);
  const MessageRun raw(11, {}, vec3(key));
  EXPECT_TRUE(raw.faults.empty());
  EXPECT_EQ(raw.values(Field::raw_key), Lines{hex_of(key)});
  const MessageRun list(11, {}, vec3(vec3(key)));
  EXPECT_TRUE(list.faults.empty());
  EXPECT_EQ(list.values(Field::certificate), Lines{hex_of(key)});
}

TEST(CertificateMessage, DescribesEmptyList) {
  EXPECT_EQ(MessageRun(11, in_version(kTls12), vec3({})).out.summary, ", none");
}

// Only those that were captured whole are kept.
TEST(CertificateMessage, TakesNoCertificateThatIsCut) {
  const ByteVec list = vec3(vec3({1, 2}) + vec3({3, 4, 5}));
  Parsed p(ByteVec(list.begin(), list.end() - 1), 1);
  tlslens::Body out;
  read_body(p.reader, HandshakeType{11}, in_version(kTls12), out);
  EXPECT_EQ(p.kinds()[0], FaultKind::cut);
  EXPECT_EQ(out.certificates->list.size(), 1U);
}

ByteVec request(bool schemes, const ByteVec& names) {
  return vec1({1, 2}) + (schemes ? vec2(u16s({0x0401, 0x0403})) : ByteVec{}) + vec2(names);
}

// RFC 4346 §7.4.4 and RFC 5246 §7.4.4 allow a list without names.
TEST(CertificateRequest, ToleratesNoNames) {
  EXPECT_EQ(MessageRun(13, in_version(kTls11), request(false, {})).kinds(), Kinds{});
  EXPECT_EQ(MessageRun(13, in_version(kTls12), request(true, {})).kinds(), Kinds{});
}

TEST(CertificateRequest, ReadsBothLayoutsOfUnknownVersion) {
  const ByteVec names = vec2(ramp(30, 2));
  const MessageRun with(13, {}, request(true, names));
  EXPECT_TRUE(with.faults.empty());
  EXPECT_EQ(with.values(Field::scheme), (Lines{"0x0401", "0x0403"}));
  const MessageRun without(13, {}, request(false, names));
  EXPECT_TRUE(without.faults.empty());
  EXPECT_EQ(without.values(Field::scheme), Lines{});
  EXPECT_EQ(without.values(Field::client_type), (Lines{"1", "2"}));
}

// RFC 8446 §4.3.2: extensions<2..2^16-1>.
TEST(CertificateRequest, ReportsEmptyExtensions) {
  EXPECT_EQ(MessageRun(13, in_version(kTls13), vec1({}) + vec2({})).kinds(),
            Kinds{FaultKind::out_of_range});
}

// draft-ietf-tls-tls13-18 §4.3.2: schemes, authorities and filters stand in the message itself;
// from draft 19 on they are extensions.
TEST(CertificateRequest, ReadsDraftsBeforeNineteen) {
  const ByteVec body = vec1({5}) + vec2(u16s({0x0403, 0x0804})) + vec2(vec2(ramp(9, 1))) + vec2({});
  for (const uint16_t draft : U16List{0x7f0f, 0x7f12}) {
    const MessageRun run(13, in_version(Version{draft}), body);
    EXPECT_TRUE(run.faults.empty()) << draft;
    EXPECT_EQ(run.values(Field::scheme), (Lines{"0x0403", "0x0804"}));
  }
  const ByteVec extensions = vec1({5}) + vec2(extension(13, vec2(u16s({0x0403}))));
  EXPECT_TRUE(MessageRun(13, in_version(Version{0x7f13}), extensions).faults.empty());
}

// draft-ietf-tls-tls13-21 §4.6.1 brought the nonce.
TEST(NewSessionTicket, ReadsDraftsBeforeTwentyOneWithoutNonce) {
  const ByteVec head = u32_bytes(7200) + u32_bytes(1);
  const ByteVec tail = vec2(ramp(40, 1)) + vec2(extension(42, u32_bytes(9)));
  const MessageRun old(4, in_version(Version{0x7f12}), head + tail);
  EXPECT_TRUE(old.faults.empty());
  EXPECT_EQ(old.values(Field::ticket), Lines{hex_of(ramp(40, 1))});
  const MessageRun later(4, in_version(Version{0x7f15}), head + vec1({1}) + tail);
  EXPECT_TRUE(later.faults.empty());
  EXPECT_EQ(later.values(Field::ticket), Lines{hex_of(ramp(40, 1))});
}

TEST(NewSessionTicket, DescribesLifetime) {
  EXPECT_EQ(MessageRun(4, in_version(kTls12), u32_bytes(7200) + vec2({1})).out.summary,
            ", for 7200 s");
}

TEST(CertificateVerify, ReadsBothLayoutsOfUnknownVersion) {
  const MessageRun with(15, {}, u16s({0x0804}) + vec2(ramp(64, 1)));
  EXPECT_TRUE(with.faults.empty());
  EXPECT_EQ(with.values(Field::scheme), Lines{"0x0804"});
  const MessageRun without(15, {}, vec2(ramp(64, 1)));
  EXPECT_TRUE(without.faults.empty());
  EXPECT_EQ(without.values(Field::scheme), Lines{});
}

TEST(CertificateVerify, DescribesScheme) {
  EXPECT_EQ(MessageRun(15, in_version(kTls13), u16s({0x0804}) + vec2({1})).out.summary,
            ", rsa_pss_rsae_sha256");
}

TEST(ServerKeyExchange, TakesGroupBitsAndScheme) {
  const MessageRun ecdhe =
      server_key(with_suite(kTls12, 0xc02f), ecdh_parameters() + new_signature());
  ASSERT_TRUE(ecdhe.out.server_key_exchange.has_value());
  EXPECT_EQ(ecdhe.out.server_key_exchange->kind, KeyExchange::ecdhe);
  EXPECT_EQ(ecdhe.out.server_key_exchange->group.value, 23);
  EXPECT_EQ(ecdhe.out.server_key_exchange->scheme.value, 0x0401);
  const MessageRun dhe = server_key(with_suite(kTls10, 0x0033), dh_parameters() + old_signature());
  EXPECT_EQ(dhe.out.server_key_exchange->bits, 1024U);
  EXPECT_EQ(dhe.out.server_key_exchange->scheme.value, 0);
}

// A prime is an unsigned number; zeros in front of it do not make it longer.
TEST(ServerKeyExchange, CountsBitsFromFirstOneOn) {
  const auto bits_of = [](const ByteVec& prime) {
    return server_key(with_suite(kTls12, 0x0034), vec2(prime) + vec2({2}) + vec2({3}))
        .out.server_key_exchange->bits;
  };
  EXPECT_EQ(bits_of({0x80, 0}), 16U);
  EXPECT_EQ(bits_of({0, 0, 0x80, 0}), 16U);
  EXPECT_EQ(bits_of({0x01, 0xff}), 9U);
  EXPECT_EQ(bits_of({0, 0}), 0U);
}

TEST(ServerKeyExchange, ReportsEmptyValues) {
  const Context anonymous = with_suite(kTls12, 0x0034);
  for (const ByteVec& body : {vec2({}) + vec2({2}) + vec2({3}), vec2({5}) + vec2({}) + vec2({3}),
                              vec2({5}) + vec2({2}) + vec2({})}) {
    EXPECT_EQ(server_key(anonymous, body).kinds(), Kinds{FaultKind::out_of_range});
  }
  EXPECT_EQ(server_key(with_suite(kTls12, 0xc018), ByteVec{3} + u16s({23}) + vec1({})).kinds(),
            Kinds{FaultKind::out_of_range});
  EXPECT_EQ(server_key(with_suite(kTls12, 0x008c), vec2({})).kinds(), Kinds{});
}

// RFC 8422 §5.4 has three types of curve; what an unassigned one is followed by is not known.
TEST(ServerKeyExchange, ReadsNoNamedCurveOfUnknownType) {
  for (const uint8_t type : U8List{0, 4, 255}) {
    const MessageRun run =
        server_key(with_suite(kTls12, 0xc018), ByteVec{type} + u16s({23}) + vec1(kPoint));
    EXPECT_EQ(run.values(Field::named_curve), Lines{}) << int{type};
    EXPECT_EQ(run.kinds(), Kinds{}) << int{type} << ": no length of it is known";
  }
}

// The suite is not known where the capture begins after the ServerHello.
const Context kUnknown{};

void expect_guess(const ByteVec& body, KeyExchange kind, const std::string& what) {
  const MessageRun run = server_key(kUnknown, body);
  EXPECT_TRUE(run.faults.empty()) << what;
  ASSERT_TRUE(run.out.server_key_exchange.has_value()) << what;
  EXPECT_EQ(run.out.server_key_exchange->kind, kind) << what;
  EXPECT_EQ(run.values(Field::key_exchange_guessed), Lines{"true"}) << what;
  EXPECT_TRUE(run.out.summary.starts_with(", likely ")) << what;
}

void expect_bytes(const MessageRun& run, const ByteVec& body, const std::string& what) {
  EXPECT_TRUE(run.faults.empty()) << what;
  EXPECT_EQ(run.values(Field::handshake_body), Lines{hex_of(body)}) << what;
  EXPECT_EQ(run.values(Field::key_exchange), Lines{}) << what;
  EXPECT_FALSE(run.out.server_key_exchange.has_value()) << what;
  EXPECT_EQ(run.out.summary, "") << what;
}

TEST(ServerKeyExchange, GuessesEcdhe) {
  expect_guess(ecdh_parameters() + new_signature(), KeyExchange::ecdhe, "with a scheme");
  expect_guess(ecdh_parameters() + old_signature(), KeyExchange::ecdhe, "without a scheme");
  const MessageRun run = server_key(kUnknown, ecdh_parameters() + new_signature());
  EXPECT_EQ(run.values(Field::scheme), Lines{"0x0401"});
  EXPECT_EQ(run.out.server_key_exchange->group.value, 23);
}

// RFC 5246 §7.4.3: g and Ys are numbers below p. A hint, a long p and a g that is longer than p do
// not go together.
TEST(ServerKeyExchange, GuessesDhe) {
  expect_guess(dh_parameters() + new_signature(), KeyExchange::dhe, "with a scheme");
  expect_guess(dh_parameters() + old_signature(), KeyExchange::dhe, "without a scheme");
}

TEST(ServerKeyExchange, GuessesOtherKinds) {
  expect_guess(ecdh_parameters(), KeyExchange::ecdh_anon, "ECDH_anon");
  expect_guess(vec2(kHint) + ecdh_parameters(), KeyExchange::ecdhe_psk, "ECDHE_PSK");
  expect_guess(vec2(kPrime) + vec2({2}) + vec1(ramp(16, 1)) + vec2(kPublic), KeyExchange::srp,
               "SRP");
}

TEST(ServerKeyExchange, LeavesWhatCouldBeTwoFormsAsBytes) {
  // p, g and Ys, or a modulus, an exponent and a signature.
  const ByteVec three = dh_parameters();
  expect_bytes(server_key(kUnknown, three), three, "three numbers");
  // A scheme and a signature, or a signature that begins like this.
  const ByteVec tail = u16s({0x0403, 0x0401}) + ramp(0x0401, 1);
  const ByteVec either = ecdh_parameters() + tail;
  expect_bytes(server_key(kUnknown, either), either, "two signatures");
}

TEST(ServerKeyExchange, LeavesWhatHasNoFormAsBytes) {
  const ByteVec good = ecdh_parameters() + new_signature();
  for (const ByteVec& body :
       {ramp(40, 1), ByteVec{}, prefix_of(good, good.size() - 1), good + ByteVec{0}}) {
    const MessageRun run = server_key(kUnknown, body);
    EXPECT_TRUE(run.faults.empty());
    EXPECT_FALSE(run.out.server_key_exchange.has_value());
  }
}

// RFC 8422 §5.4: no curve type but 1, 2 and 3 is assigned.
TEST(ServerKeyExchange, GuessesNoUnknownTypeOfCurve) {
  for (const uint8_t type : U8List{0, 4, 255}) {
    const ByteVec body = ByteVec{type} + u16s({23}) + vec1(kPoint) + new_signature();
    expect_bytes(server_key(kUnknown, body), body, std::to_string(type));
  }
}

TEST(ServerKeyExchange, GuessesNothingThatIsCut) {
  const ByteVec good = ecdh_parameters() + new_signature();
  Parsed p(prefix_of(good, good.size() - 1), 1);
  tlslens::Body out;
  read_body(p.reader, HandshakeType{12}, kUnknown, out);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::cut});
  EXPECT_FALSE(out.server_key_exchange.has_value());
}

TEST(ClientKeyExchange, GuessesEcdhe) {
  for (const ByteVec& point : {kPoint, ramp(32, 1)}) {
    const MessageRun run = client_key(kUnknown, vec1(point));
    EXPECT_TRUE(run.faults.empty());
    EXPECT_EQ(run.values(Field::client_point), Lines{hex_of(point)});
    EXPECT_EQ(run.values(Field::key_exchange_guessed), Lines{"true"});
    EXPECT_EQ(run.out.summary, ", likely ECDHE");
  }
}

TEST(ClientKeyExchange, LeavesWhatCouldBeTwoFormsAsBytes) {
  for (const ByteVec& body : {vec2(ramp(256, 1)), vec2(ramp(128, 1)) + vec2({1}), ByteVec{}}) {
    const MessageRun run = client_key(kUnknown, body);
    EXPECT_TRUE(run.faults.empty());
    EXPECT_EQ(run.values(Field::client_point), Lines{});
    EXPECT_EQ(run.values(Field::key_exchange_guessed), Lines{});
  }
}

// The key may be that of a certificate with ECDH only (RFC 4492 §3); an anonymous server asks for
// no certificate (RFC 5246 §7.4.4), and neither does one of DHE_PSK and ECDHE_PSK (RFC 4279 §3).
TEST(ClientKeyExchange, ReportsNoKeyWhereThereIsNoOtherOne) {
  for (const uint16_t suite : U16List{0xc02f, 0xc018, 0x0034}) {
    EXPECT_EQ(client_key(with_suite(kTls12, suite), {}).kinds(), Kinds{FaultKind::overrun})
        << suite;
  }
  for (const uint16_t suite : U16List{0x0090, 0xc035}) {
    EXPECT_EQ(client_key(with_suite(kTls12, suite), vec2(kHint)).kinds(), Kinds{FaultKind::overrun})
        << suite;
  }
}

TEST(ClientKeyExchange, ReportsEmptyValues) {
  EXPECT_EQ(client_key(with_suite(kTls12, 0xc02f), {0}).kinds(), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(client_key(with_suite(kTls12, 0x0033), {0, 0}).kinds(), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(client_key(with_suite(kTls12, 0xc01d), {0, 0}).kinds(), Kinds{FaultKind::out_of_range});
}

// SSLv2.

TEST(Sslv2Bodies, ReadsEverySample) { expect_samples(sslv2_samples()); }

TEST(Sslv2Bodies, TakesCertificates) {
  for (const BodySample& sample : sslv2_samples()) {
    SampleRun run(sample);
    const bool has = !run.said(Field::certificate).empty();
    EXPECT_EQ(run.out.certificates.has_value(), has) << sample.name;
  }
}

// RFC 5246 §E.2 of cipher_spec_length: "It cannot be zero and MUST be a multiple of the
// V2CipherSpec length (3)."
TEST(Sslv2Bodies, ReportsCipherKindsOutsideTheirLimits) {
  Sslv2Spec spec;
  spec.specs = {};
  EXPECT_EQ(Sslv2Run(sslv2_hello_message(spec)).kinds(), Kinds{FaultKind::out_of_range});
  spec.specs = {0, 0, 0x2f, 1};
  EXPECT_EQ(Sslv2Run(sslv2_hello_message(spec)).kinds(), Kinds{FaultKind::ragged});
}

// draft-hickman-netscape-ssl-00 §2.6: each kind has three bytes; a server that knows the session
// sends none.
TEST(Sslv2Bodies, ReportsServersCipherKindsThatEndWithinOne) {
  const auto hello = [](const ByteVec& kinds) {
    const auto size = static_cast<uint32_t>(kinds.size());
    return ByteVec{4, 0, 1} + u16s({2, 0, size, 16}) + kinds + ramp(16, 2);
  };
  EXPECT_EQ(Sslv2Run(hello({})).kinds(), Kinds{});
  EXPECT_EQ(Sslv2Run(hello({1, 0, 0x80})).kinds(), Kinds{});
  EXPECT_EQ(Sslv2Run(hello({1, 0, 0x80, 7})).kinds(), Kinds{FaultKind::ragged});
}

TEST(Sslv2Bodies, ReportsMessageWithoutType) {
  EXPECT_EQ(Sslv2Run({}).kinds(), Kinds{FaultKind::overrun});
}

}  // namespace
}  // namespace tlslens::test
