// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/certificate.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "certificate/der.h"
#include "certificate/printable.h"
#include "fields/fields.h"
#include "support/runs.h"

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;

// The certificates are made by vectors/certificates/make.sh, with openssl and certtool. What is
// expected of NAME.der is what
//   openssl x509 -inform DER -in NAME.der -noout -text -nameopt RFC2253,utf8,-esc_msb
// says of it, with the times as `date -ud TIME +%s` gives them.
ByteVec certificate(const std::string& name) {
  std::ifstream file(TLSLENS_VECTORS "/certificates/" + name + ".der", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> every_certificate() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(TLSLENS_VECTORS "/certificates")) {
    if (entry.path().extension() == ".der") {
      out.push_back(entry.path().stem().string());
    }
  }
  return out;
}

CertificateFacts facts_of(const ByteVec& der) { return *certificate_facts(der); }

ByteVec of(std::string_view text) { return Builder().text(text).done(); }

// patched puts other bytes of the same length in each place where `from` stands.
ByteVec patched(ByteVec der, const ByteVec& from, const ByteVec& to) {
  EXPECT_EQ(from.size(), to.size());
  auto at = std::search(der.begin(), der.end(), from.begin(), from.end());
  EXPECT_NE(at, der.end());
  for (; at != der.end(); at = std::search(at, der.end(), from.begin(), from.end())) {
    at = std::copy(to.begin(), to.end(), at);
  }
  return der;
}

// Object identifiers of nine bytes.
const ByteVec kRsaKey = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
const ByteVec kRsaSha256 = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b};
// nist is 2.16.840.1.101.3.4.ARC.NUMBER.
ByteVec nist(uint8_t arc, uint8_t number) {
  return {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, arc, number};
}

// DER for what openssl does not make.
ByteVec der(uint8_t tag, const ByteVec& content) {
  const auto n = static_cast<uint32_t>(content.size());
  Builder out;
  out.u8(tag);
  if (n < 0x80) {
    out.u8(n);
  } else {
    out.u8(0x83).u24(n);
  }
  return out.raw(content).done();
}

TEST(Certificate, ReadsRsa) {
  const CertificateFacts facts = facts_of(certificate("rsa"));
  EXPECT_TRUE(facts.readable);
  EXPECT_EQ(facts.subject, "CN=server.example,O=Example\\, Inc.,C=DE");
  EXPECT_EQ(facts.issuer, "CN=Example Test CA,O=Example,C=DE");
  EXPECT_EQ(facts.serial, "d4c3b2a1908f7e6d5c4b");
  EXPECT_EQ(facts.not_before, 1704164645);
  EXPECT_EQ(facts.not_after, 1738555506);
  EXPECT_EQ(facts.dns_names, Lines{"server.example"});
  EXPECT_EQ(facts.ips, Lines{});
  EXPECT_TRUE(facts.names_complete);
  EXPECT_EQ(facts.key_type, "RSA");
  EXPECT_EQ(facts.key_bits, 2048U);
  EXPECT_EQ(facts.signature, "RSA-SHA256");
}

TEST(Certificate, ReadsEcdsa) {
  const CertificateFacts facts = facts_of(certificate("ec"));
  EXPECT_EQ(facts.subject, "CN=ec.example");
  EXPECT_EQ(facts.issuer, "CN=ec.example");
  EXPECT_EQ(facts.serial, "1234");
  EXPECT_EQ(facts.dns_names, Lines{});
  EXPECT_EQ(facts.key_type, "ECDSA");
  EXPECT_EQ(facts.key_bits, 256U);
  EXPECT_EQ(facts.signature, "ECDSA-SHA256");
}

TEST(Certificate, ReadsEd25519) {
  const CertificateFacts facts = facts_of(certificate("ed25519"));
  EXPECT_EQ(facts.subject, "CN=ed25519.example");
  EXPECT_EQ(facts.serial, "00");
  EXPECT_EQ(facts.key_type, "Ed25519");
  EXPECT_EQ(facts.key_bits, 256U);
  EXPECT_EQ(facts.signature, "Ed25519");
}

TEST(Certificate, ReadsNamesAndAddressesInTheirOrder) {
  const CertificateFacts facts = facts_of(certificate("names"));
  EXPECT_EQ(facts.dns_names, (Lines{"names.example", "*.wild.example", "xn--mller-kva.example"}));
  EXPECT_EQ(facts.ips, (Lines{"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.2"}));
  EXPECT_TRUE(facts.names_complete);
}

TEST(Certificate, ReadsSoManyNamesOnly) {
  const CertificateFacts facts = facts_of(certificate("many-names"));  // n000.a to n599.a
  ASSERT_EQ(facts.dns_names.size(), kMaxNames);
  EXPECT_EQ(facts.dns_names.back(), "n511.a");
  EXPECT_FALSE(facts.names_complete);
}

TEST(Certificate, ReadsTimesOfEveryEncoding) {
  const CertificateFacts dates = facts_of(certificate("dates"));
  EXPECT_EQ(dates.not_after, 2845324799);  // Feb 29 23:59:59 2060 GMT
  EXPECT_EQ(dates.not_before, 0) << "GnuTLS has no 1955";
  const CertificateFacts ago = facts_of(certificate("long-ago"));
  EXPECT_TRUE(ago.readable);
  EXPECT_EQ(ago.not_before, 0);
  EXPECT_EQ(ago.not_after, 0) << "GnuTLS has no 1959";
  const CertificateFacts ever = facts_of(certificate("for-ever"));
  EXPECT_EQ(ever.not_before, 0);
  EXPECT_EQ(ever.not_after, 253402300799);  // Dec 31 23:59:59 9999 GMT
}

TEST(Certificate, ReadsTimesThatAreNone) {
  const CertificateFacts facts =
      facts_of(patched(certificate("rsa"), of("250203040506Z"), of("251303040506Z")));
  EXPECT_TRUE(facts.readable);
  EXPECT_EQ(facts.not_before, 1704164645);
  EXPECT_EQ(facts.not_after, std::nullopt);
}

TEST(Certificate, ReadsSubjectInUtf8) {
  EXPECT_EQ(facts_of(certificate("utf8")).subject, "CN=Müller GmbH,O=日本");
}

TEST(Certificate, ReadsNamesToTheirEnd) {
  const ByteVec names = certificate("names");
  const auto second = [&](std::string_view name) {
    return facts_of(patched(names, of("*.wild.example"), of(name))).dns_names.at(1);
  };
  EXPECT_EQ(second({"good\0.evil.bad", 14}), "good\\x00.evil.bad");
  EXPECT_EQ(second("*.wild\nexample"), "*.wild\\x0aexample");
  EXPECT_EQ(second("*.wi\\x00xample"), "*.wi\\x5cx00xample");
  EXPECT_EQ(second("*.w\xfcld.\xc3\xbcxampl"), "*.w\\xfcld.üxampl");
}

TEST(Certificate, ReadsSubjectsThatAreNoText) {
  const ByteVec rsa = certificate("rsa");
  const auto subject = [&](std::string_view name) {
    return facts_of(patched(rsa, of("Example, Inc."), of(name))).subject;
  };
  EXPECT_EQ(subject("Example\x1b[31m!"), "CN=server.example,O=Example\\x1b[31m!,C=DE");
  EXPECT_EQ(subject("Example\xff Inc."), "CN=server.example,O=Example\\xff Inc.,C=DE");
  EXPECT_EQ(subject("\xe2\x80\x8e Example I"),
            "CN=server.example,O=\\xe2\\x80\\x8e Example I,C=DE");
}

TEST(Certificate, ReadsKeysThatTheLibraryDoesNotKnow) {
  const ByteVec rsa = certificate("rsa");
  const auto key = [&](const ByteVec& oid) { return facts_of(patched(rsa, kRsaKey, oid)); };
  EXPECT_EQ(key(nist(3, 17)).key_type, "ML-DSA-44");
  EXPECT_EQ(key(nist(3, 18)).key_type, "ML-DSA-65");
  EXPECT_EQ(key(nist(3, 19)).key_type, "ML-DSA-87");
  EXPECT_EQ(key(nist(3, 20)).key_type, "SLH-DSA-SHA2-128s");
  EXPECT_EQ(key(nist(3, 31)).key_type, "SLH-DSA-SHAKE-256f");
  EXPECT_EQ(key(nist(4, 2)).key_type, "ML-KEM-768");
  EXPECT_EQ(key(nist(3, 99)).key_type, "2.16.840.1.101.3.4.3.99");
  EXPECT_EQ(key(nist(3, 99)).key_bits, 0U);
  const CertificateFacts facts = key(nist(3, 18));
  EXPECT_EQ(facts.signature, "RSA-SHA256");
  EXPECT_EQ(facts.subject, facts_of(rsa).subject);
}

TEST(Certificate, ReadsSignaturesThatTheLibraryDoesNotKnow) {
  const ByteVec rsa = certificate("rsa");
  const auto signature = [&](const ByteVec& oid) {
    return facts_of(patched(rsa, kRsaSha256, oid)).signature;
  };
  EXPECT_EQ(signature(nist(3, 18)), "ML-DSA-65");
  EXPECT_EQ(signature(nist(3, 25)), "SLH-DSA-SHA2-256f");
  EXPECT_EQ(signature(nist(3, 99)), "2.16.840.1.101.3.4.3.99");
  EXPECT_EQ(signature(kRsaKey), "1.2.840.113549.1.1.1") << "a key, not a signature";
}

TEST(Certificate, ReadsNothingOfWhatIsNoCertificate) {
  const ByteVec rsa = certificate("rsa");
  EXPECT_FALSE(certificate_facts({})->readable);
  EXPECT_FALSE(certificate_facts(ramp(500, 1))->readable);
  EXPECT_FALSE(certificate_facts(rsa + ByteVec{0})->readable);
  EXPECT_FALSE(certificate_facts(Builder().fill(kMaxCertificate + 1, 0x30).done())->readable);
}

// made_certificate has a subject with CN=a many times, an issuer without a name, a serial number of
// these octets, a signature of so many, and extensions in their field.
ByteVec made_certificate(size_t names, const ByteVec& serial, size_t signature,
                         const ByteVec& extensions = {}) {
  const ByteVec name = der(0x31, der(0x30, der(6, {0x55, 4, 3}) + der(12, of("a"))));
  Builder subject;
  for (size_t i = 0; i < names; ++i) {
    subject.raw(name);
  }
  const ByteVec algorithm = der(0x30, der(6, kRsaSha256) + ByteVec{5, 0});
  const ByteVec key = der(0x30, der(0x30, der(6, kRsaKey) + ByteVec{5, 0}) + der(3, {0, 0x30, 0}));
  const ByteVec time = der(23, of("240102030405Z"));
  const ByteVec version = extensions.empty() ? ByteVec{} : der(0xa0, der(2, {2}));
  return der(0x30,
             der(0x30, version + der(2, serial) + algorithm + der(0x30, {}) +
                           der(0x30, time + time) + der(0x30, subject.done()) + key + extensions) +
                 algorithm + der(3, Builder().fill(signature, 0).done()));
}

ByteVec large_certificate(size_t names) { return made_certificate(names, ramp(600, 1), 2); }

TEST(Certificate, ReadsLongTextsCut) {
  const CertificateFacts facts = facts_of(large_certificate(400));
  EXPECT_TRUE(facts.readable);
  EXPECT_EQ(facts.subject.size(), kMaxText + 3);
  EXPECT_TRUE(facts.subject.starts_with("CN=a,CN=a,CN=a"));
  EXPECT_TRUE(facts.subject.ends_with("…"));
  EXPECT_EQ(facts.serial.size(), kMaxText + 3);
  EXPECT_EQ(facts.issuer, "");
  EXPECT_EQ(facts.key_bits, 0U);
}

TEST(Certificate, ReadsVersions) {
  EXPECT_EQ(facts_of(certificate("rsa")).version, 3);
  EXPECT_EQ(facts_of(certificate("v1")).version, 1);
  EXPECT_EQ(facts_of(patched(certificate("rsa"), {0xa0, 3, 2, 1, 2}, {0xa0, 3, 2, 1, 1})).version,
            2);
}

TEST(Certificate, TellsCertificatesWithoutExtensions) {
  EXPECT_TRUE(facts_of(certificate("rsa")).has_extensions);
  EXPECT_FALSE(facts_of(certificate("v1")).has_extensions);
}

TEST(Certificate, TellsSerialNumbersThatAreNone) {
  const auto invalid = [](const ByteVec& octets) {
    const CertificateFacts facts = facts_of(made_certificate(1, octets, 2));
    EXPECT_TRUE(facts.readable);
    return facts.serial_invalid;
  };
  EXPECT_FALSE(invalid({1}));
  EXPECT_FALSE(invalid({0, 0x80}));
  EXPECT_FALSE(invalid(ramp(20, 1)));
  EXPECT_FALSE(invalid(ByteVec{0} + ramp(20, 0x80))) << "an octet for the sign";
  EXPECT_TRUE(invalid(ramp(21, 1)));
  EXPECT_TRUE(invalid({0}));
  EXPECT_TRUE(invalid({0x80}));
  EXPECT_TRUE(invalid({0xff}));
  EXPECT_FALSE(facts_of(certificate("rsa")).serial_invalid);
  EXPECT_TRUE(facts_of(certificate("ed25519")).serial_invalid);
}

TEST(Certificate, ReadsTwoAlgorithmsOfOneSignature) {
  const ByteVec rsa = certificate("rsa");
  ByteVec mixed = rsa;
  const auto at = std::search(mixed.begin(), mixed.end(), kRsaSha256.begin(), kRsaSha256.end());
  at[8] = 0x05;  // sha1WithRSAEncryption
  const CertificateFacts facts = facts_of(mixed);
  EXPECT_TRUE(facts.readable);
  EXPECT_TRUE(facts.signature_mismatch);
  EXPECT_EQ(facts.signature, "RSA-SHA1") << "that of the signed part";
  EXPECT_EQ(facts.subject, facts_of(rsa).subject);
  EXPECT_EQ(facts.key_hash, facts_of(rsa).key_hash);
  EXPECT_TRUE(matches_host(mixed, "server.example"));
  EXPECT_FALSE(facts_of(rsa).signature_mismatch);
  EXPECT_FALSE(facts_of(patched(rsa, kRsaSha256, nist(3, 18))).signature_mismatch);
}

TEST(Certificate, ReadsBasicConstraints) {
  const CertificateFacts root = facts_of(certificate("root"));
  EXPECT_EQ(root.is_ca, true);
  EXPECT_EQ(root.path_length, 1);
  const CertificateFacts unbounded = facts_of(certificate("rollover"));
  EXPECT_EQ(unbounded.is_ca, true);
  EXPECT_EQ(unbounded.path_length, std::nullopt);
  EXPECT_EQ(facts_of(certificate("server")).is_ca, false);
  EXPECT_EQ(facts_of(certificate("server")).path_length, std::nullopt);
  EXPECT_EQ(facts_of(certificate("client")).is_ca, std::nullopt);
}

TEST(Certificate, ReadsKeyUsage) {
  const CertificateFacts root = facts_of(certificate("root"));
  EXPECT_EQ(root.key_usage, key_usage::key_cert_sign | key_usage::crl_sign);
  EXPECT_FALSE(root.may_sign());
  EXPECT_FALSE(root.may_encipher_keys());
  EXPECT_TRUE(root.may_sign_certificates());
  const CertificateFacts server = facts_of(certificate("server"));
  EXPECT_EQ(server.key_usage, key_usage::digital_signature);
  EXPECT_TRUE(server.may_sign());
  EXPECT_FALSE(server.may_encipher_keys());
  EXPECT_FALSE(server.may_sign_certificates());
  const CertificateFacts client = facts_of(certificate("client"));
  EXPECT_EQ(client.key_usage,
            key_usage::key_encipherment | key_usage::key_agreement | key_usage::decipher_only);
  EXPECT_FALSE(client.may_sign());
  EXPECT_TRUE(client.may_encipher_keys());
  const CertificateFacts any = facts_of(certificate("any"));
  EXPECT_EQ(any.key_usage, std::nullopt);
  EXPECT_TRUE(any.may_sign() && any.may_encipher_keys() && any.may_sign_certificates());
}

TEST(Certificate, ReadsExtendedKeyUsage) {
  const auto allows = [](const std::string& name) {
    const CertificateFacts facts = facts_of(certificate(name));
    return std::string(facts.allows_server ? "server " : "") +
           (facts.allows_client ? "client" : "");
  };
  EXPECT_EQ(allows("server"), "server ");
  EXPECT_EQ(allows("client"), "client");
  EXPECT_EQ(allows("any"), "server client");
  EXPECT_EQ(allows("root"), "server client") << "without the extension";
  // Code signing becomes the signing of OCSP responses.
  const ByteVec code = {0x2b, 6, 1, 5, 5, 7, 3, 3};
  const ByteVec server = {0x2b, 6, 1, 5, 5, 7, 3, 1};
  const ByteVec ocsp = {0x2b, 6, 1, 5, 5, 7, 3, 9};
  const CertificateFacts neither =
      facts_of(patched(patched(certificate("server"), code, ocsp), server, ocsp));
  EXPECT_FALSE(neither.allows_server || neither.allows_client);
}

TEST(Certificate, TellsWhoMustStaple) {
  EXPECT_TRUE(facts_of(certificate("server")).must_staple);
  EXPECT_FALSE(facts_of(certificate("client")).must_staple) << "another feature";
  EXPECT_FALSE(facts_of(certificate("root")).must_staple);
}

TEST(Certificate, ReadsKeysOfEveryKind) {
  const auto is = [](const std::string& name, KeyKind kind, uint16_t curve, uint32_t bits) {
    const CertificateFacts facts = facts_of(certificate(name));
    EXPECT_EQ(facts.key_kind, kind) << name;
    EXPECT_EQ(facts.curve.value, curve) << name;
    EXPECT_EQ(facts.key_bits, bits) << name;
    EXPECT_EQ(facts.explicit_curve, name == "explicit") << name;
  };
  is("rsa", KeyKind::rsa, 0, 2048);
  is("rsa-pss", KeyKind::rsa_pss, 0, 1024);
  is("dsa", KeyKind::dsa, 0, 1024);
  is("ec", KeyKind::ecdsa, 23, 256);
  is("root", KeyKind::ecdsa, 24, 384);
  is("rollover", KeyKind::ecdsa, 25, 521);
  is("brainpool", KeyKind::ecdsa, 26, 256);
  is("sect163", KeyKind::ecdsa, 1, 163);
  is("explicit", KeyKind::ecdsa, 0, 0);
  is("sm2", KeyKind::sm2, 41, 256);
  is("ed25519", KeyKind::ed25519, 0, 256);
  is("ed448", KeyKind::ed448, 0, 456);
  is("x25519", KeyKind::other, 29, 256);
  is("gost", KeyKind::gost, 0, 256);
}

TEST(Certificate, ReadsKindsOfKeysThatTheLibraryDoesNotKnow) {
  const auto kind = [](const ByteVec& oid) {
    return facts_of(patched(certificate("rsa"), kRsaKey, oid)).key_kind;
  };
  EXPECT_EQ(kind(nist(3, 17)), KeyKind::ml_dsa);
  EXPECT_EQ(kind(nist(3, 31)), KeyKind::slh_dsa);
  EXPECT_EQ(kind(nist(4, 2)), KeyKind::other);
  EXPECT_EQ(kind(nist(3, 99)), KeyKind::unknown);
}

TEST(Certificate, ReadsCurvesThatAreNone) {
  // An unknown curve of as many bytes, and parameters of NULL (implicitCurve).
  const ByteVec p384 = {6, 5, 0x2b, 0x81, 4, 0, 0x22};
  const CertificateFacts unknown =
      facts_of(patched(certificate("root"), p384, {6, 5, 0x2b, 0x81, 4, 0, 0x7f}));
  EXPECT_EQ(unknown.key_kind, KeyKind::ecdsa);
  EXPECT_EQ(unknown.curve.value, 0);
  EXPECT_EQ(unknown.key_bits, 0U);
  EXPECT_FALSE(unknown.explicit_curve);
  const CertificateFacts null =
      facts_of(patched(certificate("root"), p384, {5, 5, 0x2b, 0x81, 4, 0, 0x22}));
  EXPECT_EQ(null.curve.value, 0);
  EXPECT_FALSE(null.explicit_curve);
}

TEST(Certificate, TellsWeakExponents) {
  const ByteVec usual = {2, 3, 1, 0, 1};
  const auto weak = [&](const std::string& name, const ByteVec& exponent) {
    return facts_of(patched(certificate(name), usual, exponent)).exponent_weak;
  };
  EXPECT_FALSE(weak("rsa", usual));
  EXPECT_FALSE(weak("rsa", {2, 3, 0, 0, 3}));
  EXPECT_TRUE(weak("rsa", {2, 3, 0, 0, 1}));
  EXPECT_TRUE(weak("rsa", {2, 3, 1, 0, 2}));
  EXPECT_TRUE(weak("rsa", {2, 3, 0, 0, 0}));
  EXPECT_TRUE(weak("rsa-pss", {2, 3, 0, 0, 1}));
  EXPECT_FALSE(facts_of(certificate("ec")).exponent_weak);
}

TEST(Certificate, ReadsDigestsOfSignatures) {
  const auto digest = [](const std::string& name) { return facts_of(certificate(name)).digest; };
  EXPECT_EQ(digest("md4"), DigestKind::md4);
  EXPECT_EQ(digest("md5"), DigestKind::md5);
  EXPECT_EQ(digest("sha1"), DigestKind::sha1);
  EXPECT_EQ(digest("rsa"), DigestKind::sha2_or_better);
  EXPECT_EQ(digest("sha3-256"), DigestKind::sha2_or_better);
  EXPECT_EQ(digest("rsa-pss"), DigestKind::sha2_or_better);
  EXPECT_EQ(digest("dsa"), DigestKind::sha2_or_better);
  EXPECT_EQ(digest("sm2"), DigestKind::sha2_or_better);
  EXPECT_EQ(digest("gost"), DigestKind::sha2_or_better);
  EXPECT_EQ(digest("ed25519"), DigestKind::none_needed);
  EXPECT_EQ(digest("ed448"), DigestKind::none_needed);
  const auto patched_digest = [](const ByteVec& oid) {
    return facts_of(patched(certificate("rsa"), kRsaSha256, oid)).digest;
  };
  EXPECT_EQ(patched_digest({0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2}), DigestKind::md2);
  EXPECT_EQ(patched_digest(nist(3, 18)), DigestKind::none_needed);
  EXPECT_EQ(patched_digest(nist(3, 99)), DigestKind::unknown);
}

TEST(Certificate, TellsSelfIssuedFromSelfSigned) {
  const auto is = [](const std::string& name) {
    const CertificateFacts facts = facts_of(certificate(name));
    return std::string(facts.self_issued ? "issued " : "") + (facts.self_signed ? "signed" : "");
  };
  EXPECT_EQ(is("root"), "issued signed");
  EXPECT_EQ(is("ec"), "issued signed") << "its key identifier stands in both places";
  EXPECT_EQ(is("dsa"), "issued signed") << "it has no key identifiers";
  EXPECT_EQ(is("rollover"), "issued ") << "signed by the root of the same name";
  EXPECT_EQ(is("server"), "");
}

TEST(Certificate, TellsWhoIssuedIt) {
  const CertificateFacts root = facts_of(certificate("root"));
  const CertificateFacts rollover = facts_of(certificate("rollover"));
  const CertificateFacts server = facts_of(certificate("server"));
  EXPECT_TRUE(issued(root, server));
  EXPECT_TRUE(issued(root, rollover));
  EXPECT_FALSE(issued(rollover, server)) << "another key of the same name";
  EXPECT_TRUE(issued(rollover, facts_of(certificate("v1")))) << "it does not say which key";
  EXPECT_FALSE(issued(server, root));
  EXPECT_FALSE(issued(root, facts_of(certificate("rsa"))));
  EXPECT_FALSE(issued(CertificateFacts{}, CertificateFacts{}));
  EXPECT_EQ(facts_of(certificate("rsa")).issuer_hash, facts_of(certificate("names")).issuer_hash);
}

TEST(Certificate, TellsWhoHasTheSameKey) {
  const CertificateFacts ec = facts_of(certificate("ec"));
  EXPECT_EQ(ec.key_hash, facts_of(certificate("server")).key_hash);
  EXPECT_NE(ec.key_hash, facts_of(certificate("root")).key_hash);
  EXPECT_NE(facts_of(certificate("explicit")).key_hash, facts_of(certificate("sm2")).key_hash);
}

TEST(Certificate, MatchesNames) {
  const ByteVec names = certificate("names");
  EXPECT_TRUE(matches_host(names, "names.example"));
  EXPECT_TRUE(matches_host(names, "NAMES.Example"));
  EXPECT_TRUE(matches_host(names, "a.wild.example"));
  EXPECT_TRUE(matches_host(names, "a_b.wild.example"));
  EXPECT_TRUE(matches_host(names, "xn--mller-kva.example"));
  EXPECT_TRUE(matches_host(names, "müller.example"));
  EXPECT_FALSE(matches_host(names, "example"));
  EXPECT_FALSE(matches_host(names, "wild.example"));
  EXPECT_FALSE(matches_host(names, "a.b.wild.example"));
  EXPECT_FALSE(matches_host(names, "someone@names.example"));
  EXPECT_FALSE(matches_host(names, "other.example"));
}

// renamed is rsa with another dNSName, of 14 bytes, and the CN server.example.
ByteVec renamed(std::string_view name) {
  return patched(certificate("rsa"), der(0x82, of("server.example")), der(0x82, of(name)));
}

TEST(Certificate, MatchesCommonNamesOfServersWithoutOthers) {
  EXPECT_TRUE(matches_host(certificate("ec"), "ec.example"));
  EXPECT_FALSE(matches_host(certificate("ec"), "other.example"));
  EXPECT_TRUE(matches_host(certificate("any"), "any.example"));
  EXPECT_FALSE(matches_host(certificate("server"), "server.example")) << "it has an address";
  EXPECT_FALSE(matches_host(certificate("client"), "client.example")) << "it is no server's";
  const ByteVec other = renamed("outlet.example");
  EXPECT_FALSE(matches_host(other, "server.example")) << "the dNSName is another";
  EXPECT_TRUE(matches_host(other, "outlet.example"));
}

TEST(Certificate, MatchesAddressesWithAddressesOnly) {
  const ByteVec names = certificate("names");
  EXPECT_TRUE(matches_host(names, "192.0.2.1"));
  EXPECT_TRUE(matches_host(names, "2001:db8::1"));
  EXPECT_TRUE(matches_host(names, "2001:0DB8:0:0::1"));
  EXPECT_FALSE(matches_host(names, "192.0.2.9"));
  EXPECT_FALSE(matches_host(names, "3221225985")) << "192.0.2.1 as inet_aton takes it";
  const ByteVec name = renamed("192.168.200.77");
  EXPECT_FALSE(matches_host(name, "192.168.200.77")) << "a dNSName is no address";
  const ByteVec text = patched(certificate("ec"), of("ec.example"), of("192.0.2.77"));
  EXPECT_FALSE(matches_host(text, "192.0.2.77")) << "a CN is no address";
}

TEST(Certificate, MatchesNoHostThatIsNone) {
  const ByteVec names = certificate("names");
  EXPECT_FALSE(matches_host(names, ""));
  EXPECT_FALSE(matches_host(names, std::string_view("names.example\0", 14)));
  EXPECT_FALSE(matches_host(names, std::string_view("names.example\0.evil", 19)));
  EXPECT_FALSE(matches_host(names, "\xff.wild.example"));
  EXPECT_FALSE(matches_host(names, std::string(5000, 'a') + ".wild.example"));
  EXPECT_FALSE(matches_host({}, "names.example"));
  EXPECT_FALSE(matches_host(ramp(500, 1), "names.example"));
}

TEST(Hostile, ToleratesHostsOfAnyBytes) {
  const ByteVec names = certificate("names");
  for (uint32_t first = 0; first <= 0xff; ++first) {
    for (const std::string_view rest : {"", ".wild.example", "\x80", "xn--\xff", "::", ".0.2.1"}) {
      const std::string host = std::string(1, static_cast<char>(first)) + std::string(rest);
      EXPECT_EQ(matches_host(names, host), matches_host(names, host)) << host;
    }
  }
}

// GnuTLS reads the list of purposes once for each of them before it looks at a CN.
TEST(Certificate, MatchesNoCommonNameBehindManyPurposes) {
  const auto purposes = [](size_t others) {
    Builder list;
    list.raw(der(6, {0x2b, 6, 1, 5, 5, 7, 3, 1}));
    for (size_t i = 0; i < others; ++i) {
      list.raw(der(6, {0x29}));
    }
    return der(0xa3,
               der(0x30, der(0x30, der(6, {0x55, 0x1d, 0x25}) + der(4, der(0x30, list.done())))));
  };
  EXPECT_TRUE(matches_host(made_certificate(1, {1}, 2, purposes(300)), "a"));
  EXPECT_FALSE(matches_host(made_certificate(1, {1}, 2, purposes(400)), "a"));
}

TEST(Certificate, MatchesMoreHostsThanItRemembers) {
  const ByteVec names = certificate("names");
  for (size_t i = 0; i < 2 * kMaxCachedHosts; ++i) {
    ASSERT_TRUE(matches_host(names, std::to_string(i) + ".wild.example"));
  }
  forget_certificates();
  EXPECT_TRUE(matches_host(names, "0.wild.example"));
}

size_t count_elements(const ByteVec& bytes) {
  size_t n = 0;
  while (has_more_elements(bytes, n)) {
    ++n;
  }
  return n;
}

TEST(Der, CountsElements) {
  EXPECT_EQ(count_elements({}), 0U);
  EXPECT_EQ(count_elements({5, 0}), 1U);
  EXPECT_EQ(count_elements({0x30, 4, 5, 0, 5, 0}), 3U);
  EXPECT_EQ(count_elements({0x30, 0x81, 4, 5, 0, 5, 0}), 3U);
  EXPECT_EQ(count_elements({0x30, 0x85, 0, 0, 0, 0, 4, 5, 0, 5, 0}), 3U) << "leading zeros";
  EXPECT_EQ(count_elements({0x1f, 0x81, 1, 1, 7, 5, 0}), 2U) << "a tag of three bytes";
  EXPECT_EQ(count_elements({4, 4, 0x30, 2, 5, 0}), 3U) << "an extension";
  EXPECT_EQ(count_elements({0x1f, 4, 4, 0x3f, 0x10, 0, 5}), 2U) << "one in long tags";
  EXPECT_EQ(count_elements({4, 4, 'a', 2, 5, 0}), 1U) << "no extension";
}

TEST(Der, CountsElementsOfWhatIsNone) {
  EXPECT_EQ(count_elements({5}), 0U);
  EXPECT_EQ(count_elements({0x1f, 0x81}), 0U);
  EXPECT_EQ(count_elements({5, 0x82, 1}), 0U);
  EXPECT_EQ(count_elements({0x30, 0x7f, 5, 0}), 2U) << "longer than it can be";
  EXPECT_EQ(count_elements({0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 5, 0}), 2U);
  EXPECT_EQ(count_elements({0x30, 0x80, 5, 0, 0, 0, 5, 0}), 4U) << "its end is one more";
  // What is wrong inside of an element hides nothing behind it.
  EXPECT_EQ(count_elements({0x30, 4, 0x30, 2, 4, 0x7f, 5, 0}), 4U);
}

// The length alone bounds no work: see kMaxElements.
TEST(Certificate, ReadsSoManyElementsOnly) {
  // 20 of its elements are not in names, each of which has four.
  constexpr size_t kNames = (kMaxElements - 20) / 4;
  ASSERT_EQ(count_elements(large_certificate(kNames)), kMaxElements);
  EXPECT_TRUE(certificate_facts(large_certificate(kNames))->readable);
  EXPECT_FALSE(certificate_facts(large_certificate(kNames + 1))->readable);
  for (const std::string& name : every_certificate()) {
    EXPECT_LT(count_elements(certificate(name)), name == "many-names" ? 700U : 100U) << name;
  }
}

// The longest signature is that of SLH-DSA with 256 bits, of 49856 bytes (FIPS 205, table 2).
TEST(Certificate, ReadsTheLongestSignatures) {
  EXPECT_TRUE(certificate_facts(made_certificate(1, {1}, 49857))->readable);
}

std::string print(std::string_view text) { return printable(of(text), Backslash::as_it_is); }

void expect_tame(const CertificateFacts& facts, const std::string& what) {
  Lines texts = {facts.subject, facts.issuer, facts.serial, facts.key_type, facts.signature};
  texts.insert(texts.end(), facts.dns_names.begin(), facts.dns_names.end());
  texts.insert(texts.end(), facts.ips.begin(), facts.ips.end());
  EXPECT_LE(texts.size(), 5 + kMaxNames) << what;
  for (const std::string& text : texts) {
    EXPECT_EQ(text, print(text)) << what;
    EXPECT_LE(text.size(), kMaxText + 3) << what;
    EXPECT_TRUE(facts.readable || text.empty()) << what;
  }
}

TEST(Hostile, ToleratesPrefixesOfCertificates) {
  for (const std::string& name : every_certificate()) {
    const ByteVec whole = certificate(name);
    for (size_t n = 0; n < whole.size(); ++n) {
      // A copy of its own, so that a read past the end is seen.
      const ByteVec prefix(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(n));
      EXPECT_FALSE(certificate_facts(prefix)->readable) << name << ", " << n << " bytes";
    }
  }
}

TEST(Hostile, ToleratesCertificatesWithAByteChanged) {
  for (const std::string& name : every_certificate()) {
    const ByteVec whole = certificate(name);
    const size_t step = whole.size() > 2000 ? 61 : 2;
    for (size_t at = 0; at < whole.size(); at += step) {
      for (const uint32_t flip : {0x01U, 0x80U}) {
        ByteVec changed = whole;
        changed[at] = static_cast<uint8_t>(changed[at] ^ flip);
        expect_tame(facts_of(changed), name + ", byte " + std::to_string(at));
      }
    }
  }
}

TEST(Hostile, ToleratesCertificatesOfManyNames) {
  const ByteVec large = large_certificate(2000);
  expect_tame(facts_of(large), "2000 names");
  EXPECT_FALSE(certificate_facts(large_certificate(6000))->readable) << "above kMaxCertificate";
}

TEST(Certificate, ReadsOnceWhatIsTheSame) {
  const ByteVec rsa = certificate("rsa");
  ByteVec other = rsa;
  other.back() ^= 1;
  const auto first = certificate_facts(rsa);
  EXPECT_EQ(certificate_facts(ByteVec(rsa)), first);
  EXPECT_NE(certificate_facts(other), first);
  forget_certificates();
  EXPECT_NE(certificate_facts(rsa), first);
  EXPECT_EQ(first->subject, facts_of(rsa).subject);
}

TEST(Certificate, ReadsMoreCertificatesThanItRemembers) {
  const auto kept = certificate_facts(certificate("rsa"));
  std::vector<std::weak_ptr<const CertificateFacts>> all;
  for (uint32_t i = 0; i < 3 * kMaxCachedCertificates; ++i) {
    all.emplace_back(certificate_facts(Builder().u32(i).done()));
    const auto alive = std::ranges::count_if(all, [](const auto& one) { return !one.expired(); });
    ASSERT_LE(static_cast<size_t>(alive), kMaxCachedCertificates);
  }
  EXPECT_EQ(kept->key_type, "RSA");
  forget_certificates();
  EXPECT_TRUE(all.back().expired());
}

// Shown is a certificate behind a byte, at depth 0, with its facts.
struct Shown : Parsed {
  explicit Shown(const ByteVec& der) : Parsed(ByteVec{0} + der) {
    reader.u8(Field::handshake_type);
    place = reader.here(reader.left());
    show_certificate(reader, place, reader.all(Field::handshake_body));
  }
  Span place;
};

TEST(Certificate, ReadsIntoMarksBelowItsBytes) {
  const Shown shown(certificate("names"));
  ASSERT_GT(shown.tape.marks.size(), 2U);
  EXPECT_EQ(shown.tape.marks[1].field, Field::handshake_body);
  EXPECT_EQ(shown.tape.marks[1].span, shown.place);
  for (size_t i = 2; i < shown.tape.marks.size(); ++i) {
    const Mark& mark = shown.tape.marks[i];
    EXPECT_EQ(mark.depth, 1);
    EXPECT_EQ(mark.span, shown.place);
    EXPECT_EQ(mark.source, 0);
    EXPECT_TRUE(mark.kind == MarkKind::number || mark.kind == MarkKind::text);
  }
  EXPECT_EQ(shown.reader.depth(), 0);
  EXPECT_TRUE(shown.faults.empty());
}

TEST(Certificate, ReadsFactsIntoMarks) {
  const Shown names(certificate("names"));
  EXPECT_EQ(names.values(Field::certificate_subject), Lines{"CN=names.example"});
  EXPECT_EQ(names.values(Field::certificate_issuer), Lines{"CN=Example Test CA,O=Example,C=DE"});
  EXPECT_EQ(names.values(Field::certificate_serial), Lines{"05"});
  EXPECT_EQ(names.values(Field::certificate_not_before), Lines{"1704164645"});
  EXPECT_EQ(names.values(Field::certificate_dns_name).size(), 3U);
  EXPECT_EQ(names.values(Field::certificate_ip).size(), 3U);
  EXPECT_EQ(names.values(Field::certificate_key_type), Lines{"ECDSA"});
  EXPECT_EQ(names.values(Field::certificate_key_bits), Lines{"256"});
  EXPECT_EQ(names.values(Field::certificate_signature), Lines{"RSA-SHA256"});
  const Shown ever(certificate("for-ever"));
  EXPECT_EQ(ever.values(Field::certificate_not_after), Lines{"253402300799"});
}

TEST(Certificate, ReadsIntoNoMarksIfThereIsNothingToSay) {
  EXPECT_EQ(Shown(ramp(300, 1)).tape.marks.size(), 2U);
  const Shown unknown(patched(certificate("rsa"), kRsaKey, nist(3, 99)));
  EXPECT_EQ(unknown.values(Field::certificate_key_bits), Lines{});
  const ByteVec rsa = certificate("rsa");
  Parse parse{nullptr, nullptr, rsa.data(), 0};
  Reader reader(parse, rsa, 0, 0);
  show_certificate(reader, reader.here(rsa.size()), rsa);
  EXPECT_TRUE(reader.ok());
}

TEST(Printable, ReadsUtf8AsItIs) {
  for (const char* text : {"", "a~", "ü", "ࠀ", "日本", "\xed\x9f\xbf", "\xee\x80\x80", "\U0001f600",
                           "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(print(text), text);
  }
}

// RFC 3629 §3 and §10: overlong forms, surrogates, more than U+10FFFF, and what is cut.
TEST(Printable, ReadsWhatIsNotUtf8AsBytes) {
  EXPECT_EQ(print("\x80"), "\\x80");
  EXPECT_EQ(print("\xc0\x80"), "\\xc0\\x80");
  EXPECT_EQ(print("\xc1\xbf"), "\\xc1\\xbf");
  EXPECT_EQ(print("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf");
  EXPECT_EQ(print("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(print("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf");
  EXPECT_EQ(print("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(print("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
  EXPECT_EQ(print("\xc3"), "\\xc3");
  EXPECT_EQ(print("\xe6\x97"), "\\xe6\\x97");
  EXPECT_EQ(print("\xc3z\xbc"), "\\xc3z\\xbc");
}

TEST(Printable, ReadsControlsAsBytes) {
  EXPECT_EQ(print({"a\0b", 3}), "a\\x00b");
  EXPECT_EQ(print("\t\n\x1f\x7f"), "\\x09\\x0a\\x1f\\x7f");
  EXPECT_EQ(print("\u0080\u009f\u00a0"), "\\xc2\\x80\\xc2\\x9f\u00a0");
  EXPECT_EQ(print("\u2028\u200e"), "\\xe2\\x80\\xa8\\xe2\\x80\\x8e");
  const ByteVec right_to_left = {0xe2, 0x80, 0xae};
  EXPECT_EQ(printable(right_to_left, Backslash::as_it_is), "\\xe2\\x80\\xae");
}

TEST(Printable, ReadsLongTextsUpToACharacter) {
  const std::string text = print("a" + std::string(kMaxText, 'x'));
  EXPECT_EQ(text, "a" + std::string(kMaxText - 1, 'x') + "…");
  EXPECT_EQ(print(std::string(kMaxText, 'x')), std::string(kMaxText, 'x'));
  std::string wide = "a";
  for (size_t i = 0; i < kMaxText; ++i) {
    wide += "ü";
  }
  EXPECT_EQ(print(wide).size(), kMaxText - 1 + 3);
  EXPECT_EQ(print(print(wide)), print(wide)) << "still UTF-8";
}

}  // namespace
}  // namespace tlslens::test
