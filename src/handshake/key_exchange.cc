// SPDX-License-Identifier: GPL-2.0-or-later
// ServerKeyExchange and ClientKeyExchange, by the key exchange of the suite.
#include <algorithm>
#include <bit>

#include "fields/fields.h"
#include "handshake/bodies.h"

namespace tlslens {
namespace {

constexpr Vec kShort{1, 1, 0xff};
constexpr Vec kLong{2, 1, 0xffff};

// Signing is what stands behind the parameters of a ServerKeyExchange.
enum class Signing : uint8_t { nothing, signature, scheme_and_signature };

struct Form {
  KeyExchange kind;
  Signing signing;
};

uint32_t bits_of(Bytes number) {
  const auto first = std::ranges::find_if(number, [](uint8_t b) { return b != 0; });
  if (first == number.end()) {
    return 0;
  }
  return static_cast<uint32_t>((number.end() - first) * 8 - std::countl_zero(*first));
}

// RFC 4492 §5.4, the two ways to spell a curve out.
void read_explicit_prime(Reader& r) {
  r.vec_bytes(Field::curve_prime_length, Field::curve_prime, kShort);
}

void read_explicit_char2(Reader& r) {
  constexpr uint8_t kTrinomial = 1;
  r.u16(Field::curve_m);
  const size_t exponents = r.u8(Field::curve_basis) == kTrinomial ? 1 : 3;
  for (size_t i = 0; i < exponents; ++i) {
    r.vec_bytes(Field::curve_k_length, Field::curve_k, kShort);
  }
}

// RFC 8422 §5.4. It returns false for a type of curve that has no form, so that what follows has
// none either.
bool read_curve(Reader& r, EcCurveType& type, NamedGroup& group) {
  constexpr EcCurveType kExplicitPrime{1};
  constexpr EcCurveType kExplicitChar2{2};
  type = r.code<EcCurveType>(Field::curve_type);
  constexpr EcCurveType kNamedCurve{3};
  if (type == kNamedCurve) {
    group = r.code<NamedGroup>(Field::named_curve);
    return true;
  }
  if (type == kExplicitPrime) {
    read_explicit_prime(r);
  } else if (type == kExplicitChar2) {
    read_explicit_char2(r);
  } else {
    return !r.ok();
  }
  r.vec_bytes(Field::curve_a_length, Field::curve_a, kShort);
  r.vec_bytes(Field::curve_b_length, Field::curve_b, kShort);
  r.vec_bytes(Field::curve_base_length, Field::curve_base, kShort);
  r.vec_bytes(Field::curve_order_length, Field::curve_order, kShort);
  r.vec_bytes(Field::curve_cofactor_length, Field::curve_cofactor, kShort);
  return true;
}

bool read_server_ecdh(Reader& r, ServerKeyExchange& out) {
  if (!read_curve(r, out.curve_type, out.group)) {
    return false;
  }
  out.point = r.vec_bytes(Field::server_point_length, Field::server_point, kShort);
  return true;
}

void read_server_dh(Reader& r, ServerKeyExchange& out) {
  out.prime = r.vec_bytes(Field::dh_p_length, Field::dh_p, kLong);
  out.generator = r.vec_bytes(Field::dh_g_length, Field::dh_g, kLong);
  out.value = r.vec_bytes(Field::dh_ys_length, Field::dh_ys, kLong);
  out.bits = bits_of(out.prime);
}

void read_server_rsa(Reader& r, ServerKeyExchange& out) {
  out.bits = bits_of(r.vec_bytes(Field::modulus_length, Field::modulus, kLong));
  r.vec_bytes(Field::exponent_length, Field::exponent, kLong);
}

void read_hint(Reader& r) {
  r.vec_bytes(Field::psk_hint_length, Field::psk_hint, Vec{2, 0, 0xffff});
}

// RFC 5054 §2.5.3
void read_server_srp(Reader& r, ServerKeyExchange& out) {
  out.bits = bits_of(r.vec_bytes(Field::srp_n_length, Field::srp_n, kLong));
  r.vec_bytes(Field::srp_g_length, Field::srp_g, kLong);
  r.vec_bytes(Field::srp_s_length, Field::srp_s, kShort);
  r.vec_bytes(Field::srp_b_length, Field::srp_b, kLong);
}

// draft-cragie-tls-ecjpake-01 §7.3
bool read_server_jpake(Reader& r, ServerKeyExchange& out) {
  if (!read_curve(r, out.curve_type, out.group)) {
    return false;
  }
  r.vec_bytes(Field::jpake_xs_length, Field::jpake_xs, kShort);
  r.vec_bytes(Field::jpake_vs_length, Field::jpake_vs, kShort);
  r.vec_bytes(Field::jpake_rs_length, Field::jpake_rs, kShort);
  return true;
}

// RFC 8492 §4.5.1
bool read_server_eccpwd(Reader& r, ServerKeyExchange& out) {
  r.vec_bytes(Field::pwd_salt_of_server_length, Field::pwd_salt_of_server, kShort);
  if (!read_curve(r, out.curve_type, out.group)) {
    return false;
  }
  r.vec_bytes(Field::pwd_element_length, Field::pwd_element, kShort);
  r.vec_bytes(Field::pwd_scalar_length, Field::pwd_scalar, kShort);
  return true;
}

// read_server_parameters returns false for a key exchange, or a curve, whose form is not known;
// what is left is bytes then.
bool read_server_parameters(Reader& r, KeyExchange kind, ServerKeyExchange& out) {
  switch (kind) {
    case KeyExchange::ecdh:
    case KeyExchange::ecdhe:
    case KeyExchange::ecdh_anon:
    case KeyExchange::ecdhe_sm2:
      return read_server_ecdh(r, out);
    case KeyExchange::dhe:
    case KeyExchange::dhe_export:
    case KeyExchange::dh_anon:
    case KeyExchange::dh_anon_export:
      read_server_dh(r, out);
      return true;
    case KeyExchange::rsa:
    case KeyExchange::rsa_export:
      read_server_rsa(r, out);
      return true;
    case KeyExchange::psk:
    case KeyExchange::rsa_psk:
      read_hint(r);
      return true;
    case KeyExchange::dhe_psk:
      read_hint(r);
      read_server_dh(r, out);
      return true;
    case KeyExchange::ecdhe_psk:
      read_hint(r);
      return read_server_ecdh(r, out);
    case KeyExchange::srp:
      read_server_srp(r, out);
      return true;
    case KeyExchange::ecjpake:
      return read_server_jpake(r, out);
    case KeyExchange::eccpwd:
      return read_server_eccpwd(r, out);
    case KeyExchange::ecc_sm2:
    case KeyExchange::rsa_gmtls:
      return true;  // GM/T 0024: a signature alone
    default:
      return false;
  }
}

// RFC 5246 §7.4.3 and RFC 4279, 5054, 5489: who signs.
bool is_signed(const SuiteParts& suite) {
  switch (suite.authentication) {
    case Authentication::rsa:
      return suite.key_exchange != KeyExchange::rsa_psk;
    case Authentication::dss:
    case Authentication::ecdsa:
    case Authentication::sm2:
      return true;
    default:
      return false;
  }
}

void read_signature(Reader& r, Signing signing, ServerKeyExchange& out) {
  if (signing == Signing::nothing) {
    return;
  }
  if (signing == Signing::scheme_and_signature) {
    out.scheme = read_scheme(r);
  }
  r.vec_bytes(Field::signature_length, Field::signature, Vec{2, 0, 0xffff});
}

// signing_of: where the version is not known, the bytes behind the parameters tell.
Signing signing_of(const Reader& r, const Context& context, const SuiteParts& suite) {
  if (!is_signed(suite)) {
    return Signing::nothing;
  }
  if (context.version == version::tls12) {
    return Signing::scheme_and_signature;
  }
  if (context.version != version::unknown) {
    return Signing::signature;
  }
  const auto with_scheme = [](Reader& probe) {
    ServerKeyExchange unused;
    read_signature(probe, Signing::scheme_and_signature, unused);
  };
  return fits(r, with_scheme) ? Signing::scheme_and_signature : Signing::signature;
}

std::string described(const ServerKeyExchange& exchange) {
  std::string out;
  if (exchange.group != NamedGroup{}) {
    out = name_or_number(Registry::NamedGroup, exchange.group.value);
  } else {
    out = name_or_number(Registry::KeyExchange, static_cast<uint32_t>(exchange.kind));
    if (exchange.bits != 0) {
      out += ", " + std::to_string(exchange.bits) + " bits";
    }
  }
  if (exchange.scheme != SignatureScheme{}) {
    out += ", " + name_or_number(Registry::SignatureScheme, exchange.scheme.value);
  }
  return out;
}

void open_parameters(Reader& r, KeyExchange kind, bool guessed) {
  if (r.wants_marks()) {
    r.title(": " + name_or_number(Registry::KeyExchange, static_cast<uint32_t>(kind)));
  }
  if (guessed) {
    r.number(Field::key_exchange_guessed, r.here(0), 1);
  }
}

// is_plausible tells parameters that may be meant from bytes that only have their lengths: a curve
// that is named, or a prime of a size that was ever in use.
bool is_plausible(const ServerKeyExchange& exchange) {
  constexpr uint32_t kLeastBits = 512;
  return is_named(Registry::NamedGroup, exchange.group.value) || exchange.bits >= kLeastBits;
}

// guess_server finds the one form that a ServerKeyExchange of an unknown suite has to its last
// byte; none if it could be several. RSA_EXPORT and DHE without a signature look alike, so neither
// is guessed.
std::optional<Form> guess_server(const Reader& r) {
  constexpr Form kForms[] = {
      {KeyExchange::ecdhe, Signing::scheme_and_signature},
      {KeyExchange::ecdhe, Signing::signature},
      {KeyExchange::ecdh_anon, Signing::nothing},
      {KeyExchange::dhe, Signing::scheme_and_signature},
      {KeyExchange::dhe, Signing::signature},
      {KeyExchange::dhe_psk, Signing::nothing},
      {KeyExchange::ecdhe_psk, Signing::nothing},
      {KeyExchange::srp, Signing::nothing},
  };
  std::optional<Form> found;
  for (const Form& form : kForms) {
    ServerKeyExchange exchange;
    const auto read = [&](Reader& probe) {
      read_server_parameters(probe, form.kind, exchange);
      read_signature(probe, form.signing, exchange);
    };
    if (fits(r, read) && is_plausible(exchange)) {
      if (found) {
        return std::nullopt;
      }
      found = form;
    }
  }
  return found;
}

Bytes read_epms(Reader& r, const Context& context) {
  if (context.version == version::ssl3) {
    return r.need_all(Field::epms);  // RFC 6101 §5.6.7: without a length
  }
  return r.vec_bytes(Field::epms_length, Field::epms, Vec{2, 0, 0xffff});
}

void read_client_dh(Reader& r) { r.vec_bytes(Field::dh_yc_length, Field::dh_yc, kLong); }

void read_client_ecdh(Reader& r) {
  r.vec_bytes(Field::client_point_length, Field::client_point, kShort);
}

// GM/T 0024: the client repeats the curve.
void read_client_sm2(Reader& r) {
  ServerKeyExchange unused;
  if (read_curve(r, unused.curve_type, unused.group)) {
    read_client_ecdh(r);
  } else {
    r.need_all(Field::handshake_body);
  }
}

// implicit: a client that has a fixed key in its certificate sends nothing (RFC 5246 §7.4.7.2,
// RFC 8422 §5.7).
bool implicit(const Reader& r) { return !r.more() && r.missing() == 0; }

void read_identity(Reader& r) {
  r.vec_bytes(Field::psk_id_length, Field::psk_id, Vec{2, 0, 0xffff});
}

// RFC 2712 §3
void read_kerberos(Reader& r) {
  r.vec_bytes(Field::krb5_ticket_length, Field::krb5_ticket, Vec{2, 0, 0xffff});
  r.vec_bytes(Field::krb5_authenticator_length, Field::krb5_authenticator, Vec{2, 0, 0xffff});
  r.vec_bytes(Field::krb5_secret_length, Field::krb5_secret, Vec{2, 0, 0xffff});
}

void read_client_jpake(Reader& r) {
  r.vec_bytes(Field::jpake_xc_length, Field::jpake_xc, kShort);
  r.vec_bytes(Field::jpake_vc_length, Field::jpake_vc, kShort);
  r.vec_bytes(Field::jpake_rc_length, Field::jpake_rc, kShort);
}

void read_client_parameters(Reader& r, KeyExchange kind, const Context& context, Body& out) {
  switch (kind) {
    case KeyExchange::rsa:
      out.encrypted_secret_size = static_cast<uint32_t>(read_epms(r, context).size());
      return;
    case KeyExchange::rsa_export:
    case KeyExchange::ecc_sm2:
    case KeyExchange::rsa_gmtls:
      read_epms(r, context);
      return;
    case KeyExchange::dh:
    case KeyExchange::dh_export:
    case KeyExchange::dhe:
    case KeyExchange::dhe_export:
      return implicit(r) ? void() : read_client_dh(r);
    case KeyExchange::dh_anon:
    case KeyExchange::dh_anon_export:
      return read_client_dh(r);
    case KeyExchange::ecdh:
      return implicit(r) ? void() : read_client_ecdh(r);
    case KeyExchange::ecdhe:
    case KeyExchange::ecdh_anon:
      return read_client_ecdh(r);
    case KeyExchange::ecdhe_sm2:
      return read_client_sm2(r);
    case KeyExchange::psk:
      return read_identity(r);
    case KeyExchange::dhe_psk:
      read_identity(r);
      return read_client_dh(r);
    case KeyExchange::ecdhe_psk:
      read_identity(r);
      return read_client_ecdh(r);
    case KeyExchange::rsa_psk:
      read_identity(r);
      read_epms(r, context);
      return;
    case KeyExchange::srp:
      r.vec_bytes(Field::srp_a_length, Field::srp_a, kLong);
      return;
    case KeyExchange::krb5:
    case KeyExchange::krb5_export:
      return read_kerberos(r);
    case KeyExchange::ecjpake:
      return read_client_jpake(r);
    case KeyExchange::eccpwd:
      r.vec_bytes(Field::pwd_element_length, Field::pwd_element, kShort);
      r.vec_bytes(Field::pwd_scalar_length, Field::pwd_scalar, kShort);
      return;
    case KeyExchange::gost:
    case KeyExchange::gost_2018:
      r.need_all(Field::key_blob);
      return;
    default:
      r.need_all(Field::handshake_body);
  }
}

// guess_client: of the forms of an unknown suite only that of ECDHE, with its short length, cannot
// be taken for another.
KeyExchange guess_client(const Reader& r) {
  return r.more() && fits(r, read_client_ecdh) ? KeyExchange::ecdhe : KeyExchange::unknown;
}

}  // namespace

// RFC 5246 §7.4.3
void read_server_key_exchange(Reader& r, const Context& context, Body& out) {
  const auto guess = context.suite == nullptr ? guess_server(r) : std::nullopt;
  if (context.suite == nullptr && !guess) {
    r.need_all(Field::handshake_body);
    return;
  }
  ServerKeyExchange exchange;
  exchange.kind = guess ? guess->kind : context.suite->key_exchange;
  exchange.guessed = guess.has_value();
  const size_t group = r.open(Field::key_exchange);
  open_parameters(r, exchange.kind, guess.has_value());
  if (read_server_parameters(r, exchange.kind, exchange)) {
    const Signing signing = guess ? guess->signing : signing_of(r, context, *context.suite);
    read_signature(r, signing, exchange);
  } else {
    r.need_all(Field::handshake_body);
  }
  r.close(group);
  if (r.wants_marks()) {
    out.summary = (guess ? ", likely " : ", ") + described(exchange);
  }
  out.server_key_exchange = exchange;
}

// RFC 5246 §7.4.7
void read_client_key_exchange(Reader& r, const Context& context, Body& out) {
  const KeyExchange kind = context.suite == nullptr ? guess_client(r) : context.suite->key_exchange;
  if (kind == KeyExchange::unknown) {
    r.need_all(Field::handshake_body);
    return;
  }
  const size_t group = r.open(Field::key_exchange);
  open_parameters(r, kind, context.suite == nullptr);
  read_client_parameters(r, kind, context, out);
  r.close(group);
  if (r.wants_marks()) {
    out.summary = (context.suite == nullptr ? ", likely " : ", ") +
                  name_or_number(Registry::KeyExchange, static_cast<uint32_t>(kind));
  }
}

}  // namespace tlslens
