#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes the core and the plugin, under AddressSanitizer and UndefinedBehaviorSanitizer:
#   tests/fuzz/run.sh SECONDS [TARGET...]
# Each target gets so many seconds; there are those of fuzz_*.cc, and "plugin". What they find, and
# what they learn, stays in build/fuzz/found and build/fuzz/corpus.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../../packaging/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../packaging/common.sh"

here=$repo/tests/fuzz

targets() {
  local source
  for source in "$here"/fuzz_*.cc; do
    source=${source##*/fuzz_}
    echo "${source%.cc}"
  done
  echo plugin
}

fuzz_core() {
  local target=$1
  mkdir -p "$learned/$target"
  "$folder/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix="$found/$target-" "$learned/$target" \
    "$here/corpus/$target" "$folder/seeds/$target" >"$found/$target.log" 2>&1
}

fuzz_plugin() {
  local plugin
  plugin=$(build_folder asan)
  build asan "$plugin" -DTLSLENS_TESTS=OFF >"$found/plugin.log" 2>&1 || return 1
  preload_sanitizers "$plugin"
  ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    TLSLENS_PLUGIN_DIR=$plugin/plugins python3 "$here/fuzz_plugin.py" "$seconds" "$found" \
    >>"$found/plugin.log" 2>&1
}

fuzz() {
  if [[ $1 == plugin ]]; then fuzz_plugin; else fuzz_core "$1"; fi
}

main() {
  local target status=0
  [[ ${1:-} =~ ^[0-9]+$ ]] || die "usage: tests/fuzz/run.sh SECONDS [TARGET...]"
  seconds=$1
  shift
  [[ $# -gt 0 ]] || mapfile -t all < <(targets)
  "$repo/packaging/debian-deps.sh" fuzz
  folder=$(build_folder fuzz)
  found=$folder/found learned=$folder/corpus
  mkdir -p "$found"
  build fuzz "$folder" >"$found/build.log" 2>&1 || { cat "$found/build.log"; die "the build failed"; }
  python3 "$here/seeds.py" "$folder/seeds"
  for target in "${@:-${all[@]}}"; do
    if fuzz "$target"; then
      say "$target: $(tail -n 1 "$found/$target.log")"
    else
      say "$target: FAILED, see $found/$target.log"
      status=1
    fi
  done
  return "$status"
}

main "$@"
