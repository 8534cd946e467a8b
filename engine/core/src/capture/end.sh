# Takes the folder of a capture back, and ends what still writes to it.
s=/var/log/support/heeler
r=/.bottlerocket/rootfs$s
host() { sheltie "$@" </dev/null; }
# What has not begun yet finds this, and gives up: it goes with the container.
true >"/tmp/heeler-ended-$id"
timeout 5 grep -ls "TMPDIR=$s/$id/tmp" /proc/[0-9]*/environ 2>/dev/null | while read -r f; do
  pid=${f#/proc/}
  kill -9 "${pid%/environ}" 2>/dev/null
done
# Twice: who was ended may have been writing still.
for _ in 1 2; do
  host rm -rf "$s/$id" "$s.$id"
  host rmdir "$s" 2>/dev/null
done
for f in "$r/$id" "$r.$id"; do
  [ ! -e "$f" ] || { echo "$f is still there"; exit 1; }
done
host systemctl stop "heeler-bundle-$id.timer" >/dev/null 2>&1
exit 0
