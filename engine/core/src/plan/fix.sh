d=$1
# Prints a line of the answer, whatever the value holds: SIGN VALUE
say() { printf '%s%s\n' "$1" "$(printf %s "$2" | tr '\n' ' ')"; }
# Whether this is the boot: ID
is_boot() { [ "$(cat /proc/sys/kernel/random/boot_id)" = "$1" ]; }
# Whether the node has been up for no longer: SECONDS
is_up_for() { [ "$(cut -d . -f 1 /proc/uptime)" -le "$1" ]; }
# Whether a record of what is done can be kept. The room that was held back for it is free from here
# on, also for the record of a refusal.
has_room() {
  head -c 65536 /dev/zero >"$d/more"
  full=$?
  rm -f "$d/more" "$d/room"
  [ "$full" = 0 ]
}
