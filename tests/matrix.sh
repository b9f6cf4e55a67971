#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs tests/run.sh under several Debian releases, each in a folder of its own, as root:
#   tests/matrix.sh [RELEASE...]        default: bookworm trixie forky
# The folders stay in $TLSLENS_ROOTS, to be quick the next time; MIRROR is the Debian mirror, by
# default the one that apt uses.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../packaging/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../packaging/common.sh"

roots=${TLSLENS_ROOTS:-${TMPDIR:-/var/tmp}/tlslens-roots}
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' |
  sed -n 1p)}
readonly inside=/srv/tlslens

# make_root RELEASE: Debian's debootstrap may not know the release in testing yet, and a mirror's
# copy of its list may be past its date.
make_root() {
  local release=$1 root=$roots/$1 script=()
  [[ ! -x $root/usr/bin/apt-get || -e $root/debootstrap ]] || return 0
  rm -rf "$root"
  [[ -e /usr/share/debootstrap/scripts/$release ]] || script=(sid)
  debootstrap --variant=minbase "$release" "$root" "$mirror" "${script[@]}" || return 1
  echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/90tlslens"
}

# copy_checkout ROOT: the files as they are, without what was built.
copy_checkout() {
  rm -rf "${1:?}$inside"
  mkdir -p "$1$inside"
  tar -C "$repo" --exclude=./build --exclude=./.git --exclude=__pycache__ -c . |
    tar -C "$1$inside" -x --no-same-owner
  cp -L /etc/resolv.conf "$1/etc/resolv.conf" 2>/dev/null || true
}

# enter ROOT COMMAND...: a mount of its own name space goes with the command.
enter() {
  local root=$1
  shift
  # shellcheck disable=SC2016
  unshare --mount bash -c 'mount -t proc proc "$1/proc" 2>/dev/null; exec chroot "$@"' enter "$root" \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TMPDIR=/tmp \
    ${http_proxy:+"http_proxy=$http_proxy"} "$@"
}

test_release() {
  local release=$1 root=$roots/$1
  make_root "$release" || return 1
  copy_checkout "$root" || return 1
  enter "$root" bash "$inside/tests/run.sh"
}

# figures LOG: what ctest and pytest counted.
figures() {
  grep -E '^[0-9]+% tests passed|^(=+ )?[0-9]+ (passed|failed|error|skipped).* in [0-9.]+' "$1" |
    sed 's/=//g; s/^ *//; s/ *$//' | paste -s -d ';'
}

wireshark_of() { dpkg-query --admindir="$1/var/lib/dpkg" -W -f="\${Version}" tshark 2>/dev/null || echo -; }

# run RELEASE: one row of the table, and the end of the log where a test failed.
run() {
  local release=$1 result=passed start=$SECONDS log=$roots/$1.log
  say "$release: log in $log"
  (test_release "$release") >"$log" 2>&1 || result=FAILED
  [[ $result == passed ]] || tail -n 40 "$log" >&2
  printf '%-10s %-20s %-7s %4d s  %s\n' "$release" "$(wireshark_of "$roots/$release")" "$result" \
    $((SECONDS - start)) "$(figures "$log")" >>"$table"
  [[ $result == passed ]]
}

main() {
  local release status=0
  [[ $(id -u) -eq 0 ]] || die "chroot needs root"
  [[ $# -gt 0 ]] || set -- bookworm trixie forky
  "$repo/packaging/debian-deps.sh" matrix
  mkdir -p "$roots"
  table=$(mktemp)
  trap 'rm -f "$table"' EXIT
  for release in "$@"; do
    run "$release" || status=1
  done
  printf '%-10s %-20s %-7s %6s  %s\n' release wireshark result time figures
  cat "$table"
  return "$status"
}

main "$@"
