// SPDX-License-Identifier: GPL-2.0-or-later
// The bodies of extensions.
#include <gtest/gtest.h>

#include "support/body_samples.h"

namespace tlslens::test {
namespace {

using Kinds = std::vector<FaultKind>;
using Lines = std::vector<std::string>;

// BodyRun reads a list with one extension.
struct BodyRun : Parsed {
  BodyRun(Message message, uint16_t type, const ByteVec& body)
      : Parsed(vec2(extension(type, body))), out(read_extensions(reader, message)) {}
  Extensions out;
};

struct ListRun : Parsed {
  explicit ListRun(const ByteVec& list, Message message = kCh)
      : Parsed(vec2(list)), out(read_extensions(reader, message)) {}
  Extensions out;
};

Kinds kinds_of(Message message, uint16_t type, const ByteVec& body) {
  return BodyRun(message, type, body).kinds();
}

TEST(ExtensionBodies, ReadsEverySample) {
  for (const BodySample& sample : extension_samples()) {
    SampleRun run(sample);
    EXPECT_TRUE(run.faults.empty()) << sample.name;
    for (const auto& [field, values] : sample.values) {
      EXPECT_EQ(run.said(field), values) << sample.name << ": " << info(field).id;
    }
  }
}

TEST(ExtensionBodies, ReadsSampleOfEveryStanza) {
#define FIELD(...)
#define EXTENSION(id, code, body, reference) code,
#define EXTENSION_FORM(id, code, body, reference) code,
  constexpr uint16_t kTypes[] = {
#include "extensions/extensions.def"
  };
#undef EXTENSION
#undef EXTENSION_FORM
#undef FIELD
  const BodySamples samples = extension_samples();
  for (const uint16_t type : kTypes) {
    EXPECT_TRUE(std::ranges::count(samples, type, &BodySample::code) != 0) << type;
  }
}

// Form is a body that breaks a rule of the definition that `rule` names.
struct Form {
  std::string rule;
  Message message;
  uint16_t type;
  ByteVec body;
};

void expect_each(FaultKind kind, const std::vector<Form>& forms) {
  for (const Form& form : forms) {
    const Kinds kinds = kinds_of(form.message, form.type, form.body);
    EXPECT_TRUE(std::ranges::count(kinds, kind) != 0) << form.rule;
  }
}

TEST(ExtensionBodies, ReportsEmptyListsOfNumbers) {
  expect_each(FaultKind::out_of_range,
              {{"user_mapping_types<1..2^8-1>, RFC 4681 §3", kCh, 6, {0}},
               {"authz_format_list<1..2^8-1>, RFC 5878 §2.3", kCh, 7, {0}},
               {"authz_format_list<1..2^8-1>, RFC 5878 §2.3", kCh, 8, {0}},
               {"certificate_types<1..2^8-1>, RFC 6091 §3.1", kCh, 9, {0}},
               {"client_certificate_types<1..2^8-1>, RFC 7250 §3", kCh, 19, {0}},
               {"server_certificate_types<1..2^8-1>, RFC 7250 §3", kCh, 20, {0}},
               {"named_group_list<2..2^16-1>, RFC 8446 §4.2.7", kCh, 10, {0, 0}},
               {"ec_point_format_list<1..2^8-1>, RFC 8422 §5.1.2", kCh, 11, {0}},
               {"SRTPProtectionProfiles<2..2^16-1>, RFC 5764 §4.1.1", kCh, 14, {0, 0, 0}},
               {"key_parameters_list<1..2^8-1>, RFC 8472 §2", kCh, 24, {1, 0, 0}},
               {"algorithms<2..2^8-2>, RFC 8879 §3", kCh, 27, {0}},
               {"supported_signature_algorithms<2..2^16-2>, RFC 8446 §4.2.3", kCh, 13, {0, 0}},
               {"supported_signature_algorithms<2..2^16-2>, RFC 9345 §4.1.1", kCh, 34, {0, 0}},
               {"supported_ciphers<1..255>, RFC 8870 §5.2.1", kCh, 39, {0}},
               {"ke_modes<1..255>, RFC 8446 §4.2.9", kCh, 45, {0}},
               {"supported_signature_algorithms<2..2^16-2>, RFC 8446 §4.2.3", kCr, 50, {0, 0}},
               {"OuterExtensions<2..254>, RFC 9849 §5.1", kCh, 64768, {0}}});
}

TEST(ExtensionBodies, ReportsListsThatEndWithinAnElement) {
  expect_each(FaultKind::ragged, {{"named_group_list", kCh, 10, vec2({0, 29, 0})},
                                  {"supported_signature_algorithms", kCh, 13, vec2({4, 3, 8})},
                                  {"SRTPProtectionProfiles", kCh, 14, vec2({0, 1, 0}) + vec1({})},
                                  {"algorithms", kCh, 27, vec1({0, 2, 0})},
                                  {"OuterExtensions", kCh, 64768, vec1({0, 10, 0})}});
}

TEST(ExtensionBodies, ReportsEmptyElements) {
  const ByteVec binders = vec2(vec1(ramp(32, 1)));
  const ByteVec identities = vec2(vec2({1}) + u32_bytes(0));
  expect_each(
      FaultKind::out_of_range,
      {{"DistinguishedName<1..2^16-1>, RFC 6066 §6", kCh, 3, vec2({2, 0, 0})},
       {"ResponderID<1..2^16-1>, RFC 6066 §8", kCh, 5, ByteVec{1} + vec2(vec2({})) + vec2({})},
       {"certificate_status_req_list<1..2^16-1>, RFC 6961 §2.2", kCh, 17, {0, 0}},
       {"sct_list<1..2^16-1>, RFC 6962 §3.3", kSh, 18, {0, 0}},
       {"SerializedSCT<1..2^16-1>, RFC 6962 §3.3", kSh, 18, vec2({0, 0})},
       {"cached_info<1..2^16-1>, RFC 7924 §3", kCh, 25, {0, 0}},
       {"hash_value<1..255>, RFC 7924 §3", kCh, 25, vec2({1, 0})},
       {"identities<7..2^16-1>, RFC 8446 §4.2.11", kCh, 41, vec2({}) + binders},
       {"identity<1..2^16-1>, RFC 8446 §4.2.11", kCh, 41,
        vec2(vec2({}) + u32_bytes(0) + vec2({1}) + u32_bytes(0)) + binders},
       {"binders<33..2^16-1>, RFC 8446 §4.2.11", kCh, 41, identities + vec2({})},
       {"PskBinderEntry<32..255>, RFC 8446 §4.2.11", kCh, 41,
        identities + vec2(vec1(ramp(31, 1)) + vec1(ramp(32, 1)))},
       {"DistinguishedName<1..2^16-1>, RFC 8446 §4.2.4", kCr, 47, vec2({0, 0, 0, 1, 1})},
       {"certificate_extension_oid<1..2^8-1>, RFC 8446 §4.2.5", kCr, 48, vec2({0, 0, 0})},
       {"key_exchange<1..2^16-1>, RFC 8446 §4.2.8", kCh, 51, vec2(u16s({29, 0}))},
       {"supported_protocols<2..2^16-1>, draft-vvv-tls-alps-01 §4", kCh, 17613, {0, 0}},
       {"ProtocolName<1..2^8-1>, draft-vvv-tls-alps-01 §4", kCh, 17613, vec2({0, 1, 0x61})}});
}

// RFC 9345 §4.1.2: ASN1_subjectPublicKeyInfo<1..2^24-1>, signature<1..2^16-1>.
TEST(ExtensionBodies, ReportsCredentialWithoutKeyOrSignature) {
  const ByteVec head = u32_bytes(1) + u16s({0x0403});
  expect_each(FaultKind::out_of_range,
              {{"key", kCt, 34, head + vec3({}) + u16s({0x0403}) + vec2({1})},
               {"signature", kCt, 34, head + vec3({1}) + u16s({0x0403}) + vec2({})}});
}

ByteVec ech_config_with(const ByteVec& key, const ByteVec& suites, const ByteVec& name) {
  const ByteVec config =
      ByteVec{7} + u16s({0x20}) + vec2(key) + vec2(suites) + ByteVec{0} + vec1(name) + vec2({});
  return vec2(u16s({0xfe0d}) + vec2(config));
}

// RFC 9849 §4, §5
TEST(ExtensionBodies, ReportsEncryptedHelloOutsideItsLimits) {
  const ByteVec suite = u16s({1, 1});
  const ByteVec name = as_bytes("a");
  expect_each(
      FaultKind::out_of_range,
      {{"ECHConfigList<4..2^16-1>", kEe, 65037, {0, 0}},
       {"HpkePublicKey<1..2^16-1>", kEe, 65037, ech_config_with({}, suite, name)},
       {"cipher_suites<4..2^16-4>", kEe, 65037, ech_config_with({1}, {}, name)},
       {"public_name<1..255>", kEe, 65037, ech_config_with({1}, suite, {})},
       {"payload<1..2^16-1>", kCh, 65037, ByteVec{0} + suite + ByteVec{0} + vec2({}) + vec2({})}});
  EXPECT_EQ(kinds_of(kEe, 65037, ech_config_with({1}, suite + u16s({1}), name)),
            Kinds{FaultKind::ragged});
}

TEST(ExtensionBodies, ToleratesEmptyVectorsThatMayBeEmpty) {
  const std::vector<Form> forms = {
      {"trusted_authorities_list<0..2^16-1>, RFC 6066 §6", kCh, 3, vec2({})},
      {"request_extensions<0..2^16-1>, RFC 6066 §8", kCh, 5, {1, 0, 0, 0, 0}},
      {"srtp_mki<0..255>, RFC 5764 §4.1.1", kCh, 14, vec2({0, 1}) + vec1({})},
      {"client_shares<0..2^16-1>, RFC 8446 §4.2.8", kCh, 51, vec2({})},
      {"filters<0..2^16-1>, RFC 8446 §4.2.5", kCr, 48, vec2({})},
      {"cid<0..2^8-1>, RFC 9146 §3", kCh, 54, vec1({})},
      {"binding_hash<0..32>, RFC 8844 §3.2", kCh, 55, vec1({})},
      {"renegotiated_connection<0..255>, RFC 5746 §3.2", kCh, 65281, vec1({})}};
  for (const Form& form : forms) {
    EXPECT_TRUE(kinds_of(form.message, form.type, form.body).empty()) << form.rule;
  }
}

TEST(ExtensionBodies, ReportsBodyOfFlag) {
  for (const uint16_t type : U16List{2, 4, 22, 23, 33, 49, 61, 42}) {
    EXPECT_EQ(kinds_of(kCh, type, {0}), Kinds{FaultKind::trailing}) << type;
  }
}

// RFC 5054 §2.8.1: srp_I<1..2^8-1>.
TEST(ExtensionBodies, ReportsEmptySrpUsername) {
  EXPECT_EQ(kinds_of(kCh, 12, {0}), Kinds{FaultKind::out_of_range});
}

// RFC 8492 §4.4.3: pwd_name<1..2^8-1>.
TEST(ExtensionBodies, ReportsEmptyPasswordName) {
  EXPECT_EQ(kinds_of(kCh, 29, {0}), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(kinds_of(kCh, 30, {0}), Kinds{FaultKind::out_of_range});
}

// RFC 8446 §4.2.2: cookie<1..2^16-1>.
TEST(ExtensionBodies, ReportsEmptyCookie) {
  EXPECT_EQ(kinds_of(kCh, 44, {0, 0}), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(kinds_of(kHrr, 44, {0, 0}), Kinds{FaultKind::out_of_range});
}

// RFC 8446 §4.2.4: authorities<3..2^16-1>.
TEST(ExtensionBodies, ReportsEmptyListOfAuthorities) {
  EXPECT_EQ(kinds_of(kCh, 47, {0, 0}), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(kinds_of(kCr, 47, {0, 0}), Kinds{FaultKind::out_of_range});
}

// RFC 8844 §3.2: binding_hash<0..32>.
TEST(ExtensionBodies, ReportsBindingHashAboveThirtyTwoBytes) {
  EXPECT_EQ(kinds_of(kCh, 55, vec1(ramp(33, 1))), Kinds{FaultKind::out_of_range});
}

// RFC 8844 §4.3: session_id<20..255>.
TEST(ExtensionBodies, ReportsExternalSessionIdBelowTwentyBytes) {
  EXPECT_EQ(kinds_of(kCh, 56, vec1(ramp(19, 1))), Kinds{FaultKind::out_of_range});
}

// draft-ietf-tls-tlsflags §2: flags<1..255>.
TEST(ExtensionBodies, ReportsEmptyFlags) {
  EXPECT_EQ(kinds_of(kCh, 62, {0}), Kinds{FaultKind::out_of_range});
}

// draft-agl-tls-nextprotoneg-04 §3: "Implementations MUST ensure that the empty string is not
// included".
TEST(ExtensionBodies, ReportsEmptyNextProtocol) {
  EXPECT_EQ(kinds_of(kSh, 13172, {0, 1, 0x61}), Kinds{FaultKind::out_of_range});
}

// RFC 9102 §2.3: AuthenticationChain<1..2^16-1>.
TEST(ExtensionBodies, ReportsEmptyAuthenticationChain) {
  EXPECT_EQ(kinds_of(kCt, 59, u16s({0, 0})), Kinds{FaultKind::out_of_range});
}

// RFC 6961 §2.2: "Only one OCSP response, with a length of at least one byte, may be sent for
// status_type "ocsp"."
TEST(ExtensionBodies, ReportsEmptyOcspResponse) {
  EXPECT_EQ(kinds_of(kCt, 5, {1, 0, 0, 0}), Kinds{FaultKind::out_of_range});
}

// RFC 6066 §3, §6, §8 and RFC 6961 §2.2: what a client says "SHALL contain" its list.
TEST(ExtensionBodies, ReportsClientThatSaysNothing) {
  for (const uint16_t type : U16List{0, 3, 5, 17}) {
    EXPECT_EQ(kinds_of(kCh, type, {}), Kinds{FaultKind::overrun}) << type;
  }
}

// The same sections: the server's "extension_data" is empty; RFC 5077 §3.2 for the ticket.
TEST(ExtensionBodies, ReportsServerThatSaysMoreThanNothing) {
  const std::vector<Form> forms = {
      {"server_name, RFC 6066 §3", kSh, 0, vec2(ByteVec{0} + vec2(as_bytes("a")))},
      {"server_name, RFC 8446 §4.2", kEe, 0, vec2(ByteVec{0} + vec2(as_bytes("a")))},
      {"trusted_ca_keys, RFC 6066 §6", kSh, 3, vec2({0})},
      {"status_request, RFC 6066 §8", kSh, 5, {1, 0, 0, 0, 0}},
      {"status_request_v2, RFC 6961 §2.2", kSh, 17, vec2({1, 0, 4, 0, 0, 0, 0})},
      {"session_ticket, RFC 5077 §3.2", kSh, 35, ramp(8, 1)}};
  for (const Form& form : forms) {
    EXPECT_EQ(kinds_of(form.message, form.type, form.body), Kinds{FaultKind::trailing})
        << form.rule;
  }
}

// RFC 6962 §3.3.1: the client's "extension_data" is empty, the server's is a list.
TEST(ExtensionBodies, ReportsTimestampsOfTheWrongSide) {
  EXPECT_EQ(kinds_of(kCh, 18, vec2(vec2(sct(1)))), Kinds{FaultKind::trailing});
  EXPECT_EQ(kinds_of(kSh, 18, {}), Kinds{FaultKind::overrun});
  EXPECT_EQ(kinds_of(kCt, 18, {}), Kinds{FaultKind::overrun});
}

// draft-agl-tls-nextprotoneg-04 §3: the client's "extension_data" MUST be empty.
TEST(ExtensionBodies, ReportsNextProtocolsOfClient) {
  EXPECT_EQ(kinds_of(kCh, 13172, vec1({0x61})), Kinds{FaultKind::trailing});
}

// RFC 8672 §3: a server always has a lifetime.
TEST(ExtensionBodies, ReportsPinningServerThatSaysNothing) {
  EXPECT_EQ(kinds_of(kEe, 32, {}), Kinds{FaultKind::overrun});
}

// RFC 6961 §2.2 gives each request a length, RFC 6962 §3.3 each timestamp, so that unknown ones can
// be skipped.
TEST(ExtensionBodies, ToleratesUnknownKindsThatHaveLengths) {
  EXPECT_EQ(kinds_of(kCh, 17, vec2(ByteVec{9} + vec2({1, 2, 3}))), Kinds{});
  EXPECT_EQ(kinds_of(kSh, 18, vec2(vec2({1, 2, 3}))), Kinds{});
}

// Nothing tells where a body of an unknown kind should end.
TEST(ExtensionBodies, ToleratesUnknownKindsWithoutLengths) {
  EXPECT_EQ(kinds_of(kCh, 5, {9, 1, 2, 3}), Kinds{}) << "CertificateStatusType";
  EXPECT_EQ(kinds_of(kCt, 5, {9, 1, 2, 3}), Kinds{}) << "CertificateStatusType";
  EXPECT_EQ(kinds_of(kCh, 3, vec2({9, 1, 2, 3})), Kinds{}) << "IdentifierType";
}

// RFC 9849 §4: a version that is not known is skipped by its length.
TEST(ExtensionBodies, ToleratesUnknownConfigurationOfEncryptedHello) {
  BodyRun run(kEe, 65037, vec2(u16s({0x1234}) + vec2({9, 9}) + ech_config()));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.values(Field::extension_data), Lines{"0909"});
  EXPECT_EQ(run.values(Field::ech_public_name), Lines{"public.example"});
}

TEST(ExtensionBodies, TakesCertificateTypesThatTheServerChose) {
  for (const Message message : {kSh, kEe}) {
    ListRun run(extension(19, {2}) + extension(20, {0}) + extension(9, {1}), message);
    EXPECT_EQ(run.out.client_certificate.value, 2);
    EXPECT_EQ(run.out.server_certificate.value, 0);
  }
}

TEST(ExtensionBodies, TakesGroupOfServersShare) {
  EXPECT_EQ(BodyRun(kSh, 51, key_share(29, 32)).out.share_group.value, 29);
  EXPECT_EQ(BodyRun(kCh, 51, vec2(key_share(29, 32))).out.share_group.value, 0);
}

// RFC 8446 §4.2.3: two extensions, each with a list of its own.
TEST(ExtensionBodies, TakesSchemesOfSignatureAlgorithmsOnly) {
  const ByteVec of_certificates = extension(50, vec2(u16s({0x0201})));
  ListRun both(of_certificates + extension(13, vec2(u16s({0x0403, 0x0804}))));
  EXPECT_EQ(both.out.schemes.size(), 2U);
  EXPECT_EQ(ListRun(of_certificates).out.schemes.size(), 0U);
}

// An extension of which the type is not whole is none of type 0, which is server_name.
TEST(ExtensionBodies, TakesNoExtensionWithoutWholeType) {
  ListRun run(extension(23, {}) + ByteVec{0x12});
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::overrun});
  EXPECT_EQ(run.out.all.size(), 1U);
  EXPECT_EQ(run.out.body(ExtensionType{0}), nullptr);
}

}  // namespace
}  // namespace tlslens::test
