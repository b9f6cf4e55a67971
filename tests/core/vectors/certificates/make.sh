#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the certificates of this folder anew, with new keys; all that certificate_test.cc expects of
# them stands below. Needs openssl 3.
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/ca.conf" <<END
[ca]
database = $work/index
new_certs_dir = $work
serial = $work/serial
unique_subject = no
default_md = default
policy = any
[any]
C = optional
O = optional
CN = optional
END

key() { openssl genpkey -quiet -out "$work/$1.key" -algorithm "${@:2}"; }

# certificate NAME KEY SERIAL FROM UNTIL SUBJECT NAMES [ISSUER]: makes NAME.der. NAMES is a
# subjectAltName as openssl writes it, or empty; without ISSUER the certificate signs itself.
certificate() {
  local name=$1 key=$work/$2.key serial=$3 from=$4 until=$5 subject=$6 names=$7 issuer=${8:-}
  local signer=(-selfsign -keyfile "$key")
  [[ -z $issuer ]] || signer=(-cert "$work/$issuer.pem" -keyfile "$work/$issuer.key")
  : >"$work/index"
  echo "$serial" >"$work/serial"
  echo "${names:+subjectAltName = $names}" >"$work/extensions"
  openssl req -new -utf8 -config /dev/null -key "$key" -subj "$subject" -out "$work/$name.csr"
  openssl ca -batch -notext -utf8 -preserveDN -config "$work/ca.conf" -name ca \
    -extfile "$work/extensions" -startdate "$from" -enddate "$until" \
    -in "$work/$name.csr" -out "$work/$name.pem" "${signer[@]}" 2>"$work/log" ||
    { cat "$work/log" && return 1; }
  openssl x509 -in "$work/$name.pem" -outform DER -out "$work/$name.der"
}

key ca RSA -pkeyopt rsa_keygen_bits:2048
key rsa RSA -pkeyopt rsa_keygen_bits:2048
key ec EC -pkeyopt ec_paramgen_curve:P-256
key ed25519 ED25519
certificate ca ca 01 20200101000000Z 20400101000000Z '/C=DE/O=Example/CN=Example Test CA' ''

from=20240102030405Z
until=20250203040506Z
certificate rsa rsa D4C3B2A1908F7E6D5C4B $from $until \
  '/C=DE/O=Example, Inc./CN=server.example' DNS:server.example ca
certificate ec ec 1234 $from $until /CN=ec.example ''
certificate ed25519 ed25519 00 $from $until /CN=ed25519.example ''
certificate names ec 05 $from $until /CN=names.example \
  "DNS:names.example,DNS:*.wild.example,IP:192.0.2.1,email:someone@names.example,\
IP:2001:db8::1,URI:https://names.example/,RID:1.2.3.4,DNS:xn--mller-kva.example,\
otherName:1.2.3.4;UTF8:other,IP:::ffff:192.0.2.2" ca
certificate many-names ec 06 $from $until /CN=many.example \
  "$(seq -f 'DNS:n%03g.a' -s , 0 599)" ca
certificate dates ec 07 19550615120000Z 20600229235959Z /CN=dates.example '' ca
certificate long-ago ec 08 19500101000000Z 19591231235959Z /CN=long-ago.example '' ca
certificate for-ever ec 09 19700101000000Z 99991231235959Z /CN=for-ever.example '' ca
certificate utf8 ec 0A $from $until '/O=日本/CN=Müller GmbH' '' ca

rm "$work/ca.der"
cp "$work"/*.der "$folder"
