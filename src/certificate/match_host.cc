// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate/match_host.h"

#include <arpa/inet.h>

#include <array>

#include "certificate/import.h"

namespace tlslens {
namespace {

// has_too_many_purposes: before it looks at a CN GnuTLS reads the list of purposes once for each of
// them.
bool has_too_many_purposes(const ImportedCertificate& certificate) {
  constexpr size_t kMaxPurposes = 1024;
  Bytes octets;
  const Allocated owner = extension(certificate, "2.5.29.37", octets);
  return octets.size() > kMaxPurposes;
}

}  // namespace

bool match_host(Bytes der, const std::string& host) {
  const Import import = import_certificate(der);
  if (import.certificate == nullptr || has_too_many_purposes(import.certificate)) {
    return false;
  }
  gnutls_x509_crt_t certificate = import.certificate.get();
  std::array<uint8_t, sizeof(in6_addr)> address{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, host.c_str(), address.data()) == 1) {
      const unsigned size = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
      return gnutls_x509_crt_check_ip(certificate, address.data(), size, 0) != 0;
    }
  }
  // Otherwise GnuTLS takes "1234" for an address, too, as inet_aton does.
  constexpr unsigned kNamesOnly = GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES;
  return gnutls_x509_crt_check_hostname2(certificate, host.c_str(), kNamesOnly) != 0;
}

}  // namespace tlslens
