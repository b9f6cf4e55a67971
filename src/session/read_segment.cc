// SPDX-License-Identifier: GPL-2.0-or-later
#include "session/read_segment.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "fields/fields.h"
#include "handshake/sslv2.h"
#include "heartbeat/heartbeat.h"
#include "record/record.h"
#include "session/handshake_stream.h"
#include "session/stream.h"

namespace tlslens {
namespace {

// SegmentReader reads one segment; it lives as long as one call of read_segment.
class SegmentReader {
 public:
  SegmentReader(const Segment& segment, Flow& self, Flow& peer, Reading& out)
      : segment_(segment), self_(self), peer_(peer), out_(out) {
    // Where nothing was captured there is nothing to count from either.
    const uint8_t* base = segment.bytes.empty() ? nullptr : segment.bytes.data() - segment.at;
    parse_ = {out.tape, &out.facts.faults, base, segment.source};
  }

  void read();

 private:
  // Record is one record: its header, what of it was captured, and how much was not.
  struct Record {
    RecordHeader header;
    Bytes captured;    // header and content
    uint32_t missing;  // bytes of the content that were sent and not captured
    uint32_t offset;   // of the header within the segment
    bool encrypted;
    uint32_t mac;  // bytes at the end of a content that is authenticated and not encrypted
  };

  bool read_next(Bytes rest);
  void give_up();
  void read_record(Record& record);
  void show_header(Reader& r, const Record& record) const;
  void read_content(Reader& r, const Record& record);
  void read_protected(Reader& r, const Record& record);
  void read_sslv2_content(Reader& r, const Record& record);
  void read_alerts(Reader& r, const Record& record);
  void read_one_alert(Reader& r, const Record& record);
  void note_broken_alert(const Record& record);
  void read_heartbeat_message(Reader& r, const Record& record);
  void read_change(Reader& r, const Record& record);
  void change_cipher_state(Reader& r);
  void show_rest(Field field, uint32_t offset);
  void note_record(const Record& record);
  void describe(const Record& record, std::string_view what);
  bool in_message() const { return self_.partial.pieces || self_.partial.skip != 0; }

  std::optional<RecordHeader> header_of(Bytes rest) const;
  bool is_protected(const Record& record) const;
  bool has_opaque_type(const Record& record) const;
  bool protects_handshake(const Record& record) const;
  void forget_mac_if_clear(const Record& record);
  uint32_t mac_size(const Record& record) const;
  void begin_if_first(const Record& record);

  const Segment& segment_;
  Flow& self_;
  Flow& peer_;
  Reading& out_;
  Parse parse_;
  std::string last_described_;
  uint32_t repeats_ = 1;
};

// sends_data tells a direction that can send protected data, and has nothing unfinished.
bool sends_data(const Flow& flow) {
  return flow.negotiated.server_hello_seen && flow.mac == 0 && !flow.sslv2 && !flow.alert_begun &&
         !flow.partial.pieces && flow.partial.skip == 0 &&
         (flow.protection != Protection::clear || is_tls13(flow.negotiated.version));
}

// steps_over tells a record that need not be whole to be read.
bool steps_over(const RecordHeader& header, const Flow& flow) {
  return flow.steps && header.type == content_type::application_data && sends_data(flow);
}

Bytes content_of(const RecordHeader& header, Bytes captured) {
  return captured.size() <= header.size ? Bytes{} : captured.subspan(header.size);
}

// reads_as_messages: of a record that was not captured whole nothing can be said.
bool reads_as_messages(const RecordHeader& header, Bytes captured) {
  const Bytes content = content_of(header, captured);
  return content.size() == header.length && fills_with_messages(content);
}

// is_sslv2_clear tells the messages of SSLv2 that come before encryption
// (draft-hickman-netscape-ssl-00): both hellos, and the client's master key, which carries its own
// ciphertext.
bool is_sslv2_clear(Bytes content) {
  if (content.empty()) {
    return false;
  }
  const Sslv2MessageType type{content[0]};
  return type == kSslv2ClientHello || type == kSslv2ClientMasterKey || type == kSslv2ServerHello;
}

std::string type_name(const RecordHeader& header) {
  if (header.sslv2) {
    return "SSLv2";
  }
  const std::string_view known = name(Registry::ContentType, header.type.value);
  return known.empty() ? "Type " + std::to_string(header.type.value) : shown_name(known);
}

void SegmentReader::read() {
  while (out_.consumed < segment_.reported) {
    if (out_.facts.records.size() >= kMaxRecords) {
      give_up();
      break;
    }
    if (out_.consumed >= segment_.bytes.size() ||
        !read_next(segment_.bytes.subspan(out_.consumed))) {
      break;
    }
  }
  const bool whole = segment_.bytes.size() == segment_.reported;
  if (!whole && out_.consumed < segment_.reported) {
    // A header that was not captured: the next record may begin anywhere.
    out_.consumed = segment_.reported;
    out_.need = 0;
    out_.lost = true;
  }
  if (out_.lost) {
    lose_sync(self_, peer_, out_);
  }
}

std::optional<RecordHeader> SegmentReader::header_of(Bytes rest) const {
  if (self_.sslv2) {
    return peek_sslv2(rest);
  }
  if (!self_.negotiated.server_hello_seen) {
    if (!self_.negotiated.client_hello_seen && is_part_of_sslv2_hello(rest)) {
      return std::nullopt;
    }
    auto v2 = peek_sslv2_hello(rest);
    if (v2 || (v2 = peek_sslv2_server_hello(rest))) {
      return v2;
    }
  }
  return peek_header(rest);
}

// give_up leaves the rest of the segment unread.
void SegmentReader::give_up() {
  const uint32_t captured = static_cast<uint32_t>(segment_.bytes.size());
  const Span rest{out_.consumed + segment_.at, captured - std::min(captured, out_.consumed)};
  out_.facts.limits.push_back({Limit::records, {Field::none, segment_.source, rest}});
  out_.consumed = segment_.reported;
  out_.lost = true;
}

// read_next reads the record at the start of `rest`, the captured part of what is left. It returns
// false if there is none, or not all of it.
bool SegmentReader::read_next(Bytes rest) {
  const auto header = header_of(rest);
  const uint32_t left = segment_.reported - out_.consumed;
  if (!header) {
    out_.need = left == rest.size() ? Reading::kNeedUnknown : 0;
    return false;
  }
  if (!header->sslv2 && !may_follow(*header) && !begins_hello(rest)) {
    show_rest(Field::record_not_tls, out_.consumed);
    out_.consumed = segment_.reported;
    out_.lost = true;
    return false;
  }
  const uint32_t total = header->total();
  const bool goes_on = total > left && left == rest.size();
  if (goes_on && !steps_over(*header, self_)) {
    out_.need = total - left;
    return false;
  }
  const auto there = static_cast<uint32_t>(std::min<size_t>(total, rest.size()));
  Record record{*header, rest.first(there), goes_on ? 0 : total - there, out_.consumed, false, 0};
  read_record(record);
  out_.consumed += std::min(total, left);
  out_.beyond = total > left ? total - left : 0;
  return true;
}

void SegmentReader::read_record(Record& record) {
  begin_if_first(record);
  forget_mac_if_clear(record);
  record.mac = mac_size(record);
  record.encrypted = record.mac == 0 && is_protected(record);
  note_record(record);
  if (record.header.type != content_type::alert && std::exchange(self_.alert_begun, false)) {
    note_broken_alert(record);  // the second byte of an alert did not come
  }
  if (record.header.type != content_type::handshake) {
    break_off(self_, record.header.type, out_);
  }
  Reader r(parse_, record.captured, record.missing, 0);
  const size_t group = r.open(Field::record);
  if (r.wants_marks()) {
    show_header(r, record);
  } else {
    r.skip(record.header.size);
  }
  if (record.mac != 0) {
    Reader content =
        r.body({Field::record, r.here(r.left())}, record.header.length - record.mac, r.depth());
    read_content(content, record);
    r.all(Field::record_mac);
  } else if (record.header.length != 0) {
    read_content(r, record);
  } else {
    describe(record, "Empty Record");
  }
  r.close(group);
}

void SegmentReader::show_header(Reader& r, const Record& record) const {
  read_header(r, record.header, has_opaque_type(record));
  const Span place = r.here(0);
  r.number(Field::record_direction, place, static_cast<uint32_t>(self_.direction));
  r.number(Field::record_encrypted, place, record.encrypted);
  const bool goes_on = record.captured.size() + record.missing < record.header.total();
  r.title(": " + type_name(record.header) + (goes_on ? ", continued in later frames" : ""));
}

void SegmentReader::read_content(Reader& r, const Record& record) {
  if (record.header.sslv2) {
    read_sslv2_content(r, record);
  } else if (record.encrypted) {
    read_protected(r, record);
  } else if (record.header.type == content_type::handshake) {
    describe(record, {});
    HandshakeStream(self_, peer_, out_).read(r);
  } else if (record.header.type == content_type::alert) {
    read_alerts(r, record);
  } else if (record.header.type == content_type::change_cipher_spec) {
    read_change(r, record);
  } else if (record.header.type == content_type::application_data) {
    describe(record, "Application Data");
    r.all(Field::app_data);
  } else if (record.header.type == content_type::heartbeat) {
    read_heartbeat_message(r, record);
  } else {
    describe(record, is_assigned(record.header.type) ? "Record" : "Record of Unknown Type");
    r.all(Field::record_payload);
  }
}

void SegmentReader::read_heartbeat_message(Reader& r, const Record& record) {
  const Place place{Field::heartbeat, segment_.source, r.here(r.left())};
  const size_t group = r.open(Field::heartbeat);
  const Heartbeat message = read_heartbeat(r);
  out_.facts.add(HeartbeatFacts{message.type, message.payload_length,
                                record.header.length - record.mac, place});
  const std::string_view known = name(Registry::HeartbeatMessageType, message.type.value);
  const std::string what = known.empty() ? std::string() : " " + shown_name(known);
  r.title(":" + what + ", " + std::to_string(message.payload_length) + " bytes");
  describe(record, "Heartbeat" + what);
  r.close(group);
}

void SegmentReader::read_protected(Reader& r, const Record& record) {
  const ContentType type = record.header.type;
  if (type == content_type::application_data) {
    describe(record, "Application Data");
    r.all(Field::app_data);
    return;
  }
  describe(record, type == content_type::handshake ? "Encrypted Handshake Message"
                   : type == content_type::alert   ? "Encrypted Alert"
                                                   : "Encrypted Record");
  r.title(", encrypted");
  r.all(Field::record_payload);
}

void SegmentReader::read_sslv2_content(Reader& r, const Record& record) {
  if (record.encrypted) {
    describe(record, "Encrypted SSLv2 Record");
    r.all(Field::record_payload);
    return;
  }
  const Sslv2MessageType type{r.rest()[0]};
  const std::string title = "SSLv2 " + shown_name(name(Registry::Sslv2MessageType, type.value));
  describe(record, title);
  const uint8_t padding = record.header.size == 3 ? record.captured[2] : 0;
  const Place place{Field::handshake, segment_.source, r.here(r.left())};
  const size_t group = r.open(Field::handshake);
  r.title(": " + title);
  Reader content =
      r.body({Field::handshake, place.span}, uint32_t{record.header.length} - padding, r.depth());
  Body& body = out_.facts.bodies.add();
  const Bytes bytes = content.rest();
  const size_t faults = out_.facts.faults.size();
  read_sslv2(content, body);
  if (out_.tape != nullptr) {
    r.title(body.summary);
    out_.summary += body.summary;
  }
  MessageFacts fact{
      {}, record.header.length, false, true, place, out_.facts.faults.size() == faults};
  fact.bytes = bytes;
  fact.body = &body;
  if (body.client_hello) {
    fact.type = handshake_type::client_hello;
  }
  out_.facts.add(fact);
  if (body.client_hello) {
    begin_handshake(self_, peer_, out_);
  } else {
    self_.sslv2 = peer_.sslv2 = true;
  }
  r.close(group);
}

void SegmentReader::read_alerts(Reader& r, const Record& record) {
  const Bytes content = r.rest();
  const size_t begun = self_.alert_begun ? 1 : 0;
  bool whole_alerts_assigned = true;
  for (size_t i = 0; i + kAlertSize <= content.size() + begun; i += kAlertSize) {
    const size_t at = i - begun;
    const AlertLevel level =
        i == 0 && begun != 0 ? self_.alert_level : AlertLevel{content[i - begun]};
    whole_alerts_assigned &= is_assigned(Alert{level, {content[at + 1]}});
  }
  if (content.size() > kAlertSize && !whole_alerts_assigned) {
    describe(record, "Malformed Alert");
    const Place place{Field::record_payload, segment_.source, r.here(r.left())};
    out_.facts.add(AlertFacts{{}, false, record.header.length, place});
    r.all(Field::record_payload);
    return;
  }
  while (r.more()) {
    if (out_.facts.alerts.size() >= kMaxAlerts) {
      out_.facts.limits.push_back(
          {Limit::alerts, {Field::record_payload, segment_.source, r.here(r.left())}});
      r.all(Field::record_payload);
      return;
    }
    read_one_alert(r, record);
  }
  if (self_.alert_begun && is_tls13(self_.negotiated.version)) {
    // RFC 8446 §5.1: alerts are not fragmented.
    note_broken_alert(record);
  }
}

void SegmentReader::read_one_alert(Reader& r, const Record& record) {
  const Span start = r.here(0);
  const bool begun = std::exchange(self_.alert_begun, false);
  const size_t size = begun ? 1 : kAlertSize;
  const bool whole = begun || r.left() >= kAlertSize || r.missing() != 0;
  const bool cut = r.left() < size && r.missing() != 0;
  const Alert alert = read_alert(r, begun ? std::optional(self_.alert_level) : std::nullopt);
  if (!whole) {
    self_.alert_begun = true;
    self_.alert_level = alert.level;
    return;
  }
  if (!r.ok() || cut) {
    return;
  }
  const Span span{start.offset, r.here(0).offset - start.offset};
  out_.facts.add(AlertFacts{alert,
                            true,
                            record.header.length,
                            {Field::alert_message, segment_.source, span},
                            in_message()});
  if (out_.tape != nullptr) {
    const std::string text = tlslens::describe(alert);
    r.title(", " + text);
    add_summary(out_, "Alert: " + text);
  }
}

void SegmentReader::note_broken_alert(const Record& record) {
  const Span span{record.offset + segment_.at, static_cast<uint32_t>(record.captured.size())};
  out_.facts.add(
      AlertFacts{{}, false, record.header.length, {Field::record, segment_.source, span}});
}

void SegmentReader::read_change(Reader& r, const Record& record) {
  describe(record, "Change Cipher Spec");
  const Span place = r.here(r.left());
  const uint8_t value = r.rest().empty() ? 0 : r.rest()[0];
  const size_t group = r.open(Field::ccs);
  r.u8(Field::ccs_value);
  if (r.more()) {
    r.all(Field::ccs_excess);
  }
  change_cipher_state(r);
  r.close(group);
  if (record.missing == 0) {
    out_.facts.add(
        CcsFacts{value, record.header.length - record.mac, {Field::ccs, segment_.source, place}});
  }
}

// change_cipher_state: up to TLS 1.2 the message switches its direction to the negotiated keys
// (RFC 5246 §7.1). In TLS 1.3 it means nothing (RFC 8446 §D.4).
void SegmentReader::change_cipher_state(Reader& r) {
  if (is_tls13(self_.negotiated.version)) {
    r.text(Field::ccs_effect, "none: sent for middlebox compatibility in TLS 1.3");
    return;
  }
  const Negotiated& known = self_.negotiated;
  self_.protection = Protection::on;
  self_.mac = known.compression.value == 0 ? known.null_cipher_mac : 0;
  r.text(Field::ccs_effect, self_.direction == Direction::client_to_server
                                ? "what the client sends after this is protected"
                                : "what the server sends after this is protected");
}

// mac_behind_hello returns how many bytes stand behind the ClientHello that a record begins with,
// if they can only be the MAC of a suite that does not encrypt; else 0.
uint8_t mac_behind_hello(Bytes content) {
  if (content.size() < MessageHeader::kSize || fills_with_messages(content)) {
    return 0;
  }
  const uint32_t hello = peek_message_header(content).total();
  const size_t behind = content.size() > hello ? content.size() - hello : 0;
  constexpr uint8_t kSizes[] = {16, 20, 32, 48};  // MD5, SHA-1, SHA-256, SHA-384
  return std::ranges::find(kSizes, behind) == std::end(kSizes) ? 0 : static_cast<uint8_t>(behind);
}

// begin_if_first: where the first record of a connection is the beginning of a ClientHello, nothing
// before it was lost, so both directions are in the clear. A hello with a MAC renegotiates: what
// was before it is not in the capture.
void SegmentReader::begin_if_first(const Record& record) {
  if (self_.protection != Protection::unknown || self_.negotiated.client_hello_seen ||
      record.header.type != content_type::handshake || record.header.sslv2) {
    return;
  }
  const Bytes content = content_of(record.header, record.captured);
  constexpr size_t kEnough = 5;  // type, length and the first byte of the version
  if (begins_with_hello(content) && (content.size() >= kEnough || segment_.opens)) {
    if (const uint8_t mac = mac_behind_hello(content); mac != 0) {
      self_.protection = peer_.protection = Protection::on;
      self_.mac = peer_.mac = mac;
      return;
    }
    self_.protection = Protection::clear;
    peer_.protection = Protection::clear;
  }
}

// is_protected decides for one record (RFC 8446 §5.2, RFC 5246 §7.1). A record whose length no
// cipher can produce is in the clear whatever the state of its direction.
bool SegmentReader::is_protected(const Record& record) const {
  const RecordHeader& h = record.header;
  const Bytes content = content_of(h, record.captured);
  if (h.sslv2) {
    return !is_sslv2_clear(content);
  }
  if (h.type == content_type::change_cipher_spec) {
    return self_.protection != Protection::clear && !is_tls13(self_.negotiated.version) &&
           h.length > 1;
  }
  if (h.type == content_type::alert && h.length == kAlertSize && content.size() == kAlertSize &&
      is_assigned(Alert{{content[0]}, {content[1]}})) {
    return false;
  }
  if (h.type == content_type::application_data) {
    // Up to TLS 1.2 data before the ChangeCipherSpec is in the clear; where the version is not
    // known yet it is early data of TLS 1.3.
    return self_.protection != Protection::clear || !self_.negotiated.server_hello_seen ||
           is_tls13(self_.negotiated.version);
  }
  if (h.type == content_type::handshake) {
    return protects_handshake(record);
  }
  return self_.protection != Protection::clear;
}

// has_opaque_type tells a protected record of TLS 1.3 (RFC 8446 §5.2). What a client sends as
// application data before there is a ServerHello is early data, which only TLS 1.3 has.
bool SegmentReader::has_opaque_type(const Record& record) const {
  const Negotiated& known = self_.negotiated;
  const bool early_data = known.client_hello_seen && !known.server_hello_seen &&
                          self_.direction == Direction::client_to_server;
  return record.encrypted && record.header.type == content_type::application_data &&
         (is_tls13(known.version) || early_data);
}

// mac_size: a suite that does not encrypt adds a MAC to what it protects (RFC 5246 §6.2.3.1). What
// is compressed (RFC 3749) cannot be read all the same and counts as protected.
uint32_t SegmentReader::mac_size(const Record& record) const {
  return record.header.length > self_.mac && !record.header.sslv2 ? self_.mac : 0;
}

// forget_mac_if_clear: a new connection on used ports begins without a MAC.
void SegmentReader::forget_mac_if_clear(const Record& record) {
  if (self_.mac != 0 && record.header.type == content_type::handshake &&
      reads_as_messages(record.header, record.captured)) {
    self_.mac = peer_.mac = 0;
  }
}

// protects_handshake: what no key was agreed for is in the clear, and so is what reads as whole
// messages to the last byte. A ciphertext does so once in some 10^8 records; it is how a
// ClientHello of a new connection on used ports shows, and what follows a ChangeCipherSpec that
// came too early.
bool SegmentReader::protects_handshake(const Record& record) const {
  const Negotiated& known = self_.negotiated;
  if (self_.protection == Protection::clear || is_tls13(known.version)) {
    return false;  // what TLS 1.3 protects has the type application_data (RFC 8446 §5.2)
  }
  return !(in_message() && self_.protection == Protection::unknown) &&
         !reads_as_messages(record.header, record.captured);
}

void SegmentReader::show_rest(Field field, uint32_t offset) {
  if (out_.tape == nullptr || offset >= segment_.bytes.size()) {
    return;
  }
  const auto length = static_cast<uint32_t>(segment_.bytes.size() - offset);
  out_.tape->add({field, 0, MarkKind::wire, segment_.source, {offset + segment_.at, length}});
  add_summary(out_, "Not TLS");
}

void SegmentReader::note_record(const Record& record) {
  const RecordHeader& h = record.header;
  out_.facts.add(RecordFacts{
      h.type, h.version, h.length, segment_.source, record.offset + segment_.at, record.encrypted,
      self_.protection == Protection::clear, h.sslv2, in_message(), self_.negotiated});
}

// describe adds a record to the summary; like ones in a row are counted.
void SegmentReader::describe(const Record&, std::string_view what) {
  if (out_.tape == nullptr) {
    return;
  }
  if (!what.empty() && what == last_described_) {
    const std::string count = " x" + std::to_string(repeats_);
    if (repeats_ > 1 && out_.summary.ends_with(count)) {
      out_.summary.resize(out_.summary.size() - count.size());
    }
    out_.summary += " x" + std::to_string(++repeats_);
    return;
  }
  last_described_ = what;
  repeats_ = 1;
  if (!what.empty()) {
    add_summary(out_, what);
  }
}

// is_more_data tells a record of application data of the version of those before it.
bool is_more_data(const RecordHeader& header, const DataRun& before) {
  return header.type == content_type::application_data && is_record_version(header.version) &&
         (before.empty() || before.first.version == header.version);
}

}  // namespace

void Reading::clear() {
  if (tape != nullptr) {
    tape->clear();
  }
  facts.clear();
  sources.clear();
  summary.clear();
  consumed = 0;
  need = 0;
  lost = false;
  beyond = 0;
  kept = 0;
}

void read_segment(const Segment& segment, Flow& self, Flow& peer, Reading& out) {
  SegmentReader(segment, self, peer, out).read();
}

bool begins_with_data(Bytes bytes) {
  return !bytes.empty() && ContentType{bytes[0]} == content_type::application_data;
}

bool read_data(const Segment& segment, const Flow& self, Reading& out) {
  if (out.tape != nullptr || !sends_data(self) || segment.bytes.size() != segment.reported) {
    return false;
  }
  DataRun& run = out.facts.data;
  Bytes rest = segment.bytes;
  while (!rest.empty()) {
    const auto header = peek_header(rest);
    if (run.lengths.size() == kMaxRecords || (header && !is_more_data(*header, run))) {
      out.facts.clear();
      return false;
    }
    if (!header || (header->total() > rest.size() && !self.steps)) {
      out.need =
          header ? header->total() - static_cast<uint32_t>(rest.size()) : Reading::kNeedUnknown;
      break;
    }
    if (run.empty()) {
      const bool in_clear = self.protection == Protection::clear;
      run.first = {header->type, header->version, header->length, segment.source, segment.at,
                   true,         in_clear,        false,          false,          self.negotiated};
    }
    run.lengths.push_back(header->length);
    out.beyond = header->total() - std::min<size_t>(header->total(), rest.size());
    rest = rest.subspan(header->total() - out.beyond);
  }
  out.consumed = segment.reported - static_cast<uint32_t>(rest.size());
  return out.consumed != 0;
}

}  // namespace tlslens
