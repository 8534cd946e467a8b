# Refuses where another value is there: STEP FROM
expect() {
  v=$(present) || exit 67
  [ "$v" = "$2" ] || { say "?$1 " "$v"; exit 65; }
}
# Refuses once the node has been up for longer: SECONDS
in_time() { [ "$(cut -d . -f 1 /proc/uptime)" -le "$1" ] || exit 70; }
# Carries out one step, and stops where it fails.
carry_out() {
  v=$(apply) || { say '!' "$v"; exit 1; }
  say '=' "$v"
}
