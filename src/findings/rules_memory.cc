// SPDX-License-Identifier: GPL-2.0-or-later
// Rules that compare a connection with others of the capture.
#include <algorithm>
#include <array>

#include "extensions/views.h"
#include "findings/memory.h"
#include "findings/rules.h"
#include "findings/shares.h"
#include "findings/words.h"

namespace tlslens {
namespace {

// The context of a client's random is its whole hello; of a server's, the client's random; of a
// public value, the server's random.
uint64_t context_of(const ClientHelloFacts& f) { return hash_of(f.bytes); }

uint64_t context_of(const Handshake& handshake) {
  return handshake.hello ? hash_of(handshake.hello->view.random) : 0;
}

uint64_t context_of_value(const Handshake& handshake) {
  return handshake.choice ? hash_of(handshake.choice->view.random) : 0;
}

// seen_before calls `context_now` for the context only if there is one to compare it with.
template <typename ContextNow>
std::optional<Evidence> seen_before(const Scene& scene, Memory::Kind kind, Bytes bytes,
                                    ContextNow context_now, Place place) {
  if (bytes.empty() || is_constant(bytes)) {  // a constant random is a finding of its own
    return std::nullopt;
  }
  const Memory::Seen* before = scene.memory.find(kind, hash_of(bytes), scene.connection);
  if (before == nullptr) {
    return std::nullopt;
  }
  const bool is_relayed = before->context != 0 && before->context == context_now();
  return is_relayed ? std::nullopt
                    : std::optional(Evidence{place, "in another connection", before->frame});
}

std::optional<Evidence> key_again(const Scene& scene, Memory::Kind kind, uint64_t key,
                                  Place place) {
  const Memory::Seen* before = key == 0 ? nullptr : scene.memory.find(kind, key, scene.connection);
  return before != nullptr ? std::optional(Evidence{place, {}, before->frame}) : std::nullopt;
}

uint64_t rsa_key_of(const CertificateFacts& facts) {
  return facts.key_kind == KeyKind::rsa ? facts.key_hash : 0;
}

uint64_t rsa_key_of(const Certificates& certificates) {
  return certificates.facts.empty() ? 0 : rsa_key_of(*certificates.facts.front());
}

uint64_t hash_of_end(const Endpoint& endpoint, uint64_t more = 0) {
  std::array<uint8_t, 26> bytes{};
  std::ranges::copy(endpoint.address, bytes.begin());
  bytes[16] = static_cast<uint8_t>(endpoint.port >> 8);
  bytes[17] = static_cast<uint8_t>(endpoint.port);
  for (size_t i = 0; i < 8; ++i) {
    bytes[18 + i] = static_cast<uint8_t>(more >> (8 * i));
  }
  return hash_of(Bytes(bytes));
}

// name_asked stands for a server and the name by which it was asked.
uint64_t name_asked(const ClientHello& hello, const Scene& scene) {
  return hash_of_end(scene.server, hash_of(hello.extensions.server_name));
}

// peers_of stands for a client, on any port, and what it asked for.
uint64_t peers_of(const ClientHello& hello, const Scene& scene) {
  Endpoint client = scene.client;
  client.port = 0;
  return hash_of_end(client, name_asked(hello, scene));
}

// resumed_session returns what is known of the session that a ServerHello resumes by its id.
const Memory::Session* resumed_session(const AnswerFacts& f, const Scene& scene) {
  const Bytes id = f.hello.session_id;
  if (id.empty() || is_tls13(f.hello.version()) || !std::ranges::equal(id, f.offer.session_id)) {
    return nullptr;
  }
  return scene.memory.session(hash_of(id));
}

}  // namespace

// RFC 5246 §F.1.1.2, RFC 8446 §4.1.2
std::optional<Evidence> rule::random_reused(const ClientHelloFacts& f, const Scene& scene) {
  if (!f.begins_handshake) {
    return std::nullopt;
  }
  return seen_before(
      scene, Memory::Kind::random, f.hello.random, [&] { return context_of(f); },
      f.at(Field::hello_random, f.hello.random));
}

std::optional<Evidence> rule::random_reused(const ServerHelloFacts& f, const Scene& scene) {
  if (f.hello.is_hello_retry_request) {
    return std::nullopt;
  }
  return seen_before(
      scene, Memory::Kind::random, f.hello.random, [&] { return context_of(scene.handshake); },
      f.at(Field::hello_random, f.hello.random));
}

// RFC 9325 §7.4
std::optional<Evidence> rule::key_share_reused(const KeyExchangeFacts& f, const Scene& scene) {
  const bool elliptic = !f.exchange.point.empty();
  const Bytes value = elliptic ? f.exchange.point : f.exchange.value;
  return seen_before(
      scene, Memory::Kind::server_value, value, [&] { return context_of_value(scene.handshake); },
      f.at(elliptic ? Field::server_point : Field::dh_ys, value));
}

std::optional<Evidence> rule::key_share_reused(const ServerHelloFacts& f, const Scene& scene) {
  const auto share = server_share(f.hello.extensions);
  if (f.hello.is_hello_retry_request || !share) {
    return std::nullopt;
  }
  return seen_before(
      scene, Memory::Kind::server_value, share->value, [&] { return hash_of(f.hello.random); },
      f.at(Field::share_value, share->value));
}

// RFC 5246 §F.1.4: a session keeps what it was negotiated with.
std::optional<Evidence> rule::resumed_differently(const AnswerFacts& f, const Scene& scene) {
  const Memory::Session* before = resumed_session(f, scene);
  if (before == nullptr ||
      (before->version == f.hello.version() && before->suite == f.hello.suite)) {
    return std::nullopt;
  }
  const bool version = before->version != f.hello.version();
  return Evidence{f.place.in(version ? Field::hello_version : Field::suite),
                  version ? "another version" : "another cipher suite", before->frame};
}

// RFC 7627 §5.3
std::optional<Evidence> rule::ems_changed(const AnswerFacts& f, const Scene& scene) {
  const Memory::Session* before = resumed_session(f, scene);
  const bool now = has(f.hello.extensions, extension::extended_main_secret);
  if (before == nullptr || before->extended_main_secret == now) {
    return std::nullopt;
  }
  return Evidence{f.place, now ? "now it has it" : "now it lacks it", before->frame};
}

// CVE-2016-0800: what SSLv2 gives away of a key opens TLS, too.
std::optional<Evidence> rule::drown_key(const CertificatesFacts& f, const Scene& scene) {
  if (scene.by_client() || f.chain.empty()) {
    return std::nullopt;
  }
  return key_again(scene, Memory::Kind::sslv2_key, rsa_key_of(*f.chain.front().facts),
                   f.at(Field::certificate, f.chain.front().der));
}

std::optional<Evidence> rule::drown_key(const MessageFacts& f, const Scene& scene) {
  if (!f.is_sslv2 || f.body == nullptr || !f.body->certificates || scene.by_client()) {
    return std::nullopt;
  }
  return key_again(scene, Memory::Kind::tls_key, rsa_key_of(*f.body->certificates), f.place);
}

// RFC 7507 §1: clients that fall back by themselves can be made to. The same client means the same
// address, so that a second program on it looks the same for a while.
std::optional<Evidence> rule::version_fallback(const ClientHelloFacts& f, const Scene& scene) {
  constexpr int64_t kWhile = 60;
  const Memory::Failure* before = f.begins_handshake && scene.memory.has_failures()
                                      ? scene.memory.failure(peers_of(f.hello, scene))
                                      : nullptr;
  const Version highest = highest_version(f.hello);
  if (before == nullptr || highest.value == 0 || highest.value >= before->highest.value ||
      scene.time - before->time > kWhile) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_version),
                  called(Registry::Version, highest.value) + " after " +
                      called(Registry::Version, before->highest.value) + " failed",
                  before->frame};
}

// RFC 7507 §3
std::optional<Evidence> rule::fallback_not_refused(const AnswerFacts& f, const Scene& scene) {
  constexpr CipherSuite kFallback{0x5600};
  if (is_tls13(f.hello.version()) || !f.offer.suites.contains(kFallback)) {
    return std::nullopt;
  }
  const Memory::Choice* before = scene.memory.choice(hash_of_end(scene.server));
  if (before == nullptr || f.hello.version().value >= before->highest.value) {
    return std::nullopt;
  }
  return Evidence{f.place.in(Field::hello_version),
                  "it chose " + called(Registry::Version, before->highest.value) + " elsewhere",
                  before->frame};
}

std::optional<Evidence> rule::certificate_changed(const CertificatesFacts& f, const Scene& scene) {
  const auto& hello = scene.handshake.hello;
  if (scene.by_client() || f.chain.empty() || !hello) {
    return std::nullopt;
  }
  const Memory::Shown* before = scene.memory.shown(name_asked(hello->view, scene));
  if (before == nullptr || before->certificate == hash_of(f.chain.front().der)) {
    return std::nullopt;
  }
  return Evidence{f.at(Field::certificate, f.chain.front().der), {}, before->frame};
}

namespace {

void note(const Scene& scene, Memory::Kind kind, Bytes bytes, uint64_t context) {
  if (!bytes.empty()) {
    scene.memory.remember(kind, hash_of(bytes), {scene.connection, scene.frame, context});
  }
}

void note_hello(const ServerHello& hello, const Scene& scene) {
  if (hello.is_hello_retry_request) {
    return;
  }
  note(scene, Memory::Kind::random, hello.random, context_of(scene.handshake));
  scene.memory.remember_choice(hash_of_end(scene.server), {hello.version(), scene.frame});
  if (const auto share = server_share(hello.extensions)) {
    note(scene, Memory::Kind::server_value, share->value, hash_of(hello.random));
  }
  if (!hello.session_id.empty() && !is_tls13(hello.version())) {
    scene.memory.remember_session(
        hash_of(hello.session_id),
        {hello.version(), hello.suite, has(hello.extensions, extension::extended_main_secret),
         scene.frame});
  }
}

}  // namespace

// note_message keeps what later connections are compared with.
void note_message(const MessageFacts& f, const Scene& scene) {
  if (!f.whole || f.body == nullptr) {
    return;
  }
  const Body& body = *f.body;
  if (body.client_hello && !f.is_sslv2) {
    note(scene, Memory::Kind::random, body.client_hello->random, hash_of(f.bytes));
  } else if (body.server_hello) {
    note_hello(*body.server_hello, scene);
  } else if (body.server_key_exchange && !body.server_key_exchange->guessed) {
    const uint64_t context = context_of_value(scene.handshake);
    note(scene, Memory::Kind::server_value, body.server_key_exchange->point, context);
    note(scene, Memory::Kind::server_value, body.server_key_exchange->value, context);
  } else if (body.certificates && !scene.by_client()) {
    if (scene.settings.policy && scene.handshake.hello && !body.certificates->list.empty()) {
      scene.memory.remember_shown(name_asked(scene.handshake.hello->view, scene),
                                  {hash_of(body.certificates->list.front()), scene.frame});
    }
    if (const uint64_t key = rsa_key_of(*body.certificates); key != 0) {
      scene.memory.remember(f.is_sslv2 ? Memory::Kind::sslv2_key : Memory::Kind::tls_key, key,
                            {scene.connection, scene.frame});
    }
  }
}

void note_failure(const Scene& scene) {
  if (const auto& hello = scene.handshake.hello) {
    scene.memory.remember_failure(peers_of(hello->view, scene),
                                  {highest_version(hello->view), scene.frame, scene.time});
  }
}

}  // namespace tlslens
