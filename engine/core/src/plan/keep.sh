# The change stays, unless the switch has been faster.
keep() {
  # A crash must not take back what was told to stay.
  turn armed kept && { timeout 5 sync "$h/lock" || :; }
  wait_for_switch 5
  [ ! -e "$h/lock/undoing.$id" ] || exit 78
  [ ! -e "$h/ended/$id/undone.$id" ] || exit 74
  [ -e "$h/ended/$id/kept.$id" ] || exit 75
  say '=' kept
}
