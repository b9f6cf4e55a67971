// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "certificate/certificate.h"

namespace tlslens {

// read_certificate asks GnuTLS about a certificate in DER of at most kMaxCertificate bytes; nothing
// is remembered.
CertificateFacts read_certificate(Bytes der);

}  // namespace tlslens
