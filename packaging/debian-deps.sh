#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing of the Debian packages for a purpose, without questions:
#   debian-deps.sh build|test|fuzz|lint|samples|bench|matrix...
# For Debian 12 (bookworm), 13 (trixie) and forky.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages_for() {
  local build='g++ cmake ninja-build pkgconf libglib2.0-dev libgnutls28-dev wireshark-dev tshark'
  case $1 in
    build) echo "$build" ;;
    test) echo "$build libgtest-dev python3-pytest python3-pytest-xdist tcpdump valgrind" ;;
    fuzz) echo "$build python3 clang libclang-rt-dev" ;;
    lint) echo "clang-format clang-tidy" ;;
    samples)
      echo "python3 openssl gnutls-bin libnss3-tools nginx-light curl default-jdk-headless" \
        "tcpdump iproute2 tshark"
      ;;
    bench)
      echo "$build libbenchmark-dev python3 python3-matplotlib openssl tcpdump iproute2 valgrind"
      ;;
    matrix) echo debootstrap ;;
    *) die "usage: debian-deps.sh build|test|fuzz|lint|samples|bench|matrix..." ;;
  esac
}

missing_of() {
  local package
  while read -r package; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      echo "$package"
  done
}

# root_command: what has to stand before a command for it to run as root; false if nothing helps.
root_command() {
  if [[ $(id -u) -eq 0 ]]; then
    echo env
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    echo sudo
  else
    return 1
  fi
}

install() {
  local root apt=(apt-get --quiet -o DPkg::Lock::Timeout=120)
  local command=(install --yes --no-install-recommends "$@")
  if ! root=$(root_command); then
    say "packages are missing and only root can install them:"
    die "  apt-get update && apt-get ${command[*]}"
  fi
  say "installing $*"
  "$root" DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin" "${apt[@]}" update ||
    say "not all package lists could be brought up to date"
  "$root" DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin" "${apt[@]}" "${command[@]}" </dev/null ||
    die "could not install; as root, try: apt-get update && apt-get ${command[*]}"
}

main() {
  local wanted missing
  command -v dpkg-query >/dev/null || die "these are the packages for Debian; this is another system"
  wanted=$(for purpose in "${@:-help}"; do packages_for "$purpose"; done)
  mapfile -t missing < <(tr ' ' '\n' <<<"$wanted" | sort -u | missing_of)
  [[ ${#missing[@]} -eq 0 ]] || install "${missing[@]}"
}

main "$@"
