# Takes what a node can be asked about itself into one folder: $s on the host, which is $r here. It is
# leased: the host itself removes it when its time is over, whatever becomes of whoever asked.
s=/var/log/support/heeler
# A journal is larger than what other looks may write.
# Both shells know it, bash and dash.
# shellcheck disable=SC3045
ulimit -S -f "$(ulimit -H -f)" 2>/dev/null
# shellcheck disable=SC3045
ulimit -S -v "$(ulimit -H -v)" 2>/dev/null
fail() {
  echo "$2"
  exit "$1"
}
host() { sheltie "$@" </dev/null; }
[ "$(ulimit -f)" = unlimited ] || fail 68 'the limit of file sizes can not be lifted'
up() { cut -d . -f 1 /proc/uptime; }
boot=$(cat /proc/sys/kernel/random/boot_id)

# Gives back what is there, and only then the timer that would: it says so where something stays.
give_up() {
  host rm -rf "$s.$id"
  [ -e "$r.$id" ] || host systemctl stop "heeler-bundle-$id.timer" >/dev/null 2>&1
  fail "$1" "$2"
}
# A folder with something in it is never renamed over: so there is one at a time.
r=/.bottlerocket/rootfs$s
host mkdir -p "$s.$id/$id" || give_up 68 'no folder can be made below /var/log/support'
# Counted from the boot: a count from now would start anew with every daemon-reload.
until=$(($(up) + lease))
printf '%s %s %s\n' "$id" "$boot" "$until" >"$r.$id/$id/owner" || give_up 73 'the disk is full: /var/log/support'
# What takes it back is there before anything is taken. A folder of somebody else's stays, as it is not empty.
host systemd-run --quiet --collect --unit="heeler-bundle-$id" --on-boot="${until}s" --timer-property=AccuracySec=1s \
  find "$s" "$s.$id" -depth '(' -path "$s/$id*" -o -path "$s.$id*" -o -path "$s" ')' -delete >/dev/null 2>&1 ||
  give_up 68 'the timer that would remove it could not be set'
if ! mv -T "$r.$id" "$r" 2>/dev/null; then
  whose=
  for f in "$r"/*/owner; do
    [ ! -e "$f" ] || read -r whose since ends <"$f"
  done
  [ -n "$whose" ] || give_up 71 "$s holds something that is no capture"
  [ "$since" != "$boot" ] || [ "${ends:-0}" -lt "$(up)" ] ||
    give_up 71 "$whose is at it, for $((ends - $(up))) s at most"
  # Its time is over, or the node was restarted, and its timer with it. What is not a capture's stays.
  mv -T "$r/$whose" "$r.$id/old" 2>/dev/null || give_up 71 'somebody else was faster'
  host rm -rf "$s.$id/old"
  host rmdir "$s" 2>/dev/null
  mv -T "$r.$id" "$r" 2>/dev/null || give_up 71 "$s holds something else still, or somebody else was faster"
fi
s=$s/$id
r=$r/$id
leave() {
  host rm -rf "$s"
  host rmdir "${s%/*}" 2>/dev/null
  [ -e "$r" ] || host systemctl stop "heeler-bundle-$id.timer" >/dev/null 2>&1
  fail "$1" "$2"
}
# Whoever gives it back may have been faster than this began.
wanted() { [ ! -e "/tmp/heeler-ended-$id" ] || leave 74 'it was given back before it began'; }
wanted
grep -qsx logdog /proc/[0-9]*/comm && leave 72 'a logdog of somebody else is running'
# It writes the whole journal as text first, and the tarball beside it, with what is left of kernels that have
# died. Where less than 15 % of the disk are free the kubelet evicts pods.
texts=$(host du -skc /var/log/journal /var/log/kdump 2>/dev/null | tail -n 1 | cut -f 1)
room=$(host df -Pk "$s" 2>/dev/null | { read -r _ && read -r _ size _ free _ && echo "$size $free"; })
size=${room% *}
free=${room#* }
need=$((${texts:-0} * 2 + 65536))
[ "${free:-0}" -ge "$need" ] || leave 73 "logdog needs about $((need / 1024)) MiB on the disk, and ${free:-0} KiB are free"
[ $((free - need)) -ge $((size * 15 / 100)) ] ||
  leave 73 "the disk has $((free / 1024)) of $((size / 1024)) MiB free, and logdog needs about $((need / 1024)): less than 15 % would be left, and the kubelet evicts pods then"

# What logdog lacks. Each in a time of its own, and no more of it than anybody reads.
also() {
  name=$1
  most=$2
  shift 2
  { timeout -k 1 10 "$@" 2>/dev/null </dev/null || echo "$name $?" >>"$r/lacks"; } | head -c "$((most + 1))" >"$r/$name"
  [ "$(wc -c <"$r/$name")" -le "$most" ] || echo "$name more" >>"$r/lacks"
}
also sysctl 4000000 sheltie sysctl -a
also conntrack-counters 100000 sheltie conntrack -S
also conntrack-count 1000 sheltie conntrack -C
also conntrack-table 16000000 sheltie conntrack -L -o extended
also nf_conntrack-stat 100000 cat /proc/net/stat/nf_conntrack
also netstat 1000000 cat /proc/net/netstat /proc/net/snmp /proc/net/sockstat /proc/net/softnet_stat
also sockets 4000000 sheltie ss -tanpi
also memory 1000000 cat /proc/meminfo /proc/pressure/memory /proc/pressure/io /proc/pressure/cpu
also processes 4000000 sheltie ps -eo pid,ppid,stat,etimes,rss,nlwp,comm

wanted
host mkdir "$s/tmp"
timeout -k 5 "$limit" sheltie env TMPDIR="$s/tmp" logdog --output "$s/logdog.tar.gz" >"$r/said" 2>"$r/failed" </dev/null
rc=$?
host rm -rf "$s/tmp"
printf 'logdog %s %s\n' "$rc" "$(tail -n 1 "$r/failed" | tr -cd '[:print:]' | head -c 300)"
sed 's/^/lacks /' "$r/lacks" 2>/dev/null
rm -f "$r/said" "$r/failed" "$r/lacks"
# What is made here is for root alone, and a session's user is not root.
[ -z "$open" ] || chmod -R a+rX "${r%/*}"
for f in "$r"/*; do
  name=${f##*/}
  [ "$name" = owner ] || [ ! -s "$f" ] || printf '%s %s %s\n' "$name" "$(wc -c <"$f")" "$(sha256sum <"$f" | head -c 64)"
done
exit 0
