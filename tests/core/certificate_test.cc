// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/certificate.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "certificate/printable.h"
#include "fields/fields.h"
#include "support/runs.h"

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;

// The certificates are made by vectors/certificates/make.sh. What is expected of NAME.der is what
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

// large_certificate has a subject with CN=a many times, an issuer without a name and a long serial
// number.
ByteVec large_certificate(size_t names) {
  const ByteVec name = der(0x31, der(0x30, der(6, {0x55, 4, 3}) + der(12, of("a"))));
  Builder subject;
  for (size_t i = 0; i < names; ++i) {
    subject.raw(name);
  }
  const ByteVec algorithm = der(0x30, der(6, kRsaSha256) + ByteVec{5, 0});
  const ByteVec key = der(0x30, der(0x30, der(6, kRsaKey) + ByteVec{5, 0}) + der(3, {0, 0x30, 0}));
  const ByteVec time = der(23, of("240102030405Z"));
  return der(0x30, der(0x30, der(2, ramp(600, 1)) + algorithm + der(0x30, {}) +
                                 der(0x30, time + time) + der(0x30, subject.done()) + key) +
                       algorithm + der(3, {0, 1}));
}

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
    const size_t step = whole.size() > 2000 ? 61 : 1;
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
