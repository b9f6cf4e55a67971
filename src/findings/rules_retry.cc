// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about a HelloRetryRequest and the hellos before and after it.
#include <algorithm>

#include "extensions/views.h"
#include "findings/rules.h"
#include "findings/words.h"

namespace tlslens {
namespace {

// may_change: RFC 8446 §4.1.2 lets these differ in the second hello.
bool may_change(ExtensionType type) {
  return type == extension::key_share || type == extension::early_data ||
         type == extension::cookie || type == extension::pre_shared_key ||
         type == extension::padding || type == extension::encrypted_client_hello;
}

// changed_extension returns one that the second hello has otherwise than the first.
std::optional<ExtensionType> changed_extension(const Extensions& first, const Extensions& second) {
  for (const Extension& one : second.all) {
    const Bytes* before = first.body(one.type);
    if (!may_change(one.type) && !is_grease(one.type.value) &&
        (before == nullptr || !std::ranges::equal(*before, one.body))) {
      return one.type;
    }
  }
  for (const Extension& one : first.all) {
    if (!may_change(one.type) && !is_grease(one.type.value) && !has(second, one.type)) {
      return one.type;
    }
  }
  return std::nullopt;
}

}  // namespace

// RFC 8446 §4.1.4
std::optional<Evidence> rule::hello_retry(const ServerHelloFacts& f, const Scene&) {
  if (!f.hello.is_hello_retry_request) {
    return std::nullopt;
  }
  const auto group = retry_group(f.hello.extensions);
  return Evidence{f.place,
                  group ? "a key share of " + called(Registry::NamedGroup, group->value) +
                              " in the first hello would avoid it"
                        : std::string("to have a cookie echoed"),
                  f.offer_in};
}

std::optional<Evidence> rule::hrr_inconsistent(const AnswerFacts& f, const Scene& scene) {
  const auto& retry = scene.handshake.retry;
  const auto inconsistent = [&](Field field, const char* words, uint32_t frame) {
    return Evidence{f.place.in(field), words, frame};
  };
  if (!f.hello.is_hello_retry_request) {
    if (!retry) {
      return std::nullopt;
    }
    const uint32_t before = retry->frame;
    if (retry->view.suite != f.hello.suite) {
      return inconsistent(Field::suite, "the cipher suite changed", before);
    }
    if (retry->view.version() != f.hello.version()) {
      return inconsistent(Field::hello_version, "the version changed", before);
    }
    const auto asked = retry_group(retry->view.extensions);
    const auto share = server_share(f.hello.extensions);
    if (asked && share && *asked != share->group) {
      return inconsistent(Field::share_group, "the group is not the one asked for", before);
    }
    return std::nullopt;
  }
  if (retry && scene.whole) {
    return inconsistent(Field::handshake_type, "a second one", retry->frame);
  }
  const auto group = retry_group(f.hello.extensions);
  if (!group) {
    return std::nullopt;
  }
  if (!groups(f.offer.extensions).contains(*group)) {
    return inconsistent(Field::share_selected, "the group was not offered", f.offer_in);
  }
  for (const Share& share : client_shares(f.offer.extensions)) {
    if (share.group == *group) {
      return inconsistent(Field::share_selected, "the key share was there already", f.offer_in);
    }
  }
  return std::nullopt;
}

// RFC 8446 §4.1.2 and §4.2.2: what the second ClientHello may not change, and what it must echo.
std::optional<Evidence> rule::hrr_inconsistent(const ClientHelloFacts& f, const Scene& scene) {
  const Handshake& handshake = scene.handshake;
  constexpr uint8_t kFirstDraft = 23;  // with the extension numbers of RFC 8446
  if (f.begins_handshake || !handshake.retry || !handshake.hello ||
      is_draft_before(handshake.retry->view.version(), kFirstDraft)) {
    return std::nullopt;
  }
  const ClientHello& first = handshake.hello->view;
  const uint32_t before = handshake.hello->frame;
  if (first.legacy_version != f.hello.legacy_version) {
    return Evidence{f.place.in(Field::hello_version), "the version changed", before};
  }
  if (!std::ranges::equal(first.random, f.hello.random)) {
    return Evidence{f.place.in(Field::hello_random), "the random changed", before};
  }
  if (!std::ranges::equal(first.session_id, f.hello.session_id)) {
    return Evidence{f.place.in(Field::session_id_length), "the session id changed", before};
  }
  if (!std::ranges::equal(first.suites.bytes, f.hello.suites.bytes)) {
    return Evidence{f.place.in(Field::suites), "the cipher suites changed", before};
  }
  const Bytes* asked = handshake.retry->view.extensions.body(extension::cookie);
  const Bytes* echoed = f.hello.extensions.body(extension::cookie);
  if (asked != nullptr && (echoed == nullptr || !std::ranges::equal(*asked, *echoed))) {
    return Evidence{f.place, "the cookie is not echoed", handshake.retry->frame};
  }
  const auto group = retry_group(handshake.retry->view.extensions);
  const auto shares = f.shares;
  if (group && (shares.size() != 1 || shares[0].group != *group)) {
    return Evidence{f.place.in(Field::share), "not the key share that was asked for",
                    handshake.retry->frame};
  }
  if (const auto changed = changed_extension(first.extensions, f.hello.extensions)) {
    return Evidence{f.place, called(Registry::ExtensionType, changed->value) + " changed", before};
  }
  return std::nullopt;
}

}  // namespace tlslens
