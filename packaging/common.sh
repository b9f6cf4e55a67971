# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the scripts of packaging/ and tests/; to be sourced by bash.
# shellcheck shell=bash

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf 'tlslens: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# is_special: Wireshark takes no plugins from personal folders nor from WIRESHARK_PLUGIN_DIR when it
# runs with the user or group id 0.
is_special() { [[ $(id -u) -eq 0 || $(id -g) -eq 0 ]]; }

# writable FOLDER: whether a build can go there, the folder made if need be.
writable() {
  mkdir -p "$1" 2>/dev/null && [[ -w $1 ]] &&
    { [[ ! -e $1/CMakeCache.txt ]] || [[ -w $1/CMakeCache.txt ]]; }
}

# build_folder PRESET: where to build: $TLSLENS_BUILD, build/ in the checkout, or the user's cache
# where somebody else's build or checkout is in the way.
build_folder() {
  local cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/tlslens folder
  for folder in ${TLSLENS_BUILD:+"$TLSLENS_BUILD"} "$repo/build" "$cache"; do
    if writable "$folder/$1"; then
      printf '%s\n' "$folder/$1"
      return
    fi
  done
  die "no folder to build in; name one that you may write to in TLSLENS_BUILD"
}

# hand_over FOLDER: what root made in somebody's checkout shall not be in its owner's way.
hand_over() {
  if [[ $(id -u) -eq 0 && $1 == "$repo"/build/* ]]; then
    chown -R --reference="$repo" "$repo/build"
  fi
}

# build PRESET FOLDER [CMAKE-OPTION...]. The cache is made anew: it may be of another checkout, of
# another Wireshark, or of an installation for another user.
build() {
  local preset=$1 folder=$2 status=0
  shift 2
  (cd "$repo" && cmake --fresh --preset "$preset" -B "$folder" "$@" && cmake --build "$folder") ||
    status=$?
  hand_over "$folder"
  return "$status"
}

# preload_sanitizers FOLDER: a plugin built there with sanitizers needs their libraries in tshark, which
# has none in it; what runs tshark in the tests preloads what TLSLENS_PRELOAD names.
preload_sanitizers() {
  local compiler library path libraries=()
  compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$1/CMakeCache.txt")
  for library in libasan.so libubsan.so libstdc++.so; do
    path=$(realpath "$("$compiler" -print-file-name="$library")")
    [[ -f $path ]] || die "$compiler has no $library; the preset asan is for gcc"
    libraries+=("$path")
  done
  export TLSLENS_PRELOAD="${libraries[*]}"
}
