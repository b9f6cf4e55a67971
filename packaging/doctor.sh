#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Does Wireshark load TLSLens, and if not, why? Changes nothing. Exit status 0 only if it does; the
# last line says so.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

row() { printf '%-21s %s\n' "$1" "$2"; }
folder_of() { tshark -G folders 2>/dev/null | sed -n "s/^$1:[[:space:]]*//p"; }

# series_of FILE: the Wireshark a plugin or program was built for, by the library that it asks for.
series_of() {
  local number
  number=$({ grep -a -o -m1 'libwireshark\.so\.[0-9]*' "$1" || true; } | head -n 1)
  case ${number##*.} in
    16) echo 4.0 ;;
    17) echo 4.2 ;;
    18) echo 4.4 ;;
    19) echo 4.6 ;;
    *) echo "unknown (${number:-no libwireshark})" ;;
  esac
}

check_tshark() {
  command -v tshark >/dev/null || {
    row tshark "not installed"
    die "NOT loaded: install tshark, then run packaging/quickstart.sh"
  }
  program=$(command -v tshark)
  series=$(tshark --version 2>/dev/null | sed -n '1s/^[^0-9]*\([0-9]*\.[0-9]*\).*/\1/p')
  row tshark "$(tshark --version 2>/dev/null | head -n 1) ($program)"
  row "user and group id" "$(id -u) and $(id -g)"
  if is_special; then
    row "" "0 among them: Wireshark ignores personal plugins and WIRESHARK_PLUGIN_DIR"
  fi
}

check_folders() {
  personal=$(folder_of 'Personal Plugins')
  global=$(folder_of 'Global Plugins')
  row "global plugins" "$global"
  row "personal plugins" "$personal"
  row "WIRESHARK_PLUGIN_DIR" "${WIRESHARK_PLUGIN_DIR:-not set}"
}

# copies: every tlslens.so in a plugin folder of any version, in the right place or not.
copies() {
  local folder
  for folder in "$global" "$personal" "${global%/*}" "${personal%/*}"; do
    [[ ! -d $folder ]] || find "$folder" -maxdepth 3 -name tlslens.so 2>/dev/null
  done | sort -u
}

# verdict FILE: whether Wireshark would look at this copy.
verdict() {
  local file=$1 built
  built=$(series_of "$file")
  if [[ $file != "$global"/epan/* && $file != "$personal"/epan/* ]]; then
    echo "not where Wireshark $series looks: that is */$series/epan/"
  elif [[ $file == "$personal"/* && $global != "$personal" ]] && is_special; then
    echo "ignored for user or group id 0"
  elif [[ $built != "$series" ]]; then
    echo "built for Wireshark $built, this is $series"
  else
    echo "built for Wireshark $built, in the right place"
  fi
}

check_copies() {
  local file usable=0 count=0
  while read -r file; do
    count=$((count + 1))
    row "copy" "$file"
    row "" "$(verdict "$file")"
    [[ $(verdict "$file") != *'right place' ]] || usable=$((usable + 1))
  done < <(copies)
  [[ $count -gt 0 ]] || row "copy" "none in any plugin folder"
  [[ $usable -le 1 ]] || row "DUPLICATES" "$usable copies, of which Wireshark takes one: see below; remove the other"
}

check_disabled() {
  local file
  for file in "$(folder_of 'Personal configuration')" "$(folder_of 'Global configuration')"; do
    if grep -qx tlslens "$file/disabled_protos" 2>/dev/null; then
      row "DISABLED" "TLSLens is switched off in $file/disabled_protos"
    fi
  done
}

check_loaded() {
  local errors plugin
  errors=$(mktemp)
  plugin=$(tshark -G plugins 2>"$errors" | awk -F'\t' '$1 ~ /^tlslens\.so/ { print $2 " from " $4 }')
  grep -i tlslens "$errors" | sed 's/^/tshark says: /' || true
  rm -f "$errors"
  [[ -n $plugin ]] || die "NOT loaded by Wireshark $series; packaging/quickstart.sh installs it"
  echo "Wireshark $series loads TLSLens $plugin"
}

check_tshark
check_folders
check_copies
check_disabled
check_loaded
