#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the certificates of this folder anew, with new keys; all that certificate_test.cc expects of
# them stands below. Needs openssl 3 and certtool.
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

# MD4 is in the legacy provider only.
cat >"$work/legacy.conf" <<END
openssl_conf = all
[all]
providers = providers
[providers]
default = on
legacy = on
[on]
activate = 1
END

key() { openssl genpkey -quiet -out "$work/$1.key" -algorithm "${@:2}"; }

# certificate NAME KEY SERIAL FROM UNTIL SUBJECT NAMES [ISSUER]: makes NAME.der. NAMES is a
# subjectAltName as openssl writes it, or empty; without ISSUER the certificate signs itself. The
# lines of $extensions are more extensions, $digest is that of the signature.
extensions=
digest=default
certificate() {
  local name=$1 key=$work/$2.key serial=$3 from=$4 until=$5 subject=$6 names=$7 issuer=${8:-}
  local signer=(-selfsign -keyfile "$key")
  [[ -z $issuer ]] || signer=(-cert "$work/$issuer.pem" -keyfile "$work/$issuer.key")
  : >"$work/index"
  echo "$serial" >"$work/serial"
  echo "${names:+subjectAltName = $names}" >"$work/extensions"
  echo "$extensions" >>"$work/extensions"
  openssl req -new -utf8 -config /dev/null -key "$key" -subj "$subject" -out "$work/$name.csr"
  openssl ca -batch -notext -utf8 -preserveDN -config "$work/ca.conf" -name ca -md "$digest" \
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

# What a certificate allows. The root signs itself; rollover has its name and another key.
key root EC -pkeyopt ec_paramgen_curve:P-384
key rollover EC -pkeyopt ec_paramgen_curve:P-521
extensions='basicConstraints = critical,CA:TRUE,pathlen:1
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid'
certificate root root 01 $from $until /CN=root.example ''
extensions=${extensions/,pathlen:1/}
certificate rollover rollover 0B $from $until /CN=root.example '' root
extensions='basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth,codeSigning
tlsfeature = status_request
authorityKeyIdentifier = keyid'
certificate server ec 0C $from $until /CN=server.example IP:192.0.2.1 root
extensions='keyUsage = keyEncipherment,keyAgreement,decipherOnly
extendedKeyUsage = codeSigning,clientAuth
tlsfeature = status_request_v2'
certificate client ec 0D $from $until /CN=client.example '' root
extensions='extendedKeyUsage = codeSigning,anyExtendedKeyUsage'
certificate any ec 0E $from $until /CN=any.example '' root
extensions=
openssl req -new -config /dev/null -key "$work/ec.key" -subj /CN=v1.example |
  openssl x509 -req -CA "$work/root.pem" -CAkey "$work/root.key" -set_serial 15 -days 1 \
    -outform DER -out "$work/v1.der" 2>"$work/log"

# Keys of every kind
openssl genpkey -quiet -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -out "$work/dsa.par"
openssl genpkey -quiet -paramfile "$work/dsa.par" -out "$work/dsa.key"
key rsa-pss RSA-PSS -pkeyopt rsa_keygen_bits:1024
key ed448 ED448
key x25519 X25519
key brainpool EC -pkeyopt ec_paramgen_curve:brainpoolP256r1
key sect163 EC -pkeyopt ec_paramgen_curve:sect163k1
key explicit EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
key sm2 SM2
for name in dsa rsa-pss ed448 brainpool sect163 explicit; do
  certificate $name $name 10 $from $until /CN=$name.example ''
done
digest=sm3 certificate sm2 sm2 11 $from $until /CN=sm2.example ''
openssl req -new -config /dev/null -key "$work/ec.key" -subj /CN=x25519.example |
  openssl x509 -req -CA "$work/root.pem" -CAkey "$work/root.key" -set_serial 18 -days 1 \
    -force_pubkey <(openssl pkey -in "$work/x25519.key" -pubout) \
    -outform DER -out "$work/x25519.der" 2>"$work/log"
echo cn = gost.example >"$work/gost"
certtool --generate-privkey --key-type gost12-256 --outfile "$work/gost.key" 2>"$work/log"
certtool --generate-self-signed --template "$work/gost" --load-privkey "$work/gost.key" --outder \
  --outfile "$work/gost.der" 2>"$work/log"

# Signatures over every digest
key rsa1024 RSA -pkeyopt rsa_keygen_bits:1024
for digest in md4 md5 sha1 sha3-256; do
  OPENSSL_CONF=$work/legacy.conf certificate $digest rsa1024 12 $from $until /CN=$digest.example ''
done

rm "$work/ca.der"
cp "$work"/*.der "$folder"
