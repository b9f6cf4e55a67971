#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# From a bare Debian to TLSLens at work, in one command:
#   quickstart.sh [CAPTURE]
# Installs the packages that are missing, builds the plugin, installs it (for everybody as root, else
# for you), and shows what it sees in CAPTURE or in a sample of a failed handshake.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly max_packets=20 max_lines=60
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log

# quietly TEXT COMMAND...: runs the command with its output in the log, which stays if it fails.
quietly() {
  local what=$1 kept start=$SECONDS
  shift
  printf 'tlslens: %s ... ' "$what" >&2
  if ! "$@" >"$log" 2>&1; then
    kept=$(mktemp "${TMPDIR:-/tmp}/tlslens-quickstart-XXXXXX.log")
    cp "$log" "$kept"
    printf 'FAILED\n' >&2
    tail -n 5 "$log" >&2
    die "the whole output is in $kept"
  fi
  printf '%d s\n' $((SECONDS - start)) >&2
}

# lens [OPTION...]: tshark on the capture, without what else it has to say.
lens() { LC_ALL=C.UTF-8 tshark -n -r "$capture" "$@" 2>"$work/stderr"; }

find_capture() {
  capture=$(realpath -- "${1:-$repo/sample-pcaps/alert-handshake-failure.pcapng}" 2>/dev/null) ||
    die "there is no file $1"
  [[ -f $capture && -r $capture ]] || die "cannot read $capture"
}

install_plugin() {
  local folder=$1 option=ON
  if is_special; then
    option=OFF
  fi
  quietly "building the plugin" build release "$folder" "-DTLSLENS_USER_INSTALL=$option"
  quietly "installing the plugin" cmake --install "$folder" --strip
  hand_over "$folder"
}

check_loaded() {
  if ! "$repo/packaging/doctor.sh" >"$log" 2>&1; then
    cat "$log" >&2
    die "Wireshark does not load the plugin"
  fi
  grep DUPLICATES "$log" >&2 || true
  say "$(tail -n 1 "$log")"
}

# list_findings reads what tshark -O tlslens prints: one line for each finding, the gravest first.
list_findings() {
  lens -Y tlslens.finding -O tlslens | awk '
    BEGIN { rank["error"] = 1; rank["warn"] = 2; rank["note"] = 3; rank["chat"] = 4 }
    /^Frame [0-9]+:/ { frame = $2 + 0 }
    function finish() {
      if (text) printf "%d\t%d\t%s\t%s\t%s\n", rank[severity], frame, severity, id, text
      text = ""
    }
    /^[^ ]/ { finish() }
    /^Frame [0-9]+:/ { frame = $2 + 0 }
    /^    \[Finding: / {
      finish()
      id = $2; severity = $3; gsub(/[():]/, "", severity)
      text = $0; sub(/^ *\[Finding: [^ ]+ \([a-z]+\): /, "", text); sub(/\]$/, "", text)
    }
    /^        \[Reference: / { text = text "  [" substr($0, index($0, "Reference: ") + 11) }
    END { finish() }' | sort -n -k1,1 -k2,2
}

show_packets() {
  lens -Y tlslens >"$work/packets" || die "$(cat "$work/stderr")"
  printf '\n== TLS packets of %s\n' "$capture"
  head -n "$max_packets" "$work/packets"
  local more=$(($(wc -l <"$work/packets") - max_packets))
  [[ $more -le 0 ]] || printf '... and %d more\n' "$more"
}

show_findings() {
  list_findings >"$work/findings"
  printf '\n== What TLSLens finds in them\n'
  if [[ ! -s $work/findings ]]; then
    printf 'Nothing to object to.\n'
    return
  fi
  printf '%8s  %-8s  %-24s  %s\n' Packet Severity tlslens.finding Text
  head -n "$max_packets" "$work/findings" |
    awk -F'\t' '{ printf "%8d  %-8s  %-24s  %s\n", $2, $3, $4, $5 }'
  local more=$(($(wc -l <"$work/findings") - max_packets))
  [[ $more -le 0 ]] || printf '... and %d more\n' "$more"
}

# show_details shows the packet of the gravest finding, or the first TLS packet.
show_details() {
  local packet
  packet=$(awk 'NR == 1 { print $2 }' "$work/findings")
  [[ -n $packet ]] || packet=$(awk 'NR == 1 { print $1 }' "$work/packets")
  if [[ -z $packet ]]; then
    printf '\nThere is no TLS over TCP in this capture.\n'
    return
  fi
  printf '\n== Packet %s in full\n' "$packet"
  lens -Y "frame.number == $packet" -O tlslens | awk -v max="$max_lines" '
    /^(TLSLens|    )/ { if (++n <= max) print }
    END { if (n > max) printf "... and %d more lines\n", n - max }'
}

# show_handshakes prints what is most wanted of the table of handshakes.
show_handshakes() {
  lens -q -z tlslens,handshakes | sed -n '/^[0-9][0-9]* |/p' >"$work/handshakes"
  [[ -s $work/handshakes ]] || return 0
  printf '\n== What became of the handshakes, those that failed first\n'
  head -n "$max_packets" "$work/handshakes" | awk -F ' [|]' '{
    printf "%6s  %-24s  %-8s  %-22s  %s\n", $1, $4 == "" ? $3 : $4, $5, $10, $12 }'
  local more=$(($(wc -l <"$work/handshakes") - max_packets))
  [[ $more -le 0 ]] || printf '... and %d more\n' "$more"
}

show() {
  show_packets
  show_findings
  show_details
  show_handshakes
  printf '\n== Next\n'
  printf 'tshark -q -r CAPTURE -z tlslens,handshakes        in Wireshark: Statistics, TLSLens Handshakes\n'
  printf 'tshark -r CAPTURE -Y tlslens.finding -O tlslens    in Wireshark: the filter tlslens.finding\n'
  printf '%s    if TLSLens is missing in a Wireshark\n' "$repo/packaging/doctor.sh"
}

main() {
  [[ $# -le 1 ]] || die "usage: quickstart.sh [CAPTURE]"
  find_capture "$@"
  quietly "the Debian packages to build with" "$repo/packaging/debian-deps.sh" build
  install_plugin "$(build_folder release)"
  check_loaded
  show
}

main "$@"
