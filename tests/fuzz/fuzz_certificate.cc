// SPDX-License-Identifier: GPL-2.0-or-later
// A certificate on its way to GnuTLS and back: the length of a host's name, the name, the DER.
#include "certificate/certificate.h"

#include "support/checks.h"
#include "support/input.h"

using namespace tlslens;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input in(data, size);
  const test::ByteVec host = in.take(in.u8() % 64);
  test::Parsed run(in.all());
  const Bytes der = run.reader.all(Field::certificate);
  const auto facts = certificate_facts(der);
  fuzz::check(facts != nullptr, "there is an answer for any bytes");
  matches_host(der, std::string(host.begin(), host.end()));
  issued(*facts, *facts);
  name_hashes(der);
  show_certificate(run.reader, {0, static_cast<uint32_t>(der.size())}, der);
  fuzz::check_reader(run);
  fuzz::check(!facts->timestamps || test::end_of(*facts->timestamps) <= der.size(),
              "timestamps lie in the certificate");
  forget_certificates();
  return 0;
}
