#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures TLSLens against the built-in dissector, on workloads that it makes; wants root, to record them:
#   tests/bench/run.sh [--size small|medium|large] [--rounds N] [--count] [--growth] [--workloads W1...]
# The table is printed; captures, results.json and growth.png stay in build/bench.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../../packaging/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../packaging/common.sh"

main() {
  local folder
  "$repo/packaging/debian-deps.sh" bench
  folder=$(build_folder release)
  build release "$folder" -DTLSLENS_BENCH=ON >"$folder.log" 2>&1 || { cat "$folder.log"; die "the build failed"; }
  "$folder/tests/bench/tlslens_core_bench"
  TLSLENS_PLUGIN_DIR=$folder/plugins /usr/bin/python3 "$repo/tests/bench/bench.py" "$@"
}

main "$@"
