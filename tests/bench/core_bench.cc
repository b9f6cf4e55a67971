// SPDX-License-Identifier: GPL-2.0-or-later
// What the core costs by itself: real time and bytes of real stacks, no Wireshark.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "certificate/certificate.h"
#include "findings/connection.h"
#include "record/record.h"
#include "support/vector_file.h"

namespace tlslens::test {
namespace {

const Conversation& sent(std::string_view name) {
  const auto found = std::ranges::find(vectors(), name, &VectorFile::name);
  if (found == vectors().end()) {
    std::abort();
  }
  return found->sent;
}

// Talk looks at a conversation as the plugin does while nobody wants marks.
class Talk {
 public:
  void send(const Conversation& conversation) {
    memory_.connections = 0;  // it is the same one again, so it may have the same randoms
    memory_.kept = 0;
    Connection connection;
    uint32_t next[2] = {1, 1};
    uint32_t frame = 0;
    for (const Sent& one : conversation) {
      uint32_t& seq = next[index(one.side)];
      const auto length = static_cast<uint32_t>(one.bytes.size());
      Delivery delivery{++frame, one.side, one.side == Side::b, seq, one.bytes, length};
      delivery.ack = next[index(other(one.side))];
      delivery.opens = seq == 1;
      connection.first_look(delivery, false, {}, memory_, look_);
      connection.after_first_look(delivery, length, look_);
      seq += length;
    }
    benchmark::DoNotOptimize(look_);
  }

 private:
  Memory memory_;
  Look look_;
};

ByteVec data_records(size_t n, size_t length) { return repeated(n, record(23, ramp(length, 1))); }

void record_headers(benchmark::State& state) {
  constexpr size_t kRecords = 256;
  const ByteVec bytes = data_records(kRecords, 100);
  for (auto _ : state) {
    for (Bytes rest = bytes; !rest.empty();) {
      const auto header = peek_header(rest);
      benchmark::DoNotOptimize(header);
      rest = rest.subspan(header->total());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRecords));
}
BENCHMARK(record_headers);

// Protected records behind a handshake, 16 in a segment.
void data(benchmark::State& state) {
  constexpr size_t kSegments = 1000;
  constexpr size_t kRecords = 16;
  Conversation conversation = sent("openssl-tls12");
  const ByteVec segment = data_records(kRecords, 80);
  for (size_t i = 0; i < kSegments; ++i) {
    conversation.push_back(from_server(segment));
  }
  Talk talk;
  for (auto _ : state) {
    talk.send(conversation);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSegments * kRecords));
}
BENCHMARK(data);

// The segments of a conversation, whole, with the certificates known already.
void handshake_of(benchmark::State& state, std::string_view name, size_t segments) {
  Conversation conversation = sent(name);
  conversation.resize(std::min(conversation.size(), segments));
  Talk talk;
  for (auto _ : state) {
    talk.send(conversation);
  }
}
BENCHMARK_CAPTURE(handshake_of, client_hello_openssl, "openssl-tls12", 1);
BENCHMARK_CAPTURE(handshake_of, client_hello_nss_tls13, "nss-tls13", 1);
BENCHMARK_CAPTURE(handshake_of, openssl_tls12, "openssl-tls12", 4);
BENCHMARK_CAPTURE(handshake_of, gnutls_tls12, "gnutls-tls12", SIZE_MAX);
BENCHMARK_CAPTURE(handshake_of, rfc8448_tls13, "rfc8448-3-simple", SIZE_MAX);

void certificate(benchmark::State& state, bool known) {
  std::ifstream file(TLSLENS_VECTORS "/certificates/any.der", std::ios::binary);
  const ByteVec der{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (auto _ : state) {
    if (!known) {
      forget_certificates();
    }
    benchmark::DoNotOptimize(certificate_facts(der));
  }
}
BENCHMARK_CAPTURE(certificate, known, true);
BENCHMARK_CAPTURE(certificate, new, false);

}  // namespace
}  // namespace tlslens::test
