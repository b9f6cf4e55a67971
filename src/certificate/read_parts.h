// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of read_certificate: each fills its facts.
#pragma once

#include "certificate/certificate.h"
#include "certificate/der.h"
#include "certificate/import.h"

namespace tlslens {

// read_public_key reads what the certificate says of its key; `info` is its subjectPublicKeyInfo,
// empty if that was not found.
void read_public_key(const ImportedCertificate& certificate, const Element& info,
                     CertificateFacts& facts);

// read_certificate_extensions reads all extensions but the alternative names.
void read_certificate_extensions(const ImportedCertificate& certificate, Bytes der,
                                 CertificateFacts& facts);

}  // namespace tlslens
