// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "wire/bytes.h"

namespace tlslens {

// printable_start returns the printable ASCII that bytes begin with, as much of it as an
// explanation has room for; first_line does so as a text: "PROXY v2" for the header of that
// version, which is binary.
inline constexpr size_t kMaxLine = 40;
Bytes printable_start(Bytes bytes);
std::string first_line(Bytes bytes);

// is_proxy_header tells the header by which a proxy says whom it speaks for, of the PROXY protocol.
bool is_proxy_header(std::string_view text);
// is_plain_request tells what a server that waits for a ClientHello refuses: the beginning of a
// request in HTTP (RFC 9112 §3), or the header of a proxy.
bool is_plain_request(std::string_view text);
// is_http_answer tells the beginning of an answer in HTTP (RFC 9112 §4).
bool is_http_answer(std::string_view text);
// is_http_refusal tells the first line of one that is no success (RFC 9110 §15).
bool is_http_refusal(std::string_view line);

// Asked is what a client asks for in plain text before it speaks TLS.
enum class Asked : uint8_t {
  nothing,
  tunnel,    // HTTP's CONNECT (RFC 9110 §9.3.6)
  tls,       // STARTTLS and its kin, with an answer in text: RFC 2595, 3207, 4217, 6120
  postgres,  // an SSLRequest
  ldap,      // StartTLS (RFC 4511 §4.14)
};
Asked asked_for(Bytes request);
// refuses tells a server's answer that declines what was asked for.
bool refuses(Asked asked, Bytes answer);
// says_goodbye tells the request of a client that gives up.
bool says_goodbye(Bytes request);

// refuses_plain_text tells a server's answer to plain text that asks for TLS: an alert in the
// clear, or an error in HTTP that says so.
bool refuses_plain_text(Bytes bytes);

}  // namespace tlslens
