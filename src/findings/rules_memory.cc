// SPDX-License-Identifier: GPL-2.0-or-later
// Rules that compare a connection with others of the capture.
#include <algorithm>

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

std::optional<Evidence> seen_before(const Scene& scene, Memory::Kind kind, Bytes bytes,
                                    uint64_t context, Place place) {
  if (bytes.empty() || is_constant(bytes)) {  // a constant random is a finding of its own
    return std::nullopt;
  }
  const auto before =
      scene.memory.find(kind, hash_of(bytes), {scene.connection, scene.frame, context});
  return before ? std::optional(Evidence{place, "in another connection", before->frame})
                : std::nullopt;
}

std::optional<Evidence> key_again(const Scene& scene, Memory::Kind kind, uint64_t key,
                                  Place place) {
  const auto before =
      key == 0 ? std::nullopt : scene.memory.find(kind, key, {scene.connection, scene.frame});
  return before ? std::optional(Evidence{place, {}, before->frame}) : std::nullopt;
}

uint64_t rsa_key_of(const CertificateFacts& facts) {
  return facts.key_kind == KeyKind::rsa ? facts.key_hash : 0;
}

uint64_t rsa_key_of(const Certificates& certificates) {
  return certificates.list.empty() || certificates.raw_key
             ? 0
             : rsa_key_of(*certificate_facts(certificates.list.front()));
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
  return seen_before(scene, Memory::Kind::random, f.hello.random, context_of(f),
                     f.at(Field::hello_random, f.hello.random));
}

std::optional<Evidence> rule::random_reused(const ServerHelloFacts& f, const Scene& scene) {
  if (f.hello.is_hello_retry_request) {
    return std::nullopt;
  }
  return seen_before(scene, Memory::Kind::random, f.hello.random, context_of(scene.handshake),
                     f.at(Field::hello_random, f.hello.random));
}

// RFC 9325 §7.4
std::optional<Evidence> rule::key_share_reused(const KeyExchangeFacts& f, const Scene& scene) {
  const bool elliptic = !f.exchange.point.empty();
  const Bytes value = elliptic ? f.exchange.point : f.exchange.value;
  return seen_before(scene, Memory::Kind::server_value, value, context_of_value(scene.handshake),
                     f.at(elliptic ? Field::server_point : Field::dh_ys, value));
}

std::optional<Evidence> rule::key_share_reused(const ServerHelloFacts& f, const Scene& scene) {
  const auto share = server_share(f.hello.extensions);
  if (f.hello.is_hello_retry_request || !share) {
    return std::nullopt;
  }
  return seen_before(scene, Memory::Kind::server_value, share->value, hash_of(f.hello.random),
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
    if (const uint64_t key = rsa_key_of(*body.certificates); key != 0) {
      scene.memory.remember(f.is_sslv2 ? Memory::Kind::sslv2_key : Memory::Kind::tls_key, key,
                            {scene.connection, scene.frame});
    }
  }
}

}  // namespace tlslens
