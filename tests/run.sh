#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs all tests: those of the core by ctest, then lint and tshark by pytest.
#   tests/run.sh [--preset test|dev|asan] [--core]
# --core leaves the plugin and pytest out. Installs the Debian packages that are missing; the plugin is not
# installed, tshark is pointed at the one just built. The first failure ends the run.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../packaging/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../packaging/common.sh"

preset="test"
core_only=

usage() { die "usage: tests/run.sh [--preset test|dev|asan] [--core]"; }

read_options() {
  while [[ $# -gt 0 ]]; do
    case $1 in
      --preset) preset=${2:-}; shift ;;
      --preset=*) preset=${1#*=} ;;
      --core) core_only=yes ;;
      *) usage ;;
    esac
    shift || usage
  done
  [[ $preset =~ ^(test|dev|asan)$ ]] || usage
}

install_packages() {
  local purposes=(test)
  [[ $preset != dev ]] || purposes+=(lint)
  "$repo/packaging/debian-deps.sh" "${purposes[@]}"
}

build_preset() {
  local log plugin=ON
  [[ -z $core_only ]] || plugin=OFF
  log=$(mktemp "${TMPDIR:-/tmp}/tlslens-build-XXXXXX.log")
  say "building preset $preset in $folder"
  if ! build "$preset" "$folder" "-DTLSLENS_PLUGIN=$plugin" >"$log" 2>&1; then
    cat "$log"
    rm -f "$log"
    die "the build failed"
  fi
  grep -E -A 3 'warning:' "$log" || true
  rm -f "$log"
}

test_core() {
  ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$(nproc)"
}

test_the_rest() {
  export TLSLENS_PLUGIN_DIR=$folder/plugins PYTHONDONTWRITEBYTECODE=1
  cd "$repo"
  env -u PYTHONHOME -u PYTHONPATH /usr/bin/python3 -m pytest -p no:cacheprovider -q \
    -n "$(nproc)" --dist loadfile --rootdir "$repo" tests/lint tests/tshark
}

main() {
  read_options "$@"
  install_packages
  folder=$(build_folder "$preset")
  build_preset
  if [[ $preset == asan ]]; then
    [[ -n $core_only ]] || preload_sanitizers "$folder"
    export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  fi
  test_core
  [[ -n $core_only ]] || test_the_rest
}

main "$@"
