#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A capture that is too large for one run: splits it by connection, reads the parts at the same time,
# and joins their rows.
#   in-parts.sh PARTS CAPTURE FOLDER   prints a JSON object for each handshake, those that failed first
#   in-parts.sh filter K PARTS         prints tcpdump's filter for part K of so many, counted from 0
# FOLDER keeps part-K.pcap and part-K.json. A row names the part in which its frames are counted. Each
# connection is whole in its part; what only other connections tell, such as what a server accepted
# from another client, is known where they are in the same part.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() { die "usage: in-parts.sh PARTS CAPTURE FOLDER, or in-parts.sh filter K PARTS"; }

# connections PARTS COMPARISON: the same for both directions of one, for IPv4 and IPv6. Where other
# headers follow that of IPv6, the ports are not where they are looked for.
connections() {
  local ipv4='(ip[12:4] + ip[16:4] + tcp[0:2] + tcp[2:2])'
  local ipv6='(ip6[20:4] + ip6[36:4] + ip6[40:2] + ip6[42:2])'
  echo "((ip and tcp and $ipv4 % $1 $2) or (ip6 and ip6[6] = 6 and $ipv6 % $1 $2))"
}

# filter K PARTS: what has neither, such as tunnels, is in part 0, and later fragments, which have no
# ports, are in all parts. `vlan` moves all that stands behind it by a tag.
filter() {
  local tcp fragment='(ip proto 6 and ip[6:2] & 0x1fff != 0)'
  if [[ $1 -eq 0 ]]; then
    tcp=$(connections "$2" '!= 0')
    echo "not ($tcp or (vlan and ($tcp or (vlan and $tcp))))"
  else
    tcp="($fragment or $(connections "$2" "= $1"))"
    echo "$tcp or (vlan and ($tcp or (vlan and $tcp)))"
  fi
}

# read_part K PARTS CAPTURE FOLDER
read_part() {
  local part=part-$1
  tcpdump -Z "$(id -un)" -r "$3" -w "$4/$part.pcap" "$(filter "$1" "$2")" 2>"$4/$part.log"
  tshark -n -q -r "$4/$part.pcap" -z tlslens,json >"$4/$part.json" 2>>"$4/$part.log"
}

# join FOLDER PARTS: rows begin with their index, which counts anew in each part. Those with a cause failed.
join() {
  local k
  for ((k = 0; k < $2; ++k)); do
    sed "s/^{\"index\":[0-9]*,/{\"part\":$k,/" "$1/part-$k.json"
  done | sed "s/^/1\t/; /,\"cause\":/s/^1/0/" | sort -s -t $'\t' -k 1,1 | cut -f 2-
}

split_and_join() {
  local parts=$1 capture=$2 folder=$3
  [[ $parts =~ ^[1-9][0-9]*$ && -r $capture ]] || usage
  mkdir -p "$folder"
  seq 0 "$((parts - 1))" |
    xargs -P "$(nproc)" -I '{}' "${BASH_SOURCE[0]}" part '{}' "$parts" "$capture" "$folder" ||
    die "a part failed: $(tail -qn 1 "$folder"/part-*.log | tail -n 1)"
  join "$folder" "$parts"
}

case ${1:-}:$# in
  filter:3) filter "$2" "$3" ;;
  part:5) shift && read_part "$@" ;;
  [0-9]*:3) split_and_join "$@" ;;
  *) usage ;;
esac
