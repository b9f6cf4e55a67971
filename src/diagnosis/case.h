// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <initializer_list>
#include <string>

#include "diagnosis/causes.h"

// What the rules for causes share: how a case ended, and how that is said.

namespace tlslens {

namespace alert_of {
inline constexpr uint8_t unexpected_message = 10;
inline constexpr uint8_t bad_record_mac = 20;
inline constexpr uint8_t record_overflow = 22;
inline constexpr uint8_t handshake_failure = 40;
inline constexpr uint8_t bad_certificate = 42;
inline constexpr uint8_t unsupported_certificate = 43;
inline constexpr uint8_t certificate_revoked = 44;
inline constexpr uint8_t certificate_expired = 45;
inline constexpr uint8_t certificate_unknown = 46;
inline constexpr uint8_t illegal_parameter = 47;
inline constexpr uint8_t unknown_ca = 48;
inline constexpr uint8_t access_denied = 49;
inline constexpr uint8_t decode_error = 50;
inline constexpr uint8_t decrypt_error = 51;
inline constexpr uint8_t protocol_version = 70;
inline constexpr uint8_t insufficient_security = 71;
inline constexpr uint8_t internal_error = 80;
inline constexpr uint8_t inappropriate_fallback = 86;
inline constexpr uint8_t user_canceled = 90;
inline constexpr uint8_t no_renegotiation = 100;
inline constexpr uint8_t missing_extension = 109;
inline constexpr uint8_t unrecognized_name = 112;
inline constexpr uint8_t bad_status = 113;
inline constexpr uint8_t unknown_psk_identity = 115;
inline constexpr uint8_t certificate_required = 116;
inline constexpr uint8_t no_application_protocol = 120;
}  // namespace alert_of

// is_one_of tells that the alert of a case is one of several.
bool is_one_of(const Case& c, std::initializer_list<uint8_t> descriptions);

// client and server name the two; sender is the one that ended the handshake, receiver the other.
std::string client(const Case& c);
std::string server(const Case& c);
std::string sender(const Case& c);
std::string receiver(const Case& c);
// name_of is the name that the client asked for, or else the server's address.
std::string name_of(const Case& c);

// span_of writes a time in microseconds, after the time from a moment to the end of a case.
std::string span_of(int64_t microseconds);
std::string after(const Case& c, Moment what);

// alert_text names the alert, how tells what the sender did.
std::string alert_text(const Case& c);
std::string how(const Case& c);

bool before_server_hello(const Case& c);

}  // namespace tlslens
