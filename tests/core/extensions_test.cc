// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "extensions/read_extensions.h"
#include "support/runs.h"

namespace tlslens::test {
namespace {

using Kinds = std::vector<FaultKind>;
using Lines = std::vector<std::string>;

struct ExtensionsRun : Parsed {
  explicit ExtensionsRun(const ByteVec& list, Message message = Message::client_hello)
      : Parsed(Builder().vec(2, list).done()), out(read_extensions(reader, message)) {}
  Extensions out;
};

std::string as_text(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(Extensions, ReadsListOfKnownOnes) {
  ExtensionsRun run(server_name("a.example") + alpn({"h2", "http/1.1"}) +
                    supported_versions({0x0304, 0x0303}));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(as_text(run.out.server_name), "a.example");
  EXPECT_EQ(as_text(run.out.alpn), "h2");
  EXPECT_EQ(run.out.versions.size(), 2U);
  EXPECT_EQ(run.values(Field::alpn_name), (Lines{"h2", "http/1.1"}));
  EXPECT_EQ(run.values(Field::extension_type), (Lines{"0", "16", "43"}));
}

TEST(Extensions, ReadsUnknownOneAsBytes) {
  ExtensionsRun run(extension(0xfe77, {1, 2, 3}) + extension(0xfe78, {}));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(run.values(Field::extension_data), (Lines{"010203", ""}));
}

TEST(Extensions, ReadsServersEmptyServerName) {
  EXPECT_TRUE(ExtensionsRun(extension(0, {}), Message::server_hello).faults.empty());
}

TEST(Extensions, ReadsServersSelectedVersion) {
  for (const Message message : {Message::server_hello, Message::hello_retry_request}) {
    ExtensionsRun run(selected_version(0x0304), message);
    EXPECT_TRUE(run.faults.empty());
    EXPECT_EQ(run.out.selected_version, version::tls13);
  }
}

TEST(Extensions, ReportsDamageInOneAndReadsTheNext) {
  const ByteVec broken = extension(16, Builder().u16(9).u8(2).text("h2").done());
  ExtensionsRun run(broken + server_name("a.example"));
  ASSERT_EQ(run.kinds(), Kinds{FaultKind::overrun});
  EXPECT_EQ(run.faults[0].field, Field::alpn_list);
  EXPECT_EQ(as_text(run.out.server_name), "a.example");
}

TEST(Extensions, ReportsBytesAfterTheBody) {
  const ByteVec body = Builder().u16(0x0304).u8(0).done();
  ExtensionsRun run(extension(43, body), Message::server_hello);
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::trailing});
}

TEST(Extensions, ReportsExtensionBeyondTheList) {
  ExtensionsRun run(Builder().u16(0xfe77).u16(5).raw({1, 2}).done());
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::overrun});
  EXPECT_EQ(run.values(Field::extension_data), Lines{"0102"}) << "what is there is shown";
}

TEST(Extensions, ReportsHeaderThatIsNotWhole) {
  for (const ByteVec& list : {ByteVec{0}, ByteVec{0, 0}, ByteVec{0, 0, 0}}) {
    EXPECT_EQ(ExtensionsRun(list).kinds(), Kinds{FaultKind::overrun});
  }
}

TEST(Extensions, ReportsListBeyondTheMessage) {
  Parsed p(Builder().u16(8).raw(extension(0xfe77, {})).done());
  read_extensions(p.reader, Message::client_hello);
  EXPECT_EQ(p.kinds(), Kinds{FaultKind::overrun});
  EXPECT_EQ(p.values(Field::extension_type).size(), 1U);
}

// RFC 6066 §3: ServerName server_name_list<1..2^16-1>, HostName<1..2^16-1>.
TEST(Extensions, ReportsEmptyServerNames) {
  EXPECT_EQ(ExtensionsRun(extension(0, {0, 0})).kinds(), Kinds{FaultKind::out_of_range});
  const ByteVec no_name = Builder().u16(3).u8(0).u16(0).done();
  EXPECT_EQ(ExtensionsRun(extension(0, no_name)).kinds(), Kinds{FaultKind::out_of_range});
}

TEST(Extensions, ReadsFirstHostNameOnly) {
  const ByteVec other = Builder().u8(7).vec(2, {0x78}).done();
  const ByteVec host = Builder().u8(0).vec(2, {0x61}).done();
  const ByteVec second = Builder().u8(0).vec(2, {0x62}).done();
  ExtensionsRun run(extension(0, Builder().vec(2, other + host + second).done()));
  EXPECT_TRUE(run.faults.empty());
  EXPECT_EQ(as_text(run.out.server_name), "a");
}

// RFC 7301 §3.1: ProtocolName<1..2^8-1> protocol_name_list<2..2^16-1>.
TEST(Extensions, ReportsEmptyProtocolNames) {
  EXPECT_EQ(ExtensionsRun(extension(16, {0, 0})).kinds(), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(ExtensionsRun(alpn({"", "h2"})).kinds(), Kinds{FaultKind::out_of_range});
}

// RFC 8446 §4.2.1: ProtocolVersion versions<2..254>.
TEST(Extensions, ReportsVersionsOutsideTheirLimits) {
  EXPECT_EQ(ExtensionsRun(extension(43, {0})).kinds(), Kinds{FaultKind::out_of_range});
  EXPECT_EQ(ExtensionsRun(extension(43, {3, 3, 4, 3})).kinds(), (Kinds{FaultKind::ragged}));
  EXPECT_EQ(ExtensionsRun(extension(43, Builder().u8(255).fill(255, 3).done())).kinds()[0],
            FaultKind::out_of_range);
  EXPECT_TRUE(ExtensionsRun(extension(43, Builder().u8(254).fill(254, 3).done())).faults.empty());
}

TEST(Extensions, ReportsDoubles) {
  ExtensionsRun run(server_name("a.example") + server_name("b.example"));
  EXPECT_EQ(run.kinds(), Kinds{FaultKind::repeated});
  EXPECT_EQ(as_text(run.out.server_name), "a.example");
}

}  // namespace
}  // namespace tlslens::test
