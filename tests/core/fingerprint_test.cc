// SPDX-License-Identifier: GPL-2.0-or-later
// Published values stand in "JA3 - A method for profiling SSL/TLS Clients" (README of
// salesforce/ja3) and in "JA4: TLS Client Fingerprinting" (technical_details/JA4.md of
// FoxIO-LLC/ja4).
#include "fingerprint/fingerprint.h"

#include <gtest/gtest.h>

#include <numeric>

#include "support/body_samples.h"

namespace tlslens::test {
namespace {

using Lines = std::vector<std::string>;
using Numbers = std::vector<uint16_t>;

// HelloRun reads a ClientHello; the views of the hello point into its bytes.
struct HelloRun : Parsed {
  explicit HelloRun(const HelloSpec& spec)
      : Parsed(client_hello_body(spec)), hello(read_client_hello(reader, false)) {}
  ClientHello hello;
};

std::string ja4_of(const HelloSpec& spec) { return ja4(HelloRun(spec).hello).hashed; }
std::string ja4_raw_of(const HelloSpec& spec) { return ja4(HelloRun(spec).hello).raw; }
std::string ja3_of(const HelloSpec& spec) { return ja3(HelloRun(spec).hello); }

// first_part is the part of JA4 that is no hash.
std::string first_part(const HelloSpec& spec) { return ja4_of(spec).substr(0, 10); }

ByteVec numbers(const Numbers& values) {
  Builder out;
  for (const uint16_t v : values) {
    out.u16(v);
  }
  return out.done();
}
ByteVec groups(const Numbers& values) { return extension(10, vec2(numbers(values))); }
ByteVec schemes(const Numbers& values) { return extension(13, vec2(numbers(values))); }
ByteVec versions(const Numbers& values) { return extension(43, vec1(numbers(values))); }
ByteVec first_protocol(const ByteVec& protocol) {
  return extension(16, vec2(vec1(protocol) + vec1(as_bytes("h2"))));
}

// The bodies of extensions that play no part in a fingerprint are those of the samples.
ByteVec sample_of(uint16_t type) {
  for (const BodySample& sample : body_samples()) {
    if (sample.code == type && sample.name.find("in ClientHello") != std::string::npos) {
      return extension(type, sample.body);
    }
  }
  return extension(type, {});
}

HelloSpec tls10_hello() {
  HelloSpec spec;
  spec.version = 0x0301;
  spec.suites = {47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4};
  spec.extensions = server_name("a.example") + groups({23, 24, 25}) + extension(11, vec1({0}));
  return spec;
}

TEST(Ja3, GivesPublishedValueOfHelloWithExtensions) {
  const std::string text = ja3_of(tls10_hello());
  EXPECT_EQ(text, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
  EXPECT_EQ(md5_text(text), "ada70206e40642a3e4461f35503241d5");
}

TEST(Ja3, GivesPublishedValueOfHelloWithoutExtensions) {
  HelloSpec spec;
  spec.version = 0x0301;
  spec.suites = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99};
  spec.extensions = std::nullopt;
  EXPECT_EQ(ja3_of(spec), "769,4-5-10-9-100-98-3-6-19-18-99,,,");
  EXPECT_EQ(md5_text(ja3_of(spec)), "de350869b8c85de67a350c8d186f11e6");
}

TEST(Ja3, IgnoresGrease) {
  HelloSpec spec = tls10_hello();
  const std::string text = ja3_of(spec);
  spec.suites.insert(spec.suites.begin(), 0x7a7a);
  spec.suites.push_back(0xfafa);
  spec.extensions = extension(0x1a1a, {}) + server_name("a.example") +
                    groups({0x0a0a, 23, 24, 25}) + extension(11, vec1({0})) +
                    extension(0x2a2a, {0});
  EXPECT_EQ(ja3_of(spec), text);
}

// The version is that of the hello, also where supported_versions offers a later one.
TEST(Ja3, TakesVersionOfHelloItself) {
  HelloSpec spec;
  spec.suites = {0x1301};
  spec.extensions = versions({0x0304});
  EXPECT_EQ(ja3_of(spec), "771,4865,43,,");
}

// The value is published; version, suite and extensions are what has this hash.
TEST(Ja3s, GivesPublishedValue) {
  HelloSpec spec;
  spec.version = 0x0301;
  spec.suites = {49172};
  spec.extensions = extension(65281, vec1({})) + extension(11, vec1({0}));
  Parsed p(server_hello_body(spec));
  const std::string text = ja3s(read_server_hello(p.reader));
  EXPECT_EQ(text, "769,49172,65281-11");
  EXPECT_EQ(md5_text(text), "623de93db17d313345d7ea481e7443cf");
}

TEST(Ja3s, GivesEmptyListWithoutExtensions) {
  HelloSpec spec;
  spec.suites = {47};
  spec.extensions = std::nullopt;
  Parsed p(server_hello_body(spec));
  EXPECT_EQ(ja3s(read_server_hello(p.reader)), "771,47,");
}

const Numbers kPublishedSuites = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
                                  0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
const Numbers kPublishedExtensions = {0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017,
                                      0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
                                      0xff01, 0x000b, 0x000a, 0x0015};
const Numbers kPublishedSchemes = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};

ByteVec published_extension(uint16_t type, const Numbers& of_schemes) {
  switch (type) {
    case 13:
      return schemes(of_schemes);
    case 16:
      return alpn({"h2", "http/1.1"});
    case 43:
      return versions({0x8a8a, 0x0304, 0x0303});
    default:
      return sample_of(type);
  }
}

// published_hello is the example of the document, with GREASE where a browser puts it.
HelloSpec published_hello(const Numbers& of_schemes = kPublishedSchemes) {
  HelloSpec spec;
  spec.suites = {0x9a9a};
  spec.suites.insert(spec.suites.end(), kPublishedSuites.begin(), kPublishedSuites.end());
  ByteVec list = extension(0xdada, {});
  for (const uint16_t type : kPublishedExtensions) {
    list = list + published_extension(type, of_schemes);
  }
  spec.extensions = list + extension(0x6a6a, {0});
  return spec;
}

TEST(Ja4, GivesPublishedValue) {
  HelloRun run(published_hello());
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(ja4(run.hello).hashed, "t13d1516h2_8daaf6152771_e5627efa2ab1");
  EXPECT_EQ(ja4(run.hello).raw,
            "t13d1516h2_"
            "002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_"
            "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_"
            "0403,0804,0401,0503,0805,0501,0806,0601");
}

TEST(Ja4, GivesPublishedValueWithoutSchemes) {
  const std::string text = ja4_of(published_hello({}));
  EXPECT_EQ(text, "t13d1516h2_8daaf6152771_6d807ffa2a79");
}

TEST(Ja4, IgnoresOrderOfSuitesAndExtensionsButNotOfSchemes) {
  HelloSpec spec;
  spec.suites = {0x1302, 0x002f};
  spec.extensions = schemes({0x0804, 0x0403}) + extension(23, {});
  HelloSpec other = spec;
  std::ranges::reverse(other.suites);
  other.extensions = extension(23, {}) + schemes({0x0804, 0x0403});
  EXPECT_EQ(ja4_of(spec), ja4_of(other));
  other.extensions = extension(23, {}) + schemes({0x0403, 0x0804});
  EXPECT_NE(ja4_of(spec), ja4_of(other));
}

TEST(Ja4, IgnoresGreaseAmongSchemes) {
  HelloSpec spec;
  spec.extensions = schemes({0x0403});
  const std::string text = ja4_of(spec);
  spec.extensions = schemes({0x3a3a, 0x0403});
  EXPECT_EQ(ja4_of(spec), text);
}

// The list is that of signature_algorithms, wherever signature_algorithms_cert stands.
TEST(Ja4, TakesSchemesOfSignatureAlgorithmsOnly) {
  HelloSpec spec;
  spec.extensions = extension(50, vec2(numbers({0x0201}))) + schemes({0x0403});
  EXPECT_EQ(ja4_raw_of(spec).substr(ja4_raw_of(spec).rfind('_')), "_0403");
}

TEST(Ja4, TellsWhetherThereIsServerName) {
  HelloSpec spec;
  spec.extensions = server_name("a.example");
  EXPECT_EQ(first_part(spec), "t12d020100");
  spec.extensions = extension(23, {});
  EXPECT_EQ(first_part(spec), "t12i020100");
}

TEST(Ja4, TakesHighestVersionOffered) {
  const auto version_of = [](uint16_t legacy, std::optional<ByteVec> extensions) {
    HelloSpec spec;
    spec.version = legacy;
    spec.extensions = std::move(extensions);
    return first_part(spec).substr(1, 2);
  };
  EXPECT_EQ(version_of(0x0303, versions({0x0303, 0x0304, 0xfafa, 0x0302})), "13");
  EXPECT_EQ(version_of(0x0303, versions({0x0302, 0x0301})), "11");
  EXPECT_EQ(version_of(0x0303, std::nullopt), "12");
  EXPECT_EQ(version_of(0x0302, std::nullopt), "11");
  EXPECT_EQ(version_of(0x0301, std::nullopt), "10");
  EXPECT_EQ(version_of(0x0300, std::nullopt), "s3");
  EXPECT_EQ(version_of(0x0002, std::nullopt), "s2");
  EXPECT_EQ(version_of(0x1234, std::nullopt), "00");
  EXPECT_EQ(version_of(0x0303, versions({0x1a1a})), "00");
}

TEST(Ja4, TakesFirstAndLastCharacterOfFirstProtocol) {
  const auto code_of = [](const ByteVec& protocol) {
    HelloSpec spec;
    spec.extensions = first_protocol(protocol);
    return first_part(spec).substr(8);
  };
  EXPECT_EQ(code_of(as_bytes("h2")), "h2");
  EXPECT_EQ(code_of(as_bytes("http/1.1")), "h1");
  EXPECT_EQ(code_of(as_bytes("X")), "XX");
  // Examples of the document: not alphanumeric at one end.
  EXPECT_EQ(code_of({0xab}), "ab");
  EXPECT_EQ(code_of({0xab, 0xcd}), "ad");
  EXPECT_EQ(code_of({0x30, 0xab}), "3b");
  EXPECT_EQ(code_of({0x30, 0x31, 0xab, 0xcd}), "3d");
  EXPECT_EQ(code_of({0x30, 0xab, 0xcd, 0x31}), "01");
}

// "If there is no ALPN extension, no ALPN values, or the first ALPN value is empty".
TEST(Ja4, GivesZerosWithoutProtocol) {
  HelloSpec spec;
  for (const ByteVec& list :
       {extension(23, {}), extension(16, {}), extension(16, vec2({})), first_protocol({})}) {
    spec.extensions = list;
    EXPECT_EQ(first_part(spec).substr(8), "00") << hex_of(list);
  }
}

TEST(Ja4, CountsUpToNinetyNine) {
  HelloSpec spec;
  spec.suites.resize(120);
  std::iota(spec.suites.begin(), spec.suites.end(), uint16_t{0x1000});
  ByteVec list;
  for (uint16_t type = 0x2000; type < 0x2000 + 120; ++type) {
    list = list + extension(type, {});
  }
  spec.extensions = list;
  EXPECT_EQ(first_part(spec), "t12i999900");
  spec.suites = {0x1301, 0x00ff, 0x5600};
  spec.extensions = std::nullopt;
  EXPECT_EQ(first_part(spec), "t12i030000") << "signalling values count";
}

TEST(Ja4, GivesZerosForEmptyLists) {
  HelloSpec spec;
  spec.suites = {0x0a0a};
  spec.extensions = server_name("a.example");
  EXPECT_EQ(ja4_of(spec), "t12d000100_000000000000_000000000000");
}

TEST(Fingerprints, LeavesMarksOfClientHello) {
  Parsed p(client_hello_body(tls10_hello()));
  tlslens::Body body;
  body.client_hello = read_client_hello(p.reader, false);
  show_fingerprints(p.reader, body);
  EXPECT_EQ(p.values(Field::ja3), Lines{"ada70206e40642a3e4461f35503241d5"});
  EXPECT_EQ(p.values(Field::ja3_full), Lines{ja3(*body.client_hello)});
  EXPECT_EQ(p.values(Field::ja4), Lines{ja4(*body.client_hello).hashed});
  EXPECT_EQ(p.values(Field::ja4_r), Lines{ja4(*body.client_hello).raw});
  EXPECT_EQ(p.values(Field::ja3s), Lines{});
}

TEST(Fingerprints, LeavesMarksOfServerHello) {
  HelloSpec spec;
  spec.suites = {47};
  spec.extensions = std::nullopt;
  Parsed p(server_hello_body(spec));
  tlslens::Body body;
  body.server_hello = read_server_hello(p.reader);
  show_fingerprints(p.reader, body);
  EXPECT_EQ(p.values(Field::ja3s_full), Lines{"771,47,"});
  EXPECT_EQ(p.values(Field::ja3s), Lines{md5_text("771,47,")});
  EXPECT_EQ(p.values(Field::ja3), Lines{});
}

// Half a hello would have another client's fingerprint.
TEST(Fingerprints, LeavesNoMarksOfHelloThatIsCut) {
  const ByteVec whole = client_hello_body(tls10_hello());
  Parsed p(prefix_of(whole, whole.size() - 1), 1);
  tlslens::Body body;
  body.client_hello = read_client_hello(p.reader, false);
  show_fingerprints(p.reader, body);
  EXPECT_EQ(p.values(Field::ja3), Lines{});
  EXPECT_EQ(p.values(Field::ja4), Lines{});
}

// RFC 1321 §A.5 and FIPS 180-2 §B.1.
TEST(Fingerprints, HashesAsPublished) {
  EXPECT_EQ(md5_text("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(sha256_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace tlslens::test
