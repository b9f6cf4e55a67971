// SPDX-License-Identifier: GPL-2.0-or-later
// Limits of TLSLens: what is above them is not read, judged or kept.
#include "fields/fields.h"
#include "findings/rules.h"

namespace tlslens {
namespace {

const char* words(Limit limit) {
  switch (limit) {
    case Limit::message:
      return "the beginning of a handshake message that is too long";
    case Limit::records:
      return "records in one frame";
    case Limit::alerts:
      return "alerts in one frame";
    case Limit::messages:
      return "handshake messages in one frame";
    case Limit::joined:
      return "handshake messages in pieces that end in one frame";
    case Limit::kept:
      return "bytes kept of messages in pieces";
    case Limit::certificates:
      return "certificates of one list that are judged";
    case Limit::extensions:
      return "extensions of one message";
    case Limit::findings:
      return "findings in one frame";
    case Limit::kept_findings:
      return "findings in one connection";
    case Limit::marks:
      return "items of one frame that are shown";
    case Limit::handshakes:
      return "handshakes in one capture";
    case Limit::connections:
      return "connections in one capture";
  }
  return "";
}

std::optional<Evidence> unread(const WholeMessage& message, Bytes extensions) {
  return extensions.empty() ? std::nullopt
                            : std::optional(Evidence{message.at(Field::extension_data, extensions),
                                                     words(Limit::extensions)});
}

}  // namespace

Finding limit_finding(Limit limit, Place place) {
  return {FindingId::limit_reached, {place, words(limit)}};
}

std::optional<Evidence> rule::limit_reached(const LimitFacts& f, const Scene&) {
  return limit_finding(f.limit, f.place).evidence;
}

std::optional<Evidence> rule::limit_reached(const StreamFacts& f, const Scene&) {
  return f.event == StreamEvent::not_kept ? std::optional(limit_finding(Limit::kept).evidence)
                                          : std::nullopt;
}

std::optional<Evidence> rule::limit_reached(const CertificatesFacts& f, const Scene&) {
  return f.certificates.list.size() > kMaxChain
             ? std::optional(
                   limit_finding(Limit::certificates, f.place.in(Field::certificates)).evidence)
             : std::nullopt;
}

std::optional<Evidence> rule::limit_reached(const ClientHelloFacts& f, const Scene&) {
  return unread(f, f.hello.extensions.unread);
}

std::optional<Evidence> rule::limit_reached(const ServerHelloFacts& f, const Scene&) {
  return unread(f, f.hello.extensions.unread);
}

}  // namespace tlslens
