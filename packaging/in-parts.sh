#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A capture that is too large for one run: splits it by connection, reads the parts at the same time,
# and joins their rows.
#   in-parts.sh PARTS CAPTURE FOLDER   prints a JSON object for each handshake, those that failed first
#   in-parts.sh filter K PARTS [CAPTURE]
#                                      prints tcpdump's filter for part K of so many, counted from 0; for
#                                      a capture that is not of Ethernet name it
# FOLDER keeps part-K.pcap and part-K.json. A row names the part in which its frames are counted. Each
# connection is whole in its part; what only other connections tell, such as what a server accepted
# from another client, is known where they are in the same part; so is how long the capture went on
# behind a ClientHello without an answer.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() { die "usage: in-parts.sh PARTS CAPTURE FOLDER, or in-parts.sh filter K PARTS [CAPTURE]"; }

# connections PARTS COMPARISON: the same for both directions of one. A first fragment of IPv6 has the
# ports behind another header; behind other headers of IPv6 they are not looked for.
connections() {
  local ipv4='(ip[12:4] + ip[16:4] + tcp[0:2] + tcp[2:2])'
  local ipv6='(ip6[20:4] + ip6[36:4] + ip6[40:2] + ip6[42:2])'
  local first='ip6 and ip6[6] = 44 and ip6[40] = 6 and ip6[42:2] & 0xfff8 = 0'
  local of_first='(ip6[20:4] + ip6[36:4] + ip6[48:2] + ip6[50:2])'
  echo "((ip and tcp and $ipv4 % $1 $2) or (ip6 and ip6[6] = 6 and $ipv6 % $1 $2)" \
    "or ($first and $of_first % $1 $2))"
}

# in_vlans EXPRESSION TAGS: as it is, or behind up to so many tags, each of which moves all that stands
# behind `vlan`.
in_vlans() {
  if [[ $2 -eq 0 ]]; then echo "$1"; else echo "($1 or (vlan and $(in_vlans "$1" $(($2 - 1)))))"; fi
}

# filter K PARTS TAGS: what has no ports, such as tunnels, is in part 0. Later fragments are in all
# parts, where they are of use with the first one only.
filter() {
  local later='(ip proto 6 and ip[6:2] & 0x1fff != 0) or (ip6 and ip6[6] = 44 and ip6[42:2] & 0xfff8 != 0)'
  if [[ $1 -eq 0 ]]; then
    echo "not $(in_vlans "$(connections "$2" '!= 0')" "$3")"
  else
    in_vlans "($later or $(connections "$2" "= $1"))" "$3"
  fi
}

# tags_of CAPTURE: how many tags its link layer can have, as far as libpcap knows.
tags_of() { if tcpdump -d -r "$1" vlan >/dev/null 2>&1; then echo 2; else echo 0; fi; }

# read_part K PARTS CAPTURE FOLDER. That the last packet is not whole is no reason to read none.
read_part() {
  local part=$4/part-$1
  if ! tcpdump -Z "$(id -un)" -r "$3" -w "$part.pcap" "$(filter "$1" "$2" "$(tags_of "$3")")" 2>"$part.log"; then
    grep -q 'truncated.*dump file' "$part.log" || die "part $1: $(tail -n 1 "$part.log")"
    say "part $1: the last packet of $3 is not whole"
  fi
  tshark -n -q -r "$part.pcap" -z tlslens,json >"$part.json" 2>>"$part.log" ||
    die "part $1: $(tail -n 1 "$part.log")"
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
    xargs -P "$(nproc)" -I '{}' bash "$repo/packaging/in-parts.sh" part '{}' "$parts" "$capture" "$folder" ||
    die "a part failed"
  join "$folder" "$parts"
}

case ${1:-}:$# in
  filter:3) filter "$2" "$3" 2 ;;
  filter:4) filter "$2" "$3" "$(tags_of "$4")" ;;
  part:5) shift && read_part "$@" ;;
  [0-9]*:3) split_and_join "$@" ;;
  *) usage ;;
esac
