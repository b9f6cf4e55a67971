// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "extensions/read_extensions.h"

// What rules ask of the extensions of a message. Each function returns what is there, and nothing
// for an extension that is missing or broken. Views point into the message.

namespace tlslens {

namespace extension {
inline constexpr ExtensionType server_name{0};
inline constexpr ExtensionType max_fragment_length{1};
inline constexpr ExtensionType truncated_hmac{4};
inline constexpr ExtensionType status_request{5};
inline constexpr ExtensionType supported_groups{10};
inline constexpr ExtensionType ec_point_formats{11};
inline constexpr ExtensionType signature_algorithms{13};
inline constexpr ExtensionType heartbeat{15};
inline constexpr ExtensionType alpn{16};
inline constexpr ExtensionType status_request_v2{17};
inline constexpr ExtensionType padding{21};
inline constexpr ExtensionType encrypt_then_mac{22};
inline constexpr ExtensionType extended_main_secret{23};
inline constexpr ExtensionType record_size_limit{28};
inline constexpr ExtensionType session_ticket{35};
inline constexpr ExtensionType pre_shared_key{41};
inline constexpr ExtensionType early_data{42};
inline constexpr ExtensionType supported_versions{43};
inline constexpr ExtensionType cookie{44};
inline constexpr ExtensionType psk_key_exchange_modes{45};
inline constexpr ExtensionType signature_algorithms_cert{50};
inline constexpr ExtensionType key_share{51};
inline constexpr ExtensionType connection_id_old{53};
inline constexpr ExtensionType connection_id{54};
inline constexpr ExtensionType next_protocol_negotiation{13172};
inline constexpr ExtensionType encrypted_server_name{0xffce};
inline constexpr ExtensionType encrypted_client_hello{0xfe0d};
inline constexpr ExtensionType renegotiation_info{65281};
}  // namespace extension

inline bool has(const Extensions& all, ExtensionType type) { return all.body(type) != nullptr; }

// groups are those of supported_groups (RFC 8446 §4.2.7).
Codes<NamedGroup> groups(const Extensions& all);
// point_formats are those of ec_point_formats (RFC 8422 §5.1.2).
Codes<EcPointFormat> point_formats(const Extensions& all);
// psk_modes are those of psk_key_exchange_modes (RFC 8446 §4.2.9).
Codes<PskKeyExchangeMode> psk_modes(const Extensions& all);

// Share is a KeyShareEntry (RFC 8446 §4.2.8).
struct Share {
  NamedGroup group;
  Bytes value;
};
// client_shares are the shares of a ClientHello, server_share is that of a ServerHello, and
// retry_group the group that a HelloRetryRequest asks for.
std::vector<Share> client_shares(const Extensions& all);
std::optional<Share> server_share(const Extensions& all);
std::optional<NamedGroup> retry_group(const Extensions& all);

// protocols are the names of ALPN (RFC 7301 §3.1).
std::vector<Bytes> protocols(const Extensions& all);
// host_names counts the names of type host_name in server_name (RFC 6066 §3).
size_t host_names(const Extensions& all);

// PskCounts are the lengths of the two lists of pre_shared_key (RFC 8446 §4.2.11).
struct PskCounts {
  size_t identities = 0;
  size_t binders = 0;
};
PskCounts psk_counts(const Extensions& all);

// number returns the value of an extension that is one integer of `size` bytes.
std::optional<uint32_t> number(const Extensions& all, ExtensionType type, size_t size);
// opaque returns the body of an extension behind a length of `prefix` bytes.
std::optional<Bytes> opaque(const Extensions& all, ExtensionType type, uint8_t prefix);

}  // namespace tlslens
