// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/show_session.h"

#include "fields/fields.h"

namespace tlslens {
namespace {

// Writer adds marks of the session's group; what is not known yet is left out.
class Writer {
 public:
  Writer(Tape& tape, uint32_t frame) : tape_(tape), frame_(frame) {}

  void number(Field field, uint64_t value) {
    tape_.add({field, 1, MarkKind::number, 0, {}, value});
  }
  void text(Field field, const std::string& value) {
    if (!value.empty()) {
      tape_.add_text({field, 1, MarkKind::text, 0, {}}, value);
    }
  }
  bool is_known(uint32_t since) const { return since != 0 && since <= frame_; }
  void link(Field field, uint32_t frame) {
    if (is_known(frame)) {
      number(field, frame);
    }
  }
  // lasted shows the time between two moments on the frame of the second.
  void lasted(Field field, const Moment& from, const Moment& to) {
    if (from && to.frame == frame_ && to.time >= from.time) {
      number(field, static_cast<uint64_t>(to.time - from.time));
    }
  }

 private:
  Tape& tape_;
  uint32_t frame_;
};

void show_verdict(const Row& row, Writer& out) {
  out.text(Field::session_outcome, name(row.outcome));
  out.text(Field::session_cause, name(row.cause));
  out.text(Field::session_explanation, *row.explanation);
  out.text(Field::session_hint, hint(row.cause));
  out.text(Field::session_stage, row.last.text());
  out.text(Field::session_history, row.history_then());
}

}  // namespace

void show_session(const Row& row, uint32_t frame, Tape& tape) {
  Writer out(tape, frame);
  const bool decides = row.decided.frame == frame;
  tape.add({Field::session, 0, MarkKind::number, 0, {}});
  if (decides) {
    tape.add_text({Field::session, 1, MarkKind::title, 0, {}},
                  std::string(", ") + name(row.outcome));
  }
  out.number(Field::handshake_index, row.index);
  if (decides) {
    show_verdict(row, out);
  }
  if (out.is_known(row.version_in)) {
    out.number(Field::session_version, row.version.value);
    out.number(Field::session_cipher_suite, row.suite.value);
  }
  if (out.is_known(row.group_in)) {
    out.number(Field::session_group, row.group.value);
  }
  if (out.is_known(row.alpn_in)) {
    out.text(Field::session_alpn, *row.alpn);
  }
  if (out.is_known(row.server_name_in)) {
    out.text(Field::session_server_name, *row.server_name);
  }
  if (out.is_known(row.resumption_in)) {
    out.text(Field::session_resumption, name(row.resumption));
  }
  out.link(Field::session_client_hello, row.client_hello.frame);
  out.link(Field::session_server_hello, row.server_hello.frame);
  out.link(Field::session_certificate, row.certificate.frame);
  out.link(Field::session_client_finished, row.client_finished_in);
  out.link(Field::session_server_finished, row.server_finished_in);
  out.link(Field::session_alert, row.alert_in);
  out.link(Field::session_closed, row.closed_in);
  out.lasted(Field::session_server_hello_time, row.client_hello, row.server_hello);
  out.lasted(Field::session_client_time, row.server_flight, row.client_flight);
  out.lasted(Field::session_duration, row.client_hello, row.decided);
}

}  // namespace tlslens
