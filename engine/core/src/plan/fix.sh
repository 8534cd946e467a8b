d=$1
# Prints a line of the answer, whatever the value holds: SIGN VALUE
say() { printf '%s%s\n' "$1" "$(printf %s "$2" | tr '\n' ' ')"; }
# Refuses on any other boot: ID
on_boot() { [ "$(cat /proc/sys/kernel/random/boot_id)" = "$1" ] || exit 66; }
# Refuses where no record of what is done could be kept. The room that was held back for it is free
# from here on, also for the record of the refusal.
with_room() {
  head -c 65536 /dev/zero >"$d/more"
  full=$?
  rm -f "$d/more" "$d/room"
  [ "$full" = 0 ] || exit 68
}
