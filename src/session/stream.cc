// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/stream.h"

#include <algorithm>

#include "record/record.h"

namespace tlslens {
namespace {

// may_begin is is_plausible for a header of which only a part may be there.
bool may_begin(Bytes bytes) {
  if (const auto header = peek_header(bytes)) {
    return is_plausible(*header);
  }
  return bytes.empty() ||
         (is_assigned(ContentType{bytes[0]}) && (bytes.size() == 1 || bytes[1] == 3));
}

bool is_followed(Bytes bytes, uint32_t total) {
  return bytes.size() > total && may_begin(bytes.subspan(total));
}

bool begins_record(Bytes bytes, bool first) {
  if (begins_hello(bytes) || peek_sslv2_hello(bytes) || peek_sslv2_server_hello(bytes)) {
    return true;
  }
  if (first && is_part_of_sslv2_hello(bytes)) {
    return true;
  }
  const auto header = peek_header(bytes);
  if (!header) {
    return may_begin(bytes);
  }
  if (!is_plausible(*header)) {
    return false;
  }
  return first || bytes.size() <= header->total() || is_followed(bytes, header->total());
}

}  // namespace

std::optional<uint32_t> find_record(Bytes bytes, std::optional<uint32_t> expected, bool first) {
  if (expected && *expected < bytes.size() && may_begin(bytes.subspan(*expected))) {
    return expected;
  }
  if (begins_record(bytes, first)) {
    return 0;
  }
  for (uint32_t at = 1; at + RecordHeader::kSize < bytes.size(); ++at) {
    if (!is_assigned(ContentType{bytes[at]})) {
      continue;  // most bytes are no type
    }
    const Bytes rest = bytes.subspan(at);
    const RecordHeader header = *peek_header(rest);
    const bool next_whole = rest.size() >= header.total() + RecordHeader::kSize;
    if (is_plausible(header) && next_whole && is_followed(rest, header.total())) {
      return at;
    }
  }
  return std::nullopt;
}

bool begins_with_hello(Bytes content) {
  constexpr size_t kLength = 1;
  constexpr size_t kMajorVersion = 4;
  constexpr uint8_t kLongest = 0x0f;  // of the highest byte: a MiB, as much as is put together
  return (content.empty() || HandshakeType{content[0]} == handshake_type::client_hello) &&
         (content.size() <= kLength || content[kLength] <= kLongest) &&
         (content.size() <= kMajorVersion || content[kMajorVersion] == 3);
}

bool begins_connection(Bytes bytes) {
  if (peek_sslv2_hello(bytes) || is_part_of_sslv2_hello(bytes)) {
    return true;
  }
  if (bytes.empty() || ContentType{bytes[0]} != content_type::handshake) {
    return false;
  }
  if (bytes.size() <= RecordHeader::kSize || peek_header(bytes)->length == 0) {
    return true;
  }
  const Bytes behind = bytes.subspan(RecordHeader::kSize);
  const Bytes content = behind.first(std::min<size_t>(behind.size(), peek_header(bytes)->length));
  return begins_with_hello(content) || HandshakeType{content[0]} == handshake_type::hello_request;
}

}  // namespace tlslens
