// SPDX-License-Identifier: GPL-2.0-or-later
// Messages about certificates.
#include "certificate/certificate.h"
#include "fields/fields.h"
#include "handshake/bodies.h"

namespace tlslens {
namespace {

constexpr Vec kContext{1, 0, 0xff};

// subject_of says in a few words whose certificate it is.
std::string subject_of(const CertificateFacts& facts) {
  if (!facts.readable) {
    return "unreadable";
  }
  return facts.dns_names.empty() ? facts.subject : facts.dns_names.front();
}

void summarise(const Certificates& certificates, std::string& out) {
  const size_t n = certificates.list.size();
  if (certificates.raw_key) {
    out = ", raw public key";
  } else if (n == 0) {
    out = ", none";
  } else {
    out = ", " + std::to_string(n) + (n == 1 ? " certificate, " : " certificates, ") +
          subject_of(*certificates.facts.front());
  }
}

// RFC 7250 §3: in TLS 1.2 the key stands in place of the list.
void read_raw_key(Reader& r, Certificates& out) {
  const Bytes key = r.vec_bytes(Field::raw_key_length, Field::raw_key, Vec{3, 1, 0xffffff});
  if (!key.empty()) {
    out.list.push_back(key);
  }
}

// show_timestamps shows the timestamps within a certificate; damage in them is the authority's, and
// no fault of the message.
void show_timestamps(Reader& r, Bytes der) {
  const auto facts = certificate_facts(der);
  if (facts->timestamps) {
    Parse parse = r.parse();
    parse.faults = nullptr;
    const Span place = *facts->timestamps;
    Reader list(parse, der.subspan(place.offset, place.length), 0,
                static_cast<uint8_t>(r.depth() + 1));
    read_timestamp_list(list);
  }
}

void read_certificate_entry(Reader& r, Certificates& out) {
  const Span length_place = r.here(3);
  const Bytes der = r.vec_bytes(Field::certificate_length, Field::certificate, Vec{3, 1, 0xffffff});
  if (der.empty()) {
    return;
  }
  out.add(der);
  show_certificate(r, {length_place.offset + 3, static_cast<uint32_t>(der.size())}, der);
  if (r.wants_marks()) {
    show_timestamps(r, der);
  }
}

void read_list(Reader& r, const Context& context, Certificates& out) {
  Reader list = r.vec(Field::certificates_length, Field::certificates, Vec{3, 0, 0xffffff});
  while (list.more()) {
    if (out.raw_key) {
      read_raw_key(list, out);
    } else {
      read_certificate_entry(list, out);
    }
    if (is_tls13(context.version)) {
      read_extensions(list, Message::certificate);
    }
  }
}

// is_raw_key: without the ServerHello the bytes tell a key from a list of certificates. Behind its
// length a key begins with the tag of a sequence, a list with the length of a certificate.
bool is_raw_key(const Reader& r) {
  constexpr uint8_t kSequence = 0x30;
  const auto key = [](Reader& probe) {
    probe.vec_bytes(Field::raw_key_length, Field::raw_key, Vec{3, 1, 0xffffff});
  };
  return r.left() > 3 && r.rest()[3] == kSequence && fits(r, key);
}

// names_signature_schemes tells the layout of TLS 1.2 (RFC 5246 §7.4.4) from the one before it
// (RFC 4346 §7.4.4) where the version is not known.
bool names_signature_schemes(const Reader& r) {
  const auto read = [](bool schemes) {
    return [schemes](Reader& probe) {
      probe.list(Field::client_types_count, Field::client_types, Field::client_type,
                 Vec{1, 1, 0xff});
      if (schemes) {
        read_schemes(probe);
      }
      read_names(probe, 0);
    };
  };
  return fits(r, read(true)) && !fits(r, read(false));
}

}  // namespace

void Certificates::add(Bytes der) {
  if (list.empty()) {
    constexpr size_t kUsual = 4;
    list.reserve(kUsual);
    facts.reserve(kUsual);
  }
  list.push_back(der);
  if (facts.size() < kMaxChain) {
    facts.push_back(certificate_facts(der));
  }
}

// RFC 8446 §4.4.2; RFC 5246 §7.4.2 for the form without a context.
void read_certificate(Reader& r, const Context& context, Body& out) {
  Certificates certificates;
  certificates.raw_key = context.version == version::unknown ? is_raw_key(r) : context.raw_key;
  if (is_tls13(context.version)) {
    r.vec_bytes(Field::context_length, Field::context, kContext);
    read_list(r, context, certificates);
  } else if (certificates.raw_key) {
    read_raw_key(r, certificates);
  } else {
    read_list(r, context, certificates);
  }
  if (r.wants_marks()) {
    summarise(certificates, out.summary);
  }
  out.certificates = std::move(certificates);
}

// RFC 8446 §4.3.2, RFC 5246 §7.4.4.
void read_certificate_request(Reader& r, const Context& context, Body& out) {
  if (is_tls13(context.version)) {
    r.vec_bytes(Field::context_length, Field::context, kContext);
    if (is_draft_before(context.version, 19)) {
      read_schemes(r);
      read_names(r, 0);
      read_oid_filters(r);
    } else {
      read_extensions(r, Message::certificate_request);
    }
    return;
  }
  const bool schemes = context.version == version::unknown ? names_signature_schemes(r)
                                                           : context.version == version::tls12;
  CertificateRequest request;
  request.n_types =
      r.list(Field::client_types_count, Field::client_types, Field::client_type, Vec{1, 1, 0xff})
          .size();
  request.names_schemes = schemes;
  if (schemes) {
    request.schemes = read_schemes(r);
  }
  request.authorities = r.rest();
  read_names(r, 0);
  out.certificate_request = request;
}

// RFC 8446 §4.4.3, RFC 5246 §7.4.8. Before TLS 1.2 the scheme follows from the key.
void read_certificate_verify(Reader& r, const Context& context, Body& out) {
  const auto signature = [](Reader& at) {
    at.vec_bytes(Field::verify_signature_length, Field::verify_signature, Vec{2, 0, 0xffff});
  };
  const bool scheme = context.version == version::unknown
                          ? !fits(r, signature)
                          : context.version == version::tls12 || is_tls13(context.version);
  if (scheme) {
    const SignatureScheme used = read_scheme(r);
    out.verify_scheme = used;
    if (r.wants_marks()) {
      out.summary = ", " + name_or_number(Registry::SignatureScheme, used.value);
    }
  }
  signature(r);
}

// RFC 6066 §5
void read_certificate_url(Reader& r, const Context&, Body&) {
  constexpr size_t kSha1Size = 20;
  r.u8(Field::url_chain_type);
  Reader list = r.vec_body(Field::url_list_length, Vec{2, 1, 0xffff});
  while (list.more()) {
    const size_t group = list.open(Field::url_item);
    list.vec_bytes(Field::url_length, Field::url, Vec{2, 1, 0xffff});
    list.opaque(Field::url_padding, 1);
    list.opaque(Field::url_sha1, kSha1Size);
    list.close(group);
  }
}

void read_certificate_status(Reader& r, const Context&, Body&) { read_status(r); }

// RFC 8879 §4
void read_compressed_certificate(Reader& r, const Context&, Body& out) {
  const auto algorithm = r.code<CertificateCompression>(Field::compress_algorithm);
  r.u24(Field::uncompressed_length);
  r.vec_bytes(Field::compressed_length, Field::compressed, Vec{3, 1, 0xffffff});
  if (r.wants_marks()) {
    out.summary = ", " + name_or_number(Registry::CertificateCompression, algorithm.value);
  }
}

}  // namespace tlslens
