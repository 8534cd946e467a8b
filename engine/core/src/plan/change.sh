# Refuses where another value is there: STEP FROM
expect() {
  v=$(present) || quit 67
  [ "$v" = "$2" ] || { say "?$1 " "$v"; quit 65; }
}
# Leaves everything to an earlier copy of this very command.
once() {
  for f in "$h/lock/"*".$id" "$h/ended/$id/"*; do [ ! -e "$f" ] || exit 77; done
}
# Locks the node with a switch that is armed already: SECONDS SWITCH BOOT BY
secure() {
  prepare armed "$@"
  arm "$1" || { disarm "new.$id"; rm -rf "$h/new.$id"; not_armed; exit 73; }
  take
  [ ! -e "$h/ended/$id" ] || quit 72
}
not_armed() { say ':' "$(tail -n 1 "$d/said" | tr -cd '[:print:]' | head -c 160)"; }
# Whether the switch may still take the change back.
on_loan() { [ -e "$h/lock/armed.$id" ]; }
# Carries out one step, and stops where it fails.
carry_out() {
  on_loan || taken_back
  v=$(apply)
  rc=$?
  if on_loan; then
    [ "$rc" = 0 ] || { say '!' "$v"; exit 1; }
    say '=' "$v"
    return
  fi
  # The switch came in between: nothing would take this step back any more.
  (restore) >/dev/null 2>&1
  case $? in
  0 | 65) taken_back ;;
  *) exit 77 ;;
  esac
}
# The switch has been faster; what it did is told only where it has done all of it.
taken_back() {
  wait_for_switch
  [ -e "$h/ended/$id/undone.$id" ] || exit 77
  exit 74
}
